import { standings } from '../../../src/modules/billing/terms/subscription-status.policy.js';
import type { SubscriptionStatus } from '../../../src/generated/prisma/client.js';
import { monthAfter, mostOf, noAddOns, price, seatsOf, type AddOns, type Plan, type Terms, type Wish } from './reference-terms.js';

const day = 24 * 3600 * 1000;

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
  invoices: { readonly due: number; open: boolean }[] = [];
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
    return this.invoices.some(({ open, due }) => open && due <= this.now);
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

  change(wish: Wish): boolean {
    const lapsed = this.#lapsed;
    const current: Terms = lapsed ? { plan: 'free', seats: null, addOns: noAddOns } : this.terms;
    const wanted = this.#wanted(wish, current, lapsed ? null : this.next);
    if (wanted === undefined || this.#takesTooMuch(wanted, this.terms)) return false;
    const { plan } = wanted;
    if (this.status === 'trialing' && current.plan !== 'free') return this.#take(wanted, { renews: plan !== 'free' });
    if (current.plan === plan && current.seats === wanted.seats && sameAddOns(current.addOns, wanted.addOns)) return this.#plan(null);
    if (!lapsed && !this.#paid && givesUp(current, wanted)) return this.#take(wanted, { renews: this.renews });
    if (lapsed || !this.#paid) return plan === 'free' ? this.#take(wanted) : !this.overdue && this.#open(wanted, this.now);
    if (price(wanted) < price(current)) return this.#plan(wanted);
    const charged = (this.periodEnd ?? 0) > this.now;
    if (charged && this.overdue) return false;
    if (charged) this.#owe(price(wanted) > price(current));
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
    if (this.status !== 'paused') {
      if (!this.ends && this.next === null) return false;
      return this.#take(this.terms, { renews: this.renews });
    }
    if (this.#lapsed) {
      if (this.overdue) return false;
      if (this.terms.plan !== 'free') return this.#open(this.terms, this.now);
    }
    this.status = this.owesSince !== null ? 'past_due' : this.trialEnd !== null && this.trialEnd > this.now ? 'trialing' : 'active';
    return this.#take(this.terms, { renews: this.renews });
  }

  startTrial(end: number): boolean {
    if (this.status === 'past_due' || this.status === 'unpaid') return false;
    if (this.status !== 'trialing') this.renews = this.#paid;
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
  closeInvoice(): boolean {
    const invoice = this.invoices.find(({ open }) => open);
    if (invoice === undefined) return false;
    invoice.open = false;
    if (this.owesSince === null || this.overdue) return true;
    this.owesSince = null;
    if (this.status === 'paused') return true;
    const missed = this.status === 'unpaid' && this.periodEnd !== null && this.periodEnd <= this.now;
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
    if (this.status === 'trialing' && this.trialEnd !== null && this.trialEnd <= this.now) this.#endTrial(this.trialEnd);
    while ((this.status === 'active' || this.status === 'past_due') && this.periodEnd !== null && this.periodEnd <= this.now) this.#renew(this.periodEnd);
    if ((this.status !== 'active' && this.status !== 'past_due') || !this.overdue) return;
    const since = (this.owesSince ??= this.now);
    this.status = this.status === 'past_due' && this.now - since >= 14 * day ? 'unpaid' : 'past_due';
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
    this.periodEnd = monthAfter(end, this.anchor ?? 1);
    this.#owe(true);
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
    Object.assign(this, { status: 'active', owesSince: null, periodEnd: monthAfter(start, this.anchor) });
    if (this.trialEnd !== null && this.trialEnd > this.now) this.trialEnd = this.now;
    this.#take(terms);
    return this.#owe(true);
  }

  #take(terms: Terms, { renews = false } = {}): true {
    Object.assign(this, { terms, next: null, ends: false, renews });
    return true;
  }

  #plan(next: Terms | null): true {
    this.next = next;
    if (next !== null) this.ends = false;
    return true;
  }

  #owe(open: boolean): true {
    this.invoices.push({ due: this.now + 14 * day, open });
    return true;
  }

  #free(): void {
    this.#take({ plan: 'free', seats: null, addOns: noAddOns });
    Object.assign(this, { periodEnd: null, anchor: null });
  }

  #end(): void {
    this.#take({ plan: this.terms.plan, seats: null, addOns: noAddOns });
    Object.assign(this, { status: 'canceled', periodEnd: null, owesSince: null, anchor: null });
  }
}

const sameAddOns = (one: AddOns, other: AddOns): boolean => one.extra_disk === other.extra_disk && one.extra_seats === other.extra_seats;
/** Only add-ons, or seats. */
const givesUp = (one: Terms, other: Terms): boolean =>
  one.plan === other.plan &&
  (one.seats === null ? other.seats === null : (other.seats ?? 0) <= one.seats) &&
  other.addOns.extra_disk <= one.addOns.extra_disk &&
  other.addOns.extra_seats <= one.addOns.extra_seats;
