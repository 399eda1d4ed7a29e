import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { dayLength, dayOf } from '../../../common/calendar.js';
import type { MeterTerms } from '../metering/meter-reading.js';

/** A lot starts small, because other replicas cannot use its units. It doubles when the lot before lasted less than a minute, and grows to a part of the remaining units that nobody misses. */
const minLotSize = 10;
const maxLotSize = 500;
const shortLotLife = 60_000;
/** Units that are at most this part of the remaining ones are not missed by other replicas. */
const smallPart = 1000;

/** The requests of an organization in a period that a replica has counted and not yet written. */
export interface CountedRequests extends Pick<MeterTerms, 'start' | 'end' | 'allowance'> {
  readonly organizationId: string;
  /** Whether the units come from lots. They do not when the organization has no limit. */
  readonly ofLots: boolean;
  readonly spent: number;
  /** Units of lots to return. */
  readonly unspent: number;
  readonly days: readonly { readonly day: string; readonly reporter: string; readonly quantity: number }[];
}

interface DaySum {
  /** Days since 1970-01-01. */
  readonly day: number;
  quantity: number;
}

/**
 * Counts the requests of one organization in one period, in the memory of one replica. Each request spends a unit of the
 * lots that the replica took from the database. Without a limit there are no lots, and requests are only counted.
 */
export class RequestAccount {
  /** The number of requests that wait for a unit. */
  waiting = 0;
  /** The number of lots requested so far. */
  requestedLots = 0;
  /** In milliseconds, by the monotonic clock of the process. */
  lastUsed = performance.now();
  /** Of the facts that the terms are from. */
  #version: number;
  #nextLotSize = minLotSize;
  #lot = 0;
  #left = 0;
  /** The units that the last lot left to others. */
  #remaining = 0;
  #spent = 0;
  #lotReceivedAt = 0;
  /** By reporter; undefined without counts, since an empty map takes more than the account. A reporter has more than one day only around midnight. */
  #days: Map<string, DaySum[]> | undefined;

  constructor(
    readonly organizationId: string,
    { version }: OrganizationFacts,
    private current: MeterTerms,
    /** Whether an earlier account of the same period must be settled first, because this one may use the units that it returns. */
    readonly replacesAccount: boolean,
  ) {
    this.#version = version;
  }

  get terms(): MeterTerms {
    return this.current;
  }

  get isLimited(): boolean {
    return this.current.allowance !== undefined;
  }

  /** Whether the next lot should be requested. */
  get isLow(): boolean {
    return this.isLimited && this.#left <= this.#lot / 4;
  }

  /** The number of units to request. */
  get lotSize(): number {
    // Half of the part, because the next lot is taken while the last units of this one remain.
    return Math.min(maxLotSize, Math.max(this.#nextLotSize, this.waiting, Math.floor(this.#remaining / smallPart / 2)));
  }

  /** Whether the unspent units are such a small part of the remaining ones that the account can keep them for later requests. */
  get canWait(): boolean {
    return this.#left * smallPart <= this.#remaining;
  }

  /** Whether the account is valid for these facts at this time. A quick check, which nearly always succeeds. */
  isCurrent(facts: OrganizationFacts, now: Date): boolean {
    const { start, end } = this.current;
    return facts.version <= this.#version && now >= start && (end === undefined || now < end);
  }

  /** Adopts new terms if the account is valid under them: units taken under a lower limit remain valid under a higher one. */
  adoptTerms(facts: OrganizationFacts, terms: MeterTerms): boolean {
    const { start, allowance } = this.current;
    const sameKind = (allowance === undefined) === (terms.allowance === undefined);
    if (terms.start.getTime() !== start.getTime() || !sameKind || (terms.allowance ?? 0) < (allowance ?? 0)) return false;
    this.#version = facts.version;
    this.current = terms;
    return true;
  }

  /** Counts a request. Returns false when the lot has no units. */
  spendUnit(reporter: string, now: Date): boolean {
    if (this.isLimited) {
      if (this.#left === 0) return false;
      this.#left -= 1;
    }
    this.#spent += 1;
    this.lastUsed = performance.now();
    this.#addToDay(reporter, now);
    return true;
  }

  #addToDay(reporter: string, now: Date): void {
    const day = Math.floor(now.getTime() / dayLength);
    this.#days ??= new Map();
    const known = this.#days.get(reporter);
    if (known?.at(-1)?.day === day) (known.at(-1) as DaySum).quantity += 1;
    else this.#days.set(reporter, [...(known ?? []), { day, quantity: 1 }]);
  }

  /** Records that a lot is requested. @returns the number of the request */
  startLotRequest(): number {
    if (this.#lot > 0 && performance.now() - this.#lotReceivedAt < shortLotLife) this.#nextLotSize = Math.min(maxLotSize, this.#nextLotSize * 2);
    this.requestedLots += 1;
    return this.requestedLots;
  }

  /** @param remaining the units that others can still take; undefined without a limit */
  addLot(units: number, remaining: number | undefined): void {
    this.#left += units;
    this.#remaining = remaining ?? 0;
    this.#lot = units;
    this.#lotReceivedAt = performance.now();
  }

  /** Returns the counts to write and sets them to zero. @param close whether to return the unspent units of lots */
  collect(close: boolean): CountedRequests | undefined {
    const { start, end, allowance } = this.current;
    const unspent = close ? this.#left : 0;
    if (this.#spent === 0 && unspent === 0) return undefined;
    const counted = { organizationId: this.organizationId, start, end, allowance, ofLots: this.isLimited, spent: this.#spent, unspent, days: this.#daySums() };
    this.#left -= unspent;
    this.#spent = 0;
    this.#days = undefined;
    return counted;
  }

  #daySums(): CountedRequests['days'] {
    return [...(this.#days ?? [])].flatMap(([reporter, sums]) => sums.map(({ day, quantity }) => ({ reporter, day: dayOf(new Date(day * dayLength)), quantity })));
  }
}
