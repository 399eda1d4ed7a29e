import { expect } from '@jest/globals';
import { AppError } from '../../../src/common/errors/app-error.js';
import { PlatformDb } from '../../../src/database/platform-db.js';
import { CheckoutService } from '../../../src/modules/billing/checkout/checkout.service.js';
import { StripeEventsWorker } from '../../../src/modules/billing/stripe/inbox/stripe-events.worker.js';
import { SubscriptionsService } from '../../../src/modules/billing/subscriptions/subscriptions.service.js';
import { runJob, type SetClock } from '../jobs.js';
import type { StripeLedger } from '../stripe-ledger.js';
import { StripeTime } from '../stripe-time.js';
import type { StripeWorld } from '../stripe-world.js';
import type { Agreed, StripeModel } from './stripe-model.js';
import { StripePost } from './stripe-post.js';
import { expectedOf, StripeSight } from './stripe-sight.js';

type Values = Record<string, any>;
const day = 24 * 3600 * 1000;

export interface Step {
  readonly name: string;
  readonly run: (stage: StripeStage) => Promise<unknown>;
}

/** Whether the step was allowed. A refusal must be one of our errors. */
async function allowed(done: Promise<unknown>): Promise<true | string> {
  try {
    await done;
    return true;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

/** One organization and its model: each step is applied to both. */
export class StripeStage {
  readonly #time: StripeTime;
  readonly #sight: StripeSight;
  readonly post: StripePost;
  #session: Values | undefined;
  /** The subscriptions, in their order; and those of the sessions. */
  readonly #bought: string[] = [];
  readonly #sessions = new Map<string, string>();
  #customer = '';
  #lost = false;
  /** The lines with which our changes have given something back. */
  readonly #given = new Set<string>();

  constructor(
    private readonly world: StripeWorld,
    private readonly clock: SetClock,
    readonly organizationId: string,
    readonly model: StripeModel,
  ) {
    this.#time = new StripeTime(this.ledger);
    this.#sight = new StripeSight(world, organizationId);
    this.post = new StripePost(world, this.#sight, (event) => this.#learn(event));
  }

  get ledger(): StripeLedger {
    return this.world.stripe.ledger;
  }
  get #theirs(): Values | undefined {
    return [...this.ledger.subscriptions.values()].findLast(({ customer }) => customer === this.#customer);
  }
  /** The prorations that no invoice has yet. */
  get #pending(): Values[] {
    return this.ledger.pending.get(this.#living?.['id']) ?? [];
  }
  get #invoices(): Values[] {
    return [...this.ledger.invoices.values()].filter(({ customer }) => customer === this.#customer);
  }

  /** Takes a step, and sees to it that all is as the model has it. */
  async take({ name, run }: Step): Promise<void> {
    const before = JSON.stringify(this.model.here);
    const was = await this.#sight.row();
    await run(this);
    const row = await this.#sight.row();
    expect({ after: name, ...(await this.#sight.found(this.#theirs, this.#invoices)) }).toEqual({ after: name, ...expectedOf(this.model) });
    this.#expectMoneyToAgree(name);
    // A step without effect is not written, unless a change was prepared.
    if (name.startsWith('events') && JSON.stringify(this.model.here) === before) expect({ after: name, row }).toEqual({ after: name, row: was });
  }

  /** All events are delivered, and lost ones are repaired by the nightly comparison: then both sides are equal. */
  async settle(): Promise<void> {
    this.ledger.cardIsGood = true;
    await this.take({ name: 'events come to an end', run: () => this.post.deliver(this.post.pending.length, 'shuffled') });
    if (this.#lost) await this.take({ name: 'the night', run: () => this.night() });
    expect(this.model.invoices.map(({ here }) => here)).toEqual(this.model.invoices.map(({ there }) => there));
    const expected = JSON.stringify(this.model.here);
    this.model.follow();
    expect(JSON.stringify(this.model.here)).toBe(expected);
    await this.#expectCopiesToAgree();
  }

  /** The charges equal the sum over time of what was agreed, nobody is given back more than they were charged, and a cancellation stays. */
  #expectMoneyToAgree(after: string): void {
    const lines: Values[] = [...this.#invoices.flatMap(({ lines: { data } }) => data), ...this.#bought.flatMap((id) => this.ledger.pending.get(id) ?? [])];
    const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
    const charged = lines.map(({ amount }) => Number(amount));
    const differs = Math.abs(sum(charged) - this.model.worth) > lines.length / 2 + 0.001;
    expect({ after, charged: differs ? sum(charged) : 'as agreed' }).toEqual({ after, charged: differs ? this.model.worth : 'as agreed' });
    const credited = -sum(charged.filter((amount) => amount < 0));
    expect({ after, credited: Math.max(credited, sum(charged) + credited) }).toEqual({ after, credited: sum(charged) + credited });
    const theirs = this.#living;
    if (theirs !== undefined && this.model.endIsAsked)
      expect({ after, ends: theirs['cancel_at_period_end'] === true || theirs['cancel_at'] !== null }).toEqual({ after, ends: true });
  }

  /**
   * What a change gives back of a period is at most what was charged for it and not given back yet. Void invoices, and those
   * that are written off, do not count. What the operator changes in the dashboard of Stripe is given back by Stripe alone.
   *
   * @param before how many prorations there were before the change
   */
  #expectCreditToBePaid(before: number): void {
    const credits = this.#pending.slice(before).filter(({ amount }) => amount < 0);
    for (const { id } of credits) this.#given.add(id);
    const invoice = this.#invoices.find(({ id }) => id === this.#living?.['latest_invoice']);
    const charged: Values[] = [...(invoice?.['status'] === 'paid' || invoice?.['status'] === 'open' ? invoice['lines'].data : []), ...this.#pending.slice(0, before), ...credits];
    for (const end of new Set(credits.map(({ period }) => period.end))) {
      const counted = charged.filter(({ id, amount, period }) => period.end === end && (amount > 0 || this.#given.has(id)));
      const left = counted.reduce((total, { amount }) => total + amount, 0);
      expect({ left: Math.min(left, 0), credits, charged }).toEqual({ left: 0, credits, charged });
    }
  }

  /** The invoices here have the amounts and lines of those in Stripe, and are paid if those are. */
  async #expectCopiesToAgree(): Promise<void> {
    const where = { organizationId: this.organizationId };
    const copies = await this.world.server.app.get(PlatformDb).invoice.findMany({ where, include: { lines: { orderBy: { position: 'asc' } } } });
    const here = copies.map(({ providerInvoiceId: id, total, tax, status, paidAt, lines }) => ({
      id,
      total: Number(total),
      tax: Number(tax),
      status,
      paid: paidAt !== null,
      lines: lines.map(({ amount }) => Number(amount)),
    }));
    const there = this.#invoices.map(({ id, total, status, lines: { data } }) => ({
      id,
      total,
      tax: 0,
      status,
      paid: status === 'paid',
      lines: data.map(({ amount }: Values) => amount),
    }));
    const byId = (one: Values, other: Values): number => (one['id'] < other['id'] ? -1 : 1);
    expect(here.toSorted(byId)).toEqual(there.toSorted(byId));
    for (const { total, lines } of there) expect(total).toBe(lines.reduce((sum: number, amount: number) => sum + amount, 0));
  }

  /** The jobs of the next history have nothing to do with this one. */
  async forget(): Promise<void> {
    this.ledger.cardIsGood = true;
    this.world.stripe.afterwards = undefined;
    for (const kind of [this.ledger.subscriptions, this.ledger.invoices, this.ledger.sessions])
      for (const [id, { customer }] of kind) if (customer === this.#customer) kind.delete(id);
    const [where, platform] = [{ organizationId: this.organizationId }, this.world.server.app.get(PlatformDb)];
    await platform.subscription.updateMany({ where, data: { status: 'canceled', provider: 'manual', providerCustomerId: null, providerSubscriptionId: null } });
    await platform.invoice.deleteMany({ where });
  }

  // Actions of users.

  async change(wanted: Agreed): Promise<void> {
    const { plan, interval, seats } = wanted;
    const body = plan === 'free' ? { plan } : { plan, interval, ...(seats === null ? {} : { seats }) };
    const before = this.#pending.length;
    const done = await this.#ask(() => this.post.server.app.get(SubscriptionsService).changeSubscription(this.organizationId, body));
    this.#agree(this.model.change(wanted), done);
    this.#expectCreditToBePaid(before);
  }
  async cancel(immediately: boolean): Promise<void> {
    const done = await allowed(this.post.server.app.get(SubscriptionsService).cancelSubscription(this.organizationId, { atPeriodEnd: !immediately }));
    this.#agree(this.model.cancel(immediately), done);
    if (done === true && !immediately && this.model.collected) this.model.endIsAsked = true;
  }
  async resume(): Promise<void> {
    const done = await this.#ask(() => this.post.server.app.get(SubscriptionsService).resumeSubscription(this.organizationId));
    const wasPaused = this.model.here.status === 'paused';
    this.#agree(this.model.resume(), done);
    if (done === true && !wasPaused) this.model.endIsAsked = false;
  }
  async checkout(agreed: Agreed): Promise<void> {
    const { plan, interval, seats } = agreed;
    const asked = this.post.server.app.get(CheckoutService).createCheckout(this.organizationId, { plan, interval, ...(seats === null ? {} : { seats }) });
    const url = await asked.catch(() => undefined);
    this.#agree(this.model.checkout(agreed), await allowed(asked));
    this.#customer = (await this.#sight.row()).providerCustomerId ?? '';
    this.#session = url === undefined ? this.#session : this.ledger.sessions.get(url.split('/').at(-1) ?? '');
  }
  async complete(): Promise<void> {
    const { session } = this.model;
    if (session === undefined || this.model.alive || this.#session?.['status'] !== 'open') return;
    this.post.tell(this.#time.complete(this.#session));
    this.#sessions.set(this.#session['id'], this.#session['subscription']);
    this.#bought.push(this.#session['subscription']);
    this.model.bought(session.agreed, session.trialEnd);
  }
  async buys(agreed: Agreed): Promise<void> {
    await this.checkout(agreed);
    await this.complete();
  }

  // Actions of the operator.

  async pause(): Promise<void> {
    if (this.#isOursAlone) this.#agree(this.model.pause(), await allowed(this.post.server.app.get(SubscriptionsService).pauseSubscription(this.organizationId)));
  }
  async setTrial(days: number): Promise<void> {
    const end = this.model.now + days * day;
    if (this.#isOursAlone) this.#agree(this.model.setTrial(end), await allowed(this.post.server.app.get(SubscriptionsService).setTrialEnd(this.organizationId, new Date(end))));
  }
  /** The operator can assign a plan after Stripe ended the subscription; that is another test. */
  get #isOursAlone(): boolean {
    return this.model.here.status !== 'canceled';
  }

  // Changes in Stripe.

  async make(agreed: Agreed): Promise<void> {
    if (this.#customer === '' || this.model.alive || this.model.session !== undefined) return;
    this.post.tell(this.#time.make({ customer: this.#customer, items: [this.#item(agreed)] }));
    this.#bought.push(this.#theirs?.['id']);
    this.model.bought(agreed, null);
  }
  async reprice(agreed: Agreed): Promise<void> {
    const theirs = this.#living;
    if (theirs === undefined) return;
    const wanted = this.#item(agreed);
    const [base, ...beside]: Values[] = theirs['items'].data;
    const { interval } = this.ledger.find(this.ledger.prices, wanted['price'])['recurring'];
    // Stripe removes usage items of another interval first.
    const gone = beside.filter(({ price }) => price.recurring.interval !== interval).map(({ id }) => ({ id, deleted: 'true' }));
    this.post.tell(this.#time.change(theirs, { items: [{ id: base?.['id'], ...wanted }, ...gone] }));
    this.model.reprice(agreed);
  }
  /** Without an event about the subscription. */
  async reschedule(agreed: Agreed): Promise<void> {
    const schedule = this.ledger.schedules.get(this.#living?.['schedule']);
    if (schedule === undefined || schedule['entered'] === true) return;
    schedule['phases'][1].items = [this.#item(agreed)];
    this.model.happens({ next: agreed });
    this.#lost = true;
  }
  async flag(values: Values, changes: Parameters<StripeModel['happens']>[0]): Promise<void> {
    const theirs = this.#living;
    if (theirs === undefined || (theirs['schedule'] !== null && 'ends' in changes)) return;
    this.post.tell(this.#time.change(theirs, values));
    this.model.happens(changes);
    if (changes.ends === false) this.model.endIsAsked = false;
  }
  async end(): Promise<void> {
    if (this.#living === undefined) return;
    this.post.tell(this.#time.end(this.#living));
    this.model.happens({ status: 'canceled', next: null });
  }
  async giveUp(status: 'unpaid' | 'canceled'): Promise<void> {
    if (this.#living?.['status'] !== 'past_due') return;
    this.post.tell(this.#time.giveUp(this.#living, status));
    this.model.happens({ status, ...(status === 'canceled' ? { next: null } : {}) });
  }
  async pay(): Promise<void> {
    if (this.#theirs === undefined) return;
    this.post.tell(this.#time.pay(this.#theirs));
    this.model.pays();
  }
  async writeOff(): Promise<void> {
    const index = this.model.invoices.findIndex(({ there }) => there === 'open');
    const invoice = this.#invoices[index];
    if (invoice === undefined) return;
    this.post.tell([['invoice.marked_uncollectible', Object.assign(invoice, { status: 'uncollectible' })]]);
    Object.assign(this.model.invoices[index] ?? {}, { there: 'uncollectible' });
  }
  async card(isGood: boolean): Promise<void> {
    this.ledger.cardIsGood = isGood;
    this.model.cardIsGood = isGood;
  }
  async pass(days: number, runs: number): Promise<void> {
    // A month does not go by without a night.
    if (this.#lost && days > 15) await this.night();
    this.clock.forward(days * day);
    const theirs = this.#theirs;
    if (theirs !== undefined) this.post.tell(this.#time.pass(theirs));
    this.model.pass(this.clock.now().getTime());
    for (let run = 0; run < runs; run += 1) await this.#job('advance-subscriptions');
    if (runs > 0) this.model.advance();
  }

  // The events of Stripe.

  async overtake(agreed: Agreed): Promise<void> {
    if (this.#living !== undefined) await this.post.overtake(() => this.reprice(agreed));
  }
  async lose(count: number): Promise<void> {
    if (this.post.lose(count, this.ledger.now) > 0) this.#lost = true;
  }
  async night(): Promise<void> {
    await this.#job('reconcile-stripe');
    await this.post.server.app.get(StripeEventsWorker).handleStripeEvent(`reconcile:${this.clock.now().toISOString().slice(0, 10)}`);
    this.model.night();
    this.#lost = false;
  }

  get #living(): Values | undefined {
    return this.#theirs?.['status'] === 'canceled' ? undefined : this.#theirs;
  }

  /** Makes a request, and lets Stripe tell of the invoices that it has written meanwhile. */
  async #ask(request: () => Promise<unknown>): Promise<true | string> {
    const before = this.#invoices.length;
    const done = await allowed(request());
    this.post.tell(this.#invoices.slice(before).map((invoice) => ['invoice.paid', invoice] as const));
    return done;
  }

  #agree(model: boolean, real: boolean | string): void {
    if (model || real === true) expect(real).toBe(model);
  }

  #item({ plan, interval, seats }: Agreed): Values {
    const strange = (): string => this.ledger.price({ currency: 'eur', unit_amount: 700, recurring: { interval: 'month' } })['id'];
    return { price: plan === 'other' ? strange() : this.world.price(`${plan}:${interval}:eur`), quantity: seats ?? 1 };
  }

  /** The effect on the model. */
  #learn({ type, data: { object } }: Values): void {
    const subscription = String(type).startsWith('checkout.') ? this.#sessions.get(object.id) : object.id;
    if (!String(type).startsWith('invoice.')) return void this.model.follow(this.#bought.indexOf(subscription));
    const index = this.#invoices.findIndex(({ id }) => id === object.id);
    this.model.copyInvoice(index);
  }

  /** Once more for the same day, if need be. */
  async #job(name: string): Promise<void> {
    await this.world.server.app.get(PlatformDb).jobRun.deleteMany({ where: { job: name } });
    expect(await runJob(this.post.server.app, name, this.clock.now())).toMatchObject({ outcome: 'done' });
  }
}
