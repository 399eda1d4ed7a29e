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

/**
 * Reads all tenants in one statement, sorted by the sort value, then by tenant and meter. `after` is the last row of the previous page.
 * Only the tenants of the page are looked up.
 */
export function tenantUsage(basis: ReadingBasis, { at, plan, minPercent, sort, after, take }: TenantUsageSelection): Prisma.Sql {
  const descending = sort.startsWith('-');
  const sortValue = sort.endsWith('used') ? Prisma.sql`p.used` : Prisma.sql`coalesce(p.percent, -1)`;
  const [direction, comparison] = descending ? [Prisma.sql`desc`, Prisma.sql`<`] : [Prisma.sql`asc`, Prisma.sql`>`];
  const [tenantId = '', meter = ''] = after?.id.split(' ') ?? [];
  const conditions = [
    ...(plan === undefined ? [] : [Prisma.sql`p."tenantId" in (select id from organizations where plan = ${plan})`]),
    ...(minPercent === undefined ? [] : [Prisma.sql`p.percent >= ${minPercent}::int`]),
    ...(after === undefined
      ? []
      : [Prisma.sql`(${sortValue} ${comparison} ${after.value}::bigint or (${sortValue} = ${after.value}::bigint and (p."tenantId", p.meter) > (${tenantId}::uuid, ${meter})))`]),
  ];
  const filter = conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' and ');
  const order = Prisma.sql`order by "sortValue" ${direction}, "tenantId", meter`;
  return Prisma.sql`
    with p as (
      select r.organization_id as "tenantId", r.meter, r.used, r."limit", case when r."limit" = 0 then case when r.used > 0 then 100 else 0 end else r.used * 100 / r."limit" end as percent
        from ${meterReadings(basis, at, null)} r),
    page as (select p.*, ${sortValue} as "sortValue" from p where ${filter} ${order} limit ${take}::int)
    select page.*, o.slug, o.name, o.plan, o.usage_anchor_day as "anchorDay", o.usage_anchor_since as "anchorSince" from page join organizations o on o.id = page."tenantId" ${order}`;
}
