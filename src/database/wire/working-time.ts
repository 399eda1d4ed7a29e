import { emptyQuery } from './prepared-query.js';
import type { ReadLanes } from './read-lanes.js';

/** Milliseconds between two looks. */
const interval = 250;
/** The looks without an answer after which the server is asked, and those after which it counts as silent. */
const [asksAfter, silentAfter] = [3, 4];

/** A pool that is looked at. */
export interface WatchedPool {
  /** How often a connection was returned whose server has answered. */
  readonly returns: number;
  /** Whether any of its connections is held. */
  readonly isHeld: boolean;
  readonly lanes: Pick<ReadLanes, 'answers' | 'run'>;
}

/**
 * A clock that stops while the server of some pools answers nothing, not even a question that reads nothing, and while this process cannot look. The time
 * for which a connection is held is measured by it: nobody is charged for a server that hangs, or for a process that others have kept busy.
 */
export class WorkingTime {
  readonly #pools = new Set<WatchedPool>();
  #timer: NodeJS.Timeout | undefined;
  #time = 0;
  #lookedAt = 0;
  #answers = 0;
  /** The number of looks since the last answer. */
  #looks = 0;

  /** Milliseconds. */
  get now(): number {
    // A timer is a little late even in an idle process.
    return this.#looks >= silentAfter ? this.#time : this.#time + Math.min(performance.now() - this.#lookedAt, 2 * interval);
  }

  watch(pool: WatchedPool): void {
    this.#pools.add(pool);
    if (this.#timer !== undefined) return;
    this.#lookedAt = performance.now();
    this.#timer = setInterval(() => this.#look(), interval).unref();
  }

  unwatch(pool: WatchedPool): void {
    this.#pools.delete(pool);
    if (this.#pools.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    this.#time = this.now;
    this.#lookedAt = performance.now();
    let [answers, isHeld] = [0, false];
    for (const pool of this.#pools) {
      answers += pool.returns + pool.lanes.answers;
      isHeld ||= pool.isHeld;
    }
    this.#looks = isHeld && answers === this.#answers ? this.#looks + 1 : 0;
    this.#answers = answers;
    if (this.#looks === asksAfter) for (const { lanes } of this.#pools) lanes.run(emptyQuery()).catch(() => undefined);
  }
}
