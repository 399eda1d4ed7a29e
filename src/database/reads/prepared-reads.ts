import type pg from 'pg';
import type { Args } from '../../tenancy/model-kind.js';
import type { ReadRunner } from '../../tenancy/read-runner.js';
import type { TenantSchema } from '../../tenancy/tenant-schema.js';
import type { Statement as WireStatement } from '../wire/pg-internals.js';
import type { ModelColumns } from './model-columns.js';
import { conditionSql } from './read-conditions.js';
import { orderSql } from './read-order.js';
import { Selections, tableSql } from './read-selection.js';
import { Statement, UnpreparedReadError } from './read-statement.js';

/** The arguments that prepared reads support. */
const supported = new Set(['where', 'select', 'include', 'orderBy', 'take']);

/** Values arrive as PostgreSQL's text. Each column's type reads them. */
const asText: pg.CustomTypesConfig = { getTypeParser: (() => (text: string) => text) as never };

/** A read, ready to be sent. */
export interface CompiledRead {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly decode: (cells: readonly unknown[]) => Record<string, unknown>;
}

export interface PreparedReadsOptions {
  readonly schema: TenantSchema;
  readonly columns: ModelColumns;
  /** Returns the name of the prepared statement; undefined when statements are not prepared. */
  readonly nameOf: ((statement: { readonly sql: string }) => string) | undefined;
  /** Sends a statement, bound to the organization. */
  readonly send: (organizationId: string | undefined, statement: WireStatement) => Promise<pg.QueryResult>;
}

/**
 * Runs `findFirst` and `findMany` as one prepared statement each. Prisma's query engine compiles and serializes every query again,
 * and sends a further one for each relation. The arguments are Prisma's, and so are the results. Prisma runs the reads that are
 * not supported: filters through relations, text search, cursors, aggregates.
 *
 * The arguments are confined to the tenant before they arrive here, so the walls are the same: the condition on the
 * organization is part of the statement, and row security of the bound tenant applies to it.
 */
export class PreparedReads implements ReadRunner {
  constructor(private readonly options: PreparedReadsOptions) {}

  run(organizationId: string | undefined, model: string, operation: string, args: Args): Promise<unknown> | undefined {
    const read = this.compile(model, operation, args);
    return read === undefined ? undefined : this.#send(organizationId, operation, read);
  }

  /** Returns undefined when the read is not supported. */
  compile(model: string, operation: string, args: Args): CompiledRead | undefined {
    if (operation !== 'findFirst' && operation !== 'findMany') return undefined;
    for (const key in args) if (!supported.has(key) && args[key] !== undefined) return undefined;
    try {
      return this.#compile(model, operation, args);
    } catch (error) {
      if (error instanceof UnpreparedReadError) return undefined;
      throw error;
    }
  }

  #compile(model: string, operation: string, { where, select, include, orderBy, take }: Args): CompiledRead {
    const { schema, columns } = this.options;
    const statement = new Statement(columns);
    const alias = statement.nextAlias();
    const selection = new Selections(schema, statement).of(model, alias, { select, include });
    const from = [`${tableSql(schema, model)} ${alias}`, ...selection.joins].join(' ');
    const condition = conditionSql(statement, model, alias, where);
    const limit = operation === 'findFirst' ? ' limit 1' : take === undefined ? '' : ` limit ${statement.rows(take)}`;
    if (operation === 'findFirst' && take !== undefined) throw new UnpreparedReadError();
    const text = `select ${selection.select.join(', ')} from ${from} where ${condition}${orderSql(statement, model, alias, orderBy)}${limit}`;
    return { text, values: statement.values, decode: selection.decode };
  }

  async #send(organizationId: string | undefined, operation: string, { text, values, decode }: CompiledRead): Promise<unknown> {
    const name = this.options.nameOf?.({ sql: text });
    const { rows } = await this.options.send(organizationId, { ...(name ? { name } : {}), text, values, rowMode: 'array', types: asText, writes: false });
    if (operation === 'findMany') return (rows as unknown[][]).map(decode);
    return rows.length === 0 ? null : decode(rows[0] as unknown[]);
  }
}
