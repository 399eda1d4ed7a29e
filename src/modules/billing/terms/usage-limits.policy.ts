import type { Limit } from '../../../config/catalog/catalog.js';
import type { Terms } from './prices.policy.js';

/** Use of a meter (or of `seats`) beyond its limit. */
export interface Excess {
  readonly meter: string;
  readonly used: number;
  readonly limit: number;
}

/** The units that an organization uses, and the limits that terms would give it. */
export interface UsageFacts {
  /** Units in use by meter, and `seats`. Counters are left out: each of their periods starts at zero. */
  readonly inUse: ReadonlyMap<string, number>;
  /** Returns the limits that terms give, by meter, and of `seats`. The operator's overrides and grants are included. */
  readonly limitsOf: (terms: Terms) => ReadonlyMap<string, Limit>;
}

/** Seats taken by members, and by pending invitations if the catalog counts them. */
export const seatsInUse = ({ inUse }: Pick<UsageFacts, 'inUse'>): number => inUse.get('seats') ?? 0;

/** Returns what is in use beyond the limits of the given terms. */
export function excessOver(terms: Terms, { inUse, limitsOf }: UsageFacts): Excess[] {
  return [...limitsOf(terms)]
    .map(([meter, limit]) => ({ meter, used: inUse.get(meter) ?? 0, limit }))
    .filter((each): each is Excess => each.limit !== undefined && each.used > each.limit);
}

/** Returns the excess that prevents a change: all of it for another plan; within a plan, only for limits that the change lowers. */
export function blockingExcess(from: Terms, to: Terms, facts: UsageFacts): Excess[] {
  const excess = excessOver(to, facts);
  if (excess.length === 0 || from.plan.key !== to.plan.key) return excess;
  const before = facts.limitsOf(from);
  return excess.filter(({ meter, limit }) => limit < (before.get(meter) ?? Infinity));
}
