import type { ScratchDatabase } from './scratch-database.js';

/**
 * Shifts the clock that the application reads from a database. Connections that begin afterwards find this `clock_timestamp()`
 * before that of PostgreSQL.
 *
 * @returns sets by how many milliseconds
 */
export async function shiftDatabaseClock(database: ScratchDatabase): Promise<(milliseconds: number) => Promise<void>> {
  const name = new URL(database.owner).pathname.slice(1);
  await database.alter(
    'create schema shifted',
    'create table shifted.clock (shift interval not null)',
    `insert into shifted.clock values ('0')`,
    `create function shifted.clock_timestamp() returns timestamptz language sql volatile return (select pg_catalog.clock_timestamp() + c.shift from shifted.clock c)`,
    'grant usage on schema shifted to tenantry_platform, tenantry_app',
    'grant select on shifted.clock to tenantry_platform, tenantry_app',
    `alter database ${name} set search_path = public, shifted, pg_catalog`,
  );
  return (milliseconds) => database.alter(`update shifted.clock set shift = make_interval(secs => ${milliseconds / 1000})`);
}
