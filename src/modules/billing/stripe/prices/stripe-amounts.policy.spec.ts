import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { data } from 'currency-codes';
import { isCurrency, minorUnitsOf } from '../../../../config/catalog/currencies.js';
import { fromStripeAmount, roundToStripe, toStripeAmount } from './stripe-amounts.policy.js';

const currencies = data.map(({ code }) => code).filter(isCurrency);

/** The lists of https://docs.stripe.com/currencies: zero-decimal currencies, and those with three decimals. UGX is a special case of the first. */
const zeroDecimal = ['BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'];
const threeDecimal = ['BHD', 'JOD', 'KWD', 'OMR', 'TND'];
const minorUnitsFor = (whole: number, currency: string): number => whole * 10 ** minorUnitsOf(currency);

test.each(zeroDecimal)('%s: 500 are 500 at Stripe', (currency) => expect(toStripeAmount(minorUnitsFor(500, currency), currency)).toBe(500));
test.each(['ISK', 'UGX'])('%s: 5 are 500 at Stripe, which has two decimals that must be zero', (currency) => {
  expect([toStripeAmount(5, currency), roundToStripe(5, currency), fromStripeAmount(500, currency)]).toEqual([500, 500, 5n]);
});
test.each(['HUF', 'TWD'])('%s: 10.45 are 1045 at Stripe, which pays out whole ones but charges two decimals', (currency) => {
  expect([toStripeAmount(1045, currency), roundToStripe(1045, currency), fromStripeAmount(1045, currency)]).toEqual([1045, 1045, 1045n]);
});
test.each(threeDecimal)('%s: 5.120 are 5120 at Stripe, and 5.124 cannot be charged', (currency) => {
  expect([toStripeAmount(5120, currency), toStripeAmount(5124, currency), roundToStripe(5124, currency)]).toEqual([5120, undefined, 5120]);
});
test('all other currencies have the decimals of ISO 4217 at Stripe, which are two', () => {
  const special = [...zeroDecimal, ...threeDecimal, 'ISK', 'UGX'];
  const others = currencies.filter((code) => !special.includes(code) && toStripeAmount(1999, code) !== 1999);
  // Stripe does not have these two dinars.
  expect(others).toEqual(['IQD', 'LYD']);
});

test.each([
  ['EUR', 1999, 1999],
  ['JPY', 500, 500],
  ['HUF', 490_000, 490_000],
  ['TWD', 30_050, 30_050],
  ['ISK', 5, 500],
  ['UGX', 5000, 500_000],
  ['MGA', 500_000, 5000],
  ['MGA', 550, undefined],
  ['KWD', 5120, 5120],
  ['KWD', 5125, undefined],
  ['TND', 1, undefined],
])('%s: an amount of %i minor units is %p at Stripe', (currency, amount, stripe) => expect(toStripeAmount(amount, currency)).toBe(stripe));

test.each([
  ['KWD', 5124, 5120],
  ['KWD', 5125, 5130],
  ['MGA', 549, 5],
  ['MGA', 550, 6],
  ['ISK', 7, 700],
  ['EUR', 1999, 1999],
])('%s: an amount of %i minor units is rounded to %i at Stripe', (currency, amount, stripe) => expect(roundToStripe(amount, currency)).toBe(stripe));

test.each([
  ['MGA', 5, 500n],
  ['ISK', 500, 5n],
  ['ISK', -550, -5n],
  ['HUF', 490_000, 490_000n],
])('%s: %i at Stripe is %p minor units', (currency, stripe, amount) => expect(fromStripeAmount(stripe, currency)).toBe(amount));

test('in every currency, an amount that Stripe can charge comes back unchanged, and rounding keeps it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...currencies), fc.integer({ min: 0, max: 1_000_000_000 }), (currency, amount) => {
      const sent = toStripeAmount(amount, currency);
      return sent === undefined || (fromStripeAmount(sent, currency) === BigInt(amount) && roundToStripe(amount, currency) === sent);
    }),
    { numRuns: 2000 },
  );
});

test('the decimals are those of ISO 4217, also where those of CLDR differ', () => {
  expect(['HUF', 'IDR', 'MGA', 'ISK', 'JPY', 'KWD', 'EUR', 'LBP', 'COP', 'IRR'].map(minorUnitsOf)).toEqual([2, 2, 2, 0, 0, 3, 2, 2, 2, 2]);
});
