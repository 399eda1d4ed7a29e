import { dayLength } from '../../../common/calendar.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { readTime } from '../../../common/times.js';

/** Records the value of every gauge at the end of the day in the daily sums, without a reporter (`reporter` is empty). */
@ScheduledJob({ name: 'usage-gauges', cron: '0 55 23 * * *', period: 'day' })
export class RecordGaugesJob implements Job {
  constructor(private readonly catalog: Catalog) {}

  async run(tx: PlatformTransaction, { period }: JobMoment): Promise<JobResult> {
    // After downtime the run may be late: rows created after the day do not count.
    const end = new Date(readTime(period).getTime() + dayLength);
    const gauges = [...this.catalog.meters.values()].filter(({ kind }) => kind === 'gauge');
    const ofMembers = gauges.filter(({ tracks }) => tracks === 'members').map(({ key }) => key);
    const reported = gauges.filter(({ tracks }) => tracks === undefined).map(({ key }) => key);
    const recorded = await tx.$executeRaw`
      insert into usage_days as d (organization_id, day, meter, reporter, quantity, events)
        select t.organization_id, ${period}::date, t.meter, '', t.used - t.held, 0
          from meter_totals t where t.meter = any(${reported}::text[]) and t.period_start = 'epoch' and t.created_at < ${end}
        union all
        select m.organization_id, ${period}::date, tracked.meter, '', m.members, 0
          from (select organization_id, count(*) as members from memberships where created_at < ${end} group by organization_id) m
         cross join unnest(${ofMembers}::text[]) as tracked (meter)
         order by 1, 3
        on conflict (organization_id, day, meter, reporter) do update set quantity = excluded.quantity`;
    return { noted: recorded };
  }
}
