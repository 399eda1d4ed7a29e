import { Injectable } from '@nestjs/common';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { Clock } from '../../../common/clock.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { readTime } from '../../../common/times.js';
import { quantityOf } from '../../../config/catalog/quantities.js';
import { ReportsDb } from '../../../database/reports-db.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { ServiceKeysService } from '../../service-keys/service-keys.service.js';
import type { MeterReading } from '../metering/meter-reading.js';
import { MeterReadingsService } from '../metering/meter-readings.service.js';
import { groupsOf, meterUsage, quantitiesOf, requestSumsOf } from './usage-report.mapping.js';
import { usageReport, type PeriodTotal, type UsageReportRow } from './usage-report.queries.js';
import { rangeOf, wholeDays, type UsageRange } from './usage-range.js';
import type { PastPeriodDto, UsageGroupDto, UsageGrouping, UsageReportDto, UsageReportQuery } from './usage-report.dto.js';
import { UnknownMeterError } from '../usage.errors.js';

type Facts = Pick<OrganizationFacts, 'entitlements' | 'usageAnchors'>;

/** Reports the usage of an organization. It reads daily sums only, so its cost does not depend on the number of events. */
@Injectable()
export class UsageReportsService {
  constructor(
    private readonly reports: ReportsDb,
    private readonly context: TenantContext,
    private readonly catalog: Catalog,
    private readonly readings: MeterReadingsService,
    private readonly serviceKeys: ServiceKeysService,
    private readonly clock: Clock,
  ) {}

  /** @throws {UnknownMeterError | InvalidRangeError} */
  async reportUsage(facts: Facts, { meter: meters, groupBy, includeDetails = false, ...range }: UsageReportQuery): Promise<UsageReportDto> {
    const keys = this.#keysOf(meters);
    const days = wholeDays(rangeOf(range, this.clock.now()));
    // The primary answers the present units, as it decides about them; the sums may come from a replica.
    const [readings, row] = await Promise.all([this.readings.readMeters(facts), this.#read(days, keys, groupBy)]);
    const [requests] = row.requests;
    const periods = this.#periodsOf(row.periods);
    const chosen = readings.filter(({ meter: { key } }) => keys.includes(key));
    const quantities = quantitiesOf(
      chosen.map(({ meter }) => meter),
      row.sums,
      requests,
    );
    return {
      ...days,
      meters: chosen.map((reading) => ({
        ...meterUsage(reading, rangeTotal(reading, quantities, periods)),
        ...(includeDetails ? { history: periods.get(reading.meter.key) ?? [] } : {}),
      })),
      requests: requestSumsOf(requests),
      ...(groupBy === undefined ? {} : { groups: await this.#groupsOf(row, keys, groupBy) }),
    };
  }

  #keysOf(filter: readonly string[] | undefined): string[] {
    for (const key of filter ?? []) if (!this.catalog.meters.has(key)) throw new UnknownMeterError(key);
    return [...this.catalog.meters.keys()].filter((key) => filter?.includes(key) ?? true);
  }

  async #read(days: UsageRange, keys: readonly string[], by: UsageGrouping | undefined): Promise<UsageReportRow> {
    const { organizationId } = this.context;
    const [row] = await this.reports.$queryRaw<[UsageReportRow]>(usageReport({ organizationId, days, by }, keys));
    return row;
  }

  async #groupsOf({ groupSums, groupRequests, names }: UsageReportRow, keys: readonly string[], by: UsageGrouping): Promise<UsageGroupDto[]> {
    const meters = [...this.catalog.meters.values()].filter(({ key }) => keys.includes(key));
    const known = new Map(names.map(({ id, name }) => [id, name]));
    const unnamed = by === 'key' ? [...new Set([...groupSums, ...groupRequests].map(({ key }) => key.slice(by.length + 1)))].filter((id) => !known.has(id)) : [];
    const ofServices = unnamed.length === 0 ? [] : await this.serviceKeys.findNames(unnamed);
    return groupsOf({ by, meters, sums: groupSums, requests: groupRequests, names: new Map([...known, ...ofServices]) });
  }

  #periodsOf(totals: readonly PeriodTotal[]): ReadonlyMap<string, PastPeriodDto[]> {
    const periods = new Map<string, PastPeriodDto[]>();
    for (const { meter, start, end, used, held, allowance, closedAt } of totals) {
      const quantity = (parts: number): number => quantityOf(this.catalog.decimalsOf(meter), parts);
      const period = {
        periodStart: readTime(start),
        periodEnd: readTime(end),
        used: quantity(used - held),
        allowance: allowance === null ? null : quantity(allowance),
        closedAt: closedAt === null ? null : readTime(closedAt),
      };
      periods.set(meter, [...(periods.get(meter) ?? []), period]);
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
