import { CronTime } from 'cron';

const keyLengths = { minute: 16, hour: 13, day: 10, month: 7 } as const;

/** What a job can be done once for. */
export type PeriodKind = keyof typeof keyLengths;

const minute = 60_000;
/** How far to look back for the time that was due last: for frequent jobs a little is enough, and cheap. */
const lookBacks = [minute, 60 * minute, 24 * 60 * minute, 32 * 24 * 60 * minute, 367 * 24 * 60 * minute];

/** Knows when a job is due, and which period a moment belongs to; all in UTC. */
export class Timetable {
  readonly #cron: CronTime;

  /** @throws {Error} when the cron cannot be read */
  constructor(
    cron: string,
    private readonly kind: PeriodKind,
  ) {
    this.#cron = new CronTime(cron, 'UTC');
  }

  /** The key of the period that a moment belongs to: the beginning of its time in ISO 8601. */
  periodOf(moment: Date): string {
    return moment.toISOString().slice(0, keyLengths[this.kind]);
  }

  /** When a period begins. */
  beginningOf(period: string): Date {
    return new Date(period + '0000-01-01T00:00:00.000Z'.slice(period.length));
  }

  isPeriod(text: string): boolean {
    const beginning = this.beginningOf(text);
    return !Number.isNaN(beginning.getTime()) && this.periodOf(beginning) === text;
  }

  /** When it is due first after a moment. */
  next(after: Date): Date {
    return this.#cron.getNextDateFrom(after, 'UTC').toJSDate();
  }

  /** When it was due last, at the moment included; undefined when that is more than a year ago. */
  last(at: Date): Date | undefined {
    for (const lookBack of lookBacks) {
      let due = this.next(new Date(at.getTime() - lookBack));
      if (due > at) continue;
      for (let later = this.next(due); later <= at; later = this.next(later)) due = later;
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
