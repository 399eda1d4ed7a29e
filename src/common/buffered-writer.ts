import { outsideRequests } from './outside-requests.js';

export interface BufferedWriterOptions<Entry> {
  /** Writes entries, oldest first. When it rejects, they are kept and written with the next flush. */
  readonly write: (entries: readonly Entry[]) => Promise<void>;
  /** Milliseconds between two flushes. */
  readonly flushEvery: number;
  /** The number of waiting entries that starts a flush at once. Only the timer does when left out. */
  readonly flushAt?: number;
  /** The most entries passed to one `write`. All when left out. */
  readonly maxBatch?: number;
  /** The most entries kept in memory while they wait. */
  readonly maxWaiting: number;
  /** Which entries are dropped beyond `maxWaiting`: those that have waited longest, or the ones being added. */
  readonly drop: 'oldest' | 'newest';
  /** The number of entries that are dropped at a time when the oldest are. 1 when left out. */
  readonly dropBatch?: number;
  /** Combines two entries with the same key. The later one replaces the earlier one when left out. */
  readonly merge?: (earlier: Entry, later: Entry) => Entry;
  /** Called when a write has failed. */
  readonly onError: (error: unknown, waiting: number) => void;
  /** Called with the entries that were dropped. */
  readonly onDrop?: (dropped: readonly Entry[]) => void;
}

/**
 * Collects entries in memory and writes them in batches, so that a request does not wait for the database. At most one
 * write runs at a time. Call {@link start} when the application starts and {@link stop} when it shuts down.
 */
export class BufferedWriter<Entry> {
  #waiting = new Map<string, Entry>();
  #flushing: Promise<boolean> | undefined;
  #nextFlush: Promise<boolean> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: BufferedWriterOptions<Entry>) {}

  /** The number of entries that are not written yet, without those of a write that is running. */
  get waiting(): number {
    return this.#waiting.size;
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#flushing === undefined) void this.flush();
    }, this.options.flushEvery);
    this.#timer.unref();
  }

  /** Stops the timer and writes everything that waits. Returns false if entries remain that could not be written. */
  async stop(): Promise<boolean> {
    clearInterval(this.#timer);
    await this.flush();
    return this.flush(); // for entries that were added during the first flush, and for a second attempt
  }

  /** @param key entries with the same key become one while they wait */
  add(key: string, entry: Entry): void {
    this.#keep(this.#waiting, key, entry);
    this.#dropOldest();
    if (this.#waiting.size === this.options.flushAt) void this.flush();
  }

  /**
   * Writes everything that waits now. Entries that are added during the flush wait for the next one, and merge until then.
   * Returns false when a write failed; its entries then wait for the next flush.
   */
  flush(): Promise<boolean> {
    if (this.#flushing === undefined) {
      this.#flushing = this.#flush().finally(() => (this.#flushing = undefined));
      return this.#flushing;
    }
    this.#nextFlush ??= this.#flushing.then(() => {
      this.#nextFlush = undefined;
      return this.flush();
    });
    return this.#nextFlush;
  }

  async #flush(): Promise<boolean> {
    for (let left = this.#waiting.size; left > 0 && this.#waiting.size > 0;) {
      const batch = [...this.#waiting].slice(0, Math.min(left, this.options.maxBatch ?? left));
      left -= batch.length;
      for (const [key] of batch) this.#waiting.delete(key);
      try {
        await outsideRequests(() => this.options.write(batch.map(([, entry]) => entry)));
      } catch (error) {
        this.#putBack(batch);
        this.options.onError(error, this.#waiting.size);
        return false;
      }
    }
    return true;
  }

  /** Puts the entries of a failed write in front of those that were added meanwhile. */
  #putBack(batch: readonly (readonly [string, Entry])[]): void {
    const all = new Map(batch);
    for (const [key, entry] of this.#waiting) this.#keep(all, key, entry);
    this.#waiting = all;
    this.#dropOldest();
  }

  #keep(entries: Map<string, Entry>, key: string, entry: Entry): void {
    const { maxWaiting, drop, merge = (_, later) => later, onDrop } = this.options;
    const known = entries.get(key);
    if (known !== undefined) entries.set(key, merge(known, entry));
    else if (drop === 'newest' && entries.size >= maxWaiting) onDrop?.([entry]);
    else entries.set(key, entry);
  }

  #dropOldest(): void {
    const { maxWaiting, dropBatch = 1, onDrop } = this.options;
    if (this.#waiting.size <= maxWaiting) return;
    const dropped = [...this.#waiting].slice(0, this.#waiting.size - maxWaiting - 1 + dropBatch);
    for (const [key] of dropped) this.#waiting.delete(key);
    onDrop?.(dropped.map(([, entry]) => entry));
  }
}
