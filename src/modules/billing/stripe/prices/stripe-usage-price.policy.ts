import type { Stripe } from 'stripe';
import { packages } from '../../../../common/packages.js';
import type { Catalog, UsagePrice } from '../../../../config/catalog/catalog.js';
import { priceOf, type Interval, type Terms } from '../../terms/prices.policy.js';
import { decimalOf } from '../../terms/usage-prices.policy.js';
import { stripeShift, toStripeAmount } from './stripe-amounts.policy.js';
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

/** The amounts of a price, as parameters of Stripe. */
export type StripeAmounts = Pick<Stripe.PriceCreateParams, 'unit_amount' | 'unit_amount_decimal' | 'transform_quantity' | 'billing_scheme' | 'tiers_mode' | 'tiers'>;

/** Returns the amount of a price for whole units; the amount itself if Stripe cannot charge it. */
export function stripeAmountOf(amount: number, currency: string): StripeAmounts | number {
  const exact = toStripeAmount(amount, currency);
  return exact === undefined ? amount : { unit_amount: exact };
}

/** Returns the amounts of a usage price; an amount that Stripe cannot charge instead of them. https://docs.stripe.com/api/prices/create */
export function stripeAmountsOf({ currency, model, amount, per, tiers }: UsagePrice): StripeAmounts | number {
  if (model === 'package') return { ...unitAmountOf(amount, currency), transform_quantity: { divide_by: per, round: 'up' } };
  if (model === 'per_unit') return unitAmountOf(amount, currency);
  const flats = tiers.map(({ flat }) => toStripeAmount(flat, currency));
  const unchargeable = tiers.find((_, index) => flats[index] === undefined);
  if (unchargeable !== undefined) return unchargeable.flat;
  const ends = tiers.map(({ upTo, amount: unit }, index): Stripe.PriceCreateParams.Tier => {
    const flat = flats[index] ?? 0;
    return { up_to: upTo ?? 'inf', ...unitAmountOf(unit, currency), ...(flat === 0 ? {} : { flat_amount: flat }) };
  });
  return { billing_scheme: 'tiered', tiers_mode: model, tiers: ends };
}

function unitAmountOf(amount: number, currency: string): Pick<Stripe.PriceCreateParams, 'unit_amount' | 'unit_amount_decimal'> {
  const written = decimalOf(amount);
  const unit = Number(`${written.digits}e${stripeShift(currency) - written.decimals}`);
  return Number.isInteger(unit) ? { unit_amount: unit } : { unit_amount_decimal: packages.stripe.Decimal.from(unit) };
}

/** Returns the amounts of a price in Stripe, or of one that is wanted, as a text in which two of them can be compared. */
export function amountsText({ unit_amount: amount, unit_amount_decimal: decimal, tiers_mode: mode, tiers = [] }: AmountsOf): string {
  const unit = (whole: number | null | undefined, exact: Stripe.Decimal | null | undefined): string => String(whole ?? exact ?? 0);
  if (mode == null) return unit(amount, decimal);
  const ends = tiers.map((tier) => `${tier.up_to ?? 'inf'}: ${unit(tier.unit_amount, tier.unit_amount_decimal)}${(tier.flat_amount ?? 0) === 0 ? '' : ` + ${tier.flat_amount}`}`);
  return `${mode} (${ends.join(', ')})`;
}

type AmountsOf = Partial<Nullable<Pick<StripeAmounts, 'unit_amount' | 'unit_amount_decimal' | 'tiers_mode'>>> & {
  readonly tiers?: readonly (Partial<Nullable<Pick<Stripe.PriceCreateParams.Tier, 'unit_amount' | 'unit_amount_decimal' | 'flat_amount'>>> & {
    readonly up_to: number | 'inf' | null;
  })[];
};

type Nullable<Type> = { readonly [Key in keyof Type]: Type[Key] | null };
