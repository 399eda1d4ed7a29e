import { minorUnitsOf } from '../../../config/catalog/currencies.js';

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
  const text = String(amount)
    .replace('-', '')
    .padStart(digits + 1, '0');
  const decimal = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return `${inLocale(`${amount < 0 ? '-' : ''}${decimal}`, digits, locale)} ${currency}`;
}

/** Formats a whole number for people. */
export const formatQuantity = (quantity: number | bigint, locale = 'en'): string => inLocale(String(quantity), 0, locale);
