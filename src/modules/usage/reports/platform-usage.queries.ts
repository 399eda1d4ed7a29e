import { Prisma } from '../../../generated/prisma/client.js';
import type { CursorPosition } from '../../../common/http/pages/cursor.js';
import { meterReadings, type ReadingBasis } from '../metering/meter-readings.queries.js';

/** The usage and the limit of a tenant for a meter. */
export interface TenantUsageRow {
  readonly tenantId: string;
  readonly slug: string;
  readonly name: string;
  readonly plan: string;
  readonly anchorDay: number | null;
  readonly anchorSince: Date | null;
  readonly meter: string;
  readonly used: bigint;
  readonly limit: bigint | null;
  readonly percent: bigint | null;
  /** The value that rows are sorted by. */
  readonly sortValue: bigint;
}

export interface TenantUsageSelection {
  readonly at: Date;
  readonly plan: string | undefined;
  readonly minPercent: number | undefined;
  readonly sort: 'percent' | '-percent' | 'used' | '-used';
  readonly after: CursorPosition | undefined;
  readonly take: number;
}

/** Reads all tenants in one statement, sorted by the sort value, then by tenant and meter. `after` is the last row of the previous page. */
export function tenantUsage(basis: ReadingBasis, { at, plan, minPercent, sort, after, take }: TenantUsageSelection): Prisma.Sql {
  const descending = sort.startsWith('-');
  const sortValue = sort.endsWith('used') ? Prisma.sql`p.used` : Prisma.sql`coalesce(p.percent, -1)`;
  const [direction, comparison] = descending ? [Prisma.sql`desc`, Prisma.sql`<`] : [Prisma.sql`asc`, Prisma.sql`>`];
  const [tenantId = '', meter = ''] = after?.id.split(' ') ?? [];
  const conditions = [
    ...(plan === undefined ? [] : [Prisma.sql`p.plan = ${plan}`]),
    ...(minPercent === undefined ? [] : [Prisma.sql`p.percent >= ${minPercent}::int`]),
    ...(after === undefined
      ? []
      : [Prisma.sql`(${sortValue} ${comparison} ${after.value}::bigint or (${sortValue} = ${after.value}::bigint and (p."tenantId", p.meter) > (${tenantId}::uuid, ${meter})))`]),
  ];
  const filter = conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' and ');
  return Prisma.sql`
    with r as (
      select o.id as "tenantId", o.slug, o.name, o.plan, o.usage_anchor_day as "anchorDay", o.usage_anchor_since as "anchorSince", r.meter, r.used, r."limit"
        from ${meterReadings(basis, at, null)} r join organizations o on o.id = r.organization_id),
    p as (select r.*, case when r."limit" = 0 then case when r.used > 0 then 100 else 0 end else r.used * 100 / r."limit" end as percent from r)
    select p.*, ${sortValue} as "sortValue" from p where ${filter} order by ${sortValue} ${direction}, p."tenantId", p.meter limit ${take}::int`;
}
