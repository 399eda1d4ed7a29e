import { Injectable } from '@nestjs/common';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { UsageChargesService } from '../invoices/usage-charges.service.js';
import { BillingModesService } from '../providers/billing-modes.service.js';
import { PaidPeriodsService } from '../subscriptions/paid-periods.service.js';
import { canceledColumns, clearedSchedule, freePlanColumns, termsColumns, unbilledColumns } from '../subscriptions/subscription-columns.js';
import { SubscriptionStoreService, type LockedSubscription, type SubscriptionChanges } from '../subscriptions/subscription-store.service.js';
import { isSold, periodFrom } from '../terms/prices.policy.js';
import { termsOf } from '../terms/subscription-terms.policy.js';
import { sameTerms } from '../terms/wanted-terms.policy.js';
import { ScheduledTermsService } from './scheduled-terms.service.js';

/** Renews or ends subscriptions whose period is over, if no payment provider collects for them. */
@Injectable()
export class RenewalsService {
  constructor(
    private readonly catalog: Catalog,
    private readonly store: SubscriptionStoreService,
    private readonly periods: PaidPeriodsService,
    private readonly scheduledTerms: ScheduledTermsService,
    private readonly modes: BillingModesService,
    private readonly usage: UsageChargesService,
  ) {}

  /** Renews a subscription once for each period that is over, so that a late job misses none. @returns whether there was one */
  async renewSubscription(tx: PlatformTransaction, organizationId: string, now: Date): Promise<boolean> {
    let locked = await this.store.lockSubscription(tx, organizationId);
    let renewed = false;
    while (isDue(locked, now)) {
      const { periodEnd, cancelAtPeriodEnd } = locked.subscription;
      if (periodEnd === null) break;
      locked = cancelAtPeriodEnd
        ? await this.#endPeriods(tx, locked, { columns: canceledColumns(now), event: 'subscription.canceled', end: periodEnd, now })
        : await this.#beginNextPeriod(tx, locked, periodEnd, now);
      renewed = true;
    }
    return renewed;
  }

  async #beginNextPeriod(tx: PlatformTransaction, locked: LockedSubscription, start: Date, now: Date): Promise<LockedSubscription> {
    const { subscription } = locked;
    const current = termsOf(subscription, this.catalog);
    const next = await this.scheduledTerms.termsOfNextPeriod(tx, subscription, now);
    const terms = await this.periods.withChargedSeats(tx, locked, next, now);
    if (!this.modes.bills(subscription)) return this.#endPeriods(tx, locked, { columns: unbilledColumns(next, start), event: 'subscription.renewed', end: start, now });
    if (!isSold(terms.plan)) return this.#endPeriods(tx, locked, { columns: freePlanColumns(terms.plan.key, start), event: 'subscription.downgraded', end: start, now });
    const period = periodFrom(start, terms.interval, subscription.anchorDay ?? undefined);
    const changes = { ...termsColumns(terms), ...clearedSchedule, periodStart: period.start, periodEnd: period.end };
    const after = await this.store.writeSubscription(tx, locked, changes, now, sameTerms(terms, current) ? 'subscription.renewed' : 'subscription.changed');
    await this.periods.invoicePeriod(tx, after, { terms, period, now });
    return after;
  }

  /** Ends the paid periods, and invoices the usage of the last one. */
  async #endPeriods(tx: PlatformTransaction, locked: LockedSubscription, { columns, event, end, now }: End): Promise<LockedSubscription> {
    const after = await this.store.writeSubscription(tx, locked, columns, now, event);
    await this.usage.issueWithUsage(tx, after.organization, { at: now, until: end });
    return after;
  }
}

interface End {
  readonly columns: SubscriptionChanges;
  /** The type of the domain event. */
  readonly event: string;
  readonly end: Date;
  readonly now: Date;
}

const isDue = ({ subscription: { status, provider, periodEnd } }: LockedSubscription, now: Date): boolean =>
  provider === 'manual' && (status === 'active' || status === 'past_due') && periodEnd !== null && periodEnd <= now;
