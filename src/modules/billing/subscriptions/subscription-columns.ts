import type { Subscription } from '../../../generated/prisma/client.js';
import type { Period, Terms } from '../terms/prices.policy.js';
import { isPaidFor } from '../terms/subscription-status.policy.js';
import { quantitiesOf } from '../terms/wanted-terms.policy.js';
import type { SubscriptionChanges } from './subscription-store.service.js';

// Column values that several changes of a subscription set together.

/** Removes a change that is scheduled for the next period. */
export const clearedSchedule = { nextPlan: null, nextInterval: null, nextSeats: null, nextAddOns: [] } as const;

/** Ends dunning. */
export const clearedPastDue = { pastDueSince: null, pastDueReminders: 0 } as const;

/** Ends dunning of a subscription that nobody bills. A pause stays. */
export const undunnedColumns = ({ status }: Pick<Subscription, 'status'>): SubscriptionChanges => ({
  ...clearedPastDue,
  ...(status === 'past_due' || status === 'unpaid' ? { status: 'active' as const } : {}),
});

/** Removes a scheduled change and a cancellation at the end of the period. */
export const clearedScheduleAndCancellation = { cancelAtPeriodEnd: false, ...clearedSchedule } as const;

/** Detaches the subscription from a payment provider that has ended it. */
export const collectedHere = { provider: 'manual', providerSubscriptionId: null } as const;

/** Sets the terms that apply now. */
export const termsColumns = ({ plan, interval, seats, addOns }: Terms): Pick<SubscriptionChanges, 'plan' | 'interval' | 'seats' | 'addOns'> => ({
  plan: plan.key,
  interval,
  seats: seats ?? null,
  addOns: quantitiesOf(addOns),
});

/** Sets the terms that begin with the next period. Undefined removes them. */
export const scheduledColumns = (next: Terms | undefined): SubscriptionChanges => ({
  nextPlan: next?.plan.key ?? null,
  nextInterval: next?.interval ?? null,
  nextSeats: next?.seats ?? null,
  nextAddOns: quantitiesOf(next?.addOns ?? []),
});

/** Continues terms that nobody bills: without periods. */
export const unbilledColumns = (terms: Terms, at: Date): SubscriptionChanges => ({
  ...termsColumns(terms),
  ...clearedSchedule,
  currency: null,
  periodStart: at,
  periodEnd: null,
  anchorDay: null,
});

/** Begins the first of the periods that follow each other: each ends on the day of the month on which it began. */
export const firstPeriodColumns = ({ start, end }: Period): Pick<SubscriptionChanges, 'periodStart' | 'periodEnd' | 'anchorDay'> => ({
  periodStart: start,
  periodEnd: end,
  anchorDay: start.getUTCDate(),
});

/** Ends a trial with a purchase. A pause does not return to it. */
export const endedTrialColumns = ({ trialEndsAt }: Subscription, now: Date): SubscriptionChanges => ({
  renewsAfterTrial: false,
  ...(trialEndsAt !== null && trialEndsAt > now ? { trialEndsAt: now } : {}),
});

/**
 * Cancels the subscription and ends the paid period. Open invoices stay open. The next purchase is charged for usage from its
 * own first day.
 */
export const canceledColumns = (at: Date): SubscriptionChanges => ({
  status: 'canceled',
  currency: null,
  canceledAt: at,
  cancelAtPeriodEnd: false,
  seats: null,
  addOns: [],
  periodEnd: null,
  anchorDay: null,
  renewsAfterTrial: false,
  usageReportedSince: null,
  ...clearedPastDue,
  ...clearedSchedule,
});

/** Continues with a plan that has no price: without seats, add-ons and periods. */
export const freePlanColumns = (plan: string, at: Date): SubscriptionChanges => ({
  plan,
  seats: null,
  addOns: [],
  currency: null,
  periodStart: at,
  periodEnd: null,
  anchorDay: null,
  renewsAfterTrial: false,
  ...clearedScheduleAndCancellation,
});

/** Starts a trial of the current plan, or moves its end. A subscription that was paid for renews when the trial ends. */
export function trialColumns(subscription: Subscription, endsAt: Date, now: Date): SubscriptionChanges {
  const end = { trialEndsAt: endsAt, periodEnd: endsAt };
  if (subscription.status === 'trialing') return subscription.trialEndsAt?.getTime() === endsAt.getTime() ? {} : { ...end, trialRemindedDays: null };
  const provider = subscription.status === 'canceled' ? collectedHere : {};
  const renewsAfterTrial = isPaidFor(subscription);
  return { ...end, ...clearedPastDue, ...provider, status: 'trialing', trialRemindedDays: null, renewsAfterTrial, canceledAt: null, periodStart: now };
}
