import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { Catalog } from '../../../../config/catalog/catalog.js';
import type { Subscription } from '../../../../generated/prisma/client.js';
import { isSold, priceOf, type Interval, type Terms } from '../../terms/prices.policy.js';
import { asPhaseItem, itemsAfter, type PhaseItem, type WantedItem } from '../prices/stripe-items.policy.js';
import { addOnKeyFor, comingPhase, lookupKeyFor, quantityOf } from '../prices/stripe-price.policy.js';
import { StripePricesService } from '../prices/stripe-prices.service.js';
import { StripeUsageItemsService } from '../prices/stripe-usage-items.service.js';
import { StripeClientService } from '../stripe-client.service.js';
import { idOf, isPeriodUnpaid } from './stripe-subscription.policy.js';

/**
 * Returns the idempotency key of a call. Stripe answers a repeated key with its first answer (an error too) and does
 * nothing. Each decision therefore gives the subscription a new version first, which is part of the key.
 * https://docs.stripe.com/api/idempotent_requests
 */
export function idempotencyKey({ organizationId, version }: Subscription, action: string, parameters: object): string {
  const digest = createHash('sha256').update(JSON.stringify(parameters)).digest('hex').slice(0, 16);
  return `tenantry:${organizationId}:${version}:${action}:${digest}`;
}

/** If the payment is declined, nothing changes. */
const paidAtOnce = { payment_behavior: 'error_if_incomplete' } as const;
/** Begins a period now, which is invoiced at once. The rest of the running one is not credited. */
const beginsPeriod = { billing_cycle_anchor: { type: 'now' }, proration_behavior: 'none', ...paidAtOnce } as const;

/** Changes subscriptions in Stripe. Making a change twice has no further effect. */
@Injectable()
export class StripeChangesService {
  constructor(
    private readonly client: StripeClientService,
    private readonly catalog: Catalog,
    private readonly prices: StripePricesService,
    private readonly usage: StripeUsageItemsService,
  ) {}

  /**
   * Changes the terms now. The next invoice charges or credits the difference. If nobody pays for the running period, there is
   * nothing to credit: a new period begins, or, during a pause, begins when it ends. If the payment is declined, nothing changes.
   */
  async changeNow(row: Subscription, stripeSubscription: Stripe.Subscription, terms: Terms, currency: string | undefined): Promise<void> {
    if (!isSold(terms.plan)) return this.cancelNow(row, stripeSubscription);
    const wanted = await this.itemsFor(terms, currency);
    const usage = await this.usage.changesOf(stripeSubscription, terms, currency);
    const { changed } = itemsAfter(stripeSubscription, wanted, this.catalog);
    const unpaid = isPeriodUnpaid(stripeSubscription);
    const begins = unpaid && stripeSubscription.pause_collection === null;
    const parameters: Stripe.SubscriptionUpdateParams = {
      items: [...changed, ...usage],
      proration_behavior: unpaid ? 'none' : 'create_prorations',
      ...(begins ? beginsPeriod : paidAtOnce),
      ...(begins && row.nextPlan === null ? this.#endingWithPeriod(stripeSubscription) : this.#withoutScheduledEnd(row, stripeSubscription)),
    };
    await this.#update(row, stripeSubscription, parameters);
    // Released last: if the payment is declined, a scheduled change stays too.
    await this.#releaseSchedule(stripeSubscription);
  }

  /**
   * Changes the terms with the next period. A schedule of two phases lets Stripe itself make the change, before it writes the
   * invoice of that period. https://docs.stripe.com/billing/subscriptions/subscription-schedules
   */
  async changeAtPeriodEnd(row: Subscription, stripeSubscription: Stripe.Subscription, terms: Terms, currency: string | undefined): Promise<void> {
    if (!isSold(terms.plan)) return this.cancelAtPeriodEnd(row, stripeSubscription);
    const wanted = await this.itemsFor(terms, currency);
    const usage = await this.usage.itemsFor(terms, currency);
    await this.#releaseSchedule(stripeSubscription);
    await this.#update(row, stripeSubscription, this.#withoutScheduledEnd(row, stripeSubscription));
    const from = { from_subscription: stripeSubscription.id };
    const schedule = await this.client.ask((api) => api.subscriptionSchedules.create(from, { idempotencyKey: idempotencyKey(row, 'schedule', { ...from, wanted }) }));
    const [current] = schedule.phases;
    if (current === undefined) throw new Error(`the schedule ${schedule.id} has no phase`);
    const { before, after } = itemsAfter(stripeSubscription, wanted, this.catalog);
    const now = { items: [...before], start_date: current.start_date, end_date: current.end_date };
    await this.#setPhases(schedule.id, now, [...after, ...usage], terms.interval);
  }

  async cancelNow(row: Subscription, stripeSubscription: Stripe.Subscription): Promise<void> {
    const parameters = { invoice_now: true, prorate: false };
    await this.client.ask((api) => api.subscriptions.cancel(stripeSubscription.id, parameters, { idempotencyKey: idempotencyKey(row, 'end', {}) }));
  }

  async cancelAtPeriodEnd(row: Subscription, stripeSubscription: Stripe.Subscription): Promise<void> {
    await this.#releaseSchedule(stripeSubscription);
    await this.#update(row, stripeSubscription, { cancel_at_period_end: true });
  }

  /**
   * Ends a pause; without one, removes a cancellation and a scheduled change. If the pause outlasted its period, the invoice of
   * the running one is void: a new period begins and is invoiced. `resume` in Stripe, for status `paused`, does that by itself.
   */
  async resume(row: Subscription, stripeSubscription: Stripe.Subscription): Promise<void> {
    if (row.status !== 'paused') {
      await this.#releaseSchedule(stripeSubscription);
      return this.#update(row, stripeSubscription, this.#withoutCancellation(stripeSubscription));
    }
    if (stripeSubscription.pause_collection !== null) await this.#resumeCollection(row, stripeSubscription);
    if (stripeSubscription.status === 'paused')
      await this.client.ask((api) => api.subscriptions.resume(stripeSubscription.id, {}, { idempotencyKey: idempotencyKey(row, 'resume', {}) }));
  }

  async #resumeCollection(row: Subscription, stripeSubscription: Stripe.Subscription): Promise<void> {
    if (!isPeriodUnpaid(stripeSubscription)) return this.#update(row, stripeSubscription, { pause_collection: '' });
    await this.#update(row, stripeSubscription, { pause_collection: '', ...beginsPeriod, ...this.#endingWithPeriod(stripeSubscription) });
    await this.#delaySchedule(row, stripeSubscription);
  }

  /** Lets a scheduled change begin with the end of a period that has begun since it was scheduled. */
  async #delaySchedule(row: Subscription, stripeSubscription: Stripe.Subscription): Promise<void> {
    const { id, schedule } = stripeSubscription;
    if (schedule === null || typeof schedule === 'string') return;
    const next = comingPhase(schedule);
    if (next === undefined || schedule.current_phase === null) return this.#releaseSchedule(stripeSubscription);
    const { data } = (await this.client.ask((api) => api.subscriptions.retrieve(id))).items;
    const [item] = data;
    if (item === undefined) throw new Error(`the subscription ${id} has no item`);
    const now = { items: data.map(asPhaseItem), start_date: schedule.current_phase.start_date, end_date: item.current_period_end };
    const items = next.items.map(({ price, quantity }) => ({ price: idOf(price) ?? '', ...(quantity === undefined ? {} : { quantity }) }));
    const prices = next.items.flatMap(({ price }) => (typeof price === 'string' || price.deleted === true ? [] : [price]));
    await this.#setPhases(schedule.id, now, items, prices[0]?.recurring?.interval ?? row.interval);
  }

  /** Sets the phase that runs, and the one after it, which lasts a period. */
  async #setPhases(id: string, now: Stripe.SubscriptionScheduleUpdateParams.Phase, next: readonly PhaseItem[], interval: Stripe.Price.Recurring.Interval): Promise<void> {
    const phases = [now, { items: [...next], duration: { interval, interval_count: 1 }, proration_behavior: 'none' as const }];
    await this.client.ask((api) => api.subscriptionSchedules.update(id, { end_behavior: 'release', proration_behavior: 'none', phases }));
  }

  /** Removes a scheduled change. A cancellation stays. */
  async keepTerms(row: Subscription, stripeSubscription: Stripe.Subscription): Promise<void> {
    await this.#releaseSchedule(stripeSubscription);
    await this.#update(row, stripeSubscription, this.#withoutScheduledEnd(row, stripeSubscription));
  }

  /** Pauses collection: Stripe voids the invoices of the pause. https://docs.stripe.com/billing/subscriptions/pause-payment */
  pause(row: Subscription, stripeSubscription: Stripe.Subscription): Promise<void> {
    return this.#update(row, stripeSubscription, { pause_collection: { behavior: 'void' } });
  }

  setTrialEnd(row: Subscription, stripeSubscription: Stripe.Subscription, endsAt: Date): Promise<void> {
    return this.#update(row, stripeSubscription, { trial_end: Math.floor(endsAt.getTime() / 1000), proration_behavior: 'none' });
  }

  /** Returns the items of a subscription with the given terms, the plan first. @throws {PriceMissingError | PriceDiffersError} */
  async itemsFor(terms: Terms, currency: string | undefined): Promise<readonly WantedItem[]> {
    const { plan, interval, addOns } = terms;
    const planKey = lookupKeyFor(terms, currency) ?? plan.key;
    const items: WantedItem[] = [{ addOn: undefined, key: planKey, price: await this.#priceOf(planKey, plan, interval, currency), quantity: quantityOf(terms, currency) }];
    for (const bought of addOns) {
      const key = addOnKeyFor(bought, interval, currency);
      items.push({ addOn: bought.addOn.key, key, price: await this.#priceOf(key, bought.addOn, interval, currency), quantity: bought.quantity });
    }
    return items;
  }

  #priceOf(key: string, sold: Parameters<typeof priceOf>[0], interval: Interval, currency: string | undefined): Promise<string> {
    const price = priceOf(sold, interval, currency);
    return price === undefined ? this.prices.findPriceId(key) : this.prices.findPriceOf(key, price.amount, price.currency);
  }

  /** A subscription with a schedule refuses changes of its end, and loses changes of its items. */
  async #releaseSchedule({ schedule }: Stripe.Subscription): Promise<void> {
    const id = idOf(schedule);
    if (id !== undefined) await this.client.ask((api) => api.subscriptionSchedules.release(id));
  }

  async #update(row: Subscription, { id }: Stripe.Subscription, parameters: Stripe.SubscriptionUpdateParams): Promise<void> {
    if (Object.keys(parameters).length === 0) return;
    await this.client.ask((api) => api.subscriptions.update(id, parameters, { idempotencyKey: idempotencyKey(row, 'update', parameters) }));
  }

  /** A scheduled change to a free plan is an end in Stripe, which another change removes. A cancellation stays until it is withdrawn. */
  #withoutScheduledEnd({ nextPlan }: Subscription, stripeSubscription: Stripe.Subscription): Stripe.SubscriptionUpdateParams {
    return nextPlan === null ? {} : this.#withoutCancellation(stripeSubscription);
  }

  /** A cancellation with the period, which Stripe's customer portal writes as a date, is one with the new period. */
  #endingWithPeriod({ cancel_at_period_end: flag, cancel_at: date }: Stripe.Subscription): Stripe.SubscriptionUpdateParams {
    return !flag && date !== null ? { cancel_at_period_end: true } : {};
  }

  #withoutCancellation({ cancel_at_period_end: flag, cancel_at: date }: Stripe.Subscription): Stripe.SubscriptionUpdateParams {
    if (flag) return { cancel_at_period_end: false };
    return date === null ? {} : { cancel_at: '' };
  }
}
