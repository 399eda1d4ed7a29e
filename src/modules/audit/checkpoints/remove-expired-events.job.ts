import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { AuditCheckpointsService } from './audit-checkpoints.service.js';

/** The events that one run removes at most. */
const most = 50_000;

/** Removes events that are older than the retention of the audit log, and signs up to where they were removed. */
@ScheduledJob({
  name: 'remove-expired-audit-events',
  cron: '0 35 * * * *',
  period: 'hour',
  mayDelete: { 'audit.events': { rows: most, share: 0.1 } },
})
export class RemoveExpiredEventsJob implements Job {
  constructor(private readonly checkpoints: AuditCheckpointsService) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const chains = await tx.$queryRaw<{ chain: string; events: bigint }[]>`select chain::text, events from audit.remove_expired(${most}::int)`;
    if (chains.length > 0)
      await this.checkpoints.makeCheckpoints(
        tx,
        now,
        chains.map(({ chain }) => chain),
      );
    return { chains: chains.length, removed: chains.reduce((sum, { events }) => sum + Number(events), 0) };
  }
}
