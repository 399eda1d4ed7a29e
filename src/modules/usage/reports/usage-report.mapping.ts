import type { MeterDefinition } from '../../../config/catalog/catalog.js';
import { quantityOf } from '../../../config/catalog/quantities.js';
import { quantitiesOf as readQuantitiesOf, type MeterReading } from '../metering/meter-reading.js';
import type { MeterUsageDto, RequestSumsDto, UsageGroupDto, UsageGrouping } from './usage-report.dto.js';
import type { RequestSum, UsageSum } from './usage-report.queries.js';

export function requestSumsOf(sums: RequestSum | undefined): RequestSumsDto {
  const total = sums?.requests ?? 0;
  const averageDurationMs = sums === undefined || total === 0 ? null : Math.round(sums.duration / total) / 1000;
  return { total, failures: sums?.failures ?? 0, averageDurationMs, tokens: sums?.tokens ?? 0 };
}

export function meterUsage(reading: MeterReading, used: number): MeterUsageDto {
  const { meter, start, end = null } = reading;
  const { used: usedNow, held, limit, remaining } = readQuantitiesOf(reading);
  const period = { start: end === null ? null : start, end, used: usedNow, held, limit, remaining, resetsAt: end };
  return { meter: meter.key, name: meter.name, kind: meter.kind, unit: meter.unit, used, period };
}

const isPeak = ({ kind, aggregation }: MeterDefinition): boolean => kind === 'concurrent' || aggregation === 'max';

/** Returns the units by meter: the sum or the greatest quantity; for the meter of requests, the number of requests. */
export function quantitiesOf(meters: readonly MeterDefinition[], sums: readonly UsageSum[], requests: RequestSum | undefined): Map<string, number> {
  const found = meters.flatMap((meter) => {
    if (meter.tracks === 'requests') return requests === undefined ? [] : [[meter.key, requests.requests] as const];
    const own = sums.find((sum) => sum.meter === meter.key);
    return own === undefined ? [] : [[meter.key, quantityOf(meter.decimals, isPeak(meter) ? own.greatest : own.sum)] as const];
  });
  return new Map(found);
}

export interface Grouping {
  readonly by: UsageGrouping;
  readonly meters: readonly MeterDefinition[];
  readonly sums: readonly UsageSum[];
  readonly requests: readonly RequestSum[];
  /** The names of users or API keys, by id. */
  readonly names: ReadonlyMap<string, string>;
}

function identityOfGroup(by: UsageGrouping, key: string, names: ReadonlyMap<string, string>): Partial<UsageGroupDto> {
  if (by === 'day') return { day: key };
  if (by === 'endpoint') return { method: key.slice(0, key.indexOf(' ')), endpoint: key.slice(key.indexOf(' ') + 1) };
  const id = key.slice(by.length + 1);
  return { ...(by === 'user' ? { userId: id } : { apiKeyId: id }), name: names.get(id) ?? null };
}

/** Returns the groups, sorted by day, or by the number of requests, greatest first. */
export function groupsOf({ by, meters, sums, requests, names }: Grouping): UsageGroupDto[] {
  const usageOf = new Map<string, UsageSum[]>();
  for (const sum of sums) usageOf.set(sum.key, [...(usageOf.get(sum.key) ?? []), sum]);
  const requestsOf = new Map(requests.map((each) => [each.key, each]));
  const keys = [...new Set([...usageOf.keys(), ...requestsOf.keys()])].sort();
  const groups = keys.map((key) => {
    const quantities = by === 'endpoint' ? new Map<string, number>() : quantitiesOf(meters, usageOf.get(key) ?? [], requestsOf.get(key));
    return { ...identityOfGroup(by, key, names), meters: Object.fromEntries(quantities), requests: requestSumsOf(requestsOf.get(key)) };
  });
  return by === 'day' ? groups : groups.sort((a, b) => b.requests.total - a.requests.total);
}
