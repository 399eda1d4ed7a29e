import { isObject, tenantField, type Args } from '../../tenancy/model-kind.js';
import type { RelationField } from '../../tenancy/tenant-schema.js';
import { typeOf } from './column-types.js';
import { conditionSql } from './read-conditions.js';
import { orderSql } from './read-order.js';
import { UnpreparedReadError, type JoinKey, type Statement } from './read-statement.js';

/** The name under which Prisma counts the rows of lists. */
const counts = '_count';

/** Reads one field of a row from the cells of a result. */
interface Cell {
  readonly name: string;
  readonly read: (cells: readonly unknown[]) => unknown;
}

/** The columns, joins and decoders of a row that is being compiled. */
interface Row {
  readonly select: string[];
  readonly joins: string[];
  /** Whether the cells are parts of a JSON document, or texts of PostgreSQL. */
  readonly asJson: boolean;
}

export interface Selection {
  /** The expressions to select. */
  readonly select: readonly string[];
  readonly joins: readonly string[];
  readonly decode: (cells: readonly unknown[]) => Record<string, unknown>;
}

/** Whether a value has no arguments but these, and none that is undefined. */
const hasOnly = (args: unknown, supported: readonly string[]): args is Args =>
  isObject(args) && Object.entries(args).every(([name, value]) => supported.includes(name) && value !== undefined);

/** Compiles which fields and relations of a model are read. */
export class Selections {
  /** @param manyRows whether the statement reads more than one row */
  constructor(
    private readonly statement: Statement,
    private readonly manyRows = false,
  ) {}

  /** @throws {UnpreparedReadError} */
  of(model: string, alias: string, args: Args): Selection {
    const row: Row = { select: [], joins: [], asJson: false };
    const decode = this.#fields(row, model, alias, args);
    return { select: row.select, joins: row.joins, decode };
  }

  #fields(row: Row, model: string, alias: string, { select, include }: Args): Selection['decode'] {
    if ((select !== undefined && include !== undefined) || ![select, include].every((chosen) => chosen === undefined || isObject(chosen))) throw new UnpreparedReadError();
    const included = Object.entries((include ?? {}) as Args);
    if (included.some(([name]) => name !== counts && this.statement.relation(model, name) === undefined)) throw new UnpreparedReadError();
    const chosen = select === undefined ? [...this.statement.fieldsOf(model).map((name) => [name, true] as const), ...included] : Object.entries(select as Args);
    const cells = chosen.flatMap(([name, value]) => (value === false ? [] : [this.#field(row, model, alias, name, value)]));
    if (cells.length === 0) throw new UnpreparedReadError();
    return (values) => {
      const decoded: Record<string, unknown> = {};
      for (const { name, read } of cells) decoded[name] = read(values);
      return decoded;
    };
  }

  #field(row: Row, model: string, alias: string, name: string, value: unknown): Cell {
    if (name === counts) return { name, read: this.#counts(row, model, alias, value) };
    const relation = this.statement.relation(model, name);
    if (relation !== undefined) return { name, read: this.#relation(row, model, alias, relation, value === true ? {} : value) };
    if (value !== true) throw new UnpreparedReadError();
    return { name, read: this.#column(row, model, alias, name) };
  }

  #column(row: Row, model: string, alias: string, name: string): Cell['read'] {
    const column = this.statement.column(model, name);
    const type = typeOf(column);
    if (type === undefined) throw new UnpreparedReadError();
    const sql = `${alias}."${column.column}"`;
    const index = row.select.push(row.asJson ? (type.asJson ?? '$').replace('$', () => sql) : sql) - 1;
    const decode = row.asJson ? type.fromJson : (type.fromText as (cell: unknown) => unknown);
    return (cells) => (cells[index] === null ? null : decode(cells[index]));
  }

  #relation(row: Row, model: string, alias: string, field: RelationField, args: unknown): Cell['read'] {
    if (!hasOnly(args, ['select', 'include', ...(field.list ? ['where', 'orderBy'] : [])])) throw new UnpreparedReadError();
    const other = this.statement.nextAlias();
    const on = this.statement.joinKeys(model, alias, field, other);
    return field.list ? this.#list(row, field.model, other, on, args) : this.#one(row, field.model, other, on, args);
  }

  /** The number of rows of each chosen list is a subquery. PostgreSQL counts only those of the rows that are read. */
  #counts(row: Row, model: string, alias: string, args: unknown): Cell['read'] {
    if (!hasOnly(args, ['select']) || !isObject(args['select'])) throw new UnpreparedReadError();
    const chosen = Object.entries(args['select']).filter(([, value]) => value !== false);
    if (chosen.length === 0) throw new UnpreparedReadError();
    const places = chosen.map(([name, value]) => {
      const field = this.statement.relation(model, name);
      const counted = value === true ? {} : value;
      if (field === undefined || !field.list || !hasOnly(counted, ['where'])) throw new UnpreparedReadError();
      const other = this.statement.nextAlias();
      const sql = `(select count(*) from ${this.#rowsOf(field.model, other, this.statement.joinKeys(model, alias, field, other), counted['where'])})`;
      return { name, index: row.select.push(sql) - 1 };
    });
    return (cells) => Object.fromEntries(places.map(({ name, index }) => [name, Number(cells[index])]));
  }

  /** Returns the rows of a list of a relation that a condition selects, as the end of a subquery. */
  #rowsOf(model: string, alias: string, on: readonly JoinKey[], where: unknown, joins: readonly string[] = []): string {
    const conditions = [...on.map(({ sql }) => sql), where === undefined ? 'true' : conditionSql(this.statement, model, alias, where)].filter((sql) => sql !== 'true');
    return `${[`${this.statement.table(model)} ${alias}`, ...joins].join(' ')} where ${conditions.join(' and ')}`;
  }

  /** A to-one relation is a join. A column that is never null tells whether there is a row: one that is read anyway, or its key. */
  #one(row: Row, model: string, alias: string, on: readonly JoinKey[], args: Args): Cell['read'] {
    row.joins.push(`left join ${this.statement.table(model)} ${alias} on ${on.map(({ sql }) => sql).join(' and ')}`);
    const required = this.statement.requiredColumns(model).map((column) => `${alias}."${column}"`);
    const decode = this.#fields(row, model, alias, args);
    const known = row.select.findIndex((sql) => required.includes(sql));
    const marker = known === -1 ? row.select.push(`${alias}."${on[0]?.column ?? ''}"`) - 1 : known;
    return (cells) => (cells[marker] === null ? null : decode(cells));
  }

  /**
   * A list is one JSON document in a subquery, which PostgreSQL runs for each row. Most organizations have no row in many of their tables, so it first asks, once
   * for all rows, whether row security shows any. Other roles see the rows of all organizations: the answer is the same.
   */
  #list(row: Row, model: string, alias: string, on: readonly JoinKey[], { where, orderBy, ...args }: Args): Cell['read'] {
    const inner: Row = { select: [], joins: [], asJson: true };
    const decode = this.#fields(inner, model, alias, args);
    const rows = this.#rowsOf(model, alias, on, where, inner.joins);
    const document = `json_agg(json_build_array(${inner.select.join(', ')})${orderSql(this.statement, model, alias, orderBy)})`;
    const sql = `(select ${document} from ${rows})`;
    const asksOnce = this.manyRows && this.statement.fieldsOf(model).includes(tenantField);
    const index = row.select.push(asksOnce ? `case when exists (select from ${this.statement.table(model)}) then ${sql} end` : sql) - 1;
    return (cells) => {
      const cell = cells[index];
      if (cell === null) return [];
      return ((row.asJson ? cell : JSON.parse(cell as string)) as readonly (readonly unknown[])[]).map(decode);
    };
  }
}
