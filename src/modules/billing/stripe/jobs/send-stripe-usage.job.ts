import type { PlatformTransaction } from '../../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../../jobs/scheduled-job.decorator.js';
import { usageEvent } from '../inbox/stripe-events.worker.js';
import { StripeTasksService } from '../inbox/stripe-tasks.service.js';

const day = 24 * 3600 * 1000;

/** Queues the report of yesterday's usage to Stripe, and of each day that was missed. The name is stored in `job_runs`, and stays. */
@ScheduledJob({ name: 'report-usage', cron: '0 40 0 * * *', period: 'day', everyPeriod: true })
export class SendStripeUsageJob implements Job {
  constructor(private readonly errands: StripeTasksService) {}

  async run(tx: PlatformTransaction, { period }: JobMoment): Promise<JobResult> {
    const before = new Date(Date.parse(`${period}T00:00:00Z`) - day).toISOString().slice(0, 10);
    return { queued: await this.errands.send(tx, { id: `usage:${before}`, type: usageEvent, objectId: before }) };
  }
}
