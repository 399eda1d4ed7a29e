/** A column of a model, as the Prisma schema declares it. */
export interface ModelColumn {
  /** The column's name in the database. */
  readonly column: string;
  /** Prisma's type; `Uuid` and `Date` for those native types, `Enum` for every enum. */
  readonly type: string;
  /** Whether it can be null. */
  readonly optional?: true;
  readonly list?: true;
  /** The values of an enum that have the same name in the database. */
  readonly values?: readonly string[];
  /** The value of a new row when it is left out: the time, or a new UUID of version 7. The database has the other defaults. */
  readonly default?: 'now' | 'uuid';
  /** Whether it is the time of the last change. */
  readonly changesWithRow?: true;
}

/** The columns of each model, by the names of the model and the field. Generated from the schema (prisma/tenant-schema-generator.mjs). */
export type ModelColumns = Readonly<Record<string, Readonly<Record<string, ModelColumn>>>>;
