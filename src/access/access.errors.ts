import { AppError } from '../common/errors/app-error.js';
import type { ClosedState } from './access.decorators.js';

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
  suspended: 'This organization is suspended. Its owners can still read, and pay what is owed; else ask the operator to reactivate it.',
  cancelled: 'The subscription of this organization was cancelled. Its owners can still read.',
  maintenance: 'This organization is under maintenance. Try again later.',
};

export class OrganizationClosedError extends AppError {
  constructor(state: ClosedState) {
    super('forbidden', state === 'maintenance' ? 'organization_in_maintenance' : `organization_${state}`, closedDetails[state]);
  }
}

export class InvalidApiKeyError extends AppError {
  constructor() {
    super('unauthenticated', 'invalid_api_key', 'There is no such API key, or it was revoked. Check it, or make a new one.');
  }
}

export class ApiKeyDisabledError extends AppError {
  constructor() {
    super('unauthenticated', 'api_key_disabled', 'This API key is switched off. Whoever manages keys can switch it on again.');
  }
}

export class ApiKeyExpiredError extends AppError {
  constructor() {
    super('unauthenticated', 'api_key_expired', 'This API key has expired. Make a new one, or rotate it in time.');
  }
}

export class TwoCredentialsError extends AppError {
  constructor() {
    super('malformed', 'two_credentials', 'Send X-API-Key or Authorization, not both.');
  }
}

export class UserRequiredError extends AppError {
  constructor() {
    super('forbidden', 'user_required', 'Only a signed-in user may do this; an API key may not.');
  }
}

export class ImpersonationForbiddenError extends AppError {
  constructor() {
    super('forbidden', 'impersonation_forbidden', 'Only the user in person may do this, not an operator who acts as them.');
  }
}

export class AddressNotAllowedError extends AppError {
  constructor() {
    super('forbidden', 'address_not_allowed', 'Requests are not accepted from your network address. Ask whoever manages the allow-list.');
  }
}

export class SessionTimedOutError extends AppError {
  constructor() {
    super('unauthenticated', 'session_timed_out', 'This session was not used for longer than the organization allows. Sign in again.');
  }
}

export class PasswordExpiredError extends AppError {
  constructor() {
    super('forbidden', 'password_expired', 'Your password is older than the organization allows. Change it with POST /auth/password/change.');
  }
}

export class SecondFactorRequiredError extends AppError {
  constructor() {
    super('forbidden', 'second_factor_required', 'This organization asks for a second factor. Set one up with POST /auth/mfa/totp, or sign in anew with yours.');
  }
}

export class SingleSignOnRequiredError extends AppError {
  constructor() {
    super('forbidden', 'sso_required', 'This organization is entered by single sign-on only.');
  }
}

export class FeatureNotInPlanError extends AppError {
  constructor(feature: string, plan: string) {
    super('payment_required', 'feature_not_in_plan', `The plan "${plan}" does not have the feature "${feature}".`, { feature, plan });
  }
}

export class FeatureDisabledError extends AppError {
  constructor(feature: string) {
    super('forbidden', 'feature_disabled', `The feature "${feature}" is switched off in this organization.`, { feature });
  }
}

export class PlanRequiredError extends AppError {
  constructor(plans: readonly string[], plan: string) {
    super('payment_required', 'plan_required', `This needs the plan ${plans.join(' or ')}; the organization is on "${plan}".`, { plans, plan });
  }
}

/** A plan that would have had room. */
export interface QuotaUpgrade {
  readonly plan: string;
  /** null: unlimited */
  readonly limit: number | null;
}

/** Something to buy beside the plan that would have made room. */
export interface QuotaAddOn {
  readonly addOn: string;
  /** How many more of it. */
  readonly quantity: number;
  /** The limit with them. */
  readonly limit: number;
}

/** What would have made room. */
export interface QuotaOffers {
  readonly upgrade: QuotaUpgrade | null;
  readonly addOn: QuotaAddOn | null;
}

export interface QuotaDetails extends QuotaOffers {
  readonly limit: number;
  readonly used: number;
  readonly requested: number;
  readonly remaining: number;
  /** RFC 3339; null when it never does. */
  readonly resetsAt: string | null;
}

export class QuotaExceededError extends AppError {
  constructor(meter: string, details: QuotaDetails) {
    const { limit, used, requested, resetsAt, upgrade, addOn } = details;
    const cures = [
      ...(resetsAt === null ? [] : [`wait until ${resetsAt}`]),
      ...(addOn === null ? [] : [`buy ${addOn.quantity} of the add-on "${addOn.addOn}"`]),
      ...(upgrade === null ? [] : [`change to the plan "${upgrade.plan}"`]),
    ];
    const cure = cures.length === 0 ? '' : ` To go on, ${cures.join(', or ')}.`;
    super('payment_required', 'quota_exceeded', `${requested} of "${meter}" asked for, ${used} of ${limit} used.${cure}`, { meter, ...details });
  }
}

export class TooManyRequestsError extends AppError {
  /** @param retryAfter seconds */
  constructor(policy: string, retryAfter: number) {
    super('too_many_requests', 'too_many_requests', `Too many requests ("${policy}"). Try again in ${retryAfter} s.`, { policy, retryAfter });
  }
}

export class AccessDeniedError extends AppError {
  /** @param needed what the caller lacks, e.g. `permission members:write` */
  constructor(needed: string) {
    super('forbidden', 'access_denied', `This needs the ${needed}.`, { needed });
  }
}
