import type { Catalog, PlanDefinition } from '../../../config/catalog/catalog.js';
import { UnknownPlanError } from '../tenants.errors.js';

/** The plan that an operator names. @throws {UnknownPlanError} when the catalog has no such plan */
export function getPlanOrThrow({ plans }: Catalog, key: string): PlanDefinition {
  const plan = plans.get(key);
  if (plan === undefined) throw new UnknownPlanError(key, [...plans.keys()]);
  return plan;
}
