import type { CatalogProblem } from './catalog-problem.js';
import type { Rule } from './catalog-rule.js';
import type { UnitPriceSource } from './catalog-source.js';
import { isCurrency } from './currencies.js';

/** Checks a list of prices: at most one for each interval and currency. @param what the owner of the prices, e.g. `the plan "pro"` */
export function priceProblems(where: readonly string[], what: string, prices: readonly UnitPriceSource[]): CatalogProblem[] {
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
  Object.entries(meters ?? {}).flatMap(([key, { prices = [] }]) => priceProblems(['meters', key, 'prices'], `the meter "${key}"`, prices));

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
