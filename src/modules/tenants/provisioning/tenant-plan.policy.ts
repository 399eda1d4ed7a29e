import type { Catalog, PlanDefinition } from '../../../config/catalog/catalog.js';
import { UnknownPlanError } from '../tenants.errors.js';

/** Returns a plan of the catalog by its key. @throws {UnknownPlanError} */
export function getPlanOrThrow({ plans }: Catalog, key: string): PlanDefinition {
  const plan = plans.get(key);
  if (plan === undefined) throw new UnknownPlanError(key, [...plans.keys()]);
  return plan;
}
