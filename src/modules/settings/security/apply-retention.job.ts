import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';

/**
 * Erases closed or expired invitations, decided join requests, and mail that was sent, has failed or was dropped, of organizations with a
 * data retention period. One statement for each table.
 */
@ScheduledJob({
  name: 'apply-retention',
  cron: '0 50 3 * * *',
  period: 'day',
  mayDelete: { invitations: { rows: 10_000, share: 0.25 }, join_requests: { rows: 10_000, share: 0.25 }, mail_messages: { rows: 10_000, share: 0.25 } },
})
export class ApplyRetentionJob implements Job {
  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const invitations = await tx.$executeRaw`
      with kept as (select organization_id, ${now}::timestamptz - make_interval(days => (document ->> 'dataRetentionDays')::int) as since
                      from settings_documents where section = 'compliance' and document ->> 'dataRetentionDays' is not null and not app.is_held(organization_id))
      delete from invitations i using kept where i.organization_id = kept.organization_id and coalesce(i.closed_at, i.expires_at) < kept.since`;
    const joinRequests = await tx.$executeRaw`
      with kept as (select organization_id, ${now}::timestamptz - make_interval(days => (document ->> 'dataRetentionDays')::int) as since
                      from settings_documents where section = 'compliance' and document ->> 'dataRetentionDays' is not null and not app.is_held(organization_id))
      delete from join_requests j using kept where j.organization_id = kept.organization_id and j.decided_at < kept.since`;
    const mails = await tx.$executeRaw`
      with kept as (select organization_id, ${now}::timestamptz - make_interval(days => (document ->> 'dataRetentionDays')::int) as since
                      from settings_documents where section = 'compliance' and document ->> 'dataRetentionDays' is not null and not app.is_held(organization_id))
      delete from mail_messages m using kept where m.organization_id = kept.organization_id and m.status in ('sent', 'failed', 'dropped') and m.created_at < kept.since`;
    return { invitations, joinRequests, mails };
  }
}
