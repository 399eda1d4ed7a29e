import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { JobRegistryService } from './job-registry.service.js';
import { JobRunsService, type JobOutcome } from './job-runs.service.js';
import { InvalidJobPeriodError } from './jobs.errors.js';

export type ManualJobRun = { readonly job: string; readonly period: string } & JobOutcome;

/** Runs a job because somebody says so. */
@Injectable()
export class ManualJobRunsService {
  constructor(
    private readonly registry: JobRegistryService,
    private readonly runs: JobRunsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs it at once, also where no schedule runs in this process, and although it failed a moment ago.
   *
   * @param period the one that was due last when left out
   * @param force although it is done
   * @throws {UnknownJobError | InvalidJobPeriodError}
   */
  async run(name: string, { period, force = false }: { readonly period?: string; readonly force?: boolean } = {}): Promise<ManualJobRun> {
    const job = this.registry.get(name);
    const now = this.clock.now();
    const chosen = period ?? job.timetable.periodOf(job.timetable.last(now) ?? now);
    const begun = job.timetable.isPeriod(chosen) && job.timetable.beginningOf(chosen) <= now;
    if (!begun) throw new InvalidJobPeriodError(chosen, job.period, job.timetable.periodOf(now));
    return { job: name, period: chosen, ...(await this.runs.attempt(job, chosen, { byHand: true, again: force })) };
  }
}
