import { dateInMonth, startOfDay } from '../../../common/calendar.js';
import type { AddOnDefinition, PlanDefinition, Price, UnitPrice } from '../../../config/catalog/catalog.js';

export type Interval = Price['interval'];

/** An add-on, and how many of it. */
export interface BoughtAddOn {
  readonly addOn: AddOnDefinition;
  readonly quantity: number;
}

/** What is paid for. */
export interface Terms {
  readonly plan: PlanDefinition;
  readonly interval: Interval;
  /** Bought seats; undefined where the plan includes a number of them. */
  readonly seats: number | undefined;
  /** Beside the plan, by their keys: what is the same stands in the same order. */
  readonly addOns: readonly BoughtAddOn[];
}

export interface Period {
  readonly start: Date;
  readonly end: Date;
}

/** A line of an invoice. Amounts are whole minor units of the invoice's currency; negative for what is credited. */
export interface Line {
  readonly description: string;
  readonly quantity: number;
  readonly amount: number;
  readonly period: Period | undefined;
}

/** One of the things that are paid for, each of which has a line of its own: the plan, or an add-on. */
interface Item {
  readonly of: PlanDefinition | AddOnDefinition;
  readonly description: string;
  readonly quantity: number;
  readonly amount: number;
}

/** The price of a plan, or of one of an add-on; undefined when it costs nothing, or is not sold so. */
export function priceOf<Sold extends UnitPrice>({ prices: all }: { readonly prices: readonly Sold[] }, interval: Interval, currency: string | undefined): Sold | undefined {
  const prices = all.filter((price) => price.interval === interval);
  return currency === undefined ? prices[0] : prices.find((price) => price.currency === currency);
}

export const isSold = (plan: PlanDefinition): boolean => plan.prices.length > 0;
export const sellsSeats = (plan: PlanDefinition): boolean => plan.prices.some(({ perSeat }) => perSeat);

/** The currency that a plan is charged in: of the subscription, or else of the plan's first price. */
export const currencyOf = (plan: PlanDefinition, interval: Interval, currency: string | undefined): string | undefined => currency ?? priceOf(plan, interval, undefined)?.currency;

/** Whether an add-on is sold beside a plan: it goes with it, and has a price by which the plan is sold. */
export function isSoldWith(addOn: AddOnDefinition, plan: PlanDefinition, interval: Interval, currency: string | undefined): boolean {
  const charged = currencyOf(plan, interval, currency);
  return charged !== undefined && addOn.plans.has(plan.key) && priceOf(plan, interval, charged) !== undefined && priceOf(addOn, interval, charged) !== undefined;
}

/** What of it costs how much for a whole period, the plan first. */
function itemsOf({ plan, interval, seats, addOns }: Terms, currency: string | undefined): readonly Item[] {
  const price = priceOf(plan, interval, currency);
  const description = seats === undefined ? plan.name : `${plan.name}, ${seats} seat${seats === 1 ? '' : 's'}`;
  const quantity = price?.perSeat === true ? (seats ?? 1) : 1;
  const beside = addOns.map((bought): Item => ({ of: bought.addOn, description: bought.addOn.name, quantity: bought.quantity, amount: amountOfAddOn(bought, interval, currency) }));
  return [{ of: plan, description, quantity: seats ?? 1, amount: (price?.amount ?? 0) * quantity }, ...beside];
}

/** What so many of an add-on cost for a whole period. */
export const amountOfAddOn = ({ addOn, quantity }: BoughtAddOn, interval: Interval, currency: string | undefined): number =>
  (priceOf(addOn, interval, currency)?.amount ?? 0) * quantity;

/** What a whole period costs. */
export const amountOf = (terms: Terms, currency: string | undefined): number => itemsOf(terms, currency).reduce((sum, { amount }) => sum + amount, 0);

/** The next period: as long as the interval, from the same day of the month; in shorter months from the last day. */
export function periodFrom(start: Date, interval: Interval, anchorDay = start.getUTCDate()): Period {
  const months = interval === 'year' ? 12 : 1;
  const endDay = dateInMonth(start.getUTCFullYear(), start.getUTCMonth() + months, anchorDay);
  return { start, end: new Date(endDay.getTime() + start.getTime() - startOfDay(start).getTime()) };
}

/** The part of an amount that belongs to the rest of a period, to the millisecond, rounded half up. Exact: whole numbers only. */
export function prorated(amount: number, { start, end }: Period, from: Date): number {
  const length = BigInt(end.getTime() - start.getTime());
  const rest = BigInt(Math.min(Math.max(end.getTime() - from.getTime(), 0), Number(length)));
  if (length <= 0n) return 0;
  return Number((2n * BigInt(amount) * rest + length) / (2n * length));
}

/** The lines for a whole period: the plan, and each add-on. */
export const periodLines = (terms: Terms, currency: string, period: Period): readonly Line[] =>
  itemsOf(terms, currency).map(({ description, quantity, amount }) => ({ description, quantity, amount, period }));

/** What was paid for the rest of a period and is not used any more. */
export const creditLines = (from: Terms, currency: string, period: Period, at: Date): readonly Line[] => restLines(itemsOf(from, currency), period, at, -1);

/** The lines of a change within a period: what was paid and is not used any more, and what is used instead. What stays has none. */
export function prorationLines(from: Terms, to: Terms, currency: string, period: Period, at: Date): readonly Line[] {
  const [before, after] = [itemsOf(from, currency), itemsOf(to, currency)];
  const among = (items: readonly Item[], item: Item): boolean => items.some((each) => each.of === item.of && each.quantity === item.quantity && each.amount === item.amount);
  const unlike = (items: readonly Item[], others: readonly Item[]): readonly Item[] => items.filter((item) => !among(others, item));
  return [...restLines(unlike(before, after), period, at, -1), ...restLines(unlike(after, before), period, at, 1)];
}

/**
 * A line for the rest of each item. What all of them cost is rounded once, and each line is what its item adds to that: so
 * that lines neither lose nor gain a minor unit, into however many items an amount is split.
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
