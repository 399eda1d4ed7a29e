import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { CheckpointDestination } from './checkpoint-destination.js';

/** The checkpoints that one request sends, and one write appends. */
const most = 500;
/** The requests of one run. */
const batches = 20;

/** Stores checkpoints outside of the database, in their order. A failure is repeated by the schedule of the job. */
@ScheduledJob({ name: 'export-audit-checkpoints', cron: '30 */5 * * * *', period: 'minute', actsOutside: true })
export class ExportCheckpointsJob implements Job {
  constructor(private readonly destination: CheckpointDestination) {}

  async run(tx: PlatformTransaction): Promise<JobResult> {
    let exported = 0;
    if (!this.destination.isSet) return { exported };
    for (let batch = 0; batch < batches; batch += 1) {
      const rows = await tx.$queryRaw<
        { number: bigint; token: string }[]
      >`select number, token from audit.checkpoints where exported_at is null order by number limit ${most}::int`;
      if (rows.length === 0) break;
      await this.destination.store(rows.map(({ token }) => token));
      await tx.$executeRaw`select audit.checkpoints_exported(${rows.map(({ number }) => number)}::bigint[])`;
      exported += rows.length;
    }
    return { exported };
  }
}
