import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { AuditChainService } from '../hash-chain/audit-chain.service.js';
import { AuditCheckpointsService } from './audit-checkpoints.service.js';

/** Signs the ends of the chains of the audit log that have grown. Chains first what waits, so that a checkpoint names everything that is committed: events may wait since a server crashed. */
@ScheduledJob({ name: 'make-audit-checkpoints', cron: '20 */5 * * * *', period: 'minute' })
export class MakeCheckpointsJob implements Job {
  constructor(
    private readonly chains: AuditChainService,
    private readonly checkpoints: AuditCheckpointsService,
  ) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    await this.chains.chainAll();
    return { made: await this.checkpoints.makeCheckpoints(tx, now) };
  }
}
