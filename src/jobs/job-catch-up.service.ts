import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { PlatformDb } from '../database/platform-db.js';
import { JobRegistryService, type RegisteredJob } from './job-registry.service.js';
import { JobRunsService } from './job-runs.service.js';

/** How many missed periods one pass makes up for; the next pass goes on. */
const periodsAPass = 100;
/** How many runs back a gap is looked for. */
const runsBack = 30;

/** Knows what is due and not done, and does it: after downtime, after a failure, and at the scheduled time as well. */
@Injectable()
export class JobCatchUpService {
  constructor(
    private readonly registry: JobRegistryService,
    private readonly runs: JobRunsService,
    private readonly platform: PlatformDb,
    private readonly clock: Clock,
  ) {}

  /** Brings all jobs up to date, one after the other, so that it takes one connection. */
  async all(): Promise<void> {
    for (const job of this.registry.all()) await this.one(job);
  }

  /** Runs a job for what it missed, in order: what comes after a period that cannot be done now has to wait for it. */
  async one(job: RegisteredJob): Promise<void> {
    for (const period of await this.missed(job)) {
      const { outcome } = await this.runs.attempt(job, period);
      if (outcome !== 'done' && outcome !== 'already_done') return;
    }
  }

  /** The periods of a job that are due and not done. */
  async missed(job: RegisteredJob): Promise<string[]> {
    const now = this.clock.now();
    const due = job.timetable.last(now);
    if (due === undefined) return [];
    const latest = job.timetable.periodOf(due);
    if (job.everyPeriod === true) return this.#gaps(job, latest, now);
    const run = await this.platform.jobRun.findUnique({ where: { job_period: { job: job.name, period: latest } } });
    return run?.status === 'done' ? [] : [latest];
  }

  async #gaps(job: RegisteredJob, latest: string, now: Date): Promise<string[]> {
    const known = await this.platform.jobRun.findMany({ where: { job: job.name, period: { lte: latest } }, orderBy: { period: 'desc' }, take: runsBack });
    const oldest = known.at(-1);
    if (oldest === undefined) return [latest];
    const done = new Set(known.filter(({ status }) => status === 'done').map(({ period }) => period));
    return job.timetable.due(oldest.period, now, { isDone: (period) => done.has(period), limit: periodsAPass });
  }
}
