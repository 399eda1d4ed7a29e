import { dayOf } from '../../../common/calendar.js';
import type { CsvColumns } from '../../../common/http/exports/csv.js';
import { Prisma } from '../../../generated/prisma/client.js';
import { wholeDays, type UsageRange } from './usage-range.js';
import { quantityOf } from '../../../config/catalog/quantities.js';
import { sourceAndId } from '../metering/event-key.js';
import type { Exportable } from './usage-export.dto.js';

export type ExportRow = Readonly<Record<string, unknown>>;

interface Source {
  readonly table: string;
  /** The SQL expressions of the columns, by their titles. */
  readonly columns: Readonly<Record<string, string>>;
  /** The column of the time or the day. */
  readonly time: string;
  /** The sort columns with their types. An index begins with the organization and these columns, so that a page is read without sorting. */
  readonly order: Readonly<Record<string, string>>;
}

const sources: Readonly<Record<Exportable, Source>> = {
  events: {
    table: 'usage_events',
    columns: {
      id: 't.id',
      meter: 't.meter',
      quantity: 't.quantity',
      occurredAt: 't.occurred_at',
      receivedAt: 't.received_at',
      periodStart: 't.period_start',
      subject: 't.subject',
      corrects: 't.corrects',
      userId: 't.user_id',
      apiKeyId: 't.api_key_id',
      metadata: 't.metadata',
    },
    time: 't.occurred_at',
    order: { meter: 'text', occurredAt: 'timestamptz', id: 'text' },
  },
  days: {
    table: 'usage_days',
    columns: { day: `to_char(t.day, 'YYYY-MM-DD')`, meter: 't.meter', reporter: 't.reporter', quantity: 't.quantity', events: 't.events' },
    time: 't.day',
    order: { day: 'date', meter: 'text', reporter: 'text' },
  },
  requests: {
    table: 'request_log',
    columns: {
      id: 't.id',
      at: 't.at',
      method: 't.method',
      endpoint: 't.endpoint',
      status: 't.status',
      durationMicroseconds: 't.duration',
      tokens: 't.tokens',
      userId: 't.user_id',
      apiKeyId: 't.api_key_id',
      requestId: 't.request_id',
    },
    time: 't.at',
    order: { at: 'timestamptz', id: 'uuid' },
  },
  'request-days': {
    table: 'request_days',
    columns: {
      day: `to_char(t.day, 'YYYY-MM-DD')`,
      method: 't.method',
      endpoint: 't.endpoint',
      caller: 't.caller',
      requests: 't.requests',
      failures: 't.failures',
      durationMicroseconds: 't.duration',
      tokens: 't.tokens',
    },
    time: 't.day',
    order: { day: 'date', method: 'text', endpoint: 'text', caller: 'text' },
  },
};

/** Returns the columns of the file. */
export const exportColumns = (what: Exportable): CsvColumns<ExportRow> =>
  Object.fromEntries([...Object.keys(sources[what].columns), ...(what === 'events' ? ['source'] : [])].map((title) => [title, (row: ExportRow) => asText(row[title])]));

/** Returns a row as the file has it: quantities with decimals, and the source and the id of a CloudEvent, which are one key in the ledger. */
export function exportedRow(what: Exportable, row: ExportRow, decimalsOf: (meter: string) => number): ExportRow {
  if (what !== 'events' && what !== 'days') return row;
  const quantity = quantityOf(decimalsOf(String(row['meter'])), Number(row['quantity']));
  if (what === 'days') return { ...row, quantity };
  const { corrects } = row;
  return { ...row, quantity, ...sourceAndId(String(row['id'])), corrects: typeof corrects === 'string' ? sourceAndId(corrects).id : null };
}

function asText(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}

export interface ExportPage {
  readonly organizationId: string;
  readonly what: Exportable;
  readonly range: UsageRange;
  /** The last row of the previous page; undefined for the first page. */
  readonly after: ExportRow | undefined;
  readonly limit: number;
}

function timesOf({ time, order }: Source, range: UsageRange): Prisma.Sql {
  const days = wholeDays(range);
  const [from, to] =
    order['day'] === undefined ? [Prisma.sql`${range.from}`, Prisma.sql`${range.to}`] : [Prisma.sql`${dayOf(days.from)}::date`, Prisma.sql`${dayOf(days.to)}::date`];
  return Prisma.sql`${Prisma.raw(time)} >= ${from} and ${Prisma.raw(time)} < ${to}`;
}

/** Reads one page of an export. */
export function exportPage({ organizationId, what, range, after, limit }: ExportPage): Prisma.Sql {
  const source = sources[what];
  const order = Object.entries(source.order);
  const keys = Prisma.raw(order.map(([title]) => (title === 'day' ? 't.day' : source.columns[title])).join(', '));
  const columns = Prisma.raw(
    Object.entries(source.columns)
      .map(([title, column]) => `${column} as "${title}"`)
      .join(', '),
  );
  const following =
    after === undefined ? Prisma.sql`true` : Prisma.sql`(${keys}) > (${Prisma.join(order.map(([title, type]) => Prisma.sql`${after[title]}::${Prisma.raw(type)}`))})`;
  return Prisma.sql`
    select ${columns} from ${Prisma.raw(source.table)} t
     where t.organization_id = ${organizationId}::uuid and ${timesOf(source, range)} and ${following}
     order by ${keys} limit ${limit}::int`;
}
