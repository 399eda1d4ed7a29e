import { packages } from '../../../../common/packages.js';

const hour = 3600 * 1000;
const day = 24 * hour;

/** Stripe accepts events of the past 35 days. https://docs.stripe.com/api/billing/meter-event/create */
const oldestEvent = 34 * day;
/** After its period an invoice stays open for an hour, and includes usage that is reported meanwhile; https://docs.stripe.com/billing/subscriptions/usage-based/configure-grace-period */
const openAfter = 0.75 * hour;

/**
 * Returns the timestamp for the usage of a day: the end of the day. If the invoice of that period is final, or the day is too
 * old for Stripe, the usage is charged with the current period: Stripe does not correct invoices.
 *
 * @param of the beginning of the day
 */
export function momentOf(of: Date, periodStart: Date, now: Date): Date {
  const end = of.getTime() + day - 1000;
  const isInvoiced = end < periodStart.getTime() && now.getTime() >= periodStart.getTime() + openAfter;
  return new Date(Math.max(end, isInvoiced ? periodStart.getTime() : 0, now.getTime() - oldestEvent));
}

/** Returns the earliest first attempt that may be repeated. Stripe recognizes a repeated identifier for at least a day. */
export const oldestRepetition = (now: Date): Date => new Date(now.getTime() - 23 * hour);

/** Whether a failed call certainly changed nothing: Stripe refused the caller or the rate, or was not reached. After any other error Stripe may have made the change. */
export function didNothing(error: unknown): boolean {
  const { StripeError, StripeConnectionError } = packages.stripe.errors;
  if (error instanceof StripeConnectionError) return isUnreached(error.detail);
  return error instanceof StripeError && [401, 403, 429].includes(error.statusCode ?? 0);
}

const isUnreached = (detail: unknown): boolean =>
  typeof detail === 'object' && detail !== null && 'code' in detail && ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(String(detail.code));
