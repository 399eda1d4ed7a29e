import { Stripe } from 'stripe';

const hour = 3600 * 1000;
const day = 24 * hour;

/** Stripe takes an event of the past 35 days. https://docs.stripe.com/api/billing/meter-event/create */
const oldestEvent = 34 * day;
/** After its period an invoice stays open for an hour, and takes in what is reported for it; https://docs.stripe.com/billing/subscriptions/usage-based/configure-grace-period */
const openAfter = 0.75 * hour;

/**
 * The time that a day's usage is reported for: the end of the day. What comes when that period's invoice is written is
 * charged for with the running period, since Stripe corrects no invoice; so is what is too old for Stripe.
 *
 * @param of the day, as its beginning
 */
export function momentOf(of: Date, periodStart: Date, now: Date): Date {
  const end = of.getTime() + day - 1000;
  const isInvoiced = end < periodStart.getTime() && now.getTime() >= periodStart.getTime() + openAfter;
  return new Date(Math.max(end, isInvoiced ? periodStart.getTime() : 0, now.getTime() - oldestEvent));
}

/** Stripe tells a repetition by its identifier for a day at least; who waited longer does not send again. */
export const oldestRepetition = (now: Date): Date => new Date(now.getTime() - 23 * hour);

/** Whether a call surely reached nothing: Stripe says who may not call it, or not so often, or it could not be reached. Whatever else went wrong may have been done. */
export const didNothing = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeError &&
  (error instanceof Stripe.errors.StripeConnectionError ? isUnreached(error.detail) : [401, 403, 429].includes(error.statusCode ?? 0));

const isUnreached = (detail: unknown): boolean =>
  typeof detail === 'object' && detail !== null && 'code' in detail && ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(String(detail.code));
