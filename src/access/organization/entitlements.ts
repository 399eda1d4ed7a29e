import type { Limit, LoadLimits, RateLimit } from '../../config/catalog/catalog.js';
import { isCapability } from '../../config/catalog/capabilities.js';
import type { QuotaOffers } from '../access.errors.js';

/** The source of a value: the plan, the seats bought with the subscription, the plan plus add-ons, an override of the operator, or a choice of the organization. `not_sold_separately`: every plan includes it. */
export type EntitlementSource = 'plan' | 'subscription' | 'add_on' | 'override' | 'organization' | 'not_sold_separately';

export interface FeatureEntitlement {
  /** Whether the plan or an add-on includes it. */
  readonly available: boolean;
  /** Whether it is available and the organization has not switched it off. */
  readonly enabled: boolean;
  readonly source: EntitlementSource;
}

export interface LimitEntitlement {
  readonly limit: Limit;
  readonly source: EntitlementSource;
}

/** Everything that an organization is entitled to. */
export interface EntitlementSet {
  readonly plan: string;
  readonly features: ReadonlyMap<string, FeatureEntitlement>;
  readonly limits: ReadonlyMap<string, LimitEntitlement>;
  readonly seats: LimitEntitlement;
  readonly rateLimit: RateLimit & { readonly source: EntitlementSource };
  readonly load: LoadLimits & { readonly source: EntitlementSource };
}

/** Values that the operator has set for an organization. They replace those of the plan. */
export interface EntitlementOverrides {
  /** Units by meter, and seats under `seats`; null for unlimited. */
  readonly limits: Readonly<Record<string, number | null>>;
  readonly features: Readonly<Record<string, boolean>>;
}

export const noOverrides: EntitlementOverrides = { limits: {}, features: {} };

/** The quantity of an add-on. A type, not an interface, because it must be assignable to JSON. */
export type AddOnQuantity = { readonly key: string; readonly quantity: number };

/** Returns the add-ons in the column `add_ons` of a subscription. */
export const addOnsIn = (column: unknown): readonly AddOnQuantity[] => column as readonly AddOnQuantity[];

/** Returns the quantities of add-ons by key, as requests and responses contain them. */
export const quantitiesByKey = (addOns: readonly AddOnQuantity[]): Record<string, number> => Object.fromEntries(addOns.map(({ key, quantity }) => [key, quantity]));

/** The values from which entitlements are computed. */
export interface EntitlementBasis {
  readonly plan: string;
  /** Features that the organization switched off. */
  readonly disabledFeatures: ReadonlySet<string>;
  readonly overrides: EntitlementOverrides;
  /** The seats bought with the subscription; null when the plan includes a fixed number. */
  readonly boughtSeats: number | null;
  /** The add-ons of the subscription. */
  readonly addOns: readonly AddOnQuantity[];
}

/** The limits of each plan by meter, null for unlimited. The key `''` has the limits for plans that the catalog no longer defines. */
export type LimitsByPlan = Readonly<Record<string, Readonly<Record<string, number | null>>>>;

/** The units that one of each add-on adds, by meter. */
export type LimitsByAddOn = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Computes entitlements from plans. Declared here because guards use it; the billing module implements it. */
export abstract class Entitlements {
  /** Returns everything that an organization is entitled to. */
  abstract entitlementsFor(basis: EntitlementBasis): EntitlementSet;

  /** Returns the limits for SQL statements over all organizations; these statements read overrides, bought seats and add-ons themselves. */
  abstract limitsByPlan(): LimitsByPlan;
  abstract limitsByAddOn(): LimitsByAddOn;

  /**
   * Returns the purchases that would raise the limit of a meter enough: the next plan in the catalog's order, and the
   * first suitable add-on of the current plan. Returns none when the operator has set the limit.
   *
   * @param wanted the required limit, in units
   * @param limit the current limit
   */
  abstract offersFor(meter: string, held: Pick<EntitlementBasis, 'plan' | 'addOns' | 'overrides'>, room: { readonly wanted: number; readonly limit: number }): QuotaOffers;
}

const included: FeatureEntitlement = { available: true, enabled: true, source: 'not_sold_separately' };
const absent: FeatureEntitlement = { available: false, enabled: false, source: 'plan' };

/** Returns the state of a feature for an organization. An unknown feature is not available. */
export function featureOf(entitlements: EntitlementSet, feature: string): FeatureEntitlement {
  return entitlements.features.get(feature) ?? (isCapability(feature) ? included : absent);
}
