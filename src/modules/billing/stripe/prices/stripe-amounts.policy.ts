import { minorUnitsOf } from '../../../../config/catalog/currencies.js';
import { roundedQuotient } from '../../terms/money.js';

/**
 * The currencies for which Stripe counts with other decimals than ISO 4217: it charges whole ariary, and two decimals of króna and shilling,
 * which must be zero. https://docs.stripe.com/currencies#special-cases
 *
 * Stripe pays out whole forint and New Taiwan dollars, but charges two decimals of them, as ISO 4217 has them.
 */
const stripeDecimals: Readonly<Record<string, number>> = { MGA: 0, ISK: 2, UGX: 2 };

const decimalsOf = (currency: string): number => stripeDecimals[currency] ?? minorUnitsOf(currency);

/** The amounts that Stripe charges are multiples of this: the third decimal, and decimals that must be zero, are 0. */
function stepOf(currency: string): bigint {
  const decimals = decimalsOf(currency);
  return decimals === 3 ? 10n : 10n ** BigInt(Math.max(0, decimals - minorUnitsOf(currency)));
}

const ratioOf = (currency: string): readonly [stripe: bigint, iso: bigint] => [10n ** BigInt(decimalsOf(currency)), 10n ** BigInt(minorUnitsOf(currency))];

/** Returns the power of ten by which amounts in Stripe differ from those in minor units of ISO 4217. */
export const stripeShift = (currency: string): number => decimalsOf(currency.toUpperCase()) - minorUnitsOf(currency.toUpperCase());

/** Returns an amount as Stripe counts it; undefined if Stripe cannot charge it exactly. @param amount in minor units of ISO 4217 */
export function toStripeAmount(amount: number, currency: string): number | undefined {
  const code = currency.toUpperCase();
  const [stripe, iso] = ratioOf(code);
  const scaled = BigInt(amount) * stripe;
  return scaled % (iso * stepOf(code)) === 0n ? Number(scaled / iso) : undefined;
}

/** Returns the nearest amount that Stripe can charge, rounded half up, as Stripe counts it. @param amount in minor units of ISO 4217, not negative */
export function roundToStripe(amount: number, currency: string): number {
  const code = currency.toUpperCase();
  const [stripe, iso] = ratioOf(code);
  return Number(roundedQuotient(BigInt(amount) * stripe, iso * stepOf(code)) * stepOf(code));
}

/** Returns an amount of Stripe in minor units of ISO 4217, rounded half up. */
export function fromStripeAmount(amount: bigint | number, currency: string): bigint {
  const [stripe, iso] = ratioOf(currency.toUpperCase());
  return roundedQuotient(BigInt(amount) * iso, stripe);
}
