import { dayOf } from '../../../common/calendar.js';
import { Prisma } from '../../../generated/prisma/client.js';
import { type UsageRange } from './usage-range.js';
import type { UsageGrouping } from './usage-report.dto.js';

/** What was counted of a meter, in a group of days or reporters. */
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
  /** Microseconds. */
  readonly duration: bigint;
  readonly tokens: bigint;
}

interface Selection {
  readonly organizationId: string;
  readonly days: UsageRange;
  /** By what; all in one group when left out. */
  readonly by?: UsageGrouping | undefined;
}

const within = ({ organizationId, days: { from, to } }: Selection): Prisma.Sql =>
  Prisma.sql`d.organization_id = ${organizationId}::uuid and d.day >= ${dayOf(from)}::date and d.day < ${dayOf(to)}::date`;

/** By what rows of a table are grouped, and which belong to a group. `who` is the column that names the reporter. */
function grouped(by: UsageGrouping | undefined, who: 'reporter' | 'caller'): { readonly key: Prisma.Sql; readonly only: Prisma.Sql } {
  const all = Prisma.sql`true`;
  if (by === 'day') return { key: Prisma.sql`to_char(d.day, 'YYYY-MM-DD')`, only: all };
  if (by === 'endpoint') return { key: Prisma.sql`d.method || ' ' || d.endpoint`, only: all };
  if (by === undefined) return { key: Prisma.sql`''`, only: all };
  return { key: Prisma.raw(`d.${who}`), only: Prisma.sql`${Prisma.raw(`d.${who}`)} like ${`${by}:%`}` };
}

/** From the sums by day, never from single events. */
export function usageSums(selection: Selection, meters: readonly string[]): Prisma.Sql {
  const { key, only } = grouped(selection.by, 'reporter');
  return Prisma.sql`
    select ${key} as key, d.meter, sum(d.quantity)::bigint as sum, max(d.quantity) as greatest
      from usage_days d where ${within(selection)} and d.meter = any(${meters}) and ${only} group by 1, 2 order by 1, 2`;
}

/** From the sums by day, never from single requests. */
export function requestSums(selection: Selection): Prisma.Sql {
  const { key, only } = grouped(selection.by, 'caller');
  return Prisma.sql`
    select ${key} as key, sum(d.requests)::bigint as requests, sum(d.failures)::bigint as failures, sum(d.duration)::bigint as duration, sum(d.tokens)::bigint as tokens
      from request_days d where ${within(selection)} and ${only} group by 1 order by 1`;
}
