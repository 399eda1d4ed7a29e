import { Injectable, SetMetadata } from '@nestjs/common';
import type { PlatformTransaction } from '../database/transactions.js';
import type { Prisma } from '../generated/prisma/client.js';
import type { DeletionBounds } from './deletion-bound.js';
import type { PeriodKind } from './timetable.js';

/** The schedule of a job. */
export interface JobTiming {
  /** The name in `job_runs`, the log, the metrics and on the command line, e.g. `purge-mail`. */
  readonly name: string;
  /** The cron expression, in UTC: seconds, minutes, hours, day of the month, month, day of the week. */
  readonly cron: string;
  /** The job runs once for each period. The cron expression should be due once in each; later times find it done. */
  readonly period: PeriodKind;
  /** Whether every missed period is caught up with, in order. Only the latest one when left out. */
  readonly everyPeriod?: boolean;
  /** The bounds of the rows that a run may delete. A run that deletes more is rolled back and fails, unless an operator allows it. Every job that destroys data has bounds. */
  readonly mayDelete?: DeletionBounds;
  /** Whether the work acts outside of its transaction, so that a dry run could not be undone. Erasures of organizations do not wait for it: it changes no row of an organization. */
  readonly actsOutside?: boolean;
}

/** The period and the time of a run. */
export interface JobMoment {
  /** The key of the period, e.g. `2026-11-21` or `2026-11-21T05`. After downtime it may be a past period. */
  readonly period: string;
  /** The time to use: the database's, unless a test has set another one. */
  readonly now: Date;
}

/** The result of a run, which `GET /tenants/jobs` shows: counts, no personal data. */
export type JobResult = Prisma.InputJsonObject;

/** The work of a job. */
export interface Job {
  /** Runs in the transaction that records the run: both are committed, or neither. May run again after a failure. */
  run(tx: PlatformTransaction, moment: JobMoment): Promise<JobResult>;
}

export const scheduledJobKey = 'tenantry:job';

/** Makes a provider a scheduled job (docs/jobs.md). Jobs are registered nowhere else. */
export const ScheduledJob =
  (timing: JobTiming) =>
  (target: new (...dependencies: never[]) => Job): void => {
    Injectable()(target);
    SetMetadata(scheduledJobKey, timing)(target);
  };
