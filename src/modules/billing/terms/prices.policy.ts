import { dateInMonth, startOfDay } from '../../../common/calendar.js';
import type { AddOnDefinition, PlanDefinition, Price, UnitPrice } from '../../../config/catalog/catalog.js';

export type Interval = Price['interval'];

/** An add-on with its quantity. */
export interface BoughtAddOn {
  readonly addOn: AddOnDefinition;
  readonly quantity: number;
}

/** The terms of a subscription: plan, interval, seats and add-ons. */
export interface Terms {
  readonly plan: PlanDefinition;
  readonly interval: Interval;
  /** Bought seats; undefined if the plan includes its seats. */
  readonly seats: number | undefined;
  /** Sorted by key, so that equal lists are equal element by element. */
  readonly addOns: readonly BoughtAddOn[];
}

export interface Period {
  readonly start: Date;
  readonly end: Date;
}

/** A line of an invoice. The amount is in whole minor units of the invoice's currency; negative for a credit. */
export interface Line {
  readonly description: string;
  readonly quantity: number;
  readonly amount: number;
  readonly period: Period | undefined;
}

/** The plan or an add-on, which has its own line on an invoice. */
interface Item {
  readonly of: PlanDefinition | AddOnDefinition;
  readonly description: string;
  readonly quantity: number;
  readonly amount: number;
}

/** Returns the price of a plan or of one add-on; undefined if it is not sold by this interval and currency. */
export function priceOf<Sold extends UnitPrice>({ prices: all }: { readonly prices: readonly Sold[] }, interval: Interval, currency: string | undefined): Sold | undefined {
  const prices = all.filter((price) => price.interval === interval);
  return currency === undefined ? prices[0] : prices.find((price) => price.currency === currency);
}

export const isSold = (plan: PlanDefinition): boolean => plan.prices.length > 0;
export const sellsSeats = (plan: PlanDefinition): boolean => plan.prices.some(({ perSeat }) => perSeat);

/** Returns the currency that a plan is charged in: that of the subscription, or of the plan's first price. */
export const currencyOf = (plan: PlanDefinition, interval: Interval, currency: string | undefined): string | undefined => currency ?? priceOf(plan, interval, undefined)?.currency;

/** Whether an add-on is sold with a plan: the catalog allows both together, and both have a price with this interval and currency. */
export function isSoldWith(addOn: AddOnDefinition, plan: PlanDefinition, interval: Interval, currency: string | undefined): boolean {
  const charged = currencyOf(plan, interval, currency);
  return charged !== undefined && addOn.plans.has(plan.key) && priceOf(plan, interval, charged) !== undefined && priceOf(addOn, interval, charged) !== undefined;
}

/** Returns the items that are charged for a whole period, the plan first. */
function itemsOf({ plan, interval, seats, addOns }: Terms, currency: string | undefined): readonly Item[] {
  const price = priceOf(plan, interval, currency);
  const description = seats === undefined ? plan.name : `${plan.name}, ${seats} seat${seats === 1 ? '' : 's'}`;
  const quantity = price?.perSeat === true ? (seats ?? 1) : 1;
  const addOnItems = addOns.map((bought): Item => ({
    of: bought.addOn,
    description: bought.addOn.name,
    quantity: bought.quantity,
    amount: amountOfAddOn(bought, interval, currency),
  }));
  return [{ of: plan, description, quantity: seats ?? 1, amount: (price?.amount ?? 0) * quantity }, ...addOnItems];
}

/** Returns the price of an add-on, in its quantity, for a whole period. */
export const amountOfAddOn = ({ addOn, quantity }: BoughtAddOn, interval: Interval, currency: string | undefined): number =>
  (priceOf(addOn, interval, currency)?.amount ?? 0) * quantity;

/** Returns the price of a whole period. */
export const amountOf = (terms: Terms, currency: string | undefined): number => itemsOf(terms, currency).reduce((sum, { amount }) => sum + amount, 0);

/** Returns the period that begins at `start`. It ends on the anchor day of the month, or on the last day of a shorter month. */
export function periodFrom(start: Date, interval: Interval, anchorDay = start.getUTCDate()): Period {
  const months = interval === 'year' ? 12 : 1;
  const endDay = dateInMonth(start.getUTCFullYear(), start.getUTCMonth() + months, anchorDay);
  return { start, end: new Date(endDay.getTime() + start.getTime() - startOfDay(start).getTime()) };
}

/** Returns the part of an amount for the rest of a period, to the millisecond, rounded half up. Computes with whole numbers. */
export function prorated(amount: number, { start, end }: Period, from: Date): number {
  const length = BigInt(end.getTime() - start.getTime());
  const rest = BigInt(Math.min(Math.max(end.getTime() - from.getTime(), 0), Number(length)));
  if (length <= 0n) return 0;
  return Number((2n * BigInt(amount) * rest + length) / (2n * length));
}

/** Returns the lines for a whole period: the plan, and each add-on. */
export const periodLines = (terms: Terms, currency: string, period: Period): readonly Line[] =>
  itemsOf(terms, currency).map(({ description, quantity, amount }) => ({ description, quantity, amount, period }));

/** Returns the lines that credit the rest of a period. */
export const creditLines = (from: Terms, currency: string, period: Period, at: Date): readonly Line[] => restLines(itemsOf(from, currency), period, at, -1);

/** Returns the lines of a change within a period: credits for the items that end, charges for those that begin. Items that stay have no line. */
export function prorationLines(from: Terms, to: Terms, currency: string, period: Period, at: Date): readonly Line[] {
  const [before, after] = [itemsOf(from, currency), itemsOf(to, currency)];
  const among = (items: readonly Item[], item: Item): boolean => items.some((each) => each.of === item.of && each.quantity === item.quantity && each.amount === item.amount);
  const without = (items: readonly Item[], others: readonly Item[]): readonly Item[] => items.filter((item) => !among(others, item));
  return [...restLines(without(before, after), period, at, -1), ...restLines(without(after, before), period, at, 1)];
}

/**
 * Returns a line for the rest of the period of each item. The running total is rounded, and each line is its difference to the
 * total before: the lines neither lose nor gain a minor unit, however many items there are.
 */
function restLines(items: readonly Item[], period: Period, at: Date, sign: 1 | -1): readonly Line[] {
  const rest = { start: at, end: period.end };
  let [whole, charged] = [0, 0];
  return items.flatMap(({ description, quantity, amount }) => {
    whole += amount;
    const part = prorated(whole, period, at) - charged;
    charged += part;
    return part === 0 ? [] : [{ description: `${sign < 0 ? 'Unused' : 'Remaining'} time on ${description}`, quantity, amount: sign * part, period: rest }];
  });
}

export const totalOf = (lines: readonly Line[]): number => lines.reduce((sum, { amount }) => sum + amount, 0);
