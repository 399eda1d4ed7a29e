import type { LoadLimits } from '../../config/catalog/catalog.js';

/** Seconds for which an organization may use its database time in advance. */
const burst = 10;
/** Seconds after which an organization is served again at the latest, if it does nothing. */
const maxPause = 60;
/** Milliseconds over which the average of the database time is taken. */
const averagedOver = 60_000;

const unlimited: LoadLimits = { requests: undefined, databaseTime: undefined };

/** Counts the running requests and the database time of an organization, or of the clients of a network, on this replica. All times are milliseconds. */
export class Load {
  /** The limits of the last request. */
  limits = unlimited;
  #running = 0;
  /** The database time that was used, less what the limit has allowed since. */
  #used = 0;
  #usedAt = 0;
  #recent = 0;
  #recentAt = 0;

  /** The number of its requests that are being answered. */
  get running(): number {
    return this.#running;
  }

  begin(): void {
    this.#running += 1;
  }

  end(): void {
    this.#running -= 1;
  }

  /** Adds the time for which a connection of the database was held. */
  addDatabaseTime(duration: number, now: number): void {
    this.#recent = this.databaseTime(now) + duration;
    this.#recentAt = now;
    const { databaseTime } = this.limits;
    if (databaseTime === undefined) return;
    this.#used = Math.min(this.#usedNow(databaseTime, now) + duration, (burst + maxPause) * databaseTime);
    this.#usedAt = now;
  }

  /** Returns the seconds until the organization has database time again; 0 when it has. */
  pause(now: () => number): number {
    const { databaseTime } = this.limits;
    if (databaseTime === undefined || this.#used <= burst * databaseTime) return 0;
    return Math.max(0, this.#usedNow(databaseTime, now()) / databaseTime - burst);
  }

  /** Returns the database time of about the last minute. */
  databaseTime(now: number): number {
    return this.#recent === 0 ? 0 : this.#recent * Math.exp((this.#recentAt - now) / averagedOver);
  }

  /** Whether there is nothing to remember. */
  isIdle(now: number): boolean {
    const { databaseTime } = this.limits;
    return this.#running === 0 && this.databaseTime(now) < 1 && (databaseTime === undefined || this.#usedNow(databaseTime, now) === 0);
  }

  #usedNow(databaseTime: number, now: number): number {
    // The limit may have been higher when it was used.
    const used = Math.min(this.#used, (burst + maxPause) * databaseTime);
    return Math.max(0, used - ((now - this.#usedAt) / 1000) * databaseTime);
  }
}
