import type { SubscriptionStatus } from '../../../src/generated/prisma/client.js';
import { standings } from '../../../src/modules/billing/terms/subscription-status.policy.js';

const day = 24 * 3600 * 1000;
export const lengths = { month: 30 * day, year: 365 * day } as const;
/** A trial of the application that ends sooner is not continued in Stripe. */
const shortestTrial = 2 * day + 60_000;

/** The agreed terms. `other` has a price that is not in the catalog. */
export interface Agreed {
  readonly plan: 'free' | 'pro' | 'team' | 'other';
  readonly interval: keyof typeof lengths;
  readonly seats: number | null;
}

/** A subscription as Stripe must have it. */
interface There {
  readonly number: number;
  status: 'trialing' | 'active' | 'past_due' | 'unpaid' | 'canceled';
  agreed: Agreed;
  paused: boolean;
  ends: boolean;
  /** What a schedule changes to with the next period. In the period that it has changed, it changes nothing more. */
  next: Agreed | null;
  end: number;
  trialEnd: number | null;
  /** Which of the invoices is the latest one of a period. */
  invoice: number | null;
}

/** Our row. */
interface Here extends Agreed {
  /** The number of Stripe's subscription that it follows. */
  readonly linked: number | null;
  readonly status: SubscriptionStatus;
  readonly ends: boolean;
  readonly next: Agreed | null;
  readonly periodEnd: number | null;
  readonly trialEnd: number | null;
}

const same = (a: Agreed | null, b: Agreed): boolean => a !== null && a.plan === b.plan && a.interval === b.interval && a.seats === b.seats;
const price = ({ plan, interval, seats }: Agreed): number => (plan === 'team' ? 1000 * (seats ?? 1) : plan === 'pro' ? (interval === 'year' ? 30_000 : 3000) : 0);

/** A year is held against a year, where that is sold, or else against twelve months. */
function costsLess(now: Agreed, wanted: Agreed): boolean {
  if (now.interval === wanted.interval || wanted.plan === 'free') return price(wanted) < price(now);
  if (wanted.interval === 'month') return true;
  return price(wanted) < (now.plan === 'pro' ? 30_000 : 12 * price(now));
}

/** A time for which terms were agreed, in a period that is charged. */
interface Agreement {
  /** The price of a whole period. */
  readonly price: number;
  readonly length: number;
  readonly from: number;
  to: number;
}

const priceInStripe = (agreed: Agreed): number => (agreed.plan === 'other' ? 700 : price(agreed));

/**
 * The expected state of one organization and its subscription in Stripe, in memory: what users, the operator, the dashboard
 * and time do at Stripe, and what of it our row says. That follows Stripe with each event about the subscription, whichever
 * it is, and says what held when it was handled. Each step says whether it is allowed.
 */
export class StripeModel {
  here: Here = { linked: null, status: 'active', plan: 'free', interval: 'month', seats: null, ends: false, next: null, periodEnd: null, trialEnd: null };
  /** One after the other: all but the last are over. */
  readonly #all: There[] = [];
  session: { readonly agreed: Agreed; readonly trialEnd: number | null } | undefined;
  /** In the order in which Stripe has written them: what each is there, and here. */
  readonly invoices: { readonly at: number; there: 'open' | 'paid' | 'void' | 'uncollectible'; here: string | null }[] = [];
  cardIsGood = true;
  /** Whether somebody has asked for an end with the period, and nobody has withdrawn it. */
  endIsAsked = false;
  readonly #agreements: Agreement[] = [];

  constructor(public now: number) {}

  /** The sum over time of what was agreed, in minor units. */
  get worth(): number {
    return this.#agreements.reduce((sum, { price: whole, length, from, to }) => sum + (whole * (to - from)) / length, 0);
  }

  get collected(): boolean {
    return this.here.linked !== null && this.here.status !== 'canceled';
  }
  get there(): There | undefined {
    return this.#all.at(-1);
  }
  /** The one that our row follows, which may be over without our knowing. */
  get #ours(): There | undefined {
    return this.#all.find(({ number }) => number === this.here.linked);
  }
  get #reaches(): boolean {
    return this.#ours !== undefined && this.#ours.status !== 'canceled';
  }
  get alive(): boolean {
    return this.there !== undefined && this.there.status !== 'canceled';
  }
  get organization(): { readonly status: string; readonly plan: string } {
    const { entitledTo, organization } = standings[this.here.status];
    return { status: organization, plan: entitledTo === 'plan' ? this.here.plan : 'free' };
  }

  // Actions of users.

  change(wanted: Agreed): boolean {
    // Our row refuses without Stripe being asked, also if Stripe has something else by now.
    if (this.collected && (this.#isRefused(wanted) || this.#owesFor(wanted))) return false;
    this.#catchUp(wanted);
    const { here } = this;
    if (!this.collected) return wanted.plan === 'free' && this.advance();
    if (this.#isRefused(wanted) || this.#owesFor(wanted)) return false;
    if (this.#stays(wanted)) return here.next === null || this.#keepTerms();
    return this.#waits(wanted) ? this.#later(wanted) : this.#atOnce(wanted);
  }

  /** Whether it is what our row has already. In a trial it is sent to Stripe nevertheless. */
  #stays(wanted: Agreed): boolean {
    const { here } = this;
    return here.status !== 'trialing' && here.plan === wanted.plan && (wanted.plan === 'free' || same(here, wanted));
  }

  /** Whether it begins with the next period. */
  #waits(wanted: Agreed): boolean {
    const { here } = this;
    const inTrial = here.status === 'trialing' || (here.status === 'paused' && here.trialEnd !== null && here.trialEnd >= (here.periodEnd ?? 0));
    return !inTrial && !this.#stays(wanted) && costsLess(here, wanted);
  }

  /** Whether there is no next period with which it could begin. */
  #isRefused(wanted: Agreed): boolean {
    return this.#canceled && this.#waits(wanted);
  }

  /** Whether it costs something now, while a payment is overdue. */
  #owesFor(wanted: Agreed): boolean {
    const owes = this.here.status === 'past_due' || this.here.status === 'unpaid';
    return owes && wanted.plan !== 'free' && !this.#stays(wanted) && !this.#waits(wanted);
  }

  cancel(immediately: boolean): boolean {
    const { status, periodEnd } = this.here;
    if (status === 'canceled') return false;
    const later = !immediately && status !== 'unpaid' && status !== 'paused' && (this.collected || (periodEnd !== null && periodEnd > this.now));
    if (this.collected) return later ? this.#endLater() : this.#end();
    this.here = later ? { ...this.here, ends: true } : { ...this.here, status: 'canceled', seats: null, ends: false, next: null, periodEnd: null };
    return true;
  }

  resume(): boolean {
    const before = this.here;
    this.advance();
    const { status, ends, next, trialEnd } = this.here;
    if (status !== 'paused' && !ends && next === null) {
      // A refusal writes nothing, and so the trial is not ended yet.
      this.here = before;
      return false;
    }
    if (this.collected) return status === 'paused' ? this.#goOn() : this.#take();
    this.here = { ...this.here, ...(status === 'paused' ? { status: trialEnd !== null && trialEnd > this.now ? 'trialing' : 'active' } : { ends: false }) };
    return true;
  }

  checkout(agreed: Agreed): boolean {
    if (agreed.plan === 'free' || this.collected) return false;
    this.session = undefined;
    this.advance();
    if (this.alive) return this.follow() && false;
    const { status, trialEnd } = this.here;
    this.session = { agreed, trialEnd: status === 'trialing' && trialEnd !== null && trialEnd > this.now + shortestTrial ? trialEnd : null };
    return true;
  }

  /** Somebody pays on the page that is open, or the operator makes a subscription in the dashboard. */
  bought(agreed: Agreed, trialEnd: number | null): void {
    this.session = undefined;
    const number = this.#all.length;
    const begun = { agreed, paused: false, ends: false, next: null, trialEnd, invoice: trialEnd === null ? this.invoices.length : null };
    this.#all.push({ number, status: trialEnd === null ? 'active' : 'trialing', end: trialEnd ?? this.now + lengths[agreed.interval], ...begun });
    this.endIsAsked = false;
    if (trialEnd === null) this.invoices.push({ at: this.now, there: 'paid', here: null });
    this.#agree(agreed, this.now, this.there?.end ?? 0);
  }

  // Actions of the operator.

  pause(): boolean {
    if (this.here.status === 'unpaid' || this.here.status === 'canceled') return false;
    if (this.collected) return this.#reaches && this.#tell({ paused: true });
    this.here = { ...this.here, status: 'paused' };
    return true;
  }

  setTrial(end: number): boolean {
    if (this.collected) return this.#reaches && this.#tell({ status: 'trialing', trialEnd: end, end });
    this.here = { ...this.here, status: 'trialing', trialEnd: end, periodEnd: end };
    return true;
  }

  // Changes in Stripe, which events report.

  /** In the dashboard: another price or quantity. */
  reprice(agreed: Agreed): void {
    this.#tell(this.#withTerms(agreed), false);
  }

  happens(values: Partial<There>): void {
    this.#tell(values, false);
  }

  pays(): void {
    for (const invoice of this.invoices) if (invoice.there === 'open' || invoice.there === 'uncollectible') invoice.there = 'paid';
    const { there } = this;
    if (there?.status === 'unpaid' && there.invoice === null) this.#chargeRunning(there);
    if (there?.status === 'past_due' || there?.status === 'unpaid') there.status = 'active';
  }

  /** The running period, of which nothing was charged, is paid whole. */
  #chargeRunning(there: There): void {
    there.invoice = this.invoices.length;
    this.invoices.push({ at: this.now, there: 'paid', here: null });
    this.#agreements.unshift({ price: priceInStripe(there.agreed), length: 1, from: 0, to: 1 });
  }

  /** Periods end, and others begin; a card is charged, or refuses. */
  pass(to: number): void {
    this.now = to;
    while (this.there !== undefined && this.there.status !== 'canceled' && this.there.end <= to) this.#renew(this.there);
  }

  /** Ends a period that is ours alone, if it is over: by the job, or before what a user asks for. */
  advance(): true {
    const { status, ends, linked, periodEnd } = this.here;
    // A trial that was paused beyond its end leaves an active row with its period.
    if (linked !== null || (status !== 'trialing' && status !== 'active') || periodEnd === null || periodEnd > this.now) return true;
    this.here = { ...this.here, status: ends ? 'canceled' : 'active', ends: false, next: null, periodEnd: null };
    return true;
  }

  // Delivered events.

  /** A trigger to look at a subscription: at the last one, or at an earlier one. */
  follow(number?: number): true {
    const { here } = this;
    const there = number === undefined ? this.there : this.#all[number];
    if (there === undefined) return true;
    const isOurs = here.linked === there.number;
    if (!isOurs && (there.status === 'canceled' || there.agreed.plan === 'other')) return true;
    if (there.status === 'canceled') {
      this.here = { ...here, status: 'canceled', plan: here.ends && here.next !== null ? here.next.plan : here.plan, seats: null, ends: false, next: null, periodEnd: null };
      return true;
    }
    const { plan, interval, seats } = there.agreed.plan === 'other' ? here : there.agreed;
    const coming = there.next ?? (there.ends && here.ends ? here.next : null);
    const next = there.agreed.plan !== 'other' && same(coming, there.agreed) ? null : coming;
    const status = there.paused && there.status !== 'unpaid' ? 'paused' : there.status;
    this.here = { linked: there.number, status, plan, interval, seats, ends: there.ends, next, periodEnd: there.end, trialEnd: there.trialEnd ?? here.trialEnd };
    return true;
  }

  copyInvoice(index: number): void {
    const invoice = this.invoices[index];
    if (invoice !== undefined) invoice.here = invoice.there;
  }

  /** The nightly comparison looks back a month, and at invoices that are open here. */
  night(): void {
    this.follow();
    this.follow(this.here.linked ?? undefined);
    for (const invoice of this.invoices) if (invoice.at >= this.now - 30 * day || invoice.here === 'open') invoice.here = invoice.there;
  }

  /** Where Stripe is asked, and has something else than we thought, that is what is changed. */
  #catchUp(wanted: Agreed): void {
    const { here } = this;
    if (!this.collected || this.#stays(wanted) || this.#ours?.agreed.plan === 'other') return;
    this.follow(here.linked ?? undefined);
    const said = ({ status, plan, interval, seats, ends, next }: Here): string => JSON.stringify([status, plan, interval, seats, ends, next]);
    if (said(this.here) === said(here)) this.here = here;
  }

  #tell(values: Partial<There>, follows = true): boolean {
    if (this.there !== undefined) {
      const { status, end } = this.there;
      Object.assign(this.there, values);
      const { agreed, end: ends } = this.there;
      if (values.status === 'trialing') this.#agree(agreed, this.now, ends);
      else if (values.agreed !== undefined && status !== 'trialing') this.#agreeOtherwise(agreed, end, ends);
    }
    return follows ? this.follow() : true;
  }

  /** A period begins. It is charged as agreed, unless it is a trial. */
  #agree(agreed: Agreed, from: number, to: number): void {
    this.#agreements.push({ price: this.there?.status === 'trialing' ? 0 : priceInStripe(agreed), length: to - from, from, to });
  }

  /** Other terms are agreed for the rest of a period, or from now on for a period of another length. */
  #agreeOtherwise(agreed: Agreed, end: number, ends: number): void {
    const running = this.#agreements.at(-1);
    if (running === undefined) return;
    running.to = this.now;
    this.#agreements.push({ price: priceInStripe(agreed), length: ends === end ? running.length : ends - this.now, from: this.now, to: ends });
  }

  /** A period of another length begins at once, but in a trial. */
  #withTerms(agreed: Agreed): Partial<There> & { readonly agreed: Agreed } {
    const restarts = this.there?.agreed.interval !== agreed.interval && this.there?.status !== 'trialing';
    return { agreed, ...(restarts ? { end: this.now + lengths[agreed.interval] } : {}) };
  }

  #atOnce(wanted: Agreed): boolean {
    if (wanted.plan === 'free') return this.#end();
    // What Stripe has already, as in a trial, is charged to no card.
    if (!this.#reaches || (!this.cardIsGood && !same(this.#ours?.agreed ?? null, wanted))) return false;
    // A cancellation stays. A scheduled change to the free plan, which is an end in Stripe, does not.
    const values = { ...this.#withTerms(wanted), ends: this.#canceled && this.#ours?.ends === true, next: null };
    if (!this.#isUnpaid) return this.#tell(values);
    return this.#ours?.paused === true ? this.#changeUncharged(values) : this.#beginPeriod(values);
  }

  /** Whether nobody pays for the period that runs. */
  get #isUnpaid(): boolean {
    const { status, invoice } = this.#ours ?? { invoice: null };
    const charged = this.invoices[invoice ?? -1]?.there;
    return (status === 'active' || status === 'past_due') && (charged === 'void' || charged === 'uncollectible');
  }

  /** A period begins now and is paid. The rest of the one before it is not given back. */
  #beginPeriod(values: Partial<There>): boolean {
    const { there } = this;
    if (there === undefined || !this.cardIsGood) return false;
    Object.assign(there, values, { status: 'active', invoice: this.invoices.length });
    there.end = this.now + lengths[there.agreed.interval];
    this.invoices.push({ at: this.now, there: 'paid', here: null });
    this.#agree(there.agreed, this.now, there.end);
    return this.follow();
  }

  /** Other terms, of which nothing is charged before the next period; what the dashboard gives back of them later was never charged. */
  #changeUncharged(values: Partial<There> & { readonly agreed: Agreed }): boolean {
    const end = values.end ?? this.there?.end ?? 0;
    const length = values.end === undefined ? (this.#agreements.at(-1)?.length ?? 1) : end - this.now;
    this.#agreements.push({ price: priceInStripe(values.agreed), length, from: end, to: end });
    Object.assign(this.there ?? {}, values);
    return this.follow();
  }

  #later(wanted: Agreed): boolean {
    if (!this.#reaches) return false;
    const free = wanted.plan === 'free';
    const interval = free ? this.here.interval : wanted.interval;
    this.#tell(free ? { ends: true, next: null } : { ends: false, next: wanted });
    this.here = { ...this.here, next: { ...wanted, interval } };
    return true;
  }

  #endLater(): boolean {
    if (!this.#reaches) return false;
    this.#tell({ ends: true, next: null });
    // It takes the place of a scheduled change to the free plan.
    this.here = { ...this.here, next: null };
    return true;
  }

  #end(): boolean {
    return this.#reaches && this.#tell({ status: 'canceled', next: null });
  }

  /** Whether a cancellation is scheduled, and not only a change to the free plan. */
  get #canceled(): boolean {
    return this.here.ends && this.here.next === null;
  }

  /** Of what is over nothing can be taken back; where there is nothing to, nothing is said. */
  #goOn(): boolean {
    if (!this.#reaches) return this.#ours?.paused !== true && this.follow(this.#ours?.number);
    return this.#isUnpaid ? this.#beginPeriod({ paused: false }) : this.#tell({ paused: false });
  }

  /** Takes back a cancellation, and what is scheduled. */
  #take(): boolean {
    if (!this.#reaches) return this.#ours?.ends !== true && this.follow(this.#ours?.number);
    return this.#tell({ ends: false, next: null });
  }

  /** Takes back what is scheduled, which may be the end in Stripe for a free plan. */
  #keepTerms(): boolean {
    return this.#take();
  }

  #renew(there: There): void {
    if (there.ends) return void Object.assign(there, { status: 'canceled', next: null });
    if (there.next !== null) Object.assign(there, { agreed: there.next, next: null });
    const begins = there.end;
    there.end += lengths[there.agreed.interval];
    const charged = there.status !== 'unpaid';
    // What the dashboard gives back of a period that is not charged was never charged.
    this.#agreements.push({ price: priceInStripe(there.agreed), length: there.end - begins, from: charged ? begins : there.end, to: there.end });
    if (!charged) {
      there.invoice = null;
      return;
    }
    there.invoice = this.invoices.length;
    this.invoices.push({ at: this.now, there: there.paused ? 'void' : this.cardIsGood ? 'paid' : 'open', here: null });
    if (there.paused) there.status = there.status === 'trialing' ? 'active' : there.status;
    else there.status = this.cardIsGood ? 'active' : 'past_due';
  }
}
