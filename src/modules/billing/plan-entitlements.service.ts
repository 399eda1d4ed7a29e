import { Injectable } from '@nestjs/common';
import { Entitlements, type EntitlementBasis, type EntitlementSet, type LimitEntitlement, type LimitsByPlan } from '../../access/entitlements.js';
import { Catalog, type Limit, type PlanDefinition } from '../../config/catalog/catalog.js';
import { sellsSeats } from './prices.policy.js';

/** Entitlements as the plan of the catalog and the operator's overrides give them, less the features that the organization switched off. */
@Injectable()
export class PlanEntitlements extends Entitlements {
  constructor(private readonly catalog: Catalog) {
    super();
  }

  /** A plan that the catalog has no more (catalog:check prevents it) entitles to what the default plan does. */
  of({ plan: key, disabledFeatures, overrides, boughtSeats }: EntitlementBasis): EntitlementSet {
    const plan = this.catalog.plans.get(key) ?? this.catalog.plans.get(this.catalog.defaultPlan);
    if (plan === undefined) throw new Error('the catalog has no default plan');
    const features = [...this.catalog.features.keys()].map((feature) => {
      const granted = overrides.features[feature];
      const available = granted ?? plan.features.has(feature);
      const off = disabledFeatures.has(feature);
      return [feature, { available, enabled: available && !off, source: available && off ? 'organization' : granted === undefined ? 'plan' : 'override' }] as const;
    });
    const limitOf = (meter: string, planned: Limit): LimitEntitlement => {
      const granted = overrides.limits[meter];
      return granted === undefined ? { limit: planned, source: 'plan' } : { limit: granted ?? undefined, source: 'override' };
    };
    const tracker = [...this.catalog.meters.values()].find(({ tracks }) => tracks === 'members')?.key;
    const seats = this.#seatsOf(plan, { overrides, boughtSeats }, tracker);
    const limits = [...this.catalog.meters.keys()].map((meter) => {
      // The meter that counts the members is the seats by another name.
      const bought = meter === tracker && seats.source === 'subscription' && overrides.limits[meter] === undefined;
      return [meter, bought ? seats : limitOf(meter, plan.limits.get(meter))] as const;
    });
    return {
      plan: key,
      features: new Map(features),
      limits: new Map(limits),
      seats,
      rateLimit: { ...plan.rateLimit, source: 'plan' },
    };
  }

  limitsByPlan(): LimitsByPlan {
    const limitsOf = (plan: PlanDefinition | undefined): Record<string, number | null> =>
      Object.fromEntries([...(plan?.limits ?? [])].map(([meter, limit]) => [meter, limit ?? null]));
    const plans = [...this.catalog.plans.values()].map((plan) => [plan.key, limitsOf(plan)] as const);
    return { ...Object.fromEntries(plans), '': limitsOf(this.catalog.plans.get(this.catalog.defaultPlan)) };
  }

  #seatsOf(plan: PlanDefinition, { overrides: { limits }, boughtSeats }: Pick<EntitlementBasis, 'overrides' | 'boughtSeats'>, tracker: string | undefined): LimitEntitlement {
    const granted = limits['seats'] === undefined && tracker !== undefined ? limits[tracker] : limits['seats'];
    if (granted !== undefined) return { limit: granted ?? undefined, source: 'override' };
    return boughtSeats !== null && sellsSeats(plan) ? { limit: boughtSeats, source: 'subscription' } : { limit: plan.seats, source: 'plan' };
  }
}
