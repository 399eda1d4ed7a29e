import type { AddOnQuantity } from '../../../access/organization/entitlements.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import type { BoughtAddOn, Terms } from '../terms/prices.policy.js';
import type { SubscriptionChanges } from './subscription-store.service.js';

/** Nothing else begins with the next period. */
export const nothingNext = { nextPlan: null, nextInterval: null, nextSeats: null, nextAddOns: [] } as const;
/** Nothing is reminded of any more. */
export const noDebt = { pastDueSince: null, pastDueReminders: 0 } as const;
/** What was to come is taken back. */
export const goesOn = { cancelAtPeriodEnd: false, ...nothingNext } as const;
/** What the provider has ended is begun anew without it. */
export const ours = { provider: 'manual', providerSubscriptionId: null } as const;
/** Add-ons, as they are stored. */
export const quantitiesOf = (addOns: readonly BoughtAddOn[]): readonly AddOnQuantity[] => addOns.map(({ addOn, quantity }) => ({ key: addOn.key, quantity }));
/** The terms, as they are stored. */
export const written = ({ plan, interval, seats, addOns }: Terms): Pick<SubscriptionChanges, 'plan' | 'interval' | 'seats' | 'addOns'> => ({
  plan: plan.key,
  interval,
  seats: seats ?? null,
  addOns: quantitiesOf(addOns),
});
/** A trial ends with what is bought, and is not gone back to. */
export const trialOver = ({ trialEndsAt }: Subscription, now: Date): SubscriptionChanges => ({
  renewsAfterTrial: false,
  ...(trialEndsAt !== null && trialEndsAt > now ? { trialEndsAt: now } : {}),
});
/** Ended, with nothing left of what was paid for. What is owed stays owed. What is bought next is charged for usage from its own first day. */
export const ended = (at: Date): SubscriptionChanges => ({
  status: 'canceled',
  canceledAt: at,
  cancelAtPeriodEnd: false,
  seats: null,
  addOns: [],
  periodEnd: null,
  renewsAfterTrial: false,
  usageReportedSince: null,
  ...noDebt,
  ...nothingNext,
});

export const scheduled = (next: Terms | undefined): SubscriptionChanges => ({
  nextPlan: next?.plan.key ?? null,
  nextInterval: next?.interval ?? null,
  nextSeats: next?.seats ?? null,
  nextAddOns: quantitiesOf(next?.addOns ?? []),
});

/** What has no price goes on without periods. */
export const withoutPrice = (plan: string, at: Date): SubscriptionChanges => ({
  plan,
  seats: null,
  addOns: [],
  periodStart: at,
  periodEnd: null,
  renewsAfterTrial: false,
  ...goesOn,
});
