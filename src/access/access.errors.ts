import { AppError, UnprocessableError } from '../common/errors/app-error.js';
import type { ClosedState } from './access.decorators.js';

export class AuthenticationRequiredError extends AppError {
  constructor() {
    super('unauthenticated', 'authentication_required', 'Send an access token: `Authorization: Bearer …`. POST /auth/login returns one.');
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

export class RecentLoginRequiredError extends AppError {
  /** @param maxAge the longest time since the login in seconds */
  constructor(maxAge: number) {
    super(
      'unauthenticated',
      'recent_login_required',
      `This needs a login in the last ${maxAge / 60} minutes. Send the password or a code to POST /auth/reauthenticate, and repeat the request.`,
      {
        maxAge,
      },
    );
  }
}

export class TenantRequiredError extends AppError {
  constructor() {
    super(
      'malformed',
      'tenant_required',
      'The request names no organization. Name one in the path or in X-Tenant-ID or X-Tenant-Slug, or select one with POST /auth/switch-organization.',
    );
  }
}

export class TenantMismatchError extends AppError {
  constructor() {
    super(
      'malformed',
      'tenant_mismatch',
      'The path, headers, host and credential of the request name different organizations. Name only one. POST /auth/switch-organization changes the one in the access token.',
    );
  }
}

export class InvalidTenantError extends AppError {
  constructor(source: string) {
    super('malformed', 'invalid_tenant', `${source} is not a valid organization id or slug. Send a UUID or a slug.`);
  }
}

/** A managed account is that of its organization: it has no address, and works nowhere else. */
export class ManagedAccountError extends AppError {
  constructor() {
    super(
      'forbidden',
      'managed_account',
      'This account is managed by its organization: it has no email address, owns nothing, and works in that organization only. Ask an administrator.',
    );
  }
}

/** The same error for an organization that does not exist and for one that the caller is not a member of. */
export class OrganizationNotFoundError extends AppError {
  constructor() {
    super('not_found', 'organization_not_found', 'There is no such organization, or you are not a member of it. GET /organizations lists your organizations.');
  }
}

const closedDetails: Readonly<Record<ClosedState, string>> = {
  deleted: 'This organization was deleted. An owner can restore it until it is erased: POST /organizations/:id/restore.',
  suspended: 'This organization is suspended. Owners can read its data and pay open invoices. Ask the operator to reactivate it.',
  cancelled: 'The subscription of this organization was canceled. Owners can read its data and subscribe again.',
  maintenance: 'This organization is under maintenance. Try again later.',
};

export class OrganizationClosedError extends AppError {
  constructor(state: ClosedState) {
    super('forbidden', state === 'maintenance' ? 'organization_in_maintenance' : (`organization_${state}` as const), closedDetails[state]);
  }
}

export class InvalidApiKeyError extends AppError {
  constructor() {
    super('unauthenticated', 'invalid_api_key', 'The key or token does not exist or was revoked. Check it, or create a new one.');
  }
}

export class ApiKeyDisabledError extends AppError {
  constructor() {
    super('unauthenticated', 'api_key_disabled', 'This API key is disabled. A member with the permission api_keys:write can enable it.');
  }
}

export class ApiKeyNeedsReviewError extends AppError {
  constructor(permission: string) {
    super(
      'forbidden',
      'api_key_needs_review',
      `The member who granted this API key no longer has the permission "${permission}". A member who has it can rotate the key: POST /organizations/:id/api-keys/:id/rotate.`,
      { permission },
    );
  }
}

export class ApiKeyExpiredError extends AppError {
  constructor() {
    super('unauthenticated', 'api_key_expired', 'This API key has expired. Create a new one.');
  }
}

export class TwoCredentialsError extends AppError {
  constructor() {
    super('malformed', 'two_credentials', 'Send X-API-Key or Authorization, not both.');
  }
}

export class UserRequiredError extends AppError {
  constructor() {
    super('forbidden', 'user_required', 'Keys cannot call this route. Sign in as a user.');
  }
}

/** A service key calls a route that none of its possible scopes opens. */
export class ServiceKeyRefusedError extends AppError {
  constructor() {
    super('forbidden', 'service_key_refused', 'Service keys cannot call this route. Call it as a user, or with an API key of the organization.');
  }
}

export class DirectoryTokenRefusedError extends AppError {
  constructor() {
    super('forbidden', 'directory_token_refused', 'The token of a directory reaches only /scim/v2. Call this route as a user, or with an API key of the organization.');
  }
}

export class ImpersonationForbiddenError extends AppError {
  constructor() {
    super('forbidden', 'impersonation_forbidden', 'Operators cannot do this while they impersonate a user. Only the user can.');
  }
}

export class ImpersonationReadOnlyError extends AppError {
  constructor() {
    super('forbidden', 'impersonation_read_only', 'This impersonation only reads. Start one with the scope "write": POST /tenants/:tenantId/impersonate.');
  }
}

export class AddressNotAllowedError extends AppError {
  constructor() {
    super(
      'forbidden',
      'address_not_allowed',
      'Your IP address is not on the allow-list of the organization or of the key. Ask an administrator to add it; for a service key, ask the operator.',
    );
  }
}

export class OriginNotAllowedError extends AppError {
  constructor(origin: string) {
    super(
      'forbidden',
      'origin_not_allowed',
      `Pages of ${origin} may not call the API for this organization. An administrator of it can add the origin to webOrigins in its security settings.`,
    );
  }
}

export class AddressNotVerifiedError extends AppError {
  constructor() {
    super('forbidden', 'email_not_verified', 'Verify your email address first. POST /auth/email/resend sends you a new link.');
  }
}

export class SessionTimedOutError extends AppError {
  constructor() {
    super('unauthenticated', 'session_timed_out', 'This session was idle for longer than one of your organizations allows. Sign in again.');
  }
}

export class PasswordExpiredError extends AppError {
  constructor() {
    super('forbidden', 'password_expired', 'Your password is older than the organization allows. Change it: POST /auth/password/change.');
  }
}

export class SecondFactorRequiredError extends AppError {
  constructor() {
    super('forbidden', 'second_factor_required', 'This organization requires a second factor. Set one up with POST /auth/mfa/totp, or sign in again with your second factor.');
  }
}

export class OperatorSecondFactorRequiredError extends AppError {
  constructor() {
    super(
      'forbidden',
      'operator_second_factor_required',
      'Operators need a second factor for this. Set one up with POST /auth/mfa/totp, or sign in again with your second factor.',
    );
  }
}

export class SingleSignOnRequiredError extends AppError {
  constructor() {
    super('forbidden', 'sso_required', 'This organization requires single sign-on. Sign in through your identity provider.');
  }
}

export class SignInMethodNotAllowedError extends AppError {
  /** @param methods those that the organization allows */
  constructor(methods: readonly string[]) {
    super('forbidden', 'sign_in_method_not_allowed', `This organization does not accept the way in which this session began. Sign in again by: ${methods.join(', ')}.`, {
      methods,
    });
  }
}

export class AccountLoginRequiredError extends AppError {
  constructor() {
    super(
      'forbidden',
      'account_login_required',
      'This session began with the single sign-on of an organization, and reaches only this organization. Send the password or a code of your account to POST /auth/reauthenticate, and repeat the request.',
    );
  }
}

export class AwaitingConsentError extends AppError {
  constructor() {
    super(
      'forbidden',
      'awaiting_consent',
      'A guardian must consent before you can use this organization. GET /organizations/:id/consent shows the state, and POST /organizations/:id/consent/request mails a guardian.',
    );
  }
}

export class GuardianAccessClosedError extends AppError {
  constructor() {
    super('forbidden', 'guardian_access_closed', 'This organization gives guardians no access. Ask its administrators.');
  }
}

export class FeatureNotInPlanError extends AppError {
  constructor(feature: string, plan: string) {
    super('payment_required', 'feature_not_in_plan', `The plan "${plan}" does not include the feature "${feature}". Change the plan to use it.`, { feature, plan });
  }
}

export class FeatureDisabledError extends AppError {
  constructor(feature: string) {
    super('forbidden', 'feature_disabled', `The feature "${feature}" is disabled in this organization. Enable it with PATCH /tenant/features.`, { feature });
  }
}

export class PlanRequiredError extends AppError {
  constructor(plans: readonly string[], plan: string) {
    super('payment_required', 'plan_required', `This requires the plan ${plans.join(' or ')}. The organization is on the plan "${plan}".`, { plans, plan });
  }
}

/** A plan whose limit is high enough. */
export interface QuotaUpgrade {
  readonly plan: string;
  /** null: unlimited */
  readonly limit: number | null;
}

/** An add-on that raises the limit enough. */
export interface QuotaAddOn {
  readonly addOn: string;
  /** The additional quantity to buy. */
  readonly quantity: number;
  /** The limit after the purchase. */
  readonly limit: number;
}

/** The purchases that raise the limit enough. */
export interface QuotaOffers {
  readonly upgrade: QuotaUpgrade | null;
  readonly addOn: QuotaAddOn | null;
}

export interface QuotaDetails extends QuotaOffers {
  readonly limit: number;
  readonly used: number;
  /** Units of open reservations, and those that servers hold ready for requests. */
  readonly held: number;
  readonly requested: number;
  readonly remaining: number;
  /** RFC 3339; null when the meter does not reset. */
  readonly resetsAt: string | null;
}

export class QuotaExceededError extends AppError {
  constructor(meter: string, details: QuotaDetails) {
    const { limit, used, held, requested, resetsAt, upgrade, addOn } = details;
    const options = [
      ...(resetsAt === null ? [] : [`wait until ${resetsAt}`]),
      ...(addOn === null ? [] : [`buy ${addOn.quantity} of the add-on "${addOn.addOn}"`]),
      ...(upgrade === null ? [] : [`change to the plan "${upgrade.plan}"`]),
    ];
    const remedy = options.length === 0 ? '' : ` To continue, ${options.join(', or ')}.`;
    super(
      'payment_required',
      'quota_exceeded',
      `The limit of "${meter}" is reached: ${used} of ${limit} used${held === 0 ? '' : ` and ${held} held`}, ${requested} requested.${remedy}`,
      { meter, ...details },
    );
  }
}

export class TooManyRequestsError extends AppError {
  /** @param retryAfter seconds */
  constructor(policy: string, retryAfter: number) {
    super('too_many_requests', 'too_many_requests', `Rate limit "${policy}" exceeded. Try again in ${retryAfter} s.`, { policy, retryAfter });
  }
}

/** The organization has as many running requests as its plan allows on one replica. */
export class TooManyRunningRequestsError extends AppError {
  constructor(limit: number) {
    super('too_many_requests', 'too_many_running_requests', `The organization may run ${limit} requests at a time. Send the next one when another one is answered.`, {
      limit,
      retryAfter: 1,
    });
  }
}

/** The work of the organization has held connections of the database for longer than its plan allows. */
export class DatabaseTimeExceededError extends AppError {
  /** @param limit milliseconds in each second  @param retryAfter seconds */
  constructor(limit: number, retryAfter: number) {
    super(
      'too_many_requests',
      'database_time_exceeded',
      `The requests of the organization have taken more than ${limit} ms of database time per second. Try again in ${retryAfter} s, and send fewer or smaller requests.`,
      { limit, retryAfter },
    );
  }
}

/** The replica has more work than it can do, and the caller has more than others. */
export class OverloadedError extends AppError {
  constructor() {
    super('unavailable', 'overloaded', 'The service is busy, and you have many requests running. Try again shortly, with fewer requests at a time.', { retryAfter: 2 });
  }
}

export class AccessDeniedError extends AppError {
  /** @param needed the role, permission or membership that the caller lacks, e.g. `permission members:write` */
  constructor(needed: string) {
    super('forbidden', 'access_denied', `This requires the ${needed}.`, { needed });
  }
}

/** The caller lost permissions while the request ran. */
export class AuthorityChangedError extends AppError {
  constructor() {
    super('conflict', 'authority_changed', 'Your permissions changed while the request ran. Nothing was changed. Send the request again.');
  }
}

export class NoVersionError extends AppError {
  constructor() {
    super('precondition_failed', 'no_version', 'There is no single resource with a version at this path, so no If-Match can hold. Send the request without If-Match.');
  }
}

export class UnknownRoleError extends UnprocessableError {
  constructor(role: string, pointer = '/role') {
    super('unknown_role', `This organization has no role "${role}". GET /organizations/:id/roles lists the roles.`, [
      { pointer, code: 'unknown_role', message: 'is not a role of this organization' },
    ]);
  }
}
