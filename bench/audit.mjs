// Measures the cost of the audit log: of a change with and without it, of verifying a chain, and of a page among a
// million events.
import './needs-example.mjs';
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { count, npmScript } from '../scripts/arguments.mjs';
import { startEmbeddedPostgres } from '../dist/database/embedded/embedded-postgres.js';
import { migrate } from '../dist/database/migrations/migrate.js';
import { PlatformPool } from '../dist/database/wire/platform-pool.js';
import { TenantPool } from '../dist/database/wire/tenant-pool.js';
import { AuditCheckpointsService } from '../dist/modules/audit/checkpoints/audit-checkpoints.service.js';
import { CheckpointVerificationService } from '../dist/modules/audit/checkpoints/checkpoint-verification.service.js';
import { AuditVerificationService } from '../dist/modules/audit/hash-chain/audit-verification.service.js';
import { eventsQuery } from '../dist/modules/audit/audit-log/audit-log.queries.js';

const { events, changes } = npmScript('bench:audit', 'Measures the cost of the audit log.')
  .option('--events <n>', 'events in the log', count, 1_000_000)
  .option('--changes <n>', 'changes that are measured', count, 3000)
  .parse()
  .opts();
const [busy, old, somebody] = [randomUUID(), randomUUID(), randomUUID()];
const note = JSON.stringify({
  organizationId: busy,
  requestId: randomUUID(),
  action: 'createProject',
  actorKind: 'user',
  actorId: somebody,
  actorName: 'Ada <ada@example.com>',
  ip: '192.0.2.1',
});

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const say = (name, value, unit) => console.log(`  ${value.padStart(10)} ${unit.padEnd(8)} ${name}`);

const change = (pool) => pool.query({ name: 'bench', text: 'insert into projects (id, name) values (gen_random_uuid(), $1)', values: ['P'] });

/** Microseconds of processor time that a process of the server has used, as Linux counts them: other work on the machine falsifies them little. */
const processorTime = async (pid) => Number((await readFile(`/proc/${pid}/schedstat`, 'utf8')).split(' ')[0]) / 1000;

/** Chains what waits, as a server does every half second while changes are made. */
const chainAll = async (platform) => {
  while ((await platform.query('select more from audit.chain()')).rows[0].more);
};

/** Microseconds of processor time that the chaining of a change takes, on a connection of its own. */
async function measureChaining(pool, platform) {
  const client = await platform.connect();
  const [{ pid }] = (await client.query('select pg_backend_pid() as pid')).rows;
  const times = [];
  for (let round = 0; round < 5; round += 1) {
    for (let n = 0; n < 500; n += 1) await change(pool);
    const start = await processorTime(pid);
    await chainAll(client);
    times.push(((await processorTime(pid)) - start) / 500);
  }
  client.release();
  say('processor time of the server to chain a change, of 500', String(Math.round(median(times))), 'µs');
}

/** @param pool a pool of one connection */
async function measureProcessorTime(pool, superuser) {
  const [{ pid }] = (await pool.query('select pg_backend_pid() as pid')).rows;
  const used = { enable: [], disable: [] };
  for (let round = 0; round < 5; round += 1) {
    for (const [state, times] of Object.entries(used)) {
      await superuser.query(`alter table projects ${state} trigger audit`);
      for (let n = 0; n < 50; n += 1) await change(pool);
      const [start, count] = [await processorTime(pid), Math.ceil(changes / 5)];
      for (let n = 0; n < count; n += 1) await change(pool);
      times.push(((await processorTime(pid)) - start) / count);
    }
  }
  await superuser.query('alter table projects enable trigger audit');
  say('processor time of the server for a change, recorded', String(Math.round(median(used.enable))), 'µs');
  say('… of the same without the log', String(Math.round(median(used.disable))), 'µs');
}

async function changesPerSecond(pool, callers, platform) {
  const start = performance.now();
  let left = changes;
  let chaining = Promise.resolve();
  const timer = setInterval(() => void (chaining = chaining.then(() => chainAll(platform))), 500);
  const caller = async () => {
    while (left-- > 0) await change(pool);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  clearInterval(timer);
  // The measurement includes the chaining of all its changes.
  await chaining;
  await chainAll(platform);
  return changes / ((performance.now() - start) / 1000);
}

async function measureChanges(pool, superuser, platform) {
  await changesPerSecond(pool, 4, platform);
  const ratios = { 1: [], 8: [] };
  const speeds = {};
  for (let round = 0; round < 5; round += 1) {
    for (const callers of [1, 8]) {
      await superuser.query('alter table projects enable trigger audit');
      const recorded = await changesPerSecond(pool, callers, platform);
      await superuser.query('alter table projects disable trigger audit');
      const bare = await changesPerSecond(pool, callers, platform);
      ratios[callers].push(recorded / bare);
      (speeds[callers] ??= []).push(recorded);
    }
  }
  await superuser.query('alter table projects enable trigger audit');
  for (const callers of [1, 8]) {
    say(`changes of one organization, ${callers} at a time, recorded`, String(Math.round(median(speeds[callers]))), 'a second');
    say(`… of the same without the log`, median(ratios[callers]).toFixed(2), '');
  }
}

async function plant(superuser) {
  await superuser.query(
    `insert into audit.events (organization_id, id, sequence, occurred_at, request_id, actor_kind, actor_id, action, outcome, times, target_table, target_id, changes, actor_hash, details_hash, previous_hash, hash,
                               actor_salt, actor_name, ip, user_agent, details_salt, details)
     select $1::uuid, gen_random_uuid(), n, timestamptz '2026-01-01' + n * interval '1 second', 'request-' || n, 'user', case when n % 50000 = 7 then $2 else 'user-' || n % 50 end,
            case when n % 50000 = 9 then 'rareAction' else 'action' || n % 20 end, case when n % 50000 = 11 then 'refused' else 'done' end, 1, 'projects', 'row-' || n, 1,
            sha256('a'), sha256('b'), sha256('c'), sha256('d'),
            'salt', 'Ada', '192.0.2.1', 'curl', 'salt', '[]'
       from generate_series(1, $3::int) n`,
    [old, somebody, events],
  );
  await superuser.query('vacuum analyze audit.events');
}

async function measurePages(pool) {
  const middle = String(Math.round(events / 2));
  const pages = [
    { label: 'the newest', filter: {} },
    { label: 'from the middle', filter: {}, before: middle },
    { label: 'the oldest', filter: {}, before: '25' },
    { label: 'of an action', filter: { action: 'action3' } },
    { label: 'of a rare action', filter: { action: 'rareAction' } },
    { label: 'of an unknown action', filter: { action: 'nothing' } },
    { label: 'of an actor', filter: { actorId: somebody } },
    { label: 'of a row', filter: { targetId: `row-${middle}` } },
    { label: 'of what was refused', filter: { outcome: 'refused' } },
    { label: 'of a request', filter: { requestId: `request-${middle}` } },
    { label: 'since a time', filter: { from: '2026-01-02T00:00:00.000Z' } },
    { label: 'until a time', filter: { to: '2026-01-02T00:00:00.000Z' } },
  ];
  for (const { label, filter, before } of pages) {
    const times = [];
    for (let n = 0; n < 30; n += 1) {
      const { text, values } = eventsQuery({ organizationId: old, filter, before, limit: 21 });
      const start = performance.now();
      await pool.query(text, values);
      times.push(performance.now() - start);
    }
    say(`a page of ${events} events: ${label}`, median(times).toFixed(2), 'ms');
  }
}

const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-bench-'));
await chmod(folder, 0o755);
const server = await startEmbeddedPostgres({ dataDir: folder, durable: false });
try {
  await migrate(server.urls.owner);
  const superuser = new pg.Client({ connectionString: server.superuserUrl.replace(/\/[^/]*$/, '/tenantry') });
  superuser.on('error', () => undefined);
  await superuser.connect();
  await superuser.query(`insert into organizations (id, name, slug, plan) values ($1, 'Org', $2, 'free')`, [busy, 'busy']);
  let tenant = busy;
  const poolOf = (max) =>
    new TenantPool(
      { connectionString: server.urls.app, max },
      () => tenant,
      () => ({ note }),
    ).on('error', () => undefined);
  const pool = poolOf(8);
  const platform = new PlatformPool({ connectionString: server.urls.platform, max: 2 }).on('error', () => undefined);
  if (process.platform === 'linux') {
    const single = poolOf(1);
    await measureProcessorTime(single, superuser);
    await chainAll(platform);
    await measureChaining(single, platform);
    await single.end();
  }
  await measureChanges(pool, superuser, platform);
  const start = performance.now();
  const checkpoints = new CheckpointVerificationService(platform, new AuditCheckpointsService({ appSecret: 'the secret of the benchmark', previousSecrets: [] }));
  const {
    chains: [chain],
  } = await new AuditVerificationService(platform, checkpoints).verifyLog(busy);
  if (chain.bad !== undefined) throw new Error(`the chain does not hold: ${JSON.stringify(chain.bad)}`);
  say(`events verified, of a chain of ${chain.events}`, String(Math.round(chain.events / ((performance.now() - start) / 1000))), 'a second');
  await platform.end();
  await plant(superuser);
  tenant = old;
  await measurePages(pool);
  await pool.end();
  await superuser.end();
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
