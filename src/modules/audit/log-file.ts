import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { ChoiceField } from '../../common/http/fields.js';
import { csvLine, csvTitles, type CsvColumns } from '../../common/http/csv.js';

const types = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const;

export type LogFormat = keyof typeof types;

/** The decorator of the query's `format`. */
export const FormatField = (): PropertyDecorator => ChoiceField(['csv', 'ndjson'], { description: 'A table for people, or one JSON object a line' });

/** A log as lines, batch by batch, as whoever reads them takes them. */
export async function* logLines<Row>(format: LogFormat, columns: CsvColumns<Row>, batches: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  if (format === 'csv') yield csvTitles(columns);
  for await (const rows of batches) {
    if (rows.length > 0) yield rows.map((row) => (format === 'csv' ? csvLine(columns, row) : `${JSON.stringify(row)}\n`)).join('');
  }
}

/** The same as an answer, to be saved under a name. */
export const toLogFile = (name: string, format: LogFormat, lines: AsyncIterable<string>): StreamableFile =>
  new StreamableFile(Readable.from(lines, { objectMode: false }), { type: types[format], disposition: `attachment; filename="${name}.${format}"` });
