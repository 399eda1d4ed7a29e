import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { Catalog } from '../../../../config/catalog/catalog.js';
import type { Subscription } from '../../../../generated/prisma/client.js';
import { isSold, type Terms } from '../../terms/prices.policy.js';
import { StripeClientService } from '../stripe-client.service.js';
import { itemsAfter, type WantedItem } from '../prices/stripe-items.policy.js';
import { addOnKeyFor, lookupKeyFor, quantityOf } from '../prices/stripe-price.policy.js';
import { StripePricesService } from '../prices/stripe-prices.service.js';
import { idOf } from './stripe-subscription.policy.js';
import { StripeUsageItemsService } from '../prices/stripe-usage-items.service.js';

/**
 * A call that is made again with the same key is answered as the first time, refused ones too, and does nothing: each attempt
 * has a version of its own (`SubscriptionDecisions`). https://docs.stripe.com/api/idempotent_requests
 */
export function idempotencyKey({ organizationId, version }: Subscription, what: string, parameters: object): string {
  const digest = createHash('sha256').update(JSON.stringify(parameters)).digest('hex').slice(0, 16);
  return `tenantry:${organizationId}:${version}:${what}:${digest}`;
}

/** Changes of a subscription in Stripe, each said so that saying it twice changes nothing. */
@Injectable()
export class StripeChangesService {
  constructor(
    private readonly client: StripeClientService,
    private readonly catalog: Catalog,
    private readonly prices: StripePricesService,
    private readonly usage: StripeUsageItemsService,
  ) {}

  /** From now on; what is used and paid is made up for on the next invoice. A payment that is refused leaves all as it was. */
  async atOnce(row: Subscription, theirs: Stripe.Subscription, terms: Terms, currency: string | undefined): Promise<void> {
    if (!isSold(terms.plan)) return this.end(row, theirs);
    const wanted = await this.items(terms, currency);
    const usage = await this.usage.changes(theirs, terms, currency);
    const { changed } = itemsAfter(theirs, wanted, this.catalog);
    const parameters: Stripe.SubscriptionUpdateParams = {
      items: [...changed, ...usage],
      proration_behavior: 'create_prorations',
      payment_behavior: 'error_if_incomplete',
      ...this.#notEnding(theirs),
    };
    await this.#update(row, theirs, parameters);
    // Not before: where the payment is refused, what was scheduled stays too.
    await this.#release(theirs);
  }

  /**
   * With the next period: by a schedule of two phases, so that Stripe itself changes at that moment, neither earlier nor
   * after the invoice. https://docs.stripe.com/billing/subscriptions/subscription-schedules
   */
  async later(row: Subscription, theirs: Stripe.Subscription, terms: Terms, currency: string | undefined): Promise<void> {
    if (!isSold(terms.plan)) return this.endLater(row, theirs);
    const wanted = await this.items(terms, currency);
    const usage = await this.usage.of(terms, currency);
    await this.#release(theirs);
    await this.#update(row, theirs, this.#notEnding(theirs));
    const from = { from_subscription: theirs.id };
    const schedule = await this.client.ask((api) => api.subscriptionSchedules.create(from, { idempotencyKey: idempotencyKey(row, 'schedule', { ...from, wanted }) }));
    const [current] = schedule.phases;
    if (current === undefined) throw new Error(`the schedule ${schedule.id} has no phase`);
    const { before, after } = itemsAfter(theirs, wanted, this.catalog);
    const phases = [
      { items: [...before], start_date: current.start_date, end_date: current.end_date },
      { items: [...after, ...usage], duration: { interval: terms.interval, interval_count: 1 }, proration_behavior: 'none' as const },
    ];
    await this.client.ask((api) => api.subscriptionSchedules.update(schedule.id, { end_behavior: 'release', proration_behavior: 'none', phases }));
  }

  async end(row: Subscription, theirs: Stripe.Subscription): Promise<void> {
    await this.client.ask((api) => api.subscriptions.cancel(theirs.id, { invoice_now: true, prorate: false }, { idempotencyKey: idempotencyKey(row, 'end', {}) }));
  }

  async endLater(row: Subscription, theirs: Stripe.Subscription): Promise<void> {
    await this.#release(theirs);
    await this.#update(row, theirs, { cancel_at_period_end: true });
  }

  /** Takes back what was to come, and a pause. */
  async goOn(row: Subscription, theirs: Stripe.Subscription): Promise<void> {
    await this.#release(theirs);
    await this.#update(row, theirs, { ...this.#notEnding(theirs), ...(theirs.pause_collection === null ? {} : { pause_collection: '' as const }) });
    if (theirs.status === 'paused') await this.client.ask((api) => api.subscriptions.resume(theirs.id, {}, { idempotencyKey: idempotencyKey(row, 'resume', {}) }));
  }

  /** Nothing is charged meanwhile. https://docs.stripe.com/billing/subscriptions/pause-payment */
  pause(row: Subscription, theirs: Stripe.Subscription): Promise<void> {
    return this.#update(row, theirs, { pause_collection: { behavior: 'void' } });
  }

  setTrial(row: Subscription, theirs: Stripe.Subscription, endsAt: Date): Promise<void> {
    return this.#update(row, theirs, { trial_end: Math.floor(endsAt.getTime() / 1000), proration_behavior: 'none' });
  }

  /** What terms are in Stripe: the plan first. @throws {PriceMissingError} */
  async items(terms: Terms, currency: string | undefined): Promise<readonly WantedItem[]> {
    const plan = await this.prices.idOf(lookupKeyFor(terms, currency) ?? terms.plan.key);
    const items: WantedItem[] = [{ addOn: undefined, price: plan, quantity: quantityOf(terms, currency) }];
    for (const bought of terms.addOns) {
      const price = await this.prices.idOf(addOnKeyFor(bought, terms.interval, currency));
      items.push({ addOn: bought.addOn.key, price, quantity: bought.quantity });
    }
    return items;
  }

  /** A subscription that follows a schedule refuses other changes of its end, and loses those of its items. */
  async #release({ schedule }: Stripe.Subscription): Promise<void> {
    const id = idOf(schedule);
    if (id !== undefined) await this.client.ask((api) => api.subscriptionSchedules.release(id));
  }

  async #update(row: Subscription, { id }: Stripe.Subscription, parameters: Stripe.SubscriptionUpdateParams): Promise<void> {
    if (Object.keys(parameters).length === 0) return;
    await this.client.ask((api) => api.subscriptions.update(id, parameters, { idempotencyKey: idempotencyKey(row, 'update', parameters) }));
  }

  #notEnding({ cancel_at_period_end: flag, cancel_at: date }: Stripe.Subscription): Stripe.SubscriptionUpdateParams {
    if (flag) return { cancel_at_period_end: false };
    return date === null ? {} : { cancel_at: '' };
  }
}
