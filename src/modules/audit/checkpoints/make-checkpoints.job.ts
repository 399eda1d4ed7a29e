import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { AuditCheckpointsService } from './audit-checkpoints.service.js';

/** Signs the ends of the chains of the audit log that have grown. */
@ScheduledJob({ name: 'make-audit-checkpoints', cron: '20 */5 * * * *', period: 'minute' })
export class MakeCheckpointsJob implements Job {
  constructor(private readonly checkpoints: AuditCheckpointsService) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    return { made: await this.checkpoints.makeCheckpoints(tx, now) };
  }
}
