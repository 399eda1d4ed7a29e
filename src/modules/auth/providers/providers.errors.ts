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

/** The codes with which the answer of an identity provider is refused, by either protocol. */
export type RefusalCode =
  | 'identity_account_refused'
  | 'identity_client_refused'
  | 'identity_declined'
  | 'identity_expired'
  | 'identity_incomplete'
  | 'identity_malformed'
  | 'identity_mixed_up_issuer'
  | 'identity_not_decryptable'
  | 'identity_not_valid_yet'
  | 'identity_signature_wrapped'
  | 'identity_unknown_key'
  | 'identity_unsigned'
  | 'identity_wrong_algorithm'
  | 'identity_wrong_audience'
  | 'identity_wrong_code'
  | 'identity_wrong_issuer'
  | 'identity_wrong_nonce'
  | 'identity_wrong_recipient'
  | 'identity_wrong_request'
  | 'identity_wrong_signature'
  | 'identity_wrong_subject'
  | 'identity_xml_comment';

/** One error for each fault in the answer of a provider. Its cause and the log have the values. */
export class ProviderRefusedError extends AppError {
  constructor(label: string, code: RefusalCode) {
    super('unauthenticated', code, `${label} did not confirm this sign-in. Begin again.`);
  }
}

/** The codes of returns that belong to no visit. */
export type VisitEndCode =
  | 'provider_visit_connection_changed'
  | 'provider_visit_expired'
  | 'provider_visit_other_page'
  | 'provider_visit_other_provider'
  | 'provider_visit_other_purpose'
  | 'provider_visit_other_session'
  | 'provider_visit_unknown_state'
  | 'provider_visit_used';

export class ProviderVisitEndedError extends AppError {
  constructor(code: VisitEndCode) {
    super('gone', code, 'This sign-in was begun elsewhere or more than ten minutes ago, or its answer was used. Begin again.');
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
