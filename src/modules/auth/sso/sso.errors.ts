import { AppError, UnprocessableError } from '../../../common/errors/app-error.js';

export class SsoConnectionNotTestedError extends AppError {
  constructor() {
    super('conflict', 'sso_connection_not_tested', 'Nobody has signed in with this connection yet. Test it first: POST /tenant/sso-connections/{ssoConnectionId}/test.');
  }
}

export class LastSsoConnectionError extends AppError {
  constructor() {
    super(
      'conflict',
      'last_sso_connection',
      'The members can sign in with this connection alone. Enable another connection, or change `ssoRequired` and `signInMethods` first: PATCH /tenant/security.',
    );
  }
}

export class TooManySsoConnectionsError extends AppError {
  constructor(max: number) {
    super('conflict', 'too_many_sso_connections', `An organization has at most ${max} connections. Delete one first.`);
  }
}

export class TooManySetupLinksError extends AppError {
  constructor(max: number) {
    super('conflict', 'too_many_setup_links', `An organization has at most ${max} set-up links. Revoke one first.`);
  }
}

export class NoOwnerForSetupLinkError extends AppError {
  constructor() {
    super('conflict', 'no_owner', 'The tenant has no owner in whose name a set-up link could be made. Provision one first: POST /tenants/{tenantId}/provision.');
  }
}

export class SsoIssuerNotAllowedError extends UnprocessableError {
  constructor() {
    super('sso_issuer_not_allowed', 'The issuer must be an https URL with a public address.', [
      { pointer: '/issuer', code: 'not_public', message: 'must be an https URL with a public address' },
    ]);
  }
}

export class ReturnAddressNotAllowedError extends UnprocessableError {
  constructor() {
    super('return_address_not_allowed', 'The page to return to must be one of this installation, or at a verified domain of an organization.', [
      { pointer: '/returnTo', code: 'not_allowed', message: 'must be a page of this installation' },
    ]);
  }
}

export class SsoAddressNotProvedError extends AppError {
  constructor(label: string) {
    super(
      'forbidden',
      'sso_address_not_proved',
      `${label} named no email address at a domain that the organization has verified by DNS. Ask an administrator of the organization to verify the domain. A member can sign in another way and link the account: POST /auth/sso/{ssoConnectionId}/link.`,
    );
  }
}

export class SsoMemberAboveAuthorError extends AppError {
  constructor() {
    super(
      'forbidden',
      'sso_member_above_author',
      'You have permissions that the member who set the roles of this connection lacks, or for which a set-up link does not suffice. Sign in another way, and link the account: POST /auth/sso/{ssoConnectionId}/link. Or set the roles of the connection yourself.',
    );
  }
}

export class SsoRoleNotGrantableError extends AppError {
  constructor() {
    super(
      'forbidden',
      'sso_role_not_grantable',
      'The member who set the roles of this connection can no longer grant yours. Ask an administrator of the organization to set its roles again.',
    );
  }
}
