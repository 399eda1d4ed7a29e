import { suggest, type CatalogProblem } from '../catalog-problem.js';
import type { AddOnSource, CatalogSource, PlanSource, UnitPriceSource } from '../catalog-source.js';
import { chainOf } from '../inheritance.js';
import { has, keysOf, type Rule } from './catalog-rule.js';
import { priceProblems } from './price-rules.js';

const isSold = ({ prices = [] }: PlanSource): boolean => prices.length > 0;
const samePrice = (one: UnitPriceSource, other: UnitPriceSource): boolean => one.interval === other.interval && one.currency === other.currency;

/** Returns the plans to which an add-on can be added. */
export const plansOf = ({ plans: named }: AddOnSource, plans: CatalogSource['plans']): readonly string[] =>
  named ?? keysOf(plans).filter((key) => isSold(plans[key] as PlanSource));

/** Whether a quantity above 1 makes sense: it does not when the add-on contains only features. */
export const hasQuantity = ({ limits, seats }: AddOnSource): boolean => keysOf(limits).length > 0 || seats !== undefined;

/** A rule for one add-on. */
type AddOnRule = (key: string, addOn: AddOnSource, source: CatalogSource) => CatalogProblem[];

const plansAreSold: AddOnRule = (key, { plans: named = [] }, { plans }) =>
  named.flatMap((plan, index): CatalogProblem[] => {
    const path = ['addOns', key, 'plans', index];
    if (!has(plans, plan)) return [{ path, message: `the add-on "${key}" names the plan "${plan}", which is not defined.`, hint: suggest(plan, keysOf(plans)) }];
    if (isSold(plans[plan] as PlanSource)) return [];
    return [{ path, message: `the add-on "${key}" names the plan "${plan}", which has no price.`, hint: 'an add-on is billed with its plan. Name only plans that have prices.' }];
  });

const pricesFitPlans: AddOnRule = (key, addOn, { plans }) => {
  const path = ['addOns', key, 'prices'];
  const wrong = priceProblems(path, `the add-on "${key}"`, addOn.prices);
  if (wrong.length > 0) return wrong;
  const sold = plansOf(addOn, plans).flatMap((plan) => (plans[plan] === undefined ? [] : [{ plan, prices: plans[plan].prices ?? [] }]));
  const unmatched = addOn.prices.flatMap((price, index): CatalogProblem[] => {
    if (sold.some(({ prices }) => prices.some((each) => samePrice(each, price)))) return [];
    const message = `the add-on "${key}" has a price per ${price.interval} in ${price.currency}, but none of its plans has one.`;
    return [{ path: [...path, index], message, hint: 'an add-on is billed with its plan. Use an interval and currency of the plan.' }];
  });
  const unsold = sold
    .filter(({ prices }) => prices.length > 0 && !addOn.prices.some((price) => prices.some((each) => samePrice(each, price))))
    .map(({ plan }) => ({
      path,
      atKey: true,
      message: `the add-on "${key}" has no price that matches a price of the plan "${plan}".`,
      hint: 'add a price with the same interval and currency, or list the matching plans under "plans:".',
    }));
  return [...unmatched, ...unsold];
};

const contentIsKnown: AddOnRule = (key, { features = [], limits }, { features: known, meters = {} }) => [
  ...features.flatMap((feature, index): CatalogProblem[] =>
    has(known, feature)
      ? []
      : [
          {
            path: ['addOns', key, 'features', index],
            message: `the add-on "${key}" has the feature "${feature}", which is not defined.`,
            hint: `${suggest(feature, keysOf(known))} Features are defined under "features:".`,
          },
        ],
  ),
  ...keysOf(limits).flatMap((meter): CatalogProblem[] => {
    const place = { path: ['addOns', key, 'limits', meter], atKey: true };
    if (!has(meters, meter))
      return [
        { ...place, message: `the add-on "${key}" adds to "${meter}", which is not a meter.`, hint: `${suggest(meter, keysOf(meters))} Meters are defined under "meters:".` },
      ];
    if (meters[meter]?.tracks !== 'members') return [];
    return [{ ...place, message: `the add-on "${key}" adds to "${meter}", which tracks the members.`, hint: 'use `seats:` instead. The limit of this meter follows the seats.' }];
  }),
];

/** Whether the add-on adds anything to the plan. */
function givesTo(plan: PlanSource, included: ReadonlySet<string>, { features = [], limits = {}, seats }: AddOnSource): boolean {
  const sellsSeats = (plan.prices ?? []).some(({ perSeat }) => perSeat === true);
  return (
    features.some((feature) => !included.has(feature)) ||
    Object.keys(limits).some((meter) => plan.limits?.[meter] !== 'unlimited') ||
    (seats !== undefined && plan.seats !== 'unlimited' && !sellsSeats)
  );
}

const givesSomething: AddOnRule = (key, addOn, { plans }) => {
  const place = { path: ['addOns', key], atKey: true };
  if (!hasQuantity(addOn) && (addOn.features ?? []).length === 0)
    return [{ ...place, message: `the add-on "${key}" adds nothing.`, hint: 'add `limits:`, `seats:` or `features:`.' }];
  const idle = plansOf(addOn, plans).filter((plan) => {
    const included = new Set((chainOf(plans, plan) ?? []).flatMap(({ features = [] }) => features));
    return plans[plan] !== undefined && !givesTo(plans[plan], included, addOn);
  });
  const hint = 'the plan includes it, has no limit, or sells seats one by one. List only suitable plans under "plans:".';
  return idle.map((plan) => ({ ...place, message: `the add-on "${key}" adds nothing to the plan "${plan}".`, hint }));
};

const oneIsEnough: AddOnRule = (key, addOn) =>
  addOn.max === undefined || addOn.max === 1 || hasQuantity(addOn)
    ? []
    : [
        {
          path: ['addOns', key, 'max'],
          message: `the add-on "${key}" contains only features but can be bought ${addOn.max} times.`,
          hint: 'remove `max`. Buying it once is enough.',
        },
      ];

const ofEach =
  (rule: AddOnRule): Rule =>
  (source) =>
    Object.entries(source.addOns ?? {}).flatMap(([key, addOn]) => rule(key, addOn, source));

/** The rules for add-ons. */
export const addOnRules: readonly Rule[] = [plansAreSold, pricesFitPlans, contentIsKnown, givesSomething, oneIsEnough].map(ofEach);
