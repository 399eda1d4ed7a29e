import { Injectable } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { Catalog, type UnitPrice } from '../../../config/catalog/catalog.js';
import { isSold } from '../prices.policy.js';
import { StripeClient } from './stripe-client.service.js';
import { addOnKeyOf, keyInMetadata, lookupKeyOf } from './stripe-price.policy.js';

export interface CatalogSync {
  /** Products and prices that were made; with a dry run, that would be. */
  readonly made: readonly string[];
  /** Prices that Stripe has otherwise, each with what is different. A price cannot be changed there: the operator decides. */
  readonly differ: readonly { readonly price: string; readonly what: readonly string[] }[];
  readonly alike: number;
}

/** Something that is a product in Stripe. */
interface Sold {
  /** Of the product. */
  readonly id: string;
  readonly sold: { readonly name: string; readonly description: string | undefined; readonly prices: readonly UnitPrice[] };
  readonly keyOf: (price: UnitPrice) => string;
}

/** Brings plans, add-ons and their prices of the catalog to Stripe, where they are missing. Nothing that is there is changed. */
@Injectable()
export class StripeCatalog {
  constructor(
    private readonly client: StripeClient,
    private readonly catalog: Catalog,
  ) {}

  /** Undefined while somebody else collects: there is nowhere to bring it. */
  async sync({ dryRun }: { readonly dryRun: boolean }): Promise<CatalogSync | undefined> {
    if (this.client.settings === undefined) return undefined;
    const made: string[] = [];
    const differ: { price: string; what: string[] }[] = [];
    let alike = 0;
    for (const { id, sold, keyOf } of this.#sold()) {
      const product = await this.#product(id, sold, dryRun, made);
      for (const price of sold.prices) {
        const key = keyOf(price);
        const { data } = await this.client.ask((api) => api.prices.list({ lookup_keys: [key], limit: 1 }));
        const [there] = data;
        const what = there === undefined ? [] : differencesOf(there, price, product);
        if (there === undefined) made.push(key);
        else if (what.length > 0) differ.push({ price: key, what });
        else alike += 1;
        if (there === undefined && !dryRun) await this.#price(product, price, key);
      }
    }
    return { made, differ, alike };
  }

  /** What has prices: plans and add-ons. The ids of their products are of two kinds, whatever they are called. */
  #sold(): readonly Sold[] {
    const plans = [...this.catalog.plans.values()].filter(isSold).map((plan): Sold => ({ id: `tenantry_${plan.key}`, sold: plan, keyOf: (price) => lookupKeyOf(plan.key, price) }));
    const addOns = [...this.catalog.addOns.values()].map((addOn): Sold => ({ id: `tenantry-addon-${addOn.key}`, sold: addOn, keyOf: (price) => addOnKeyOf(addOn.key, price) }));
    return [...plans, ...addOns];
  }

  /** Its id says whose it is, so that two at once make one. */
  async #product(id: string, { name, description }: Sold['sold'], dryRun: boolean, made: string[]): Promise<string> {
    const { data } = await this.client.ask((api) => api.products.list({ ids: [id], limit: 1 }));
    if (data.length > 0) return id;
    made.push(id);
    if (!dryRun) await this.client.ask((api) => api.products.create({ id, name, ...(description === undefined ? {} : { description }) }));
    return id;
  }

  async #price(product: string, { interval, currency, amount }: UnitPrice, key: string): Promise<void> {
    const parameters = { product, currency: currency.toLowerCase(), unit_amount: amount, recurring: { interval }, lookup_key: key, metadata: { [keyInMetadata]: key } };
    await this.client.ask((api) => api.prices.create(parameters));
  }
}

function differencesOf({ unit_amount: amount, currency, recurring, active, product }: Stripe.Price, price: UnitPrice, wantedProduct: string): string[] {
  const pairs = [
    ['amount', amount, price.amount],
    ['currency', currency, price.currency.toLowerCase()],
    ['interval', `${recurring?.interval_count} ${recurring?.interval}`, `1 ${price.interval}`],
    ['active', active, true],
    ['product', typeof product === 'string' ? product : product.id, wantedProduct],
  ] as const;
  return pairs.filter(([, there, here]) => there !== here).map(([name, there, here]) => `${name} is ${there}, and ${here} in the catalog`);
}
