import type pg from 'pg';
import type { Args } from '../../tenancy/model-kind.js';
import type { ReadRunner, StatementTarget } from '../../tenancy/statement-runners.js';
import type { TenantSchema } from '../../tenancy/tenant-schema.js';
import type { Statement as WireStatement } from '../wire/pg-internals.js';
import { asText } from './column-types.js';
import { CompiledShapes } from './compiled-shapes.js';
import type { ModelColumns } from './model-columns.js';
import { conditionSql } from './read-conditions.js';
import { orderSql } from './read-order.js';
import { Selections } from './read-selection.js';
import { readsOneRow } from './single-row.js';
import { limitOf, shapeOf } from './read-shape.js';
import { Statement, UnpreparedReadError, type Parameter } from './read-statement.js';

/** The arguments that prepared reads support. */
const supported = new Set(['where', 'select', 'include', 'orderBy', 'take']);

/** The statement of all reads of one shape. */
interface CompiledRead {
  readonly name: string | undefined;
  readonly text: string;
  readonly quick: boolean;
  readonly parameters: readonly Parameter[];
  readonly decode: (cells: readonly unknown[]) => Record<string, unknown>;
}

/** An application has some hundreds. */
const maxShapes = 2_000;

export interface PreparedReadsOptions {
  readonly schema: TenantSchema;
  readonly columns: ModelColumns;
  /** Returns the name of the prepared statement; undefined when statements are not prepared. */
  readonly nameOf: ((statement: { readonly sql: string }) => string) | undefined;
  /** Sends a statement, bound to the organization, or inside an open transaction. */
  readonly send: (target: StatementTarget, statement: WireStatement) => PromiseLike<pg.QueryResult>;
}

/**
 * Runs `findFirst` and `findMany` as one prepared statement each. Prisma's query engine compiles and serializes every query again,
 * and sends a further one for each relation. The arguments are Prisma's, and so are the results. Prisma runs the reads that are
 * not supported: text search, cursors, aggregates, some filters.
 *
 * The arguments are confined to the tenant before they arrive here, so the walls are the same: the condition on the
 * organization is part of the statement, and row security of the bound tenant applies to it.
 */
export class PreparedReads implements ReadRunner {
  readonly #compiled = new CompiledShapes<CompiledRead>(maxShapes);

  readonly models: readonly string[];

  constructor(private readonly options: PreparedReadsOptions) {
    this.models = Object.keys(options.schema);
  }

  run(target: StatementTarget, model: string, operation: string, args: Args): Promise<unknown> | undefined {
    if (operation !== 'findFirst' && operation !== 'findMany') return undefined;
    // Prisma refuses an argument that is undefined: it is a mistake that would read other rows than those that are meant.
    for (const key in args) if (!supported.has(key) || args[key] === undefined) return undefined;
    const shape = shapeOf(model, operation, args);
    const read = this.#compiled.get(shape.key, () => this.#compile(shape.values.length, model, operation, args));
    if (read === null) return undefined;
    const parameters = shape.values.map((value, index) => read.parameters[index]?.(value));
    if (parameters.includes(undefined)) return undefined;
    const rows = this.#send(target, read, parameters);
    if (operation === 'findFirst') return rows.then(([row]) => (row === undefined ? null : read.decode(row)));
    const { take = Number.POSITIVE_INFINITY } = args as { take?: number };
    return rows.then((found) => (found.length > take ? found.slice(0, take) : found).map(read.decode));
  }

  #compile(values: number, model: string, operation: string, { where, select, include, orderBy, take }: Args): CompiledRead {
    const { schema, columns, nameOf } = this.options;
    const statement = new Statement(schema, columns);
    const alias = statement.nextAlias();
    const selection = new Selections(statement).of(model, alias, { select, include });
    const from = [`${statement.table(model)} ${alias}`, ...selection.joins].join(' ');
    const condition = where === undefined ? 'true' : conditionSql(statement, model, alias, where);
    const order = orderSql(statement, model, alias, orderBy);
    // Prisma orders by the primary key, so that the rows that are taken are always the same.
    if (take !== undefined && order === '') throw new UnpreparedReadError();
    const limit = operation === 'findFirst' ? 1 : limitOf(take);
    if (take !== undefined && (operation === 'findFirst' || limit === undefined)) throw new UnpreparedReadError();
    const text = `select ${selection.select.join(', ')} from ${from} where ${condition}${order}${limit === undefined ? '' : ` limit ${limit}`}`;
    // Values whose place in the arguments is not that of a parameter must not become one.
    if (statement.parameters.length !== values) throw new UnpreparedReadError();
    return {
      name: nameOf?.({ sql: text }) || undefined,
      text,
      quick: readsOneRow(schema, model, operation, { where, select, include }),
      parameters: statement.parameters,
      decode: selection.decode,
    };
  }

  async #send(target: StatementTarget, { name, text, quick }: CompiledRead, values: readonly unknown[]): Promise<unknown[][]> {
    const { rows } = await this.options.send(target, { name, text, quick, values, rowMode: 'array', types: asText });
    return rows as unknown[][];
  }
}
