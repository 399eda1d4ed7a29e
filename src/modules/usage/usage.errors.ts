import { AppError, MalformedRequestError, UnprocessableError, type FieldError } from '../../common/errors/app-error.js';
import type { MeterDefinition } from '../../config/catalog/catalog.js';
import { maxUnits } from './metering/units.js';
import type { CorrectionProblem } from './metering/correction.policy.js';

export class UnknownMeterError extends UnprocessableError {
  constructor(meter: string, pointer = '/meter') {
    super('unknown_meter', `The meter "${meter}" does not exist. GET /tenant/limits lists the meters.`, [
      { pointer, code: 'unknown_meter', message: `the meter "${meter}" does not exist` },
    ]);
  }
}

/** The quantity cannot be counted exactly. */
export class TooManyDecimalsError extends MalformedRequestError {
  constructor(meter: string, decimals: number, pointer: string) {
    super(decimalsMessage(meter, decimals), [{ pointer, code: 'too_many_decimals', message: decimalsMessage(meter, decimals) }], 'too_many_decimals');
  }
}

function decimalsMessage(meter: string, decimals: number): string {
  const form = decimals === 0 ? 'a whole number' : `a number with at most ${decimals} decimals`;
  return `A quantity of the meter "${meter}" must be ${form}, and at most ${maxUnits / 10 ** decimals}.`;
}

/** The meter exists, but the operation does not apply to it. */
export class WrongMeterError extends UnprocessableError {
  /** @param reason why the operation does not apply, and what to do instead */
  constructor(meter: string, reason: string) {
    super('wrong_meter', `The meter "${meter}" does not support this operation. ${reason}`, [{ pointer: '/meter', code: 'wrong_meter', message: reason }]);
  }

  static countedByTenantry(meter: string, tracks: string): WrongMeterError {
    return new WrongMeterError(meter, `tenantry counts its ${tracks} itself.`);
  }

  static needsLease(meter: string): WrongMeterError {
    return new WrongMeterError(meter, 'It counts concurrent units. Open a lease with POST /usage/leases.');
  }

  static notAdditive(meter: string): WrongMeterError {
    return new WrongMeterError(meter, 'It does not add up quantities. Record events with POST /usage/events.');
  }

  static notReleasable(meter: string): WrongMeterError {
    return new WrongMeterError(meter, 'Only a gauge can be released. To correct a counter, record a correction with POST /usage/events.');
  }

  static notConcurrent(meter: string): WrongMeterError {
    return new WrongMeterError(meter, 'Only a concurrent meter has leases. Consume units of other meters with POST /usage/consume.');
  }

  static notReservable(meter: string): WrongMeterError {
    return new WrongMeterError(meter, 'Only a counter that adds up quantities can be reserved.');
  }

  static notGrantable(meter: string): WrongMeterError {
    return new WrongMeterError(meter, 'Seats cannot be granted. Change the limit with PATCH /tenants/:id/limits.');
  }

  static notResettable(meter: string): WrongMeterError {
    return new WrongMeterError(meter, 'Only a counter can be reset.');
  }
}

export class EventIdReusedError extends AppError {
  constructor(id: string) {
    super('conflict', 'event_id_reused', `The id "${id}" belongs to a different event. Use a unique id for each event.`, { id });
  }
}

/** None of the batch was recorded. */
export class InvalidEventsError extends UnprocessableError {
  constructor(errors: readonly FieldError[]) {
    super('invalid_events', 'The request contains invalid events; none was recorded. Fix or remove the events in `errors`, then send the request again.', errors);
  }
}

/** The fields of an event that an error can point to. */
export type EventField = 'id' | 'meter' | 'quantity' | 'occurredAt' | 'subject' | 'corrects';

export interface EventProblem {
  readonly field: EventField;
  readonly code: string;
  readonly message: string;
}

/** None of the requests was logged. */
export class InvalidRequestsError extends UnprocessableError {
  constructor(errors: readonly FieldError[]) {
    super('invalid_requests', 'The batch contains invalid requests; none was logged. Fix or remove the requests in `errors`, then send the batch again.', errors);
  }
}

/** The problems that one event of a batch can have. */
export const eventProblems = {
  unknownMeter: (meter: string): EventProblem => ({ field: 'meter', code: 'unknown_meter', message: `the meter "${meter}" does not exist` }),
  wrongMeter: ({ kind, tracks }: MeterDefinition): EventProblem => ({ field: 'meter', code: 'wrong_meter', message: insteadOfEvents(kind, tracks) }),
  tooManyDecimals: ({ key, decimals }: MeterDefinition): EventProblem => ({ field: 'quantity', code: 'too_many_decimals', message: decimalsMessage(key, decimals) }),
  notNegative: { field: 'quantity', code: 'not_negative', message: 'the quantity of a correction must be negative' },
  notPositive: { field: 'quantity', code: 'not_positive', message: 'the quantity must be above 0; a negative quantity requires `corrects`' },
  subjectRequired: { field: 'subject', code: 'subject_required', message: 'this meter counts distinct subjects; the event must have a subject' },
  tooLate: (lateDays: number): EventProblem => ({ field: 'occurredAt', code: 'too_late', message: `the event happened more than ${lateDays} days ago` }),
  inTheFuture: { field: 'occurredAt', code: 'in_the_future', message: 'the event is in the future' },
  correction: (problem: CorrectionProblem): EventProblem => ({ field: 'corrects', code: `correction_${problem}`, message: correctionMessages[problem] }),
} as const;

const correctionMessages: Readonly<Record<CorrectionProblem, string>> = {
  unknown: 'this meter has no event with that id, or the event is itself a correction',
  too_much: 'the correction is greater than the remaining quantity of the event',
  whole_only: 'an event of a meter that does not add up quantities can be corrected only entirely',
  too_late: 'the event happened too long ago to be corrected',
};

function insteadOfEvents(kind: MeterDefinition['kind'], tracks: MeterDefinition['tracks']): string {
  if (tracks !== undefined) return `tenantry counts its ${tracks} itself`;
  return kind === 'gauge' ? 'raise a gauge with POST /usage/consume and lower it with POST /usage/release' : 'open a lease with POST /usage/leases';
}

export class GaugeTooLowError extends AppError {
  constructor(meter: string) {
    super('conflict', 'gauge_too_low', `Cannot release more of "${meter}" than is in use.`, { meter });
  }
}

export class ReservationClosedError extends AppError {
  constructor() {
    super('conflict', 'reservation_closed', 'The reservation has already been committed or released.');
  }
}

export class LeaseOverError extends AppError {
  constructor() {
    super('gone', 'lease_over', 'The lease has expired or was released. Open a new lease.');
  }
}

export class GrantExpiredError extends UnprocessableError {
  constructor() {
    super('expiry_in_the_past', 'The grant would already be expired. Set `expiresAt` to a time in the future.', [
      { pointer: '/expiresAt', code: 'expiry_in_the_past', message: 'must be in the future' },
    ]);
  }
}

export class InvalidRangeError extends UnprocessableError {
  constructor(detail: string) {
    super('invalid_range', detail, [{ pointer: '/from', code: 'invalid_range', message: detail }]);
  }

  static endsBeforeStart(): InvalidRangeError {
    return new InvalidRangeError('`from` must be earlier than `to`.');
  }

  static endsAfter(end: Date): InvalidRangeError {
    return new InvalidRangeError(`The range ends after ${end.toISOString()}. Request an earlier one.`);
  }

  static longerThan(days: number): InvalidRangeError {
    return new InvalidRangeError(`The range is longer than ${days} days. Request a shorter range.`);
  }
}
