import type { Entitlements } from '../../../access/organization/entitlements.js';
import type { MetersService } from './meters.service.js';

/** What statements over all organizations are to know of the catalog's limits, as the JSON that they take. */
export interface LimitsBasis {
  readonly plans: string;
  readonly perUnit: string;
}

/** The same with the meters, as `usage.readings` takes them. */
export interface ReadingBasis extends LimitsBasis {
  readonly meters: string;
}

export const limitsBasis = (entitlements: Entitlements): LimitsBasis => ({
  plans: JSON.stringify(entitlements.limitsByPlan()),
  perUnit: JSON.stringify(entitlements.limitsByAddOn()),
});

export const readingBasis = (meters: ReturnType<MetersService['describeMeters']>, entitlements: Entitlements): ReadingBasis => ({
  meters: JSON.stringify(meters),
  ...limitsBasis(entitlements),
});
