import type { AddOnQuantity } from '../../../access/organization/entitlements.js';
import type { Catalog, Price } from '../../../config/catalog/catalog.js';
import { amountOf, amountOfAddOn, isChargeable, isSold, isSoldWith, periodLines, priceOf, sellsSeats, type BoughtAddOn, type Interval, type Terms } from './prices.policy.js';

/** The terms that a request asks for. A field that is left out stays as it is. */
export interface WantedTerms {
  readonly plan?: string | undefined;
  readonly interval?: Interval | undefined;
  readonly seats?: number | undefined;
  /** The quantity of each add-on. 0 or null removes it. */
  readonly addOns?: Readonly<Record<string, number | null>> | undefined;
  /** ISO 4217 */
  readonly currency?: string | undefined;
}

/** Complete terms that a request means, and the currency that they are charged in; undefined if they have no price. */
export interface ResolvedTerms {
  readonly terms: Terms;
  readonly currency: string | undefined;
}

/** Whether a request names no change at all. */
export const asksForNothing = ({ addOns = {}, ...others }: WantedTerms): boolean => [...Object.values(others), ...Object.values(addOns)].every((value) => value === undefined);

/** The terms now, and those of the next period, after a change. */
export interface TimedChange {
  readonly now: Terms;
  /** The terms that begin with the next period; undefined if the terms stay the same. */
  readonly next: Terms | undefined;
  /** Whether a new period begins now: with the first price, or with another interval. */
  readonly restarts: boolean;
  /** Whether the terms change now. */
  readonly immediate: boolean;
}

export type ChangeProblem =
  | 'unknown_plan'
  | 'not_for_sale'
  | 'not_sold'
  | 'currency_fixed'
  | 'amount_too_large'
  | 'seats_included'
  | 'too_many_seats'
  | 'too_few_seats'
  | 'unknown_add_on'
  | 'add_on_not_sold'
  | 'too_many_add_ons';

/** Why the catalog does not sell the wanted terms, and the add-on that is the reason. */
export interface InvalidTerms {
  readonly problem: ChangeProblem;
  readonly addOn?: string;
}

export interface ChangeBasis {
  readonly current: Terms;
  /** The terms that are scheduled for the next period; undefined if none are. */
  readonly scheduled?: Terms | undefined;
  /** The currency of the subscription; undefined if it has none. */
  readonly currency: string | undefined;
  /** Nothing was paid for a trial: each change takes effect at once. */
  readonly trialing: boolean;
  /** Whether the current period has a price. A plan that the operator assigned has none. */
  readonly paid: boolean;
  /** The plan that every organization may return to. */
  readonly fallbackPlan: string;
  /** Seats taken by members and invitations. */
  readonly seatsInUse: number;
}

/** Returns the complete terms that a request means, or why the catalog does not sell them. */
export function resolveTerms(basis: ChangeBasis, wanted: WantedTerms, { plans, addOns }: Pick<Catalog, 'plans' | 'addOns'>): ResolvedTerms | InvalidTerms {
  const reduces = onlyReducesAddOns(basis, wanted);
  const from = reduces ? (basis.scheduled ?? basis.current) : basis.current;
  const chosen = resolvePlan({ ...basis, current: from }, wanted, plans);
  if (typeof chosen === 'string') return { problem: chosen };
  const { currency, ...plan } = chosen;
  // Seats that the operator assigned are not charged for when the request only reduces add-ons.
  const resolved = reduces && !basis.paid && !basis.trialing ? { ...plan, seats: from.seats } : plan;
  const stays = resolved.plan.key === from.plan.key && resolved.interval === from.interval && (basis.paid || currency === basis.currency);
  const kept = stays ? from.addOns : soldWith(from.addOns, resolved, currency);
  const quantities = new Map(kept.map(({ addOn, quantity }) => [addOn.key, quantity]));
  for (const [key, quantity] of Object.entries(wanted.addOns ?? {})) {
    const addOn = addOns.get(key);
    if (addOn === undefined) return { problem: 'unknown_add_on', addOn: key };
    quantities.delete(key);
    if (quantity === null || quantity === 0) continue;
    if (!isSoldWith(addOn, resolved.plan, resolved.interval, currency)) return { problem: 'add_on_not_sold', addOn: key };
    // The catalog may have allowed more once: an organization may keep the quantity that it has, or reduce it.
    if (quantity > Math.max(addOn.max, heldOf(basis.current, key))) return { problem: 'too_many_add_ons', addOn: key };
    quantities.set(key, quantity);
  }
  const bought = boughtOf(
    [...quantities].map(([key, quantity]) => ({ key, quantity })),
    addOns,
  );
  const terms = { ...resolved, addOns: bought };
  return isChargeable(periodLines(terms, currency ?? '', undefined)) ? { terms, currency } : { problem: 'amount_too_large' };
}

/** Looks up add-ons in the catalog, and sorts them by key. Skips keys that the catalog does not have. */
export function boughtOf(quantities: readonly AddOnQuantity[], addOns: Catalog['addOns']): readonly BoughtAddOn[] {
  const found = quantities.flatMap(({ key, quantity }) => {
    const addOn = addOns.get(key);
    return addOn === undefined ? [] : [{ addOn, quantity }];
  });
  return found.sort((a, b) => (a.addOn.key < b.addOn.key ? -1 : 1));
}

/** The inverse of {@link boughtOf}: add-ons as they are stored. */
export const quantitiesOf = (addOns: readonly BoughtAddOn[]): readonly AddOnQuantity[] => addOns.map(({ addOn, quantity }) => ({ key: addOn.key, quantity }));

/** Returns the add-ons that are also sold with the given plan and interval. The others end with the change. */
export const soldWith = (addOns: readonly BoughtAddOn[], { plan, interval }: Pick<Terms, 'plan' | 'interval'>, currency: string | undefined): readonly BoughtAddOn[] =>
  addOns.filter(({ addOn }) => isSoldWith(addOn, plan, interval, currency));

export const sameAddOns = (one: readonly BoughtAddOn[], other: readonly BoughtAddOn[]): boolean =>
  one.length === other.length && one.every(({ addOn, quantity }, index) => other[index]?.addOn.key === addOn.key && other[index].quantity === quantity);

export const sameTerms = (one: Terms, other: Terms): boolean =>
  one.plan.key === other.plan.key && one.interval === other.interval && one.seats === other.seats && sameAddOns(one.addOns, other.addOns);

/**
 * Whether a request only removes add-ons or lowers their quantities. Such a request starts from the scheduled terms:
 * removing a second add-on does not bring back the first one.
 */
function onlyReducesAddOns({ current }: ChangeBasis, { plan, interval, seats, currency, addOns = {} }: WantedTerms): boolean {
  if (plan !== undefined || interval !== undefined || seats !== undefined || currency !== undefined) return false;
  const quantities = Object.entries(addOns);
  return quantities.length > 0 && quantities.every(([key, quantity]) => (quantity ?? 0) <= heldOf(current, key));
}

const heldOf = ({ addOns }: Terms, key: string): number => addOns.find(({ addOn }) => addOn.key === key)?.quantity ?? 0;

type ResolvedPlan = Omit<Terms, 'addOns'> & Pick<ResolvedTerms, 'currency'>;

/** Returns the plan, interval, seats and currency that a request means. */
function resolvePlan(basis: ChangeBasis, wanted: WantedTerms, plans: Catalog['plans']): ResolvedPlan | ChangeProblem {
  const { current, fallbackPlan, seatsInUse } = basis;
  const plan = wanted.plan === undefined ? current.plan : plans.get(wanted.plan);
  if (plan === undefined) return 'unknown_plan';
  // Only the operator assigns a plan without a price.
  if (!isSold(plan)) return plan.key === current.plan.key || plan.key === fallbackPlan ? withoutSeats(plan, basis, wanted) : 'not_for_sale';
  const price = choosePrice(basis, wanted, plan);
  if (typeof price === 'string') return price;
  const { interval, currency } = price;
  if (!sellsSeats(plan)) return wanted.seats === undefined ? { plan, interval, currency, seats: undefined } : 'seats_included';
  const seats = wanted.seats ?? Math.max(current.seats ?? 0, seatsInUse, 1);
  if (plan.seats !== undefined && seats > plan.seats) return 'too_many_seats';
  return seats < seatsInUse ? 'too_few_seats' : { plan, interval, currency, seats };
}

const withoutSeats = (plan: Terms['plan'], { current: { interval }, currency, paid }: ChangeBasis, wanted: WantedTerms): ResolvedPlan | ChangeProblem => {
  if (wanted.currency !== undefined && paid && wanted.currency !== currency) return 'currency_fixed';
  return wanted.seats === undefined ? { plan, interval, currency: paid ? currency : undefined, seats: undefined } : 'seats_included';
};

/**
 * Returns the price that a request means. A paid period keeps its currency. A request that does not name interval or currency keeps those of
 * before; a purchase of a plan begins with the first price of the plan instead, whatever was bought once.
 */
function choosePrice({ current, currency: before, paid, trialing }: ChangeBasis, wanted: WantedTerms, { prices: all }: Terms['plan']): Price | ChangeProblem {
  if (paid && wanted.currency !== undefined && wanted.currency !== before) return 'currency_fixed';
  const currency = wanted.currency ?? (paid ? before : undefined);
  const prices = all.filter((price) => (currency === undefined || price.currency === currency) && (wanted.interval === undefined || price.interval === wanted.interval));
  const keeps = paid || trialing || wanted.plan === undefined;
  const like = (price: Price): number => (keeps ? (price.interval === current.interval ? 2 : 0) + (price.currency === before ? 1 : 0) : 0);
  return prices.toSorted((one, other) => like(other) - like(one))[0] ?? 'not_sold';
}

/**
 * Decides when the wanted terms begin. Terms that cost as much or more begin now; terms that cost less begin with the next
 * period, since the current one is paid. A change from months to a year begins now, from a year to months when the year ends.
 */
export function timeChange({ current, currency, trialing, paid }: ChangeBasis, wanted: Terms): TimedChange {
  // The trial of a plan with a price continues until its end. The trial of a plan without a price ends with the purchase.
  if (trialing && isSold(current.plan)) return { now: wanted, next: undefined, restarts: false, immediate: true };
  if (sameTerms(current, wanted)) return { now: current, next: undefined, restarts: false, immediate: false };
  if (!paid && onlyReduces(current, wanted)) return { now: wanted, next: undefined, restarts: false, immediate: true };
  if (!paid) return { now: wanted, next: undefined, restarts: isSold(wanted.plan), immediate: true };
  if (costsLess(current, wanted, currency)) return { now: current, next: wanted, restarts: false, immediate: false };
  return { now: wanted, next: undefined, restarts: current.interval !== wanted.interval, immediate: true };
}

/** Whether the wanted terms are the current ones with fewer seats or add-ons. Terms that the operator assigned are not charged for then. */
const onlyReduces = (current: Terms, wanted: Terms): boolean =>
  current.plan.key === wanted.plan.key &&
  current.interval === wanted.interval &&
  (current.seats === undefined ? wanted.seats === undefined : (wanted.seats ?? Infinity) <= current.seats) &&
  wanted.addOns.every(({ addOn, quantity }) => quantity <= heldOf(current, addOn.key));

/** Whether the wanted terms cost less. A year is compared with a year of the current terms: a yearly discount is not a downgrade. */
function costsLess(current: Terms, wanted: Terms, currency: string | undefined): boolean {
  const less = amountOf(wanted, currency) < amountOf(current, currency);
  if (current.interval === wanted.interval) return less;
  if (wanted.interval === 'month') return true;
  return less || amountOf(wanted, currency) < yearOf(current, currency);
}

/** Returns the price of a year of the terms. A plan or add-on without a yearly price counts as twelve months. */
function yearOf({ addOns, ...plan }: Terms, currency: string | undefined): number {
  const yearly = (sold: Terms): number => (priceOf(sold.plan, 'year', currency) === undefined ? 12 * amountOf(sold, currency) : amountOf({ ...sold, interval: 'year' }, currency));
  const addOnPrices = addOns.map((each) =>
    priceOf(each.addOn, 'year', currency) === undefined ? 12 * amountOfAddOn(each, 'month', currency) : amountOfAddOn(each, 'year', currency),
  );
  return addOnPrices.reduce((sum, amount) => sum + amount, yearly({ ...plan, addOns: [] }));
}
