import { canonicalLocale } from '../../../common/text/locales.js';
import { builtInPermissions } from '../built-in-permissions.js';
import { declaredPermissions } from '../declared-permissions.js';
import { suggest, type CatalogProblem } from '../catalog-problem.js';
import type { CatalogSource } from '../catalog-source.js';
import { ownerRole } from '../catalog.js';
import { chainOf, permissionsMatching } from '../inheritance.js';
import { addOnRules } from './add-on-rules.js';
import { has, keysOf, type Rule } from './catalog-rule.js';
import { claimRules } from './claim-rules.js';
import { decimalRules } from './decimal-rules.js';
import { priceRules } from './price-rules.js';
import { settingRules } from './setting-rules.js';
import { taxRules } from './tax-rules.js';
import { textRules } from './text-rules.js';

const ownerIsWhole: Rule = ({ roles }) => {
  const owner = roles[ownerRole];
  if (owner === undefined)
    return [
      { path: ['roles'], atKey: true, message: 'the role "owner" is not defined.', hint: 'every organization has an owner. Add `owner: { rank: 100, permissions: ["*"] }`.' },
    ];
  const problems: CatalogProblem[] = [];
  if (!owner.permissions.includes('*'))
    problems.push({
      path: ['roles', ownerRole, 'permissions'],
      message: 'the role "owner" does not have every permission.',
      hint: 'use `permissions: ["*"]`. An owner must have every permission.',
    });
  for (const [key, role] of Object.entries(roles)) {
    if (key !== ownerRole && role.rank >= owner.rank)
      problems.push({ path: ['roles', key, 'rank'], message: `the rank of the role "${key}" is not below the rank of "owner".`, hint: `use a rank below ${owner.rank}.` });
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
        hint: 'use a different rank for each role. Ranks decide which roles a member can grant.',
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
      return [{ path, message: `"${key}" inherits from itself through "${inherits}".`, hint: 'remove one `inherits` from the circle.' }];
    });
  };

const localeIsKnown: Rule = ({ locale }) =>
  locale === undefined || canonicalLocale(locale) === locale
    ? []
    : [{ path: ['locale'], message: `"${locale}" is no BCP 47 language tag.`, hint: `use ${canonicalLocale(locale) ?? 'a tag such as en-US or de-DE'}.` }];

const ownPermissionsAreNew: Rule = ({ permissions }) =>
  keysOf(permissions)
    .filter((key) => key in builtInPermissions)
    .map((key) => ({
      path: ['permissions', key],
      atKey: true,
      message: `the permission "${key}" is built in and cannot be defined again.`,
      hint: 'remove it here. Roles can use it without a definition.',
    }));

const rolePermissionsAreKnown: Rule = ({ roles, permissions }) => {
  const known = [...new Set([...declaredPermissions, ...keysOf(permissions)])];
  const wholeResources = new Set(known.map((permission) => permission.replace(/:.*/, ':*')));
  return Object.entries(roles).flatMap(([key, role]) =>
    role.permissions.flatMap((wanted, index): CatalogProblem[] =>
      permissionsMatching(wanted, known).length > 0
        ? []
        : [
            {
              path: ['roles', key, 'permissions', index],
              message: `the role "${key}" has the permission "${wanted}", which is not defined.`,
              hint: `${suggest(wanted, wanted.endsWith(':*') ? wholeResources : known)} Permissions of your product are defined under "permissions:".`,
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
      message: 'the default role cannot be "owner".',
      hint: 'members who join without a named role get the default role. Choose a lower role.',
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
              hint: `${suggest(feature, keysOf(features))} Features are defined under "features:".`,
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
        message: `the plan "${key}" limits "${meter}", which is not a meter.`,
        hint: `${suggest(meter, keysOf(meters))} Meters are defined under "meters:".`,
      }));
    const missing = keysOf(meters).filter((meter) => !has(plan.limits, meter));
    if (missing.length === 0) return unknown;
    const where = plan.limits === undefined ? ['plans', key] : path;
    return [
      ...unknown,
      {
        path: where,
        atKey: true,
        message: `the plan "${key}" has no limit for ${missing.map((meter) => `"${meter}"`).join(', ')}.`,
        hint: 'add a number or `unlimited` for each meter under "limits:".',
      },
    ];
  });

const plansHaveSeats: Rule = ({ plans }) =>
  Object.entries(plans).flatMap(([key, { seats }]) =>
    seats === 0 ? [{ path: ['plans', key, 'seats'], message: `the plan "${key}" has no seats.`, hint: 'the owner needs a seat. Use at least 1, or `unlimited`.' }] : [],
  );

const fallbackIsFree: Rule = ({ plans, billing, defaults }) => {
  const key = billing?.fallbackPlan;
  const path = ['billing', 'fallbackPlan'];
  if (key !== undefined && plans[key] === undefined) return [{ path, message: `the fallback plan "${key}" is not defined.`, hint: suggest(key, Object.keys(plans)) }];
  if (key === undefined || key === defaults.plan || (plans[key]?.prices ?? []).length === 0) return [];
  return [{ path, message: `the fallback plan "${key}" has a price.`, hint: 'use a plan without prices, or remove `fallbackPlan`.' }];
};

const metersAreSound: Rule = ({ meters }) => {
  const trackers = new Map<string, string>();
  return Object.entries(meters ?? {}).flatMap(([key, { kind, period, tracks, aggregation }]) => {
    const problems: CatalogProblem[] = [];
    if (kind === 'counter' && period === undefined)
      problems.push({
        path: ['meters', key],
        atKey: true,
        message: `the counter "${key}" has no period.`,
        hint: 'add `period: month` or `period: day`, after which the counter resets.',
      });
    if (kind !== 'counter' && period !== undefined)
      problems.push({
        path: ['meters', key, 'period'],
        message: `the ${kind} meter "${key}" cannot have a period.`,
        hint: 'only a counter resets. Remove the period, or use `kind: counter`.',
      });
    if (kind !== 'counter' && aggregation !== undefined)
      problems.push({
        path: ['meters', key, 'aggregation'],
        message: `the ${kind} meter "${key}" cannot have an aggregation.`,
        hint: 'only a counter aggregates events. Remove the aggregation.',
      });
    if (tracks === undefined) return problems;
    const requiredKind = tracks === 'members' ? 'gauge' : 'counter';
    if (kind !== requiredKind)
      problems.push({
        path: ['meters', key, 'tracks'],
        message: `the ${kind} meter "${key}" cannot track ${tracks}.`,
        hint: `use \`kind: ${requiredKind}\`.`,
      });
    if (tracks === 'requests' && aggregation !== undefined)
      problems.push({
        path: ['meters', key, 'aggregation'],
        message: `the meter "${key}" tracks requests and cannot have an aggregation.`,
        hint: 'requests are always counted. Remove the aggregation.',
      });
    const other = trackers.get(tracks);
    trackers.set(tracks, key);
    if (other !== undefined)
      problems.push({
        path: ['meters', key, 'tracks'],
        message: `the meters "${other}" and "${key}" both track ${tracks}.`,
        hint: 'only one meter can. Remove `tracks` from one of them.',
      });
    return problems;
  });
};

const rules: readonly Rule[] = [
  ownerIsWhole,
  ranksDiffer,
  inheritanceEnds('roles'),
  inheritanceEnds('plans'),
  localeIsKnown,
  ownPermissionsAreNew,
  rolePermissionsAreKnown,
  defaultsExist,
  planFeaturesAreKnown,
  planLimitsFitMeters,
  plansHaveSeats,
  metersAreSound,
  fallbackIsFree,
  ...decimalRules,
  ...priceRules,
  ...taxRules,
  ...addOnRules,
  ...settingRules,
  ...claimRules,
  ...textRules,
];

/** Checks a catalog that is valid against the JSON Schema against all rules. */
export function findRuleProblems(source: CatalogSource): CatalogProblem[] {
  return rules.flatMap((rule) => rule(source));
}
