import { Injectable } from '@nestjs/common';
import { Entitlements, type EntitlementOverrides } from '../../access/entitlements.js';
import { Catalog } from '../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../database/transactions.js';
import type { Excess } from './billing.errors.js';
import type { Terms } from './prices.policy.js';

/** What an organization uses, held against what other terms would allow. On the platform's transaction, under the lock. */
@Injectable()
export class SubscriptionUsage {
  constructor(
    private readonly catalog: Catalog,
    private readonly entitlements: Entitlements,
  ) {}

  /** Seats that members take, and pending invitations where the catalog says so. */
  async seatsInUse(tx: PlatformTransaction, organizationId: string, now: Date): Promise<number> {
    const members = await tx.membership.count({ where: { organizationId } });
    if (!this.catalog.billing.invitationsTakeSeats) return members;
    return members + (await tx.invitation.count({ where: { organizationId, status: 'pending', expiresAt: { gt: now } } }));
  }

  /** What is in use now beyond what the terms allow: seats, gauges and leases. Counters begin anew, and are no obstacle. */
  async excess(tx: PlatformTransaction, organizationId: string, terms: Terms, now: Date): Promise<Excess[]> {
    const overrides = await this.overridesOf(tx, organizationId);
    const set = this.entitlements.of({ plan: terms.plan.key, disabledFeatures: new Set(), overrides, boughtSeats: terms.seats ?? null });
    const used = await this.#used(tx, organizationId, now);
    const seats = { meter: 'seats', used: used.get('seats') ?? 0, limit: set.seats.limit };
    const meters = [...this.catalog.meters.values()]
      .filter(({ kind, tracks }) => kind !== 'counter' && tracks === undefined)
      .map(({ key }) => ({ meter: key, used: used.get(key) ?? 0, limit: set.limits.get(key)?.limit }));
    return [seats, ...meters].filter((each): each is Excess => each.limit !== undefined && each.used > each.limit);
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

  /** What the operator has given or taken, whatever the plan. */
  async overridesOf(tx: PlatformTransaction, organizationId: string): Promise<EntitlementOverrides> {
    const rows = await tx.entitlementOverride.findMany({ where: { organizationId } });
    return {
      limits: Object.fromEntries(rows.filter(({ kind }) => kind === 'limit').map(({ key, units }) => [key, units === null ? null : Number(units)])),
      features: Object.fromEntries(rows.filter(({ kind }) => kind === 'feature').map(({ key, available }) => [key, available === true])),
    };
  }
}
