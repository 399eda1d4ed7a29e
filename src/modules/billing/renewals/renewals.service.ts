import { Injectable } from '@nestjs/common';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { BillingModesService } from '../providers/billing-modes.service.js';
import { PaidPeriodsService } from '../subscriptions/paid-periods.service.js';
import { canceledColumns, clearedSchedule, freePlanColumns, termsColumns, unbilledColumns } from '../subscriptions/subscription-columns.js';
import { SubscriptionStoreService, type LockedSubscription } from '../subscriptions/subscription-store.service.js';
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
  ) {}

  /** Renews a subscription once for each period that is over, so that a late job misses none. @returns whether there was one */
  async renewSubscription(tx: PlatformTransaction, organizationId: string, now: Date): Promise<boolean> {
    let locked = await this.store.lockSubscription(tx, organizationId);
    let renewed = false;
    while (isDue(locked, now)) {
      const { periodEnd, cancelAtPeriodEnd } = locked.subscription;
      if (periodEnd === null) break;
      locked = cancelAtPeriodEnd
        ? await this.store.writeSubscription(tx, locked, canceledColumns(now), now, 'subscription.canceled')
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
    if (this.modes.modeOf(subscription) === 'none') return this.store.writeSubscription(tx, locked, unbilledColumns(next, start), now, 'subscription.renewed');
    if (!isSold(terms.plan)) return this.store.writeSubscription(tx, locked, freePlanColumns(terms.plan.key, start), now, 'subscription.downgraded');
    const period = periodFrom(start, terms.interval, subscription.anchorDay ?? undefined);
    const changes = { ...termsColumns(terms), ...clearedSchedule, periodStart: period.start, periodEnd: period.end };
    const after = await this.store.writeSubscription(tx, locked, changes, now, sameTerms(terms, current) ? 'subscription.renewed' : 'subscription.changed');
    await this.periods.invoicePeriod(tx, after, { terms, period, now });
    return after;
  }
}

const isDue = ({ subscription: { status, provider, periodEnd } }: LockedSubscription, now: Date): boolean =>
  provider === 'manual' && (status === 'active' || status === 'past_due') && periodEnd !== null && periodEnd <= now;
