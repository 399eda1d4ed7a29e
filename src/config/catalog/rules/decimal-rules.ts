import type { CatalogProblem } from '../catalog-problem.js';
import { partsOf } from '../quantities.js';
import type { Rule } from './catalog-rule.js';

/** Only quantities that callers report have decimals: events, members, requests and leases are whole. */
const decimalsFitMeters: Rule = ({ meters }) =>
  Object.entries(meters ?? {}).flatMap(([key, { decimals = 0, kind, aggregation = 'sum', tracks }]): CatalogProblem[] => {
    const isWhole = kind === 'concurrent' || tracks !== undefined || aggregation === 'count' || aggregation === 'unique';
    if (decimals === 0 || !isWhole) return [];
    return [
      {
        path: ['meters', key, 'decimals'],
        message: `the meter "${key}" cannot have decimals.`,
        hint: 'only a gauge, and a counter with the aggregation `sum` or `max`, have quantities with decimals. Remove `decimals`.',
      },
    ];
  });

const limitsFitDecimals: Rule = ({ meters, plans, addOns }) => {
  const owners = [
    ...Object.entries(plans).map(([key, { limits }]) => ({ path: ['plans', key, 'limits'], what: `the plan "${key}"`, limits })),
    ...Object.entries(addOns ?? {}).map(([key, { limits }]) => ({ path: ['addOns', key, 'limits'], what: `the add-on "${key}"`, limits })),
  ];
  return owners.flatMap(({ path, what, limits }) =>
    Object.entries(limits ?? {}).flatMap(([meter, limit]): CatalogProblem[] => {
      const decimals = meters?.[meter]?.decimals ?? 0;
      if (limit === 'unlimited' || partsOf(decimals, limit) !== undefined) return [];
      const hint =
        decimals === 0
          ? `use a whole number, or add \`decimals\` to the meter "${meter}".`
          : `use at most ${decimals} decimals, and at most ${Number.MAX_SAFE_INTEGER} divided by 10 for each of them.`;
      return [{ path: [...path, meter], message: `${what} has the limit ${limit} for "${meter}", which the meter cannot count exactly.`, hint }];
    }),
  );
};

/** The rules for decimals of meters. */
export const decimalRules: readonly Rule[] = [decimalsFitMeters, limitsFitDecimals];
