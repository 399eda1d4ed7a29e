import { dateInMonth, dayLength, startOfDay } from '../../../common/calendar.js';
import type { UsageAnchor } from '../../../access/organization/organization-facts.js';
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

/**
 * Returns the period of a meter of an organization that contains a moment. A change of the anchor day ends a period of a
 * monthly counter and begins the next, so a moment before the change has a period of the day before.
 *
 * @param anchors the anchor days of the organization, latest first
 */
export function periodIn(meter: Pick<MeterDefinition, 'period'>, at: Date, anchors: readonly UsageAnchor[]): MeterPeriod {
  if (meter.period !== 'month') return periodOf(meter, at);
  const place = anchors.findIndex(({ since }) => since === undefined || at >= since);
  const anchor = anchors[place] ?? anchors.at(-1);
  const { start, end = start } = periodOf(meter, at, anchor?.day);
  const [since, until] = [anchors[place]?.since ?? start, anchors[place < 0 ? anchors.length - 1 : place - 1]?.since ?? end];
  return { start: since > start ? since : start, end: until < end ? until : end };
}

/** Returns the beginnings of the periods that contain a moment, as JSON for statements about all organizations: of the day, and of the month for each anchor day. */
export function periodBeginnings(at: Date): string {
  const months = Array.from({ length: 31 }, (_, index) => periodOf({ period: 'month' }, at, index + 1).start);
  return JSON.stringify({ day: startOfDay(at), months });
}
