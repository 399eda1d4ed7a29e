import { Injectable } from '@nestjs/common';
import { Entitlements, type EntitlementBasis, type EntitlementSet, type LimitEntitlement, type LimitsByPlan } from '../../access/entitlements.js';
import { Catalog, type Limit, type PlanDefinition } from '../../config/catalog/catalog.js';

/** Entitlements as the plan of the catalog and the operator's overrides give them, less the features that the organization switched off. */
@Injectable()
export class PlanEntitlements extends Entitlements {
  constructor(private readonly catalog: Catalog) {
    super();
  }

  /** A plan that the catalog has no more (catalog:check prevents it) entitles to what the default plan does. */
  of({ plan: key, disabledFeatures, overrides }: EntitlementBasis): EntitlementSet {
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
    const limits = [...this.catalog.meters.keys()].map((meter) => [meter, limitOf(meter, plan.limits.get(meter))] as const);
    const tracker = [...this.catalog.meters.values()].find(({ tracks }) => tracks === 'members')?.key;
    // The meter that counts the members is the seats by another name.
    const seats =
      overrides.limits['seats'] === undefined && tracker !== undefined && overrides.limits[tracker] !== undefined ? limitOf(tracker, plan.seats) : limitOf('seats', plan.seats);
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
}
