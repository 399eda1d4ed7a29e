/** The length of a day in UTC, in milliseconds. */
export const dayLength = 24 * 3600 * 1000;

/** Returns the day of a moment in UTC, for example `2026-11-21`. */
export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

/** Returns the moment at which the day of a moment begins, in UTC. */
export const startOfDay = (moment: Date): Date => new Date(Math.floor(moment.getTime() / dayLength) * dayLength);

/**
 * Returns 00:00 UTC on a day of a month. In a month that is shorter, the last day of the month takes its place.
 *
 * @param month 0 for January. 12 is January of the next year, -1 is December of the year before.
 * @param day 1 to 31
 */
export function dateInMonth(year: number, month: number, day: number): Date {
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month, Math.min(day, lastDay)));
}
