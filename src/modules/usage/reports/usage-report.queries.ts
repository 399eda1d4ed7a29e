import { dayOf } from '../../../common/calendar.js';
import { Prisma } from '../../../generated/prisma/client.js';
import { type UsageRange } from './usage-range.js';
import type { UsageGrouping } from './usage-report.dto.js';

/** The usage of a meter in one group. */
export interface UsageSum {
  readonly key: string;
  readonly meter: string;
  readonly sum: bigint;
  readonly greatest: bigint;
}

export interface RequestSum {
  readonly key: string;
  readonly requests: bigint;
  readonly failures: bigint;
  /** In microseconds. */
  readonly duration: bigint;
  readonly tokens: bigint;
}

interface Selection {
  readonly organizationId: string;
  readonly days: UsageRange;
  /** The grouping; all rows are one group when left out. */
  readonly by?: UsageGrouping | undefined;
}

const within = ({ organizationId, days: { from, to } }: Selection): Prisma.Sql =>
  Prisma.sql`d.organization_id = ${organizationId}::uuid and d.day >= ${dayOf(from)}::date and d.day < ${dayOf(to)}::date`;

/** Returns the key of a row's group, and the condition of the rows that belong to a group. */
function grouped(by: UsageGrouping | undefined, reporterColumn: 'reporter' | 'caller'): { readonly key: Prisma.Sql; readonly only: Prisma.Sql } {
  const all = Prisma.sql`true`;
  if (by === 'day') return { key: Prisma.sql`to_char(d.day, 'YYYY-MM-DD')`, only: all };
  if (by === 'endpoint') return { key: Prisma.sql`d.method || ' ' || d.endpoint`, only: all };
  if (by === undefined) return { key: Prisma.sql`''`, only: all };
  return { key: Prisma.raw(`d.${reporterColumn}`), only: Prisma.sql`${Prisma.raw(`d.${reporterColumn}`)} like ${`${by}:%`}` };
}

/** Sums the usage of each group and meter, from daily sums: the cost does not depend on the number of events. */
export function usageSums(selection: Selection, meters: readonly string[]): Prisma.Sql {
  const { key, only } = grouped(selection.by, 'reporter');
  return Prisma.sql`
    select ${key} as key, d.meter, sum(d.quantity)::bigint as sum, max(d.quantity) as greatest
      from usage_days d where ${within(selection)} and d.meter = any(${meters}) and ${only} group by 1, 2 order by 1, 2`;
}

/** Sums the requests of each group, from daily sums: the cost does not depend on the number of requests. */
export function requestSums(selection: Selection): Prisma.Sql {
  const { key, only } = grouped(selection.by, 'caller');
  return Prisma.sql`
    select ${key} as key, sum(d.requests)::bigint as requests, sum(d.failures)::bigint as failures, sum(d.duration)::bigint as duration, sum(d.tokens)::bigint as tokens
      from request_days d where ${within(selection)} and ${only} group by 1 order by 1`;
}
