import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { csvLine, csvTitles, type CsvColumns } from './csv.js';
import { BooleanQueryField, ChoiceField, choices } from '../fields.js';

const types = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const;

export type LineFormat = keyof typeof types;

/** The decorator of the query parameter `format`. */
export const FormatField = (): PropertyDecorator => ChoiceField(choices('FileFormat', ['csv', 'ndjson']), { description: '`csv`: a table. `ndjson`: one JSON object per line' });

/** The decorator of the query parameter `bom`. */
export const BomField = (): PropertyDecorator =>
  BooleanQueryField({ optional: true, description: 'Whether a CSV file begins with a byte order mark, without which Excel does not read it as UTF-8. Default: false.' });

/** The query parameters that decide about the form of a file. */
export interface LineFileForm {
  readonly format: LineFormat;
  readonly bom?: boolean;
}

/** Formats batches of rows as lines, when the reader consumes them. */
export async function* linesOf<Row>(format: LineFormat, columns: CsvColumns<Row>, batches: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  if (format === 'csv') yield csvTitles(columns);
  for await (const rows of batches) {
    if (rows.length > 0) yield rows.map((row) => (format === 'csv' ? csvLine(columns, row) : `${JSON.stringify(row)}\n`)).join('');
  }
}

/** Returns lines as a file download. */
export const toLineFile = (name: string, { format, bom = false }: LineFileForm, lines: AsyncIterable<string>): StreamableFile =>
  new StreamableFile(Readable.from(format === 'csv' && bom ? withByteOrderMark(lines) : lines, { objectMode: false }), {
    type: types[format],
    disposition: `attachment; filename="${name}.${format}"`,
  });

async function* withByteOrderMark(lines: AsyncIterable<string>): AsyncGenerator<string> {
  yield '\ufeff';
  yield* lines;
}
