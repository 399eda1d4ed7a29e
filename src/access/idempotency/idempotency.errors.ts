import { AppError } from '../../common/errors/app-error.js';

export class InvalidIdempotencyKeyError extends AppError {
  constructor() {
    super('malformed', 'invalid_idempotency_key', 'Idempotency-Key must have 1 to 255 printable ASCII characters. Send a new UUID for each operation.');
  }
}

export class IdempotencyKeyReusedError extends AppError {
  constructor() {
    super(
      'unprocessable',
      'idempotency_key_reused',
      'You have sent another request with this Idempotency-Key. Send a new key for each operation, and the same body with each repetition.',
    );
  }
}

export class RequestRunningError extends AppError {
  constructor() {
    super('conflict', 'request_running', 'A request with this Idempotency-Key is still running. Repeat yours after `retryAfter` seconds to get its answer.', { retryAfter: 1 });
  }
}

export class OutcomeUnknownError extends AppError {
  constructor() {
    super(
      'conflict',
      'outcome_unknown',
      'An earlier request with this Idempotency-Key has changed something and was not answered. Read what it has changed, then send what is missing with a new key.',
    );
  }
}
