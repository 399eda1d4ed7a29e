import type { PlanDefinition, Price } from '../../config/catalog/catalog.js';

export type Interval = Price['interval'];

/** What is paid for. */
export interface Terms {
  readonly plan: PlanDefinition;
  readonly interval: Interval;
  /** Bought seats; undefined where the plan includes a number of them. */
  readonly seats: number | undefined;
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

/** The price of a plan; undefined when it costs nothing, or is not sold so. */
export function priceOf(plan: PlanDefinition, interval: Interval, currency: string | undefined): Price | undefined {
  const prices = plan.prices.filter((price) => price.interval === interval);
  return currency === undefined ? prices[0] : prices.find((price) => price.currency === currency);
}

export const isSold = (plan: PlanDefinition): boolean => plan.prices.length > 0;
export const sellsSeats = (plan: PlanDefinition): boolean => plan.prices.some(({ perSeat }) => perSeat);

/** What a whole period costs. */
export function amountOf({ plan, interval, seats }: Terms, currency: string | undefined): number {
  const price = priceOf(plan, interval, currency);
  if (price === undefined) return 0;
  return price.amount * (price.perSeat ? (seats ?? 1) : 1);
}

/** The next period: as long as the interval, from the same day of the month; in shorter months from the last day. */
export function periodFrom(start: Date, interval: Interval, anchorDay = start.getUTCDate()): Period {
  const months = interval === 'year' ? 12 : 1;
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Math.min(anchorDay, lastDay);
  return { start, end: new Date(Date.UTC(year, month, day, start.getUTCHours(), start.getUTCMinutes(), start.getUTCSeconds(), start.getUTCMilliseconds())) };
}

/** The part of an amount that belongs to the rest of a period, to the millisecond, rounded half up. Exact: whole numbers only. */
export function prorated(amount: number, { start, end }: Period, from: Date): number {
  const length = BigInt(end.getTime() - start.getTime());
  const rest = BigInt(Math.min(Math.max(end.getTime() - from.getTime(), 0), Number(length)));
  if (length <= 0n) return 0;
  return Number((2n * BigInt(amount) * rest + length) / (2n * length));
}

const wordsOf = ({ plan, seats }: Terms): string => (seats === undefined ? plan.name : `${plan.name}, ${seats} seat${seats === 1 ? '' : 's'}`);

/** The line for a whole period. */
export const periodLine = (terms: Terms, currency: string, period: Period): Line => ({
  description: wordsOf(terms),
  quantity: terms.seats ?? 1,
  amount: amountOf(terms, currency),
  period,
});

/** The lines of a change within a period: what was paid and is not used any more, and what is used instead. */
export function prorationLines(from: Terms, to: Terms, currency: string, period: Period, at: Date): readonly Line[] {
  const rest = { start: at, end: period.end };
  const credit = prorated(amountOf(from, currency), period, at);
  const charge = prorated(amountOf(to, currency), period, at);
  return [
    ...(credit === 0 ? [] : [{ description: `Unused time on ${wordsOf(from)}`, quantity: from.seats ?? 1, amount: -credit, period: rest }]),
    ...(charge === 0 ? [] : [{ description: `Remaining time on ${wordsOf(to)}`, quantity: to.seats ?? 1, amount: charge, period: rest }]),
  ];
}

export const totalOf = (lines: readonly Line[]): number => lines.reduce((sum, { amount }) => sum + amount, 0);
