import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { AppConfig } from '../config/app-config.js';
import { JobCatchUpService } from './job-catch-up.service.js';
import { JobRegistryService } from './job-registry.service.js';

const catchUpEvery = 60_000;
/** Milliseconds that a shutdown waits for running jobs. Unfinished ones are rolled back. */
const shutdownTimeout = 10_000;

/** Schedules the jobs, and catches up with missed ones at boot and every minute. */
@Injectable()
export class JobScheduleService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(JobScheduleService.name);
  readonly #running = new Map<string, Promise<void>>();

  constructor(
    private readonly registry: JobRegistryService,
    private readonly catchUp: JobCatchUpService,
    private readonly scheduler: SchedulerRegistry,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    const jobs = this.registry.all();
    if (!this.config.jobsEnabled) return;
    for (const job of jobs) {
      const onTick = (): void => this.#begin(job.name, () => this.catchUp.one(job));
      this.scheduler.addCronJob(job.name, CronJob.from({ cronTime: job.cron, timeZone: 'UTC', onTick, start: true }));
    }
    const all = (): void => this.#begin('catch-up', () => this.catchUp.all());
    this.scheduler.addInterval('catch-up', setInterval(all, catchUpEvery));
    all();
  }

  /** Waits for running jobs. Nest's scheduler stops the timers. */
  async beforeApplicationShutdown(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise((resolve) => (timer = setTimeout(resolve, shutdownTimeout)));
    await Promise.race([Promise.all(this.#running.values()), timedOut]);
    clearTimeout(timer);
  }

  #begin(name: string, work: () => Promise<void>): void {
    if (this.#running.has(name)) return;
    const finished = work()
      .catch((error: unknown) => this.#logger.error({ err: error, name }, 'due jobs could not be determined'))
      .finally(() => this.#running.delete(name));
    this.#running.set(name, finished);
  }
}
