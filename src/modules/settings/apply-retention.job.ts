import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { JobRuns } from '../../jobs/job-runs.service.js';

/**
 * Erases what is over in organizations that keep data for so many days only. Nightly, exactly once over all replicas,
 * in one statement a table for all organizations.
 */
@Injectable()
export class ApplyRetentionJob {
  constructor(private readonly runs: JobRuns) {}

  @Cron('0 50 3 * * *', { name: 'apply-retention', timeZone: 'UTC' })
  async run(now = new Date()): Promise<void> {
    await this.runs.once('apply-retention', now.toISOString().slice(0, 10), async (tx) => {
      const invitations = await tx.$executeRaw`
        with kept as (select organization_id, ${now}::timestamptz - make_interval(days => (document ->> 'dataRetentionDays')::int) as since
                        from settings_documents where section = 'compliance' and document ->> 'dataRetentionDays' is not null)
        delete from invitations i using kept where i.organization_id = kept.organization_id and coalesce(i.closed_at, i.expires_at) < kept.since`;
      const joinRequests = await tx.$executeRaw`
        with kept as (select organization_id, ${now}::timestamptz - make_interval(days => (document ->> 'dataRetentionDays')::int) as since
                        from settings_documents where section = 'compliance' and document ->> 'dataRetentionDays' is not null)
        delete from join_requests j using kept where j.organization_id = kept.organization_id and j.decided_at < kept.since`;
      const mails = await tx.$executeRaw`
        with kept as (select organization_id, ${now}::timestamptz - make_interval(days => (document ->> 'dataRetentionDays')::int) as since
                        from settings_documents where section = 'compliance' and document ->> 'dataRetentionDays' is not null)
        delete from mail_messages m using kept where m.organization_id = kept.organization_id and m.status in ('sent', 'failed') and m.created_at < kept.since`;
      return { invitations, joinRequests, mails };
    });
  }
}
