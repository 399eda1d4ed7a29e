import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { JobRuns } from '../../jobs/job-runs.service.js';
import { TenantsService } from './tenants.service.js';

/** Erases organizations whose grace period after a soft delete is over. Hourly, exactly once over all replicas. */
@Injectable()
export class EraseDeletedOrganizationsJob {
  constructor(
    private readonly runs: JobRuns,
    private readonly tenants: TenantsService,
  ) {}

  @Cron('0 7 * * * *', { name: 'erase-deleted-organizations', timeZone: 'UTC' })
  async run(now = new Date()): Promise<void> {
    await this.runs.once('erase-deleted-organizations', now.toISOString().slice(0, 13), async (tx) => ({ erased: await this.tenants.eraseOverdue(tx) }));
  }
}
