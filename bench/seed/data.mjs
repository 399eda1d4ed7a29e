// The same data for every system, written in few set-based statements. Ids are computed from numbers, so that a client knows
// them without reading them.
import { readFile } from 'node:fs/promises';
import { hash as argon2Hash } from '@node-rs/argon2';
import { migrate } from '../../dist/database/migrations/migrate.js';
import { asSuperuser, databaseOf } from './database.mjs';

export const sets = {
  small: { organizations: 100, members: 50, projects: 20, usageEvents: 10_000 },
  large: { organizations: 100_000, members: 10, projects: 2, usageEvents: 20_000_000 },
};
export const password = 'correct horse battery staple';

const kinds = { organization: '8001', user: '8002', project: '8003', membership: '8004', settings: '8005', total: '8006', session: '8007', account: '8008' };
export const idOf = (kind, number) => `00000000-0000-7000-${kinds[kind]}-${number.toString(16).padStart(12, '0')}`;
/** The same in SQL. */
const id = (kind, number) => `('00000000-0000-7000-${kinds[kind]}-' || lpad(to_hex((${number})::bigint), 12, '0'))::uuid`;

/** Member k of organization o; 0 is the owner. Both count from 0. */
export const userNumber = ({ members }, organization, member = 0) => organization * members + member;
export const projectNumber = ({ projects }, organization, project) => organization * projects + project;
export const emailOf = (user) => `user-${user}@example.com`;

/** The number of the organization of event e: organization after organization, so that indexes grow at their ends. */
const ofEvent = ({ organizations, usageEvents }) => `e / ${usageEvents / organizations}`;

const each = (count) => `generate_series(0, ${count} - 1)`;

const tenantry = (set, passwordHash) => {
  const { organizations, members, projects, usageEvents } = set;
  return [
    `set session_replication_role = replica`,
    `insert into organizations (id, name, slug, plan) select ${id('organization', 'o')}, 'Organization ' || o, 'org-' || o, 'free' from ${each(organizations)} o`,
    `insert into users (id, email, name, email_verified_at, default_organization_id)
   select ${id('user', 'u')}, 'user-' || u || '@example.com', 'User ' || u, now(), ${id('organization', `u / ${members}`)} from ${each(organizations * members)} u`,
    `insert into credentials (user_id, password_hash) select ${id('user', 'u')}, '${passwordHash}' from ${each(organizations * members)} u`,
    `insert into memberships (organization_id, id, user_id, role, created_at)
   select ${id('organization', `u / ${members}`)}, ${id('membership', 'u')}, ${id('user', 'u')}, case u % ${members} when 0 then 'owner' else 'member' end, now() + u % ${members} * interval '1 ms'
   from ${each(organizations * members)} u`,
    `insert into projects (organization_id, id, name) select ${id('organization', `p / ${projects}`)}, ${id('project', 'p')}, 'Project ' || p from ${each(organizations * projects)} p`,
    `insert into settings_documents (organization_id, id, section, document)
   select ${id('organization', 'o')}, ${id('settings', 'o')}, 'settings', '{"bench_value": 1}' from ${each(organizations)} o`,
    `insert into meter_totals (organization_id, id, meter, period_start, period_end, used)
   select ${id('organization', 'o')}, ${id('total', 'o')}, 'tokens', date_trunc('month', now()), date_trunc('month', now()) + interval '1 month', ${usageEvents / organizations}
   from ${each(organizations)} o`,
    `insert into usage_events (organization_id, id, meter, quantity, occurred_at, received_at, period_start, user_id)
   select ${id('organization', ofEvent(set))}, 'seed-' || e, 'tokens', 1, now() - e * interval '10 ms', now(), date_trunc('month', now()),
     ${id('user', `${ofEvent(set)} * ${members}`)} from ${each(usageEvents)} e`,
  ];
};

const betterAuth = ({ organizations, members }, passwordHash) => [
  `insert into "organization" (id, name, slug, "createdAt") select ${id('organization', 'o')}, 'Organization ' || o, 'org-' || o, now() from ${each(organizations)} o`,
  `insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
   select ${id('user', 'u')}, 'User ' || u, 'user-' || u || '@example.com', true, now(), now() from ${each(organizations * members)} u`,
  `insert into "account" (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
   select ${id('account', 'u')}, ${id('user', 'u')}, 'credential', ${id('user', 'u')}, '${passwordHash}', now(), now() from ${each(organizations * members)} u`,
  `insert into "member" (id, "organizationId", "userId", role, "createdAt")
   select ${id('membership', 'u')}, ${id('organization', `u / ${members}`)}, ${id('user', 'u')}, case u % ${members} when 0 then 'owner' else 'member' end, now() + u % ${members} * interval '1 ms'
   from ${each(organizations * members)} u`,
];

const limit = (set, passwordHash) => {
  const { organizations, members, projects, usageEvents } = set;
  return [
    `set session_replication_role = replica`,
    `insert into organizations (id, name, slug, plan) select ${id('organization', 'o')}, 'Organization ' || o, 'org-' || o, 'free' from ${each(organizations)} o`,
    `insert into users (id, email, name, password_hash) select ${id('user', 'u')}, 'user-' || u || '@example.com', 'User ' || u, '${passwordHash}' from ${each(organizations * members)} u`,
    `insert into memberships (organization_id, user_id, role, created_at)
   select ${id('organization', `u / ${members}`)}, ${id('user', 'u')}, case u % ${members} when 0 then 'owner' else 'member' end, now() + u % ${members} * interval '1 ms' from ${each(organizations * members)} u`,
    `insert into projects (organization_id, id, name) select ${id('organization', `p / ${projects}`)}, ${id('project', 'p')}, 'Project ' || p from ${each(organizations * projects)} p`,
    `insert into settings (organization_id, document) select ${id('organization', 'o')}, '{"bench_value": 1}' from ${each(organizations)} o`,
    `insert into meter_totals (organization_id, meter, used, allowance) select ${id('organization', 'o')}, 'tokens', ${usageEvents / organizations}, 1000000000000 from ${each(organizations)} o`,
    `insert into usage_events (organization_id, id, meter, quantity, occurred_at, user_id)
   select ${id('organization', ofEvent(set))}, 'seed-' || e, 'tokens', 1, now() - e * interval '10 ms', ${id('user', `${ofEvent(set)} * ${members}`)} from ${each(usageEvents)} e`,
  ];
};

async function createBetterAuthTables(url) {
  const [{ betterAuthOptions }, { getMigrations }, { default: pg }] = await Promise.all([
    import('../servers/better-auth-options.mjs'),
    import('better-auth/db/migration'),
    import('pg'),
  ]);
  const database = new pg.Pool({ connectionString: url, max: 1 });
  const { runMigrations } = await getMigrations(betterAuthOptions({ database, secret: 'unused by migrations, but required', baseURL: 'http://127.0.0.1' }));
  await runMigrations();
  await database.end();
}

/** The indexes that better-auth's documentation recommends and its migrations may lack. */
const betterAuthIndexes = [
  ['session', 'userId'],
  ['session', 'token'],
  ['account', 'userId'],
  ['verification', 'identifier'],
  ['member', 'userId'],
  ['member', 'organizationId'],
  ['invitation', 'email'],
  ['invitation', 'organizationId'],
].map(([table, column]) => `create index if not exists "bench_${table}_${column}" on "${table}" ("${column}")`);

const schemas = {
  tenantry: ({ urls }) => migrate(urls.tenantry.owner),
  'better-auth': ({ urls }) => createBetterAuthTables(urls['better-auth']),
  limit: (database) =>
    asSuperuser(database, 'limit', async (client) => {
      await client.query(await readFile(new URL('../servers/limit.sql', import.meta.url), 'utf8'));
      await client.query('grant select, insert, update, delete on all tables in schema public to bench_limit');
    }),
};
const rows = { tenantry, 'better-auth': betterAuth, limit };

const argon2 = () => argon2Hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
/** Hashes the same password by the algorithm of each system. */
const passwordHashes = { tenantry: argon2, 'better-auth': async () => (await import('better-auth/crypto')).hashPassword(password), limit: argon2 };

/** Seeds the database of each system, unless it holds the set already. @returns the seconds that each one took */
export async function seed(database, systems, setName) {
  const seconds = {};
  for (const system of systems) {
    const held = await asSuperuser(database, system, heldSet);
    if (held !== null && held !== setName) throw new Error(`The data folder has the ${held} set of ${system}. Choose another folder, or the same set.`);
    // An existing database of tenantry may need the newest migrations.
    if (held === null || system === 'tenantry') await schemas[system](database);
    if (held !== null) continue;
    const hash = await passwordHashes[system]();
    const start = performance.now();
    await asSuperuser(database, system, async (client) => {
      for (const statement of [...(system === 'better-auth' ? betterAuthIndexes : []), ...rows[system](sets[setName], hash)]) await client.query(statement);
      await client.query('vacuum analyze');
      await client.query(`comment on database ${databaseOf(system)} is 'bench ${setName}'`);
    });
    seconds[system] = (performance.now() - start) / 1000;
  }
  return seconds;
}

/** The set that a database has, from its comment; null when it has not been seeded. */
async function heldSet(client) {
  const { rows } = await client.query(`select shobj_description(oid, 'pg_database') as comment from pg_database where datname = current_database()`);
  return /^bench (\w+)$/.exec(rows[0].comment)?.[1] ?? null;
}
