// What isolation costs: one indexed read, in one run, in four ways that take turns. Prints medians and ratios.
//   npm run bench:isolation [-- --rounds 12 --seconds 1 --assert]
import { AsyncLocalStorage } from 'node:async_hooks';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { startEmbeddedPostgres } from '../dist/database/embedded-postgres.js';
import { migrate } from '../dist/database/migrations.js';
import { statementNames } from '../dist/database/statement-names.js';
import { TenantPool } from '../dist/database/tenant-pool.js';
import { PrismaClient } from '../dist/generated/prisma/client.js';
import { tenantSchema } from '../dist/generated/tenant-schema.js';
import { TenantContext } from '../dist/tenancy/tenant-context.js';
import { createTenantClient } from '../dist/tenancy/tenant-extension.js';
import { wireBinding } from '../dist/tenancy/wire-binding.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '12' }, seconds: { type: 'string', default: '1' }, assert: { type: 'boolean', default: false } } });
const rounds = Number(values.rounds);
const slice = Number(values.seconds) * 1000;
const connections = 10;
const callers = 32;
const organizations = 50;
const projectsEach = 200;
const actor = { kind: 'job', name: 'bench' };

/** Rows of fifty tenants, and a copy of the table that no row security guards: the same rows, keys and plan. */
async function plant(superuser) {
  await superuser.query(`insert into organizations (id, name, slug) select gen_random_uuid(), 'Org ' || n, 'org-' || n from generate_series(1, ${organizations}) n`);
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
async function measure(way, rows, milliseconds) {
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

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function run(urls, rows) {
  const { ways, close } = contenders(urls);
  const names = Object.keys(ways);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) await measure(ways[name], rows, 1500);
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with another way, so that none always runs after the same.
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length];
      results[name].push(await measure(ways[name], rows, slice));
    }
  }
  await close();
  return results;
}

function report(results) {
  const [tenant, openNamed, open, transaction] = Object.values(results);
  const ratio = (other) => median(tenant.map((value, round) => value / other[round]));
  console.log(`\none project by its id; ${connections} connections, ${callers} callers, ${rounds} rounds of ${slice / 1000} s each, medians\n`);
  for (const [name, values] of Object.entries(results)) console.log(`  ${String(Math.round(median(values))).padStart(6)} reads/s  ${name}`);
  const goals = [
    ['tenant client / no row security', ratio(open), 0.9],
    ['tenant client / $transaction way', ratio(transaction), 3],
    ['tenant client / no row security, prepared as well', ratio(openNamed), undefined],
  ];
  console.log('');
  for (const [name, value, reach] of goals)
    console.log(`  ${value.toFixed(2).padStart(6)}  ${name} ${reach === undefined ? '' : `   (reach: ${reach}) ${value >= reach ? 'reached' : 'NOT REACHED'}`}`);
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
  const reached = report(await run(server.urls, rows));
  if (values.assert && !reached) process.exitCode = 1;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
