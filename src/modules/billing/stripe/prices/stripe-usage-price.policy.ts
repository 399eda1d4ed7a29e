import type { Stripe } from 'stripe';
import type { Catalog, UsagePrice } from '../../../../config/catalog/catalog.js';
import { priceOf, type Interval, type Terms } from '../../terms/prices.policy.js';
import { keyInMetadata } from './stripe-price.policy.js';

/** The payload fields of a meter event for its customer and its quantity. */
export const customerField = 'stripe_customer_id';
export const valueField = 'value';

const prefix = 'tenantry:meter:';

/** Returns the product id of a meter. Product ids of plans contain no hyphens. */
export const usageProductOf = (meter: string): string => `tenantry-meter-${meter}`;

/** Returns the lookup key of a meter's price, e.g. `tenantry:meter:calls:month:eur`. It has one part more than that of a plan. */
export const usageKeyOf = (meter: string, { interval, currency }: Pick<UsagePrice, 'interval' | 'currency'>): string => `${prefix}${meter}:${interval}:${currency.toLowerCase()}`;

/** Returns the meter that a Stripe price charges for, or undefined if tenantry did not create it. */
export function meterOf({ lookup_key: key, metadata }: Pick<Stripe.Price, 'lookup_key' | 'metadata'>): string | undefined {
  const found = [key, metadata[keyInMetadata]].find((each) => each?.startsWith(prefix) === true && each.split(':').length === 5);
  return found?.split(':')[2];
}

/** Returns the lookup keys of usage prices by meter. Stripe requires one interval and currency for all items of a subscription. */
export function usageKeys(meters: Catalog['meters'], interval: Interval, currency: string | undefined): ReadonlyMap<string, string> {
  const keys = [...meters.values()].flatMap(({ key, prices }) => {
    const price = prices.find((each) => each.interval === interval && each.currency.toLowerCase() === currency?.toLowerCase());
    return price === undefined ? [] : [[key, usageKeyOf(key, price)] as const];
  });
  return new Map(keys);
}

/** Returns the lookup keys of usage prices for terms, in the currency that the plan is sold in. */
export const usageKeysFor = (meters: Catalog['meters'], { plan, interval }: Terms, currency: string | undefined): ReadonlyMap<string, string> =>
  usageKeys(meters, interval, priceOf(plan, interval, currency)?.currency);

/** Returns the meters that a subscription has no item for, although the catalog has a matching price. */
export function unchargedMeters({ items, currency }: Stripe.Subscription, interval: Interval, meters: Catalog['meters']): readonly string[] {
  const charged = new Set(items.data.map(({ price }) => meterOf(price)));
  return [...usageKeys(meters, interval, currency).keys()].filter((meter) => !charged.has(meter));
}
