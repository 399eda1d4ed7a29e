import { dayLength, dayOf } from '../../../../common/calendar.js';
import type { PlatformTransaction } from '../../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../../jobs/scheduled-job.decorator.js';
import { StripeTasksService, taskTypes } from '../inbox/stripe-tasks.service.js';
import { readTime } from '../../../../common/times.js';

/** Queues the report of yesterday's usage to Stripe, and of each day that was missed. The name of the job is stored in `job_runs`, and must stay. */
@ScheduledJob({ name: 'send-stripe-usage', cron: '0 40 0 * * *', period: 'day', everyPeriod: true })
export class SendStripeUsageJob implements Job {
  constructor(private readonly tasks: StripeTasksService) {}

  async run(tx: PlatformTransaction, { period }: JobMoment): Promise<JobResult> {
    const yesterday = dayOf(new Date(readTime(period).getTime() - dayLength));
    return { queued: await this.tasks.queueTask(tx, { id: `usage:${yesterday}`, type: taskTypes.usage, objectId: yesterday }) };
  }
}
