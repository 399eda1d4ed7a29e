import { addOnRules } from './add-on-rules.js';
import { builtInPermissions } from './built-in-permissions.js';
import { ownerRole } from './catalog.js';
import { suggest, type CatalogProblem } from './catalog-problem.js';
import { has, keysOf, type Rule } from './catalog-rule.js';
import type { CatalogSource } from './catalog-source.js';
import { chainOf, permissionsMatching } from './inheritance.js';
import { priceRules } from './price-rules.js';
import { settingRules } from './setting-rules.js';

const ownerIsWhole: Rule = ({ roles }) => {
  const owner = roles[ownerRole];
  if (owner === undefined)
    return [{ path: ['roles'], atKey: true, message: 'there is no role "owner".', hint: 'every organization has an owner: add `owner: { rank: 100, permissions: ["*"] }`.' }];
  const problems: CatalogProblem[] = [];
  if (!owner.permissions.includes('*'))
    problems.push({
      path: ['roles', ownerRole, 'permissions'],
      message: 'the role "owner" does not have every permission.',
      hint: 'write `permissions: ["*"]`: somebody must be able to do everything.',
    });
  for (const [key, role] of Object.entries(roles)) {
    if (key !== ownerRole && role.rank >= owner.rank)
      problems.push({ path: ['roles', key, 'rank'], message: `the role "${key}" ranks as high as "owner" or higher.`, hint: `give it a rank below ${owner.rank}.` });
  }
  return problems;
};

const ranksDiffer: Rule = ({ roles }) => {
  const seen = new Map<number, string>();
  return Object.entries(roles).flatMap(([key, { rank }]) => {
    const other = seen.get(rank);
    seen.set(rank, key);
    if (other === undefined) return [];
    return [
      {
        path: ['roles', key, 'rank'],
        message: `the roles "${other}" and "${key}" have the same rank ${rank}.`,
        hint: 'ranks say who may give which role, so each role needs its own.',
      },
    ];
  });
};

const inheritanceEnds =
  (kind: 'roles' | 'plans'): Rule =>
  (source) => {
    const entries: Readonly<Record<string, { readonly inherits?: string }>> = source[kind];
    return Object.entries(entries).flatMap(([key, { inherits }]): CatalogProblem[] => {
      if (inherits === undefined) return [];
      const path = [kind, key, 'inherits'];
      if (!has(entries, inherits)) return [{ path, message: `"${key}" inherits from "${inherits}", which is not defined.`, hint: suggest(inherits, keysOf(entries)) }];
      if (chainOf(entries, key) !== undefined) return [];
      return [{ path, message: `"${key}" inherits from itself, by way of "${inherits}".`, hint: 'break the circle: one of them must stand alone.' }];
    });
  };

const ownPermissionsAreNew: Rule = ({ permissions }) =>
  keysOf(permissions)
    .filter((key) => key in builtInPermissions)
    .map((key) => ({ path: ['permissions', key], atKey: true, message: `the permission "${key}" is built in.`, hint: 'leave it out here, and give it to roles as it is.' }));

const rolePermissionsAreKnown: Rule = ({ roles, permissions }) => {
  const known = [...keysOf(builtInPermissions), ...keysOf(permissions)];
  const wholeResources = new Set(known.map((permission) => permission.replace(/:.*/, ':*')));
  return Object.entries(roles).flatMap(([key, role]) =>
    role.permissions.flatMap((wanted, index): CatalogProblem[] =>
      permissionsMatching(wanted, known).length > 0
        ? []
        : [
            {
              path: ['roles', key, 'permissions', index],
              message: `the role "${key}" has the permission "${wanted}", which is not defined.`,
              hint: `${suggest(wanted, wanted.endsWith(':*') ? wholeResources : known)} The product's own ones stand under "permissions:".`,
            },
          ],
    ),
  );
};

const defaultsExist: Rule = ({ defaults, plans, roles }) => {
  const problems: CatalogProblem[] = [];
  if (!has(plans, defaults.plan))
    problems.push({ path: ['defaults', 'plan'], message: `the default plan "${defaults.plan}" is not defined.`, hint: suggest(defaults.plan, keysOf(plans)) });
  if (!has(roles, defaults.role))
    problems.push({ path: ['defaults', 'role'], message: `the default role "${defaults.role}" is not defined.`, hint: suggest(defaults.role, keysOf(roles)) });
  if (defaults.role === ownerRole)
    problems.push({
      path: ['defaults', 'role'],
      message: 'the default role is "owner".',
      hint: 'who joins without a role being named must not own the organization: name a lesser role.',
    });
  return problems;
};

const planFeaturesAreKnown: Rule = ({ plans, features }) =>
  Object.entries(plans).flatMap(([key, plan]) =>
    (plan.features ?? []).flatMap((feature, index): CatalogProblem[] =>
      has(features, feature)
        ? []
        : [
            {
              path: ['plans', key, 'features', index],
              message: `the plan "${key}" has the feature "${feature}", which is not defined.`,
              hint: `${suggest(feature, keysOf(features))} Features stand under "features:".`,
            },
          ],
    ),
  );

const planLimitsFitMeters: Rule = ({ plans, meters }) =>
  Object.entries(plans).flatMap(([key, plan]) => {
    const path = ['plans', key, 'limits'];
    const unknown = keysOf(plan.limits)
      .filter((meter) => !has(meters, meter))
      .map((meter) => ({
        path: [...path, meter],
        atKey: true,
        message: `the plan "${key}" limits "${meter}", which is no meter.`,
        hint: `${suggest(meter, keysOf(meters))} Meters stand under "meters:".`,
      }));
    const missing = keysOf(meters).filter((meter) => !has(plan.limits, meter));
    if (missing.length === 0) return unknown;
    const where = plan.limits === undefined ? ['plans', key] : path;
    return [
      ...unknown,
      {
        path: where,
        atKey: true,
        message: `the plan "${key}" says nothing about ${missing.map((meter) => `"${meter}"`).join(', ')}.`,
        hint: 'give each meter a number under "limits:", or write unlimited.',
      },
    ];
  });

const plansHaveSeats: Rule = ({ plans }) =>
  Object.entries(plans).flatMap(([key, { seats }]) =>
    seats === 0 ? [{ path: ['plans', key, 'seats'], message: `the plan "${key}" has no seat.`, hint: 'the owner takes one: write at least 1, or unlimited.' }] : [],
  );

const fallbackIsFree: Rule = ({ plans, billing, defaults }) => {
  const key = billing?.fallbackPlan;
  const path = ['billing', 'fallbackPlan'];
  if (key !== undefined && plans[key] === undefined) return [{ path, message: `there is no plan "${key}" to fall back to.`, hint: suggest(key, Object.keys(plans)) }];
  if (key === undefined || key === defaults.plan || (plans[key]?.prices ?? []).length === 0) return [];
  return [{ path, message: `the plan "${key}" has a price, and nobody would pay for it.`, hint: 'name a plan without prices, or leave it out.' }];
};

const metersAreSound: Rule = ({ meters }) => {
  const trackers = new Map<string, string>();
  return Object.entries(meters ?? {}).flatMap(([key, { kind, period, tracks, aggregation }]) => {
    const problems: CatalogProblem[] = [];
    if (kind === 'counter' && period === undefined)
      problems.push({ path: ['meters', key], atKey: true, message: `the counter "${key}" has no period.`, hint: 'say when it begins anew: `period: month` or `period: day`.' });
    if (kind !== 'counter' && period !== undefined)
      problems.push({
        path: ['meters', key, 'period'],
        message: `"${key}" is of kind ${kind} and has a period.`,
        hint: 'only a counter begins anew; leave the period out, or write `kind: counter`.',
      });
    if (kind !== 'counter' && aggregation !== undefined)
      problems.push({ path: ['meters', key, 'aggregation'], message: `"${key}" is of kind ${kind} and has an aggregation.`, hint: 'only a counter adds up events; leave it out.' });
    if (tracks === undefined) return problems;
    const wanted = tracks === 'members' ? 'gauge' : 'counter';
    if (kind !== wanted)
      problems.push({
        path: ['meters', key, 'tracks'],
        message: `"${key}" tracks ${tracks} but is of kind ${kind}.`,
        hint: `there are ${tracks === 'members' ? 'so many members now' : 'so many requests in a period'}: write \`kind: ${wanted}\`.`,
      });
    if (tracks === 'requests' && aggregation !== undefined)
      problems.push({ path: ['meters', key, 'aggregation'], message: `"${key}" tracks requests and has an aggregation.`, hint: 'requests are counted; leave it out.' });
    const other = trackers.get(tracks);
    trackers.set(tracks, key);
    if (other !== undefined) problems.push({ path: ['meters', key, 'tracks'], message: `"${other}" and "${key}" both track ${tracks}.`, hint: 'one meter is enough.' });
    return problems;
  });
};

const rules: readonly Rule[] = [
  ownerIsWhole,
  ranksDiffer,
  inheritanceEnds('roles'),
  inheritanceEnds('plans'),
  ownPermissionsAreNew,
  rolePermissionsAreKnown,
  defaultsExist,
  planFeaturesAreKnown,
  planLimitsFitMeters,
  plansHaveSeats,
  metersAreSound,
  fallbackIsFree,
  ...priceRules,
  ...addOnRules,
  ...settingRules,
];

/** What is wrong with what a well-shaped catalog says. */
export function findRuleProblems(source: CatalogSource): CatalogProblem[] {
  return rules.flatMap((rule) => rule(source));
}
