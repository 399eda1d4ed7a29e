import { AppError, UnprocessableError } from '../common/errors/app-error.js';

export class UnknownJobError extends AppError {
  constructor(name: string, names: readonly string[]) {
    super('not_found', 'unknown_job', `There is no job named "${name}". The jobs are: ${names.join(', ')}.`);
  }
}

export class InvalidJobPeriodError extends UnprocessableError {
  constructor(period: string, kind: string, example: string) {
    super('invalid_job_period', `"${period}" is not a ${kind} that has begun. Give a ${kind} in UTC, such as ${example}.`);
  }
}

/** Fails a run. Its message is recorded for the operator. */
export class DeletionBoundError extends Error {
  constructor(job: string, beyond: string) {
    super(`${beyond} Nothing was changed. Find out why there are so many (tenantry job:run ${job} --dry-run). To delete them: tenantry job:run ${job} --unbounded`);
  }
}

export class NoDryRunError extends UnprocessableError {
  constructor(name: string) {
    super('no_dry_run', `The job "${name}" also acts outside of the database, so that a dry run could not be undone.`);
  }
}

/** Thrown at boot. */
export class UnusableJobError extends Error {
  constructor(name: string, reason: string) {
    super(`The job "${name}" cannot be scheduled: ${reason}.`);
  }
}
