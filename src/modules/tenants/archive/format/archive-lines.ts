import { createHash } from 'node:crypto';
import { isJsonObject } from '../../../../common/http/bodies/json.js';
import { BadArchiveError } from '../archive.errors.js';

export type Row = Readonly<Record<string, unknown>>;

/** @throws {BadArchiveError} when a line is not a row with these columns */
export function parseRow(line: string, table: string, columns: ReadonlySet<string>): Row {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    throw new BadArchiveError(`${table}: a line is not valid JSON.`);
  }
  if (!isJsonObject(row)) throw new BadArchiveError(`${table}: a line is not a JSON object.`);
  const unknown = Object.keys(row).find((name) => !columns.has(name));
  if (unknown !== undefined) throw new BadArchiveError(`${table}: a line has a column "${unknown}" that is not in the manifest.`);
  return row;
}

/** An id, or a reporter of usage in the form `user:<id>`. */
const idString = /"(user:)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"/g;

/** Replaces ids in a row, in columns and inside JSON documents. Only whole values are replaced. */
export const replaceIds = (line: string, ids: ReadonlyMap<string, string>): string =>
  ids.size === 0 ? line : line.replaceAll(idString, (whole, prefix: string | undefined, id: string) => (ids.has(id) ? `"${prefix ?? ''}${ids.get(id)}"` : whole));

const modulus = 2n ** 256n;

/** A checksum of rows that does not depend on their order. */
export class RowSum {
  rows = 0;
  #sum = 0n;

  add(row: Row): void {
    const digest = createHash('sha256').update(canonical(row)).digest('hex');
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) % modulus;
    this.rows += 1;
  }

  equals(other: RowSum): boolean {
    return this.rows === other.rows && this.#sum === other.#sum;
  }
}

/** Returns JSON with sorted keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${parts.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
}
