import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { withDefaultSettings } from '../connect/default-connection.js';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { inTransaction } from '../locks.js';
import { assertUtcSession, UtcClient } from '../utc-client.js';
import { readMigrations, type Migration } from './migration-files.js';
import { createLog, findPending, logEnd, logStart } from './migration-log.js';

/** The key of `prisma migrate`'s own advisory lock, so that neither tool runs while the other does. */
const lockKey = 72707369;
const lockPatience = 600_000;
const lockPause = 150;

export interface MigrateOptions {
  /** The folder of the migrations; `prisma/migrations` of the package by default. */
  readonly folder?: string;
}

/**
 * Applies the pending migrations of `prisma/migrations` like `prisma migrate deploy`, with the same records but without
 * its native engine. Any number of replicas may call it at the same time: one migrates, the others wait.
 *
 * @param ownerUrl the address of the role that owns the tables; a session, not PgBouncer's transaction mode
 * @returns the names of the migrations that this call applied
 * @throws {DatabaseSetUpError} when a migration fails or the records do not fit the files
 */
export async function migrate(ownerUrl: string, { folder }: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(folder);
  return withClient(ownerUrl, async (client) => {
    await client.query('set search_path to public; set lock_timeout to 0; set statement_timeout to 0');
    if ((await findPending(client, migrations)).length === 0) return [];
    await lock(client);
    await createLog(client);
    const pending = await findPending(client, migrations);
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  });
}

/**
 * Returns the names of the migrations that a database lacks.
 *
 * @param url the address of a role that may read `_prisma_migrations`: the owner or the platform role
 */
export async function findPendingMigrations(url: string, { folder }: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(folder);
  return withDefaultSettings(url, async (client) => (await findPending(client, migrations)).map(({ name }) => name));
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new UtcClient({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'tenantry migrations' });
  await client.connect();
  try {
    await assertUtcSession(client);
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Asks again and again instead of waiting inside the database: a waiting statement holds a snapshot, and
 * `create index concurrently` of the replica that migrates would wait for it in turn, without end.
 */
async function lock(client: pg.Client): Promise<void> {
  const deadline = performance.now() + lockPatience;
  while (performance.now() < deadline) {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [lockKey]);
    if (rows[0]?.locked === true) return;
    await sleep(lockPause);
  }
  throw new DatabaseSetUpError('Another process has been migrating this database for ten minutes. Start again when it has finished.');
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const run = async (): Promise<void> => {
    const id = await logStart(client, migration);
    await client.query(migration.sql);
    await logEnd(client, id);
  };
  try {
    if (migration.transactional) await inTransaction(client, run);
    else await run();
  } catch (error) {
    throw failed(migration, error);
  }
}

function failed({ name, sql, transactional }: Migration, error: unknown): DatabaseSetUpError {
  const { message, position } = error as Partial<pg.DatabaseError>;
  const line = position === undefined ? '' : `, line ${sql.slice(0, Number(position)).split('\n').length}`;
  const state = transactional ? 'It was rolled back.' : 'It runs without a transaction, and parts of it may have been applied.';
  return new DatabaseSetUpError(`The migration ${name} failed${line}: ${message}. ${state}`, { cause: error });
}
