import { randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import type { Migration } from './migration-files.js';
import { replacedMigrations } from './replaced-migrations.js';

/** A row of `_prisma_migrations`; finished is null when the migration stopped in the middle. */
interface LogRow {
  readonly name: string;
  readonly checksum: string;
  readonly finished: Date | null;
}

/** Creates the table of `prisma migrate`, where both tools record their work. */
export async function createLog(client: ClientBase): Promise<void> {
  await client.query(`create table if not exists public._prisma_migrations (
    id varchar(36) primary key not null,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`);
}

/** Records that a migration has started. */
export async function logStart(client: ClientBase, { name, checksum }: Migration): Promise<string> {
  const id = randomUUID();
  await client.query('insert into public._prisma_migrations (id, checksum, migration_name) values ($1, $2, $3)', [id, checksum, name]);
  return id;
}

/** Records that a migration has finished. */
export async function logEnd(client: ClientBase, id: string): Promise<void> {
  await client.query('update public._prisma_migrations set finished_at = clock_timestamp(), applied_steps_count = 1 where id = $1', [id]);
}

/** The end of the name of a migration that removes what earlier versions of the program use (docs/upgrading.md). */
const contractSuffix = '_contract';

/**
 * Returns the migrations of a database that this version of the program does not know.
 *
 * @param applied the names of all its migrations
 */
export function findUnknown(applied: readonly string[], known: readonly Migration[]): string[] {
  const names = new Set(known.map(({ name }) => name));
  return applied.filter((name) => !names.has(name));
}

/**
 * Returns those of the migrations that this version does not know with which it cannot work.
 *
 * @param applied the names of all its migrations
 */
export function findTooNew(applied: readonly string[], known: readonly Migration[]): string[] {
  return findUnknown(applied, known).filter((name) => name.endsWith(contractSuffix));
}

/**
 * Returns the migrations that the database lacks.
 *
 * @throws {DatabaseSetUpError} when a later version of the program has removed what this one uses, when an applied migration was changed, when one stopped in the middle, or when the
 *   database was migrated by a development version
 */
export async function findPending(client: ClientBase, migrations: readonly Migration[]): Promise<Migration[]> {
  const applied = new Map((await readLog(client)).map((row) => [row.name, row]));
  if (replacedMigrations.some((name) => applied.has(name))) throw new DatabaseSetUpError(replaced);
  const tooNew = findTooNew([...applied.keys()], migrations);
  if (tooNew.length > 0)
    throw new DatabaseSetUpError(`This version of the program cannot work with the database: a later version has applied ${tooNew.join(', ')}. Start that version.`);
  return migrations.filter((migration) => {
    const row = applied.get(migration.name);
    if (row !== undefined) assertSound(row, migration);
    return row === undefined;
  });
}

const replaced =
  'This database was created by a development version of tenantry, whose migrations were replaced by a new foundation. It cannot be upgraded. ' +
  'To keep its tenants, export each of them with the commit that created the database (tenantry tenant:export), start this version on an empty database, ' +
  'and import them there (tenantry tenant:import). To discard them, remove the folder <DATA_DIR>/postgres of an embedded database, or create the database again.';

async function readLog(client: ClientBase): Promise<LogRow[]> {
  const { rows: tables } = await client.query<{ exists: boolean }>(`select to_regclass('public._prisma_migrations') is not null as "exists"`);
  if (tables[0]?.exists !== true) return [];
  const { rows } = await client.query<LogRow>(
    'select migration_name as name, checksum, finished_at as finished from public._prisma_migrations where rolled_back_at is null order by started_at',
  );
  return rows;
}

function assertSound(row: LogRow, migration: Migration): void {
  if (row.finished === null) {
    throw new DatabaseSetUpError(
      `The migration ${row.name} stopped in the middle. Put the database right by hand, then run: ` +
        `delete from _prisma_migrations where migration_name = '${row.name}'; (or, when all of it was done: update … set finished_at = now()).`,
    );
  }
  if (row.checksum !== migration.checksum) {
    throw new DatabaseSetUpError(
      `The migration ${row.name} was applied to this database, and its file was changed since. ` +
        'Restore the file and write the change as a new migration (npm run db:migration -- <name>).',
    );
  }
}
