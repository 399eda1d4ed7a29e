import { dayLength } from '../common/calendar.js';
import { keptDays } from '../config/retention.js';
import type { PlatformTransaction } from '../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from './scheduled-job.decorator.js';

/** Deletes runs of jobs after 90 days, except the last run of each job, from which catching up continues. */
@ScheduledJob({
  name: 'purge-job-runs',
  cron: '0 30 3 * * *',
  period: 'day',
  mayDelete: { job_runs: { rows: 50_000, share: 0.25 } },
})
export class PurgeJobRunsJob implements Job {
  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const before = new Date(now.getTime() - keptDays.jobRuns * dayLength);
    const purged = await tx.$executeRaw`
      delete from job_runs r
       where r.finished_at < ${before} and exists (select from job_runs later where later.job = r.job and later.period > r.period)`;
    return { purged };
  }
}
