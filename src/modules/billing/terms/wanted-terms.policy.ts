import type { AddOnQuantity } from '../../../access/organization/entitlements.js';
import type { Catalog } from '../../../config/catalog/catalog.js';
import { amountOf, amountOfAddOn, isSold, isSoldWith, priceOf, sellsSeats, type BoughtAddOn, type Interval, type Terms } from './prices.policy.js';

/** What somebody wants to have instead. What is left out stays. */
export interface WantedTerms {
  readonly plan?: string | undefined;
  readonly interval?: Interval | undefined;
  readonly seats?: number | undefined;
  /** How many of each add-on; 0, or null, for none. */
  readonly addOns?: Readonly<Record<string, number | null>> | undefined;
}

export const asksForNothing = ({ addOns = {}, ...others }: WantedTerms): boolean => [...Object.values(others), ...Object.values(addOns)].every((value) => value === undefined);

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

export type ChangeProblem =
  'unknown_plan' | 'not_for_sale' | 'not_sold' | 'seats_included' | 'too_many_seats' | 'too_few_seats' | 'unknown_add_on' | 'add_on_not_sold' | 'too_many_add_ons';

/** Why a wish cannot be fulfilled, and by which add-on. */
export interface Refused {
  readonly problem: ChangeProblem;
  readonly addOn?: string;
}

export interface ChangeBasis {
  readonly current: Terms;
  /** What begins with the next period as it is; undefined: the same. */
  readonly scheduled?: Terms | undefined;
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
export function termsWanted(basis: ChangeBasis, wanted: WantedTerms, { plans, addOns }: Pick<Catalog, 'plans' | 'addOns'>): Terms | Refused {
  const givesUp = givesUpAddOns(basis, wanted);
  const from = givesUp ? (basis.scheduled ?? basis.current) : basis.current;
  const chosen = planWanted({ ...basis, current: from }, wanted, plans);
  if (typeof chosen === 'string') return { problem: chosen };
  // Seats that were given are not bought by giving up something else.
  const meant = givesUp && !basis.paid && !basis.trialing ? { ...chosen, seats: from.seats } : chosen;
  const stays = meant.plan.key === from.plan.key && meant.interval === from.interval;
  const kept = stays ? from.addOns : soldWith(from.addOns, meant, basis.currency);
  const quantities = new Map(kept.map(({ addOn, quantity }) => [addOn.key, quantity]));
  for (const [key, quantity] of Object.entries(wanted.addOns ?? {})) {
    const addOn = addOns.get(key);
    if (addOn === undefined) return { problem: 'unknown_add_on', addOn: key };
    quantities.delete(key);
    if (quantity === null || quantity === 0) continue;
    if (!isSoldWith(addOn, meant.plan, meant.interval, basis.currency)) return { problem: 'add_on_not_sold', addOn: key };
    // Who has more, since more could be bought once, may keep it, or some of it.
    if (quantity > Math.max(addOn.max, heldOf(basis.current, key))) return { problem: 'too_many_add_ons', addOn: key };
    quantities.set(key, quantity);
  }
  return {
    ...meant,
    addOns: boughtOf(
      [...quantities].map(([key, quantity]) => ({ key, quantity })),
      addOns,
    ),
  };
}

/** The add-ons of the catalog that are meant by their keys, in the order in which they always stand. Those that it has no more are none. */
export function boughtOf(quantities: readonly AddOnQuantity[], addOns: Catalog['addOns']): readonly BoughtAddOn[] {
  const found = quantities.flatMap(({ key, quantity }) => {
    const addOn = addOns.get(key);
    return addOn === undefined ? [] : [{ addOn, quantity }];
  });
  return found.sort((a, b) => (a.addOn.key < b.addOn.key ? -1 : 1));
}

/** Those that are sold beside other terms too; the others end with the change. */
export const soldWith = (addOns: readonly BoughtAddOn[], { plan, interval }: Pick<Terms, 'plan' | 'interval'>, currency: string | undefined): readonly BoughtAddOn[] =>
  addOns.filter(({ addOn }) => isSoldWith(addOn, plan, interval, currency));

export const sameAddOns = (one: readonly BoughtAddOn[], other: readonly BoughtAddOn[]): boolean =>
  one.length === other.length && one.every(({ addOn, quantity }, index) => other[index]?.addOn.key === addOn.key && other[index].quantity === quantity);

export const sameTerms = (one: Terms, other: Terms): boolean =>
  one.plan.key === other.plan.key && one.interval === other.interval && one.seats === other.seats && sameAddOns(one.addOns, other.addOns);

/** Who asks for no more add-ons than there are goes on from what is scheduled, so that giving up a second one does not take the first one back. */
function givesUpAddOns({ current }: ChangeBasis, { plan, interval, seats, addOns = {} }: WantedTerms): boolean {
  if (plan !== undefined || interval !== undefined || seats !== undefined) return false;
  const wishes = Object.entries(addOns);
  return wishes.length > 0 && wishes.every(([key, quantity]) => (quantity ?? 0) <= heldOf(current, key));
}

const heldOf = ({ addOns }: Terms, key: string): number => addOns.find(({ addOn }) => addOn.key === key)?.quantity ?? 0;

/** Plan, interval and seats that are meant. */
function planWanted({ current, currency, fallbackPlan, seatsInUse }: ChangeBasis, wanted: WantedTerms, plans: Catalog['plans']): Omit<Terms, 'addOns'> | ChangeProblem {
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

const free = (plan: Terms['plan'], { interval }: Terms, { seats }: WantedTerms): Omit<Terms, 'addOns'> | ChangeProblem =>
  seats === undefined ? { plan, interval, seats: undefined } : 'seats_included';

/**
 * What costs more, or as much, begins at once; what costs less begins with the next period, which is paid for already. A
 * year instead of months begins at once, months instead of a year when the year is over.
 */
export function planned({ current, currency, trialing, paid }: ChangeBasis, wanted: Terms): PlannedChange {
  // A trial of what is sold goes on to its end, also when the same is chosen; one of a plan that cannot be bought ends with the purchase.
  if (trialing && isSold(current.plan)) return { now: wanted, next: undefined, restarts: false, immediate: true };
  if (sameTerms(current, wanted)) return { now: current, next: undefined, restarts: false, immediate: false };
  if (!paid && isLess(current, wanted)) return { now: wanted, next: undefined, restarts: false, immediate: true };
  if (!paid) return { now: wanted, next: undefined, restarts: isSold(wanted.plan), immediate: true };
  if (costsLess(current, wanted, currency)) return { now: current, next: wanted, restarts: false, immediate: false };
  return { now: wanted, next: undefined, restarts: current.interval !== wanted.interval, immediate: true };
}

/** Whether only add-ons are given up, or seats: what was given goes on without them, and nothing is bought. */
const isLess = (current: Terms, wanted: Terms): boolean =>
  current.plan.key === wanted.plan.key &&
  current.interval === wanted.interval &&
  (current.seats === undefined ? wanted.seats === undefined : (wanted.seats ?? Infinity) <= current.seats) &&
  wanted.addOns.every(({ addOn, quantity }) => quantity <= heldOf(current, addOn.key));

/** A year of the same costs less a month than months do, and is no downgrade: it is held against a year where that is sold. */
function costsLess(current: Terms, wanted: Terms, currency: string | undefined): boolean {
  const less = amountOf(wanted, currency) < amountOf(current, currency);
  if (current.interval === wanted.interval) return less;
  if (wanted.interval === 'month') return true;
  return less || amountOf(wanted, currency) < yearOf(current, currency);
}

/** What a year of it costs: at the price of a year where there is one, and of twelve months where not. */
function yearOf({ addOns, ...plan }: Terms, currency: string | undefined): number {
  const yearly = (sold: Terms): number => (priceOf(sold.plan, 'year', currency) === undefined ? 12 * amountOf(sold, currency) : amountOf({ ...sold, interval: 'year' }, currency));
  const beside = addOns.map((each) => (priceOf(each.addOn, 'year', currency) === undefined ? 12 * amountOfAddOn(each, 'month', currency) : amountOfAddOn(each, 'year', currency)));
  return beside.reduce((sum, amount) => sum + amount, yearly({ ...plan, addOns: [] }));
}
