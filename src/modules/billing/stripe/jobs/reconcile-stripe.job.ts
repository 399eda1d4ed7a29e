import type { PlatformTransaction } from '../../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../../jobs/scheduled-job.decorator.js';
import { StripeTasksService, taskTypes } from '../inbox/stripe-tasks.service.js';

/** Queues the nightly comparison with Stripe, in case an event was lost, and the repetition of failed events. `provider_events` stores the results. */
@ScheduledJob({ name: 'reconcile-stripe', cron: '0 10 4 * * *', period: 'day' })
export class ReconcileStripeJob implements Job {
  constructor(private readonly tasks: StripeTasksService) {}

  async run(tx: PlatformTransaction, { period, now }: JobMoment): Promise<JobResult> {
    const queued = await this.tasks.queueTask(tx, { id: `reconcile:${period}`, type: taskTypes.reconcile, objectId: period });
    return { queued, again: await this.tasks.requeueFailed(tx, now), purged: await this.tasks.purgeHandled(tx, now) };
  }
}
