import { Injectable } from '@nestjs/common';
import { OrganizationEntitlementsService } from '../../../access/organization/organization-entitlements.service.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { InvoiceIssuingService } from '../invoices/invoice-issuing.service.js';
import { amountOf, currencyOf, periodFrom, periodLines, sellsSeats, type Terms } from '../terms/prices.policy.js';
import { clearedPastDue, clearedScheduleAndCancellation, termsColumns } from './subscription-columns.js';
import { SubscriptionStoreService, type LockedSubscription } from './subscription-store.service.js';

/** Begins periods that are paid for, and issues their invoices. */
@Injectable()
export class PaidPeriodsService {
  constructor(
    private readonly store: SubscriptionStoreService,
    private readonly organizations: OrganizationEntitlementsService,
    private readonly invoiceIssuing: InvoiceIssuingService,
  ) {}

  /** Activates the subscription with a first period from `start`, and charges for it. */
  async beginPaidPeriod(tx: PlatformTransaction, locked: LockedSubscription, { terms, start, now }: { terms: Terms; start: Date; now: Date }): Promise<LockedSubscription> {
    const charged = await this.withChargedSeats(tx, locked, terms, now);
    const currency = currencyOf(charged.plan, charged.interval, locked.subscription.currency ?? undefined);
    const period = periodFrom(start, charged.interval);
    const changes = {
      ...clearedPastDue,
      ...clearedScheduleAndCancellation,
      ...termsColumns(charged),
      status: 'active' as const,
      renewsAfterTrial: false,
      canceledAt: null,
      periodStart: period.start,
      periodEnd: period.end,
      currency: currency ?? null,
    };
    const after = await this.store.writeSubscription(tx, locked, changes, now, 'subscription.activated');
    if (currency !== undefined && amountOf(charged, currency) > 0)
      await this.invoiceIssuing.issueInvoice(tx, after.organization, { lines: periodLines(charged, currency, period), currency, at: now });
    return after;
  }

  /** Returns the terms with the seats to charge for: those that are in use, and at least one, if the plan sells seats and none were bought. */
  async withChargedSeats(tx: PlatformTransaction, { subscription }: LockedSubscription, terms: Terms, now: Date): Promise<Terms> {
    if (!sellsSeats(terms.plan) || terms.seats !== undefined) return terms;
    return { ...terms, seats: Math.max(1, await this.organizations.countSeatsInUse(tx, now, { organizationId: subscription.organizationId })) };
  }
}
