import type { PlatformTransaction } from '../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../jobs/scheduled-job.decorator.js';
import { TenantsService } from './tenants.service.js';

/** Erases organizations whose grace period after a soft delete is over. */
@ScheduledJob({ name: 'erase-deleted-organizations', cron: '0 7 * * * *', period: 'hour' })
export class EraseDeletedOrganizationsJob implements Job {
  constructor(private readonly tenants: TenantsService) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    return { erased: await this.tenants.eraseOverdue(tx, now) };
  }
}
