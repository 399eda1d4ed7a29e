import type { AddOnDefinition, PlanDefinition, Price } from '../../src/config/catalog/catalog.js';

/** A plan of which only the prices matter. */
export const planOf = (key: string, prices: readonly Price[]): PlanDefinition => ({
  key,
  name: key,
  description: undefined,
  prices,
  trialDays: 0,
  seats: 100,
  features: new Set<string>(),
  limits: new Map<string, number>(),
  rateLimit: { requests: 1, seconds: 1 },
  load: { requests: 1, databaseTime: 1 },
});

/** An add-on of which only plans and prices matter. */
export const addOnOf = (key: string, plans: readonly string[], prices: AddOnDefinition['prices'], max = 10): AddOnDefinition => ({
  key,
  name: key,
  description: undefined,
  plans: new Set(plans),
  prices,
  max,
  limits: new Map([['disk', 1]]),
  seats: 0,
  features: new Set<string>(),
});
