import type { Organization, Subscription, SubscriptionStatus } from '../../../generated/prisma/client.js';
import type { Period } from './prices.policy.js';

/** The consequences of a subscription status for the organization. docs/billing.md shows this table. */
export interface Standing {
  /** Whether the organization has the entitlements of its plan, or those of the catalog's fallback plan. */
  readonly entitledTo: 'plan' | 'fallback';
  /** The status of the organization. Owners of a suspended organization can still read, export and pay. */
  readonly organization: 'trial' | 'active' | 'suspended' | 'cancelled';
}

export const standings: Readonly<Record<SubscriptionStatus, Standing>> = {
  trialing: { entitledTo: 'plan', organization: 'trial' },
  active: { entitledTo: 'plan', organization: 'active' },
  // Grace period: nothing changes yet.
  past_due: { entitledTo: 'plan', organization: 'active' },
  // The grace period is over.
  unpaid: { entitledTo: 'plan', organization: 'suspended' },
  paused: { entitledTo: 'plan', organization: 'suspended' },
  canceled: { entitledTo: 'fallback', organization: 'active' },
};

/** The allowed transitions. Every other transition is refused. */
export const edges: Readonly<Record<SubscriptionStatus, readonly SubscriptionStatus[]>> = {
  trialing: ['active', 'past_due', 'paused', 'canceled'],
  active: ['trialing', 'past_due', 'paused', 'canceled'],
  past_due: ['active', 'unpaid', 'paused', 'canceled'],
  unpaid: ['active', 'past_due', 'canceled'],
  paused: ['trialing', 'active', 'past_due', 'canceled'],
  canceled: ['trialing', 'active', 'past_due'],
};

/** Returns the status of an organization whose subscription has the given status. */
export function organizationStatusOf(status: SubscriptionStatus, canceledOrganizations: 'open' | 'closed'): Standing['organization'] {
  return standings[status].entitledTo === 'fallback' && canceledOrganizations === 'closed' ? 'cancelled' : standings[status].organization;
}

/** Whether a subscription has ended, that is: it was canceled, or paused for longer than was paid for. The next purchase then begins a new period. */
export function hasLapsed({ status, periodEnd, trialEndsAt }: Pick<Subscription, 'status' | 'periodEnd' | 'trialEndsAt'>, now: Date): boolean {
  if (status !== 'paused') return status === 'canceled';
  return periodEnd === null ? trialEndsAt !== null : periodEnd <= now;
}

/** Whether the current period has a price. A plan that the operator assigned, and a trial (also a paused one), have none. */
export function isPaidFor({ status, periodEnd, trialEndsAt }: Pick<Subscription, 'status' | 'periodEnd' | 'trialEndsAt'>): boolean {
  if (periodEnd === null || status === 'trialing' || status === 'canceled') return false;
  return status !== 'paused' || trialEndsAt === null || trialEndsAt < periodEnd;
}

type CurrentPeriod = Pick<Subscription, 'status' | 'periodStart' | 'periodEnd' | 'trialEndsAt'>;

/** Returns the period that is paid for; undefined without one. */
export const paidPeriodOf = (subscription: CurrentPeriod): Period | undefined =>
  subscription.periodEnd !== null && isPaidFor(subscription) ? { start: subscription.periodStart, end: subscription.periodEnd } : undefined;

/** Returns the period that is paid for and not over; undefined without one. */
export function runningPeriodOf(subscription: CurrentPeriod, now: Date): Period | undefined {
  const period = paidPeriodOf(subscription);
  return period !== undefined && period.end > now ? period : undefined;
}

/**
 * Returns the day of the month on which billing periods, and with them the periods of monthly counters, begin: the day of
 * the first paid period, which shorter months do not change. The operator can set another day for the counters; the end of the paid
 * periods removes it.
 */
export function anchorDayOf(before: Subscription, after: Subscription, { usageAnchorDay }: Pick<Organization, 'usageAnchorDay'>): number | null {
  if (!isPaidFor(after)) return isPaidFor(before) ? null : usageAnchorDay;
  const day = after.periodStart.getUTCDate();
  if (!isPaidFor(before)) return day;
  const [from, to] = [before.periodStart.getTime(), after.periodStart.getTime()];
  return from === to || before.periodEnd?.getTime() === to ? usageAnchorDay : day;
}

/** Whether a transition is allowed. */
export const leadsTo = (from: SubscriptionStatus, to: SubscriptionStatus): boolean => from === to || edges[from].includes(to);

/**
 * Returns the intermediate statuses between two statuses, without the last one; undefined if there is no way. A payment
 * provider may report only the final status (e.g. `unpaid`), to which no direct transition is allowed.
 */
export function statusesBetween(from: SubscriptionStatus, to: SubscriptionStatus): readonly SubscriptionStatus[] | undefined {
  if (leadsTo(from, to)) return [];
  // `active` comes first: a subscription must not become past due on the way to a status without debt.
  const over = (['active', 'past_due'] as const).find((each) => leadsTo(from, each) && leadsTo(each, to));
  return over === undefined ? undefined : [over];
}

/** Whether a column already has the wanted value. Compares dates and lists by value. */
export function isSame(known: unknown, wanted: unknown): boolean {
  const value = (each: unknown): unknown => (each instanceof Date ? each.getTime() : Array.isArray(each) ? JSON.stringify(each) : each);
  return value(known) === value(wanted);
}
