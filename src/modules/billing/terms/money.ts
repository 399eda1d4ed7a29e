import { minorUnitsOf } from '../../../config/catalog/currencies.js';

/** Returns a quotient rounded to a whole number, half up. @param divisor above 0 */
export function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const [doubled, whole] = [2n * dividend + divisor, 2n * divisor];
  // Division cuts decimals off, which rounds a negative quotient up.
  return doubled < 0n && doubled % whole !== 0n ? doubled / whole - 1n : doubled / whole;
}

/** Formats a number as people write it where a locale is spoken, with Latin digits. @param decimal a decimal number of any size */
const inLocale = (decimal: string, digits: number, locale: string): string =>
  new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, numberingSystem: 'latn' }).format(decimal as `${number}`);

/**
 * Formats an amount for people, e.g. `1,900.00 EUR`. Exact for amounts of any size.
 *
 * @param amount whole minor units
 * @param currency ISO 4217 code
 */
export function formatAmount(amount: number | bigint, currency: string, locale = 'en'): string {
  const digits = minorUnitsOf(currency);
  return `${inLocale(decimalText(amount, digits), digits, locale)} ${currency}`;
}

/** Formats a quantity for people. @param decimals how many of its digits are decimals: 15 with one decimal are 1.5 */
export const formatQuantity = (quantity: number | bigint, locale = 'en', decimals = 0): string => inLocale(decimalText(quantity, decimals), decimals, locale);

/** Returns a whole number with its last digits as decimals. */
function decimalText(whole: number | bigint, decimals: number): string {
  const text = String(whole)
    .replace('-', '')
    .padStart(decimals + 1, '0');
  const decimal = decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
  return `${whole < 0 ? '-' : ''}${decimal}`;
}
