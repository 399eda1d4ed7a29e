import { AppError } from '../../common/errors/app-error.js';

/** One answer for an unknown address and for a wrong password. */
export class InvalidCredentialsError extends AppError {
  constructor() {
    super('unauthenticated', 'invalid_credentials', 'E-mail address or password is wrong.');
  }
}

export class InvalidRefreshTokenError extends AppError {
  constructor() {
    super('unauthenticated', 'invalid_refresh_token', 'The refresh token is not valid. Sign in again.');
  }
}

export class RefreshTokenReusedError extends AppError {
  constructor() {
    super('unauthenticated', 'refresh_token_reused', 'This refresh token was used before, so the session was ended. Sign in again.');
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
    super('too_many_requests', 'account_locked', `Too many wrong passwords for this address. Try again in ${retryAfter} s, or reset the password.`, { retryAfter });
  }
}

export class InvalidMfaTokenError extends AppError {
  constructor() {
    super('unauthenticated', 'invalid_mfa_token', 'This login has waited too long for its second factor, or is not one of ours. Sign in again.');
  }
}

export class WrongCodeError extends AppError {
  constructor() {
    super('forbidden', 'wrong_code', 'The code is wrong, too old, or was used already.', { errors: [{ pointer: '/code', code: 'wrong_code', message: 'is wrong' }] });
  }
}

export class NoSecondFactorError extends AppError {
  constructor() {
    super('conflict', 'no_second_factor', 'You have no second factor. Begin with POST /auth/mfa/totp.');
  }
}

export class SecondFactorExistsError extends AppError {
  constructor() {
    super('conflict', 'second_factor_exists', 'You have a second factor already. Remove it first to set up another.');
  }
}

export class SecondFactorNeededError extends AppError {
  constructor(organization: string) {
    super('conflict', 'second_factor_needed', `${organization} asks its members for a second factor. Leave it first, or keep yours.`);
  }
}

export class InvalidResetTokenError extends AppError {
  constructor() {
    super('gone', 'invalid_reset_token', 'This link was used, replaced by a newer one, or has expired. Ask for a new one with POST /auth/password/forgot.');
  }
}

export class WeakPasswordError extends AppError {
  constructor(reason: string, pointer = '/password') {
    super('malformed', 'weak_password', reason, { errors: [{ pointer, code: 'weak_password', message: reason }] });
  }
}

export class InvalidVerificationTokenError extends AppError {
  constructor() {
    super('gone', 'invalid_verification_token', 'This link was used, replaced by a newer one, or has expired. Ask for a new one with POST /auth/email/resend.');
  }
}

export class EmailTakenError extends AppError {
  constructor() {
    super('conflict', 'email_taken', 'Another account has proved that it owns this address. Sign in to that one.');
  }
}

export class SessionNotFoundError extends AppError {
  constructor() {
    super('not_found', 'not_found', 'There is no such session among yours.');
  }
}

export class KeysUnavailableError extends AppError {
  constructor() {
    super('unavailable', 'unavailable', 'Access tokens cannot be checked now. Try again shortly.');
  }
}
