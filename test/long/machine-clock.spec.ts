import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { jobs } from '../audit/jobs.js';
import { calls, harmless, unrecorded, type Stage } from '../audit/calls.js';
import { closeStage, openStage } from '../audit/stage.js';
import { inDatabase, scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';

/** No row has a time that is so far from the present for another reason. */
const wrongBy = (5 * 60 + 17) * 60_000;
const tolerance = 10 * 60_000;

let database: ScratchDatabase;
let stage: Stage;
let admin: pg.Client;
async function open(): Promise<void> {
  database = await scratchDatabase();
  const { url } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string };
  const own = inDatabase(url, new URL(database.platform).pathname.slice(1));
  admin = new pg.Client({ connectionString: own });
  await admin.connect();
  stage = await openStage(database, own);
}
async function close(): Promise<void> {
  await stage.server.control.setMachineWrong(0);
  await closeStage(stage);
  await admin.end();
  await database.drop();
}

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: 'timestamptz' | 'uuid' | 'jsonb' | 'text';
}

/** Returns all columns of tables that can have a time: as a time, in an id, or in a document or text. */
async function columns(): Promise<readonly Column[]> {
  const { rows } = await admin.query<Column>(
    `select format('%I.%I', n.nspname, c.relname) as table, a.attname as column, t.typname as type
       from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
      where n.nspname !~ '^pg_|information_schema|pgboss' and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
        and t.typname in ('timestamptz', 'uuid', 'jsonb', 'text') order by 1, 2`,
  );
  return rows;
}

/** Returns how many rows of a column have a time within ten minutes of `at`. */
async function rowsAround({ table, column, type }: Column, at: Date): Promise<number> {
  const times = `extract(epoch from $1::timestamptz)::bigint * 1000`;
  const found = {
    timestamptz: `abs(extract(epoch from "${column}" - $1::timestamptz)) < $2 / 1000`,
    uuid: `"${column}"::text ~ '^.{14}7' and abs(('x' || substr(replace("${column}"::text, '-', ''), 1, 12))::bit(48)::bigint - ${times}) < $2`,
    jsonb: `exists (select from regexp_matches("${column}"::text, '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[.\\d]*Z', 'g') m where abs(extract(epoch from m[1]::timestamptz - $1::timestamptz)) < $2 / 1000)`,
    text: `"${column}" ~ '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[.\\d]*Z$' and abs(extract(epoch from case when "${column}" ~ '^\\d{4}-\\d\\d-\\d\\dT' then "${column}" end::timestamptz - $1::timestamptz)) < $2 / 1000`,
  }[type];
  const { rows } = await admin.query<{ count: number }>(`select count(*)::int as count from ${table} where ${found} and $1::timestamptz is not null and $2::float8 is not null`, [
    at,
    tolerance,
  ]);
  return rows[0]?.count ?? 0;
}

/** Expects rows of the present in many columns, and in none a row of the time that the machine says. */
async function expectTimesOfTheDatabase(by: number, least: number): Promise<void> {
  for (const server of [stage.server, stage.metering, stage.paid]) await server.control.flush();
  const wrong: string[] = [];
  let right = 0;
  for (const column of await columns()) {
    const count = await rowsAround(column, new Date(Date.now() + by));
    if (count > 0) wrong.push(`${column.table}.${column.column}: ${count}`);
    if ((await rowsAround(column, new Date())) > 0) right += 1;
  }
  expect(wrong).toEqual([]);
  expect(right).toBeGreaterThan(least);
}

describe.each([
  ['ahead', wrongBy],
  ['behind', -wrongBy],
])('a replica whose clock is hours %s writes no time of its machine into a row', (_, by) => {
  beforeEach(async () => {
    await open();
    expect(Math.abs((await stage.server.control.setMachineWrong(by)) - Date.now() - by)).toBeLessThan(tolerance);
  }, 60_000);
  afterEach(close);

  it('on any route that changes something', async () => {
    const refused: string[] = [];
    for (const [name, call] of Object.entries(calls)) {
      const { status, text } = await (await call(stage)).send((client) => client);
      if (status >= 300) refused.push(`${name}: ${text}`);
    }
    for (const call of Object.values(harmless)) await call(stage, (client) => client);
    for (const { call } of Object.values(unrecorded)) await call(stage, (client) => client);
    expect(refused).toEqual([]);
    await expectTimesOfTheDatabase(by, 100);
  }, 300_000);

  it('in any job', async () => {
    const { world, control } = stage.server;
    for (const [name, prepare] of Object.entries(jobs)) {
      await prepare({ world, look: admin });
      await control.runJob(name, new Date());
    }
    await expectTimesOfTheDatabase(by, 50);
  }, 120_000);
});
