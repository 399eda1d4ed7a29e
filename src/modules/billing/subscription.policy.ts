import type { SubscriptionStatus } from '../../generated/prisma/client.js';

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
  paused: ['active', 'past_due', 'canceled'],
  canceled: ['trialing', 'active', 'past_due'],
};

export const leadsTo = (from: SubscriptionStatus, to: SubscriptionStatus): boolean => from === to || edges[from].includes(to);

/**
 * The way from status to status where a provider tells only of its end, e.g. of what is unpaid by now: over one that both
 * have an edge with. Without the last; undefined when there is none.
 */
export function wayBetween(from: SubscriptionStatus, to: SubscriptionStatus): readonly SubscriptionStatus[] | undefined {
  if (leadsTo(from, to)) return [];
  const over = (['past_due', 'active'] as const).find((each) => leadsTo(from, each) && leadsTo(each, to));
  return over === undefined ? undefined : [over];
}
