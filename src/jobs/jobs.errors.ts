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

/** Thrown at boot. */
export class UnusableJobError extends Error {
  constructor(name: string, reason: string) {
    super(`The job "${name}" cannot be scheduled: ${reason}.`);
  }
}
