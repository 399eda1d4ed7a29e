import { dayOf } from '../../../common/calendar.js';
import { Prisma } from '../../../generated/prisma/client.js';
import { type UsageRange } from './usage-range.js';
import type { UsageGrouping } from './usage-report.dto.js';

/** The usage of a meter in one group. */
export interface UsageSum {
  readonly key: string;
  readonly meter: string;
  readonly sum: number;
  readonly greatest: number;
}

export interface RequestSum {
  readonly key: string;
  readonly requests: number;
  readonly failures: number;
  /** In microseconds. */
  readonly duration: number;
  readonly tokens: number;
}

/** A period of a counter. Times are texts, because the database answers JSON. */
export interface PeriodTotal {
  readonly meter: string;
  readonly start: string;
  readonly end: string;
  readonly used: number;
  readonly held: number;
  readonly allowance: number | null;
  readonly closedAt: string | null;
}

/** The content of a report, as the database answers it. */
export interface UsageReportRow {
  readonly sums: readonly UsageSum[];
  readonly requests: readonly RequestSum[];
  readonly groupSums: readonly UsageSum[];
  readonly groupRequests: readonly RequestSum[];
  readonly names: readonly { readonly id: string; readonly name: string }[];
  /** The periods of each counter that overlap the range. */
  readonly periods: readonly PeriodTotal[];
}

export interface Selection {
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
function usageSums(selection: Selection, meters: readonly string[]): Prisma.Sql {
  const { key, only } = grouped(selection.by, 'reporter');
  return Prisma.sql`
    select ${key} as key, d.meter, sum(d.quantity)::bigint as sum, max(d.quantity) as greatest
      from usage_days d where ${within(selection)} and d.meter = any(${meters}) and ${only} group by 1, 2 order by 1, 2`;
}

/** Sums the requests of each group, from daily sums: the cost does not depend on the number of requests. */
function requestSums(selection: Selection): Prisma.Sql {
  const { key, only } = grouped(selection.by, 'caller');
  return Prisma.sql`
    select ${key} as key, sum(d.requests)::bigint as requests, sum(d.failures)::bigint as failures, sum(d.duration)::bigint as duration, sum(d.tokens)::bigint as tokens
      from request_days d where ${within(selection)} and ${only} group by 1 order by 1`;
}

const periodsWithin = ({ organizationId, days: { from, to } }: Selection, meters: readonly string[]): Prisma.Sql => Prisma.sql`
    select t.meter, t.period_start as start, t.period_end as "end", t.used, t.held, t.allowance, t.closed_at as "closedAt"
      from meter_totals t
     where t.organization_id = ${organizationId}::uuid and t.meter = any(${meters}) and t.period_start < ${to} and t.period_end > ${from} order by t.period_start`;

/** Returns the names of the members or API keys of the groups. */
function namesOf({ organizationId, by }: Selection): Prisma.Sql {
  const own = Prisma.sql`organization_id = ${organizationId}::uuid`;
  if (by === 'user')
    return Prisma.sql`select m.user_id as id, u.name from memberships m join users u on u.id = m.user_id where m.${own} and m.user_id in (select substr(key, 6)::uuid from reporters)`;
  if (by === 'key') return Prisma.sql`select k.id, k.name from api_keys k where k.${own} and k.id in (select substr(key, 5)::uuid from reporters)`;
  return Prisma.sql`select where false`;
}

const nothing = Prisma.sql`select null::text as key where false`;
const listOf = (name: string): Prisma.Sql => Prisma.raw(`(select coalesce(jsonb_agg(to_jsonb(r)), '[]') from ${name} r)`);

/** Reads all of a report in one statement, which answers one row. */
export function usageReport(selection: Selection, meters: readonly string[]): Prisma.Sql {
  const { by, ...all } = selection;
  return Prisma.sql`
    with sums as (${usageSums(all, meters)}),
         requests as (${requestSums(all)}),
         group_sums as (${by === undefined || by === 'endpoint' ? nothing : usageSums(selection, meters)}),
         group_requests as (${by === undefined ? nothing : requestSums(selection)}),
         reporters as (select key from group_sums union select key from group_requests),
         names as (${namesOf(selection)}),
         periods as (${periodsWithin(all, meters)})
    select ${listOf('sums')} as sums, ${listOf('requests')} as requests, ${listOf('group_sums')} as "groupSums", ${listOf('group_requests')} as "groupRequests",
           ${listOf('names')} as names, ${listOf('periods')} as periods`;
}
