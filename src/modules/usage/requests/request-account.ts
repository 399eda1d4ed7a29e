import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { dayLength, dayOf } from '../../../common/calendar.js';
import type { MeterTerms } from '../metering/meter-reading.js';

/** A lot begins small, so that little is withheld from other replicas, and grows for whom it does not last a second. */
const leastWanted = 10;
const mostWanted = 500;
const shortLife = 1000;

/** What a replica has counted of an organization in a period since it last said so. */
export interface CountedRequests extends Pick<MeterTerms, 'start' | 'end' | 'allowance'> {
  readonly organizationId: string;
  /** Whether the units come from lots; else there is no limit. */
  readonly ofLots: boolean;
  readonly spent: number;
  /** To be given back. */
  readonly unspent: number;
  readonly days: readonly { readonly day: string; readonly reporter: string; readonly quantity: number }[];
}

interface DaySum {
  /** Days since 1970. */
  readonly day: number;
  quantity: number;
}

/**
 * The requests of one organization in one period, as one replica counts them in memory: units left of the lots that it
 * took from the database, and what was spent of them. Without a limit there are no lots, only what was spent.
 */
export class RequestAccount {
  /** Requests that wait for a unit. */
  waiting = 0;
  /** Lots that were asked for so far. */
  asked = 0;
  /** By the clock of the process, in milliseconds. */
  lastUsed = performance.now();
  #wanted = leastWanted;
  #lot = 0;
  #left = 0;
  #spent = 0;
  #lotCame = 0;
  /** By reporter; of more than one day around midnight only. */
  #days = new Map<string, DaySum[]>();

  constructor(
    readonly organizationId: string,
    private facts: OrganizationFacts,
    private current: MeterTerms,
    /** Whether an earlier account of this period is to be settled first: its units are room for this one. */
    readonly followsOn: boolean,
  ) {}

  get terms(): MeterTerms {
    return this.current;
  }

  get limited(): boolean {
    return this.current.allowance !== undefined;
  }

  /** Whether a lot should be on its way. */
  get low(): boolean {
    return this.limited && this.#left <= this.#lot / 4;
  }

  /** How many units to ask for. */
  get wanted(): number {
    return Math.min(mostWanted, Math.max(this.#wanted, this.waiting));
  }

  /** Whether it holds at this moment, without a look at anything: mostly it does. */
  coversAtOnce(facts: OrganizationFacts, now: Date): boolean {
    const { start, end } = this.current;
    return facts.version <= this.facts.version && now >= start && (end === undefined || now < end);
  }

  /** Whether it holds under other terms too. Units that were taken under a lower limit are good under a higher one. */
  adopts(facts: OrganizationFacts, terms: MeterTerms): boolean {
    const { start, allowance } = this.current;
    const sameKind = (allowance === undefined) === (terms.allowance === undefined);
    if (terms.start.getTime() !== start.getTime() || !sameKind || (terms.allowance ?? 0) < (allowance ?? 0)) return false;
    this.facts = facts;
    this.current = terms;
    return true;
  }

  /** Takes a unit, if there is one. */
  spend(reporter: string, now: Date): boolean {
    if (this.limited) {
      if (this.#left === 0) return false;
      this.#left -= 1;
    }
    this.#spent += 1;
    this.lastUsed = performance.now();
    this.#sum(reporter, now);
    return true;
  }

  #sum(reporter: string, now: Date): void {
    const day = Math.floor(now.getTime() / dayLength);
    const known = this.#days.get(reporter);
    if (known?.at(-1)?.day === day) (known.at(-1) as DaySum).quantity += 1;
    else this.#days.set(reporter, [...(known ?? []), { day, quantity: 1 }]);
  }

  /** Says that a lot is asked for. @returns the how manieth */
  ask(): number {
    if (this.#lot > 0 && performance.now() - this.#lotCame < shortLife) this.#wanted = Math.min(mostWanted, this.#wanted * 2);
    this.asked += 1;
    return this.asked;
  }

  add(units: number): void {
    this.#left += units;
    this.#lot = units;
    this.#lotCame = performance.now();
  }

  /** What is to be said to the database; begins anew. @param close whether what is left is to be given back */
  collect(close: boolean): CountedRequests | undefined {
    const { start, end, allowance } = this.current;
    const unspent = close ? this.#left : 0;
    if (this.#spent === 0 && unspent === 0) return undefined;
    const counted = { organizationId: this.organizationId, start, end, allowance, ofLots: this.limited, spent: this.#spent, unspent, days: this.#daySums() };
    this.#left -= unspent;
    this.#spent = 0;
    this.#days = new Map();
    return counted;
  }

  #daySums(): CountedRequests['days'] {
    return [...this.#days].flatMap(([reporter, sums]) => sums.map(({ day, quantity }) => ({ reporter, day: dayOf(new Date(day * dayLength)), quantity })));
  }
}
