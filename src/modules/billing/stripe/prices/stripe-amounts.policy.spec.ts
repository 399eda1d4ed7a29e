import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { data } from 'currency-codes';
import { isCurrency, minorUnitsOf } from '../../../../config/catalog/currencies.js';
import { fromStripeAmount, roundToStripe, toStripeAmount } from './stripe-amounts.policy.js';

const currencies = data.map(({ code }) => code).filter(isCurrency);

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
