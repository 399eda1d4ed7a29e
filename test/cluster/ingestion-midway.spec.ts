import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { Replicas } from '../support/replicas.js';
import { batchOf, deliver, expectExactly, type Event } from '../support/usage/reported-events.js';

const kills = 8;

let replicas: Replicas;
beforeAll(async () => {
  replicas = await Replicas.start(2, { CATALOG: 'test/catalogs/cluster.yaml' });
}, 60_000);
afterAll(() => replicas.end());

/** The sessions that wait for a lock in this database. */
const waiting = async (): Promise<number> =>
  (await replicas.rows(`select from pg_locks l join pg_stat_activity a using (pid) where a.datname = current_database() and not l.granted`)).length;

describe('a replica that is killed (kill -9) while it counts events', () => {
  it(`a batch whose transaction is interrupted by kill -9 (${kills} times) is not recorded, and the retry counts all of it`, async () => {
    const holder = new pg.Client({ connectionString: replicas.database.platform });
    holder.on('error', () => undefined);
    await holder.connect();
    const sent = new Map<string, Event>();
    await deliver(replicas, batchOf(0, 0), 0);
    for (const event of batchOf(0, 0)) sent.set(event.id, event);
    for (let time = 0; time < kills; time += 1) {
      const events = batchOf(0, time + 1);
      // Its ids are in the ledger, uncommitted, when it comes to the total, which the test holds.
      await holder.query('begin; select from meter_totals for update');
      const lost = replicas
        .owner(time)
        .post('/usage/events', { events })
        .then(
          ({ status }) => status,
          () => 'lost',
        );
      expect(await eventually(waiting, (count) => count > 0, 20_000)).toBe(1);
      await replicas.replace(time % 2);
      await holder.query('rollback');
      expect(await lost).toBe('lost');
      await eventually(waiting, (count) => count === 0, 20_000);
      const before = await replicas.rows<{ count: number }>('select count(*)::integer from usage_events');
      // Either the database noticed that nobody is there, or it committed unheard: all or nothing in both cases.
      const fresh = events.filter(({ id }) => !sent.has(id)).length;
      expect([sent.size, sent.size + fresh]).toContain(before[0]?.count);
      for (const event of events) sent.set(event.id, event);
      await deliver(replicas, events, time);
      await expectExactly(replicas, sent);
    }
    await holder.end();
  }, 400_000);
});
