import type { MeterDefinition } from '../../../config/catalog/catalog.js';

export interface MeterPeriod {
  readonly start: Date;
  /** Undefined for what never begins anew. */
  readonly end: Date | undefined;
}

/** Of a month that may be given as 12 (next January) or -1 (last December). */
function monthBegins(year: number, month: number, anchorDay: number): Date {
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month, Math.min(anchorDay, lastDay)));
}

/**
 * The period that a moment belongs to, in UTC: a day, or a month, for a counter; all time for the other kinds.
 *
 * @param anchorDay the day of the month on which months begin, 1-31; in shorter months the last day
 */
export function periodOf({ period }: Pick<MeterDefinition, 'period'>, at: Date, anchorDay = 1): MeterPeriod {
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  if (period === 'day') return { start: new Date(Date.UTC(year, month, day)), end: new Date(Date.UTC(year, month, day + 1)) };
  if (period !== 'month') return { start: new Date(0), end: undefined };
  const first = at < monthBegins(year, month, anchorDay) ? month - 1 : month;
  return { start: monthBegins(year, first, anchorDay), end: monthBegins(year, first + 1, anchorDay) };
}
