import type { CatalogProblem } from '../catalog-problem.js';
import type { UnitPriceSource, UsagePriceSource } from '../catalog-source.js';
import { isCurrency } from '../currencies.js';
import type { Rule } from './catalog-rule.js';

/** Checks a list of prices: at most one for each interval and currency. @param what the owner of the prices, e.g. `the plan "pro"` */
export function priceProblems(where: readonly string[], what: string, prices: readonly Pick<UnitPriceSource, 'currency' | 'interval'>[]): CatalogProblem[] {
  const seen = new Set<string>();
  return prices.flatMap(({ currency, interval }, index): CatalogProblem[] => {
    const path = [...where, index];
    if (!isCurrency(currency))
      return [{ path: [...path, 'currency'], message: `"${currency}" is not a currency of ISO 4217.`, hint: 'use an ISO 4217 code in capitals, such as USD or EUR.' }];
    const repeated = seen.has(`${currency} ${interval}`);
    seen.add(`${currency} ${interval}`);
    return repeated ? [{ path, message: `${what} has two prices per ${interval} in ${currency}.`, hint: 'use one price for each interval and currency.' }] : [];
  });
}

const planPricesAreSound: Rule = ({ plans }) => Object.entries(plans).flatMap(([key, { prices = [] }]) => priceProblems(['plans', key, 'prices'], `the plan "${key}"`, prices));

const usagePricesAreSound: Rule = ({ meters }) =>
  Object.entries(meters ?? {}).flatMap(([key, { prices = [] }]) => {
    const path = ['meters', key, 'prices'];
    return [...priceProblems(path, `the meter "${key}"`, prices), ...prices.flatMap((price, index) => usagePriceProblems([...path, index], price))];
  });

/** The numbers of decimals that Stripe accepts. */
const maxDecimals = 12;

/** Checks the model of a usage price: what it needs, what it does not use, and its tiers. */
function usagePriceProblems(path: readonly (string | number)[], { model, amount, per, tiers }: UsagePriceSource): CatalogProblem[] {
  const tiered = model === 'graduated' || model === 'volume';
  const problem = (field: string | number, message: string, hint: string): CatalogProblem => ({ path: [...path, field], message, hint });
  if (tiers !== undefined && !tiered) return [problem('tiers', 'a price with tiers needs a model.', 'add `model: graduated` or `model: volume`, or remove `tiers`.')];
  if (tiered && tiers === undefined) return [problem('model', `a ${model} price has no tiers.`, 'add `tiers: [{ upTo: 1000, amount: 0 }, { upTo: unlimited, amount: 2 }]`.')];
  if (tiered && amount !== undefined) return [problem('amount', `a ${model} price has its amounts in the tiers.`, 'remove `amount`.')];
  if (!tiered && amount === undefined) return [{ path, message: 'the price has no amount.', hint: 'add `amount`, or `model` and `tiers`.' }];
  if (per !== undefined && (tiered || (model === 'per_unit' && per !== 1))) return [problem('per', `a ${model} price is for one unit.`, 'remove `per`, or use `model: package`.')];
  if (model === 'package' && per === undefined) return [problem('model', 'a package price has no size.', 'add `per`, the number of units of a package.')];
  return [...decimalProblems([...path, 'amount'], amount), ...(tiers ?? []).flatMap((_, index, all) => tierProblems([...path, 'tiers', index], all, index))];
}

function tierProblems(path: readonly (string | number)[], tiers: NonNullable<UsagePriceSource['tiers']>, index: number): CatalogProblem[] {
  const { upTo = 'unlimited', amount } = tiers[index] ?? {};
  const before = tiers[index - 1]?.upTo ?? 0;
  const last = index === tiers.length - 1;
  const at = [...path, 'upTo'];
  if (last !== (upTo === 'unlimited'))
    return [{ path: at, message: last ? 'the last tier has an end.' : 'a tier without an end is followed by others.', hint: 'only the last tier has `upTo: unlimited`.' }];
  if (upTo !== 'unlimited' && before !== 'unlimited' && upTo <= before)
    return [{ path: at, message: `the tier up to ${upTo} does not end after the tier before it.`, hint: `use more than ${before}; the lowest tier comes first.` }];
  return decimalProblems([...path, 'amount'], amount);
}

function decimalProblems(path: readonly (string | number)[], amount = 0): CatalogProblem[] {
  const [mantissa = '', exponent = '0'] = String(amount).split('e');
  const decimals = (mantissa.split('.')[1] ?? '').length - Number(exponent);
  return decimals <= maxDecimals ? [] : [{ path, message: `${amount} has more than ${maxDecimals} decimals.`, hint: `use at most ${maxDecimals} decimals of a minor unit.` }];
}

/** The payment provider adds up daily totals, which does not work for a maximum or for a number of unique values. */
const billedMetersAddUp: Rule = ({ meters }) =>
  Object.entries(meters ?? {}).flatMap(([key, { kind, aggregation = 'sum', billed = false, prices = [] }]): CatalogProblem[] => {
    const at = ['meters', key];
    if (!billed)
      return prices.length === 0
        ? []
        : [{ path: [...at, 'prices'], atKey: true, message: `the meter "${key}" has prices but is not billed.`, hint: 'add `billed: true`, or remove the prices.' }];
    if (kind !== 'counter')
      return [{ path: [...at, 'billed'], message: `the ${kind} meter "${key}" cannot be billed.`, hint: 'only a counter has a total for a period. Remove `billed`.' }];
    const addsUp = aggregation === 'sum' || aggregation === 'count';
    return addsUp
      ? []
      : [
          {
            path: [...at, 'billed'],
            message: `the meter "${key}" has the aggregation ${aggregation} and cannot be billed.`,
            hint: 'only `sum` and `count` can be added up over days. Use one of them.',
          },
        ];
  });

/** The rules for prices and billed meters. */
export const priceRules: readonly Rule[] = [planPricesAreSound, usagePricesAreSound, billedMetersAddUp];
