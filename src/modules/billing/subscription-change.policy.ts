import type { Catalog, PlanDefinition } from '../../config/catalog/catalog.js';
import { isSold, monthlyAmountOf, priceOf, sellsSeats, type Interval, type Terms } from './prices.policy.js';

/** What somebody wants to have instead. What is left out stays. */
export interface WantedTerms {
  readonly plan?: string | undefined;
  readonly interval?: Interval | undefined;
  readonly seats?: number | undefined;
}

/** How a wish is fulfilled. */
export interface PlannedChange {
  /** What holds from now on. */
  readonly now: Terms;
  /** What begins with the next period; undefined: the same. */
  readonly next: Terms | undefined;
  /** Whether a new period begins now: with the first price, or with another interval. */
  readonly restarts: boolean;
  /** Whether something changes at once. */
  readonly immediate: boolean;
}

export type ChangeProblem = 'unknown_plan' | 'not_sold' | 'seats_included' | 'too_many_seats' | 'too_few_seats';

export interface ChangeBasis {
  readonly current: Terms;
  readonly currency: string | undefined;
  /** In a trial nothing was paid, so that everything changes at once. */
  readonly trialing: boolean;
  /** Seats that are taken, by members and invitations. */
  readonly seatsInUse: number;
}

/** The terms that are meant. */
export function termsWanted({ current, currency, seatsInUse }: ChangeBasis, wanted: WantedTerms, plans: Catalog['plans']): Terms | ChangeProblem {
  const plan = wanted.plan === undefined ? current.plan : plans.get(wanted.plan);
  if (plan === undefined) return 'unknown_plan';
  const interval = wanted.interval ?? (priceOf(plan, current.interval, currency) === undefined ? (plan.prices[0]?.interval ?? current.interval) : current.interval);
  if (isSold(plan) && priceOf(plan, interval, currency) === undefined) return 'not_sold';
  if (!sellsSeats(plan)) return wanted.seats === undefined ? { plan, interval, seats: undefined } : 'seats_included';
  const seats = wanted.seats ?? Math.max(current.seats ?? 0, seatsInUse, 1);
  if (plan.seats !== undefined && seats > plan.seats) return 'too_many_seats';
  return seats < seatsInUse ? 'too_few_seats' : { plan, interval, seats };
}

/**
 * What costs more, or as much, begins at once; what costs less begins with the next period, which is paid for already. A
 * year instead of months begins at once, months instead of a year when the year is over.
 */
export function planned({ current, currency, trialing }: ChangeBasis, wanted: Terms): PlannedChange {
  const same = current.plan.key === wanted.plan.key && current.interval === wanted.interval && current.seats === wanted.seats;
  if (same) return { now: current, next: undefined, restarts: false, immediate: false };
  // A trial of what is sold goes on to its end; one of a plan that cannot be bought ends with the purchase.
  if (trialing && isSold(current.plan)) return { now: wanted, next: undefined, restarts: false, immediate: true };
  const firstPrice = !isSold(current.plan) && isSold(wanted.plan);
  const lengthens = current.interval === 'month' && wanted.interval === 'year' && isSold(wanted.plan);
  const cheaper = monthlyAmountOf(wanted, currency) < monthlyAmountOf(lengthens ? { ...current, interval: 'month' } : current, currency);
  if (firstPrice || (lengthens && isLater(current.plan, wanted.plan))) return { now: wanted, next: undefined, restarts: true, immediate: true };
  const shortens = current.interval === 'year' && wanted.interval === 'month';
  if (cheaper || shortens) return { now: current, next: wanted, restarts: false, immediate: false };
  return { now: wanted, next: undefined, restarts: current.interval !== wanted.interval, immediate: true };
}

/** A year of the same plan costs less a month than months do, and is no downgrade. */
const isLater = (current: PlanDefinition, wanted: PlanDefinition): boolean =>
  current.key === wanted.key || Math.max(...wanted.prices.map(({ amount }) => amount)) >= Math.max(...current.prices.map(({ amount }) => amount));
