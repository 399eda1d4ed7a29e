import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { placeOfInvalidUtf8, textOfUtf8 } from '../../common/text/utf8.js';
import { builtInPermissions, grantableToKeys } from './built-in-permissions.js';
import { capabilities, isCapability } from './capabilities.js';
import { authSettings, Catalog, membershipSettings, defaultLoad, type CatalogContent, type LimitedAction, type UsagePrice } from './catalog.js';
import { resourcePermissions } from './declared-permissions.js';
import { CatalogError, type CatalogProblem } from './catalog-problem.js';
import type { AddOnSource, CatalogSource, FeatureSource, MeterSource, PlanSource, SettingSource, UsagePriceSource } from './catalog-source.js';
import { chainOf, permissionsMatching } from './inheritance.js';
import { partsOf } from './quantities.js';
import { hasQuantity, plansOf } from './rules/add-on-rules.js';
import { findRuleProblems } from './rules/catalog-rules.js';
import { findSchemaProblems } from './schema-problems.js';
import { YamlText } from './yaml-text.js';

/** The folder of the built-in catalogs and their JSON Schema. */
const builtInFolder = fileURLToPath(new URL('../../../catalogs', import.meta.url));

/**
 * Reads and validates a catalog.
 *
 * @param pathOrName the path of a YAML file, or the name of a built-in catalog, e.g. `toolboxai`
 * @throws {CatalogError} with file, line, column and a hint for each problem
 */
export function loadCatalog(pathOrName: string): Catalog {
  const file = locate(pathOrName);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const hint = 'set CATALOG to the path of a YAML file, or to a built-in catalog: default, toolboxai, quizmarker, mercura or knowton.';
    throw new CatalogError(pathOrName, [{ line: 1, column: 1, message: `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`, hint }]);
  }
  return parseCatalog(decode(bytes, file), file);
}

function decode(bytes: Buffer, file: string): string {
  const text = textOfUtf8(bytes);
  if (text !== undefined) return text;
  throw new CatalogError(file, [{ ...placeOfInvalidUtf8(bytes), message: 'the file is not valid UTF-8.', hint: 'save the file with the encoding UTF-8.' }]);
}

function locate(pathOrName: string): string {
  const builtIn = path.join(builtInFolder, `${pathOrName}.yaml`);
  return /^[\w-]+$/.test(pathOrName) && !existsSync(pathOrName) && existsSync(builtIn) ? path.relative('', builtIn) : pathOrName;
}

/**
 * Validates the text of a catalog.
 *
 * @param file the file name for error messages
 * @throws {CatalogError}
 */
export function parseCatalog(text: string, file: string): Catalog {
  const yaml = new YamlText(text);
  if (yaml.problems.length > 0) throw new CatalogError(file, yaml.problems);
  const fail = (problems: readonly CatalogProblem[]): void => {
    if (problems.length > 0) throw new CatalogError(file, yaml.locate(problems));
  };
  fail(findSchemaProblems(yaml.data, path.join(builtInFolder, 'catalog.schema.json')));
  const source = withoutExtensions(yaml.data as CatalogSource);
  fail(findRuleProblems(source));
  return catalogOf(source);
}

/** Returns the catalog without its `x-` blocks, which hold only what other places of the file refer to. */
const withoutExtensions = (source: CatalogSource): CatalogSource => Object.fromEntries(Object.entries(source).filter(([key]) => !key.startsWith('x-'))) as unknown as CatalogSource;

/** Builds the catalog from a validated source. */
export function catalogOf(source: CatalogSource): Catalog {
  const fingerprint = createHash('sha256').update(JSON.stringify(source)).digest('hex');
  return new Catalog(contentOf(source), fingerprint, source as unknown as Record<string, unknown>);
}

/** The text of catalogs that have none. */
const defaultConsent: Omit<CatalogContent['consent'], 'age'> = {
  version: 'tenantry-1',
  text: 'I am a parent or legal guardian of {member}. I consent that {member} uses {product} as a member of {organization}, and that {organization} processes the personal data that this needs. I can withdraw this consent at any time.',
};

const titleOf = (key: string): string => key.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase());

function contentOf(source: CatalogSource): CatalogContent {
  const {
    product,
    locale = 'en-US',
    defaults,
    permissions: own = {},
    roles,
    features = {},
    meters = {},
    usage = {},
    billing = {},
    seller,
    taxes,
    plans,
    addOns = {},
    settings = {},
    signIn = {},
    consent = defaultConsent,
    tokenClaims = {},
    rateLimits = {},
  } = source;
  const permissions = [
    ...Object.entries(builtInPermissions).map(([key, description]) => ({ key, description, builtIn: true, grantableToKeys: grantableToKeys(key) })),
    // The catalog can describe a permission of a resource in its own words.
    ...Object.entries({ ...resourcePermissions, ...own }).map(([key, description]) => ({ key, description, builtIn: false, grantableToKeys: true })),
  ];
  const known = permissions.map(({ key }) => key);
  return {
    product,
    locale,
    defaultPlan: defaults.plan,
    defaultRole: defaults.role,
    permissions,
    roles: Object.entries(roles).map(([key, { name = titleOf(key), description, rank, holders }]) => {
      const wanted = (chainOf(roles, key) ?? []).flatMap((role) => role.permissions);
      return { key, name, description, rank, holders, permissions: new Set(wanted.flatMap((permission) => permissionsMatching(permission, known))) };
    }),
    features: Object.entries(features).map(([key, feature]) => featureOf(key, typeof feature === 'string' ? { name: feature } : feature)),
    meters: Object.entries(meters).map(([key, meter]) => meterOf(key, meter)),
    usage: { lateDays: 7, keepDays: 400, keepRequestMonths: 3, ...usage },
    billing: billingOf(billing, defaults.plan),
    seller,
    taxes: taxes === undefined ? undefined : { rates: new Map(Object.entries(taxes.rates)), reverseCharge: new Set(taxes.reverseCharge) },
    plans: Object.entries(plans).map(([key, plan]) => planOf(key, plan, plans, meters)),
    addOns: Object.entries(addOns).map(([key, addOn]) => addOnOf(key, addOn, plans, meters)),
    settings: Object.entries(settings).map(([key, setting]) => settingOf(key, setting)),
    signIn: { password: true, mail: false, ...signIn },
    consent: { age: undefined, ...consent },
    tokenClaims: new Map(Object.entries(tokenClaims)),
    rateLimits: new Map(Object.entries(rateLimits) as [LimitedAction, CatalogContent['rateLimits'] extends ReadonlyMap<string, infer Limits> ? Limits : never][]),
  };
}

function billingOf({ invoices, ...billing }: NonNullable<CatalogSource['billing']>, defaultPlan: string): CatalogContent['billing'] {
  return {
    fallbackPlan: defaultPlan,
    trialEnds: 'fallback',
    canceledOrganizations: 'open',
    dueDays: 14,
    graceDays: 14,
    invitationsTakeSeats: true,
    upgrades: 'immediate',
    ...billing,
    invoices: { prefix: 'INV-', creditNotePrefix: 'CN-', ...invoices },
  };
}

function meterOf(key: string, meter: MeterSource): CatalogContent['meters'][number] {
  const { name = titleOf(key), kind, unit = key, period, aggregation = 'sum', decimals = 0, billed = false, prices = [], tracks } = meter;
  return { key, name, kind, unit, period, aggregation, decimals, billed, prices: prices.map(usagePriceOf), tracks };
}

function usagePriceOf({ interval, currency, model, amount = 0, per = 1, tiers = [] }: UsagePriceSource): UsagePrice {
  const ends = tiers.map(({ upTo, flat = 0, ...tier }) => ({ upTo: upTo === 'unlimited' ? undefined : upTo, amount: tier.amount, flat }));
  return { interval, currency, model: model ?? (per === 1 ? 'per_unit' : 'package'), amount, per, tiers: ends };
}

function planOf(key: string, plan: PlanSource, plans: CatalogSource['plans'], meters: Readonly<Record<string, MeterSource>>): CatalogContent['plans'][number] {
  const { name = titleOf(key), description, prices = [], trialDays = 0, seats, limits = {}, rateLimit, load = {} } = plan;
  const limitOf = (limit: number | 'unlimited' | undefined, decimals = 0): number | undefined =>
    limit === 'unlimited' || limit === undefined ? undefined : partsOf(decimals, limit);
  return {
    key,
    name,
    description,
    prices: prices.map(({ perSeat = false, ...price }) => ({ ...price, perSeat })),
    trialDays,
    seats: limitOf(seats),
    features: new Set((chainOf(plans, key) ?? []).flatMap(({ features = [] }) => features)),
    limits: new Map(Object.keys(meters).map((meter) => [meter, limitOf(limits[meter], meters[meter]?.decimals)])),
    rateLimit,
    load: { requests: limitOf(load.requests ?? defaultLoad.requests), databaseTime: limitOf(load.databaseTime ?? defaultLoad.databaseTime) },
  };
}

function addOnOf(key: string, addOn: AddOnSource, plans: CatalogSource['plans'], meters: Readonly<Record<string, MeterSource>>): CatalogContent['addOns'][number] {
  const { name = titleOf(key), description, prices, limits = {}, seats = 0, features = [] } = addOn;
  const partsByMeter = new Map(Object.entries(limits).map(([meter, limit]) => [meter, partsOf(meters[meter]?.decimals ?? 0, limit) ?? limit]));
  const max = addOn.max ?? (hasQuantity(addOn) ? 100 : 1);
  return { key, name, description, plans: new Set(plansOf(addOn, plans)), prices, max, limits: partsByMeter, seats, features: new Set(features) };
}

/** A catalog can declare that its own feature decides about security, and cannot declare the opposite for a capability of tenantry. */
function featureOf(key: string, { name, description, security = false }: FeatureSource): CatalogContent['features'][number] {
  return { key, name, description, security: security || (isCapability(key) && capabilities[key].security) };
}

/** Settings that tenantry can enforce always decide about security. */
function settingOf(
  key: string,
  { type, default: initial, description, allowed, min, max, enforcedBy, security = false, visibleTo }: SettingSource,
): CatalogContent['settings'][number] {
  const decides = security || enforcedBy !== undefined || Object.hasOwn(authSettings, key) || Object.hasOwn(membershipSettings, key);
  return { key, type, default: initial, description, allowed, min, max, enforcedBy, security: decides, visibleTo };
}
