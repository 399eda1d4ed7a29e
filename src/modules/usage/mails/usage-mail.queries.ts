import { ownerRole } from '../../../access/roles.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { meterReadings, type ReadingBasis } from '../metering/meter-readings.queries.js';

export interface Recipient {
  readonly organizationId: string;
  readonly organization: string;
  readonly email: string;
}

export interface OwnerSelection {
  /** The setting of the catalog that must be on. */
  readonly setting: string;
  /** Whether the setting is on in an organization that has not set it. */
  readonly defaultsToOn: boolean;
  readonly organizationIds: readonly string[];
}

/** Returns the owners of organizations. Disabled users and closed organizations are left out. */
export async function findOwnersToMail(tx: PlatformTransaction, { setting, defaultsToOn, organizationIds }: OwnerSelection): Promise<Recipient[]> {
  return tx.$queryRaw<Recipient[]>`
    select o.id as "organizationId", coalesce(o.display_name, o.name) as organization, u.email
      from organizations o
      join memberships m on m.organization_id = o.id and m.role = ${ownerRole}
      join users u on u.id = m.user_id and u.disabled_at is null
      left join settings_documents s on s.organization_id = o.id and s.section = 'settings'
     where o.id = any(${organizationIds}::uuid[]) and o.deleted_at is null and o.status in ('active', 'trial')
       and coalesce((s.document ->> ${setting})::boolean, ${defaultsToOn})
     order by o.id, u.id`;
}

export interface ReachedThreshold {
  readonly organizationId: string;
  readonly meter: string;
  readonly percent: number;
  readonly used: bigint;
  readonly allowance: bigint;
  /** The end of the period; null for meters without periods. */
  readonly resetsAt: Date | null;
}

/** Marks thresholds as mailed and returns them. The caller must add the mails in the same transaction. */
export async function claimThresholds(tx: PlatformTransaction, at: Date, max: number): Promise<ReachedThreshold[]> {
  return tx.$queryRaw<ReachedThreshold[]>`
    with taken as (
      update usage_thresholds h set mailed_at = ${at}
        from (select organization_id, id from usage_thresholds where mailed_at is null order by reached_at limit ${max}::int for update skip locked) n
       where h.organization_id = n.organization_id and h.id = n.id
      returning h.*)
    select h.organization_id as "organizationId", h.meter, h.percent, h.used, h.allowance, t.period_end as "resetsAt"
      from taken h left join meter_totals t on t.organization_id = h.organization_id and t.meter = h.meter and t.period_start = h.period_start
     order by h.organization_id, h.meter, h.percent`;
}

export interface UsageSum {
  readonly organizationId: string;
  readonly meter: string;
  readonly sum: bigint;
  readonly greatest: bigint;
}

/** Returns the usage of organizations from `from` to the day before `to`. The meter `''` stands for the requests. */
export async function sumUsage(tx: PlatformTransaction, organizationIds: readonly string[], from: string, to: string): Promise<UsageSum[]> {
  return tx.$queryRaw<UsageSum[]>`
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
  /** Including grants; null for unlimited. */
  readonly limit: bigint | null;
}

/** Returns the usage and the limits of organizations in the current period. */
export async function readLimits(tx: PlatformTransaction, organizationIds: readonly string[], basis: ReadingBasis, at: Date): Promise<LimitReading[]> {
  return tx.$queryRaw<LimitReading[]>`
    select r.organization_id as "organizationId", r.meter, r.used, r."limit" from ${meterReadings(basis, at, organizationIds)} r`;
}
