import { Injectable } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { UnknownJobError, UnusableJobError } from './jobs.errors.js';
import { scheduledJobKey, type Job, type JobTiming } from './scheduled-job.decorator.js';
import { Timetable } from './timetable.js';

/** A job that was found among the providers. */
export interface RegisteredJob extends JobTiming {
  readonly timetable: Timetable;
  readonly work: Job;
}

/** Finds the jobs: every provider with `@ScheduledJob`. */
@Injectable()
export class JobRegistryService {
  #jobs: ReadonlyMap<string, RegisteredJob> | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  /**
   * Returns all jobs, sorted by name.
   *
   * @throws {UnusableJobError} when two jobs have the same name, or a cron expression is invalid
   */
  all(): readonly RegisteredJob[] {
    return [...this.#found().values()];
  }

  /** @throws {UnknownJobError} */
  get(name: string): RegisteredJob {
    const job = this.#found().get(name);
    if (job === undefined) throw new UnknownJobError(name, [...this.#found().keys()]);
    return job;
  }

  #found(): ReadonlyMap<string, RegisteredJob> {
    // Not at boot, because commands use the application without booting it.
    this.#jobs ??= this.#find();
    return this.#jobs;
  }

  #find(): ReadonlyMap<string, RegisteredJob> {
    const jobs = new Map<string, RegisteredJob>();
    for (const { instance, metatype } of this.discovery.getProviders()) {
      const timing = typeof metatype === 'function' ? this.reflector.get<JobTiming | undefined>(scheduledJobKey, metatype) : undefined;
      if (timing === undefined) continue;
      if (jobs.has(timing.name) && jobs.get(timing.name)?.work !== instance) throw new UnusableJobError(timing.name, 'another job has the same name');
      jobs.set(timing.name, { ...timing, timetable: timetableOf(timing), work: instance as Job });
    }
    return new Map([...jobs].sort(([a], [b]) => a.localeCompare(b)));
  }
}

function timetableOf({ name, cron, period }: JobTiming): Timetable {
  try {
    return new Timetable(cron, period);
  } catch (error) {
    throw new UnusableJobError(name, `its cron expression "${cron}" is invalid (${error instanceof Error ? error.message : String(error)})`);
  }
}
