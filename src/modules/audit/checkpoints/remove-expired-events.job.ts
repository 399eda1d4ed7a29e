import { MachineClock } from '../../../common/clock.js';
import { hasLegalHolds } from '../../../database/legal-holds.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { AuditCheckpointsService } from './audit-checkpoints.service.js';

/** The events that one run removes at most. */
const most = 50_000;

/** Removes events that have expired by the retention of the audit log, and signs up to where they were removed. Removes none while there is a legal hold, because any chain can name the held person. */
@ScheduledJob({
  name: 'remove-expired-audit-events',
  cron: '0 35 * * * *',
  period: 'hour',
  mayDelete: { 'audit.events': { rows: most, share: 0.1 } },
})
export class RemoveExpiredEventsJob implements Job {
  constructor(
    private readonly checkpoints: AuditCheckpointsService,
    private readonly machineClock: MachineClock,
  ) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    if (await hasLegalHolds(tx)) return { chains: 0, removed: 0, held: true };
    const chains = await tx.$queryRaw<
      { chain: string; checkpoint: bigint; events: bigint }[]
    >`select chain::text, checkpoint, events from audit.remove_expired(${this.machineClock.now()}::timestamptz, ${most}::int)`;
    if (chains.length > 0) await this.checkpoints.makeCheckpoints(tx, now, new Map(chains.map(({ chain, checkpoint }) => [chain, Number(checkpoint)])));
    return { chains: chains.length, removed: chains.reduce((sum, { events }) => sum + Number(events), 0) };
  }
}
