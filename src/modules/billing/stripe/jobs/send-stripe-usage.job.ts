import type { PlatformTransaction } from '../../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../../jobs/scheduled-job.decorator.js';
import { usageEvent } from './stripe-events.worker.js';
import { StripeErrandsService } from '../inbox/stripe-errands.service.js';

const day = 24 * 3600 * 1000;

/** Has the usage of the day before reported to Stripe; each day that was missed too. */
@ScheduledJob({ name: 'report-usage', cron: '0 40 0 * * *', period: 'day', everyPeriod: true })
export class ReportUsageJob implements Job {
  constructor(private readonly errands: StripeErrandsService) {}

  async run(tx: PlatformTransaction, { period }: JobMoment): Promise<JobResult> {
    const before = new Date(Date.parse(`${period}T00:00:00Z`) - day).toISOString().slice(0, 10);
    return { queued: await this.errands.send(tx, { id: `usage:${before}`, type: usageEvent, objectId: before }) };
  }
}
