import { Logger } from '@nestjs/common';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { SubscriptionRenewalService } from './subscription-renewal.service.js';

const day = 24 * 3600 * 1000;
type Step = 'remindOfTrial' | 'endTrial' | 'renew' | 'dun';

/** What is not deleted. */
const kept = { organization: { deletedAt: null } } as const;
const manual = { provider: 'manual', ...kept } as const;

/**
 * Lets time act on the subscriptions for which something is due: reminders and ends of trials, new periods, what is owed.
 * It goes through those that are due, not through all. One that fails holds up no other.
 */
@ScheduledJob({ name: 'advance-subscriptions', cron: '0 12 * * * *', period: 'hour' })
export class AdvanceSubscriptionsJob implements Job {
  readonly #logger = new Logger(AdvanceSubscriptionsJob.name);

  constructor(private readonly cycle: SubscriptionRenewalService) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const found = (where: Prisma.SubscriptionWhereInput): Promise<Due[]> => tx.subscription.findMany({ where, select: { organizationId: true } });
    const soon = { gt: now, lte: new Date(now.getTime() + 7 * day) };
    const trialReminders = await this.#each(tx, await found({ ...kept, status: 'trialing', trialEndsAt: soon }), 'remindOfTrial', now);
    const trialsEnded = await this.#each(tx, await found({ ...manual, status: 'trialing', trialEndsAt: { lte: now } }), 'endTrial', now);
    const renewed = await this.#each(tx, await found({ ...manual, status: { in: ['active', 'past_due'] }, periodEnd: { lte: now } }), 'renew', now);
    const where = { ...manual, status: 'open', dueAt: { lte: now } } as const;
    const owing = await tx.invoice.findMany({ where, select: { organizationId: true }, distinct: ['organizationId'] });
    const dunned = await this.#each(tx, owing, 'dun', now);
    const steps = [trialReminders, trialsEnded, renewed, dunned];
    const failed = steps.reduce((sum, each) => sum + each.failed, 0);
    return { trialReminders: trialReminders.done, trialsEnded: trialsEnded.done, renewed: renewed.done, dunned: dunned.done, failed };
  }

  /** In one order, so that two who lock several never wait for each other. */
  async #each(tx: PlatformTransaction, found: readonly Due[], step: Step, now: Date): Promise<{ done: number; failed: number }> {
    const result = { done: 0, failed: 0 };
    for (const { organizationId } of found.toSorted((a, b) => a.organizationId.localeCompare(b.organizationId))) {
      const done = await this.#one(tx, organizationId, step, now);
      if (done === undefined) result.failed += 1;
      else if (done) result.done += 1;
    }
    return result;
  }

  /** @returns undefined when it failed, and was undone; the next run tries it again */
  async #one(tx: PlatformTransaction, organizationId: string, step: Step, now: Date): Promise<boolean | undefined> {
    await tx.$executeRaw`savepoint subscription_step`;
    try {
      const done = await this.cycle[step](tx, organizationId, now);
      await tx.$executeRaw`release savepoint subscription_step`;
      return done;
    } catch (err) {
      await tx.$executeRaw`rollback to savepoint subscription_step`;
      this.#logger.error({ err, organizationId, step }, 'a subscription could not be advanced');
      return undefined;
    }
  }
}

interface Due {
  readonly organizationId: string;
}
