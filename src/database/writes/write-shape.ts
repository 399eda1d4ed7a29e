import { SystemClock } from '../../common/clock.js';
import { timeOrderedId } from '../../common/crypto/time-ordered-id.js';
import { isObject, type Args } from '../../tenancy/model-kind.js';
import type { ModelColumn } from '../reads/model-columns.js';
import { conditionKey, nameKey, selectionKey } from '../reads/read-shape.js';

const clock = new SystemClock();

export type Columns = Readonly<Record<string, ModelColumn>>;

/** A write that is being compiled: what of its arguments is part of the statement, as a key, and its values. */
export interface WriteShape {
  readonly key: string;
  /** The names of the fields of each row. */
  readonly rows: readonly (readonly string[])[];
  /** The values, in the order in which the statement has its parameters. */
  readonly values: readonly unknown[];
}

/** Returns the shape of an insert; undefined for nested writes. Rows get what Prisma would set. */
export function insertShape(model: string, columns: Columns, operation: string, { data, ...rest }: Args): WriteShape | undefined {
  const values: unknown[] = [];
  const now = clock.now();
  const rows: string[][] = [];
  for (const row of Array.isArray(data) && operation !== 'create' ? (data as unknown[]) : [data]) {
    if (!isObject(row)) return undefined;
    const names = rowNames(columns, row, values);
    if (names === undefined) return undefined;
    for (const name in columns) {
      const initial = columns[name]?.default;
      if (initial === undefined || row[name] !== undefined) continue;
      names.push(name);
      values.push(initial === 'now' ? now : timeOrderedId(now));
    }
    rows.push(names);
  }
  return { key: keyOf(model, operation, rows, rest, ''), rows, values };
}

/** Returns the shape of an update; undefined for nested writes. The time of the last change is set, as Prisma does. */
export function updateShape(model: string, columns: Columns, operation: string, { data, where = {}, ...rest }: Args): WriteShape | undefined {
  const values: unknown[] = [];
  if (!isObject(data)) return undefined;
  const names = rowNames(columns, data, values);
  if (names === undefined || names.length === 0) return undefined;
  for (const name in columns) {
    if (columns[name]?.changesWithRow !== true || data[name] !== undefined) continue;
    names.push(name);
    values.push(clock.now());
  }
  return { key: keyOf(model, operation, [names], rest, conditionKey(where, values)), rows: [names], values };
}

export function deleteShape(model: string, operation: string, { where = {}, ...rest }: Args): WriteShape {
  const values: unknown[] = [];
  return { key: keyOf(model, operation, [], rest, conditionKey(where, values)), rows: [], values };
}

/** Adds the values of a row, and returns the names of its fields; undefined when one is not a column, is undefined, or is a null that Prisma would refuse. */
function rowNames(columns: Columns, row: Args, values: unknown[]): string[] | undefined {
  const names: string[] = [];
  for (const name in row) {
    const value = row[name];
    const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (value === undefined || column === undefined || (value === null && (column.optional !== true || column.type === 'Json'))) return undefined;
    names.push(name);
    values.push(value);
  }
  return names;
}

function keyOf(model: string, operation: string, rows: readonly (readonly string[])[], rest: Args, where: string): string {
  const others = Object.keys(rest).map((name) => `${nameKey(name)}:${selectionKey(rest[name], [])}`);
  return `${model}.${operation}(${rows.map((names) => names.join(',')).join(';')}|${others.join(',')}|${where})`;
}
