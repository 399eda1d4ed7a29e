import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { MetersService } from '../metering/meters.service.js';

/**
 * Closes the periods of counters that are over: what was used stays as history, with what was allowed then, and is
 * announced. Nothing is reset by it: a period is part of the counter's key, so that the next one begins by itself, and a
 * late run gives nobody a wrong quota.
 */
@ScheduledJob({ name: 'usage-close', cron: '0 2 * * * *', period: 'hour' })
export class ClosePeriodsJob implements Job {
  constructor(private readonly meters: MetersService) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const { plans, perUnit } = this.meters.limitsBasis();
    const [closed] = await tx.$queryRaw<{ totals: bigint; organizations: bigint; events: bigint }[]>`select * from usage.close_periods(${now}, ${plans}::jsonb, ${perUnit}::jsonb)`;
    return { totals: Number(closed?.totals ?? 0), organizations: Number(closed?.organizations ?? 0), events: Number(closed?.events ?? 0) };
  }
}
