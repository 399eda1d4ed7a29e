import { Injectable } from '@nestjs/common';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { Clock } from '../../../common/clock.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { quantityOf } from '../../../config/catalog/quantities.js';
import { ReportsDb } from '../../../database/reports-db.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import type { MeterReading } from '../metering/meter-reading.js';
import { MeterReadingsService } from '../metering/meter-readings.service.js';
import { groupsOf, meterUsage, quantitiesOf, requestSumsOf } from './usage-report.mapping.js';
import { requestSums, usageSums, type RequestSum, type UsageSum } from './usage-report.queries.js';
import { rangeOf, wholeDays, type UsageRange } from './usage-range.js';
import type { PastPeriodDto, UsageGroupDto, UsageGrouping, UsageReportDto, UsageReportQuery } from './usage-report.dto.js';
import { UnknownMeterError } from '../usage.errors.js';

type Facts = Pick<OrganizationFacts, 'entitlements' | 'usageAnchors'>;

/** Reports the usage of an organization. It reads daily sums only, so its cost does not depend on the number of events. */
@Injectable()
export class UsageReportsService {
  constructor(
    private readonly db: TenantDb,
    private readonly reports: ReportsDb,
    private readonly context: TenantContext,
    private readonly catalog: Catalog,
    private readonly readings: MeterReadingsService,
    private readonly clock: Clock,
  ) {}

  /** @throws {UnknownMeterError | InvalidRangeError} */
  async reportUsage(facts: Facts, { meter: meters, groupBy, includeDetails = false, ...range }: UsageReportQuery): Promise<UsageReportDto> {
    const keys = this.#keysOf(meters);
    const days = wholeDays(rangeOf(range, this.clock.now()));
    const [readings, sums, [requests], groups, periods] = await Promise.all([
      this.readings.readMeters(facts),
      this.#usage(days, keys),
      this.#requests(days),
      groupBy === undefined ? undefined : this.#groups(days, keys, groupBy),
      this.#periods(days, keys),
    ]);
    const chosen = readings.filter(({ meter: { key } }) => keys.includes(key));
    const quantities = quantitiesOf(
      chosen.map(({ meter }) => meter),
      sums,
      requests,
    );
    return {
      ...days,
      meters: chosen.map((reading) => ({
        ...meterUsage(reading, rangeTotal(reading, quantities, periods)),
        ...(includeDetails ? { history: periods.get(reading.meter.key) ?? [] } : {}),
      })),
      requests: requestSumsOf(requests),
      ...(groups === undefined ? {} : { groups }),
    };
  }

  #keysOf(filter: readonly string[] | undefined): string[] {
    for (const key of filter ?? []) if (!this.catalog.meters.has(key)) throw new UnknownMeterError(key);
    return [...this.catalog.meters.keys()].filter((key) => filter?.includes(key) ?? true);
  }

  async #usage(days: UsageRange, keys: readonly string[], by?: UsageGrouping): Promise<UsageSum[]> {
    const { organizationId } = this.context;
    return this.reports.$queryRaw<UsageSum[]>(usageSums({ organizationId, days, by }, keys));
  }

  async #requests(days: UsageRange, by?: UsageGrouping): Promise<RequestSum[]> {
    const { organizationId } = this.context;
    return this.reports.$queryRaw<RequestSum[]>(requestSums({ organizationId, days, by }));
  }

  async #groups(days: UsageRange, keys: readonly string[], by: UsageGrouping): Promise<UsageGroupDto[]> {
    const [sums, requests] = await Promise.all([by === 'endpoint' ? [] : this.#usage(days, keys, by), this.#requests(days, by)]);
    const meters = [...this.catalog.meters.values()].filter(({ key }) => keys.includes(key));
    const ids = [...new Set([...sums, ...requests].map(({ key }) => key.slice(by.length + 1)))];
    return groupsOf({ by, meters, sums, requests, names: await this.#namesOf(by, ids) });
  }

  async #namesOf(by: UsageGrouping, ids: string[]): Promise<ReadonlyMap<string, string>> {
    if (by === 'user') {
      const members = await this.db.membership.findMany({ where: { userId: { in: ids } }, select: { userId: true, user: { select: { name: true } } } });
      return new Map(members.map(({ userId, user }) => [userId, user.name]));
    }
    if (by !== 'key') return new Map();
    const keys = await this.db.apiKey.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
    return new Map(keys.map(({ id, name }) => [id, name]));
  }

  /** Returns the periods of each counter that overlap the range. */
  async #periods({ from, to }: UsageRange, keys: string[]): Promise<ReadonlyMap<string, PastPeriodDto[]>> {
    const where = { meter: { in: keys }, periodStart: { lt: to }, periodEnd: { gt: from } };
    const totals = await this.db.meterTotal.findMany({ where, orderBy: { periodStart: 'asc' } });
    const periods = new Map<string, PastPeriodDto[]>();
    for (const { meter, periodStart, periodEnd, used, held, allowance, closedAt } of totals) {
      if (periodEnd === null) continue;
      const known = periods.get(meter) ?? [];
      const quantity = (parts: bigint): number => quantityOf(this.catalog.decimalsOf(meter), Number(parts));
      periods.set(meter, [...known, { periodStart, periodEnd, used: quantity(used - held), allowance: allowance === null ? null : quantity(allowance), closedAt }]);
    }
    return periods;
  }
}

/** Distinct subjects cannot be added up by day, so a `unique` meter has the sum of its periods. A gauge has its current value. */
function rangeTotal(
  { meter: { key, kind, aggregation, decimals }, used }: MeterReading,
  quantities: ReadonlyMap<string, number>,
  periods: ReadonlyMap<string, PastPeriodDto[]>,
): number {
  if (kind === 'gauge') return quantityOf(decimals, used);
  if (aggregation === 'unique') return (periods.get(key) ?? []).reduce((sum, period) => sum + period.used, 0);
  return quantities.get(key) ?? 0;
}
