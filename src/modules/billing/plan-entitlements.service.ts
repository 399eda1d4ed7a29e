import { Injectable } from '@nestjs/common';
import { Entitlements, type EntitlementBasis, type EntitlementSet } from '../../access/entitlements.js';
import { Catalog } from '../../config/catalog/catalog.js';

/** Entitlements as the plan of the catalog gives them, less the features that the organization switched off. */
@Injectable()
export class PlanEntitlements extends Entitlements {
  constructor(private readonly catalog: Catalog) {
    super();
  }

  /** A plan that the catalog has no more (catalog:check prevents it) entitles to what the default plan does. */
  of({ plan: key, disabledFeatures }: EntitlementBasis): EntitlementSet {
    const plan = this.catalog.plans.get(key) ?? this.catalog.plans.get(this.catalog.defaultPlan);
    if (plan === undefined) throw new Error('the catalog has no default plan');
    const features = [...this.catalog.features.keys()].map((feature) => {
      const available = plan.features.has(feature);
      const off = disabledFeatures.has(feature);
      return [feature, { available, enabled: available && !off, source: available && off ? 'organization' : 'plan' }] as const;
    });
    const limits = [...this.catalog.meters.keys()].map((meter) => [meter, { limit: plan.limits.get(meter), source: 'plan' }] as const);
    return {
      plan: key,
      features: new Map(features),
      limits: new Map(limits),
      seats: { limit: plan.seats, source: 'plan' },
      rateLimit: { ...plan.rateLimit, source: 'plan' },
    };
  }
}
