import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { BufferedWriter, type BufferedWriterOptions } from './buffered-writer.js';

interface Count {
  readonly name: string;
  readonly count: number;
}

const sum = (earlier: Count, later: Count): Count => ({ ...later, count: earlier.count + later.count });

class Database {
  readonly batches: string[][] = [];
  readonly dropped: string[] = [];
  readonly errors: number[] = [];
  down = false;

  writer(options: Partial<BufferedWriterOptions<Count>> = {}): BufferedWriter<Count> {
    return new BufferedWriter<Count>({
      write: async (entries) => {
        if (this.down) throw new Error('The database is down.');
        this.batches.push(entries.map(({ name, count }) => `${name}${count}`));
        await Promise.resolve();
      },
      flushEvery: 1000,
      maxWaiting: 3,
      drop: 'oldest',
      merge: sum,
      onError: (_, waiting) => this.errors.push(waiting),
      onDrop: (entries) => this.dropped.push(...entries.map(({ name, count }) => `${name}${count}`)),
      ...options,
    });
  }
}

const add = (writer: BufferedWriter<Count>, ...names: string[]): void => names.forEach((name) => writer.add(name, { name, count: 1 }));

describe('a buffered writer', () => {
  it('merges entries with the same key and writes the rest in the order in which they were added', async () => {
    const database = new Database();
    const writer = database.writer();
    add(writer, 'a', 'b', 'a');
    expect([writer.waiting, await writer.flush(), writer.waiting]).toEqual([2, true, 0]);
    expect(database.batches).toEqual([['a2', 'b1']]);
  });

  it('writes nothing when nothing waits', async () => {
    const database = new Database();
    expect(await database.writer().flush()).toBe(true);
    expect(database.batches).toEqual([]);
  });

  it('keeps the entries of a failed write in front of later ones and merges them', async () => {
    const database = new Database();
    const writer = database.writer();
    add(writer, 'a', 'b');
    database.down = true;
    const flushing = writer.flush();
    add(writer, 'c', 'a');
    expect(await flushing).toBe(false);
    expect(database.errors).toEqual([3]);
    database.down = false;
    await writer.flush();
    expect(database.batches).toEqual([['a2', 'b1', 'c1']]);
  });

  it('writes in batches of at most maxBatch entries', async () => {
    const database = new Database();
    const writer = database.writer({ maxBatch: 2 });
    add(writer, 'a', 'b', 'c');
    await writer.flush();
    expect(database.batches).toEqual([['a1', 'b1'], ['c1']]);
  });

  it('leaves entries that are added during a write to the next flush, and merges them until then', async () => {
    const database = new Database();
    const writer = database.writer();
    add(writer, 'a');
    const flushing = writer.flush();
    add(writer, 'b');
    await flushing;
    add(writer, 'b');
    expect(database.batches).toEqual([['a1']]);
    await writer.flush();
    expect(database.batches).toEqual([['a1'], ['b2']]);
  });

  it('writes entries that were added during a write when a flush is requested for them', async () => {
    const database = new Database();
    const writer = database.writer();
    add(writer, 'a');
    void writer.flush();
    add(writer, 'b');
    expect(await writer.flush()).toBe(true);
    expect(database.batches).toEqual([['a1'], ['b1']]);
  });

  it('drops the oldest entries beyond maxWaiting', async () => {
    const database = new Database();
    const writer = database.writer({ dropBatch: 2 });
    add(writer, 'a', 'b', 'c', 'd');
    expect(database.dropped).toEqual(['a1', 'b1']);
    await writer.flush();
    expect(database.batches).toEqual([['c1', 'd1']]);
  });

  it('drops the newest entries beyond maxWaiting, but still merges into those that wait', async () => {
    const database = new Database();
    const writer = database.writer({ drop: 'newest' });
    add(writer, 'a', 'b', 'c', 'd', 'a');
    expect(database.dropped).toEqual(['d1']);
    await writer.flush();
    expect(database.batches).toEqual([['a2', 'b1', 'c1']]);
  });

  it('flushes when flushAt entries wait, and when the timer fires', async () => {
    const database = new Database();
    const writer = database.writer({ flushAt: 2, flushEvery: 20 });
    add(writer, 'a', 'b');
    await sleep(0);
    expect(database.batches).toEqual([['a1', 'b1']]);
    writer.start();
    add(writer, 'c');
    while (database.batches.length < 2) await sleep(5);
    expect(database.batches).toEqual([['a1', 'b1'], ['c1']]);
    expect(await writer.stop()).toBe(true);
  });

  it('writes entries that were added during a write before it stops, and reports when it cannot', async () => {
    const database = new Database();
    const writer = database.writer();
    add(writer, 'a');
    void writer.flush();
    add(writer, 'b');
    expect(await writer.stop()).toBe(true);
    expect(database.batches).toEqual([['a1'], ['b1']]);
    database.down = true;
    add(writer, 'c');
    expect([await writer.stop(), writer.waiting]).toEqual([false, 1]);
  });
});
