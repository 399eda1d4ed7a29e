// Measures the lists of operators among many tenants: pages, orders, filters and searches over HTTP, one after the other. Prints medians.
import './needs-example.mjs';
import 'reflect-metadata';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { count, npmScript } from '../scripts/arguments.mjs';
import { startEmbeddedPostgres } from '../dist/database/embedded/embedded-postgres.js';
import { migrate } from '../dist/database/migrations/migrate.js';
import { answerOf, median, startServer } from './usage/turns.mjs';

const { organizations, rounds, months, searchIndex } = npmScript('bench:tenants', 'Measures the lists of operators among many tenants.')
  .option('--organizations <n>', 'tenants, with three members each', count, 100_000)
  .option('--months <n>', 'months with usage, of each tenant', count, 12)
  .option('--rounds <n>', 'calls of each list', count, 15)
  .option('--search-index', 'with the index of docs/operators.md#search-many-tenants')
  .parse()
  .opts();

const seeds = [
  `set session_replication_role = replica`,
  `insert into organizations (id, name, slug, plan, status, email, created_at)
   select gen_random_uuid(), 'Company ' || n % 10 || ' ' || md5(n::text)::char(6), 'org-' || n, (array['free', 'free', 'free', 'pro', 'enterprise'])[1 + n % 5],
     (array['active', 'active', 'active', 'active', 'active', 'active', 'trial', 'suspended', 'cancelled', 'pending'])[1 + n / 7 % 10]::organization_status,
     'info@' || md5(n::text)::char(8) || '.example.com', now() - n * interval '5 minutes' from generate_series(1, ${organizations}) n`,
  `insert into users (id, email, name) select gen_random_uuid(), 'user-' || n || '@example.com', 'User ' || n from generate_series(1, ${3 * organizations}) n`,
  `insert into memberships (organization_id, id, user_id, role)
   select o.id, gen_random_uuid(), u.id, case u.n % 3 when 0 then 'owner' else 'member' end
     from (select id, row_number() over () as n from organizations) o join (select id, row_number() over () as n from users) u on u.n / 3 = o.n`,
  `insert into meter_totals (organization_id, id, meter, period_start, used) select id, gen_random_uuid(), 'storage_gb', 'epoch', 1e9 * random() from organizations`,
  `insert into meter_totals (organization_id, id, meter, period_start, period_end, used)
   select o.id, gen_random_uuid(), 'api_calls', n.starts, n.starts + interval '1 month', 20000 * random()
     from organizations o cross join (select (date_trunc('month', now() at time zone 'UTC') - m * interval '1 month') at time zone 'UTC' as starts from generate_series(0, ${months - 1}) m) n`,
  `set session_replication_role = origin`,
];
const searchable = [
  `create extension if not exists pg_trgm`,
  `create index organizations_search_idx on organizations using gin (name gin_trgm_ops, slug gin_trgm_ops, email gin_trgm_ops)`,
];

const middle = `org-${Math.ceil(organizations / 2)}`;
const lists = {
  'first page, with the number of all': 'sort=-createdAt&count=true',
  'first page': 'sort=-createdAt',
  'by name': 'sort=name',
  'of a status, with the number of all': 'sort=-createdAt&status=suspended&count=true',
  'of a plan and a status, by name': 'sort=name&plan=enterprise&status=trial',
  'search that finds a tenth, with the number': 'sort=-createdAt&search=company%207&count=true',
  'search that finds one, with the number': `sort=-createdAt&search=${middle}&count=true`,
  'search that finds one': `sort=-createdAt&search=${middle}`,
  'search that finds none, with the number': 'sort=-createdAt&search=nobody&count=true',
};

const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-bench-'));
await chmod(folder, 0o755);
const database = await startEmbeddedPostgres({ dataDir: folder, durable: true });
try {
  await migrate(database.urls.owner);
  const client = new pg.Client({ connectionString: database.superuserUrl.replace(/\/[^/]*$/, '/tenantry') });
  await client.connect();
  for (const statement of [
    ...seeds,
    ...(searchIndex === true ? searchable : []),
    ...['organizations', 'users', 'memberships', 'meter_totals'].map((table) => `vacuum analyze ${table}`),
  ])
    await client.query(statement);
  const server = await startServer({ urls: database.urls, folder }, 'operator', false, { CATALOG: 'catalogs/default.yaml', DATABASE_STATEMENT_TIMEOUT: '120' });
  await client.query(`insert into platform_admins (user_id) select id from users where email = 'operator@example.com'`);
  await client.end();
  const read = async (route) => answerOf(await fetch(`${server.base}${route}`, { headers: server.headers }));
  const measure = async (name, call, times = rounds) => {
    const taken = [];
    for (let round = -2; round < times; round += 1) {
      const start = performance.now();
      await call();
      if (round >= 0) taken.push(performance.now() - start);
    }
    console.log(`  ${median(taken).toFixed(1).padStart(7)} ms  ${name}`);
  };
  console.log(`\nLists of ${organizations} tenants, 20 in a page; Node.js ${process.version}\n`);
  for (const [name, query] of Object.entries(lists)) await measure(name, () => read(`/tenants?limit=20&${query}`));
  let cursor;
  await measure('next page, by name', async () => {
    ({ nextCursor: cursor } = await read(`/tenants?limit=20&sort=name${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`));
  });
  const [{ id }] = (await read(`/tenants?limit=1&search=${middle}`)).data;
  await measure('one tenant', () => read(`/tenants/${id}`));
  await measure('its members', () => read(`/tenants/${id}/members?count=true`));
  await measure('numbers of the overview', () => read('/tenants/stats'));
  await measure('use of limits by all tenants', () => read('/tenants/usage?limit=20'));
  await measure('use of a limit by all tenants', () => read('/tenants/usage?limit=20&meter=api_calls'));
  await measure('use of limits, of a plan, near the limit', () => read('/tenants/usage?limit=20&plan=pro&minPercent=80'));
  ({ nextCursor: cursor } = await read('/tenants/usage?limit=20'));
  await measure('use of limits by all tenants, next page', () => read(`/tenants/usage?limit=20&cursor=${encodeURIComponent(cursor)}`));
  await server.stop();
} finally {
  await database.stop();
  await rm(folder, { recursive: true, force: true });
}
