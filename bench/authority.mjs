// Measures what comparing the authority of a request costs: each write with and without it, alternating in one run. Prints medians and ratios.
import './needs-example.mjs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { count, npmScript, positive } from '../scripts/arguments.mjs';
import { startEmbeddedPostgres } from '../dist/database/embedded/embedded-postgres.js';
import { migrate } from '../dist/database/migrations/migrate.js';
import { statementNames } from '../dist/database/wire/prepared-statement-names.js';
import { TenantPool } from '../dist/database/wire/tenant-pool.js';
import { PrismaClient } from '../dist/generated/prisma/client.js';
import { tenantSchema } from '../dist/generated/tenant-schema.js';
import { TenantContext } from '../dist/tenancy/tenant-context.js';
import { createTenantClient } from '../dist/tenancy/tenant-extension.js';

const { rounds, seconds, callers } = npmScript('bench:authority', 'Measures what comparing the authority of a request costs.')
  .option('--rounds <n>', 'rounds of both variants', count, 20)
  .option('--seconds <n>', 'length of a slice', positive, 0.3)
  .option('--callers <n>', 'writes at the same time', count, 4)
  .parse()
  .opts();
const slice = seconds * 1000;
const organizationId = '00000000-0000-7000-8000-000000000001';
const userId = '00000000-0000-7000-8000-000000000002';
const sessionId = '00000000-0000-7000-8000-000000000003';
const note = JSON.stringify({ actorKind: 'job', action: 'bench' });

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

async function rate(work) {
  const end = performance.now() + slice;
  let done = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (; performance.now() < end; done += 1) await work();
    }),
  );
  return done / ((performance.now() - start) / 1000);
}

/** Runs two ways to write in turns. @returns the medians of both, and of the ratios of the rounds */
async function compare(without, withAuthority) {
  const pairs = [];
  await rate(without);
  await rate(withAuthority);
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0 ? [await rate(without), await rate(withAuthority)] : [await rate(withAuthority), await rate(without)].toReversed();
    pairs.push(first);
  }
  return { without: median(pairs.map(([a]) => a)), with: median(pairs.map(([, b]) => b)), ratio: median(pairs.map(([a, b]) => b / a)) };
}

const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-bench-'));
await chmod(folder, 0o755);
const server = await startEmbeddedPostgres({ dataDir: folder, durable: false });
try {
  await migrate(server.urls.owner);
  const superuser = new pg.Client({ connectionString: server.superuserUrl.replace(/\/[^/]*$/, '/tenantry') });
  superuser.on('error', () => undefined);
  await superuser.connect();
  await superuser.query(`insert into organizations (id, name, slug, plan) values ($1, 'Org', 'bench', 'free')`, [organizationId]);
  await superuser.query(`insert into projects (organization_id, id, name) select $1, gen_random_uuid(), 'Project ' || n from generate_series(1, 100) n`, [organizationId]);
  await superuser.query(`insert into users (id, email, name) values ($1, 'bench@example.com', 'Bench')`, [userId]);
  await superuser.query(`insert into memberships (organization_id, id, user_id, role) values ($1, gen_random_uuid(), $2, 'owner')`, [organizationId, userId]);
  await superuser.query(`insert into sessions (id, user_id, expires_at) values ($1, $2, now() + interval '1 hour')`, [sessionId, userId]);
  const { rows } = await superuser.query('select access_version as version from organizations where id = $1', [organizationId]);
  const authority = {
    organization: { id: organizationId, version: rows[0].version },
    operatorId: undefined,
    sessionId,
    renew: () => Promise.reject(new Error('changed')),
    conflict: () => new Error('changed'),
  };
  let compared;
  const settings = () => ({ note, authority: compared });
  const pool = new TenantPool({ connectionString: server.urls.app, max: 8, statementTimeoutMillis: 15_000 }, () => organizationId, settings);
  pool.on('error', () => undefined);
  const context = new TenantContext();
  const db = createTenantClient(new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator: statementNames() }) }), { schema: tenantSchema, context });
  const inTenant = (work) => context.run({ organizationId, actor: { kind: 'job', name: 'bench' } }, work);
  const measured = (work) =>
    compare(
      () => {
        compared = undefined;
        return work();
      },
      () => {
        compared = authority;
        return work();
      },
    );
  const ways = {
    'a statement that writes nothing (select 1)': () => pool.query({ name: 'one', text: 'select 1' }),
    'one INSERT, with its audit event': () => inTenant(async () => db.project.createMany({ data: { name: 'Bench' } })),
    'a transaction with one read': () => inTenant(() => db.$transaction((tx) => tx.project.findFirst())),
    'a transaction with one INSERT': () => inTenant(() => db.$transaction((tx) => tx.project.createMany({ data: { name: 'Bench' } }))),
  };
  console.log(`${callers} callers, ${rounds} rounds of ${slice} ms; calls a second\n`);
  for (const [title, work] of Object.entries(ways)) {
    const { without, with: compares, ratio } = await measured(work);
    console.log(`${title.padEnd(46)} without ${String(Math.round(without)).padStart(6)}   with ${String(Math.round(compares)).padStart(6)}   ratio ${ratio.toFixed(2)}`);
  }
  await db.$disconnect();
  await pool.end();
  await superuser.end();
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
