import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { MeterDecimalsService } from '../metering/meter-decimals.service.js';
import { MetersService } from '../metering/meters.service.js';

/**
 * Closes the past periods of counters: stores the allowance next to the usage, and writes a domain event, and another one
 * when a closed total has changed since. Quotas do not
 * depend on it, because the period is part of the key of a counter: a new period starts at zero without a job.
 */
@ScheduledJob({ name: 'usage-close', cron: '0 2 * * * *', period: 'hour' })
export class ClosePeriodsJob implements Job {
  constructor(
    private readonly meters: MetersService,
    private readonly decimals: MeterDecimalsService,
  ) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const { plans, perUnit } = this.meters.limitsBasis();
    const decimals = JSON.stringify(await this.decimals.readDecimals(tx));
    const [closed] = await tx.$queryRaw<
      { totals: bigint; organizations: bigint; events: bigint; corrected: bigint }[]
    >`select * from usage.close_periods(${now}, ${plans}::jsonb, ${perUnit}::jsonb, ${decimals}::jsonb)`;
    return {
      totals: Number(closed?.totals ?? 0),
      organizations: Number(closed?.organizations ?? 0),
      events: Number(closed?.events ?? 0),
      corrected: Number(closed?.corrected ?? 0),
    };
  }
}
