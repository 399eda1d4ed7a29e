import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { PlatformDb } from '../database/platform-db.js';
import { JobRegistryService, type RegisteredJob } from './job-registry.service.js';
import { JobRunsService } from './job-runs.service.js';

/** The most missed periods of a job that one pass catches up with. The next pass continues. */
const maxPeriodsPerPass = 100;
/** The number of recent runs that are searched for a gap. */
const searchedRuns = 30;

/** Runs the jobs that are due and not done: at their scheduled time, after downtime and after a failure. */
@Injectable()
export class JobCatchUpService {
  constructor(
    private readonly registry: JobRegistryService,
    private readonly runs: JobRunsService,
    private readonly platform: PlatformDb,
    private readonly clock: Clock,
  ) {}

  /** Catches up with all jobs, one after another, so that one connection is enough. One query finds those with nothing to do. */
  async all(): Promise<void> {
    const upToDate = await this.#upToDate();
    for (const job of this.registry.all()) if (!upToDate.has(job.name)) await this.one(job);
  }

  /** Runs a job for its missed periods, in order. When one cannot be done now, the later ones wait. */
  async one(job: RegisteredJob): Promise<void> {
    for (const period of await this.missed(job, await this.clock.current())) {
      const { outcome } = await this.runs.attempt(job, period);
      if (outcome !== 'done' && outcome !== 'already_done') return;
    }
  }

  /** Returns the periods of a job that are due at a time and not done. */
  async missed(job: RegisteredJob, now: Date): Promise<string[]> {
    const due = job.timetable.last(now);
    if (due === undefined) return [];
    const latest = job.timetable.periodOf(due);
    if (job.everyPeriod === true) return this.#gaps(job, latest, now);
    const run = await this.platform.jobRun.findUnique({ where: { job_period: { job: job.name, period: latest } } });
    return run?.status === 'done' ? [] : [latest];
  }

  /** Returns the names of the jobs whose latest period is done. A job for every period is left out: it may have gaps before. */
  async #upToDate(): Promise<ReadonlySet<string>> {
    const now = await this.clock.current();
    const latest = new Map<string, string>();
    for (const { name, timetable, everyPeriod } of this.registry.all()) {
      const due = everyPeriod === true ? undefined : timetable.last(now);
      if (due !== undefined) latest.set(name, timetable.periodOf(due));
    }
    const done = await this.platform.jobRun.findMany({
      where: { status: 'done', job: { in: [...latest.keys()] }, period: { in: [...new Set(latest.values())] } },
      select: { job: true, period: true },
    });
    return new Set(done.filter(({ job, period }) => latest.get(job) === period).map(({ job }) => job));
  }

  async #gaps(job: RegisteredJob, latest: string, now: Date): Promise<string[]> {
    const known = await this.platform.jobRun.findMany({ where: { job: job.name, period: { lte: latest } }, orderBy: { period: 'desc' }, take: searchedRuns });
    const oldest = known.at(-1);
    if (oldest === undefined) return [latest];
    const done = new Set(known.filter(({ status }) => status === 'done').map(({ period }) => period));
    return job.timetable.due(oldest.period, now, { isDone: (period) => done.has(period), limit: maxPeriodsPerPass });
  }
}
