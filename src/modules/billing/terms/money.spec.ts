import { expect, test } from '@jest/globals';
import { data } from 'currency-codes';
import { isCurrency, minorUnitsOf } from '../../../config/catalog/currencies.js';
import { formatAmount, roundedQuotient } from './money.js';

test.each([
  [490_000, 'HUF', 'en', '4,900.00 HUF'],
  [1900, 'EUR', 'en', '19.00 EUR'],
  [-5, 'EUR', 'en', '-0.05 EUR'],
  [0, 'JPY', 'en', '0 JPY'],
  [150_000, 'JPY', 'ja', '150,000 JPY'],
  [123_456, 'KWD', 'en', '123.456 KWD'],
  [123_456_789, 'EUR', 'de-DE', '1.234.567,89 EUR'],
  [123_456_789, 'EUR', 'fr-FR', '1\u202f234\u202f567,89 EUR'],
  [123_456_789, 'INR', 'hi-IN', '12,34,567.89 INR'],
  [123_456, 'EGP', 'ar-EG', '1,234.56 EGP'],
  [9_007_199_254_740_993n, 'EUR', 'en', '90,071,992,547,409.93 EUR'],
])('%p minor units of %s in %s are written %s', (amount, currency, locale, text) => expect(formatAmount(amount, currency, locale)).toBe(text));

test.each([
  [5n, 10n, 1n],
  [4n, 10n, 0n],
  [15n, 10n, 2n],
  [-5n, 10n, 0n],
  [-6n, 10n, -1n],
  [-15n, 10n, -1n],
  [-16n, 10n, -2n],
  [-20n, 10n, -2n],
  [10n ** 30n + 1n, 2n, 5n * 10n ** 29n + 1n],
])('%p by %p is %p, rounded half up', (dividend, divisor, quotient) => expect(roundedQuotient(dividend, divisor)).toBe(quotient));

const differing = data
  .map(({ code }) => code)
  .filter((code) => isCurrency(code) && new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions().maximumFractionDigits !== minorUnitsOf(code));
test.each(differing)('%s has the decimals of ISO 4217 instead of those of CLDR', (currency) => {
  const decimals = formatAmount(100_000, currency).split(' ')[0]?.split('.')[1]?.length ?? 0;
  expect(decimals).toBe(data.find(({ code }) => code === currency)?.digits);
});
test('the currencies that ISO 4217 has added to the published list are known, and metals, funds and tests are not', () => {
  expect(['XCG', 'ANG', 'XOF', 'XAU', 'XDR', 'XTS', 'XXX', 'eur'].filter(isCurrency)).toEqual(['XCG', 'ANG', 'XOF']);
  expect([minorUnitsOf('XCG'), formatAmount(123_456, 'XCG')]).toEqual([2, '1,234.56 XCG']);
});
test('the currencies whose decimals CLDR has otherwise are many', () => expect(differing.length).toBeGreaterThanOrEqual(16));
