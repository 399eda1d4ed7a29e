import type pg from 'pg';
import type { Args } from '../../tenancy/model-kind.js';
import type { ReadRunner, StatementTarget } from '../../tenancy/statement-runners.js';
import type { ModelDescription, TenantSchema } from '../../tenancy/tenant-schema.js';
import type { Statement as WireStatement } from '../wire/pg-internals.js';
import { asText } from './column-types.js';
import { CompiledShapes } from './compiled-shapes.js';
import type { ModelColumns } from './model-columns.js';
import { conditionSql } from './read-conditions.js';
import { orderSql } from './read-order.js';
import { Selections, type Selection } from './read-selection.js';
import { limitOf, shapeOf } from './read-shape.js';
import { Statement, UnpreparedReadError, type Parameter } from './read-statement.js';
import { recordNotFound } from './record-not-found.js';
import { comparesKey, readsOneRow } from './single-row.js';
import { withFlatKey } from './unique-key.js';

interface Operation {
  /** The arguments that are supported. */
  readonly supported: ReadonlySet<string>;
  /** The first row, all rows, or their number. */
  readonly result: 'first' | 'rows' | 'count';
  /** Whether the condition must compare a unique key, as Prisma requires. */
  readonly unique?: boolean;
  /** Whether it is an error when there is no row. */
  readonly required?: boolean;
}

const one = new Set(['where', 'select', 'include']);
const listed = new Set([...one, 'orderBy', 'take']);
const operations: Readonly<Record<string, Operation>> = {
  findUnique: { result: 'first', supported: one, unique: true },
  findUniqueOrThrow: { result: 'first', supported: one, unique: true, required: true },
  findFirst: { result: 'first', supported: listed },
  findFirstOrThrow: { result: 'first', supported: listed, required: true },
  findMany: { result: 'rows', supported: listed },
  count: { result: 'count', supported: new Set(['where']) },
};

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

const counted: Selection = { select: ['count(*)'], joins: [], decode: () => ({}) };

/** @throws what Prisma throws when a row is required */
function noRow(model: string, { required }: Operation): null {
  if (required === true) throw recordNotFound(model, 'No record was found for a query.');
  return null;
}

export interface PreparedReadsOptions {
  readonly schema: TenantSchema;
  readonly columns: ModelColumns;
  /** Returns the name of the prepared statement; undefined when statements are not prepared. */
  readonly nameOf: ((statement: { readonly sql: string }) => string) | undefined;
  /** Sends a statement, bound to the organization, or inside an open transaction. */
  readonly send: (target: StatementTarget, statement: WireStatement) => PromiseLike<pg.QueryResult>;
}

/**
 * Runs reads of models as one prepared statement each. Prisma's query engine compiles and serializes every query again,
 * and sends a further one for each relation. The arguments are Prisma's, and so are the results. Prisma runs the reads that are
 * not supported: text search, cursors, aggregates other than `count`, some filters.
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

  run(target: StatementTarget, model: string, name: string, given: Args): Promise<unknown> | undefined {
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined || !Object.hasOwn(this.options.schema, model)) return undefined;
    // Prisma refuses an argument that is undefined: it is a mistake that would read other rows than those that are meant.
    for (const key in given) if (!operation.supported.has(key) || given[key] === undefined) return undefined;
    const args = operation.unique === true ? withFlatKey(this.options.schema, model, given) : given;
    if (args === undefined) return undefined;
    const shape = shapeOf(model, name, args);
    const read = this.#compiled.get(shape.key, () => this.#compile(shape.values.length, model, operation, args));
    if (read === null) return undefined;
    const parameters = shape.values.map((value, index) => read.parameters[index]?.(value));
    if (parameters.includes(undefined)) return undefined;
    const rows = this.#send(target, read, parameters, operation);
    if (operation.result === 'count') return rows.then(([row]) => Number(row?.[0]));
    if (operation.result === 'first') return rows.then(([row]) => (row === undefined ? noRow(model, operation) : read.decode(row)));
    const { take = Number.POSITIVE_INFINITY } = args as { take?: number };
    return rows.then((found) => (found.length > take ? found.slice(0, take) : found).map(read.decode));
  }

  #compile(values: number, model: string, { result, unique }: Operation, args: Args): CompiledRead {
    const { schema, columns, nameOf } = this.options;
    const { where, select, include, orderBy, take } = args;
    if (unique === true && !comparesKey(schema[model] as ModelDescription, where)) throw new UnpreparedReadError();
    const statement = new Statement(schema, columns);
    const alias = statement.nextAlias();
    const selection = result === 'count' ? counted : new Selections(statement, result === 'rows').of(model, alias, { select, include });
    const from = [`${statement.table(model)} ${alias}`, ...selection.joins].join(' ');
    const condition = where === undefined ? 'true' : conditionSql(statement, model, alias, where);
    const order = orderSql(statement, model, alias, orderBy);
    // Prisma orders by the primary key, so that the rows that are taken are always the same.
    if (take !== undefined && order === '') throw new UnpreparedReadError();
    const limit = result === 'first' ? 1 : limitOf(take);
    if (take !== undefined && (result === 'first' || limit === undefined)) throw new UnpreparedReadError();
    const text = `select ${selection.select.join(', ')} from ${from} where ${condition}${order}${limit === undefined ? '' : ` limit ${limit}`}`;
    // Values whose place in the arguments is not that of a parameter must not become one.
    if (statement.parameters.length !== values) throw new UnpreparedReadError();
    return {
      name: nameOf?.({ sql: text }) || undefined,
      text,
      quick: result === 'first' && readsOneRow(schema, model, args),
      parameters: statement.parameters,
      decode: selection.decode,
    };
  }

  async #send(target: StatementTarget, { name, text, quick }: CompiledRead, values: readonly unknown[], { required }: Operation): Promise<unknown[][]> {
    const { rows } = await this.options.send(target, { name, text, quick, values, needsRow: required, rowMode: 'array', types: asText });
    return rows as unknown[][];
  }
}
