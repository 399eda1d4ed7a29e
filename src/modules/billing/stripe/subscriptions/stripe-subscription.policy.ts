import type { Stripe } from 'stripe';
import type { Subscription, SubscriptionStatus } from '../../../../generated/prisma/client.js';
import { isSame } from '../../terms/subscription-status.policy.js';
import { canceledColumns, clearedSchedule } from '../../subscriptions/subscription-columns.js';
import type { SubscriptionChanges } from '../../subscriptions/subscription-store.service.js';
import type { BaseItem, ScheduledItem } from '../prices/stripe-price.policy.js';

/** Asks for all that a row is compared with, and for the latest invoice. Without it, Stripe names the customer, the schedule and the invoice only by id. */
export const comparedFields: Stripe.SubscriptionRetrieveParams = { expand: ['customer', 'latest_invoice', 'schedule.phases.items.price'] };

/**
 * The status of a row by Stripe's status. `incomplete` is missing: until the first payment nothing has begun.
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

/** Returns the status of the row; undefined before the first payment. Paused collection is a pause, unless the subscription is unpaid or canceled. */
export function statusOf({ status, pause_collection: pause }: Pick<Stripe.Subscription, 'status' | 'pause_collection'>): SubscriptionStatus | undefined {
  const plain = statuses[status];
  return pause !== null && (plain === 'active' || plain === 'trialing' || plain === 'past_due') ? 'paused' : plain;
}

/** Whether a subscription is paid for, or may be again. A customer must have only one of them. */
export const isAlive = (subscription: Stripe.Subscription): boolean => ![undefined, 'canceled'].includes(statusOf(subscription));

export const idOf = (reference: string | { readonly id: string } | null | undefined): string | undefined => (typeof reference === 'string' ? reference : reference?.id);
const dateOf = (seconds: number | null | undefined): Date | null => (typeof seconds === 'number' ? new Date(seconds * 1000) : null);

/** Whether a cancellation is scheduled. In flexible billing mode the customer portal sets a date instead of the flag. */
export const willEnd = ({ cancel_at_period_end: flag, cancel_at: date }: Stripe.Subscription): boolean => flag || date !== null;

/**
 * Whether nobody pays for the running period: its invoice became void during a pause, or was written off. Nothing can be credited for its rest.
 * A trial has no such invoice, and the invoice of a change is not that of the period.
 */
export function isPeriodUnpaid({ status, latest_invoice: invoice }: Stripe.Subscription): boolean {
  if ((status !== 'active' && status !== 'past_due') || typeof invoice !== 'object' || invoice === null) return false;
  return invoice.billing_reason !== 'subscription_update' && (invoice.status === 'void' || invoice.status === 'uncollectible');
}

/** The items of a Stripe subscription, resolved with the catalog. */
export interface ResolvedItems {
  /** Undefined if the catalog does not have the price: the row then keeps its plan. */
  readonly base: BaseItem | undefined;
  /** The change that is scheduled; null if none is, undefined if that is not known. */
  readonly next: ScheduledItem | null | undefined;
}

/** Returns the columns of the row that a Stripe subscription implies. */
export function stateOf(stripeSubscription: Stripe.Subscription, { base, next }: ResolvedItems, row: Subscription, status: SubscriptionStatus, now: Date): SubscriptionChanges {
  const link = { provider: 'stripe', providerCustomerId: idOf(stripeSubscription.customer) ?? null, providerSubscriptionId: stripeSubscription.id };
  if (status === 'canceled') {
    const { canceledAt: _, ...rest } = canceledColumns(now);
    const after = row.cancelAtPeriodEnd && row.nextPlan !== null ? { plan: row.nextPlan } : {};
    return { ...link, ...rest, ...after, canceledAt: dateOf(stripeSubscription.ended_at ?? stripeSubscription.canceled_at) ?? row.canceledAt ?? now };
  }
  const owes = status === 'past_due' || status === 'unpaid';
  const item = base?.item ?? stripeSubscription.items.data[0];
  const terms = base === undefined ? {} : { plan: base.plan.key, interval: base.price.interval, seats: seatsIn(base), addOns: base.addOns };
  return {
    ...link,
    // A new subscription is charged for usage from its own first day.
    ...(row.providerSubscriptionId === stripeSubscription.id ? {} : { usageReportedSince: null }),
    status,
    ...terms,
    currency: stripeSubscription.currency.toUpperCase(),
    trialEndsAt: dateOf(stripeSubscription.trial_end) ?? row.trialEndsAt,
    renewsAfterTrial: status === 'trialing',
    ...(item === undefined ? {} : { periodStart: dateOf(item.current_period_start) ?? row.periodStart, periodEnd: dateOf(item.current_period_end) }),
    cancelAtPeriodEnd: willEnd(stripeSubscription),
    canceledAt: null,
    pastDueSince: owes ? (row.pastDueSince ?? now) : null,
    ...(owes ? {} : { pastDueReminders: 0 }),
    ...nextOf(stripeSubscription, { base, next }, row),
  };
}

/** Returns the bought seats; null if the price is not per seat. */
const seatsIn = ({ price, item }: ScheduledItem): number | null => (price.perSeat ? (item.quantity ?? 1) : null);

const nextIn = (item: ScheduledItem): Pick<Subscription, 'nextPlan' | 'nextInterval' | 'nextSeats'> & { readonly nextAddOns: ScheduledItem['addOns'] } => ({
  nextPlan: item.plan.key,
  nextInterval: item.price.interval,
  nextSeats: seatsIn(item),
  nextAddOns: item.addOns,
});

/** Returns the columns of the scheduled change. They are cleared if the change has happened, if Stripe has no schedule, or if a cancellation replaced it. */
function nextOf(
  stripeSubscription: Stripe.Subscription,
  { base, next }: ResolvedItems,
  { nextPlan, nextInterval, nextSeats, nextAddOns, cancelAtPeriodEnd }: Subscription,
): SubscriptionChanges {
  const current = base === undefined ? [] : Object.values(nextIn(base));
  if (next !== null && next !== undefined) return isSame(Object.values(nextIn(next)), current) ? clearedSchedule : nextIn(next);
  const happened = isSame([nextPlan, nextInterval, nextSeats, nextAddOns], current);
  const pending = (stripeSubscription.schedule !== null && next === undefined) || (willEnd(stripeSubscription) && cancelAtPeriodEnd);
  return happened || !pending ? clearedSchedule : {};
}

/** Returns the wanted columns that differ from the row. */
export function differences(row: Subscription, wanted: SubscriptionChanges): SubscriptionChanges {
  const was = row as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => !isSame(was[key], value)));
}

/** Returns the type of the domain event of a change; undefined if the change needs none. */
export function eventOf(row: Subscription, { status = row.status, ...changes }: SubscriptionChanges): string | undefined {
  const owed = row.status === 'past_due' || row.status === 'unpaid';
  if (status !== row.status && status === 'active') return `subscription.${owed ? 'recovered' : row.status === 'paused' ? 'resumed' : 'activated'}`;
  if (status !== row.status) return `subscription.${status === 'trialing' ? 'trial_set' : status}`;
  if ('plan' in changes || 'seats' in changes || 'interval' in changes || 'addOns' in changes) return 'subscription.changed';
  if (changes['nextPlan'] !== undefined && changes['nextPlan'] !== null) return 'subscription.change_scheduled';
  if ('cancelAtPeriodEnd' in changes) return `subscription.${changes.cancelAtPeriodEnd === true ? 'cancel_scheduled' : 'resumed'}`;
  return 'periodStart' in changes ? 'subscription.renewed' : undefined;
}
