import pg, { type ClientBase } from 'pg';
import { inTransaction } from '../../../database/locks.js';
import { batchBytes, batchRows } from './format/archive-limits.js';
import type { ArchivedTable, Column } from './archive-schema.js';

/** Session settings that make the text form of values independent of the server configuration, and lossless. */
const settings = { timezone: 'UTC', datestyle: 'ISO, YMD', intervalstyle: 'iso_8601', extra_float_digits: '1', bytea_output: 'hex' };

/**
 * Runs `work` in one transaction whose session writes values as archives store them.
 *
 * @param mode what follows BEGIN, e.g. `isolation level repeatable read`
 */
export const inArchiveTransaction = <Result>(client: ClientBase, work: () => Promise<Result>, mode = ''): Promise<Result> =>
  inTransaction(
    client,
    async () => {
      for (const [name, value] of Object.entries(settings)) await client.query('select set_config($1, $2, true)', [name, value]);
      return work();
    },
    mode,
  );

/**
 * Replaces the limits of the session until the transaction ends: a storage may be slow. `transaction_timeout` is of PostgreSQL 17.
 *
 * @param each for how long a statement, and the time between two, may take
 */
export async function liftLimits(client: ClientBase, each: string): Promise<void> {
  const limits: Readonly<Record<string, string>> = { statement_timeout: each, idle_in_transaction_session_timeout: each, transaction_timeout: '0' };
  const { rows } = await client.query<{ name: string }>('select name from pg_settings where name = any($1)', [Object.keys(limits)]);
  for (const { name } of rows) await client.query('select set_config($1, $2, true)', [name, limits[name]]);
}

/**
 * Returns an SQL expression for a row as JSON. Omits columns that are null, because a JSON null means the `null` of a JSON
 * document, which PostgreSQL distinguishes from NULL.
 */
function lineOf(columns: readonly Column[], replaced: Readonly<Record<string, string>>): string {
  const parts = columns.map(({ name, identifier, type }) => `${pg.escapeLiteral(`${JSON.stringify(name)}:`)} || ${valueOf(replaced[name] ?? `t.${identifier}`, type)}`);
  return `'{' || array_to_string(array[${parts.join(', ')}], ',') || '}'`;
}

function valueOf(column: string, type: string): string {
  if (type === 'jsonb') return `${column}::text`;
  // A value of type json keeps its line breaks. They can only occur between tokens, so replacing them is safe.
  if (type === 'json') return `translate(${column}::text, chr(10) || chr(13), '  ')`;
  return `to_json(${column})::text`;
}

/** Reads the rows of an organization in a table, in batches. Requires a transaction. */
export async function* readRows(client: ClientBase, table: ArchivedTable, columns: readonly Column[], organizationId: string): AsyncGenerator<string[]> {
  // Rows of users are found by their users. In the order of another key, PostgreSQL would read the whole index of the key.
  const sorted = new Set(table.userColumn === undefined ? table.key : [table.userColumn, ...table.key]);
  const order = sorted.size === 0 ? '' : `order by ${[...sorted].map((column) => `t.${column}`).join(', ')}`;
  await client.query(
    `declare archive_rows no scroll cursor for select ${lineOf(columns, table.replaced?.(organizationId) ?? {})} as line from ${table.identifier} t where ${table.rowsOf(organizationId)} ${order}`,
  );
  let next = 20;
  for (;;) {
    const { rows } = await client.query<{ line: string }>(`fetch ${next} from archive_rows`);
    if (rows.length === 0) break;
    yield rows.map(({ line }) => line);
    const average = rows.reduce((sum, { line }) => sum + line.length, 0) / rows.length;
    next = Math.max(1, Math.min(batchRows, Math.floor(batchBytes / average)));
  }
  await client.query('close archive_rows');
}

/** Counts the rows of an organization in tables. */
export async function countRows(client: ClientBase, tables: readonly ArchivedTable[], organizationId: string): Promise<number> {
  const counts = tables.map(({ identifier, rowsOf }) => `(select count(*) from ${identifier} t where ${rowsOf(organizationId)})`);
  const { rows } = await client.query<{ rows: string }>(`select ${counts.join(' + ')} as rows`);
  return Number(rows[0]?.rows ?? 0);
}

/**
 * Writes rows in the form that {@link readRows} returns.
 *
 * @param fixed column → SQL expression that replaces the value of the row
 * @param only the users whose rows are written, for tables about users
 * @returns the number of rows that were written
 */
export async function writeRows(
  client: ClientBase,
  table: ArchivedTable,
  columns: readonly Column[],
  lines: readonly string[],
  { fixed = {}, only }: { fixed?: Readonly<Record<string, string>>; only?: readonly string[] } = {},
): Promise<number> {
  const { rowCount } = await client.query(
    `insert into ${table.identifier} (${columns.map(({ identifier }) => identifier).join(', ')}) overriding system value
     select ${columns.map((column) => fixed[column.name] ?? restoredValue(column)).join(', ')}
       from unnest($1::text[]) l(line), json_populate_record(null::${table.identifier}, l.line::json) r${only === undefined ? '' : ` where r.${table.userColumn} = any($2::uuid[])`}`,
    only === undefined ? [lines] : [lines, only],
  );
  return rowCount ?? 0;
}

/** Resets a row to the values of the archive, after triggers have changed it. */
export async function resetRow(
  client: ClientBase,
  table: ArchivedTable,
  columns: readonly Column[],
  line: string,
  where: string,
  fixed: Readonly<Record<string, string>>,
): Promise<void> {
  const sets = columns.filter(({ name }) => fixed[name] === undefined).map((column) => `${column.identifier} = ${restoredValue(column)}`);
  await client.query(
    `update ${table.identifier} t set ${sets.join(', ')} from (select $1::text as line) l, json_populate_record(null::${table.identifier}, l.line::json) r where t.${where}`,
    [line],
  );
}

function restoredValue({ name, identifier, type }: Column): string {
  return type === 'json' || type === 'jsonb' ? `(l.line::json -> ${pg.escapeLiteral(name)})::${type}` : `r.${identifier}`;
}
