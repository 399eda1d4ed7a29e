import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { JobRegistryService } from './job-registry.service.js';
import { JobRunsService, type AttemptOptions, type JobOutcome } from './job-runs.service.js';
import { InvalidJobPeriodError, NoDryRunError } from './jobs.errors.js';

export type ManualJobRun = { readonly job: string; readonly period: string } & JobOutcome;

export type ManualRunOptions = { readonly period?: string } & Pick<AttemptOptions, 'force' | 'unbounded' | 'dryRun'>;

/** Runs a job on request, outside its schedule. */
@Injectable()
export class ManualJobRunsService {
  constructor(
    private readonly registry: JobRegistryService,
    private readonly runs: JobRunsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs a job at once, also when this process has no schedule or the job has just failed.
   *
   * @param name the job's name
   * @param options.period the period that was due last when left out
   * @param options.force whether to run it even if it is done
   * @param options.unbounded whether it may delete more than its bounds
   * @param options.dryRun whether to undo everything
   * @throws {UnknownJobError | InvalidJobPeriodError | NoDryRunError}
   */
  async run(name: string, { period, ...options }: ManualRunOptions = {}): Promise<ManualJobRun> {
    const job = this.registry.get(name);
    if (options.dryRun === true && job.actsOutside === true) throw new NoDryRunError(name);
    const now = await this.clock.current();
    const chosen = period ?? job.timetable.periodOf(job.timetable.last(now) ?? now);
    const begun = job.timetable.isPeriod(chosen) && job.timetable.beginningOf(chosen) <= now;
    if (!begun) throw new InvalidJobPeriodError(chosen, job.period, job.timetable.periodOf(now));
    return { job: name, period: chosen, ...(await this.runs.attempt(job, chosen, { ...options, manual: true })) };
  }
}
