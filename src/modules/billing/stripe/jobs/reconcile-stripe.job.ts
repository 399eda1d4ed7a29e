import type { PlatformTransaction } from '../../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../../jobs/scheduled-job.decorator.js';
import { sweepEvent } from '../inbox/stripe-events.worker.js';
import { StripeTasksService } from '../inbox/stripe-tasks.service.js';

/** Has both sides compared each night, in case an event was lost. `provider_events` has what came of it. */
@ScheduledJob({ name: 'reconcile-stripe', cron: '0 10 4 * * *', period: 'day' })
export class ReconcileStripeJob implements Job {
  constructor(private readonly errands: StripeTasksService) {}

  async run(tx: PlatformTransaction, { period, now }: JobMoment): Promise<JobResult> {
    const queued = await this.errands.send(tx, { id: `reconcile:${period}`, type: sweepEvent, objectId: period });
    return { queued, again: await this.errands.sendAgain(tx, now), purged: await this.errands.purge(tx, now) };
  }
}
