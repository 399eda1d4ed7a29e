import type { Stripe } from 'stripe';
import type { Subscription, SubscriptionStatus } from '../../../../generated/prisma/client.js';
import { isSame } from '../../terms/subscription-status.policy.js';
import { ended, nothingNext } from '../../subscriptions/subscription-columns.js';
import type { SubscriptionChanges } from '../../subscriptions/subscription-store.service.js';
import type { BaseItem, ScheduledItem } from '../prices/stripe-price.policy.js';

/**
 * What a status of Stripe's is with us; undefined while the first payment is outstanding, so that nothing has begun.
 * https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
 */
const statuses: Readonly<Record<string, SubscriptionStatus>> = {
  incomplete_expired: 'canceled',
  trialing: 'trialing',
  active: 'active',
  past_due: 'past_due',
  unpaid: 'unpaid',
  canceled: 'canceled',
  paused: 'paused',
};

/** Collection that is paused is a pause with us; what is over, or owed, stays so. */
export function statusOf({ status, pause_collection: pause }: Pick<Stripe.Subscription, 'status' | 'pause_collection'>): SubscriptionStatus | undefined {
  const plain = statuses[status];
  return pause !== null && (plain === 'active' || plain === 'trialing' || plain === 'past_due') ? 'paused' : plain;
}

/** Whether it still is, or may become, an agreement: two of them for one customer are one too many. */
export const isAlive = (subscription: Stripe.Subscription): boolean => ![undefined, 'canceled'].includes(statusOf(subscription));

export const idOf = (reference: string | { readonly id: string } | null | undefined): string | undefined => (typeof reference === 'string' ? reference : reference?.id);
const dateOf = (seconds: number | null | undefined): Date | null => (typeof seconds === 'number' ? new Date(seconds * 1000) : null);

/** In flexible billing mode the customer portal sets a date instead of the flag. */
export const willEnd = ({ cancel_at_period_end: flag, cancel_at: date }: Stripe.Subscription): boolean => flag || date !== null;

/** What a subscription of Stripe's is in terms of the catalog. */
export interface Read {
  /** Undefined when its price is not known: then the plan stays as it was. */
  readonly base: BaseItem | undefined;
  /** What it changes to with the next period; null: nothing, undefined: that was not asked, or is not known. */
  readonly next: ScheduledItem | null | undefined;
}

/** What our row is to say, as Stripe has it. */
export function stateOf(theirs: Stripe.Subscription, { base, next }: Read, row: Subscription, status: SubscriptionStatus, now: Date): SubscriptionChanges {
  const link = { provider: 'stripe', providerCustomerId: idOf(theirs.customer) ?? null, providerSubscriptionId: theirs.id };
  if (status === 'canceled') {
    const { canceledAt: _, ...rest } = ended(now);
    const after = row.cancelAtPeriodEnd && row.nextPlan !== null ? { plan: row.nextPlan } : {};
    return { ...link, ...rest, ...after, canceledAt: dateOf(theirs.ended_at ?? theirs.canceled_at) ?? row.canceledAt ?? now };
  }
  const owes = status === 'past_due' || status === 'unpaid';
  const item = base?.item ?? theirs.items.data[0];
  const terms = base === undefined ? {} : { plan: base.plan.key, interval: base.price.interval, seats: seatsIn(base), addOns: base.addOns };
  return {
    ...link,
    // Another one is charged for usage from its own first day.
    ...(row.providerSubscriptionId === theirs.id ? {} : { usageReportedSince: null }),
    status,
    ...terms,
    currency: theirs.currency.toUpperCase(),
    trialEndsAt: dateOf(theirs.trial_end) ?? row.trialEndsAt,
    renewsAfterTrial: status === 'trialing',
    ...(item === undefined ? {} : { periodStart: dateOf(item.current_period_start) ?? row.periodStart, periodEnd: dateOf(item.current_period_end) }),
    cancelAtPeriodEnd: willEnd(theirs),
    canceledAt: null,
    pastDueSince: owes ? (row.pastDueSince ?? now) : null,
    ...(owes ? {} : { pastDueReminders: 0 }),
    ...nextOf(theirs, { base, next }, row),
  };
}

/** Seats that are bought; null where the price is of the plan. */
const seatsIn = ({ price, item }: ScheduledItem): number | null => (price.perSeat ? (item.quantity ?? 1) : null);

const nextIn = (item: ScheduledItem): Pick<Subscription, 'nextPlan' | 'nextInterval' | 'nextSeats'> & { readonly nextAddOns: ScheduledItem['addOns'] } => ({
  nextPlan: item.plan.key,
  nextInterval: item.price.interval,
  nextSeats: seatsIn(item),
  nextAddOns: item.addOns,
});

/** What was scheduled is over when it has come, when Stripe knows of no change any more, or when an end has taken its place. */
function nextOf(theirs: Stripe.Subscription, { base, next }: Read, { nextPlan, nextInterval, nextSeats, nextAddOns, cancelAtPeriodEnd }: Subscription): SubscriptionChanges {
  const now = base === undefined ? [] : Object.values(nextIn(base));
  if (next !== null && next !== undefined) return isSame(Object.values(nextIn(next)), now) ? nothingNext : nextIn(next);
  const came = isSame([nextPlan, nextInterval, nextSeats, nextAddOns], now);
  const comes = (theirs.schedule !== null && next === undefined) || (willEnd(theirs) && cancelAtPeriodEnd);
  return came || !comes ? nothingNext : {};
}

/** Only what differs from the row. */
export function differences(row: Subscription, wanted: SubscriptionChanges): SubscriptionChanges {
  const was = row as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => !isSame(was[key], value)));
}

/** What a change is announced as; undefined when it concerns nobody. */
export function eventOf(row: Subscription, { status = row.status, ...changes }: SubscriptionChanges): string | undefined {
  const owed = row.status === 'past_due' || row.status === 'unpaid';
  if (status !== row.status && status === 'active') return `subscription.${owed ? 'recovered' : row.status === 'paused' ? 'resumed' : 'activated'}`;
  if (status !== row.status) return `subscription.${status === 'trialing' ? 'trial_set' : status}`;
  if ('plan' in changes || 'seats' in changes || 'interval' in changes || 'addOns' in changes) return 'subscription.changed';
  if (changes['nextPlan'] !== undefined && changes['nextPlan'] !== null) return 'subscription.change_scheduled';
  if ('cancelAtPeriodEnd' in changes) return `subscription.${changes.cancelAtPeriodEnd === true ? 'cancel_scheduled' : 'resumed'}`;
  return 'periodStart' in changes ? 'subscription.renewed' : undefined;
}
