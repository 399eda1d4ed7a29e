import { AppError } from '../../common/errors/app-error.js';

/** The same error for an unknown email address and for a wrong password. */
export class InvalidCredentialsError extends AppError {
  constructor() {
    super('unauthenticated', 'invalid_credentials', 'The email address or the password is wrong.');
  }
}

export class InvalidRefreshTokenError extends AppError {
  constructor() {
    super('unauthenticated', 'invalid_refresh_token', 'The refresh token is not valid. Sign in again.');
  }
}

export class RefreshTokenReusedError extends AppError {
  constructor() {
    super('unauthenticated', 'refresh_token_reused', 'This refresh token was used before. The session was ended because the token may be stolen. Sign in again.');
  }
}

export class WrongPasswordError extends AppError {
  constructor() {
    super('forbidden', 'wrong_password', 'The current password is wrong.', { errors: [{ pointer: '/currentPassword', code: 'wrong_password', message: 'is wrong' }] });
  }
}

export class AccountLockedError extends AppError {
  /** @param retryAfter seconds */
  constructor(retryAfter: number) {
    super('too_many_requests', 'account_locked', `Too many failed attempts for this account. Try again in ${retryAfter} s, or reset the password.`, { retryAfter });
  }
}

export class InvalidMfaTokenError extends AppError {
  constructor() {
    super('unauthenticated', 'invalid_mfa_token', 'The MFA token is invalid or older than five minutes. Sign in again.');
  }
}

export class WrongCodeError extends AppError {
  constructor() {
    super('forbidden', 'wrong_code', 'The code is wrong, expired or already used. Enter the current code.', {
      errors: [{ pointer: '/code', code: 'wrong_code', message: 'is wrong' }],
    });
  }
}

export class NoSecondFactorError extends AppError {
  constructor() {
    super('conflict', 'no_second_factor', 'You have no second factor. Set one up with POST /auth/mfa/totp.');
  }
}

export class SecondFactorExistsError extends AppError {
  constructor() {
    super('conflict', 'second_factor_exists', 'You already have a second factor. Remove it before you set up another one.');
  }
}

export class SecondFactorNeededError extends AppError {
  constructor(organization: string) {
    super('conflict', 'second_factor_needed', `The organization "${organization}" requires a second factor. Keep your second factor, or leave the organization first.`);
  }
}

export class InvalidResetTokenError extends AppError {
  constructor() {
    super('gone', 'invalid_reset_token', 'This link was used, replaced by a newer link, or has expired. Request a new one: POST /auth/password/forgot.');
  }
}

export class WeakPasswordError extends AppError {
  constructor(reason: string, pointer = '/password') {
    super('malformed', 'weak_password', reason, { errors: [{ pointer, code: 'weak_password', message: reason }] });
  }
}

export class InvalidVerificationTokenError extends AppError {
  constructor() {
    super('gone', 'invalid_verification_token', 'This link was used, replaced by a newer link, or has expired. Request a new one: POST /auth/email/resend.');
  }
}

export class EmailTakenError extends AppError {
  constructor() {
    super('conflict', 'email_taken', 'Another account has verified this email address. Sign in to that account.');
  }
}

export class SessionNotFoundError extends AppError {
  constructor() {
    super('not_found', 'not_found', 'You have no such session. GET /auth/sessions lists your sessions.');
  }
}

export class KeysUnavailableError extends AppError {
  constructor() {
    super('unavailable', 'unavailable', 'Access tokens cannot be verified at the moment. Try again shortly.');
  }
}
