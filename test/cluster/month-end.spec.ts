import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { Replicas } from '../support/replicas.js';
import { shiftDatabaseClock } from '../support/shifted-database-clock.js';

const hour = 3_600_000;
const day = 24 * hour;
const organizations = 300;

let folder: string;
let clock: string;
let replicas: Replicas;
let shiftDatabase: (milliseconds: number) => Promise<void>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-month-'));
  clock = path.join(folder, 'shift');
  await writeFile(clock, String(monthEnd(0) - hour - Date.now()));
  const env = { NODE_OPTIONS: '--import ./test/support/shifted-clock.mjs', SHIFTED_CLOCK: clock, JOBS_ENABLED: 'true', CATALOG: 'test/catalogs/cluster.yaml' };
  replicas = await Replicas.start(3, env);
  shiftDatabase = await shiftDatabaseClock(replicas.database);
  await setClock(monthEnd(0) - hour);
  await Promise.all([0, 1, 2].map((number) => replicas.replace(number)));
  await replicas.signIn();
  await replicas.rows(
    `insert into organizations (id, name, slug, plan) select gen_random_uuid(), 'Org ' || n, 'month-org-' || n, 'small' from generate_series(1, $1::integer) n`,
    organizations,
  );
}, 120_000);
afterAll(async () => {
  await replicas.end();
  await rm(folder, { recursive: true, force: true });
});

/** Midnight at the end of the month of now, or of one after it. */
function monthEnd(later: number): number {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1 + later);
}

/** From now on it is this time, for every process and for the database. */
async function setClock(time: number): Promise<void> {
  await writeFile(clock, String(time - Date.now()));
  await shiftDatabase(time - Date.now());
}

/** The same, after which the owner signs in again: sessions end meanwhile. */
async function goTo(time: number): Promise<void> {
  await setClock(time);
  // The processes read the clock of the database within two seconds (shifted-clock.mjs).
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await replicas.signIn();
}

const monthOf = (time: number): string => new Date(time).toISOString().slice(0, 7);
const quota = 70;

/** Each organization has used some, in the month that ends then; ours all of it, by the front door. */
async function use(end: number): Promise<void> {
  const start = new Date(Date.UTC(new Date(end).getUTCFullYear(), new Date(end).getUTCMonth() - 1));
  await replicas.rows(
    `insert into meter_totals (organization_id, id, meter, period_start, period_end, used)
     select id, gen_random_uuid(), 'quizzes', $1, $2, 7 from organizations where slug like 'month-org-%'`,
    start,
    new Date(end),
  );
  const { status, text } = await replicas.owner(0).post('/usage/consume', { meter: 'quizzes', quantity: quota });
  if (status !== 200) throw new Error(text);
}

/** The state of a month: totals and events of its closing, the number of announcements, and the reached thresholds. */
async function history(month: string): Promise<Record<string, number>> {
  const period = `to_char(t.period_start at time zone 'UTC', 'YYYY-MM') = $1`;
  const [row] = await replicas.rows<Record<string, number>>(
    `select (select count(*)::integer from meter_totals t where meter = 'quizzes' and closed_at is not null and ${period}) as closed,
            (select count(*)::integer from meter_totals t where meter = 'quizzes' and allowance = ${quota} and ${period}) as allowed,
            (select sum(used)::integer from meter_totals t where meter = 'quizzes' and ${period}) as used,
            (select count(*)::integer from domain_events where type = 'usage.period_closed' and data ->> 'periodStart' like $1 || '%') as told,
            (select count(*)::integer from usage_thresholds t where meter = 'quizzes' and ${period}) as thresholds`,
    month,
  );
  return row as Record<string, number>;
}

const closed = { closed: organizations + 1, allowed: organizations + 1, used: organizations * 7 + quota, told: organizations + 1, thresholds: 2 };
const open = { closed: 0, allowed: 0, used: organizations * 7 + quota, told: 0, thresholds: 2 };

const closing = (month: string): Promise<Record<string, number>> =>
  eventually(
    () => history(month),
    ({ closed: count = 0 }) => count > 0,
    90_000,
  );

/** The new month begins empty, whether or not the old one is closed. */
async function expectFresh(): Promise<void> {
  const { body } = await replicas.owner(1).post('/usage/check', { meter: 'quizzes', quantity: quota });
  expect(body).toMatchObject({ allowed: true, used: 0, remaining: quota });
}

describe('at the end of a month', () => {
  it('three replicas close a month once, keep its totals and start new counters', async () => {
    const end = monthEnd(0);
    await use(end);
    expect(await history(monthOf(end - 1))).toEqual(open);
    expect((await replicas.owner(2).post('/usage/consume', { meter: 'quizzes' })).status).toBe(402);
    await goTo(end + 2 * 60_000 + 1000);
    await expectFresh();
    expect(await closing(monthOf(end - 1))).toEqual(closed);
  }, 120_000);

  it('a month that ended while no replica ran is closed once, a day later', async () => {
    const end = monthEnd(1);
    await goTo(end - hour);
    await use(end);
    await Promise.all(replicas.processes.map((each) => each.end('SIGTERM')));
    await setClock(end + day);
    await Promise.all([0, 1, 2].map((number) => replicas.replace(number)));
    await replicas.signIn();
    await expectFresh();
    expect(await closing(monthOf(end - 1))).toEqual(closed);
  }, 180_000);

  it('a month whose closing was interrupted by kill -9 is closed once by another replica', async () => {
    const end = monthEnd(2);
    await goTo(end - hour);
    await use(end);
    await Promise.all(replicas.processes.slice(1).map((each) => each.end('SIGTERM')));
    const holder = new pg.Client({ connectionString: replicas.database.platform });
    await holder.connect();
    await holder.query('begin; select from meter_totals where closed_at is null order by organization_id desc limit 1 for update');
    await setClock(end + 3 * 60_000);
    const waiting = async (): Promise<number> =>
      (await replicas.rows(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%close_periods%'`)).length;
    expect(await eventually(waiting, (count) => count > 0, 90_000)).toBe(1);
    await replicas.processes[0]?.end('SIGKILL');
    await holder.query('rollback');
    await holder.end();
    await eventually(waiting, (count) => count === 0, 20_000);
    await Promise.all([0, 1, 2].map((number) => replicas.replace(number)));
    await replicas.signIn();
    await expectFresh();
    expect(await closing(monthOf(end - 1))).toEqual(closed);
    const runs = await replicas.rows(`select from job_runs where job = 'usage-close' and status <> 'done'`);
    expect(runs).toEqual([]);
  }, 180_000);
});
