import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { describeLongTransactions, isBusyTable } from '../busy-tables.js';
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
/**
 * How long a migration waits for a table. Every later statement on the table waits for it, so it gives up soon, and is tried again: a long transaction
 * of somebody else does not stop the application.
 */
const tableLockTimeout = '3s';
/** Milliseconds until it is tried again, in which those that have queued proceed. */
const tableLockPause = 2_000;

export interface MigrateOptions {
  /** The folder of the migrations; `prisma/migrations` of the package by default. */
  readonly folder?: string;
  /** Milliseconds for which a migration is tried again while other transactions use its tables. */
  readonly patience?: number;
}

/**
 * Applies the pending migrations of `prisma/migrations` like `prisma migrate deploy`, with the same records but without
 * its native engine. Any number of replicas may call it at the same time: one migrates, the others wait.
 *
 * @param ownerUrl the address of the role that owns the tables; a session, not PgBouncer's transaction mode
 * @returns the names of the migrations that this call applied
 * @throws {DatabaseSetUpError} when a migration fails or the records do not fit the files
 */
export async function migrate(ownerUrl: string, { folder, patience = lockPatience }: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(folder);
  return withClient(ownerUrl, async (client) => {
    await client.query('set search_path to public; set lock_timeout to 0; set statement_timeout to 0');
    if ((await findPending(client, migrations)).length === 0) return [];
    await lock(client);
    await createLog(client);
    const pending = await findPending(client, migrations);
    for (const migration of pending) await apply(client, migration, performance.now() + patience);
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

/** @param deadline by the clock of the process */
async function apply(client: pg.Client, migration: Migration, deadline: number): Promise<void> {
  for (;;) {
    try {
      if (migration.transactional) await inTransaction(client, () => applyWithin(client, migration));
      else await run(client, migration);
      return;
    } catch (error) {
      const isBusy = migration.transactional && isBusyTable(error);
      if (isBusy && performance.now() >= deadline) throw await busy(client, migration);
      if (!isBusy) throw failed(migration, error);
    }
    await sleep(tableLockPause);
  }
}

async function applyWithin(client: pg.Client, migration: Migration): Promise<void> {
  await client.query(`set local lock_timeout = '${tableLockTimeout}'`);
  await run(client, migration);
}

async function run(client: pg.Client, migration: Migration): Promise<void> {
  const id = await logStart(client, migration);
  await client.query(migration.sql);
  await logEnd(client, id);
}

async function busy(client: pg.Client, { name }: Migration): Promise<DatabaseSetUpError> {
  const open = await describeLongTransactions(client, tableLockTimeout);
  return new DatabaseSetUpError(
    `The migration ${name} did not get the locks of its tables: other transactions use them all the time. Nothing was changed.${open} End them, and start again.`,
  );
}

/** The tables that a migration locks. */
export interface RehearsedMigration {
  readonly name: string;
  /** Milliseconds; undefined when it was not tried, because it runs without a transaction or follows one that does. */
  readonly duration?: number;
  /** The tables that nobody reads or writes until it has ended. */
  readonly blocksReads: readonly string[];
  /** The tables that nobody writes until it has ended. */
  readonly blocksWrites: readonly string[];
}

/** Applies the pending migrations in one transaction, and rolls it back. @throws {DatabaseSetUpError} as {@link migrate} */
export async function rehearseMigrations(ownerUrl: string, { folder }: MigrateOptions = {}): Promise<RehearsedMigration[]> {
  const migrations = await readMigrations(folder);
  return withClient(ownerUrl, async (client) => {
    await client.query('set search_path to public; set statement_timeout to 0; begin');
    try {
      return await rehearse(client, await findPending(client, migrations));
    } finally {
      await client.query('rollback');
    }
  });
}

async function rehearse(client: pg.Client, pending: readonly Migration[]): Promise<RehearsedMigration[]> {
  // The names of before: a migration may rename or drop a table.
  const { rows } = await client.query<{ oid: number; name: string }>(`select oid::integer, oid::regclass::text as name from pg_class where relkind in ('r', 'p', 'm')`);
  const tables = new Map(rows.map(({ oid, name }) => [oid, name]));
  await createLog(client);
  const rehearsed: RehearsedMigration[] = [];
  const known = new Set<string>();
  let canRun = true;
  for (const migration of pending) {
    const { name, transactional } = migration;
    canRun &&= transactional;
    if (!canRun) {
      rehearsed.push({ name, blocksReads: [], blocksWrites: [] });
      continue;
    }
    const began = performance.now();
    await applyWithin(client, migration).catch((error: unknown) => {
      throw failed(migration, error);
    });
    const duration = Math.round(performance.now() - began);
    const locks = (await readLocks(client, tables)).filter(({ table, reads }) => !known.has(`${table} ${reads}`));
    for (const { table, reads } of locks) known.add(`${table} ${reads}`);
    const named = (reads: boolean): string[] => locks.filter((lock) => lock.reads === reads).map(({ table }) => table);
    rehearsed.push({ name, duration, blocksReads: named(true), blocksWrites: named(false) });
  }
  return rehearsed;
}

/** Returns the locks of this session on tables that existed before, which block others. */
async function readLocks(client: pg.Client, tables: ReadonlyMap<number, string>): Promise<{ readonly table: string; readonly reads: boolean }[]> {
  const { rows } = await client.query<{ oid: number; reads: boolean }>(
    `select relation::integer as oid, bool_or(mode = 'AccessExclusiveLock') as reads from pg_locks
      where pid = pg_backend_pid() and locktype = 'relation' and relation = any($1::oid[]) and mode in ('AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock')
        and relation is distinct from to_regclass('public._prisma_migrations') group by relation`,
    [[...tables.keys()]],
  );
  return rows.map(({ oid, reads }) => ({ table: tables.get(oid) ?? '', reads })).toSorted((a, b) => (a.table < b.table ? -1 : 1));
}

function failed({ name, sql, transactional }: Migration, error: unknown): DatabaseSetUpError {
  const { message, position } = error as Partial<pg.DatabaseError>;
  const line = position === undefined ? '' : `, line ${sql.slice(0, Number(position)).split('\n').length}`;
  const state = transactional ? 'It was rolled back.' : 'It runs without a transaction, and parts of it may have been applied.';
  return new DatabaseSetUpError(`The migration ${name} failed${line}: ${message}. ${state}`, { cause: error });
}
