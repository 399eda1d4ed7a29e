import { Injectable } from '@nestjs/common';
import type { QuotaAddOn, QuotaOffers } from '../../../access/access.errors.js';
import {
  Entitlements,
  type AddOnQuantity,
  type EntitlementBasis,
  type EntitlementSet,
  type EntitlementSource,
  type LimitEntitlement,
  type LimitsByAddOn,
  type LimitsByPlan,
} from '../../../access/organization/entitlements.js';
import { Catalog, type AddOnDefinition, type Limit, type PlanDefinition } from '../../../config/catalog/catalog.js';
import { sellsSeats } from '../terms/prices.policy.js';

/** The entitlements that come in addition to the plan: purchases, and the operator's overrides. */
type Extras = Pick<EntitlementBasis, 'overrides' | 'boughtSeats'> & { readonly addOns: AddOnTotals };

/** The sum of what the bought add-ons add. */
interface AddOnTotals {
  readonly features: ReadonlySet<string>;
  /** Units by meter. */
  readonly limits: ReadonlyMap<string, number>;
  readonly seats: number;
}

const isEmpty = (record: object): boolean => Object.keys(record).length === 0;

const hasPlanOnly = ({ disabledFeatures, overrides, boughtSeats, addOns }: EntitlementBasis): boolean =>
  disabledFeatures.size === 0 && boughtSeats === null && addOns.length === 0 && isEmpty(overrides.limits) && isEmpty(overrides.features);

/** Computes entitlements from the plan, the add-ons and the operator's overrides, without the features that the organization switched off. */
@Injectable()
export class PlanEntitlementsService extends Entitlements {
  /** The meter that counts members, if the catalog has one. Its limit is the number of seats. */
  readonly #memberMeter: string | undefined;
  /** The entitlements of each plan of the catalog. Most organizations have no others, and share them: their facts are kept in memory. */
  readonly #ofPlans = new Map<string, EntitlementSet>();

  constructor(private readonly catalog: Catalog) {
    super();
    this.#memberMeter = catalog.meterThatTracks('members');
  }

  /** Falls back to the default plan if the catalog does not have the plan (`catalog:check` refuses such a catalog). */
  entitlementsFor(basis: EntitlementBasis): EntitlementSet {
    if (!hasPlanOnly(basis) || !this.catalog.plans.has(basis.plan)) return this.#computed(basis);
    const entitlements = this.#ofPlans.get(basis.plan) ?? this.#computed(basis);
    this.#ofPlans.set(basis.plan, entitlements);
    return entitlements;
  }

  #computed({ plan: key, disabledFeatures, overrides, boughtSeats, addOns }: EntitlementBasis): EntitlementSet {
    const plan = this.catalog.plans.get(key) ?? this.catalog.plans.get(this.catalog.defaultPlan);
    if (plan === undefined) throw new Error('the catalog has no default plan');
    const extras: Extras = { overrides, boughtSeats, addOns: this.#totalsOf(addOns) };
    const features = [...this.catalog.features.keys()].map((feature) => {
      const granted = overrides.features[feature];
      const available = granted ?? (plan.features.has(feature) || extras.addOns.features.has(feature));
      const off = disabledFeatures.has(feature);
      return [feature, { available, enabled: available && !off, source: available && off ? 'organization' : sourceOf(feature, granted, plan, extras) }] as const;
    });
    const seats = this.#seatsOf(plan, extras);
    return {
      plan: key,
      features: new Map(features),
      limits: new Map([...this.catalog.meters.keys()].map((meter) => [meter, this.#limitOf(meter, plan, extras, seats)])),
      seats,
      rateLimit: { ...plan.rateLimit, source: 'plan' },
      load: { ...plan.load, source: 'plan' },
    };
  }

  limitsByPlan(): LimitsByPlan {
    const limitsOf = (plan: PlanDefinition | undefined): Record<string, number | null> =>
      Object.fromEntries([...(plan?.limits ?? [])].map(([meter, limit]) => [meter, limit ?? null]));
    const plans = [...this.catalog.plans.values()].map((plan) => [plan.key, limitsOf(plan)] as const);
    return { ...Object.fromEntries(plans), '': limitsOf(this.catalog.plans.get(this.catalog.defaultPlan)) };
  }

  limitsByAddOn(): LimitsByAddOn {
    return Object.fromEntries([...this.catalog.addOns.values()].map((addOn) => [addOn.key, Object.fromEntries(this.#unitsOf(addOn))]));
  }

  offersFor(
    meter: string,
    { plan, addOns, overrides }: Pick<EntitlementBasis, 'plan' | 'addOns' | 'overrides'>,
    { wanted, limit }: { readonly wanted: number; readonly limit: number },
  ): QuotaOffers {
    if (overrides.limits[meter] !== undefined) return { upgrade: null, addOn: null };
    const plans = [...this.catalog.plans.values()];
    const later = plans.slice(plans.findIndex(({ key }) => key === plan) + 1);
    const next = later.find(({ limits }) => (limits.get(meter) ?? Infinity) >= wanted);
    const fitting = [...this.catalog.addOns.values()]
      .filter((addOn) => addOn.plans.has(plan))
      .flatMap((addOn): QuotaAddOn[] => {
        const units = new Map(this.#unitsOf(addOn)).get(meter) ?? 0;
        const quantity = units === 0 ? Infinity : Math.ceil((wanted - limit) / units);
        const held = addOns.find(({ key }) => key === addOn.key)?.quantity ?? 0;
        return held + quantity > addOn.max ? [] : [{ addOn: addOn.key, quantity, limit: limit + quantity * units }];
      });
    return { upgrade: next === undefined ? null : { plan: next.key, limit: next.limits.get(meter) ?? null }, addOn: fitting[0] ?? null };
  }

  /** Returns the units that one add-on adds, by meter. */
  #unitsOf({ limits, seats }: AddOnDefinition): (readonly [meter: string, units: number])[] {
    return [...limits, ...(this.#memberMeter === undefined || seats === 0 ? [] : [[this.#memberMeter, seats] as const])];
  }

  /** Ignores add-ons that the catalog does not have (`catalog:check` refuses such a catalog). */
  #totalsOf(addOns: readonly AddOnQuantity[]): AddOnTotals {
    const [features, limits] = [new Set<string>(), new Map<string, number>()];
    let seats = 0;
    for (const { key, quantity } of addOns) {
      const addOn = this.catalog.addOns.get(key);
      if (addOn === undefined) continue;
      for (const feature of addOn.features) features.add(feature);
      for (const [meter, units] of this.#unitsOf(addOn)) limits.set(meter, Math.min((limits.get(meter) ?? 0) + units * quantity, Number.MAX_SAFE_INTEGER));
      seats += addOn.seats * quantity;
    }
    return { features, limits, seats };
  }

  #limitOf(meter: string, plan: PlanDefinition, { overrides, addOns }: Extras, seats: LimitEntitlement): LimitEntitlement {
    const granted = overrides.limits[meter];
    if (granted !== undefined) return { limit: granted ?? undefined, source: 'override' };
    if (meter === this.#memberMeter && seats.source === 'subscription') return seats;
    return sumOf(plan.limits.get(meter), addOns.limits.get(meter) ?? 0);
  }

  #seatsOf(plan: PlanDefinition, { overrides: { limits }, boughtSeats, addOns }: Extras): LimitEntitlement {
    const granted = limits['seats'] === undefined && this.#memberMeter !== undefined ? limits[this.#memberMeter] : limits['seats'];
    if (granted !== undefined) return { limit: granted ?? undefined, source: 'override' };
    if (boughtSeats !== null && sellsSeats(plan)) return { limit: boughtSeats, source: 'subscription' };
    return sumOf(plan.seats, sellsSeats(plan) ? 0 : addOns.seats);
  }
}

/** Adds units to a limit. An unlimited one stays unlimited. */
const sumOf = (planLimit: Limit, added: number): LimitEntitlement =>
  planLimit === undefined || added === 0 ? { limit: planLimit, source: 'plan' } : { limit: planLimit + added, source: 'add_on' };

function sourceOf(feature: string, granted: boolean | undefined, plan: PlanDefinition, { addOns }: Extras): EntitlementSource {
  if (granted !== undefined) return 'override';
  return !plan.features.has(feature) && addOns.features.has(feature) ? 'add_on' : 'plan';
}
