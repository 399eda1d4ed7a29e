import { Injectable } from '@nestjs/common';
import { dayLength } from '../../../common/calendar.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { PaidPeriodsService } from '../subscriptions/paid-periods.service.js';
import { canceledColumns, freePlanColumns } from '../subscriptions/subscription-columns.js';
import { SubscriptionStoreService, type SubscriptionChanges } from '../subscriptions/subscription-store.service.js';
import { isSold } from '../terms/prices.policy.js';
import { BillingMailService } from '../mails/billing-mail.service.js';
import { ScheduledTermsService } from './scheduled-terms.service.js';

/** Days before the end of a trial on which a reminder is sent. */
const reminderDays = [7, 3, 1] as const;

/** Sends reminders before a trial ends, and ends it. */
@Injectable()
export class TrialsService {
  constructor(
    private readonly catalog: Catalog,
    private readonly store: SubscriptionStoreService,
    private readonly periods: PaidPeriodsService,
    private readonly scheduledTerms: ScheduledTermsService,
    private readonly mail: BillingMailService,
  ) {}

  /** Sends one reminder for each of the days; only the latest one if the job missed some. @returns whether a reminder was due */
  async remindOfTrialEnd(tx: PlatformTransaction, organizationId: string, now: Date): Promise<boolean> {
    const locked = await this.store.lockSubscription(tx, organizationId);
    const { status, trialEndsAt, trialRemindedDays } = locked.subscription;
    if (status !== 'trialing' || trialEndsAt === null || trialEndsAt <= now) return false;
    const left = (trialEndsAt.getTime() - now.getTime()) / dayLength;
    const due = reminderDays.filter((days) => left <= days && (trialRemindedDays ?? Infinity) > days).at(-1);
    if (due === undefined) return false;
    await this.store.writeSubscription(tx, locked, { trialRemindedDays: due }, now);
    await this.mail.sendTrialReminder(tx, locked, Math.max(1, Math.ceil(left)));
    return true;
  }

  /** Ends a trial. A plan that was chosen begins and is charged; otherwise the catalog decides what happens. @returns whether the trial was over */
  async endTrial(tx: PlatformTransaction, organizationId: string, now: Date): Promise<boolean> {
    const locked = await this.store.lockSubscription(tx, organizationId);
    const { status, trialEndsAt, renewsAfterTrial, cancelAtPeriodEnd, provider } = locked.subscription;
    if (status !== 'trialing' || trialEndsAt === null || trialEndsAt > now || provider !== 'manual') return false;
    const terms = await this.scheduledTerms.termsOfNextPeriod(tx, locked.subscription, now);
    if (!cancelAtPeriodEnd && renewsAfterTrial && isSold(terms.plan)) await this.periods.beginPaidPeriod(tx, locked, { terms, start: trialEndsAt, now });
    else if (cancelAtPeriodEnd) await this.store.writeSubscription(tx, locked, canceledColumns(now), now, 'subscription.canceled');
    else await this.store.writeSubscription(tx, locked, this.#unpaidTrialColumns(now), now, 'subscription.trial_ended');
    await this.mail.sendTrialEnded(tx, locked);
    return true;
  }

  /** Sets what the catalog wants at the end of a trial if no plan was chosen. */
  #unpaidTrialColumns(now: Date): SubscriptionChanges {
    const { trialEnds, fallbackPlan } = this.catalog.billing;
    return trialEnds === 'suspend' ? { status: 'paused', periodEnd: null } : { status: 'active', ...freePlanColumns(fallbackPlan, now) };
  }
}
