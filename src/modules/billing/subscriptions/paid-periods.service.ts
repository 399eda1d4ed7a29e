import { Injectable } from '@nestjs/common';
import { OrganizationEntitlementsService } from '../../../access/organization/organization-entitlements.service.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { UsageChargesService } from '../invoices/usage-charges.service.js';
import { BillingModesService } from '../providers/billing-modes.service.js';
import { currencyOf, periodFrom, periodLines, sellsSeats, type Period, type Terms } from '../terms/prices.policy.js';
import { clearedPastDue, clearedScheduleAndCancellation, firstPeriodColumns, termsColumns, unbilledColumns } from './subscription-columns.js';
import { SubscriptionStoreService, type LockedSubscription } from './subscription-store.service.js';

interface FirstPeriod {
  readonly terms: Terms;
  readonly start: Date;
  readonly now: Date;
}

/** Begins periods that are paid for, and issues their invoices. */
@Injectable()
export class PaidPeriodsService {
  constructor(
    private readonly store: SubscriptionStoreService,
    private readonly organizations: OrganizationEntitlementsService,
    private readonly usage: UsageChargesService,
    private readonly modes: BillingModesService,
  ) {}

  /** Activates the subscription with a first period from `start`, and charges for it. A cancellation that was scheduled before is over by then. */
  async beginPaidPeriod(tx: PlatformTransaction, locked: LockedSubscription, { terms, start, now }: FirstPeriod): Promise<LockedSubscription> {
    const begun = { ...clearedPastDue, ...clearedScheduleAndCancellation, status: 'active' as const, renewsAfterTrial: false, canceledAt: null };
    if (!this.modes.bills(locked.subscription)) return this.store.writeSubscription(tx, locked, { ...begun, ...unbilledColumns(terms, start) }, now, 'subscription.activated');
    const charged = await this.withChargedSeats(tx, locked, terms, now);
    const currency = currencyOf(charged.plan, charged.interval, locked.subscription.currency ?? undefined);
    const period = periodFrom(start, charged.interval);
    const changes = { ...begun, ...termsColumns(charged), ...firstPeriodColumns(period), currency: currency ?? null };
    const after = await this.store.writeSubscription(tx, locked, changes, now, 'subscription.activated');
    await this.invoicePeriod(tx, after, { terms: charged, period, now });
    return after;
  }

  /** Issues the invoice for a period that begins, with the usage of the period before. */
  async invoicePeriod(
    tx: PlatformTransaction,
    { subscription, organization }: LockedSubscription,
    { terms, period, now }: { terms: Terms; period: Period; now: Date },
  ): Promise<void> {
    const currency = currencyOf(terms.plan, terms.interval, subscription.currency ?? undefined);
    const charged = currency === undefined ? {} : { lines: periodLines(terms, currency, period), currency };
    await this.usage.issueWithUsage(tx, organization, { ...charged, at: now, until: period.start });
  }

  /** Returns the terms with the seats to charge for: those that are in use, and at least one, if the plan sells seats and none were bought. */
  async withChargedSeats(tx: PlatformTransaction, { subscription }: LockedSubscription, terms: Terms, now: Date): Promise<Terms> {
    if (!sellsSeats(terms.plan) || terms.seats !== undefined) return terms;
    return { ...terms, seats: Math.max(1, await this.organizations.countSeatsInUse(tx, now, { organizationId: subscription.organizationId })) };
  }
}
