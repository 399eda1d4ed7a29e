import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { JobRuns } from '../../jobs/job-runs.service.js';

const keptDays = 30;

/** Forgets mail that was delivered, or given up, a month ago: who was written to is personal data. Nightly, once over all replicas. */
@Injectable()
export class PurgeMailJob {
  constructor(private readonly runs: JobRuns) {}

  @Cron('0 20 3 * * *', { name: 'purge-mail', timeZone: 'UTC' })
  async run(now = new Date()): Promise<void> {
    const createdAt = { lt: new Date(now.getTime() - keptDays * 24 * 3600 * 1000) };
    await this.runs.once('purge-mail', now.toISOString().slice(0, 10), async (tx) => {
      const { count } = await tx.mailMessage.deleteMany({ where: { status: { in: ['sent', 'failed'] }, createdAt } });
      return { purged: count };
    });
  }
}
