import { CronTime } from 'cron';
import { dayLength } from '../common/calendar.js';
import { parseTime } from '../common/times.js';

const keyLengths = { minute: 16, hour: 13, day: 10, month: 7 } as const;

/** The kinds of periods that a job can run once for. A week begins on Monday. */
export const periodKinds = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type PeriodKind = (typeof periodKinds)[number];

/** Returns the Monday of the first week of a year, which is the week of January 4th (ISO 8601). */
function firstMonday(year: number): number {
  const fourth = Date.UTC(year, 0, 4);
  return fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * dayLength;
}

/** `2026-W47` */
function weekOf(moment: Date): string {
  // A week belongs to the year of its Thursday.
  const thursday = new Date(Math.floor(moment.getTime() / dayLength) * dayLength + (3 - ((moment.getUTCDay() + 6) % 7)) * dayLength);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - firstMonday(year)) / (7 * dayLength));
  return `${String(year).padStart(4, '0')}-W${String(week).padStart(2, '0')}`;
}

const minute = 60_000;
const spans = { minute, hour: 60 * minute, day: dayLength, week: 7 * dayLength, month: 32 * dayLength, year: 367 * dayLength } as const;
/** The most due times to visit in one search. A job that is due more often is found by a shorter search. */
const maxVisits = 70;

/** Computes when a job is due and which period a time belongs to, in UTC. */
export class Timetable {
  readonly #cron: CronTime;
  /** Two consecutive due times. Most calls fall between the same two, and finding them is slow. */
  #between: readonly [last: Date, next: Date] | undefined;

  /** @throws {Error} when the cron expression is invalid */
  constructor(
    cron: string,
    private readonly kind: PeriodKind,
  ) {
    this.#cron = new CronTime(cron, 'UTC');
  }

  /** Returns the key of the period that a time belongs to: the leading part of the time in ISO 8601, or its week. */
  periodOf(moment: Date): string {
    return this.kind === 'week' ? weekOf(moment) : moment.toISOString().slice(0, keyLengths[this.kind]);
  }

  /** Returns when a period begins; an invalid Date for a text that is no period. */
  beginningOf(period: string): Date {
    const [, year, week] = /^(\d{4})-W(\d{2})$/.exec(period) ?? [];
    if (this.kind === 'week') return new Date(firstMonday(Number(year)) + (Number(week) - 1) * 7 * dayLength);
    return parseTime(period + '0000-01-01T00:00:00.000Z'.slice(period.length)) ?? new Date(Number.NaN);
  }

  isPeriod(text: string): boolean {
    const beginning = this.beginningOf(text);
    return !Number.isNaN(beginning.getTime()) && this.periodOf(beginning) === text;
  }

  /** Returns the first due time after a time. */
  next(after: Date): Date {
    if (this.#between !== undefined && this.#between[0] <= after && after < this.#between[1]) return this.#between[1];
    return this.#cron.getNextDateFrom(after, 'UTC').toJSDate();
  }

  /** Returns the last due time up to and including a time; undefined when it is more than a year before. */
  last(at: Date): Date | undefined {
    if (this.#between !== undefined && this.#between[0] <= at && at < this.#between[1]) return this.#between[0];
    // Most jobs are due once in a period of their kind.
    for (const span of [spans[this.kind], ...Object.values(spans)]) {
      const found = this.#lastWithin(span, at);
      if (found === undefined) continue;
      this.#between = found;
      return found[0];
    }
    return undefined;
  }

  /** Returns the last due time of a span, with the one after it; undefined when there is none, or too many to visit. */
  #lastWithin(span: number, at: Date): readonly [Date, Date] | undefined {
    let due = this.next(new Date(at.getTime() - span));
    if (due > at) return undefined;
    for (let visits = 0; visits < maxVisits; visits += 1) {
      const later = this.next(due);
      if (later > at) return [due, later];
      due = later;
    }
    return undefined;
  }

  /**
   * Returns the periods that are due, oldest first.
   *
   * @param since the period to begin with
   * @param options.isDone whether to leave a period out
   */
  due(since: string, at: Date, { isDone, limit }: { readonly isDone: (period: string) => boolean; readonly limit: number }): string[] {
    const periods = new Set<string>();
    for (let due = this.next(new Date(this.beginningOf(since).getTime() - 1)); due <= at && periods.size < limit; due = this.next(due)) {
      const period = this.periodOf(due);
      if (!isDone(period)) periods.add(period);
    }
    return [...periods];
  }
}
