import type { Stripe } from 'stripe';
import type { Catalog, UsagePrice } from '../../../../config/catalog/catalog.js';
import { priceOf, type Interval, type Terms } from '../../terms/prices.policy.js';
import { keyInMetadata } from './stripe-price.policy.js';

/** What an event of a meter has its customer and its quantity under. */
export const customerField = 'stripe_customer_id';
export const valueField = 'value';

const prefix = 'tenantry:meter:';

/** A plan's product has no hyphens. */
export const usageProductOf = (meter: string): string => `tenantry-meter-${meter}`;

/** By which the price of a meter is found, e.g. `tenantry:meter:calls:month:eur`: one part longer than that of a plan. */
export const usageKeyOf = (meter: string, { interval, currency }: Pick<UsagePrice, 'interval' | 'currency'>): string => `${prefix}${meter}:${interval}:${currency.toLowerCase()}`;

/** The meter that a price charges for; undefined for one that is none of ours. */
export function meterOf({ lookup_key: key, metadata }: Pick<Stripe.Price, 'lookup_key' | 'metadata'>): string | undefined {
  const found = [key, metadata[keyInMetadata]].find((each) => each?.startsWith(prefix) === true && each.split(':').length === 5);
  return found?.split(':')[2];
}

/** By meter, the key of what is charged beside a price of this interval and currency: Stripe wants both to be one. */
export function usageKeys(meters: Catalog['meters'], interval: Interval, currency: string | undefined): ReadonlyMap<string, string> {
  const keys = [...meters.values()].flatMap(({ key, prices }) => {
    const price = prices.find((each) => each.interval === interval && each.currency.toLowerCase() === currency?.toLowerCase());
    return price === undefined ? [] : [[key, usageKeyOf(key, price)] as const];
  });
  return new Map(keys);
}

/** The same for terms, in the currency that they are sold in. */
export const usageKeysFor = (meters: Catalog['meters'], { plan, interval }: Terms, currency: string | undefined): ReadonlyMap<string, string> =>
  usageKeys(meters, interval, priceOf(plan, interval, currency)?.currency);

/** Meters that a subscription is not charged for, though the catalog has a price that fits. */
export function unchargedMeters({ items, currency }: Stripe.Subscription, interval: Interval, meters: Catalog['meters']): readonly string[] {
  const charged = new Set(items.data.map(({ price }) => meterOf(price)));
  return [...usageKeys(meters, interval, currency).keys()].filter((meter) => !charged.has(meter));
}
