import { AppError, MalformedRequestError } from '../../common/errors/app-error.js';

/** The same error for an unknown email address and for a wrong password. */
export class InvalidCredentialsError extends AppError {
  constructor() {
    super('unauthenticated', 'invalid_credentials', 'The email address or the password is wrong. Try again, or reset the password: POST /auth/password/forgot.');
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
  constructor(pointer = '/currentPassword') {
    super('forbidden', 'wrong_password', 'The current password is wrong. Try again, or reset it: POST /auth/password/forgot.', {
      errors: [{ pointer, code: 'wrong_password', message: 'is wrong' }],
    });
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

export class OwnSecondFactorError extends AppError {
  constructor() {
    super('conflict', 'own_second_factor', 'Remove your own second factor with a code: DELETE /auth/mfa/totp.');
  }
}

export class SecondFactorExistsError extends AppError {
  constructor() {
    super('conflict', 'second_factor_exists', 'You already have a second factor. Remove it before you set up another one.');
  }
}

export class MailboxProofNeededError extends AppError {
  constructor() {
    super(
      'forbidden',
      'mailbox_proof_needed',
      'Operators confirm their second factor with the token in the link that POST /auth/mfa/totp mails. The token is missing, has expired or was used. Send it as `mailedToken`, or begin again.',
      { errors: [{ pointer: '/mailedToken', code: 'required', message: 'is required for operators' }] },
    );
  }
}

export class SecondFactorNeededError extends AppError {
  constructor(organization: string) {
    super('conflict', 'second_factor_needed', `The organization "${organization}" requires a second factor. Keep your second factor, or leave the organization first.`);
  }
}

export class InvalidResetTokenError extends AppError {
  constructor() {
    super('gone', 'invalid_reset_token', 'This link has expired, or it or another link of the account was used. Request a new one: POST /auth/password/forgot.');
  }
}

export class WeakPasswordError extends AppError {
  constructor(reason: string, pointer = '/password') {
    super('malformed', 'weak_password', reason, { errors: [{ pointer, code: 'weak_password', message: reason }] });
  }
}

export class BreachedPasswordError extends AppError {
  constructor(pointer: string) {
    const reason = 'This password is in a list of passwords that were stolen elsewhere. Choose another one.';
    super('malformed', 'breached_password', reason, { errors: [{ pointer, code: 'breached_password', message: reason }] });
  }
}

export class InvalidVerificationTokenError extends AppError {
  constructor() {
    super('gone', 'invalid_verification_token', 'This link has expired, or it or another link of the account was used. Request a new one: POST /auth/email/resend.');
  }
}

export class AccountProofNeededError extends AppError {
  constructor() {
    super(
      'forbidden',
      'account_proof_needed',
      'The link proves the mailbox, not the account. Send the access token or the password of the account for which the link was mailed.',
      {
        errors: [{ pointer: '/password', code: 'required', message: 'is required without an access token of the account' }],
      },
    );
  }
}

export class EmailTakenError extends AppError {
  constructor() {
    super('conflict', 'email_taken', 'Another account has verified this email address. Sign in to that account.');
  }
}

export class TooManyClaimsError extends AppError {
  constructor() {
    super(
      'conflict',
      'too_many_claims',
      'Too many accounts have signed up with this email address, and none of them has verified it. To use one of them, reset its password: POST /auth/password/forgot.',
    );
  }
}

export class NewPasswordNeededError extends MalformedRequestError {
  constructor() {
    super('Send a password for the new account.', [{ pointer: '/password', code: 'required', message: 'password is required' }]);
  }
}

export class PasswordNeededError extends MalformedRequestError {
  constructor() {
    super('Send the current password.', [{ pointer: '/currentPassword', code: 'required', message: 'is required to change the email address or to delete the account' }]);
  }
}

export class AuthenticationProofNeededError extends MalformedRequestError {
  constructor() {
    super('Send the password, a code of the second factor, or the answer of a passkey, and one of them only.', [
      { pointer: '/password', code: 'required', message: 'is required without a code or a passkey, and refused with one' },
    ]);
  }
}

export class SignInNameNeededError extends MalformedRequestError {
  constructor() {
    super('Name the account: by `email`, or by `userName` and its organization.', [
      { pointer: '/email', code: 'required', message: 'is required without `userName`, and refused with it' },
      { pointer: '/organization', code: 'required', message: 'is required with `userName`, unless the host selects the organization, and refused without' },
    ]);
  }
}

export class SecondFactorProofNeededError extends MalformedRequestError {
  constructor() {
    super('Send a code, or the answer of a passkey, and not both.', [{ pointer: '/code', code: 'required', message: 'is required without a passkey, and refused with one' }]);
  }
}

export class CodeNeededError extends AppError {
  constructor() {
    super('forbidden', 'code_needed', 'You have a second factor. Send a code from the authenticator app, or a recovery code.', {
      errors: [{ pointer: '/code', code: 'required', message: 'is required with a second factor' }],
    });
  }
}

export class SoleOwnerError extends AppError {
  /** @param own whether the users themselves delete their account */
  constructor(organizations: readonly { readonly id: string; readonly name: string; readonly slug: string }[], own = true) {
    const names = organizations.map(({ name }) => `"${name}"`).join(', ');
    const [who, then] = own ? ['You are', 'delete your account'] : ['The user is', 'erase the user'];
    super('conflict', 'last_owner', `${who} the only owner of ${names}. Make another member an owner, or delete the organization, then ${then}.`, { organizations });
  }
}

export class OperatorAccountError extends AppError {
  constructor() {
    super('conflict', 'operator_account', 'The account of an operator cannot be deleted. Ask another operator to remove the operator right first.');
  }
}

export class InvalidUndoTokenError extends AppError {
  constructor() {
    super('gone', 'invalid_undo_token', 'This link was used or has expired. To get access to your account, reset the password: POST /auth/password/forgot.');
  }
}

export class InvalidFactorUndoTokenError extends AppError {
  constructor() {
    super(
      'gone',
      'invalid_factor_undo_token',
      'This link was used or has expired, or the second factor or the address of the account has changed since it was mailed. Open the link in the newest email about a second factor.',
    );
  }
}

export class SessionNotFoundError extends AppError {
  constructor() {
    super('not_found', 'not_found', 'You have no such session. GET /auth/sessions lists your sessions.');
  }
}

export class TrustedDeviceNotFoundError extends AppError {
  constructor() {
    super('not_found', 'not_found', 'You have no such trusted device. GET /auth/trusted-devices lists them.');
  }
}

export class KeysUnavailableError extends AppError {
  constructor() {
    super('unavailable', 'unavailable', 'Access tokens cannot be verified at the moment. Try again shortly.');
  }
}
