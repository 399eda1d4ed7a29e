import { Injectable } from '@nestjs/common';
import { dayOf } from '../../../../common/calendar.js';
import type { Stripe } from 'stripe';
import { Clock } from '../../../../common/clock.js';
import type { AppError } from '../../../../common/errors/app-error.js';
import type { PlatformTransaction } from '../../../../database/transactions.js';
import type { Subscription } from '../../../../generated/prisma/client.js';
import { AlreadySubscribedError, InvoicesOpenError, NotOfferedError, PrepaidExceedsError, SubscriptionChangedError } from '../../billing.errors.js';
import { BillingModesService } from '../../providers/billing-modes.service.js';
import { PaymentProvider, type CheckoutUrls } from '../../providers/payment-provider.js';
import { clearedSchedule, scheduledColumns } from '../../subscriptions/subscription-columns.js';
import type { CheckoutOffer, CheckoutPurchase, Prepaid } from '../../terms/checkout.policy.js';
import { amountOf, periodFrom, periodLines } from '../../terms/prices.policy.js';
import { fromStripeAmount, roundToStripe } from '../prices/stripe-amounts.policy.js';
import type { Collection, ProviderRequest } from '../../terms/provider-request.js';
import { StripeTasksService } from '../inbox/stripe-tasks.service.js';
import { StripeUsageItemsService } from '../prices/stripe-usage-items.service.js';
import { StripeClientService } from '../stripe-client.service.js';
import { idempotencyKey, StripeChangesService } from './stripe-changes.service.js';
import { StripeCustomersService } from './stripe-customers.service.js';
import { StripeReconciliationService } from './stripe-reconciliation.service.js';
import { comparedFields, isAlive } from './stripe-subscription.policy.js';

/** Stripe accepts trials that end in more than two days; https://docs.stripe.com/payments/checkout/free-trials */
const minTrial = 48 * 3600 * 1000 + 60_000;

/** The columns that a decision about a change depends on. The period is not among them: it may have ended meanwhile. */
const decisiveColumns = ['status', 'plan', 'interval', 'seats', 'addOns', 'nextPlan', 'nextInterval', 'nextSeats', 'nextAddOns', 'cancelAtPeriodEnd'] as const;

/** A checkout page is open for between half an hour and a day. https://docs.stripe.com/api/checkout/sessions/create */
const [minPageLifetime, maxPageLifetime] = [31 * 60 * 1000, 24 * 3600 * 1000];

/**
 * Collects through Stripe. A change is made in Stripe first; then the subscription is fetched from Stripe and copied to the
 * row. If a call fails or its answer is lost, the row stays unchanged. If Stripe made the change, its event or the nightly
 * comparison copies it later.
 */
@Injectable()
export class StripePaymentProvider extends PaymentProvider {
  constructor(
    private readonly client: StripeClientService,
    private readonly changes: StripeChangesService,
    private readonly usage: StripeUsageItemsService,
    private readonly customers: StripeCustomersService,
    private readonly reconciliation: StripeReconciliationService,
    private readonly tasks: StripeTasksService,
    private readonly modes: BillingModesService,
    private readonly clock: Clock,
  ) {
    super();
  }

  collectionOf({ provider, providerSubscriptionId, status, billing }: Subscription): Collection {
    if (provider === 'stripe' && providerSubscriptionId !== null && status !== 'canceled') return 'provider';
    return ({ none: 'nobody', invoice: 'here', provider: 'checkout' } as const)[this.modes.modeOf({ billing })];
  }

  async carryOut(subscription: Subscription, request: ProviderRequest): Promise<void> {
    const { providerSubscriptionId: id } = subscription;
    if (id === null) throw new Error(`the subscription of organization ${subscription.organizationId} has no id in Stripe`);
    await this.#send(subscription, await this.client.ask((api) => api.subscriptions.retrieve(id, comparedFields)), request);
    // A cancellation takes the place of a scheduled change.
    const scheduled = request.kind === 'change_at_period_end' ? scheduledColumns(request.terms) : request.kind === 'cancel' ? clearedSchedule : {};
    await this.client.ask(() => this.reconciliation.reconcileSubscription(id, scheduled));
  }

  async endErasedSubscription(tx: PlatformTransaction, { providerCustomerId: customerId }: Subscription): Promise<void> {
    if (customerId !== null) await this.tasks.queueErasure(tx, customerId);
  }

  offerCheckout({ subscription, terms, currency, prepaid, openInvoices, now }: CheckoutPurchase): CheckoutOffer {
    const trialEnd = remainingTrialEnd(subscription, now);
    const lines = trialEnd === undefined ? periodLines(terms, currency ?? '', periodFrom(now, terms.interval)) : [];
    const refusal = this.#refusalOf({ subscription, terms, currency, prepaid, openInvoices });
    return { subscription, terms, currency, lines, credit: chargeable(prepaid, currency), trialEnd, refusal };
  }

  async createCheckoutPage(offer: CheckoutOffer, { successUrl, cancelUrl }: CheckoutUrls): Promise<string> {
    const { subscription, terms, currency, credit, trialEnd, refusal } = offer;
    if (refusal !== undefined) throw refusal;
    const { organizationId } = subscription;
    const items = await this.changes.itemsFor(terms, currency);
    const usage = await this.usage.itemsFor(terms, currency);
    const customer = await this.customers.customerOf(organizationId);
    await this.#closeOpenPages(customer);
    await this.#assertNoSubscription(customer);
    const coupon = credit === undefined ? undefined : await this.#createCredit(subscription, credit, currency);
    const metadata = { organizationId };
    const session = await this.client.ask((api) =>
      api.checkout.sessions.create({
        mode: 'subscription',
        customer,
        client_reference_id: organizationId,
        metadata,
        line_items: [...items.map(({ price, quantity }) => ({ price, quantity })), ...usage],
        subscription_data: { metadata, ...(trialEnd === undefined ? {} : { trial_end: Math.floor(trialEnd.getTime() / 1000) }) },
        ...(coupon === undefined ? {} : { discounts: [{ coupon }] }),
        expires_at: this.#pageExpiry(subscription),
        success_url: successUrl,
        cancel_url: cancelUrl,
      }),
    );
    return session.url ?? cancelUrl;
  }

  async createPortalPage(organizationId: string, returnUrl: string): Promise<string> {
    const customer = await this.customers.customerOf(organizationId);
    return (await this.client.ask((api) => api.billingPortal.sessions.create({ customer, return_url: returnUrl }))).url;
  }

  async #send(subscription: Subscription, stripeSubscription: Stripe.Subscription, request: ProviderRequest): Promise<void> {
    switch (request.kind) {
      case 'change_now':
        await this.#assertUnchanged(subscription, stripeSubscription);
        return this.changes.changeNow(subscription, stripeSubscription, request.terms, request.currency);
      case 'change_at_period_end':
        await this.#assertUnchanged(subscription, stripeSubscription);
        return this.changes.changeAtPeriodEnd(subscription, stripeSubscription, request.terms, request.currency);
      case 'cancel':
        return request.atPeriodEnd ? this.changes.cancelAtPeriodEnd(subscription, stripeSubscription) : this.changes.cancelNow(subscription, stripeSubscription);
      case 'resume':
        return this.changes.resume(subscription, stripeSubscription);
      case 'keep_terms':
        return this.changes.keepTerms(subscription, stripeSubscription);
      case 'pause':
        return this.changes.pause(subscription, stripeSubscription);
      case 'set_trial_end':
        return this.changes.setTrialEnd(subscription, stripeSubscription, request.endsAt);
    }
  }

  /**
   * The decision was made with the terms of the row. If Stripe has others by now (somebody bought in the portal), the change
   * would undo them. Copies them to the row instead.
   *
   * @throws {SubscriptionChangedError}
   */
  async #assertUnchanged(subscription: Subscription, stripeSubscription: Stripe.Subscription): Promise<void> {
    const drift = this.reconciliation.findDrift(stripeSubscription, subscription) ?? {};
    if (!decisiveColumns.some((column) => column in drift)) return;
    await this.client.ask(() => this.reconciliation.reconcileSubscription(stripeSubscription.id));
    throw new SubscriptionChangedError();
  }

  #refusalOf({ subscription, terms, currency, prepaid, openInvoices }: Omit<CheckoutPurchase, 'now'>): AppError | undefined {
    if (this.modes.modeOf(subscription) !== 'provider') return new NotOfferedError('checkout page');
    if (this.collects(subscription)) return new AlreadySubscribedError();
    if (openInvoices.length > 0) return new InvoicesOpenError(openInvoices);
    const amount = amountOf(terms, currency);
    // The first invoice would be free, also after a change to a more expensive plan.
    return prepaid !== undefined && prepaid.worth > amount ? new PrepaidExceedsError(prepaid, amount, currency) : undefined;
  }

  /** Returns when a checkout page expires, in seconds: not after the end of a manual period, which would be renewed and invoiced too. */
  #pageExpiry({ periodEnd }: Subscription): number {
    const now = this.clock.now().getTime();
    const end = periodEnd === null || periodEnd.getTime() <= now ? Infinity : periodEnd.getTime();
    return Math.floor(Math.min(now + maxPageLifetime, Math.max(now + minPageLifetime, end)) / 1000);
  }

  /** Creates a coupon that credits the prepaid period on the first invoice. Stripe uses up a coupon only when something is bought. */
  async #createCredit(subscription: Subscription, { until, worth }: Prepaid, currency = ''): Promise<string> {
    const parameters: Stripe.CouponCreateParams = {
      name: `Paid until ${dayOf(until)}`,
      amount_off: roundToStripe(worth, currency),
      currency: currency.toLowerCase(),
      duration: 'once',
      max_redemptions: 1,
      // A page is open for a day.
      redeem_by: Math.floor(this.clock.now().getTime() / 1000) + 25 * 3600,
      metadata: { organizationId: subscription.organizationId },
    };
    return (await this.client.ask((api) => api.coupons.create(parameters, { idempotencyKey: idempotencyKey(subscription, 'credit', parameters) }))).id;
  }

  /** If two pages were open, both could be paid, which would create two subscriptions. */
  async #closeOpenPages(customer: string): Promise<void> {
    const { data } = await this.client.ask((api) => api.checkout.sessions.list({ customer, status: 'open', limit: 10 }));
    for (const { id } of data) await this.client.ask((api) => api.checkout.sessions.expire(id));
  }

  /** The event of a payment may arrive later than the next request of the customer. @throws {AlreadySubscribedError} */
  async #assertNoSubscription(customer: string): Promise<void> {
    const { data } = await this.client.ask((api) => api.subscriptions.list({ customer, limit: 10 }));
    const alive = data.filter(isAlive);
    for (const { id } of alive) await this.client.ask(() => this.reconciliation.reconcileSubscription(id));
    if (alive.length > 0) throw new AlreadySubscribedError();
  }
}

/** Returns the end of a running trial that Stripe accepts; undefined if the purchase is charged at once. */
const remainingTrialEnd = ({ status, trialEndsAt: end }: Subscription, now: Date): Date | undefined =>
  status === 'trialing' && end !== null && end.getTime() > now.getTime() + minTrial ? end : undefined;

/** Returns a credit as Stripe can charge it; undefined if nothing is left of it. */
function chargeable(prepaid: Prepaid | undefined, currency = ''): Prepaid | undefined {
  const worth = prepaid === undefined ? 0 : Number(fromStripeAmount(roundToStripe(prepaid.worth, currency), currency));
  return prepaid === undefined || worth === 0 ? undefined : { ...prepaid, worth };
}
