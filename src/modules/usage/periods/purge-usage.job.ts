import { dayLength } from '../../../common/calendar.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';

/** The ids of settled batches prevent a retry from counting twice. A process retries within seconds; two days are ample. */
const settlementDays = 2;

/**
 * Deletes the events of closed periods, and the rows that are only needed with them, after `usage.keepDays` of the
 * catalog. Totals and daily sums are kept.
 */
@ScheduledJob({
  name: 'usage-purge',
  cron: '0 0 4 * * *',
  period: 'day',
  mayDelete: { usage_events: { rows: 1_000_000, share: 0.5 }, usage_subjects: { rows: 1_000_000, share: 0.5 }, usage_reservations: { rows: 1_000_000, share: 0.5 } },
})
export class PurgeUsageJob implements Job {
  constructor(private readonly catalog: Catalog) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const before = new Date(now.getTime() - this.catalog.usage.keepDays * dayLength);
    // Gauges have no periods that could be closed.
    const events = await tx.$executeRaw`
      delete from usage_events e using meter_totals t
       where e.occurred_at < ${before} and e.received_at < ${before}
         and t.organization_id = e.organization_id and t.meter = e.meter and t.period_start = e.period_start and (t.closed_at is not null or t.period_end is null)`;
    const subjects = await tx.$executeRaw`
      delete from usage_subjects s using meter_totals t
       where t.organization_id = s.organization_id and t.meter = s.meter and t.period_start = s.period_start and t.closed_at is not null and t.period_end < ${before}`;
    const reservations = await tx.$executeRaw`delete from usage_reservations where closed_at < ${before}`;
    const settlements = await tx.$executeRaw`delete from usage_settlements where settled_at < ${new Date(now.getTime() - settlementDays * dayLength)}`;
    return { events, subjects, reservations, settlements };
  }
}
