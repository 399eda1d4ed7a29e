import { quantityOf } from '../../../config/catalog/quantities.js';
import { Injectable } from '@nestjs/common';
import { Entitlements, type EntitlementBasis } from '../../../access/organization/entitlements.js';
import { OrganizationEntitlementsService } from '../../../access/organization/organization-entitlements.service.js';
import { Catalog, type Limit } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import { MeterReadingsService } from '../../usage/metering/meter-readings.service.js';
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
    private readonly readings: MeterReadingsService,
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

  /** Reads what an organization uses, with the limits that its overrides, its grants and given terms would give it. */
  async readUsageFacts(tx: PlatformTransaction, organizationId: string, now: Date): Promise<UsageFacts> {
    const overrides = await this.organizations.readOverrides(tx, organizationId);
    const units = await this.readings.readUnitsInUse(tx, organizationId, now);
    const inUse = new Map([
      ...units.map(({ meter: { key, decimals }, used }) => [key, quantityOf(decimals, used)] as const),
      ['seats', await this.organizations.countSeatsInUse(tx, now, { organizationId })] as const,
    ]);
    const limitsOf: UsageFacts['limitsOf'] = (terms) => {
      const { seats, limits } = this.entitlements.entitlementsFor({ ...entitlementBasisOf(terms), disabledFeatures: new Set(), overrides });
      return new Map([['seats', seats.limit], ...units.map(({ meter: { key, decimals }, granted }) => [key, limitIn(decimals, limits.get(key)?.limit, granted)] as const)]);
    };
    return { inUse, limitsOf };
  }
}

/** Returns the limit of a plan together with grants, as callers read it. */
const limitIn = (decimals: number, allowance: Limit, granted: number): Limit => (allowance === undefined ? undefined : quantityOf(decimals, allowance + granted));
