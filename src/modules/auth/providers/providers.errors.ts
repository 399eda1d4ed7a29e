import { AppError } from '../../../common/errors/app-error.js';

export class UnknownProviderError extends AppError {
  constructor() {
    super('not_found', 'not_found', 'There is no such identity provider. GET /auth/providers lists those that are set up.');
  }
}

export class ProviderUnavailableError extends AppError {
  constructor(label: string) {
    super('unavailable', 'identity_provider_unavailable', `${label} does not answer as an identity provider should. Try again shortly, or sign in another way.`, {
      retryAfter: 10,
    });
  }
}

/** The reasons for which the answer of an identity provider is refused, by either protocol. */
export const refusalReasons = [
  'account_refused',
  'client_refused',
  'comment',
  'declined',
  'expired',
  'incomplete',
  'malformed',
  'mixed_up_issuer',
  'not_valid_yet',
  'unknown_key',
  'unsigned',
  'wrapped',
  'wrong_algorithm',
  'wrong_audience',
  'wrong_code',
  'wrong_issuer',
  'wrong_nonce',
  'wrong_recipient',
  'wrong_request',
  'wrong_signature',
  'wrong_subject',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** One error for all that is wrong with the answer of a provider. Its cause and the log have the values. */
export class ProviderRefusedError extends AppError {
  constructor(
    label: string,
    readonly reason: RefusalReason,
  ) {
    super('unauthenticated', 'identity_provider_refused', `${label} did not confirm this sign-in. Begin again.`, { reason });
  }
}

/** Why a return belongs to no visit. */
export type VisitEnd = 'connection_changed' | 'expired' | 'other_page' | 'other_provider' | 'other_purpose' | 'other_session' | 'unknown_state' | 'used';

export class ProviderVisitEndedError extends AppError {
  constructor(reason: VisitEnd) {
    super('gone', 'provider_visit_ended', 'This sign-in was begun elsewhere or more than ten minutes ago, or its answer was used. Begin again.', { reason });
  }
}

export class ProviderEmailNeededError extends AppError {
  constructor(label: string) {
    super('conflict', 'provider_email_needed', `${label} named no email address, which a new account needs. Allow it to, or sign up with a password: POST /auth/signup.`);
  }
}

export class ProviderSignUpClosedError extends AppError {
  constructor(label: string) {
    super(
      'forbidden',
      'provider_sign_up_closed',
      `No account is linked to your account at ${label}, and it makes no new ones. Sign in another way, then link it: POST /auth/providers/{provider}/link.`,
    );
  }
}

export class AccountNotLinkedError extends AppError {
  constructor(label: string) {
    super(
      'conflict',
      'account_not_linked',
      `An account has this email address, and is not linked to your account at ${label}. Sign in to it another way, then link it: POST /auth/providers/{provider}/link.`,
    );
  }
}

export class IdentityTakenError extends AppError {
  constructor(label: string) {
    super('conflict', 'identity_taken', `Another account is linked to this account at ${label}. Sign in to that account and unlink it first.`);
  }
}

export class InvalidLogoutTokenError extends AppError {
  constructor() {
    super('malformed', 'invalid_logout_token', 'The logout token is not one of this identity provider, has expired, or names no user.');
  }
}

export class IdentityNotFoundError extends AppError {
  constructor() {
    super('not_found', 'not_found', 'You have no such identity. GET /auth/identities lists your identities.');
  }
}
