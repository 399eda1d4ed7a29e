import { describe, expect, it } from '@jest/globals';
import { ConnectionShares, type Holder, type Waiting } from './connection-shares.js';

interface Named extends Waiting {
  readonly name: string;
}

const shares = (max: number, maxWaiting = 100): ConnectionShares<Named> => new ConnectionShares<Named>(max, maxWaiting);
const waiter = (holder: Holder, name = String(holder), { urgent = false, since = 0 } = {}): Named => ({ holder, name, urgent, since });

/** Takes connections for a holder until it is refused one, and returns how many it got. */
function takeAll(pool: ConnectionShares<Named>, holder: Holder): number {
  let count = 0;
  while (pool.take(holder, false)) count += 1;
  return count;
}

/** Returns the names of those who get connections, one after the other. */
function served(pool: ConnectionShares<Named>): string[] {
  const names: string[] = [];
  for (let next = pool.next(); next !== undefined; next = pool.next()) names.push(next.name);
  return names;
}

describe('the shares of a pool', () => {
  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [5, 3],
    [10, 6],
    [20, 13],
    [500, 333],
  ])('of %d connections, one organization gets %d', (max, expected) => {
    const pool = shares(max);
    expect(takeAll(pool, 'a')).toBe(expected);
    expect(pool.take('b', false)).toBe(max > 1);
  });

  it('a second busy organization leaves connections to others, and so does the first one when its connections come back', () => {
    const pool = shares(10);
    expect([takeAll(pool, 'a'), takeAll(pool, 'b')]).toEqual([6, 2]);
    expect([takeAll(pool, 'c'), takeAll(pool, 'quiet')]).toEqual([1, 1]);
    for (const holder of ['a', 'a', 'a', 'quiet']) pool.giveBack(holder);
    expect(['b', 'a', 'c', 'a', 'b'].map((each) => pool.take(each, false))).toEqual([true, true, true, false, false]);
    expect(pool.take('quiet', false)).toBe(true);
  });

  it('the installation itself is not limited, and leaves nothing behind when it is done', () => {
    const pool = shares(10);
    expect(takeAll(pool, undefined)).toBe(10);
    for (let count = 0; count < 10; count += 1) pool.giveBack(undefined);
    expect(takeAll(pool, 'a')).toBe(6);
  });

  it('work inside a transaction takes the last connection, and comes before those who wait', () => {
    const pool = shares(2);
    expect(takeAll(pool, 'a')).toBe(1);
    expect(pool.take('a', true)).toBe(true);
    pool.enqueue(waiter('quiet'));
    pool.enqueue(waiter('a', 'inside', { urgent: true }));
    pool.giveBack('a');
    expect(served(pool)).toEqual(['inside']);
  });

  it('those who hold fewest are next, and equals take turns', () => {
    const pool = shares(4);
    for (const holder of ['a', 'b', 'c', 'd']) expect(pool.take(holder, false)).toBe(true);
    for (const name of ['a1', 'a2', 'a3']) pool.enqueue(waiter('a', name));
    for (const name of ['e1', 'e2']) pool.enqueue(waiter('e', name));
    pool.enqueue(waiter('f', 'f1'));
    for (const holder of ['b', 'c', 'd']) {
      pool.giveBack(holder);
      served(pool);
    }
    // One connection is left to those who hold none.
    expect(pool.waiting).toBe(4);
    for (const holder of ['a', 'e', 'f']) pool.giveBack(holder);
    expect(served(pool)).toEqual(['a1', 'e2', 'a2']);
    expect(pool.waiting).toBe(1);
  });

  it('an organization takes half of the places in the line, and leaves the others', () => {
    const pool = shares(1, 10);
    pool.take('a', false);
    const accepted = (holder: Holder): number => Array.from({ length: 20 }, (_, index) => pool.enqueue(waiter(holder, `${holder} ${index}`))).filter(Boolean).length;
    expect([accepted('a'), accepted('b'), accepted('c'), accepted(undefined), accepted('d')]).toEqual([5, 3, 1, 1, 0]);
  });

  it('the people of an organization take turns, and none of them takes all of its places', () => {
    const pool = shares(1, 100);
    pool.take('none', false);
    const accepted = (party: string, count: number): number =>
      Array.from({ length: count }, (_, index) => pool.enqueue({ ...waiter('none', `${party} ${index}`), party })).filter(Boolean).length;
    expect([accepted('flood', 100), accepted('quiet', 2), accepted('other', 1)]).toEqual([34, 2, 1]);
    const names: string[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      pool.giveBack('none');
      names.push(...served(pool));
    }
    expect(names).toEqual(['flood 0', 'quiet 0', 'other 0', 'flood 1', 'quiet 1', 'flood 2']);
    expect(pool.waiting).toBe(31);
  });

  it('says since when somebody waits who has nothing', () => {
    const pool = shares(2);
    takeAll(pool, undefined);
    pool.enqueue(waiter(undefined, 'x', { since: 1 }));
    expect(pool.starvedSince).toBeUndefined();
    const quiet = waiter('quiet', 'quiet', { since: 7 });
    pool.enqueue(waiter('other', 'other', { since: 9 }));
    pool.enqueue(quiet);
    expect(pool.starvedSince).toBe(7);
    pool.remove(quiet);
    pool.remove(quiet);
    expect([pool.starvedSince, pool.waiting]).toEqual([9, 2]);
  });

  it('never lends more than there are, and forgets nobody, whatever the order', () => {
    const pool = shares(5, 50);
    const held: Holder[] = [];
    let seed = 1;
    const random = (count: number): number => (seed = (seed * 48_271) % 2_147_483_647) % count;
    const holders = ['a', 'b', 'c', undefined];
    for (let step = 0; step < 20_000; step += 1) {
      const holder = holders[random(4)];
      if (random(2) === 0) {
        if (pool.take(holder, false)) held.push(holder);
        else pool.enqueue(waiter(holder));
      } else if (held.length > 0) {
        pool.giveBack(held.splice(random(held.length), 1)[0]);
        for (let next = pool.next(); next !== undefined; next = pool.next()) held.push(next.holder);
      }
      if (held.length > 5) throw new Error(`${held.length} are lent`);
    }
    while (held.length > 0 || pool.waiting > 0) {
      pool.giveBack(held.pop());
      for (let next = pool.next(); next !== undefined; next = pool.next()) held.push(next.holder);
    }
    expect(takeAll(pool, undefined)).toBe(5);
  });
});
