import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TenantPool } from '../../../src/database/wire/tenant-pool.js';
import { WorkingTime } from '../../../src/database/wire/working-time.js';
import { eventually } from '../../support/eventually.js';
import { OwnPostgres } from '../../support/own-postgres.js';
import { itInLongRun } from '../../support/rounds.js';

const organizationId = crypto.randomUUID();

let postgres: OwnPostgres;
let charged: number[];
let pool: TenantPool;
let workingTime: WorkingTime;
beforeAll(async () => void (postgres = await OwnPostgres.start({ migrated: false })));
afterAll(() => postgres.end());
beforeEach(() => {
  charged = [];
  workingTime = new WorkingTime();
  const options = { connectionString: postgres.superuserUrl, max: 4, connectionTimeoutMillis: 10_000, workingTime };
  pool = new TenantPool({ ...options, onReturned: (_, duration) => charged.push(duration) }, () => organizationId);
});
afterEach(async () => {
  postgres.thaw();
  await pool.end();
});

const sleep = (seconds: number): Promise<unknown> => pool.query(`select pg_sleep(${seconds})`);

/** Milliseconds that a machine with other work may take longer. */
const tolerance = 1_000;

describe('the time for which a connection is held', () => {
  it('is charged when the server works, also on nothing else', async () => {
    await Promise.all([sleep(3), sleep(3)]);
    // A clock that does not see that the server works stops after one second. A busy machine answers a question late.
    for (const duration of charged) expect(duration).toBeGreaterThan(1_500);
    expect(charged).toHaveLength(2);
  });

  itInLongRun('is not charged while the server is frozen', async () => {
    const work = Promise.all([sleep(0.5), sleep(0.5)]);
    await pause(250);
    postgres.freeze();
    await pause(5_000);
    postgres.thaw();
    await work;
    expect(charged).toHaveLength(2);
    for (const duration of charged) expect(duration).toBeLessThan(1_500 + tolerance);
  });

  itInLongRun('is not charged while this process is busy', async () => {
    const work = Promise.all([sleep(0.3), sleep(0.3)]);
    await pause(150);
    for (const end = performance.now() + 4_000; performance.now() < end;) continue;
    await work;
    expect(charged).toHaveLength(2);
    for (const duration of charged) expect(duration).toBeLessThan(900 + tolerance);
  });

  it('is not charged when the server is gone, and is when a connection is closed because its work was given up', async () => {
    const lost = sleep(30).catch((error: Error) => error);
    const terminate = `select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(30)%' and state = 'active' and pid <> pg_backend_pid()`;
    const ended = await eventually(
      () => postgres.run(terminate),
      (sessions) => sessions.length > 0,
    );
    expect(ended).toHaveLength(1);
    expect(await lost).toBeInstanceOf(Error);
    expect(charged).toEqual([]);
    const client = await pool.query('select 1').then(() => pool.connect());
    await client.query('begin');
    await client.query('select 1');
    // On a busy machine, the clock stops while the server does not answer in time.
    const held = workingTime.now;
    await eventually(
      () => Promise.resolve(workingTime.now - held),
      (duration) => duration > 300,
    );
    client.release();
    expect(charged).toHaveLength(2);
    expect(charged[1]).toBeGreaterThan(300);
  });
});
