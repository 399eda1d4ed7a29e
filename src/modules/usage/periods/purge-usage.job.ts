import { dayLength } from '../../../common/calendar.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { keptDays } from '../../../config/retention.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';

/** The events that one statement deletes: it is short, and a run that has used up its time ends after it. */
const batchSize = 10_000;
/** Milliseconds after which no further statement begins. A run may take ten minutes; what remains is deleted by the next one. */
const longestPurge = 300_000;

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
    const daysAgo = (days: number): Date => new Date(now.getTime() - days * dayLength);
    const before = daysAgo(this.catalog.usage.keepDays);
    // A correction reads the other events of the period. It is accepted for `lateDays`, as is a late event, and the usage is invoiced a day later.
    const lastPeriodEnd = daysAgo(this.catalog.usage.lateDays + 1);
    const events = await this.#deleteEvents(tx, before, lastPeriodEnd);
    const subjects = await tx.$executeRaw`
      delete from usage_subjects s using meter_totals t
       where t.organization_id = s.organization_id and t.meter = s.meter and t.period_start = s.period_start and t.closed_at is not null and t.period_end < ${before} and not app.is_held(s.organization_id)`;
    const reservations = await tx.$executeRaw`delete from usage_reservations where closed_at < ${before} and not app.is_held(organization_id) and not app.is_held(user_id)`;
    // The ids of settled batches prevent a retry from counting twice. A process retries within seconds.
    const settlements = await tx.$executeRaw`delete from usage_settlements where settled_at < ${daysAgo(keptDays.settlements)}`;
    return { events, subjects, reservations, settlements };
  }

  /** Deletes the oldest events first, in the order of an index, so that its cost does not depend on the events that are kept. */
  async #deleteEvents(tx: PlatformTransaction, before: Date, lastPeriodEnd: Date): Promise<number> {
    const end = performance.now() + longestPurge;
    let [events, from] = [0, new Date(0)];
    for (;;) {
      // Gauges have no periods that could be closed. The index entries of deleted rows remain until this transaction ends: the next statement begins after them.
      const [batch] = await tx.$queryRaw<[{ deleted: number; last: Date | null }]>`
        with deleted as (
          delete from usage_events
           where ctid = any(array(
             select e.ctid from usage_events e
               join meter_totals t on t.organization_id = e.organization_id and t.meter = e.meter and t.period_start = e.period_start
              where e.received_at >= ${from} and e.received_at < ${before} and e.occurred_at < ${before}
                and not app.is_held(e.organization_id) and not app.is_held(e.user_id)
                and (t.period_end is null or (t.closed_at is not null and t.period_end < ${lastPeriodEnd}))
              order by e.received_at limit ${batchSize}))
          returning received_at)
        select count(*)::int as deleted, max(received_at) as last from deleted`;
      events += batch.deleted;
      if (batch.deleted < batchSize || batch.last === null || performance.now() > end) return events;
      from = batch.last;
    }
  }
}
