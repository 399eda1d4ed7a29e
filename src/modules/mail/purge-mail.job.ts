import { dayLength } from '../../common/calendar.js';
import { keptDays } from '../../config/retention.js';
import type { PlatformTransaction } from '../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../jobs/scheduled-job.decorator.js';

/** Deletes mail that was delivered, abandoned or dropped more than 30 days ago: the recipients are personal data. */
@ScheduledJob({
  name: 'purge-mail',
  cron: '0 20 3 * * *',
  period: 'day',
  mayDelete: { mail_messages: { rows: 10_000, share: 0.25 } },
})
export class PurgeMailJob implements Job {
  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const before = new Date(now.getTime() - keptDays.mail * dayLength);
    const purged = await tx.$executeRaw`
      delete from mail_messages m
       where m.status in ('sent', 'failed', 'dropped') and m.created_at < ${before} and not app.is_held(m.organization_id)
         and not exists (select from users u where u.email = m.recipient and app.is_held(u.id))`;
    return { purged };
  }
}
