import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream';
import type { CsvError, Info } from 'csv-parse';

export const importedFields = ['email', 'userName', 'name', 'emailVerified', 'createdAt', 'organization', 'role', 'passwordHash'] as const;

export type ImportedField = (typeof importedFields)[number];

/** A line of the file: its fields, or the reason why it cannot be read. */
export interface ImportedRow {
  readonly line: number;
  readonly fields?: Readonly<Partial<Record<ImportedField, unknown>>>;
  readonly fault?: string;
}

export type ImportFormat = 'csv' | 'ndjson';

/** Bytes. No user needs as many. */
const maxRecord = 16_384;

const folded = (name: string): string => name.trim().replaceAll('_', '').toLowerCase();
const fieldsByName = new Map(importedFields.map((field) => [folded(field), field]));

/** Finds a field by its name, in camel case or with underscores. @throws {Error} for an unknown name: a misspelt one would be missing */
function fieldOf(name: string): ImportedField {
  const field = fieldsByName.get(folded(name));
  if (field === undefined) throw new Error(`The field "${name}" is unknown. Use: ${importedFields.join(', ')}.`);
  return field;
}

/** Reads a file line by line, in constant memory. @throws {Error} when the file cannot be read, or the titles of a CSV file are wrong */
export function readRows(file: string, format: ImportFormat): AsyncIterable<ImportedRow> {
  return format === 'csv' ? readCsv(file) : readNdjson(file);
}

/** Reads CSV (RFC 4180) in UTF-8. A record that has several lines has the number of its last one. */
async function* readCsv(file: string): AsyncGenerator<ImportedRow> {
  const { parse } = await import('csv-parse');
  let faults: ImportedRow[] = [];
  const parser = parse({
    bom: true,
    columns: (titles: string[]) => titles.map(fieldOf),
    info: true,
    max_record_size: maxRecord,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) => {
      faults.push({ line: Number(error?.['lines'] ?? 0), fault: error?.message ?? 'The record is invalid.' });
      return undefined;
    },
  });
  // An error of the file is thrown by the loop.
  pipeline(createReadStream(file), parser, () => undefined);
  for await (const { record, info } of parser as AsyncIterable<{ readonly record: Record<ImportedField, string>; readonly info: Info }>) {
    yield* faults;
    faults = [];
    yield { line: info.lines, fields: record };
  }
  yield* faults;
}

async function* readNdjson(file: string): AsyncGenerator<ImportedRow> {
  const stream = createReadStream(file);
  // readline does not pass the errors of its input to the loop.
  await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
  let line = 0;
  for await (const text of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text.trim() !== '') yield { line, ...readObject(line === 1 ? text.replace(/^\uFEFF/, '') : text) };
  }
}

function readObject(text: string): Omit<ImportedRow, 'line'> {
  if (text.length > maxRecord) return { fault: `The line is longer than ${maxRecord} characters.` };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { fault: 'The line is not a JSON object.' };
    return { fields: Object.fromEntries(Object.entries(value).map(([name, each]) => [fieldOf(name), each])) };
  } catch (error) {
    return { fault: error instanceof SyntaxError ? 'The line is not valid JSON.' : error instanceof Error ? error.message : String(error) };
  }
}
