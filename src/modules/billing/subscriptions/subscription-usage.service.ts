import { Injectable } from '@nestjs/common';
import { Entitlements, type EntitlementBasis, type EntitlementOverrides } from '../../../access/organization/entitlements.js';
import { OrganizationEntitlementsService } from '../../../access/organization/organization-entitlements.service.js';
import { Catalog, type Limit } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Excess } from '../billing.errors.js';
import type { Terms } from '../terms/prices.policy.js';
import { quantitiesOf } from './subscription-columns.js';

/** What terms entitle to, as far as they alone say it. */
export const basisOf = ({ plan, seats, addOns }: Terms): Pick<EntitlementBasis, 'plan' | 'boughtSeats' | 'addOns'> => ({
  plan: plan.key,
  boughtSeats: seats ?? null,
  addOns: quantitiesOf(addOns),
});

/** What an organization uses, held against what other terms would allow. On the platform's transaction, under the lock. */
@Injectable()
export class SubscriptionUsageService {
  constructor(
    private readonly catalog: Catalog,
    private readonly entitlements: Entitlements,
    private readonly organizations: OrganizationEntitlementsService,
  ) {}

  seatsInUse(tx: PlatformTransaction, organizationId: string, now: Date): Promise<number> {
    return this.organizations.countSeatsInUse(tx, now, { organizationId });
  }

  overridesOf(tx: PlatformTransaction, organizationId: string): Promise<EntitlementOverrides> {
    return this.organizations.readOverrides(tx, organizationId);
  }

  /** What is in use now beyond what the terms allow: seats, gauges and leases. Counters begin anew, and are no obstacle. */
  async excess(tx: PlatformTransaction, organizationId: string, terms: Terms, now: Date): Promise<Excess[]> {
    const limits = await this.#limits(tx, organizationId, terms);
    const used = await this.#used(tx, organizationId, now);
    return [...limits].map(([meter, limit]) => ({ meter, used: used.get(meter) ?? 0, limit })).filter((each): each is Excess => each.limit !== undefined && each.used > each.limit);
  }

  /** What of that stands in the way of a change: all of it for another plan, within a plan what the change takes away. */
  async obstacles(tx: PlatformTransaction, organizationId: string, from: Terms, to: Terms, now: Date): Promise<Excess[]> {
    const excess = await this.excess(tx, organizationId, to, now);
    if (excess.length === 0 || from.plan.key !== to.plan.key) return excess;
    const before = await this.#limits(tx, organizationId, from);
    return excess.filter(({ meter, limit }) => limit < (before.get(meter) ?? Infinity));
  }

  /** Of the seats, and of each meter that does not begin anew. */
  async #limits(tx: PlatformTransaction, organizationId: string, terms: Terms): Promise<ReadonlyMap<string, Limit>> {
    const set = this.entitlements.entitlementsFor({ ...basisOf(terms), disabledFeatures: new Set(), overrides: await this.overridesOf(tx, organizationId) });
    const meters = [...this.catalog.meters.values()].filter(({ kind, tracks }) => kind !== 'counter' && tracks === undefined);
    return new Map([['seats', set.seats.limit], ...meters.map(({ key }) => [key, set.limits.get(key)?.limit] as const)]);
  }

  async #used(tx: PlatformTransaction, organizationId: string, now: Date): Promise<ReadonlyMap<string, number>> {
    const gauges = await tx.meterTotal.findMany({ where: { organizationId, periodEnd: null } });
    const leases = await tx.usageLease.groupBy({ by: ['meter'], where: { organizationId, expiresAt: { gt: now } }, _count: { _all: true } });
    return new Map([
      ...gauges.map(({ meter, used, held }) => [meter, Number(used - held)] as const),
      ...leases.map(({ meter, _count }) => [meter, _count._all] as const),
      ['seats', await this.seatsInUse(tx, organizationId, now)] as const,
    ]);
  }
}
