import { Injectable, SetMetadata } from '@nestjs/common';
import type { PlatformTransaction } from '../database/transactions.js';
import type { Prisma } from '../generated/prisma/client.js';
import type { PeriodKind } from './timetable.js';

/** When a job runs. */
export interface JobTiming {
  /** Its name in the table, the log, the metrics and on the command line, e.g. `purge-mail`. */
  readonly name: string;
  /** When it is due, in UTC: seconds, minutes, hours, day of the month, month, day of the week. */
  readonly cron: string;
  /** What it is done once for. The cron should be due once in each; further times in one find it done. */
  readonly period: PeriodKind;
  /** Whether each period that was missed is made up for, in their order; else the latest one alone. */
  readonly everyPeriod?: boolean;
}

/** What a run is for. */
export interface JobMoment {
  /** The key of the period, e.g. `2026-11-21` or `2026-11-21T05`. After downtime it may be one that is over. */
  readonly period: string;
  /** The time to go by, instead of the database's. */
  readonly now: Date;
}

/** What a run tells about itself, for `GET /tenants/jobs`: counts, no personal data. */
export type JobResult = Prisma.InputJsonObject;

/** The work of a job. */
export interface Job {
  /** Works within the transaction that records the run: both hold, or neither. It may be run again after a failure. */
  run(tx: PlatformTransaction, moment: JobMoment): Promise<JobResult>;
}

export const scheduledJobKey = 'tenantry:job';

/** Makes a provider a scheduled job (docs/jobs.md). There is no other list of jobs. */
export const ScheduledJob =
  (timing: JobTiming) =>
  (target: new (...dependencies: never[]) => Job): void => {
    Injectable()(target);
    SetMetadata(scheduledJobKey, timing)(target);
  };
