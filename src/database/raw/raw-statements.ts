import type pg from 'pg';
import type { RawRunner, StatementTarget } from '../../tenancy/statement-runners.js';
import type { Statement } from '../wire/pg-internals.js';
import { asText } from '../reads/column-types.js';
import { parserOf, rawParameter } from './raw-values.js';

/** A tagged template, as Prisma passes it on. */
interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

const isSql = (value: unknown): value is Sql => typeof value === 'object' && value !== null && typeof (value as Sql).text === 'string' && Array.isArray((value as Sql).values);

export interface RawStatementsOptions {
  /** Returns the name of the prepared statement; undefined when statements are not prepared. */
  readonly nameOf: ((statement: { readonly sql: string }) => string) | undefined;
  /** Sends a statement with the tenant, the audit note and the authority of the request, or inside an open transaction. */
  readonly send: (target: StatementTarget, statement: Statement) => PromiseLike<pg.QueryResult>;
}

/** Runs `$queryRaw` and `$executeRaw` without Prisma's query engine. The results are Prisma's. */
export class RawStatements implements RawRunner {
  constructor(private readonly options: RawStatementsOptions) {}

  run(target: StatementTarget, operation: string, sql: unknown): PromiseLike<unknown> | undefined {
    if ((operation !== '$queryRaw' && operation !== '$executeRaw') || !isSql(sql)) return undefined;
    const values = sql.values.map(rawParameter);
    if (values.includes(undefined)) return undefined;
    const { text } = sql;
    const sent = this.options.send(target, { name: this.options.nameOf?.({ sql: text }) || undefined, text, values, rowMode: 'array', types: asText });
    return sent.then(({ rows, fields, rowCount }) => (operation === '$executeRaw' ? (rowCount ?? 0) : rowsOf(fields, rows as (string | null)[][])));
  }
}

function rowsOf(fields: readonly pg.FieldDef[], rows: readonly (readonly (string | null)[])[]): Record<string, unknown>[] {
  const columns = fields.map(({ name, dataTypeID }) => ({ name, read: parserOf(dataTypeID) }));
  return rows.map((cells) => {
    const row: Record<string, unknown> = {};
    for (const [index, { name, read }] of columns.entries()) {
      const cell = cells[index] ?? null;
      row[name] = cell === null ? null : read(cell);
    }
    return row;
  });
}
