import type { PlatformTransaction } from '../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../jobs/scheduled-job.decorator.js';

const retentionDays = 30;

/** Deletes events after 30 days, and ends the streams of organizations that have not read their events for so long. */
@ScheduledJob({
  name: 'purge-events',
  cron: '0 10 4 * * *',
  period: 'day',
  mayDelete: { domain_events: { rows: 100_000, share: 0.25 }, event_streams: { rows: 1000, share: 0.25 } },
})
export class PurgeEventsJob implements Job {
  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const before = new Date(now.getTime() - retentionDays * 24 * 3600 * 1000);
    const streams = await tx.eventStream.deleteMany({ where: { readAt: { lt: before } } });
    const events = await tx.domainEvent.deleteMany({ where: { occurredAt: { lt: before } } });
    return { events: events.count, streams: streams.count };
  }
}
