import type pg from 'pg';
import type { TableFacts } from './adoption-facts.js';
import type { Rule } from './adoption-plan.js';
import { records } from './adoption-sql.js';

/** How many rows each organization has, by its id; `none` for rows without one. */
export type RowCounts = Readonly<Record<string, number>>;

/** The record of a table when its adoption begins: a rollback needs it, and the comparison at the end. */
export interface AdoptionRecord {
  readonly schema: string;
  readonly name: string;
  readonly rule: Rule;
  readonly facts: TableFacts;
  readonly before: RowCounts;
  readonly protectedAt: Date | null;
}

/** Reads the records. They are empty before the first adoption, also when their schema is missing. */
export async function readRecords(client: pg.ClientBase): Promise<AdoptionRecord[]> {
  const { rows: found } = await client.query<{ exists: boolean }>(`select to_regclass('${records}.tables') is not null as "exists"`);
  if (found[0]?.exists !== true) return [];
  const { rows } = await client.query<AdoptionRecord>(`select schema, name, rule, facts, before, protected_at as "protectedAt" from ${records}.tables`);
  return rows;
}

/**
 * A row that is inserted validates a foreign key. PostgreSQL compares both tables with the rights of the owner, from whom forced row security hides the organizations, except within a
 * trigger (app.force_row_security).
 */
const checks = `
  create or replace function ${records}.check_key() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $check$
  begin
    execute format('alter table %s validate constraint %I', new.table_name, new.key_name);
    return null;
  end
  $check$;
  revoke all on function ${records}.check_key() from public;
  create table if not exists ${records}.checks (table_name text not null, key_name text not null);
  create or replace trigger check_key before insert on ${records}.checks for each row execute function ${records}.check_key()`;

/** Creates the schema of the records, which no other role may use. */
export async function createRecords(client: pg.ClientBase): Promise<void> {
  await client.query(`create schema if not exists ${records}`);
  await client.query(`create table if not exists ${records}.tables (
    schema text, name text, rule jsonb not null, facts jsonb not null, before jsonb not null, next_page bigint not null default 0, protected_at timestamptz,
    primary key (schema, name))`);
  await client.query(checks);
}

export async function addRecord(client: pg.ClientBase, { schema, name, rule, facts, before }: Omit<AdoptionRecord, 'protectedAt'>): Promise<void> {
  await client.query(`insert into ${records}.tables (schema, name, rule, facts, before) values ($1, $2, $3, $4, $5)`, [
    schema,
    name,
    JSON.stringify(rule),
    JSON.stringify(facts),
    JSON.stringify(before),
  ]);
}

/** Removes the schema of the records when they are empty. */
export async function dropEmptyRecords(client: pg.ClientBase): Promise<void> {
  if ((await readRecords(client)).length === 0) await client.query(`drop schema if exists ${records} cascade`);
}
