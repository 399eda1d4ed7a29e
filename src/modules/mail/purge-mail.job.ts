import type { PlatformTransaction } from '../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../jobs/scheduled-job.decorator.js';

const retentionDays = 30;

/** Deletes mail that was delivered, abandoned or dropped more than 30 days ago: the recipients are personal data. */
@ScheduledJob({
  name: 'purge-mail',
  cron: '0 20 3 * * *',
  period: 'day',
  mayDelete: { mail_messages: { rows: 10_000, share: 0.25 } },
})
export class PurgeMailJob implements Job {
  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const createdAt = { lt: new Date(now.getTime() - retentionDays * 24 * 3600 * 1000) };
    const { count } = await tx.mailMessage.deleteMany({ where: { status: { in: ['sent', 'failed', 'dropped'] }, createdAt } });
    return { purged: count };
  }
}
