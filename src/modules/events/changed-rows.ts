import { readTime } from '../../common/times.js';
import { modelColumns } from '../../generated/model-columns.js';

/** The text that the audit log writes in the place of a secret. */
const masked = '[redacted]';

/**
 * Reads a row that PostgreSQL has written as JSON, as Prisma returns it: by the names of the fields, with times as dates. Leaves out binary columns, and those that are
 * masked.
 *
 * @param model the name of the model in the Prisma schema
 */
export function rowOf(model: string, document: Readonly<Record<string, unknown>>): never {
  const fields = Object.entries(modelColumns[model] ?? {}).flatMap(([field, { column, type }]) => {
    const value = document[column];
    return value === undefined || value === masked || type === 'Bytes' ? [] : [[field, valueOf(type, value)] as const];
  });
  return Object.fromEntries(fields) as never;
}

function valueOf(type: string, value: unknown): unknown {
  if (value === null) return null;
  if (type === 'DateTime' || type === 'Date') return readTime(value as string);
  return type === 'BigInt' ? BigInt(value as number) : value;
}
