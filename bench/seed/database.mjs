// One PostgreSQL server for all systems: the embedded one of tenantry, durable, with a database for each system.
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../dist/database/embedded/embedded-postgres.js';

/** The database of each system, and the role that uses it. */
const databases = {
  tenantry: { database: 'tenantry' },
  'better-auth': { database: 'better_auth', role: 'bench_better_auth', owns: true },
  // The role owns nothing, so that row security applies to it.
  limit: { database: 'bench_limit', role: 'bench_limit', owns: false },
};
const password = 'bench';

const inDatabase = (url, database) => url.replace(/\/[^/]*$/, `/${database}`);

/** Connects as the superuser to the database of a system, or to the maintenance database. */
export async function connectSuperuser({ superuserUrl }, system) {
  const client = new pg.Client({ connectionString: inDatabase(superuserUrl, databases[system]?.database ?? 'postgres') });
  await client.connect();
  return client;
}

/** Runs statements as the superuser on a connection of their own. */
export async function asSuperuser(server, system, work) {
  const client = await connectSuperuser(server, system);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** @param folder where the data stays; undefined for a folder that is deleted at the end */
export async function startDatabase(folder) {
  const dataDir = folder === undefined ? await mkdtemp(path.join(tmpdir(), 'tenantry-bench-')) : path.resolve(folder);
  await mkdir(dataDir, { recursive: true });
  await chmod(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, durable: true });
  for (const { database, role, owns } of Object.values(databases)) {
    if (role === undefined) continue;
    await asSuperuser(server, undefined, async (client) => {
      const { rows } = await client.query('select from pg_database where datname = $1', [database]);
      if (rows.length > 0) return;
      await client.query(`create role ${role} login password '${password}'`);
      await client.query(`create database ${database} owner ${owns ? role : 'postgres'}`);
    });
  }
  const urlOf = ({ database, role }) => inDatabase(server.superuserUrl.replace(/\/\/[^@]*@/, `//${role}:${password}@`), database);
  const urls = { tenantry: server.urls, 'better-auth': urlOf(databases['better-auth']), limit: urlOf(databases.limit) };
  const stop = async () => {
    await server.stop();
    if (folder === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  return { superuserUrl: server.superuserUrl, home: server.home, dataDir, urls, stop };
}

/** The ids of the processes that serve a system's connections. */
export async function backendsOf(maintenance, name) {
  const { rows } = await maintenance.query('select pid from pg_stat_activity where datname = $1', [databases[name].database]);
  return rows.map(({ pid }) => pid);
}

export const databaseOf = (name) => databases[name].database;
