import { Logger } from '@nestjs/common';
import { dayLength } from '../../../common/calendar.js';
import { attempt } from '../../../database/locks.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { overdueAt } from '../invoices/documents.queries.js';
import { DocumentNumbersService } from '../invoices/document-numbers.service.js';
import { UsageChargesService } from '../invoices/usage-charges.service.js';
import { BillingModesService } from '../providers/billing-modes.service.js';
import { PendingPurchasesService } from '../subscriptions/pending-purchases.service.js';
import { SubscriptionStoreService } from '../subscriptions/subscription-store.service.js';
import { DunningService } from './dunning.service.js';
import { RenewalsService } from './renewals.service.js';
import { TrialsService } from './trials.service.js';

interface Due {
  readonly organizationId: string;
}

/** One step for one organization. Returns whether it was due. Each step reads the state again under the lock, so late and repeated runs are harmless. */
type Step = (tx: PlatformTransaction, organizationId: string, now: Date) => Promise<boolean>;

const notDeleted = { organization: { deletedAt: null } } as const;
const manual = { provider: 'manual', ...notDeleted } as const;

/**
 * Advances the subscriptions for which something is due: trial reminders, trial ends, renewals, usage, and dunning. A failure of
 * one organization does not stop the others; the next run tries it again.
 */
@ScheduledJob({ name: 'advance-subscriptions', cron: '0 12 * * * *', period: 'hour' })
export class AdvanceSubscriptionsJob implements Job {
  readonly #logger = new Logger(AdvanceSubscriptionsJob.name);

  constructor(
    private readonly trials: TrialsService,
    private readonly renewals: RenewalsService,
    private readonly dunning: DunningService,
    private readonly numbers: DocumentNumbersService,
    private readonly store: SubscriptionStoreService,
    private readonly pendingPurchases: PendingPurchasesService,
    private readonly usage: UsageChargesService,
    private readonly modes: BillingModesService,
  ) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const find = (where: Prisma.SubscriptionWhereInput): Promise<Due[]> => tx.subscription.findMany({ where, select: { organizationId: true } });
    const advance = (name: string, found: readonly Due[], step: Step): Promise<StepResult> => this.#advanceAll(tx, found, { name, step, now });

    const soon = { gt: now, lte: new Date(now.getTime() + 7 * dayLength) };
    const trialReminders = await advance('remind of trial end', await find({ ...notDeleted, status: 'trialing', trialEndsAt: soon }), (...each) =>
      this.trials.remindOfTrialEnd(...each),
    );
    const trialsEnded = await advance('end trial', await find({ ...manual, status: 'trialing', trialEndsAt: { lte: now } }), (...each) => this.trials.endTrial(...each));
    const recovered = await advance('end dunning', await find({ ...manual, ...this.modes.unbilled, pastDueSince: { not: null } }), (...each) =>
      this.dunning.endUnbilledDunning(...each),
    );
    const renewed = await advance('renew', await find({ ...manual, status: { in: ['active', 'past_due'] }, periodEnd: { lte: now } }), (...each) =>
      this.renewals.renewSubscription(...each),
    );
    const usageInvoiced = await advance('invoice usage', await this.usage.findDueUsage(tx, now), (...each) => this.usage.invoiceDueUsage(...each));
    const owing = await tx.invoice.findMany({ where: { ...manual, ...overdueAt(now) }, select: { organizationId: true }, distinct: ['organizationId'] });
    const dunned = await advance('dun', owing, (...each) => this.dunning.dunSubscription(...each));

    const late = await tx.pendingPurchase.findMany({ where: { invoice: { dueAt: { lte: now } }, ...notDeleted }, select: { organizationId: true } });
    const expired = await advance('expire purchase', late, (...each) => this.#expirePurchase(...each));
    await this.numbers.numberDocuments(tx);

    const failed = [trialReminders, trialsEnded, recovered, renewed, usageInvoiced, dunned, expired].reduce((sum, each) => sum + each.failed, 0);
    const counts = { trialReminders, trialsEnded, recovered, renewed, usageInvoiced, dunned, purchasesExpired: expired };
    return { ...Object.fromEntries(Object.entries(counts).map(([name, { done }]) => [name, done])), failed };
  }

  /** Withdraws a purchase whose invoice was not paid in time. */
  async #expirePurchase(tx: PlatformTransaction, organizationId: string, now: Date): Promise<boolean> {
    return this.pendingPurchases.withdrawPurchase(tx, await this.store.lockSubscription(tx, organizationId), now, 'subscription.purchase_expired');
  }

  /** Goes through the organizations in the order of their ids: two transactions that lock several of them cannot deadlock. */
  async #advanceAll(tx: PlatformTransaction, found: readonly Due[], run: StepRun): Promise<StepResult> {
    const result = { done: 0, failed: 0 };
    for (const { organizationId } of found.toSorted((a, b) => a.organizationId.localeCompare(b.organizationId))) {
      const done = await this.#advanceOne(tx, organizationId, run);
      if (done === undefined) result.failed += 1;
      else if (done) result.done += 1;
    }
    return result;
  }

  /** @returns undefined if the step failed and was rolled back */
  async #advanceOne(tx: PlatformTransaction, organizationId: string, { name, step, now }: StepRun): Promise<boolean | undefined> {
    try {
      return await attempt(tx, () => step(tx, organizationId, now));
    } catch (err) {
      this.#logger.error({ err, organizationId, step: name }, 'could not advance a subscription; the next run tries again');
      return undefined;
    }
  }
}

interface StepRun {
  readonly name: string;
  readonly step: Step;
  readonly now: Date;
}

interface StepResult {
  readonly done: number;
  readonly failed: number;
}
