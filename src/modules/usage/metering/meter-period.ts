import { dateInMonth, dayLength, startOfDay } from '../../../common/calendar.js';
import type { MeterDefinition } from '../../../config/catalog/catalog.js';

export interface MeterPeriod {
  readonly start: Date;
  /** Undefined for a meter that has no periods. */
  readonly end: Date | undefined;
}

/**
 * Returns the period of a meter that contains a moment, in UTC: a day or a month for a counter, all time for the other kinds.
 *
 * @param anchorDay the day of the month on which monthly periods begin, 1 to 31; the last day in shorter months
 */
export function periodOf({ period }: Pick<MeterDefinition, 'period'>, at: Date, anchorDay = 1): MeterPeriod {
  if (period === undefined) return { start: new Date(0), end: undefined };
  const dayStart = startOfDay(at);
  if (period === 'day') return { start: dayStart, end: new Date(dayStart.getTime() + dayLength) };
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  const startMonth = at < dateInMonth(year, month, anchorDay) ? month - 1 : month;
  return { start: dateInMonth(year, startMonth, anchorDay), end: dateInMonth(year, startMonth + 1, anchorDay) };
}
