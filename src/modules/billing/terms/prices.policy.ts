import { dateInMonth, startOfDay } from '../../../common/calendar.js';
import type { AddOnDefinition, PlanDefinition, Price, UnitPrice } from '../../../config/catalog/catalog.js';
import { roundedQuotient } from './money.js';

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

/** A line of an invoice: something that is charged. Amounts are whole minor units of the invoice's currency, without tax. */
export interface Line {
  readonly kind: 'plan' | 'add_on' | 'usage';
  /** The key of the plan, add-on or meter. */
  readonly key: string;
  readonly description: string;
  readonly quantity: number;
  /** How many of the digits of the quantity are decimals: 15 with one decimal are 1.5 units. */
  readonly quantityDecimals?: number;
  /** The price of one unit for a whole period; null if the amount does not follow from one price. */
  readonly unitAmount: number | null;
  readonly amount: number;
  /** The time that is charged; undefined while a purchase waits for its payment. */
  readonly period: Period | undefined;
}

/** The plan or an add-on, which has its own line on an invoice. */
export interface Item {
  readonly kind: 'plan' | 'add_on';
  readonly key: string;
  readonly description: string;
  readonly quantity: number;
  readonly unitAmount: number;
  /** The price of a whole period. */
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
export function itemsOf({ plan, interval, seats, addOns }: Terms, currency: string | undefined): readonly Item[] {
  const price = priceOf(plan, interval, currency);
  const description = seats === undefined ? plan.name : `${plan.name}, ${seats} seat${seats === 1 ? '' : 's'}`;
  const unitAmount = price?.amount ?? 0;
  const addOnItems = addOns.map(({ addOn, quantity }): Item => {
    const unit = priceOf(addOn, interval, currency)?.amount ?? 0;
    return { kind: 'add_on', key: addOn.key, description: addOn.name, quantity, unitAmount: unit, amount: unit * quantity };
  });
  return [{ kind: 'plan', key: plan.key, description, quantity: seats ?? 1, unitAmount, amount: unitAmount * (price?.perSeat === true ? (seats ?? 1) : 1) }, ...addOnItems];
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
  return Number(roundedQuotient(BigInt(amount) * rest, length));
}

/** Returns the lines for a whole period: the plan, and each add-on. */
export const periodLines = (terms: Terms, currency: string, period: Period | undefined): readonly Line[] => itemsOf(terms, currency).map((item) => ({ ...item, period }));

/** Whether two items are the same agreement: what one pays for, and how much of it. Prices do not count: those of today may differ from the agreed ones. */
export const isSameItem = (one: Pick<Item, 'kind' | 'key' | 'quantity'>, other: Pick<Item, 'kind' | 'key' | 'quantity'>): boolean =>
  one.kind === other.kind && one.key === other.key && one.quantity === other.quantity;

/** Returns the items that stay as they are agreed when terms change. */
export function keptItems(from: Terms, to: Terms): readonly Item[] {
  const before = itemsOf(from, undefined);
  return itemsOf(to, undefined).filter((item) => before.some((each) => isSameItem(each, item)));
}

/** Returns the lines that charge the rest of a period for the items that a change brings, at today's prices. */
export function remainingLines(from: Terms, to: Terms, currency: string, period: Period, at: Date): readonly Line[] {
  const kept = keptItems(from, to);
  const rest = { start: at > period.start ? at : period.start, end: period.end };
  return itemsOf(to, currency)
    .filter((item) => !kept.some((each) => isSameItem(each, item)))
    .map((item): Line => ({ ...item, description: `Remaining time on ${item.description}`, amount: prorated(item.amount, period, at), period: rest }))
    .filter(({ amount }) => amount > 0);
}

/** Estimates what a payment provider gives back for the rest of a period, at today's prices: tenantry does not know what it has charged. @param to undefined if all items end */
export function estimatedCredits(from: Terms, to: Terms | undefined, currency: string, period: Period, at: Date): readonly Pick<Line, 'description' | 'amount'>[] {
  const kept = to === undefined ? [] : keptItems(from, to);
  return itemsOf(from, currency)
    .filter((item) => !kept.some((each) => isSameItem(each, item)))
    .map(({ description, amount }) => ({ description: `Unused time on ${description}`, amount: prorated(amount, period, at) }))
    .filter(({ amount }) => amount > 0);
}

export const totalOf = (lines: readonly { readonly amount: number }[]): number => lines.reduce((sum, { amount }) => sum + amount, 0);

/** Whether an amount can be charged: JavaScript, JSON and Stripe compute exactly up to this size. */
export const isChargeable = (lines: readonly Line[]): boolean => lines.every(({ amount }) => Number.isSafeInteger(amount)) && Number.isSafeInteger(totalOf(lines));
