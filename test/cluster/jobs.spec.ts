import { Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { PlatformTransaction } from '../../src/database/transactions.js';
import { JobCatchUpService } from '../../src/jobs/job-catch-up.service.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../src/jobs/scheduled-job.decorator.js';
import { eventually } from '../support/eventually.js';
import { runJob, SetClock } from '../support/jobs.js';
import { ServerProcess } from '../support/process.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { chained } from '../support/audit.js';

const day = 24 * 3_600_000;
/** The processes that worked and how often, including rolled back runs. */
const worked: string[] = [];
let failing = false;

@ScheduledJob({ name: 'test-nightly', cron: '0 0 3 * * *', period: 'day' })
class NightlyJob implements Job {
  async run(tx: PlatformTransaction, { period }: JobMoment): Promise<JobResult> {
    worked.push(period);
    await tx.$executeRaw`insert into _witnesses (period) values (${period})`;
    if (failing) throw new Error('The test wants it to fail.');
    return { worked: 1 };
  }
}

@ScheduledJob({ name: 'test-every-night', cron: '0 0 3 * * *', period: 'day', everyPeriod: true })
class EveryNightJob extends NightlyJob {}

@Module({ providers: [NightlyJob, EveryNightJob] })
class TestJobs {}

let database: ScratchDatabase;
let look: pg.Client;
beforeAll(async () => {
  database = await scratchDatabase();
  await database.alter('create table _witnesses (period text)', 'grant select, insert, delete on _witnesses to tenantry_platform');
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
});
afterAll(async () => {
  await look.end();
  await database.drop();
});

const replica = (clock: SetClock, jobs = false): Promise<TestServer> => startTestServer({ JOBS_ENABLED: String(jobs) }, database, { clock, modules: [TestJobs] });
const runsOf = async (job: string): Promise<Record<string, unknown>[]> => (await look.query('select * from job_runs where job = $1 order by period', [job])).rows;
const witnesses = async (): Promise<string[]> => (await look.query<{ period: string }>('delete from _witnesses returning period')).rows.map(({ period }) => period).toSorted();
const catchUp = (...servers: readonly TestServer[]): Promise<unknown> => Promise.all(servers.map(({ app }) => app.get(JobCatchUpService).all()));

describe('a scheduled job', () => {
  it('three concurrent replicas run a scheduled job once, twenty times in a row', async () => {
    const clock = new SetClock(new Date('2027-01-01T03:00:00Z'));
    const replicas = await Promise.all([replica(clock), replica(clock), replica(clock)]);
    for (let night = 0; night < 20; night += 1) {
      await Promise.all(replicas.flatMap(({ app }) => ['test-nightly', 'test-every-night'].map((name) => runJob(app, name, clock.now()))));
      const period = clock.now().toISOString().slice(0, 10);
      expect(await witnesses()).toEqual([period, period]);
      clock.forward(day);
    }
    const runs = await runsOf('test-nightly');
    expect(runs).toHaveLength(20);
    expect(runs.every(({ status, attempts }) => status === 'done' && attempts === 1)).toBe(true);
    // Not even tried twice: once by each of the two jobs.
    expect(worked).toHaveLength(40);
    await Promise.all(replicas.map((each) => each.close()));
  });

  it('a replica catches up at boot: the latest period, or each missed period in order if the job requires it', async () => {
    const clock = new SetClock(new Date('2027-02-01T12:00:00Z'));
    const before = await replica(clock, true);
    await eventually(
      () => runsOf('test-nightly'),
      (runs) => runs.at(-1)?.['period'] === '2027-02-01',
      20_000,
    );
    await eventually(
      () => runsOf('test-every-night'),
      (runs) => runs.at(-1)?.['period'] === '2027-02-01',
      20_000,
    );
    await before.close();
    await witnesses();
    worked.length = 0;
    clock.forward(4 * day);
    const after = await replica(clock, true);
    const periods = async (job: string): Promise<unknown[]> => (await runsOf(job)).map(({ period }) => period).filter((period) => String(period) > '2027-02-01');
    await eventually(
      () => periods('test-nightly'),
      (all) => all.length > 0,
      20_000,
    );
    expect(await periods('test-nightly')).toEqual(['2027-02-05']);
    expect(await periods('test-every-night')).toEqual(['2027-02-02', '2027-02-03', '2027-02-04', '2027-02-05']);
    expect(worked.slice(0, 4)).toEqual(['2027-02-02', '2027-02-03', '2027-02-04', '2027-02-05']);
    await after.close();
  });

  it('a failed job run leaves only its record, and is retried after increasing delays', async () => {
    const clock = new SetClock(new Date('2027-03-01T03:00:00Z'));
    const server = await replica(clock);
    await witnesses();
    failing = true;
    const attempts = async (): Promise<unknown> => (await runsOf('test-nightly')).at(-1)?.['attempts'];
    await catchUp(server);
    expect(await witnesses()).toEqual([]);
    expect((await runsOf('test-nightly')).at(-1)).toMatchObject({ period: '2027-03-01', status: 'failed', error: 'The test wants it to fail.', attempts: 1, result: null });
    await catchUp(server);
    expect(await attempts()).toBe(1);
    clock.forward(70_000);
    await catchUp(server);
    expect(await attempts()).toBe(2);
    clock.forward(70_000);
    await catchUp(server);
    expect(await attempts()).toBe(2);
    failing = false;
    clock.forward(60_000);
    await catchUp(server);
    expect((await runsOf('test-nightly')).at(-1)).toMatchObject({ status: 'done', error: null, attempts: 3, retry_at: null, result: { worked: 1 } });
    expect((await witnesses()).filter((period) => period === '2027-03-01')).toHaveLength(2);
    await server.close();
  });

  it('a job run that waits for a retry delays later periods', async () => {
    const clock = new SetClock(new Date('2027-03-02T03:00:00Z'));
    const server = await replica(clock);
    failing = true;
    await catchUp(server);
    clock.forward(2 * day);
    await catchUp(server);
    failing = false;
    expect((await runsOf('test-every-night')).at(-1)).toMatchObject({ period: '2027-03-02', status: 'failed', attempts: 2 });
    clock.forward(day);
    await catchUp(server);
    const runs = (await runsOf('test-every-night')).filter(({ period }) => String(period) >= '2027-03-02');
    expect(runs.map(({ period, status }) => `${String(period)} ${String(status)}`)).toEqual(['2027-03-02 done', '2027-03-03 done', '2027-03-04 done', '2027-03-05 done']);
    await server.close();
  });

  it('the record of a job run is no event in the audit log', async () => {
    const { rows } = await (await chained(look)).query(`select e.id from audit.events e where e.target_table = 'job_runs' or e.details::text like '%job_runs%'`);
    expect(rows).toEqual([]);
  });

  it('a scheduled job deletes its runs after 90 days, except for the last one', async () => {
    const server = await replica(new SetClock(new Date('2027-09-01T00:00:00Z')));
    await runJob(server.app, 'purge-job-runs', new Date('2027-09-01T03:30:00Z'));
    expect(await runsOf('test-nightly')).toHaveLength(1);
    await server.close();
  });
});

describe('a replica that is killed (kill -9) in the middle of a job', () => {
  it('a job that is interrupted by kill -9 changes nothing, and another replica runs it once', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-jobs-'));
    const spare = await scratchDatabase();
    const watch = new pg.Client({ connectionString: spare.platform });
    const holder = new pg.Client({ connectionString: spare.platform });
    await Promise.all([watch.connect(), holder.connect()]);
    const mails = async (): Promise<number> => Number((await watch.query<{ count: string }>('select count(*) from mail_messages')).rows[0]?.count);
    await watch.query(`insert into mail_messages (id, template, recipient, status, created_at)
                       select gen_random_uuid(), 'x', 'someone@example.com', 'failed', now() - interval '40 days' from generate_series(1, 3)`);
    await holder.query('begin');
    await holder.query('select 1 from mail_messages limit 1 for update');
    const env = { NODE_ENV: 'test', APP_SECRET: testSecret, DATA_DIR: folder, DATABASE_URL: spare.app, DATABASE_PLATFORM_URL: spare.platform, LOG_LEVEL: 'info' };
    const doomed = await ServerProcess.start(env);
    const blocked = async (): Promise<number> =>
      (await watch.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ilike '%delete%mail_messages%'`)).rowCount ?? 0;
    expect(await eventually(blocked, (count) => count === 1, 20_000)).toBe(1);
    await doomed.end('SIGKILL');
    // The row is still locked: the server detects by itself that the client of the statement is gone.
    expect(await eventually(blocked, (count) => count === 0, 15_000)).toBe(0);
    await holder.query('rollback');
    expect([await mails(), (await watch.query(`select from job_runs where job = 'purge-mail'`)).rowCount]).toEqual([3, 0]);
    const next = await startTestServer({ JOBS_ENABLED: 'true' }, spare);
    const done = async (): Promise<Record<string, unknown>[]> => (await watch.query(`select * from job_runs where job = 'purge-mail'`)).rows;
    expect(await eventually(done, (rows) => rows.length > 0, 20_000)).toMatchObject([{ status: 'done', attempts: 1, result: { purged: 3 } }]);
    expect(await mails()).toBe(0);
    await next.close();
    await Promise.all([watch.end(), holder.end()]);
    await spare.drop();
    await rm(folder, { recursive: true, force: true });
  });
});
