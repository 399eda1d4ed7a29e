/** Reads one format of UTC only. See scripts/lint/times.d.ts for what it must not read. */
export const UtcDate = Date as new (text: number | string) => Date;

/**
 * Returns a time that remembers its text for JSON: `JSON.stringify` takes eight times as long for a Date as for the text, and a page of a list
 * has a hundred times. It is a Date like any other, which a subclass would not be: `assert.deepStrictEqual` compares prototypes.
 *
 * @param text as `toISOString` writes it
 */
function withText(time: number, text: string): Date {
  const date = new UtcDate(time);
  // A caller may have set it to another time.
  const value = (): unknown => (date.getTime() === time ? text : Date.prototype.toJSON.call(date, ''));
  return Object.defineProperty(date, 'toJSON', { value });
}

/** PostgreSQL leaves out zeros at the end of a fraction. By the length of the text. */
const omitted: readonly (string | undefined)[] = Object.assign(Array<string>(27), { 22: '.000', 24: '00', 25: '0', 26: '' });

/**
 * Reads the text of a time in a session in UTC, such as `2026-01-31 12:00:00.123+00`. As with Prisma, a time outside of the years 1 to 9999
 * is an invalid date: the checks of the tables refuse such times, and one row must not make all others unreadable.
 */
export function timeOf(written: string): Date {
  // A day of ten characters has a year of four. This one format of the server is read faster than by a regular expression.
  if (written.charAt(10) !== ' ' || !written.endsWith('+00')) return new Date(Number.NaN);
  const [day, time, zeros] = [written.slice(0, 10), written.slice(11, -3), omitted[written.length]];
  if (zeros === undefined) return new UtcDate(`${day}T${time}Z`);
  return withText(beginOf(day) + timeOfDay(written), `${day}T${time}${zeros}Z`);
}

let [lastDay, lastBegin] = ['', Number.NaN];

/** Returns the time at which a day begins. The times of a page are often of one day. */
function beginOf(day: string): number {
  if (day !== lastDay) [lastDay, lastBegin] = [day, new UtcDate(day).getTime()];
  return lastBegin;
}

/** Returns the milliseconds since the day began, of a text with at most three digits after the seconds. */
function timeOfDay(written: string): number {
  const digit = (index: number, end = written.length - 3): number => (index < end ? written.charCodeAt(index) - 48 : 0);
  const minutes = (digit(11) * 10 + digit(12)) * 60 + digit(14) * 10 + digit(15);
  const seconds = minutes * 60 + digit(17) * 10 + digit(18);
  return seconds * 1000 + digit(20) * 100 + digit(21) * 10 + digit(22);
}
