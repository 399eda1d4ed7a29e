import { Injectable } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { Catalog } from '../../../../config/catalog/catalog.js';
import type { Terms } from '../../terms/prices.policy.js';
import { StripePricesService } from './stripe-prices.service.js';
import { meterOf, usageKeysFor } from './stripe-usage-price.policy.js';

/** Returns the items of a subscription that are charged by usage. */
@Injectable()
export class StripeUsageItemsService {
  constructor(
    private readonly catalog: Catalog,
    private readonly prices: StripePricesService,
  ) {}

  /**
   * Returns one item for each meter with a price of the same interval and currency. Its quantity is the reported usage.
   *
   * @throws {PriceMissingError}
   */
  async itemsFor(terms: Terms, currency: string | undefined): Promise<readonly { readonly price: string }[]> {
    return [...(await this.#wanted(terms, currency)).values()].map((price) => ({ price }));
  }

  /**
   * Returns the changes that give a subscription these items: an item takes the other price of its meter, or is deleted if there
   * is none.
   *
   * @throws {PriceMissingError}
   */
  async changesOf({ items }: Stripe.Subscription, terms: Terms, currency: string | undefined): Promise<readonly Stripe.SubscriptionUpdateParams.Item[]> {
    const wanted = new Map(await this.#wanted(terms, currency));
    const changed = items.data.flatMap(({ id, price: { id: was, ...price } }): Stripe.SubscriptionUpdateParams.Item[] => {
      const meter = meterOf(price);
      if (meter === undefined) return [];
      const next = wanted.get(meter);
      wanted.delete(meter);
      if (next === was) return [];
      return [next === undefined ? { id, deleted: true } : { id, price: next }];
    });
    return [...changed, ...[...wanted.values()].map((price) => ({ price }))];
  }

  async #wanted(terms: Terms, currency: string | undefined): Promise<ReadonlyMap<string, string>> {
    const keys = [...usageKeysFor(this.catalog.meters, terms, currency)];
    return new Map(await Promise.all(keys.map(async ([meter, key]) => [meter, await this.prices.findPriceId(key)] as const)));
  }
}
