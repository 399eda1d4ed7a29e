const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/i;
const fullDate = /^\d{4}-\d{2}-\d{2}$/;

const minute = 60_000;

/** How a field that expects a time says what it expects. */
export const timeExample = 'a time with its offset from UTC, such as 2026-11-21T09:30:00Z or 2026-11-21T10:30:00+01:00 (RFC 3339)';

const daysIn = (year: number, month: number): number => new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();

/** Whether a moment is the last millisecond of a month in UTC, where a leap second can be. */
const endsMonth = (moment: Date): boolean => new Date(moment.getTime() + 1).toISOString().slice(7) === '-01T00:00:00.000Z';

/**
 * Reads a time in the format of RFC 3339, which requires an offset from UTC. This is the only reader of times that come from
 * outside: the `Date` of JavaScript also reads other formats, some as the time of the server's own zone.
 *
 * - `-00:00` means that the offset is unknown; the time is in UTC nevertheless.
 * - A leap second (`23:59:60Z` on the last day of a month) is the last millisecond of its minute, so that it stays in its day.
 * - Fractions are cut off after three digits.
 *
 * @returns undefined for another format, a time that does not exist, and a time outside of the years 1 to 9999 in UTC
 */
export function parseTime(text: string): Date | undefined {
  const parts = rfc3339.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minutes = 0, second = 0] = parts.slice(1, 7).map(Number);
  const [offsetHours, offsetMinutes] = [Number(parts[9] ?? 0), Number(parts[10] ?? 0)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minutes > 59 || second > 60 || offsetHours > 23 || offsetMinutes > 59) return undefined;
  const isLeap = second === 60;
  const milliseconds = isLeap ? 999 : Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const moment = new Date(0);
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  moment.setUTCFullYear(year, month - 1, day);
  moment.setUTCHours(hour, minutes, isLeap ? 59 : second, milliseconds);
  moment.setTime(moment.getTime() - (parts[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * minute);
  const utcYear = moment.getUTCFullYear();
  if (utcYear < 1 || utcYear > 9999 || (isLeap && !endsMonth(moment))) return undefined;
  return moment;
}

/** Reads the beginning in UTC of a day such as `2026-11-21`; undefined for another format or a day that does not exist. */
export const parseDay = (text: string): Date | undefined => (fullDate.test(text) ? parseTime(`${text}T00:00:00Z`) : undefined);

/** {@link parseTime} of a text that was validated, or a day of one (its beginning in UTC). @throws {RangeError} for another text */
export function readTime(text: string): Date {
  const moment = parseDay(text) ?? parseTime(text);
  if (moment === undefined) throw new RangeError(`not a time: ${text}`);
  return moment;
}
