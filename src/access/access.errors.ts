import { AppError } from '../common/errors/app-error.js';
import type { ClosedState } from './access-rule.js';

export class AuthenticationRequiredError extends AppError {
  constructor() {
    super('unauthenticated', 'authentication_required', 'Send an access token: `Authorization: Bearer …` (POST /auth/login gives one).');
  }
}

export class InvalidAccessTokenError extends AppError {
  constructor() {
    super('unauthenticated', 'invalid_token', 'The access token is not valid. Sign in again.');
  }
}

export class AccessTokenExpiredError extends AppError {
  constructor() {
    super('unauthenticated', 'token_expired', 'The access token has expired. Get a new one from POST /auth/refresh.');
  }
}

export class SessionEndedError extends AppError {
  constructor() {
    super('unauthenticated', 'session_ended', 'This session has ended. Sign in again.');
  }
}

export class TenantRequiredError extends AppError {
  constructor() {
    super('malformed', 'tenant_required', 'Say which organization: in the path, as X-Tenant-ID or X-Tenant-Slug, or by POST /auth/switch-organization.');
  }
}

export class TenantMismatchError extends AppError {
  constructor() {
    super(
      'malformed',
      'tenant_mismatch',
      'The request names two different organizations (path, header, host, token). Name one; POST /auth/switch-organization changes the one in the token.',
    );
  }
}

export class InvalidTenantError extends AppError {
  constructor(source: string) {
    super('malformed', 'invalid_tenant', `${source} does not hold one valid organization id or slug.`);
  }
}

/** The same answer for an organization that does not exist and for one that the caller has no part in. */
export class OrganizationNotFoundError extends AppError {
  constructor() {
    super('not_found', 'organization_not_found', 'There is no such organization, or you are not a member of it.');
  }
}

const closedDetails: Readonly<Record<ClosedState, string>> = {
  deleted: 'This organization was deleted. An owner can restore it until it is erased.',
  suspended: 'This organization is suspended. Its owners can still read; ask the operator to reactivate it.',
  cancelled: 'The subscription of this organization was cancelled. Its owners can still read.',
  maintenance: 'This organization is under maintenance. Try again later.',
};

export class OrganizationClosedError extends AppError {
  constructor(state: ClosedState) {
    super('forbidden', state === 'maintenance' ? 'organization_in_maintenance' : `organization_${state}`, closedDetails[state]);
  }
}

export class AccessDeniedError extends AppError {
  /** @param needed what the caller lacks, e.g. `permission members:write` */
  constructor(needed: string) {
    super('forbidden', 'access_denied', `You need the ${needed} for this.`, { needed });
  }
}
