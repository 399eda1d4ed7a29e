import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { ChoiceField } from '../../common/http/fields.js';
import { csvLine, csvTitles, type CsvColumns } from '../../common/http/csv.js';

const types = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const;

export type LogFormat = keyof typeof types;

/** The decorator of the query parameter `format`. */
export const FormatField = (): PropertyDecorator => ChoiceField(['csv', 'ndjson'], { description: '`csv`: a table. `ndjson`: one JSON object per line' });

/** Formats batches of rows as lines, when the reader consumes them. */
export async function* logLines<Row>(format: LogFormat, columns: CsvColumns<Row>, batches: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  if (format === 'csv') yield csvTitles(columns);
  for await (const rows of batches) {
    if (rows.length > 0) yield rows.map((row) => (format === 'csv' ? csvLine(columns, row) : `${JSON.stringify(row)}\n`)).join('');
  }
}

/** Returns lines as a file download. */
export const toLogFile = (name: string, format: LogFormat, lines: AsyncIterable<string>): StreamableFile =>
  new StreamableFile(Readable.from(lines, { objectMode: false }), { type: types[format], disposition: `attachment; filename="${name}.${format}"` });
