import type { ClientBase } from 'pg';
import type { PlatformPool } from '../wire/platform-pool.js';
import { readMigrations, type Migration } from './migration-files.js';
import { findTooNew, findUnknown } from './migration-log.js';

let known: Promise<readonly Migration[]> | undefined;

/** Returns the migrations of a later version with which this one cannot work. */
export async function findMigrationsOfLaterVersions(pool: PlatformPool): Promise<string[]> {
  const { rows } = await pool.read<{ name: string }>({
    text: `select migration_name as name from public._prisma_migrations where rolled_back_at is null and migration_name like '%\\_contract'`,
    values: [],
  });
  if (rows.length === 0) return [];
  known ??= readMigrations();
  return findTooNew(
    rows.map(({ name }) => name),
    await known,
  );
}

/** Whether a later version has migrated the database. */
export async function hasMigrationsOfLaterVersions(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ name: string }>('select migration_name as name from public._prisma_migrations where rolled_back_at is null');
  known ??= readMigrations();
  const applied = rows.map(({ name }) => name);
  return findUnknown(applied, await known).length > 0;
}
