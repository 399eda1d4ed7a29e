import { quantityOf } from '../../../config/catalog/quantities.js';
import { Injectable } from '@nestjs/common';
import { Entitlements, type EntitlementBasis } from '../../../access/organization/entitlements.js';
import { OrganizationEntitlementsService } from '../../../access/organization/organization-entitlements.service.js';
import { Catalog, type Limit } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import { InvoicesService } from '../invoices/invoices.service.js';
import { PaymentProvider } from '../providers/payment-provider.js';
import type { ChangeFacts } from '../terms/decide-change.policy.js';
import type { Terms } from '../terms/prices.policy.js';
import type { UsageFacts } from '../terms/usage-limits.policy.js';
import { quantitiesOf } from '../terms/wanted-terms.policy.js';

/** Returns the part of the entitlement basis that the terms decide. */
export const entitlementBasisOf = ({ plan, seats, addOns }: Terms): Pick<EntitlementBasis, 'plan' | 'boughtSeats' | 'addOns'> => ({
  plan: plan.key,
  boughtSeats: seats ?? null,
  addOns: quantitiesOf(addOns),
});

/** Reads what decisions about a subscription depend on. Call it in the transaction that has locked the organization. */
@Injectable()
export class SubscriptionFactsService {
  constructor(
    private readonly catalog: Catalog,
    private readonly entitlements: Entitlements,
    private readonly organizations: OrganizationEntitlementsService,
    private readonly invoices: InvoicesService,
    private readonly provider: PaymentProvider,
  ) {}

  /** Reads all facts that `decideChange` needs. */
  async readChangeFacts(tx: PlatformTransaction, subscription: Subscription, now: Date): Promise<ChangeFacts> {
    const { organizationId } = subscription;
    return {
      now,
      catalog: this.catalog,
      collection: this.provider.collectionOf(subscription),
      overdueInvoices: await this.invoices.findOverdueNumbers(tx, organizationId, now),
      openInvoices: await this.invoices.findOpenManualNumbers(tx, organizationId),
      invoicedLines: await this.invoices.readRunningLines(tx, subscription, now),
      ...(await this.readUsageFacts(tx, organizationId, now)),
    };
  }

  /** Reads what an organization uses, with the limits that its overrides and given terms would have. */
  async readUsageFacts(tx: PlatformTransaction, organizationId: string, now: Date): Promise<UsageFacts> {
    const overrides = await this.organizations.readOverrides(tx, organizationId);
    const inUse = await this.#readUnitsInUse(tx, organizationId, now);
    const meters = [...this.catalog.meters.values()].filter(({ kind, tracks }) => kind !== 'counter' && tracks === undefined);
    const limitsOf: UsageFacts['limitsOf'] = (terms) => {
      const { seats, limits } = this.entitlements.entitlementsFor({ ...entitlementBasisOf(terms), disabledFeatures: new Set(), overrides });
      return new Map([['seats', seats.limit], ...meters.map(({ key, decimals }) => [key, quantityIn(decimals, limits.get(key)?.limit)] as const)]);
    };
    return { inUse, limitsOf };
  }

  async #readUnitsInUse(tx: PlatformTransaction, organizationId: string, now: Date): Promise<ReadonlyMap<string, number>> {
    const gauges = await tx.meterTotal.findMany({ where: { organizationId, periodEnd: null } });
    const leases = await tx.usageLease.groupBy({ by: ['meter'], where: { organizationId, expiresAt: { gt: now } }, _count: { _all: true } });
    return new Map([
      ...gauges.map(({ meter, used, held }) => [meter, quantityOf(this.catalog.decimalsOf(meter), Number(used - held))] as const),
      ...leases.map(({ meter, _count }) => [meter, _count._all] as const),
      ['seats', await this.organizations.countSeatsInUse(tx, now, { organizationId })] as const,
    ]);
  }
}

const quantityIn = (decimals: number, limit: Limit): Limit => (limit === undefined ? undefined : quantityOf(decimals, limit));
