import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { CheckpointDestination } from './checkpoint-destination.js';

/** The checkpoints that one request sends, and one write appends, and their characters, unless a single one has more. */
const [most, mostCharacters] = [500, 1_000_000];
/** Milliseconds after which a run begins no further request. The rest waits for the next run: a long transaction keeps the database from removing old versions of rows. */
const longest = 5000;

/** Stores checkpoints outside of the database, in their order. A failure is repeated by the schedule of the job. */
@ScheduledJob({ name: 'export-audit-checkpoints', cron: '30 */5 * * * *', period: 'minute', actsOutside: true })
export class ExportCheckpointsJob implements Job {
  constructor(private readonly destination: CheckpointDestination) {}

  async run(tx: PlatformTransaction): Promise<JobResult> {
    let exported = 0;
    if (!this.destination.isSet) return { exported };
    const began = performance.now();
    while (performance.now() - began < longest) {
      const rows = await tx.$queryRaw<{ number: bigint; token: string }[]>`select number, token
            from (select number, token, sum(octet_length(token)) over (order by number) - octet_length(token) as before
                    from (select number, token from audit.checkpoints where exported_at is null order by number limit ${most}::int) c) c
           where before < ${mostCharacters}::bigint order by number`;
      if (rows.length === 0) break;
      await this.destination.store(rows.map(({ token }) => token));
      await tx.$executeRaw`select audit.checkpoints_exported(${rows.map(({ number }) => number)}::bigint[])`;
      exported += rows.length;
    }
    return { exported };
  }
}
