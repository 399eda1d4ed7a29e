import pg, { type ClientBase } from 'pg';
import { inTransaction } from '../../../database/locks.js';
import { batchBytes, batchRows } from './archive-limits.js';
import type { ArchivedTable, Column } from './archive-schema.js';

/** How values are written: the same in every session, and so that nothing is lost when they are read again. */
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
 * A row as JSON. Columns that are null are left out, so that null stands only for the `null` of a JSON document: those
 * are two things to PostgreSQL.
 */
function lineOf(columns: readonly Column[]): string {
  const parts = columns.map(({ name, identifier, type }) => `${pg.escapeLiteral(`${JSON.stringify(name)}:`)} || ${valueOf(`t.${identifier}`, type)}`);
  return `'{' || array_to_string(array[${parts.join(', ')}], ',') || '}'`;
}

function valueOf(column: string, type: string): string {
  if (type === 'jsonb') return `${column}::text`;
  // A document of type json keeps its line breaks, which can stand only between its parts.
  if (type === 'json') return `translate(${column}::text, chr(10) || chr(13), '  ')`;
  return `to_json(${column})::text`;
}

/** The rows of an organization in a table, in batches of about a mebibyte. Needs a transaction. */
export async function* readRows(client: ClientBase, table: ArchivedTable, columns: readonly Column[], organizationId: string): AsyncGenerator<string[]> {
  const order = table.key.length === 0 ? '' : `order by ${table.key.map((column) => `t.${column}`).join(', ')}`;
  await client.query(`declare archive_rows no scroll cursor for select ${lineOf(columns)} as line from ${table.identifier} t where ${table.rowsOf(organizationId)} ${order}`);
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

/**
 * Writes rows as {@link readRows} reads them.
 *
 * @param fixed column → an SQL expression that stands for whatever the row says
 * @param only the users whose rows may be written, for tables about users
 * @returns how many were written
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

/** Sets a row that is there to what an archive says of it, whatever triggers made of it since. */
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
