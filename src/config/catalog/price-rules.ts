import type { CatalogProblem } from './catalog-problem.js';
import type { Rule } from './catalog-rule.js';
import type { UnitPriceSource } from './catalog-source.js';

const currencies = new Set(Intl.supportedValuesOf('currency'));

/** What is wrong with the prices of something, e.g. of `the plan "pro"`: there is at most one for each interval and currency. */
export function priceProblems(where: readonly string[], what: string, prices: readonly UnitPriceSource[]): CatalogProblem[] {
  const seen = new Set<string>();
  return prices.flatMap(({ currency, interval }, index): CatalogProblem[] => {
    const path = [...where, index];
    if (!currencies.has(currency))
      return [{ path: [...path, 'currency'], message: `"${currency}" is no currency.`, hint: 'use a code of ISO 4217 in capitals, such as USD or EUR.' }];
    const repeated = seen.has(`${currency} ${interval}`);
    seen.add(`${currency} ${interval}`);
    return repeated ? [{ path, message: `${what} has two prices a ${interval} in ${currency}.`, hint: 'keep one for each interval and currency.' }] : [];
  });
}

const planPricesAreSound: Rule = ({ plans }) => Object.entries(plans).flatMap(([key, { prices = [] }]) => priceProblems(['plans', key, 'prices'], `the plan "${key}"`, prices));

const usagePricesAreSound: Rule = ({ meters }) =>
  Object.entries(meters ?? {}).flatMap(([key, { prices = [] }]) => priceProblems(['meters', key, 'prices'], `the meter "${key}"`, prices));

/** Whoever collects adds up what each day is reported to have, which tells nothing of a peak, or of how many were different. */
const billedMetersAddUp: Rule = ({ meters }) =>
  Object.entries(meters ?? {}).flatMap(([key, { kind, aggregation = 'sum', billed = false, prices = [] }]): CatalogProblem[] => {
    const at = ['meters', key];
    if (!billed)
      return prices.length === 0
        ? []
        : [{ path: [...at, 'prices'], atKey: true, message: `"${key}" has prices and is not billed.`, hint: 'write `billed: true`, or leave the prices out.' }];
    if (kind !== 'counter')
      return [{ path: [...at, 'billed'], message: `"${key}" is of kind ${kind} and is billed.`, hint: 'only a counter adds up over a period: leave it out.' }];
    const addsUp = aggregation === 'sum' || aggregation === 'count';
    return addsUp
      ? []
      : [{ path: [...at, 'billed'], message: `"${key}" has the aggregation ${aggregation} and is billed.`, hint: 'only `sum` and `count` add up over days: use one of them.' }];
  });

/** The rules of what is charged for. */
export const priceRules: readonly Rule[] = [planPricesAreSound, usagePricesAreSound, billedMetersAddUp];
