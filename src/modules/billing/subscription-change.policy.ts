import type { Catalog } from '../../config/catalog/catalog.js';
import { amountOf, isSold, priceOf, sellsSeats, type Interval, type Terms } from './prices.policy.js';

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

export type ChangeProblem = 'unknown_plan' | 'not_for_sale' | 'not_sold' | 'seats_included' | 'too_many_seats' | 'too_few_seats';

export interface ChangeBasis {
  readonly current: Terms;
  readonly currency: string | undefined;
  /** In a trial nothing was paid, so that everything changes at once. */
  readonly trialing: boolean;
  /** Whether the period that runs has a price. What was given away has none. */
  readonly paid: boolean;
  /** The plan that anybody may go back to. */
  readonly fallbackPlan: string;
  /** Seats that are taken, by members and invitations. */
  readonly seatsInUse: number;
}

/** The terms that are meant. */
export function termsWanted({ current, currency, fallbackPlan, seatsInUse }: ChangeBasis, wanted: WantedTerms, plans: Catalog['plans']): Terms | ChangeProblem {
  const plan = wanted.plan === undefined ? current.plan : plans.get(wanted.plan);
  if (plan === undefined) return 'unknown_plan';
  // What has no price is given by the operator only.
  if (!isSold(plan)) return plan.key === current.plan.key || plan.key === fallbackPlan ? free(plan, current, wanted) : 'not_for_sale';
  const interval = wanted.interval ?? (priceOf(plan, current.interval, currency) === undefined ? (plan.prices[0]?.interval ?? current.interval) : current.interval);
  if (priceOf(plan, interval, currency) === undefined) return 'not_sold';
  if (!sellsSeats(plan)) return wanted.seats === undefined ? { plan, interval, seats: undefined } : 'seats_included';
  const seats = wanted.seats ?? Math.max(current.seats ?? 0, seatsInUse, 1);
  if (plan.seats !== undefined && seats > plan.seats) return 'too_many_seats';
  return seats < seatsInUse ? 'too_few_seats' : { plan, interval, seats };
}

const free = (plan: Terms['plan'], { interval }: Terms, { seats }: WantedTerms): Terms | ChangeProblem =>
  seats === undefined ? { plan, interval, seats: undefined } : 'seats_included';

/**
 * What costs more, or as much, begins at once; what costs less begins with the next period, which is paid for already. A
 * year instead of months begins at once, months instead of a year when the year is over.
 */
export function planned({ current, currency, trialing, paid }: ChangeBasis, wanted: Terms): PlannedChange {
  const same = current.plan.key === wanted.plan.key && current.interval === wanted.interval && current.seats === wanted.seats;
  // A trial of what is sold goes on to its end, also when the same is chosen; one of a plan that cannot be bought ends with the purchase.
  if (trialing && isSold(current.plan)) return { now: wanted, next: undefined, restarts: false, immediate: true };
  if (same) return { now: current, next: undefined, restarts: false, immediate: false };
  if (!paid) return { now: wanted, next: undefined, restarts: isSold(wanted.plan), immediate: true };
  if (costsLess(current, wanted, currency)) return { now: current, next: wanted, restarts: false, immediate: false };
  return { now: wanted, next: undefined, restarts: current.interval !== wanted.interval, immediate: true };
}

/** A year of the same costs less a month than months do, and is no downgrade: it is held against a year where that is sold. */
function costsLess(current: Terms, wanted: Terms, currency: string | undefined): boolean {
  const less = amountOf(wanted, currency) < amountOf(current, currency);
  if (current.interval === wanted.interval) return less;
  if (wanted.interval === 'month') return true;
  const year: Terms = { ...current, interval: 'year' };
  const before = priceOf(current.plan, 'year', currency) === undefined ? 12 * amountOf(current, currency) : amountOf(year, currency);
  return less || amountOf(wanted, currency) < before;
}
