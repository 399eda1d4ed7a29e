import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { PlatformDb } from '../database/platform-db.js';
import type { JobRun } from '../generated/prisma/client.js';
import { JobCatchUpService } from './job-catch-up.service.js';
import { JobRegistryService, type RegisteredJob } from './job-registry.service.js';

/** Milliseconds after its time until a job counts as overdue. */
const overdueAfter = 10 * 60_000;

/** The schedule and the last runs of a job. */
export interface JobReport {
  readonly name: string;
  readonly cron: string;
  readonly period: string;
  readonly everyPeriod: boolean;
  readonly nextRunAt: Date;
  /** Due for more than ten minutes, and not done. */
  readonly overdue: boolean;
  readonly lastRun: JobRun | null;
  readonly lastDone: JobRun | null;
}

/** Reports when all jobs run and how they last ran. */
@Injectable()
export class JobOverviewService {
  constructor(
    private readonly registry: JobRegistryService,
    private readonly catchUp: JobCatchUpService,
    private readonly platform: PlatformDb,
    private readonly clock: Clock,
  ) {}

  async list(): Promise<JobReport[]> {
    const now = await this.clock.current();
    return Promise.all(this.registry.all().map((job) => this.#report(job, now)));
  }

  async #report(job: RegisteredJob, now: Date): Promise<JobReport> {
    const { name, cron, period, everyPeriod = false, timetable } = job;
    const last = (where: { status?: 'done' }): Promise<JobRun | null> => this.platform.jobRun.findFirst({ where: { job: name, ...where }, orderBy: { period: 'desc' } });
    const [missed] = await this.catchUp.missed(job, now);
    const due = missed === undefined ? now : timetable.next(new Date(timetable.beginningOf(missed).getTime() - 1));
    const overdue = now.getTime() - due.getTime() > overdueAfter;
    return { name, cron, period, everyPeriod, nextRunAt: timetable.next(now), overdue, lastRun: await last({}), lastDone: await last({ status: 'done' }) };
  }
}
