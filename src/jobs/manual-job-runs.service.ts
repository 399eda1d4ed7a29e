import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { JobRegistryService } from './job-registry.service.js';
import { JobRunsService, type JobOutcome } from './job-runs.service.js';
import { InvalidJobPeriodError } from './jobs.errors.js';

export type ManualJobRun = { readonly job: string; readonly period: string } & JobOutcome;

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
   * @throws {UnknownJobError | InvalidJobPeriodError}
   */
  async run(name: string, { period, force = false }: { readonly period?: string; readonly force?: boolean } = {}): Promise<ManualJobRun> {
    const job = this.registry.get(name);
    const now = this.clock.now();
    const chosen = period ?? job.timetable.periodOf(job.timetable.last(now) ?? now);
    const begun = job.timetable.isPeriod(chosen) && job.timetable.beginningOf(chosen) <= now;
    if (!begun) throw new InvalidJobPeriodError(chosen, job.period, job.timetable.periodOf(now));
    return { job: name, period: chosen, ...(await this.runs.attempt(job, chosen, { manual: true, force })) };
  }
}
