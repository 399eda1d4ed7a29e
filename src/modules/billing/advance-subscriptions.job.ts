import type { PlatformTransaction } from '../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../jobs/scheduled-job.decorator.js';
import { SubscriptionCycle } from './subscription-cycle.service.js';

const day = 24 * 3600 * 1000;
type Step = 'remindOfTrial' | 'endTrial' | 'renew' | 'dun';

/**
 * Lets time act on the subscriptions for which something is due: reminders and ends of trials, new periods, what is owed.
 * It goes through those that are due, not through all.
 */
@ScheduledJob({ name: 'advance-subscriptions', cron: '0 12 * * * *', period: 'hour' })
export class AdvanceSubscriptionsJob implements Job {
  constructor(private readonly cycle: SubscriptionCycle) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const select = { organizationId: true } as const;
    const manual = { provider: 'manual' } as const;
    const endingTrials = await tx.subscription.findMany({ where: { status: 'trialing', trialEndsAt: { gt: now, lte: new Date(now.getTime() + 7 * day) } }, select });
    const trialReminders = await this.#each(tx, endingTrials, 'remindOfTrial', now);
    const trialsEnded = await this.#each(tx, await tx.subscription.findMany({ where: { ...manual, status: 'trialing', trialEndsAt: { lte: now } }, select }), 'endTrial', now);
    const over = await tx.subscription.findMany({ where: { ...manual, status: { in: ['active', 'past_due'] }, periodEnd: { lte: now } }, select });
    const renewed = await this.#each(tx, over, 'renew', now);
    const owing = await tx.invoice.findMany({ where: { ...manual, status: 'open', dueAt: { lte: now } }, select, distinct: ['organizationId'] });
    const dunned = await this.#each(tx, owing, 'dun', now);
    return { trialReminders, trialsEnded, renewed, dunned };
  }

  /** In one order, so that two who lock several never wait for each other. */
  async #each(tx: PlatformTransaction, found: readonly { readonly organizationId: string }[], step: Step, now: Date): Promise<number> {
    let done = 0;
    for (const { organizationId } of found.toSorted((a, b) => a.organizationId.localeCompare(b.organizationId))) if (await this.cycle[step](tx, organizationId, now)) done += 1;
    return done;
  }
}
