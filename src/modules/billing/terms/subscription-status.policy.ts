import type { Organization, Subscription, SubscriptionStatus } from '../../../generated/prisma/client.js';

/** What a status means for the organization. The table of docs/billing.md; the only place that knows it. */
export interface Standing {
  /** Whether it has what its plan has, or what the catalog falls back to. */
  readonly entitledTo: 'plan' | 'fallback';
  /** The status of the organization. Owners of a suspended one can still read, export and pay. */
  readonly organization: 'trial' | 'active' | 'suspended' | 'cancelled';
}

export const standings: Readonly<Record<SubscriptionStatus, Standing>> = {
  trialing: { entitledTo: 'plan', organization: 'trial' },
  active: { entitledTo: 'plan', organization: 'active' },
  // In its days of grace: as before.
  past_due: { entitledTo: 'plan', organization: 'active' },
  // The days of grace are over.
  unpaid: { entitledTo: 'plan', organization: 'suspended' },
  // Everything stays where it is until it is resumed.
  paused: { entitledTo: 'plan', organization: 'suspended' },
  canceled: { entitledTo: 'fallback', organization: 'active' },
};

/** The ways from status to status; none but these is gone. */
export const edges: Readonly<Record<SubscriptionStatus, readonly SubscriptionStatus[]>> = {
  trialing: ['active', 'past_due', 'paused', 'canceled'],
  active: ['trialing', 'past_due', 'paused', 'canceled'],
  past_due: ['active', 'unpaid', 'paused', 'canceled'],
  unpaid: ['active', 'past_due', 'canceled'],
  paused: ['trialing', 'active', 'past_due', 'canceled'],
  canceled: ['trialing', 'active', 'past_due'],
};

/** The status of an organization whose subscription has this one. */
export function organizationStatusOf(status: SubscriptionStatus, canceledOrganizations: 'open' | 'closed'): Standing['organization'] {
  return standings[status].entitledTo === 'fallback' && canceledOrganizations === 'closed' ? 'cancelled' : standings[status].organization;
}

/** Whether it has come to an end, so that whatever is chosen next begins anew: cancelled, or paused for longer than was paid for. */
export function hasLapsed({ status, periodEnd, trialEndsAt }: Pick<Subscription, 'status' | 'periodEnd' | 'trialEndsAt'>, now: Date): boolean {
  if (status !== 'paused') return status === 'canceled';
  return periodEnd === null ? trialEndsAt !== null : periodEnd <= now;
}

/** Whether its period has a price. One that was given away, or is tried out (also while that is paused), has none. */
export function isPaidFor({ status, periodEnd, trialEndsAt }: Pick<Subscription, 'status' | 'periodEnd' | 'trialEndsAt'>): boolean {
  if (periodEnd === null || status === 'trialing' || status === 'canceled') return false;
  return status !== 'paused' || trialEndsAt === null || trialEndsAt < periodEnd;
}

/**
 * The day of the month on which the periods of a subscription, and with them monthly counters, begin: that of the first one
 * that is paid for, also through shorter months. Null while there is none.
 */
export function anchorDayOf(before: Subscription, after: Subscription, { usageAnchorDay }: Pick<Organization, 'usageAnchorDay'>): number | null {
  if (!isPaidFor(after)) return null;
  const day = after.periodStart.getUTCDate();
  if (!isPaidFor(before)) return day;
  const [from, to] = [before.periodStart.getTime(), after.periodStart.getTime()];
  return from === to || before.periodEnd?.getTime() === to ? usageAnchorDay : day;
}

export const leadsTo = (from: SubscriptionStatus, to: SubscriptionStatus): boolean => from === to || edges[from].includes(to);

/**
 * The way from status to status where a provider tells only of its end, e.g. of what is unpaid by now: over one that both
 * have an edge with. Without the last; undefined when there is none.
 */
export function wayBetween(from: SubscriptionStatus, to: SubscriptionStatus): readonly SubscriptionStatus[] | undefined {
  if (leadsTo(from, to)) return [];
  // Nobody is in debt on the way to where nothing is owed.
  const over = (['active', 'past_due'] as const).find((each) => leadsTo(from, each) && leadsTo(each, to));
  return over === undefined ? undefined : [over];
}

/** Whether a column has this value already: times and lists are compared by what they say. */
export function isSame(known: unknown, wanted: unknown): boolean {
  const value = (each: unknown): unknown => (each instanceof Date ? each.getTime() : Array.isArray(each) ? JSON.stringify(each) : each);
  return value(known) === value(wanted);
}
