import { dayOf } from '../../../common/calendar.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';

const monthsAhead = 2;

/** Creates the partitions of the request log for the coming months, and drops those older than `usage.keepRequestMonths` of the catalog; none while there is a legal hold. */
@ScheduledJob({
  name: 'usage-partitions',
  cron: '0 10 0 * * *',
  period: 'day',
  mayDelete: { request_log: { rows: 1_000_000, share: 0.6 } },
})
export class RequestLogPartitionsJob implements Job {
  constructor(private readonly catalog: Catalog) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const today = dayOf(now);
    const [row] = await tx.$queryRaw<[{ made: number; dropped: number }]>`
      select (select count(*) filter (where usage.make_partition((${today}::date + make_interval(months => ahead))::date)) from generate_series(0, ${monthsAhead}::int) ahead)::int as made,
             case when exists (select from legal_holds) then 0
                  else usage.drop_partitions((${today}::date - make_interval(months => ${this.catalog.usage.keepRequestMonths}::int))::date) end as dropped`;
    return row;
  }
}
