import { describe, expect, it } from '@jest/globals';
import { Load } from './load.js';

const limited = (databaseTime: number | undefined): Load => Object.assign(new Load(), { limits: { requests: 10, databaseTime } });

describe('the database time of an organization', () => {
  it('may be used ten seconds in advance, and comes back with time', () => {
    const load = limited(1000);
    load.addDatabaseTime(10_000, 0);
    expect(load.pause(() => 0)).toBe(0);
    load.addDatabaseTime(5_000, 0);
    expect(load.pause(() => 0)).toBe(5);
    expect(load.pause(() => 4_000)).toBe(1);
    expect(load.pause(() => 5_000)).toBe(0);
  });

  it('is never used up by work that takes as much as the limit', () => {
    const load = limited(2000);
    for (let at = 0; at < 600_000; at += 500) load.addDatabaseTime(1000, at);
    expect(load.pause(() => 600_000)).toBe(0);
  });

  it('is given again after a minute at the latest', () => {
    const load = limited(100);
    for (let count = 0; count < 100; count += 1) load.addDatabaseTime(15_000, 0);
    expect(load.pause(() => 0)).toBe(60);
    expect(load.pause(() => 60_000)).toBe(0);
  });

  it('is not limited without a limit, and is measured all the same', () => {
    const load = limited(undefined);
    load.addDatabaseTime(1e9, 0);
    expect(load.pause(() => 0)).toBe(0);
    expect(load.databaseTime(0)).toBe(1e9);
  });

  it('follows a change of the plan at once', () => {
    const load = limited(100);
    load.addDatabaseTime(5_000, 0);
    expect(load.pause(() => 0)).toBe(40);
    load.limits = { requests: 10, databaseTime: 10_000 };
    expect(load.pause(() => 0)).toBe(0);
  });

  it('is given again after a minute at the latest also after the change to a plan with less', () => {
    const load = limited(4000);
    load.addDatabaseTime(1_000_000, 0);
    load.limits = { requests: 10, databaseTime: 1 };
    expect(load.pause(() => 0)).toBe(60);
    expect(load.pause(() => 60_000)).toBe(0);
  });
});

describe('a load that is forgotten', () => {
  it('has no running request, and has used nothing lately', () => {
    const load = limited(1000);
    expect(load.isIdle(0)).toBe(true);
    load.begin();
    expect(load.isIdle(0)).toBe(false);
    load.addDatabaseTime(100, 0);
    load.end();
    expect(load.isIdle(50)).toBe(false);
    expect(load.isIdle(3_600_000)).toBe(true);
  });
});
