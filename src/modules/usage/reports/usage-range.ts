import { InvalidRangeError } from '../usage.errors.js';

/** From a moment, included, to another, left out. */
export interface UsageRange {
  readonly from: Date;
  readonly to: Date;
}

export interface AskedRange {
  /** A day, or a time. */
  readonly from?: string;
  /** A day, which is included, or a time, which is not. */
  readonly to?: string;
}

const day = 24 * 3600 * 1000;
const mostDays = 400;

function endOf(asked: string): Date {
  const end = new Date(asked);
  return asked.includes('T') ? end : new Date(end.getTime() + day);
}

/** The times that are asked for; the present month, in UTC, when nothing is said. @throws {InvalidRangeError} */
export function rangeOf({ from, to }: AskedRange, now: Date): UsageRange {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const range = { from: from === undefined ? new Date(Date.UTC(year, month)) : new Date(from), to: to === undefined ? new Date(Date.UTC(year, month + 1)) : endOf(to) };
  if (range.from >= range.to) throw new InvalidRangeError('`from` must lie before `to`.');
  if (range.to.getTime() - range.from.getTime() > mostDays * day) throw new InvalidRangeError(`\`from\` and \`to\` lie more than ${mostDays} days apart. Ask for less at a time.`);
  return range;
}

/** The days, in UTC, that a range touches: what is kept by days cannot be told apart further. */
export function wholeDays({ from, to }: UsageRange): UsageRange {
  return { from: new Date(Math.floor(from.getTime() / day) * day), to: new Date(Math.ceil(to.getTime() / day) * day) };
}

export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);
