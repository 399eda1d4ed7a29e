import { AppError, UnprocessableError, type FieldError } from '../../common/errors/app-error.js';

export class UnknownMeterError extends UnprocessableError {
  constructor(meter: string, pointer = '/meter') {
    super('unknown_meter', `There is no meter "${meter}". GET /tenant/limits lists them.`, [{ pointer, code: 'unknown_meter', message: `there is no meter "${meter}"` }]);
  }
}

/** A meter that is there, but not for this. */
export class WrongMeterError extends UnprocessableError {
  /** @param hint what to do instead */
  constructor(meter: string, hint: string) {
    super('wrong_meter', `"${meter}" cannot be used here: ${hint}`, [{ pointer: '/meter', code: 'wrong_meter', message: hint }]);
  }
}

export class EventIdReusedError extends AppError {
  constructor(id: string) {
    super('conflict', 'event_id_reused', `The id "${id}" belongs to another event. An id is good for one event only.`, { id });
  }
}

/** Nothing of the batch was counted. */
export class InvalidEventsError extends UnprocessableError {
  constructor(errors: readonly FieldError[]) {
    super('invalid_events', 'Some of the events cannot be counted, so that none was. Mend or drop them and send the batch again.', errors);
  }
}

export class GaugeTooLowError extends AppError {
  constructor(meter: string) {
    super('conflict', 'gauge_too_low', `"${meter}" does not stand so high: no more can be released than is in use.`, { meter });
  }
}

export class ReservationClosedError extends AppError {
  constructor() {
    super('conflict', 'reservation_closed', 'This reservation was released or committed already.');
  }
}

export class LeaseOverError extends AppError {
  constructor() {
    super('gone', 'lease_over', 'This lease is over. Take a new one.');
  }
}

export class GrantExpiredError extends UnprocessableError {
  constructor() {
    super('expiry_in_the_past', 'The grant would have expired already. Choose a later time.', [
      { pointer: '/expiresAt', code: 'expiry_in_the_past', message: 'must lie in the future' },
    ]);
  }
}

export class InvalidRangeError extends UnprocessableError {
  constructor(detail: string) {
    super('invalid_range', detail, [{ pointer: '/from', code: 'invalid_range', message: detail }]);
  }
}
