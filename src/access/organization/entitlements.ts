import type { Limit, RateLimit } from '../../config/catalog/catalog.js';
import type { QuotaOffers } from '../access.errors.js';

/** Where a value comes from: the plan, the seats that were bought on it, the plan with add-ons, what the operator grants beside it, or what the organization chose itself. */
export type EntitlementSource = 'plan' | 'subscription' | 'add_on' | 'override' | 'organization' | 'not_sold_separately';

export interface FeatureEntitlement {
  /** Whether the plan, or an add-on, has it. */
  readonly available: boolean;
  /** Whether it is available and switched on. */
  readonly enabled: boolean;
  readonly source: EntitlementSource;
}

export interface LimitEntitlement {
  readonly limit: Limit;
  readonly source: EntitlementSource;
}

/** All that an organization is entitled to. */
export interface EntitlementSet {
  readonly plan: string;
  readonly features: ReadonlyMap<string, FeatureEntitlement>;
  readonly limits: ReadonlyMap<string, LimitEntitlement>;
  readonly seats: LimitEntitlement;
  readonly rateLimit: RateLimit & { readonly source: EntitlementSource };
}

/** What the operator grants an organization beside, or against, its plan. */
export interface EntitlementOverrides {
  /** Units by meter (`seats` for the seats); null for unlimited. */
  readonly limits: Readonly<Record<string, number | null>>;
  readonly features: Readonly<Record<string, boolean>>;
}

export const noOverrides: EntitlementOverrides = { limits: {}, features: {} };

/** How many of an add-on of the catalog. As a type, so that it is JSON too. */
export type AddOnQuantity = { readonly key: string; readonly quantity: number };

/** The add-ons of a subscription, as its row has them. */
export const addOnsIn = (column: unknown): readonly AddOnQuantity[] => column as readonly AddOnQuantity[];

/** What entitlements are made of. */
export interface EntitlementBasis {
  readonly plan: string;
  /** Features that the organization switched off. */
  readonly disabledFeatures: ReadonlySet<string>;
  readonly overrides: EntitlementOverrides;
  /** Seats that the subscription has bought; null where the plan includes a number of them. */
  readonly boughtSeats: number | null;
  /** What was bought beside the plan. */
  readonly addOns: readonly AddOnQuantity[];
}

/** Of each plan its limits by meter, null for unlimited; under `''` those of a plan that is not there any more. */
export type LimitsByPlan = Readonly<Record<string, Readonly<Record<string, number | null>>>>;

/** Of each add-on what one of it adds, by meter. */
export type LimitsByAddOn = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The only reader of plans. Declared here because guards need it; the billing module implements it. */
export abstract class Entitlements {
  abstract entitlementsFor(basis: EntitlementBasis): EntitlementSet;

  /** For statements over all organizations at once, which look for overrides, bought seats and add-ons themselves. */
  abstract limitsByPlan(): LimitsByPlan;
  abstract limitsByAddOn(): LimitsByAddOn;

  /**
   * What would make room for more of a meter: the next plan, in the catalog's order, and the first add-on of the present one.
   * Nothing does where the operator has set the limit.
   *
   * @param wanted units in all
   * @param limit what there is room for now
   */
  abstract offersFor(meter: string, held: Pick<EntitlementBasis, 'plan' | 'addOns' | 'overrides'>, room: { readonly wanted: number; readonly limit: number }): QuotaOffers;
}

/**
 * Capabilities of tenantry itself that a catalog may sell as features. One that the catalog does not define is not sold
 * separately: every plan has it.
 */
export const sellableCapabilities = ['custom_roles', 'custom_branding', 'custom_domains', 'api_access', 'advanced_security', 'sso', 'webhooks'] as const;
export type SellableCapability = (typeof sellableCapabilities)[number];

const included: FeatureEntitlement = { available: true, enabled: true, source: 'not_sold_separately' };
const absent: FeatureEntitlement = { available: false, enabled: false, source: 'plan' };

/** Whether an organization has a feature; an unknown one it has not. */
export function featureOf(entitlements: EntitlementSet, feature: string): FeatureEntitlement {
  return entitlements.features.get(feature) ?? ((sellableCapabilities as readonly string[]).includes(feature) ? included : absent);
}
