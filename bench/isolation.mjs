// Measures the cost of isolation: one indexed read in four ways that alternate in one run. Prints medians and ratios.
import './needs-example.mjs';
import { AsyncLocalStorage } from 'node:async_hooks';
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
import { wireBinding } from '../dist/tenancy/wire-binding.js';

const options = npmScript('bench:isolation', 'Measures the cost of row security: one indexed read in four ways.')
  .option('--rounds <n>', 'rounds of all variants', count, 30)
  .option('--seconds <n>', 'length of a slice', positive, 0.3)
  .option('--callers <list>', 'loads: requests at the same time', (text) => text.split(',').map(count), [4, 32])
  .option('--assert', 'fails if a target is missed')
  .parse()
  .opts();
const { rounds, callers: loads } = options;
const slice = options.seconds * 1000;
const leadIn = 100;
const connections = 10;
const organizations = 50;
const projectsEach = 200;
const actor = { kind: 'job', name: 'bench' };

/** Rows of fifty tenants, and a copy of the table that no row security guards: the same rows, keys and plan. */
async function plant(superuser) {
  await superuser.query(`insert into organizations (id, name, slug, plan) select gen_random_uuid(), 'Org ' || n, 'org-' || n, 'free' from generate_series(1, ${organizations}) n`);
  await superuser.query(
    `insert into projects (organization_id, id, name) select o.id, gen_random_uuid(), 'Project ' || n from organizations o, generate_series(1, ${projectsEach}) n`,
  );
  await superuser.query('create schema open; create table open.projects (like public.projects including all); insert into open.projects select * from public.projects');
  await superuser.query('analyze projects; analyze open.projects');
  await superuser.query('grant usage on schema open to tenantry_platform; grant select on open.projects to tenantry_platform');
  return (await superuser.query('select organization_id as "organizationId", id from projects order by random() limit 5000')).rows;
}

const named = { statementNameGenerator: statementNames() };
const pool = (connectionString) => new pg.Pool({ connectionString, max: connections });

function contenders(urls) {
  const context = new TenantContext();
  const tenantPool = new TenantPool({ connectionString: urls.app, max: connections, statementTimeoutMillis: 15_000 }, () => wireBinding.current());
  const tenant = createTenantClient(new PrismaClient({ adapter: new PrismaPg(tenantPool, named) }), { schema: tenantSchema, context });
  const openPool = pool(urls.platform);
  const open = new PrismaClient({ adapter: new PrismaPg(openPool, { schema: 'open' }) });
  const openNamed = new PrismaClient({ adapter: new PrismaPg(openPool, { schema: 'open', statementNameGenerator: statementNames() }) });
  const stockPool = pool(urls.app);
  const stock = new PrismaClient({ adapter: new PrismaPg(stockPool) });
  // As a request has it: the context is there, the query reads it.
  const requests = new AsyncLocalStorage();
  const ways = {
    'tenant client: extension, row security, bound on the wire': ({ organizationId, id }) =>
      context.enter(context.newStore(), async () => {
        context.fill({ organizationId, actor });
        return tenant.project.findFirst({ where: { id } });
      }),
    'the same Prisma query, no row security, prepared as well': ({ organizationId, id }) =>
      requests.run(organizationId, async () => openNamed.project.findFirst({ where: { AND: [{ id }, { organizationId: requests.getStore() }] } })),
    'the same Prisma query, no row security': ({ organizationId, id }) =>
      requests.run(organizationId, async () => open.project.findFirst({ where: { AND: [{ id }, { organizationId: requests.getStore() }] } })),
    "row security by Prisma's example: $transaction([set_config, query])": async ({ organizationId, id }) => {
      const [, project] = await stock.$transaction([
        stock.$executeRaw`select set_config('app.current_organization_id', ${organizationId}, true)`,
        stock.project.findFirst({ where: { AND: [{ id }, { organizationId }] } }),
      ]);
      return project;
    },
  };
  const close = () => Promise.all([tenantPool.end(), openPool.end(), stockPool.end()]);
  return { ways, close };
}

/** Calls per second of one way, with all callers at work for a slice of time. */
async function measure(way, rows, callers, milliseconds) {
  let calls = 0;
  const start = performance.now();
  const caller = async (offset) => {
    for (let i = offset; performance.now() - start < milliseconds; i += callers) {
      const row = rows[i % rows.length];
      const found = await way(row);
      if (found?.id !== row.id) throw new Error('a read found the wrong row');
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, index) => caller(index)));
  return (calls / (performance.now() - start)) * 1000;
}

const shuffled = (list) =>
  list
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function run({ ways }, rows, callers) {
  const names = Object.keys(ways);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) await measure(ways[name], rows, callers, 1500);
  for (let round = 0; round < rounds; round += 1) {
    // A drawn order and a lead-in that does not count: with a fixed order one way would always pay for the garbage that the same other one left.
    for (const name of shuffled(names)) {
      await measure(ways[name], rows, callers, leadIn);
      results[name].push(await measure(ways[name], rows, callers, slice));
    }
  }
  return results;
}

function report(results, callers) {
  const [tenant, openNamed, open, transaction] = Object.values(results);
  const ratio = (one, other) => median(one.map((value, round) => value / other[round]));
  console.log(`\none project by its id; ${connections} connections, ${callers} callers, ${rounds} rounds of ${slice / 1000} s each, medians\n`);
  for (const [name, values] of Object.entries(results)) console.log(`  ${String(Math.round(median(values))).padStart(6)} reads/s  ${name}`);
  const goals = [
    ['tenant client / no row security', ratio(tenant, open), 0.9],
    ['tenant client / $transaction way', ratio(tenant, transaction), 3],
    ['tenant client / no row security, prepared as well', ratio(tenant, openNamed), undefined],
    ['no row security / $transaction way: the upper bound, without any isolation', ratio(open, transaction), undefined],
  ];
  console.log('');
  for (const [name, value, reach] of goals)
    console.log(`  ${value.toFixed(2).padStart(6)}  ${name} ${reach === undefined ? '' : `   (target: ${reach}) ${value >= reach ? 'met' : 'MISSED'}`}`);
  return goals.every(([, value, reach]) => reach === undefined || value >= reach);
}

const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-bench-'));
await chmod(folder, 0o755);
const server = await startEmbeddedPostgres({ dataDir: folder, durable: false });
try {
  await migrate(server.urls.owner);
  const superuser = new pg.Client({ connectionString: server.superuserUrl.replace(/\/[^/]*$/, '/tenantry') });
  await superuser.connect();
  const rows = await plant(superuser);
  await superuser.end();
  const contest = contenders(server.urls);
  const reached = [];
  for (const callers of loads) reached.push(report(await run(contest, rows, callers), callers));
  await contest.close();
  if (options.assert === true && reached.includes(false)) process.exitCode = 1;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
