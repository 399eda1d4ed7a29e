import { Injectable } from '@nestjs/common';
import { dayLength } from '../../../common/calendar.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { overdueAt } from '../invoices/documents.queries.js';
import { BillingModesService } from '../providers/billing-modes.service.js';
import { PaidPeriodsService } from '../subscriptions/paid-periods.service.js';
import { canceledColumns, clearedPastDue, freePlanColumns, undunnedColumns } from '../subscriptions/subscription-columns.js';
import { SubscriptionStoreService, type LockedSubscription } from '../subscriptions/subscription-store.service.js';
import { isSold } from '../terms/prices.policy.js';
import { BillingMailService } from '../mails/billing-mail.service.js';
import { ScheduledTermsService } from './scheduled-terms.service.js';

/** Days after the subscription became past due on which a reminder is sent, as long as they lie in the grace period. */
const reminderDays = [0, 3, 7, 10] as const;

/** Moves subscriptions with overdue invoices to past due and unpaid, and back when the invoices are closed. */
@Injectable()
export class DunningService {
  constructor(
    private readonly catalog: Catalog,
    private readonly store: SubscriptionStoreService,
    private readonly periods: PaidPeriodsService,
    private readonly scheduledTerms: ScheduledTermsService,
    private readonly mail: BillingMailService,
    private readonly modes: BillingModesService,
  ) {}

  /** Takes the next step of dunning: past due, a reminder, or unpaid when the grace period is over. @returns whether one was due */
  async dunSubscription(tx: PlatformTransaction, organizationId: string, now: Date): Promise<boolean> {
    const locked = await this.store.lockSubscription(tx, organizationId);
    const { status, provider, pastDueSince, pastDueReminders } = locked.subscription;
    if (!this.modes.bills(locked.subscription)) return false;
    if (provider !== 'manual' || (status !== 'active' && status !== 'past_due')) return false;
    const oldest = await tx.invoice.findFirst({
      where: { organizationId, ...overdueAt(now) },
      orderBy: { dueAt: 'asc' },
      include: { creditNotes: { where: { status: 'issued' } } },
    });
    if (oldest === null) return false;
    // The grace period begins with the first reminder, however late the job runs.
    const since = pastDueSince ?? now;
    const overdueDays = (now.getTime() - since.getTime()) / dayLength;
    const graceIsOver = overdueDays >= this.catalog.billing.graceDays;
    const reminders = reminderDays.filter((days) => overdueDays >= days && days < this.catalog.billing.graceDays).length;
    if (status === 'past_due' && !graceIsOver && reminders <= pastDueReminders) return false;
    const changes = { status: 'past_due' as const, pastDueSince: since, pastDueReminders: Math.max(reminders, pastDueReminders) };
    const pastDue = await this.store.writeSubscription(tx, locked, changes, now, status === 'past_due' ? undefined : 'subscription.past_due');
    // Without a grace period this follows at once: there is no direct transition from active to unpaid.
    if (graceIsOver) await this.store.writeSubscription(tx, pastDue, { status: 'unpaid' }, now, 'subscription.unpaid');
    await this.mail.sendInvoiceOverdue(tx, locked, oldest, graceIsOver);
    return true;
  }

  /** Ends dunning that began before the installation stopped billing. @returns whether there was any */
  async endUnbilledDunning(tx: PlatformTransaction, organizationId: string, now: Date): Promise<boolean> {
    const locked = await this.store.lockSubscription(tx, organizationId);
    if (locked.subscription.pastDueSince === null || this.modes.bills(locked.subscription)) return false;
    await this.store.writeSubscription(tx, locked, undunnedColumns(locked.subscription), now, 'subscription.recovered');
    return true;
  }

  /** Ends dunning if no overdue invoice is open. The time of a suspension is not charged: an unpaid subscription begins a new period. */
  async endDunningIfPaid(tx: PlatformTransaction, locked: LockedSubscription, now: Date): Promise<LockedSubscription> {
    const { organizationId, status, pastDueSince, periodEnd, provider, cancelAtPeriodEnd } = locked.subscription;
    if (provider !== 'manual' || pastDueSince === null) return locked;
    if ((await tx.invoice.count({ where: { organizationId, ...overdueAt(now) } })) > 0) return locked;
    if (status === 'paused') return this.store.writeSubscription(tx, locked, clearedPastDue, now);
    const periodIsOver = status === 'unpaid' && periodEnd !== null && periodEnd <= now;
    if (periodIsOver && cancelAtPeriodEnd) return this.store.writeSubscription(tx, locked, canceledColumns(now), now, 'subscription.canceled');
    const terms = await this.scheduledTerms.termsOfNextPeriod(tx, locked.subscription, now);
    if (periodIsOver && isSold(terms.plan)) return this.periods.beginPaidPeriod(tx, locked, { terms, start: now, now });
    const plan = periodIsOver ? freePlanColumns(terms.plan.key, now) : {};
    return this.store.writeSubscription(tx, locked, { ...plan, ...clearedPastDue, status: 'active' }, now, 'subscription.recovered');
  }
}
