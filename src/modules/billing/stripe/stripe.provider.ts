import { Injectable } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { Clock } from '../../../common/clock.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import { AlreadySubscribedError, CheckoutRequiredError } from '../billing.errors.js';
import { PaymentProvider, type CheckoutRequest, type ProviderStep } from '../payment-provider.js';
import { isSold } from '../prices.policy.js';
import type { PlannedChange } from '../subscription-change.policy.js';
import type { SubscriptionChanges } from '../subscription-store.service.js';
import { StripeChanges } from './stripe-changes.service.js';
import { StripeClient } from './stripe-client.service.js';
import { StripeCustomers } from './stripe-customers.service.js';
import { quantityOf } from './stripe-price.policy.js';
import { StripeReconciliation } from './stripe-reconciliation.service.js';
import { isAlive } from './stripe-subscription.policy.js';

/** Stripe takes over a trial that ends in more than two days; https://docs.stripe.com/payments/checkout/free-trials */
const shortestTrial = 48 * 3600 * 1000 + 60_000;

/**
 * Stripe collects. It is told of a change and then asked what holds; only that is written. So a call that fails, or an
 * answer that is lost, leaves our row as it was, and the event that Stripe sends, or the nightly comparison, brings what
 * was changed nevertheless.
 */
@Injectable()
export class StripeProvider extends PaymentProvider {
  constructor(
    private readonly client: StripeClient,
    private readonly changes: StripeChanges,
    private readonly customers: StripeCustomers,
    private readonly reconciliation: StripeReconciliation,
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
    if (next === undefined) return this.#step(row, (theirs) => this.changes.atOnce(row, theirs, now, currency));
    const scheduled = { nextPlan: next.plan.key, nextInterval: next.interval, nextSeats: next.seats ?? null };
    return this.#step(row, (theirs) => this.changes.later(row, theirs, next, currency), scheduled);
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

  async checkout({ subscription, terms, currency, successUrl, cancelUrl }: CheckoutRequest): Promise<string> {
    if (this.collects(subscription)) throw new AlreadySubscribedError();
    const { organizationId, status, trialEndsAt } = subscription;
    const price = await this.changes.priceId(terms, currency);
    const customer = await this.customers.of(organizationId);
    await this.#closeOthers(customer);
    await this.#assertNoneThere(customer);
    const trialGoesOn = status === 'trialing' && trialEndsAt !== null && trialEndsAt.getTime() > this.clock.now().getTime() + shortestTrial;
    const metadata = { organizationId };
    const session = await this.client.ask((api) =>
      api.checkout.sessions.create({
        mode: 'subscription',
        customer,
        client_reference_id: organizationId,
        metadata,
        line_items: [{ price, quantity: quantityOf(terms, currency) }],
        subscription_data: { metadata, ...(trialGoesOn ? { trial_end: Math.floor(trialEndsAt.getTime() / 1000) } : {}) },
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

  #step(row: Subscription, tell: (theirs: Stripe.Subscription) => Promise<void>, also: SubscriptionChanges = {}): ProviderStep | undefined {
    const { providerSubscriptionId: id } = row;
    if (id === null || !this.collects(row)) return undefined;
    return async () => {
      await tell(await this.client.ask((api) => api.subscriptions.retrieve(id)));
      await this.client.ask(() => this.reconciliation.reconcile(id, also));
    };
  }
}
