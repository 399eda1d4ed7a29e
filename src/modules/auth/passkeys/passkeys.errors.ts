import { AppError, MalformedRequestError } from '../../../common/errors/app-error.js';

export class InvalidPasskeyError extends AppError {
  constructor() {
    super(
      'unauthenticated',
      'invalid_passkey',
      'The answer of the authenticator is not accepted: its passkey is unknown, its challenge was used or has expired, or it is for another page. Ask for a new challenge.',
    );
  }
}

/** An answer to the challenge of a registration. */
export class InvalidRegistrationError extends MalformedRequestError {
  constructor() {
    super(
      'The answer of the authenticator is not accepted. Ask for new options, and require user verification.',
      [{ pointer: '/credential', code: 'invalid_credential', message: 'credential must answer the last options of POST /auth/passkeys/options' }],
      'invalid_passkey_registration',
    );
  }
}

export class PasskeyCounterError extends AppError {
  constructor() {
    super(
      'unauthenticated',
      'passkey_counter_regressed',
      'The counter of the passkey has not grown since its last use: its private key may have been copied. Sign in otherwise, and remove the passkey.',
    );
  }
}

export class PasskeyExistsError extends AppError {
  constructor() {
    super('conflict', 'passkey_exists', 'This passkey is registered already.');
  }
}

export class TooManyPasskeysError extends AppError {
  /** @param limit the number of passkeys that a user can have */
  constructor(limit: number) {
    super('conflict', 'too_many_passkeys', `You have ${limit} passkeys, which is the maximum. Remove one.`, { limit });
  }
}

export class InvalidPasskeyUndoTokenError extends AppError {
  constructor() {
    super('gone', 'invalid_passkey_undo_token', 'The link was used, has expired, or your address has changed since. Sign in, and remove the passkey.');
  }
}

export class PasskeyOriginError extends AppError {
  /** @param origin of the page that sent the request */
  constructor(origin: string) {
    super(
      'forbidden',
      'passkey_origin_refused',
      `Passkeys do not work on pages of ${origin}: they do on those of APP_URL and CORS_ORIGINS, and on verified custom domains of organizations.`,
    );
  }
}
