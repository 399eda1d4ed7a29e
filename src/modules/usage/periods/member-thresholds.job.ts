import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { periodBeginnings } from '../metering/meter-period.js';
import { MetersService } from '../metering/meters.service.js';

/** Records the thresholds that meters of members have reached. The functions that count other meters record theirs. */
@ScheduledJob({ name: 'usage-members', cron: '0 12 0 * * *', period: 'day' })
export class MemberThresholdsJob implements Job {
  constructor(
    private readonly catalog: Catalog,
    private readonly meters: MetersService,
  ) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const tracked = [...this.catalog.meters.values()].filter(({ tracks }) => tracks === 'members').map(({ key }) => key);
    const { meters, plans, perUnit } = this.meters.readingBasis(tracked);
    const [row] = await tx.$queryRaw<{ reached: bigint }[]>`
      select usage.note_tracked_thresholds(${meters}::jsonb, ${plans}::jsonb, ${now}, ${periodBeginnings(now)}::jsonb, ${perUnit}::jsonb) as reached`;
    return { reached: Number(row?.reached ?? 0) };
  }
}
