import { Injectable } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { Clock } from '../../../../common/clock.js';
import type { PlatformTransaction } from '../../../../database/transactions.js';
import type { Subscription } from '../../../../generated/prisma/client.js';
import { AlreadySubscribedError, CheckoutRequiredError, InvoicesOpenError, PrepaidExceedsError, SubscriptionChangedError } from '../../billing.errors.js';
import { PaymentProvider, type CheckoutRequest, type Prepaid, type ProviderStep } from '../../providers/payment-provider.js';
import { amountOf, isSold } from '../../terms/prices.policy.js';
import type { PlannedChange } from '../../terms/wanted-terms.policy.js';
import { scheduled } from '../../subscriptions/subscription-columns.js';
import type { SubscriptionChanges } from '../../subscriptions/subscription-store.service.js';
import { idempotencyKey, StripeChangesService } from './stripe-changes.service.js';
import { StripeClientService } from '../stripe-client.service.js';
import { StripeCustomersService } from './stripe-customers.service.js';
import { StripeTasksService } from '../inbox/stripe-tasks.service.js';
import { StripeReconciliationService } from './stripe-reconciliation.service.js';
import { isAlive } from './stripe-subscription.policy.js';
import { StripeUsageItemsService } from '../prices/stripe-usage-items.service.js';

/** Stripe takes over a trial that ends in more than two days; https://docs.stripe.com/payments/checkout/free-trials */
const shortestTrial = 48 * 3600 * 1000 + 60_000;

/** What a change is judged by. Whether a period has ended meanwhile makes no difference. */
const judgedBy = ['status', 'plan', 'interval', 'seats', 'addOns', 'nextPlan', 'nextInterval', 'nextSeats', 'nextAddOns', 'cancelAtPeriodEnd'] as const;

/** A page of a checkout is open for between half an hour and a day. https://docs.stripe.com/api/checkout/sessions/create */
const [shortestPage, longestPage] = [31 * 60 * 1000, 24 * 3600 * 1000];

/**
 * Stripe collects. It is told of a change and then asked what holds; only that is written. So a call that fails, or an
 * answer that is lost, leaves our row as it was, and the event that Stripe sends, or the nightly comparison, brings what
 * was changed nevertheless.
 */
@Injectable()
export class StripeProvider extends PaymentProvider {
  constructor(
    private readonly client: StripeClientService,
    private readonly changes: StripeChangesService,
    private readonly usage: StripeUsageItemsService,
    private readonly customers: StripeCustomersService,
    private readonly reconciliation: StripeReconciliationService,
    private readonly errands: StripeTasksService,
    private readonly clock: Clock,
  ) {
    super();
  }

  change(row: Subscription, { now, next, immediate }: PlannedChange, currency: string | undefined): ProviderStep | undefined {
    const changes = immediate || next !== undefined;
    if (!this.collects(row)) {
      if (changes && isSold((next ?? now).plan)) throw new CheckoutRequiredError(row.organizationId);
      return undefined;
    }
    // Asking for what is there already takes back what was scheduled instead, and nothing else.
    if (!changes) return row.nextPlan === null ? undefined : this.#step(row, (theirs) => this.changes.goOn(row, theirs));
    if (next === undefined) return this.#step(row, (theirs) => this.#judged(row, theirs, () => this.changes.atOnce(row, theirs, now, currency)));
    return this.#step(row, (theirs) => this.#judged(row, theirs, () => this.changes.later(row, theirs, next, currency)), scheduled(next));
  }

  cancel(row: Subscription, atPeriodEnd: boolean): ProviderStep | undefined {
    return this.#step(row, (theirs) => (atPeriodEnd ? this.changes.endLater(row, theirs) : this.changes.end(row, theirs)));
  }

  resume(row: Subscription): ProviderStep | undefined {
    return this.#step(row, (theirs) => this.changes.goOn(row, theirs));
  }

  pause(row: Subscription): ProviderStep | undefined {
    return this.#step(row, (theirs) => this.changes.pause(row, theirs));
  }

  setTrial(row: Subscription, endsAt: Date): ProviderStep | undefined {
    return this.#step(row, (theirs) => this.changes.setTrial(row, theirs, endsAt));
  }

  collects({ provider, providerSubscriptionId, status }: Subscription): boolean {
    return provider === 'stripe' && providerSubscriptionId !== null && status !== 'canceled';
  }

  async erased(tx: PlatformTransaction, { providerCustomerId: id }: Subscription): Promise<void> {
    if (id !== null) await this.errands.endOf(tx, id);
  }

  async checkout({ subscription, terms, currency, prepaid, open, successUrl, cancelUrl }: CheckoutRequest): Promise<string> {
    if (this.collects(subscription)) throw new AlreadySubscribedError();
    if (open.length > 0) throw new InvoicesOpenError(open);
    const amount = amountOf(terms, currency);
    // It would be charged for nothing until then, whatever it was changed to meanwhile.
    if (prepaid !== undefined && prepaid.worth > amount) throw new PrepaidExceedsError(prepaid, amount, currency);
    const { organizationId } = subscription;
    const items = await this.changes.items(terms, currency);
    const usage = await this.usage.of(terms, currency);
    const customer = await this.customers.of(organizationId);
    await this.#closeOthers(customer);
    await this.#assertNoneThere(customer);
    const from = this.#chargedFrom(subscription);
    const coupon = prepaid === undefined ? undefined : await this.#credit(subscription, prepaid, currency);
    const metadata = { organizationId };
    const session = await this.client.ask((api) =>
      api.checkout.sessions.create({
        mode: 'subscription',
        customer,
        client_reference_id: organizationId,
        metadata,
        line_items: [...items.map(({ price, quantity }) => ({ price, quantity })), ...usage],
        subscription_data: { metadata, ...(from === undefined ? {} : { trial_end: Math.floor(from.getTime() / 1000) }) },
        ...(coupon === undefined ? {} : { discounts: [{ coupon }] }),
        expires_at: this.#openUntil(subscription),
        success_url: successUrl,
        cancel_url: cancelUrl,
      }),
    );
    return session.url ?? cancelUrl;
  }

  async portal(organizationId: string, returnUrl: string): Promise<string> {
    const customer = await this.customers.of(organizationId);
    return (await this.client.ask((api) => api.billingPortal.sessions.create({ customer, return_url: returnUrl }))).url;
  }

  /** A trial of ours goes on: undefined where it is charged at once. */
  #chargedFrom({ status, trialEndsAt: end }: Subscription): Date | undefined {
    return status === 'trialing' && end !== null && end.getTime() > this.clock.now().getTime() + shortestTrial ? end : undefined;
  }

  /** Not beyond the end of a period that we would renew: that would be invoiced, and what is paid on the page owed beside it. In seconds. */
  #openUntil({ periodEnd }: Subscription): number {
    const now = this.clock.now().getTime();
    const end = periodEnd === null || periodEnd.getTime() <= now ? Infinity : periodEnd.getTime();
    return Math.floor(Math.min(now + longestPage, Math.max(now + shortestPage, end)) / 1000);
  }

  /** The rest of what was paid is taken off the first invoice: by a coupon, since Stripe uses one up only when something is bought. */
  async #credit(row: Subscription, { until, worth }: Prepaid, currency = ''): Promise<string> {
    const parameters: Stripe.CouponCreateParams = {
      name: `Paid until ${until.toISOString().slice(0, 10)}`,
      amount_off: worth,
      currency: currency.toLowerCase(),
      duration: 'once',
      max_redemptions: 1,
      // A page is open for a day.
      redeem_by: Math.floor(this.clock.now().getTime() / 1000) + 25 * 3600,
      metadata: { organizationId: row.organizationId },
    };
    return (await this.client.ask((api) => api.coupons.create(parameters, { idempotencyKey: idempotencyKey(row, 'credit', parameters) }))).id;
  }

  /** Two pages that are open could both be paid, which would be two subscriptions. */
  async #closeOthers(customer: string): Promise<void> {
    const { data } = await this.client.ask((api) => api.checkout.sessions.list({ customer, status: 'open', limit: 10 }));
    for (const { id } of data) await this.client.ask((api) => api.checkout.sessions.expire(id));
  }

  /** Who has just paid may be here before the event that tells of it. @throws {AlreadySubscribedError} */
  async #assertNoneThere(customer: string): Promise<void> {
    const { data } = await this.client.ask((api) => api.subscriptions.list({ customer, limit: 10 }));
    const alive = data.filter(isAlive);
    for (const { id } of alive) await this.client.ask(() => this.reconciliation.reconcile(id));
    if (alive.length > 0) throw new AlreadySubscribedError();
  }

  /**
   * Terms are whole, and were judged by our row: where Stripe has others by now, bought by somebody else or in the portal, they
   * would be undone. They are taken over instead.
   *
   * @throws {SubscriptionChangedError}
   */
  async #judged(row: Subscription, theirs: Stripe.Subscription, tell: () => Promise<void>): Promise<void> {
    const drift = this.reconciliation.drift(theirs, row) ?? {};
    if (!judgedBy.some((field) => field in drift)) return tell();
    await this.client.ask(() => this.reconciliation.reconcile(theirs.id));
    throw new SubscriptionChangedError();
  }

  #step(row: Subscription, tell: (theirs: Stripe.Subscription) => Promise<void>, also: SubscriptionChanges = {}): ProviderStep | undefined {
    const { providerSubscriptionId: id } = row;
    if (id === null || !this.collects(row)) return undefined;
    return async () => {
      await tell(await this.client.ask((api) => api.subscriptions.retrieve(id)));
      await this.client.ask(() => this.reconciliation.reconcile(id, also));
    };
  }
}
