import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Clock } from '../../src/common/clock.js';
import { JobRegistryService } from '../../src/jobs/job-registry.service.js';
import { JobRunsService, type JobOutcome } from '../../src/jobs/job-runs.service.js';

/** A clock that does not advance until it is set. */
export class SetClock extends Clock {
  constructor(public time: Date) {
    super();
  }

  override now(): Date {
    return new Date(this.time);
  }

  forward(milliseconds: number): void {
    this.time = new Date(this.time.getTime() + milliseconds);
  }
}

/** Runs a job as if it were a certain time, for the period that this time belongs to. */
export function runJob(app: NestFastifyApplication, name: string, at: Date): Promise<JobOutcome> {
  const job = app.get(JobRegistryService).get(name);
  return app.get(JobRunsService).attempt(job, job.timetable.periodOf(at), { now: at });
}
