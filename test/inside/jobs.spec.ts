import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { PlatformDb } from '../../src/database/platform-db.js';
import { JobRegistryService } from '../../src/jobs/job-registry.service.js';
import { changesBetween, readTableCounters } from '../../src/jobs/table-changes.queries.js';
import { PlatformAdminsService } from '../../src/modules/auth/platform/platform-admins.service.js';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { runTenantry, type Ended } from '../support/command.js';
import { runJob, SetClock } from '../support/jobs.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { chained } from '../support/audit.js';

const passphrase = 'a long operator passphrase';
let folder: string;
let database: ScratchDatabase;
let look: pg.Client;
let clock: SetClock;
let server: TestServer;
let operator: Client;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-jobs-'));
  database = await scratchDatabase();
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
  clock = new SetClock(new Date());
  server = await startTestServer({ JOBS_ENABLED: 'false' }, database, { clock });
  await server.app.get(PlatformAdminsService).createFirstPlatformAdmin('operator@example.com', passphrase);
  operator = server.api.as((await server.api.post('/auth/login', { email: 'operator@example.com', password: passphrase })).body.accessToken);
});
afterAll(async () => {
  await server.close();
  await look.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const tenantry = (...args: string[]): Promise<Ended> =>
  runTenantry({ NODE_ENV: 'test', APP_SECRET: testSecret, DATA_DIR: folder, DATABASE_URL: database.app, DATABASE_PLATFORM_URL: database.platform }, ...args);
const jobs = async (): Promise<Record<string, any>[]> => (await operator.get('/tenants/jobs')).body.data;
const purgeMail = async (): Promise<Record<string, any> | undefined> => (await jobs()).find(({ name }) => name === 'purge-mail');
const plantOldMail = (): Promise<unknown> =>
  look.query(
    `insert into mail_messages (id, template, recipient, status, created_at) values (gen_random_uuid(), 'x', 'someone@example.com', 'failed', now() - interval '40 days')`,
  );
const failPurging = (): Promise<void> =>
  database.alter(
    `create function refuse_purge() returns trigger language plpgsql as $$ begin raise exception 'not today'; end $$`,
    'grant execute on function refuse_purge() to tenantry_platform',
    'create trigger refuse_purge before delete on mail_messages for each row execute function refuse_purge()',
  );

describe('GET /tenants/jobs', () => {
  it('GET /tenants/jobs lists every job with its schedule and whether it is overdue', async () => {
    const listed = await jobs();
    expect(listed.map(({ name }) => name)).toEqual([
      'advance-subscriptions',
      'apply-retention',
      'check-domains',
      'complete-erasures',
      'delete-expired-rows',
      'end-unverified-accounts',
      'erase-deleted-organizations',
      'export-audit-checkpoints',
      'make-audit-checkpoints',
      'purge-deliveries',
      'purge-events',
      'purge-idempotency-keys',
      'purge-job-runs',
      'purge-mail',
      'purge-sessions',
      'reconcile-stripe',
      'remove-expired-audit-events',
      'send-stripe-usage',
      'usage-alerts',
      'usage-close',
      'usage-expiry',
      'usage-gauges',
      'usage-members',
      'usage-partitions',
      'usage-purge',
      'weekly-usage-mail',
    ]);
    for (const job of listed) expect(new Date(job['nextRunAt']).getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(await purgeMail()).toMatchObject({ cron: '0 20 3 * * *', period: 'day', everyPeriod: false, lastRun: null, lastDoneAt: null });
    const now = clock.time;
    clock.time = new Date('2026-01-02T03:29:00Z');
    expect((await purgeMail())?.['overdue']).toBe(false);
    clock.time = new Date('2026-01-02T03:31:00Z');
    expect(await purgeMail()).toMatchObject({ overdue: true, nextRunAt: '2026-01-03T03:20:00.000Z' });
    clock.time = now;
  });

  it('only operators can list the jobs', async () => {
    const owner = await server.world.owner();
    expect((await owner.api.get('/tenants/jobs')).status).toBe(403);
    expect((await server.api.get('/tenants/jobs')).status).toBe(401);
  });
});

describe('tenantry job:run', () => {
  it('job:run runs a job once for a period, and again with --force', async () => {
    await plantOldMail();
    const first = await tenantry('job:run', 'purge-mail', '--json');
    expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(first.out)).toMatchObject({ job: 'purge-mail', outcome: 'done', result: { purged: 1 } });
    const second = await tenantry('job:run', 'purge-mail', '--json');
    expect([second.code, JSON.parse(second.out).outcome]).toEqual([7, 'already_done']);
    await plantOldMail();
    const forced = await tenantry('job:run', 'purge-mail', '--force');
    expect(forced).toMatchObject({ code: 0, out: expect.stringMatching(/^purge-mail for \d{4}-\d\d-\d\d: done in \d+ ms: \{"purged":1\}\n$/) });
    expect((await purgeMail())?.['lastRun']).toMatchObject({ status: 'done', attempts: 2, result: { purged: 1 }, error: null, durationMs: expect.any(Number) });
  });

  it('job:run runs a job for the given period, if that has begun', async () => {
    const past = await tenantry('job:run', 'purge-mail', '--period', '2026-01-05', '--json');
    expect([past.code, JSON.parse(past.out)]).toEqual([0, expect.objectContaining({ period: '2026-01-05', outcome: 'done' })]);
    for (const period of ['2999-01-01', '2026-01', 'yesterday']) {
      const { code, out } = await tenantry('job:run', 'purge-mail', '--period', period, '--json');
      expect([code, JSON.parse(out).error.code]).toEqual([1, 'invalid_job_period']);
    }
  });

  it('job:run reports and records a failure, and can be repeated immediately', async () => {
    await plantOldMail();
    await failPurging();
    const failed = await tenantry('job:run', 'purge-mail', '--period', '2026-01-06', '--json');
    expect([failed.code, failed.err, JSON.parse(failed.out)]).toEqual([1, '', expect.objectContaining({ outcome: 'failed', error: expect.stringContaining('not today') })]);
    const { rows } = await look.query(`select status, attempts, error from job_runs where job = 'purge-mail' and period = '2026-01-06'`);
    expect(rows).toEqual([{ status: 'failed', attempts: 1, error: expect.stringContaining('not today') }]);
    await database.alter('drop trigger refuse_purge on mail_messages');
    expect((await tenantry('job:run', 'purge-mail', '--period', '2026-01-06')).code).toBe(0);
  });

  it('job:run is recorded in the audit log as an action of the operator', async () => {
    const owner = await server.world.owner();
    await look.query(`update organizations set deleted_at = now(), erase_after = now() - interval '1 day' where id = $1`, [owner.organizationId]);
    expect((await tenantry('job:run', 'erase-deleted-organizations', '--force')).code).toBe(0);
    const { rows } = await (
      await chained(look)
    ).query(`select actor_kind, action from audit.events where organization_id = $1 order by sequence desc limit 1`, [owner.organizationId]);
    expect(rows).toEqual([{ actor_kind: 'operator', action: 'cli job:run' }]);
  });

  it('job:run refuses an unknown job', async () => {
    expect(await tenantry('job:run', 'nonsense')).toMatchObject({ code: 3, err: expect.stringContaining('The jobs are: advance-subscriptions, apply-retention,') });
  });
});

describe('GET /metrics', () => {
  it('the metrics report the last success, the duration and the delay of every job', async () => {
    const told = async (): Promise<string> => (await server.api.get('//metrics')).text;
    await tenantry('job:run', 'purge-mail');
    const before = await told();
    expect(before).toMatch(/^tenantry_job_last_success_timestamp_seconds\{name="purge-mail"\} 1\d{9}/m);
    expect(before).toMatch(/^tenantry_job_last_duration_seconds\{name="purge-mail"\} [\d.]+$/m);
    expect(before).toMatch(/^tenantry_job_overdue\{name="purge-mail"\} 0$/m);
    expect(before).not.toContain('tenantry_job_runs_total{');
    await runJob(server.app, 'purge-mail', new Date('2026-01-09T04:00:00Z'));
    expect(await told()).toContain('tenantry_job_runs_total{name="purge-mail",result="done"} 1');
  });

  it('the metrics report the jobs of every queue, and how long the oldest has been due', async () => {
    const told = async (): Promise<string> => (await server.api.get('//metrics')).text;
    await look.query(`insert into pgboss.job (name, state, start_after) values
      ('provider_events', 'created', now() - interval '5 minutes'), ('provider_events', 'retry', now() - interval '10 minutes'), ('provider_events', 'retry', now() + interval '1 hour'),
      ('provider_events', 'active', now() - interval '1 day'), ('provider_events', 'failed', now() - interval '1 day'), ('provider_events', 'completed', now() - interval '1 day')`);
    const text = await told();
    const values = [...text.matchAll(/^tenantry_queue_jobs\{queue="(provider_\w+)",state="(\w+)"\} (\d+)$/gm)].map(([, queue, state, count]) => `${queue!} ${state!} ${count!}`);
    expect(values).toEqual([
      'provider_events waiting 3',
      'provider_events active 1',
      'provider_events failed 1',
      'provider_tasks waiting 0',
      'provider_tasks active 0',
      'provider_tasks failed 0',
    ]);
    expect(Number(/^tenantry_queue_oldest_due_age_seconds\{queue="provider_events"\} ([\d.]+)$/m.exec(text)?.[1])).toBeCloseTo(600, -2);
    expect(text).toMatch(/^tenantry_queue_oldest_due_age_seconds\{queue="provider_tasks"\} 0$/m);
    await look.query("delete from pgboss.job where name = 'provider_events'");
    expect(await told()).toMatch(/^tenantry_queue_jobs\{queue="provider_events",state="waiting"\} 0$/m);
  });

  it('the metrics report the version and the deadlocks of the database, once for simultaneous scrapes', async () => {
    const told = async (): Promise<string> => (await server.api.get('//metrics')).text;
    const deadlocks = async (): Promise<number> => Number(/^tenantry_database_deadlocks_total (\d+)$/m.exec(await told())?.[1]);
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(await told()).toContain(`tenantry_build_info{version="${version}",node="${process.versions.node}"} 1`);
    const before = await deadlocks();
    // The name says that the deadlock is on purpose: any other one fails the run.
    const connect = async (): Promise<pg.Client> => {
      const client = new pg.Client({ connectionString: database.platform, application_name: 'deadlock' });
      await client.connect();
      await client.query('begin');
      return client;
    };
    const [one, two] = [await connect(), await connect()];
    await one.query('select pg_advisory_xact_lock(1)');
    await two.query('select pg_advisory_xact_lock(2)');
    const lockAndEnd = async (client: pg.Client, key: number): Promise<void> => {
      try {
        await client.query('select pg_advisory_xact_lock($1)', [key]);
      } finally {
        await client.end();
      }
    };
    const ends = await Promise.allSettled([lockAndEnd(one, 2), lockAndEnd(two, 1)]);
    expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    // The statistics of PostgreSQL arrive a little later.
    await eventually(deadlocks, (count) => count > before);
    expect(await Promise.all([deadlocks(), deadlocks(), deadlocks()])).toEqual([before + 1, before + 1, before + 1]);
  });
});

describe('tenantry job:list', () => {
  it('job:list lists the same jobs as the API', async () => {
    expect(JSON.parse((await tenantry('job:list', '--json')).out).data.map(({ name }: { name: string }) => name)).toEqual((await jobs()).map(({ name }) => name));
    expect((await tenantry('job:list')).out).toMatch(/^purge-mail +0 20 3 \* \* \* +next \S+ +done for /m);
  });
});

describe('the bounds of jobs that destroy data', () => {
  const plantDeleted = (count: number): Promise<unknown> =>
    look.query(
      `insert into organizations (id, name, slug, plan, deleted_at, erase_after)
       select gen_random_uuid(), 'Gone', 'gone-' || gen_random_uuid(), 'free', now() - interval '31 days', now() - interval '1 day' from generate_series(1, $1::int)`,
      [count],
    );
  const remaining = async (): Promise<number> => (await look.query(`select from organizations where name = 'Gone'`)).rowCount ?? 0;
  const recorded = async (): Promise<Record<string, any>> => (await jobs()).find(({ name }) => name === 'erase-deleted-organizations')?.['lastRun'];

  it('every job that destroys data has bounds', () => {
    const bounded = server.app
      .get(JobRegistryService)
      .all()
      .filter(({ mayDelete }) => mayDelete !== undefined)
      .map(({ name }) => name);
    expect(bounded).toEqual([
      'apply-retention',
      'complete-erasures',
      'delete-expired-rows',
      'end-unverified-accounts',
      'erase-deleted-organizations',
      'purge-deliveries',
      'purge-events',
      'purge-idempotency-keys',
      'purge-job-runs',
      'purge-mail',
      'purge-sessions',
      'remove-expired-audit-events',
      'usage-partitions',
      'usage-purge',
    ]);
  });

  it('the bounds name tables that exist', async () => {
    const tables = server.app
      .get(JobRegistryService)
      .all()
      .flatMap(({ mayDelete = {} }) => Object.keys(mayDelete));
    const { rows } = await look.query<{ name: string }>(`select distinct t.name from unnest($1::text[]) t (name) where to_regclass(t.name)::text = t.name`, [tables]);
    expect(rows.map(({ name }) => name).toSorted()).toEqual([...new Set(tables)].toSorted());
  });

  it('a dry run prints what the job would delete, changes nothing and is not recorded', async () => {
    await plantDeleted(2);
    const before = await recorded();
    const { code, out } = await tenantry('job:run', 'erase-deleted-organizations', '--dry-run', '--json');
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({
        outcome: 'dry_run',
        result: { erased: 2 },
        beyond: null,
        changes: expect.objectContaining({ organizations: expect.objectContaining({ deleted: 2 }) }),
      }),
    ]);
    const printed = await tenantry('job:run', 'erase-deleted-organizations', '--dry-run');
    expect(printed.out).toMatch(/^erase-deleted-organizations for \S+: dry run of \d+ ms, nothing was changed\. The result would be \{"erased":2\}\n/);
    expect(printed.out).toMatch(/^ {2}organizations: 2 deleted, 0 updated, 0 inserted \(about \d+ rows before\)$/m);
    expect([await remaining(), await recorded()]).toEqual([2, before]);
  });

  it('a job that also acts outside of the database has no dry run', async () => {
    const { code, out } = await tenantry('job:run', 'export-audit-checkpoints', '--dry-run', '--json');
    expect([code, JSON.parse(out).error.code]).toEqual([1, 'no_dry_run']);
  });

  it('a run that would delete more than its bound deletes nothing, says so in the list, and runs when an operator allows it', async () => {
    await plantDeleted(24);
    const tooMany = 'The run would delete 26 rows of organizations (a run may delete 25, or 10 % of the table if that is more).';
    const refused = await tenantry('job:run', 'erase-deleted-organizations', '--force', '--json');
    expect([refused.code, JSON.parse(refused.out)]).toEqual([1, expect.objectContaining({ outcome: 'failed', error: expect.stringContaining(tooMany) })]);
    expect(await remaining()).toBe(26);
    // Without --force, because the period is done: a scheduled run of the next period.
    await runJob(server.app, 'erase-deleted-organizations', new Date(Date.now() + 3_600_000));
    expect(await remaining()).toBe(26);
    expect(await recorded()).toMatchObject({ status: 'failed', error: expect.stringContaining(tooMany) });
    expect((await tenantry('job:list')).out).toContain(tooMany);
    const rehearsed = await tenantry('job:run', 'erase-deleted-organizations', '--dry-run');
    expect(rehearsed.out).toContain(`${tooMany} The job would fail. Pass --unbounded to let it.`);
    expect(await remaining()).toBe(26);
    const allowed = await tenantry('job:run', 'erase-deleted-organizations', '--force', '--unbounded', '--json');
    expect([allowed.code, JSON.parse(allowed.out)]).toEqual([0, expect.objectContaining({ outcome: 'done', result: { erased: 26 } })]);
    expect(await remaining()).toBe(0);
  });

  it('rows of a partition that is dropped count as deleted rows of its table', async () => {
    const client = server.app.get(PlatformDb);
    const undone = new Error('undone');
    const counted = client.$transaction(async (tx) => {
      const before = await readTableCounters(tx);
      const partition = [...before.values()].find(({ table }) => table === 'request_log');
      const full = new Map(before).set(partition?.id ?? '', { ...partition, rows: 7 } as never);
      await tx.$executeRaw`select usage.drop_partitions('2100-01-01')`;
      expect(changesBetween(full, await readTableCounters(tx)).get('request_log')).toMatchObject({ deleted: 7, inserted: 0, updated: 0 });
      throw undone;
    });
    await expect(counted).rejects.toBe(undone);
  });
});

// Last, because access tokens are checked by the server that started last.
describe('who asks for metrics', () => {
  it('GET /metrics requires the token, and returns 404 in production if none is set, as does /dev/mail', async () => {
    const guarded = await startTestServer({ JOBS_ENABLED: 'false', METRICS_TOKEN: 'a token of Prometheus' }, database);
    const status = async (at: TestServer, token?: string): Promise<number> => (await at.api.as(token).get('//metrics')).status;
    const devMail = async ({ url }: TestServer): Promise<number> => (await fetch(`${url}/dev/mail`)).status;
    expect(await devMail(guarded)).toBe(200);
    expect([await status(guarded), await status(guarded, 'another token'), await status(guarded, 'a token of Prometheus')]).toEqual([401, 401, 200]);
    await guarded.close();
    const closed = await startTestServer({ JOBS_ENABLED: 'false', NODE_ENV: 'production' }, database);
    expect([await status(closed), await devMail(closed)]).toEqual([404, 404]);
    await closed.close();
  });
});

describe('POST /tenants/jobs/:job/run', () => {
  it('runs a job once for a period, and again with force; only the first of them purges', async () => {
    const run = async (options: object) => (await operator.post('/tenants/jobs/purge-mail/run', options)).body;
    await look.query(`delete from job_runs where job = 'purge-mail'`);
    await plantOldMail();
    expect(await run({ dryRun: true })).toMatchObject({
      outcome: 'dry_run',
      result: { purged: 1 },
      changes: expect.arrayContaining([expect.objectContaining({ table: 'mail_messages', deleted: 1 })]),
      beyond: null,
      error: null,
    });
    expect(await run({})).toMatchObject({ job: 'purge-mail', outcome: 'done', result: { purged: 1 }, durationMs: expect.any(Number), changes: null });
    await plantOldMail();
    expect(await run({})).toMatchObject({ outcome: 'already_done', result: null, durationMs: null });
    expect(await run({ force: true })).toMatchObject({ outcome: 'done', result: { purged: 1 } });
  });

  it('answers with the error of a failed run', async () => {
    await plantOldMail();
    await database.alter('create trigger refuse_purge before delete on mail_messages for each row execute function refuse_purge()');
    const { status, body } = await operator.post('/tenants/jobs/purge-mail/run', { force: true });
    await database.alter('drop trigger refuse_purge on mail_messages');
    expect([status, body]).toEqual([200, expect.objectContaining({ outcome: 'failed', error: expect.stringContaining('not today'), result: null })]);
  });

  it('refuses an unknown job, and everybody but operators', async () => {
    const path = '/tenants/jobs/purge-mail/run';
    const unknown = await operator.post('/tenants/jobs/nonsense/run', {});
    expect([unknown.status, unknown.body.code]).toEqual([404, 'unknown_job']);
    expect((await (await server.world.owner()).api.post(path, {})).status).toBe(403);
    expect((await server.api.post(path, {})).status).toBe(401);
  });
});
