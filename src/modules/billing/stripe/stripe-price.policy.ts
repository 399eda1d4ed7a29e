import type { Stripe } from 'stripe';
import type { Catalog, PlanDefinition, Price } from '../../../config/catalog/catalog.js';
import { priceOf, type Terms } from '../prices.policy.js';

const prefix = 'tenantry';

/** The product of a plan. */
export const productOf = (plan: string): string => `${prefix}_${plan}`;

/** By which a price of the catalog is found in Stripe, e.g. `tenantry:pro:month:eur`. https://docs.stripe.com/products-prices/manage-prices#lookup-keys */
export const lookupKeyOf = (plan: string, { interval, currency }: Pick<Price, 'interval' | 'currency'>): string => [prefix, plan, interval, currency].join(':').toLowerCase();

/** The price that terms are sold at; undefined when they are not. */
export function lookupKeyFor({ plan, interval }: Terms, currency: string | undefined): string | undefined {
  const price = priceOf(plan, interval, currency);
  return price === undefined ? undefined : lookupKeyOf(plan.key, price);
}

/** What Stripe charges `quantity` of: seats, or one of the plan. */
export const quantityOf = ({ plan, interval, seats }: Terms, currency: string | undefined): number => (priceOf(plan, interval, currency)?.perSeat === true ? (seats ?? 1) : 1);

/** Where the key is also noted, since a price loses its lookup key to the one that replaces it, and is paid on. */
export const keyInMetadata = 'tenantryPrice';

export interface KnownPrice {
  readonly plan: PlanDefinition;
  readonly price: Price;
}

/** The price of the catalog that one of Stripe's stands for; undefined for one that is none of ours. */
export function knownPrice(price: Pick<Stripe.Price, 'lookup_key' | 'metadata'>, plans: Catalog['plans']): KnownPrice | undefined {
  for (const key of [price.lookup_key, price.metadata[keyInMetadata]]) {
    const [ours, name = '', interval, currency, ...more] = key?.split(':') ?? [];
    // A longer key is that of something else, whatever the plans are called.
    const plan = ours === prefix && more.length === 0 ? [...plans.values()].find((each) => each.key.toLowerCase() === name) : undefined;
    const found = plan?.prices.find((each) => each.interval === interval && each.currency.toLowerCase() === currency);
    if (plan !== undefined && found !== undefined) return { plan, price: found };
  }
  return undefined;
}

export interface BaseItem extends KnownPrice {
  readonly item: Stripe.SubscriptionItem;
}

/** The one item of a subscription that is a plan; beside it there may be some that are charged by usage. */
export function baseItem({ items }: Stripe.Subscription, plans: Catalog['plans']): BaseItem | undefined {
  const found = items.data.flatMap((item) => {
    const known = knownPrice(item.price, plans);
    return known === undefined ? [] : [{ item, ...known }];
  });
  return found.length === 1 ? found[0] : undefined;
}
