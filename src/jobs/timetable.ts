import { CronTime } from 'cron';

const keyLengths = { minute: 16, hour: 13, day: 10, month: 7 } as const;

/** What a job can be done once for. A week begins on Monday. */
export const periodKinds = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type PeriodKind = (typeof periodKinds)[number];

const dayLength = 24 * 3600 * 1000;

/** The Monday with which the first week of a year begins: that of January 4th (ISO 8601). */
function firstMonday(year: number): number {
  const fourth = Date.UTC(year, 0, 4);
  return fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * dayLength;
}

/** `2026-W47` */
function weekOf(moment: Date): string {
  // The year of a week is that of its Thursday.
  const thursday = new Date(Math.floor(moment.getTime() / dayLength) * dayLength + (3 - ((moment.getUTCDay() + 6) % 7)) * dayLength);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - firstMonday(year)) / (7 * dayLength));
  return `${String(year).padStart(4, '0')}-W${String(week).padStart(2, '0')}`;
}

const minute = 60_000;
/** How far to look back for the time that was due last: for frequent jobs a little is enough, and cheap. */
const lookBacks = [minute, 60 * minute, 24 * 60 * minute, 32 * 24 * 60 * minute, 367 * 24 * 60 * minute];

/** Knows when a job is due, and which period a moment belongs to; all in UTC. */
export class Timetable {
  readonly #cron: CronTime;
  /** Two times that follow on each other. What is asked for lies mostly between the same two, and finding them takes long. */
  #between: readonly [last: Date, next: Date] | undefined;

  /** @throws {Error} when the cron cannot be read */
  constructor(
    cron: string,
    private readonly kind: PeriodKind,
  ) {
    this.#cron = new CronTime(cron, 'UTC');
  }

  /** The key of the period that a moment belongs to, in ISO 8601: the beginning of its time, or its week. */
  periodOf(moment: Date): string {
    return this.kind === 'week' ? weekOf(moment) : moment.toISOString().slice(0, keyLengths[this.kind]);
  }

  /** When a period begins. */
  beginningOf(period: string): Date {
    const [, year, week] = /^(\d{4})-W(\d{2})$/.exec(period) ?? [];
    if (this.kind === 'week') return new Date(firstMonday(Number(year)) + (Number(week) - 1) * 7 * dayLength);
    return new Date(period + '0000-01-01T00:00:00.000Z'.slice(period.length));
  }

  isPeriod(text: string): boolean {
    const beginning = this.beginningOf(text);
    return !Number.isNaN(beginning.getTime()) && this.periodOf(beginning) === text;
  }

  /** When it is due first after a moment. */
  next(after: Date): Date {
    if (this.#between !== undefined && this.#between[0] <= after && after < this.#between[1]) return this.#between[1];
    return this.#cron.getNextDateFrom(after, 'UTC').toJSDate();
  }

  /** When it was due last, at the moment included; undefined when that is more than a year ago. */
  last(at: Date): Date | undefined {
    if (this.#between !== undefined && this.#between[0] <= at && at < this.#between[1]) return this.#between[0];
    for (const lookBack of lookBacks) {
      let due = this.next(new Date(at.getTime() - lookBack));
      if (due > at) continue;
      let later = this.next(due);
      for (; later <= at; later = this.next(later)) due = later;
      this.#between = [due, later];
      return due;
    }
    return undefined;
  }

  /**
   * The periods that are due, oldest first.
   *
   * @param since the period to begin with
   * @param isDone which of them to leave out
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
