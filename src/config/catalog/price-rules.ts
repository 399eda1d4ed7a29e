import type { CatalogProblem } from './catalog-problem.js';
import type { Rule } from './catalog-rule.js';
import type { UnitPriceSource } from './catalog-source.js';

const currencies = new Set(Intl.supportedValuesOf('currency'));

/** What is wrong with the prices of something: at most one for each interval and currency. */
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

export const pricesAreSound: Rule = ({ plans }) => Object.entries(plans).flatMap(([key, { prices = [] }]) => priceProblems(['plans', key, 'prices'], `the plan "${key}"`, prices));
