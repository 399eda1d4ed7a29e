import type pg from 'pg';
import type { Args } from '../../tenancy/model-kind.js';
import type { StatementTarget, WriteRunner } from '../../tenancy/statement-runners.js';
import type { ModelDescription, TenantSchema } from '../../tenancy/tenant-schema.js';
import { asText } from '../reads/column-types.js';
import { CompiledShapes } from '../reads/compiled-shapes.js';
import type { ModelColumns } from '../reads/model-columns.js';
import { conditionSql } from '../reads/read-conditions.js';
import { Selections } from '../reads/read-selection.js';
import { Statement, UnpreparedReadError, type Parameter } from '../reads/read-statement.js';
import { recordNotFound } from '../reads/record-not-found.js';
import { comparesKey } from '../reads/single-row.js';
import { withFlatKey } from '../reads/unique-key.js';
import type { Statement as WireStatement } from '../wire/pg-internals.js';
import { withInitialValues } from './initial-values.js';
import { deleteShape, insertShape, updateShape, type Columns, type WriteShape } from './write-shape.js';

/** The result of a write: the number of its rows, all rows, or the only one. */
type Result = 'count' | 'rows' | 'row';

interface CompiledWrite {
  readonly name: string | undefined;
  readonly text: string;
  readonly parameters: readonly Parameter[];
  readonly decode: ((cells: readonly unknown[]) => Record<string, unknown>) | undefined;
}

interface Operation {
  readonly kind: 'insert' | 'update' | 'delete';
  readonly result: Result;
  /** The arguments that are supported. */
  readonly supported: ReadonlySet<string>;
  /** Whether the condition must compare a unique key, as Prisma requires. */
  readonly unique?: boolean;
}

const operations: Readonly<Record<string, Operation>> = {
  create: { kind: 'insert', result: 'row', supported: new Set(['data', 'select']) },
  createMany: { kind: 'insert', result: 'count', supported: new Set(['data', 'skipDuplicates']) },
  createManyAndReturn: { kind: 'insert', result: 'rows', supported: new Set(['data', 'select', 'skipDuplicates']) },
  update: { kind: 'update', result: 'row', supported: new Set(['data', 'where', 'select']), unique: true },
  updateMany: { kind: 'update', result: 'count', supported: new Set(['data', 'where']) },
  updateManyAndReturn: { kind: 'update', result: 'rows', supported: new Set(['data', 'where', 'select']) },
  delete: { kind: 'delete', result: 'row', supported: new Set(['where', 'select']), unique: true },
  deleteMany: { kind: 'delete', result: 'count', supported: new Set(['where']) },
};

const maxShapes = 1_000;
/** The most rows of one statement: each number of rows is a statement of its own. */
const maxRows = 10;

export interface PreparedWritesOptions {
  readonly schema: TenantSchema;
  readonly columns: ModelColumns;
  /** Returns the name of the prepared statement; undefined when statements are not prepared. */
  readonly nameOf: ((statement: { readonly sql: string }) => string) | undefined;
  /** Sends a statement with the tenant, the audit note and the authority of the request, or inside an open transaction. */
  readonly send: (target: StatementTarget, statement: WireStatement) => PromiseLike<pg.QueryResult>;
}

/**
 * Runs writes of one table as one prepared statement each, without Prisma's query engine. The arguments and the results are Prisma's.
 * Prisma runs the writes that are not supported: nested writes, operators such as `increment`, and `upsert`.
 *
 * As with {@link PreparedReads}, the arguments are confined to the tenant before they arrive here.
 */
export class PreparedWrites implements WriteRunner {
  readonly #compiled = new CompiledShapes<CompiledWrite>(maxShapes);

  constructor(private readonly options: PreparedWritesOptions) {}

  run(target: StatementTarget, model: string, name: string, given: Args): PromiseLike<unknown> | undefined {
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    const columns = this.options.columns[model];
    if (operation === undefined || columns === undefined) return undefined;
    for (const key in given) if (!operation.supported.has(key) || given[key] === undefined) return undefined;
    const args = operation.unique === true ? withFlatKey(this.options.schema, model, given) : given;
    if (args === undefined) return undefined;
    if (args['skipDuplicates'] !== undefined && typeof args['skipDuplicates'] !== 'boolean') return undefined;
    const shape = shapeOf(operation, model, columns, name, args);
    if (shape === undefined || shape.rows.length > maxRows || (operation.kind !== 'delete' && shape.rows.length === 0)) return undefined;
    const write = this.#compiled.get(shape.key, () => this.#compile(shape, operation, model, args));
    if (write === null) return undefined;
    const values = shape.values.map((value, index) => (value === null ? null : write.parameters[index]?.(value)));
    return values.includes(undefined) ? undefined : this.#send(target, model, operation, write, values);
  }

  complete(model: string, operation: string, args: Args): Args {
    return withInitialValues(this.options, model, operation, args);
  }

  #compile({ rows, values }: WriteShape, { kind, result, unique }: Operation, model: string, { where, select, skipDuplicates }: Args): CompiledWrite {
    const { schema, columns, nameOf } = this.options;
    if (unique === true && !comparesKey(schema[model] as ModelDescription, where)) throw new UnpreparedReadError();
    const statement = new Statement(schema, columns);
    const alias = statement.nextAlias();
    const table = `${statement.table(model)} as ${alias}`;
    const changed = kind === 'insert' ? insertSql(statement, model, rows) : kind === 'update' ? updateSql(statement, model, rows[0] ?? []) : '';
    const condition = kind === 'insert' ? '' : ` where ${where === undefined ? 'true' : conditionSql(statement, model, alias, where)}`;
    const begin = kind === 'insert' ? `insert into ${table}` : kind === 'update' ? `update ${table}` : `delete from ${table}`;
    const conflict = skipDuplicates === true ? ' on conflict do nothing' : '';
    const selection = result === 'count' ? undefined : new Selections(statement).of(model, alias, { select });
    // A relation would need another statement.
    if (selection !== undefined && (selection.joins.length > 0 || selection.select.some((sql) => !sql.startsWith(`${alias}."`)))) throw new UnpreparedReadError();
    const returning = selection === undefined ? '' : ` returning ${selection.select.join(', ')}`;
    if (statement.parameters.length !== values.length) throw new UnpreparedReadError();
    const text = `${begin}${changed}${condition}${conflict}${returning}`;
    return { name: nameOf?.({ sql: text }) || undefined, text, parameters: statement.parameters, decode: selection?.decode };
  }

  async #send(target: StatementTarget, model: string, { kind, result, unique }: Operation, { name, text, decode }: CompiledWrite, values: readonly unknown[]): Promise<unknown> {
    const { rows, rowCount } = await this.options.send(target, { name, text, values, needsRow: unique, rowMode: 'array', types: asText });
    if (decode === undefined) return { count: rowCount ?? 0 };
    const decoded = (rows as unknown[][]).map(decode);
    if (result === 'rows') return decoded;
    if (decoded[0] === undefined) throw recordNotFound(model, `No record was found for ${kind === 'delete' ? 'a delete' : 'an update'}.`);
    return decoded[0];
  }
}

function shapeOf({ kind }: Operation, model: string, columns: Columns, name: string, args: Args): WriteShape | undefined {
  if (kind === 'insert') return insertShape(model, columns, name, args);
  return kind === 'update' ? updateShape(model, columns, name, args) : deleteShape(model, name, args);
}

/** The columns of all rows, and the values of each. A row that lacks one gets the default of the database. */
function insertSql(statement: Statement, model: string, rows: readonly (readonly string[])[]): string {
  const names = [...new Set(rows.flat())];
  const tuples = rows.map((row) => {
    // The parameters are in the order of the row's own fields.
    const places = new Map(row.map((name) => [name, statement.writtenParameter(statement.column(model, name))]));
    return `(${names.map((name) => places.get(name) ?? 'default').join(', ')})`;
  });
  return ` (${names.map((name) => `"${statement.column(model, name).column}"`).join(', ')}) values ${tuples.join(', ')}`;
}

function updateSql(statement: Statement, model: string, names: readonly string[]): string {
  const assignments = names.map((name) => {
    const column = statement.column(model, name);
    return `"${column.column}" = ${statement.writtenParameter(column)}`;
  });
  return ` set ${assignments.join(', ')}`;
}
