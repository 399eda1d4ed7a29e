import { startOfDay } from '../../../common/calendar.js';
import type { Catalog, UsagePrice } from '../../../config/catalog/catalog.js';
import { roundedQuotient } from './money.js';
import type { Line, Period } from './prices.policy.js';

/** A part of the cost of one meter's usage in a period, which an invoice shows on a line of its own. */
export interface UsageCharge {
  /** The units of the tier, or all units; in the smallest unit of the meter. */
  readonly quantity: bigint;
  /** The first and the last unit of a graduated tier; undefined for all units. */
  readonly tier: { readonly from: number; readonly upTo: number | undefined } | undefined;
  /** The price of one unit, or of `per` units, in minor units. */
  readonly unitAmount: number;
  readonly per: number;
  /** The amount for the tier itself. */
  readonly flat: number;
  /** In whole minor units. */
  readonly amount: bigint;
}

type PriceModel = Pick<UsagePrice, 'model' | 'amount' | 'per' | 'tiers'>;

/** The price of a meter's usage and the meter itself, as they were agreed for a period. A catalog without the meter does not change them. */
export type AgreedUsagePrice = PriceModel & Omit<NamedMeter, 'key'> & { readonly meter: string };

/** The prices that were agreed for the usage of a period. */
export interface AgreedUsage {
  readonly currency: string;
  readonly prices: readonly AgreedUsagePrice[];
}

/** Returns the usage prices that the catalog has for an interval and currency. */
export function agreedUsage(meters: Catalog['meters'], interval: UsagePrice['interval'], currency: string): AgreedUsage {
  const prices = [...meters.values()].flatMap(({ key, name, unit, decimals, prices: all }): AgreedUsagePrice[] => {
    const price = all.find((each) => each.interval === interval && each.currency === currency);
    return price === undefined ? [] : [{ meter: key, name, unit, decimals, model: price.model, amount: price.amount, per: price.per, tiers: price.tiers }];
  });
  return { currency, prices };
}

/** A meter, as an invoice names it. */
export interface NamedMeter {
  readonly key: string;
  readonly name: string;
  readonly unit: string;
  /** The number of decimals of its quantities. */
  readonly decimals: number;
}

/** The number of decimals that a price of one unit can have, as in Stripe. https://docs.stripe.com/api/prices/create */
export const amountDecimals = 12;

/** Returns the digits of a decimal number as a whole number, and how many of them are decimals. */
export function decimalOf(amount: number): { readonly digits: bigint; readonly decimals: number } {
  const [mantissa = '0', exponent = '0'] = String(amount).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const decimals = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return decimals < 0 ? { digits: digits * 10n ** BigInt(-decimals), decimals: 0 } : { digits, decimals };
}

/** Returns an amount as a whole number of the 10^12th part of a minor unit. */
function exactly(amount: number): bigint {
  const { digits, decimals } = decimalOf(amount);
  return digits * 10n ** BigInt(amountDecimals - decimals);
}

interface Part extends Omit<UsageCharge, 'amount'> {
  /** The exact amount, as a multiple of 10^-(12 + decimals of the meter) minor units. */
  readonly exact: bigint;
}

/**
 * Returns what usage costs, as Stripe computes it. All amounts together are rounded once, half up, to whole minor units; the amounts of the
 * tiers add up to that.
 *
 * @param quantity in the smallest unit of the meter: 1.5 GB of a meter with one decimal are 15
 */
export function chargesFor(price: PriceModel, quantity: bigint, decimals = 0): readonly UsageCharge[] {
  const scale = 10n ** BigInt(decimals);
  const divisor = 10n ** BigInt(amountDecimals) * scale;
  let sum = 0n;
  return partsOf(price, quantity < 0n ? 0n : quantity, scale).map(({ exact, ...part }) => {
    const before = roundedQuotient(sum, divisor);
    sum += exact;
    return { ...part, amount: roundedQuotient(sum, divisor) - before };
  });
}

function partsOf({ model, amount, per, tiers }: PriceModel, quantity: bigint, scale: bigint): readonly Part[] {
  switch (model) {
    case 'per_unit':
      return [{ quantity, tier: undefined, unitAmount: amount, per: 1, flat: 0, exact: quantity * exactly(amount) }];
    case 'package': {
      const block = BigInt(per) * scale;
      const blocks = (quantity + block - 1n) / block;
      return [{ quantity, tier: undefined, unitAmount: amount, per, flat: 0, exact: blocks * exactly(amount) * scale }];
    }
    case 'volume': {
      const tier = tiers.find(({ upTo }) => upTo === undefined || quantity <= BigInt(upTo) * scale);
      if (tier === undefined) return [];
      return [{ quantity, tier: undefined, unitAmount: tier.amount, per: 1, flat: tier.flat, exact: quantity * exactly(tier.amount) + exactly(tier.flat) * scale }];
    }
    case 'graduated':
      return tiers.flatMap((tier, index): Part[] => {
        const before = tiers[index - 1]?.upTo ?? 0;
        const begins = BigInt(before) * scale;
        // The first tier applies also without usage: Stripe charges its flat amount "regardless of the number of units in the tier".
        // https://docs.stripe.com/api/prices/create#create_price-tiers-flat_amount
        if (index > 0 && quantity <= begins) return [];
        const ends = tier.upTo === undefined ? quantity : BigInt(tier.upTo) * scale;
        const within = (quantity < ends ? quantity : ends) - begins;
        return [
          {
            quantity: within,
            tier: { from: before + 1, upTo: tier.upTo },
            unitAmount: tier.amount,
            per: 1,
            flat: tier.flat,
            exact: within * exactly(tier.amount) + exactly(tier.flat) * scale,
          },
        ];
      });
  }
}

/** Returns the whole amount of usage, in minor units. */
export const usageAmount = (charges: readonly UsageCharge[]): bigint => charges.reduce((sum, { amount }) => sum + amount, 0n);

/** Returns the lines that charge the usage of a meter for the first time; none if it costs nothing. */
export function usageLines({ key, name, decimals }: NamedMeter, charges: readonly UsageCharge[], period: Period): readonly Line[] {
  if (usageAmount(charges) === 0n) return [];
  return charges
    .filter(({ quantity, amount }) => quantity > 0n || amount > 0n)
    .map((charge): Line => ({
      kind: 'usage',
      key,
      description: describe(name, charge),
      quantity: Number(charge.quantity),
      quantityDecimals: decimals,
      unitAmount: charge.per === 1 && charge.flat === 0 && Number.isInteger(charge.unitAmount) ? charge.unitAmount : null,
      amount: Number(charge.amount),
      period,
    }));
}

/** Returns the line that charges usage of a period that is already invoiced and has cost less so far. */
export const laterUsageLine = ({ key, name, decimals }: NamedMeter, { quantity, amount }: { readonly quantity: bigint; readonly amount: bigint }, period: Period): Line => ({
  kind: 'usage',
  key,
  description: `${name}, counted after the invoice`,
  quantity: Number(quantity < 0n ? 0n : quantity),
  quantityDecimals: decimals,
  unitAmount: null,
  amount: Number(amount),
  period,
});

function describe(name: string, { tier, per }: UsageCharge): string {
  if (per > 1) return `${name}, per ${per}`;
  if (tier === undefined || (tier.from === 1 && tier.upTo === undefined)) return name;
  return tier.upTo === undefined ? `${name}, from ${tier.from}` : `${name}, ${tier.from} to ${tier.upTo}`;
}

/** Returns the days (UTC) whose usage counts in a period: those that end in it, from the first whole day on that is charged. */
export function daysOf({ end }: Period, firstDay: Date): { readonly from: Date; readonly before: Date } {
  return { from: firstDay, before: startOfDay(end) };
}
