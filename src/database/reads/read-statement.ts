import { opposite } from '../../tenancy/model-kind.js';
import type { RelationField, TenantSchema } from '../../tenancy/tenant-schema.js';
import { typeOf } from './column-types.js';
import type { ModelColumn, ModelColumns } from './model-columns.js';

/** Thrown while a read is compiled that prepared reads do not support. It is left to Prisma, so this error reaches nobody. */
export class UnpreparedReadError extends Error {}

/** Writes a value of the arguments as a parameter; returns undefined for a value that Prisma would refuse. */
export type Parameter = (value: unknown) => unknown;

/** The condition of a join on one column. */
export interface JoinKey {
  /** The column of the other side. */
  readonly column: string;
  readonly sql: string;
}

/** The parts of a statement while it is compiled. */
export class Statement {
  /** The parameters, in the order of the values in the arguments (`shapeOf`). */
  readonly parameters: Parameter[] = [];
  #aliases = 0;

  constructor(
    private readonly schema: TenantSchema,
    private readonly columns: ModelColumns,
  ) {}

  nextAlias(): string {
    return `t${(this.#aliases += 1)}`;
  }

  /** Returns the name of a model's table. @throws {UnpreparedReadError} when the schema has no such model */
  table(model: string): string {
    const description = Object.hasOwn(this.schema, model) ? this.schema[model] : undefined;
    if (description === undefined) throw new UnpreparedReadError();
    return `public."${description.table}"`;
  }

  /** Returns a relation of a model, or undefined when the field is a column. */
  relation(model: string, name: string): RelationField | undefined {
    const fields = this.schema[model]?.fields ?? {};
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return field?.kind === 'relation' ? field : undefined;
  }

  /** Returns the conditions that join the other side of a relation. @param other the alias of the other side */
  joinKeys(model: string, alias: string, field: RelationField, other: string): readonly JoinKey[] {
    const own = field.foreignKey.length > 0;
    const owner = own ? field : opposite({ schema: this.schema }, model, field);
    if (owner === undefined || owner.foreignKey.length === 0) throw new UnpreparedReadError();
    const [here, there] = own ? [owner.foreignKey, owner.references] : [owner.references, owner.foreignKey];
    return here.map((name, index) => {
      const { column } = this.column(field.model, there[index] as string);
      return { column, sql: `${other}."${column}" = ${alias}."${this.column(model, name).column}"` };
    });
  }

  /** Returns a column of a model. @throws {UnpreparedReadError} when the model has no such field */
  column(model: string, field: string): ModelColumn {
    const columns = this.columns[model];
    const column = columns !== undefined && Object.hasOwn(columns, field) ? columns[field] : undefined;
    if (column === undefined) throw new UnpreparedReadError();
    return column;
  }

  /** Returns the names of all fields of a model that are columns. */
  fieldsOf(model: string): string[] {
    return Object.keys(this.columns[model] ?? {});
  }

  /** Returns the columns of a model that are null in no row, and in no JSON document either, which can be `null` itself. */
  requiredColumns(model: string): string[] {
    return Object.values(this.columns[model] ?? {}).flatMap(({ column, optional, type }) => (optional === true || type === 'Json' ? [] : [column]));
  }

  /** Adds a parameter for a value of a column, and returns its place. */
  parameter(column: ModelColumn): string {
    return this.#place(parameterOf(column));
  }

  /** Adds a parameter for a value that is written to a column, and returns its place. */
  writtenParameter(column: ModelColumn): string {
    const type = typeOf(column);
    if (type === undefined) throw new UnpreparedReadError();
    const { toWritten } = type;
    return this.#place(toWritten ?? parameterOf(column));
  }

  /** Adds a parameter for a list, so that lists of all lengths share a statement. */
  listParameter(column: ModelColumn): string {
    const write = parameterOf(column);
    return this.#place((value) => {
      const written = Array.isArray(value) ? value.map(write) : [undefined];
      return written.includes(undefined) ? undefined : written;
    });
  }

  #place(parameter: Parameter): string {
    return `$${this.parameters.push(parameter)}`;
  }
}

function parameterOf(column: ModelColumn): Parameter {
  const type = typeOf(column);
  if (type === undefined) throw new UnpreparedReadError();
  return (value) => type.toParameter(value, column);
}
