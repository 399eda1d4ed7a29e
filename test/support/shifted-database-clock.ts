import type { ScratchDatabase } from './scratch-database.js';

/**
 * Shifts the clock that the application reads from a database. Connections that begin afterwards find this `clock_timestamp()`
 * before that of PostgreSQL.
 *
 * @returns sets by how many milliseconds
 */
export async function shiftDatabaseClock(database: ScratchDatabase): Promise<(milliseconds: number) => Promise<void>> {
  const name = new URL(database.owner).pathname.slice(1);
  const shift = (milliseconds: number): Promise<void> =>
    database.alter(
      `create or replace function shifted.clock_timestamp() returns timestamptz language sql volatile
         return pg_catalog.clock_timestamp() + make_interval(secs => ${milliseconds / 1000})`,
    );
  await database.alter(
    'create schema shifted',
    'grant usage on schema shifted to tenantry_platform, tenantry_app',
    `alter database ${name} set search_path = public, shifted, pg_catalog`,
  );
  await shift(0);
  await database.alter('grant execute on function shifted.clock_timestamp() to tenantry_platform, tenantry_app');
  return shift;
}
