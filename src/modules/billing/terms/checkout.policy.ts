import type { Subscription } from '../../../generated/prisma/client.js';
import type { AppError } from '../../../common/errors/app-error.js';
import { restCredits } from './credits.policy.js';
import type { ChangeFacts, PricedChange } from './decide-change.policy.js';
import { isSold, totalOf, type Line, type Terms } from './prices.policy.js';
import { runningPeriodOf } from './subscription-status.policy.js';
import { asksForNothing, type WantedTerms } from './wanted-terms.policy.js';

/** The unused part of a period that was paid by a manual invoice. */
export interface Prepaid {
  readonly until: Date;
  /** In minor units of the currency. */
  readonly worth: number;
}

/** A purchase on a checkout page, before the payment provider says what it charges for it. */
export interface CheckoutPurchase {
  readonly subscription: Subscription;
  readonly terms: Terms;
  readonly currency: string | undefined;
  /** Is not charged a second time. */
  readonly prepaid: Prepaid | undefined;
  /** The numbers of manual invoices that are still open. */
  readonly openInvoices: readonly string[];
  readonly now: Date;
}

/** The terms and the charges of a checkout page. The preview shows them, and the page is created from them. */
export interface CheckoutOffer extends Pick<CheckoutPurchase, 'subscription' | 'terms' | 'currency'> {
  /** The charges of the first invoice, without tax: a whole period; none while a trial continues. */
  readonly lines: readonly Line[];
  /** The credit of a prepaid period on the first invoice, as the payment provider can charge it. */
  readonly credit: Prepaid | undefined;
  /** The end of the trial that continues; undefined if the first period begins with the payment. */
  readonly trialEnd: Date | undefined;
  /** Why no page is created; undefined if one is. */
  readonly refusal: AppError | undefined;
}

/** Whether the wanted terms are bought on a checkout page. */
export const isBoughtByCheckout = (change: PricedChange, wanted: WantedTerms, { collection }: Pick<ChangeFacts, 'collection'>): boolean =>
  collection === 'checkout' && !asksForNothing(wanted) && isSold(wantedOf(change).plan);

/** Returns the purchase that a change is on a checkout page: it begins with the payment, whenever the change would begin otherwise. */
export const purchaseOf = (subscription: Subscription, change: PricedChange, { now, openInvoices, invoicedLines }: ChangeFacts): CheckoutPurchase => ({
  subscription,
  terms: wantedOf(change),
  currency: change.currency,
  prepaid: prepaidOf(subscription, { now, invoicedLines }),
  openInvoices,
  now,
});

const wantedOf = ({ next, now }: PricedChange): Terms => next ?? now;

/** Returns the part of the running period that was invoiced by tenantry, paid, and is not used. */
function prepaidOf(subscription: Subscription, { now, invoicedLines }: Pick<ChangeFacts, 'now' | 'invoicedLines'>): Prepaid | undefined {
  const { provider, currency } = subscription;
  const period = runningPeriodOf(subscription, now);
  if (provider !== 'manual' || period === undefined) return undefined;
  const paid = invoicedLines.filter(({ invoice }) => invoice.status === 'paid' && invoice.currency === currency);
  const worth = totalOf(restCredits(paid, now));
  return worth > 0 ? { until: period.end, worth } : undefined;
}
