/**
 * Formats an amount for people, e.g. `19.00 EUR`.
 *
 * @param amount whole minor units
 * @param currency ISO 4217 code
 */
export function formatAmount(amount: number, currency: string): string {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const sign = amount < 0 ? '-' : '';
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const whole = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return `${sign}${whole} ${currency}`;
}
