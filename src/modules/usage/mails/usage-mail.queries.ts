import { ownerRole } from '../../../access/roles.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { meterReadings, type ReadingBasis } from '../metering/meter-readings.queries.js';

export interface Recipient {
  readonly organizationId: string;
  readonly organization: string;
  readonly email: string;
}

export interface OwnerSelection {
  /** Of the catalog; only organizations where it is on. */
  readonly setting: string;
  /** What it is where an organization has not chosen. */
  readonly initially: boolean;
  readonly organizationIds: readonly string[];
}

/** The owners of organizations, in one statement: neither disabled ones, nor of organizations that are closed. */
export async function ownersToMail(tx: PlatformTransaction, { setting, initially, organizationIds }: OwnerSelection): Promise<Recipient[]> {
  return tx.$queryRaw<Recipient[]>`
    select o.id as "organizationId", coalesce(o.display_name, o.name) as organization, u.email
      from organizations o
      join memberships m on m.organization_id = o.id and m.role = ${ownerRole}
      join users u on u.id = m.user_id and u.disabled_at is null
      left join settings_documents s on s.organization_id = o.id and s.section = 'settings'
     where o.id = any(${organizationIds}::uuid[]) and o.deleted_at is null and o.status in ('active', 'trial')
       and coalesce((s.document ->> ${setting})::boolean, ${initially})
     order by o.id, u.id`;
}

export interface ReachedThreshold {
  readonly organizationId: string;
  readonly meter: string;
  readonly percent: number;
  readonly used: bigint;
  readonly allowance: bigint;
  /** When the counter begins anew; null for other meters. */
  readonly resetsAt: Date | null;
}

/** Takes thresholds that nobody was told of; who takes one tells of it, in the same transaction. */
export async function takeThresholds(tx: PlatformTransaction, at: Date, most: number): Promise<ReachedThreshold[]> {
  return tx.$queryRaw<ReachedThreshold[]>`
    with taken as (
      update usage_thresholds h set mailed_at = ${at}
        from (select organization_id, id from usage_thresholds where mailed_at is null order by reached_at limit ${most}::int for update skip locked) n
       where h.organization_id = n.organization_id and h.id = n.id
      returning h.*)
    select h.organization_id as "organizationId", h.meter, h.percent, h.used, h.allowance, t.period_end as "resetsAt"
      from taken h left join meter_totals t on t.organization_id = h.organization_id and t.meter = h.meter and t.period_start = h.period_start
     order by h.organization_id, h.meter, h.percent`;
}

export interface WeekSum {
  readonly organizationId: string;
  readonly meter: string;
  readonly sum: bigint;
  readonly greatest: bigint;
}

/** What organizations have used in some days, from the sums by day. The meter `''` is the requests. */
export async function weekSums(tx: PlatformTransaction, organizationIds: readonly string[], from: string, to: string): Promise<WeekSum[]> {
  return tx.$queryRaw<WeekSum[]>`
    select organization_id as "organizationId", meter, sum(quantity)::bigint as sum, max(quantity) as greatest
      from usage_days where organization_id = any(${organizationIds}::uuid[]) and day >= ${from}::date and day < ${to}::date group by 1, 2
    union all
    select organization_id, '', sum(requests)::bigint, 0
      from request_days where organization_id = any(${organizationIds}::uuid[]) and day >= ${from}::date and day < ${to}::date group by 1`;
}

export interface LimitReading {
  readonly organizationId: string;
  readonly meter: string;
  readonly used: bigint;
  /** With grants; null for no limit. */
  readonly limit: bigint | null;
}

/** What organizations have used in the present period, and may use. */
export async function limitReadings(tx: PlatformTransaction, organizationIds: readonly string[], basis: ReadingBasis, at: Date): Promise<LimitReading[]> {
  return tx.$queryRaw<LimitReading[]>`
    select r.organization_id as "organizationId", r.meter, r.used, r."limit" from ${meterReadings(basis, at, organizationIds)} r`;
}
