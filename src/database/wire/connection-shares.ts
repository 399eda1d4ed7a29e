/** For whom a connection is taken: the id of an organization, or a name of those who have none; undefined for the installation itself, such as its jobs. */
export type Holder = string | undefined;

/** Somebody who waits for a connection. */
export interface Waiting {
  readonly holder: Holder;
  /** The one of the holder's people who waits; undefined for work that nobody has asked for. */
  readonly party?: string | undefined;
  /** Whether it waits inside a transaction, which holds a connection meanwhile. */
  readonly urgent: boolean;
  /** The time since when it waits, in milliseconds of `performance.now()`. */
  readonly since: number;
}

/** Removes an element, if it is there. */
function removeFrom<Element>(elements: Element[], element: Element): boolean {
  const place = elements.indexOf(element);
  if (place !== -1) elements.splice(place, 1);
  return place !== -1;
}

/** Those who wait for one holder. Its people take turns. */
class Line<Waiter extends Waiting> {
  readonly #parties = new Map<string | undefined, Waiter[]>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  lengthOf(party: string): number {
    return this.#parties.get(party)?.length ?? 0;
  }

  /** The one who is next. */
  get first(): Waiter | undefined {
    for (const [first] of this.#parties.values()) return first;
    return undefined;
  }

  /** Since when the first one of anybody waits. */
  get since(): number {
    return Math.min(...[...this.#parties.values()].map(([first]) => first?.since ?? Number.POSITIVE_INFINITY));
  }

  add(waiter: Waiter): this {
    const own = this.#parties.get(waiter.party);
    if (own === undefined) this.#parties.set(waiter.party, [waiter]);
    else own.push(waiter);
    this.#length += 1;
    return this;
  }

  /** Removes somebody who waits. The others of the same party wait behind those of the other ones. */
  remove(waiter: Waiter): boolean {
    const own = this.#parties.get(waiter.party);
    if (own === undefined || !removeFrom(own, waiter)) return false;
    this.#length -= 1;
    this.#parties.delete(waiter.party);
    if (own.length > 0) this.#parties.set(waiter.party, own);
    return true;
  }
}

/**
 * Decides who gets the next connection of a pool, so that no organization keeps all of them:
 *
 * - An organization takes another connection only if it then holds at most twice as many as are free. Alone it gets two thirds of the pool; together, busy
 *   organizations leave some free for the others.
 * - Of those who wait, the holder of the fewest connections is next, and among equals the one who has had none for the longest time. The people of a holder take turns.
 * - Somebody who waits inside a transaction comes first, and is not limited: it would otherwise wait for connections that wait for it.
 */
export class ConnectionShares<Waiter extends Waiting> {
  readonly #held = new Map<Holder, number>();
  readonly #lines = new Map<Holder, Line<Waiter>>();
  readonly #urgent: Waiter[] = [];
  #taken = 0;
  #waiting = 0;

  /**
   * @param max the number of connections
   * @param maxWaiting how many wait at most
   */
  constructor(
    private readonly max: number,
    private readonly maxWaiting: number,
  ) {}

  /** The number of those who wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Whether somebody waits, or would. */
  get isExhausted(): boolean {
    return this.#waiting > 0 || this.#taken >= this.max;
  }

  /** Takes a connection, if the holder may have one at once. */
  take(holder: Holder, urgent: boolean): boolean {
    const held = this.#held.get(holder) ?? 0;
    if (!this.#mayTake(holder, held, urgent)) return false;
    this.#held.set(holder, held + 1);
    this.#taken += 1;
    return true;
  }

  giveBack(holder: Holder): void {
    const held = this.#held.get(holder) ?? 0;
    if (held > 1) this.#held.set(holder, held - 1);
    else this.#held.delete(holder);
    this.#taken -= 1;
  }

  /**
   * Adds somebody to those who wait. Returns false when too many do: an organization takes at most half of the places, so that there are some for the others, and
   * each of its people at most half of those.
   */
  enqueue(waiter: Waiter): boolean {
    const { holder, party, urgent } = waiter;
    const free = this.maxWaiting - this.#waiting;
    const line = this.#lines.get(holder) ?? new Line<Waiter>();
    if (free <= 0 || (holder !== undefined && line.length >= free)) return false;
    if (party !== undefined && line.lengthOf(party) >= free - line.length) return false;
    if (urgent) this.#urgent.push(waiter);
    else this.#lines.set(holder, line.add(waiter));
    this.#waiting += 1;
    return true;
  }

  /** Takes a connection for the one who is next; undefined when nobody who waits may have one. */
  next(): Waiter | undefined {
    if (this.#waiting === 0 || this.#taken >= this.max) return undefined;
    const waiter = this.#urgent[0] ?? this.#lines.get(this.#nextHolder())?.first;
    if (waiter === undefined) return undefined;
    this.remove(waiter);
    this.take(waiter.holder, true);
    return waiter;
  }

  /** Removes somebody who waits. */
  remove(waiter: Waiter): void {
    const line = this.#lines.get(waiter.holder);
    if (!(waiter.urgent ? removeFrom(this.#urgent, waiter) : line?.remove(waiter))) return;
    this.#waiting -= 1;
    if (waiter.urgent || line === undefined) return;
    // The others of the line wait behind those of the other holders.
    this.#lines.delete(waiter.holder);
    if (line.length > 0) this.#lines.set(waiter.holder, line);
  }

  /** Since when somebody waits who holds no connection; undefined when there is nobody. */
  get starvedSince(): number | undefined {
    let since: number | undefined;
    for (const [holder, line] of this.#lines) if (!this.#held.has(holder)) since = Math.min(since ?? line.since, line.since);
    return since;
  }

  #nextHolder(): Holder {
    let [next, least]: [Holder, number] = [undefined, Number.POSITIVE_INFINITY];
    for (const holder of this.#lines.keys()) {
      const held = this.#held.get(holder) ?? 0;
      if (held < least && this.#mayTake(holder, held, false)) [next, least] = [holder, held];
      if (least === 0) break;
    }
    return next;
  }

  #mayTake(holder: Holder, held: number, urgent: boolean): boolean {
    const free = this.max - this.#taken;
    return free > 0 && (held === 0 || urgent || holder === undefined || held + 1 <= 2 * (free - 1));
  }
}
