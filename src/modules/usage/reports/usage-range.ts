import { dateInMonth, dayLength, startOfDay } from '../../../common/calendar.js';
import { InvalidRangeError } from '../usage.errors.js';
import { parseDay, readTime } from '../../../common/times.js';

/** A span of time: `from` is included, `to` is not. */
export interface UsageRange {
  readonly from: Date;
  readonly to: Date;
}

/** The range of a query. */
export interface RequestedRange {
  /** A day, or a time. */
  readonly from?: string;
  /** A day, which is included, or a time, which is not. */
  readonly to?: string;
}

const maxDays = 400;
/** The last day that begins and ends in the years of RFC 3339. */
const latestEnd = readTime('9999-12-31');

const endOf = (dayOrTime: string): Date => new Date(readTime(dayOrTime).getTime() + (parseDay(dayOrTime) === undefined ? 0 : dayLength));

/** Returns the range of a query. Each missing end is that of the current calendar month, in UTC. @throws {InvalidRangeError} */
export function rangeOf({ from, to }: RequestedRange, now: Date): UsageRange {
  const monthStart = (offset: number): Date => dateInMonth(now.getUTCFullYear(), now.getUTCMonth() + offset, 1);
  const range = { from: from === undefined ? monthStart(0) : readTime(from), to: to === undefined ? monthStart(1) : endOf(to) };
  if (range.to > latestEnd) throw InvalidRangeError.endsAfter(latestEnd);
  if (range.from >= range.to) throw InvalidRangeError.endsBeforeStart();
  if (range.to.getTime() - range.from.getTime() > maxDays * dayLength) throw InvalidRangeError.longerThan(maxDays);
  return range;
}

/** Extends a range to whole days in UTC, because sums are kept by day. */
export const wholeDays = ({ from, to }: UsageRange): UsageRange => ({ from: startOfDay(from), to: startOfDay(new Date(to.getTime() + dayLength - 1)) });
