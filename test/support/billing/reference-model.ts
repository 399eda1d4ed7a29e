import { standings } from '../../../src/modules/billing/terms/subscription-status.policy.js';
import type { SubscriptionStatus } from '../../../src/generated/prisma/client.js';
import { itemsOf, monthAfter, mostOf, noAddOns, price, seatsOf, type AddOns, type Item, type Plan, type Terms, type Wish } from './reference-terms.js';

const day = 24 * 3600 * 1000;

/** What was charged for an item, and what was given back of it. */
interface Line {
  readonly item: Item['item'];
  readonly amount: number;
  credited: number;
  readonly start: number;
  readonly end: number;
}

/** `applied` was paid from the balance; credits have reduced what is due, and added to the balance. */
interface Invoice {
  readonly due: number;
  status: 'open' | 'paid' | 'void';
  readonly total: number;
  readonly applied: number;
  reduced: number;
  credited: number;
  readonly lines: readonly Line[];
}

const dueOf = ({ status, total, applied, reduced }: Invoice): number => (status === 'open' ? total - applied - reduced : 0);

/** The intended behavior of billing, in memory and without a database: one organization, by the month. Each step says whether it is allowed. */
export class ReferenceModel {
  status: SubscriptionStatus = 'active';
  terms: Terms = { plan: 'free', seats: null, addOns: noAddOns };
  next: Terms | null = null;
  periodEnd: number | null = null;
  trialEnd: number | null = null;
  renews = false;
  ends = false;
  anchor: number | null = null;
  owesSince: number | null = null;
  periodStart = 0;
  invoices: Invoice[] = [];
  members = 1;
  /** When the pending invitations expire, in their order. */
  invitations: number[] = [];
  suspended = false;

  constructor(public now: number) {}

  get plan(): Plan {
    return this.status === 'canceled' ? 'free' : this.terms.plan;
  }
  get organization(): string {
    return this.suspended ? 'suspended' : standings[this.status].organization;
  }
  get limit(): number {
    return this.status === 'canceled' ? 3 : seatsOf(this.terms);
  }
  get used(): number {
    return this.members + this.invitations.filter((expiry) => expiry > this.now).length;
  }
  get overdue(): boolean {
    return this.invoices.some(({ status, due }) => status === 'open' && due <= this.now);
  }
  get isOpen(): boolean {
    return ['active', 'trial'].includes(this.organization);
  }
  get #lapsed(): boolean {
    if (this.status !== 'paused') return this.status === 'canceled';
    return this.periodEnd === null ? this.trialEnd !== null : this.periodEnd <= this.now;
  }
  get #paid(): boolean {
    if (this.periodEnd === null || this.status === 'trialing' || this.status === 'canceled') return false;
    return this.status !== 'paused' || this.trialEnd === null || this.trialEnd < this.periodEnd;
  }

  /** What is still to pay of all invoices. */
  get due(): number {
    return this.invoices.reduce((sum, invoice) => sum + dueOf(invoice), 0);
  }
  /** What was given back and is not used yet. */
  get balance(): number {
    return this.invoices.reduce((sum, { status, credited, applied }) => (status === 'void' ? sum : sum + credited - applied), 0);
  }

  /** A refused change leaves everything as it was, also what was due before it. */
  change(wish: Wish): boolean {
    const before = structuredClone({ ...this });
    this.#dueSteps();
    const allowed = this.#change(wish);
    if (!allowed) Object.assign(this, before);
    return allowed;
  }

  #change(wish: Wish): boolean {
    const lapsed = this.#lapsed;
    const current: Terms = lapsed ? { plan: 'free', seats: null, addOns: noAddOns } : this.terms;
    const wanted = this.#wanted(wish, current, lapsed ? null : this.next);
    if (wanted === undefined || this.#takesTooMuch(wanted, this.terms)) return false;
    const { plan } = wanted;
    if (this.status === 'trialing' && current.plan !== 'free') return this.#take(wanted, { renews: plan !== 'free' });
    if (current.plan === plan && current.seats === wanted.seats && sameAddOns(current.addOns, wanted.addOns)) return this.#plan(null);
    if (!lapsed && !this.#paid && givesUp(current, wanted)) return this.#take(wanted, { renews: this.renews });
    if (lapsed) this.ends = this.ends && this.status !== 'paused';
    if (lapsed || !this.#paid) return plan === 'free' ? this.#take(wanted) : !this.overdue && this.#open(wanted, this.now);
    if (price(wanted) < price(current)) return !this.ends && this.#plan(wanted);
    const charged = (this.periodEnd ?? 0) > this.now;
    if (this.overdue) return false;
    if (charged) this.#exchange(current, wanted);
    return this.#take(wanted);
  }

  /** Undefined if it is not available. A request for at most the existing add-ons means the scheduled ones. */
  #wanted({ plan: named, seats, addOns = {} }: Wish, current: Terms, next: Terms | null): Terms | undefined {
    const wishes = Object.entries(addOns) as [keyof AddOns, number][];
    const fewer = named === undefined && seats === undefined && wishes.length > 0 && wishes.every(([key, quantity]) => quantity <= current.addOns[key]);
    const from = fewer && this.status !== 'trialing' ? (next ?? current) : current;
    const plan = named ?? from.plan;
    if (plan !== 'team' && seats !== undefined) return undefined;
    const taken = seats ?? Math.max(from.seats ?? 0, this.used, 1);
    if (plan === 'team' && (taken > 50 || taken < this.used)) return undefined;
    const kept = (key: keyof AddOns): number => (mostOf(key, plan) === 0 ? 0 : from.addOns[key]);
    if (wishes.some(([key, quantity]) => quantity > mostOf(key, plan))) return undefined;
    const given = fewer && !this.#paid && this.status !== 'trialing';
    return { plan, seats: plan !== 'team' ? null : given ? from.seats : taken, addOns: { extra_disk: kept('extra_disk'), extra_seats: kept('extra_seats'), ...addOns } };
  }

  /** Whether more seats are in use than there would be: on another plan, or by the end of add-ons. */
  #takesTooMuch(wanted: Terms, from: Terms): boolean {
    return this.used > seatsOf(wanted) && (wanted.plan !== from.plan || seatsOf(wanted) < seatsOf(from));
  }

  cancel(immediately: boolean): boolean {
    if (this.status === 'canceled') return false;
    const later = !immediately && this.periodEnd !== null && this.periodEnd > this.now && this.status !== 'unpaid' && this.status !== 'paused';
    if (later) this.ends = true;
    else this.#end();
    return true;
  }

  resume(): boolean {
    const before = structuredClone({ ...this });
    this.#dueSteps();
    const allowed = this.#resume();
    if (!allowed) Object.assign(this, before);
    return allowed;
  }

  /** A pause ends, and what is scheduled stays; without a pause, nothing that is scheduled stays. */
  #resume(): boolean {
    if (this.status !== 'paused') {
      if (!this.ends && this.next === null) return false;
      this.ends = false;
      return this.#take(this.terms, { renews: this.renews });
    }
    if (this.#lapsed) {
      if (this.overdue) return false;
      this.ends = this.terms.plan === 'free' && this.ends;
      if (this.terms.plan !== 'free') return this.#open(this.terms, this.now);
    }
    this.status = this.owesSince !== null ? 'past_due' : this.trialEnd !== null && this.trialEnd > this.now ? 'trialing' : 'active';
    return true;
  }

  startTrial(end: number): boolean {
    if (this.status === 'past_due' || this.status === 'unpaid') return false;
    if (this.status !== 'trialing') this.renews = this.#paid;
    if (this.#paid && (this.periodEnd ?? 0) > this.now) this.#giveBack(this.#lines());
    Object.assign(this, { status: 'trialing', owesSince: null, anchor: null, trialEnd: end, periodEnd: end });
    return true;
  }

  pause(): boolean {
    if (this.status === 'unpaid' || this.status === 'canceled') return false;
    this.status = 'paused';
    if (!this.#paid) this.anchor = null;
    return true;
  }

  /** The oldest that is open. */
  closeInvoice(status: 'paid' | 'void'): boolean {
    const invoice = this.invoices.find(({ status: each }) => each === 'open');
    if (invoice === undefined) return false;
    invoice.status = status;
    if (this.owesSince === null || this.overdue) return true;
    this.owesSince = null;
    if (this.status === 'paused') return true;
    const missed = this.status === 'unpaid' && this.periodEnd !== null && this.periodEnd <= this.now;
    if (missed && this.ends) {
      this.#end();
      return true;
    }
    const terms = this.#nextTerms();
    if (missed && terms.plan !== 'free') return this.#open(terms, this.now);
    if (missed) this.#free();
    this.status = 'active';
    return true;
  }

  invite(): boolean {
    if (!this.isOpen || this.used + 1 > this.limit) return false;
    this.invitations.push(this.now + 7 * day);
    return true;
  }

  /** The newest invitation. */
  accept(): boolean {
    const expiry = this.invitations.at(-1);
    if (expiry === undefined || expiry <= this.now || this.members + 1 > this.limit) return false;
    this.invitations.pop();
    this.members += 1;
    return true;
  }

  /** The effect of the job. */
  advance(): void {
    this.#dueSteps();
    if ((this.status !== 'active' && this.status !== 'past_due') || !this.overdue) return;
    const since = (this.owesSince ??= this.now);
    this.status = this.status === 'past_due' && this.now - since >= 14 * day ? 'unpaid' : 'past_due';
  }

  #dueSteps(): void {
    if (this.status === 'trialing' && this.trialEnd !== null && this.trialEnd <= this.now) this.#endTrial(this.trialEnd);
    while ((this.status === 'active' || this.status === 'past_due') && this.periodEnd !== null && this.periodEnd <= this.now) this.#renew(this.periodEnd);
  }

  #endTrial(end: number): void {
    if (this.ends) return this.#end();
    const terms = this.#nextTerms();
    this.status = 'active';
    if (this.renews && terms.plan !== 'free') this.#open(terms, end);
    else this.#free();
  }

  #renew(end: number): void {
    if (this.ends) return this.#end();
    this.terms = this.#nextTerms();
    if (this.terms.plan === 'free') return this.#free();
    this.next = null;
    Object.assign(this, { periodStart: end, periodEnd: monthAfter(end, this.anchor ?? 1) });
    this.#charge(this.terms);
  }

  #nextTerms(): Terms {
    const own = this.terms.plan === 'team' ? { ...this.terms, seats: this.terms.seats ?? Math.max(1, this.used) } : this.terms;
    if (this.next === null) return own;
    const wanted = this.next.plan === 'team' ? { ...this.next, seats: Math.max(this.next.seats ?? own.seats ?? 1, this.used, 1) } : this.next;
    return this.#takesTooMuch(wanted, this.terms) ? own : wanted;
  }

  /** A first period, with its invoice. */
  #open(terms: Terms, start: number): true {
    this.anchor = new Date(start).getUTCDate();
    Object.assign(this, { status: 'active', owesSince: null, periodStart: start, periodEnd: monthAfter(start, this.anchor) });
    if (this.trialEnd !== null && this.trialEnd > this.now) this.trialEnd = this.now;
    this.#take(terms);
    return this.#charge(terms);
  }

  #take(terms: Terms, { renews = false } = {}): true {
    Object.assign(this, { terms, next: null, renews });
    return true;
  }

  #plan(next: Terms | null): true {
    this.next = next;
    return true;
  }

  /** An invoice for a whole period. */
  #charge(terms: Terms): true {
    return this.#owe(itemsOf(terms).map(({ item, amount }) => ({ item, amount, credited: 0, start: this.periodStart, end: this.periodEnd ?? 0 })));
  }

  /** Gives back the items that change, and charges the new ones for the rest of the period. */
  #exchange(current: Terms, wanted: Terms): void {
    const [before, after] = [itemsOf(current), itemsOf(wanted)];
    const kept = after.filter(({ id }) => before.some((each) => each.id === id));
    const rest = { start: this.now, end: this.periodEnd ?? 0 };
    const lines = after.filter((item) => !kept.includes(item)).map(({ item, amount }) => ({ item, amount: this.#rest(amount, this.periodStart, rest.end), credited: 0, ...rest }));
    this.#giveBack(this.#lines().filter(([, line]) => !kept.some(({ item }) => item === line.item)));
    this.#owe(lines.filter(({ amount }) => amount > 0));
  }

  /** What was charged for the running period. */
  #lines(): (readonly [Invoice, Line])[] {
    const of = (invoice: Invoice): (readonly [Invoice, Line])[] => invoice.lines.map((line) => [invoice, line]);
    return this.invoices
      .filter(({ status }) => status !== 'void')
      .flatMap(of)
      .filter(([, { start, end }]) => start >= this.periodStart && end <= (this.periodEnd ?? 0));
  }

  #rest(amount: number, start: number, end: number): number {
    return Math.round((amount * (end - this.now)) / (end - start));
  }

  #giveBack(lines: readonly (readonly [Invoice, Line])[]): void {
    for (const [invoice, line] of lines) {
      const credit = Math.max(0, this.#rest(line.amount, line.start, line.end) - line.credited);
      line.credited += credit;
      const reduces = Math.min(credit, dueOf(invoice));
      invoice.reduced += reduces;
      invoice.credited += credit - reduces;
      if (invoice.status === 'open' && reduces > 0 && dueOf(invoice) === 0) invoice.status = 'paid';
    }
  }

  #owe(lines: Line[]): true {
    const total = lines.reduce((sum, { amount }) => sum + amount, 0);
    if (total === 0) return true;
    const applied = Math.min(total, this.balance);
    this.invoices.push({ due: this.now + 14 * day, status: applied < total ? 'open' : 'paid', total, applied, reduced: 0, credited: 0, lines });
    return true;
  }

  #free(): void {
    this.#take({ plan: 'free', seats: null, addOns: noAddOns });
    Object.assign(this, { periodEnd: null, anchor: null, ends: false });
  }

  #end(): void {
    this.#take({ plan: this.terms.plan, seats: null, addOns: noAddOns });
    Object.assign(this, { status: 'canceled', periodEnd: null, owesSince: null, anchor: null, ends: false });
  }
}

const sameAddOns = (one: AddOns, other: AddOns): boolean => one.extra_disk === other.extra_disk && one.extra_seats === other.extra_seats;
/** Only add-ons, or seats. */
const givesUp = (one: Terms, other: Terms): boolean =>
  one.plan === other.plan &&
  (one.seats === null ? other.seats === null : (other.seats ?? 0) <= one.seats) &&
  other.addOns.extra_disk <= one.addOns.extra_disk &&
  other.addOns.extra_seats <= one.addOns.extra_seats;
