import type { SubscriptionChanges } from './subscription-store.service.js';

/** Takes back what was to begin with the next period. */
export const nothingNext = { nextPlan: null, nextInterval: null, nextSeats: null } as const;

/** Its end, whoever collects. */
export const ended = (at: Date): SubscriptionChanges => ({
  status: 'canceled',
  canceledAt: at,
  cancelAtPeriodEnd: false,
  seats: null,
  periodEnd: null,
  pastDueSince: null,
  pastDueReminders: 0,
  ...nothingNext,
});
