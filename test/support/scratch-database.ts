import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { resolveDatabase } from '../../src/database/connect/connections.js';
import { testDatabase, type TestDatabase } from './database.js';
import { eventually } from './eventually.js';

export interface ScratchDatabase extends TestDatabase {
  /** Runs statements as the owner of the tables: to take a wall away. */
  alter(...statements: string[]): Promise<void>;
  drop(): Promise<void>;
}

async function execute(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/**
 * Drops a database once its last connection is gone. `pool.end()` of pg resolves before the server has seen the end of its
 * connections; a connection that the server terminates then is an error in the spec file that runs at that moment.
 */
async function dropDatabase(url: string, name: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const connections = async (): Promise<number> => (await client.query('select from pg_stat_activity where datname = $1', [name])).rowCount ?? 0;
    await eventually(connections, (count) => count === 0);
    for (const statement of [`drop database ${name} with (force)`, ...statements]) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Returns the address of another database of the same server. */
export const inDatabase = (url: string, name: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href;

/** A migrated database of a test's own, to be spoilt and thrown away. */
export async function scratchDatabase(): Promise<ScratchDatabase> {
  const { url, template } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string; template?: string };
  const name = `tenantry_scratch_${randomBytes(5).toString('hex')}`;
  await execute(url, template === undefined ? `create database ${name}` : `create database ${name} template ${template} strategy file_copy owner tenantry_owner`);
  const urls = template === undefined ? await setUp(inDatabase(url, name)) : clone(name);
  const roles = template === undefined ? [`${name}_app_login`, `${name}_platform_login`] : [];
  return {
    ...urls,
    alter: (...statements) => execute(urls.owner, ...statements),
    drop: () => dropDatabase(url, name, ...roles.map((role) => `drop role ${role}`)),
  };
}

/**
 * A scratch database with an application role of its own. The settings of a role are in force in all databases of the server, and so in those of
 * the spec files that run meanwhile.
 */
export async function scratchDatabaseWithRole(): Promise<ScratchDatabase> {
  const { url } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string };
  const database = await scratchDatabase();
  const [name, password] = [new URL(database.app).pathname.slice(1), randomBytes(12).toString('hex')];
  const role = `${name}_own_login`;
  await execute(url, `create role ${role} login password '${password}' in role tenantry_app`, `grant connect on database ${name} to ${role}`);
  const drop = async (): Promise<void> => {
    await database.drop();
    await execute(url, `drop role ${role}`);
  };
  return { ...database, app: Object.assign(new URL(database.app), { username: role, password }).href, drop };
}

function clone(name: string): TestDatabase {
  const { owner, app, platform } = testDatabase();
  return { owner: inDatabase(owner, name), app: inDatabase(app, name), platform: inDatabase(platform, name) };
}

async function setUp(owner: string): Promise<TestDatabase> {
  const { appUrl, platformUrl } = await resolveDatabase({ databaseUrl: owner, dataDir: '.data', appSecret: 'the secret of a scratch database, long enough' });
  return { owner, app: appUrl, platform: platformUrl };
}

/** An empty database, and how to drop it. */
export async function emptyDatabase(): Promise<{ readonly owner: string; drop(): Promise<void> }> {
  const { url } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string };
  const name = `tenantry_empty_${randomBytes(5).toString('hex')}`;
  const owner = inDatabase(testDatabase().owner, name);
  await execute(url, `create database ${name} owner ${new URL(owner).username}`);
  return { owner, drop: () => dropDatabase(url, name) };
}
