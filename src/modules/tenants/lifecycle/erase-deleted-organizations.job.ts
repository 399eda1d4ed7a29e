import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { OrganizationErasureService } from './organization-erasure.service.js';

/** Ends the subscriptions of deleted organizations whose grace period is over, and erases the organizations with all their rows. */
@ScheduledJob({
  name: 'erase-deleted-organizations',
  cron: '0 7 * * * *',
  period: 'hour',
  mayDelete: { organizations: { rows: 25, share: 0.1 } },
})
export class EraseDeletedOrganizationsJob implements Job {
  constructor(private readonly erasure: OrganizationErasureService) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    return { erased: await this.erasure.eraseOrganizations(tx, { eraseAfter: { lte: now } }) };
  }
}
