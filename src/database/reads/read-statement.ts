import { typeOf } from './column-types.js';
import type { ModelColumn, ModelColumns } from './model-columns.js';

/** Thrown while a read is compiled that prepared reads do not support. It is left to Prisma, so this error reaches nobody. */
export class UnpreparedReadError extends Error {}

/** The parts of a statement while it is compiled. */
export class Statement {
  readonly values: unknown[] = [];
  #aliases = 0;

  constructor(private readonly columns: ModelColumns) {}

  nextAlias(): string {
    return `t${(this.#aliases += 1)}`;
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

  /** Adds a parameter, and returns its place. @throws {UnpreparedReadError} when the value is not of the column's type */
  parameter(column: ModelColumn, value: unknown): string {
    return this.#place(parameterOf(column, value));
  }

  /** Adds a list as one parameter, so that lists of all lengths share a statement. */
  listParameter(column: ModelColumn, value: unknown): string {
    if (!Array.isArray(value)) throw new UnpreparedReadError();
    return this.#place(value.map((each) => parameterOf(column, each)));
  }

  /** Adds a number of rows. */
  rows(count: unknown): string {
    if (!Number.isInteger(count) || (count as number) < 0) throw new UnpreparedReadError();
    return `${this.#place(String(count))}::bigint`;
  }

  #place(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}

function parameterOf(column: ModelColumn, value: unknown): string {
  const parameter = typeOf(column)?.toParameter(value, column);
  // Prisma refuses such a value, or treats a NUL as PostgreSQL does: with an error.
  if (parameter === undefined) throw new UnpreparedReadError();
  return parameter;
}
