import { addOnsIn } from '../../../access/organization/entitlements.js';
import type { Catalog, PlanDefinition } from '../../../config/catalog/catalog.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import type { Terms } from './prices.policy.js';
import { boughtOf } from './wanted-terms.policy.js';

/** The parts of the catalog that pricing needs. */
export type PricingCatalog = Pick<Catalog, 'plans' | 'addOns' | 'defaultPlan' | 'billing'>;

/** The columns of a subscription that say which terms apply. */
type TermsColumns = Pick<Subscription, 'plan' | 'interval' | 'seats' | 'addOns'>;

/** Returns a plan of the catalog. Falls back to the default plan if the catalog has no such plan (`catalog:check` refuses such a catalog). */
export function planOf(key: string, { plans, defaultPlan }: Pick<Catalog, 'plans' | 'defaultPlan'>): PlanDefinition {
  const plan = plans.get(key) ?? plans.get(defaultPlan);
  if (plan === undefined) throw new Error('the catalog has no default plan');
  return plan;
}

/** Returns the terms that apply to a subscription now. */
export function termsOf({ plan, interval, seats, addOns }: TermsColumns, catalog: PricingCatalog): Terms {
  return { plan: planOf(plan, catalog), interval, seats: seats ?? undefined, addOns: boughtOf(addOnsIn(addOns), catalog.addOns) };
}

/** Returns the terms that are scheduled for the next period, or undefined if none are. */
export function scheduledTermsOf({ plan, interval, nextPlan, nextInterval, nextSeats, nextAddOns }: Subscription, catalog: PricingCatalog): Terms | undefined {
  if (nextPlan === null && nextInterval === null && nextSeats === null) return undefined;
  return termsOf({ plan: nextPlan ?? plan, interval: nextInterval ?? interval, seats: nextSeats, addOns: nextAddOns }, catalog);
}
