import { needsTenant, type AccessRule, type ClosedState } from '../access/access.decorators.js';
import { takesIdempotencyKey } from '../access/idempotency/takes-idempotency-key.js';
import type { AuditedRoute } from '../access/route-audit.js';

/** A route with the parts of its operation that decide which problems it can have. */
export interface ProblemRoute extends AuditedRoute {
  readonly rule: AccessRule;
  /** Whether API keys can call it. */
  readonly acceptsKeys: boolean;
  /** Whether its body or query is validated. */
  readonly isValidated: boolean;
  /** Whether it compares a version with `If-Match`. */
  readonly comparesVersion: boolean;
  /** Whether it can keep a session in a cookie. */
  readonly keepsSessions: boolean;
}

/** Problems of a status that every route of a kind can have, before its handler runs or because its transaction fails. */
interface CommonProblems {
  /** The name of their schema, if they are several. */
  readonly name?: string;
  readonly status: number;
  readonly codes: readonly string[];
  readonly of: (route: ProblemRoute) => boolean;
}

const always = (): boolean => true;
const changes = ({ method }: ProblemRoute): boolean => method !== 'GET';
const inTenant = ({ rule }: ProblemRoute): boolean => needsTenant(rule);
const isOpen = ({ rule }: ProblemRoute): boolean => rule.kind === 'public';
const isForOperators = ({ rule }: ProblemRoute): boolean => rule.kind === 'platform_admin';
const isForServices = ({ rule }: ProblemRoute): boolean => rule.kind === 'service';
const acceptsServices = ({ rule }: ProblemRoute): boolean => 'service' in rule && rule.service !== undefined;
/** Whether a route refuses every `If-Match`: what it changes has no version. */
const isUnversioned = ({ method, comparesVersion }: ProblemRoute): boolean => method !== 'GET' && method !== 'POST' && !comparesVersion;
/** Whether a tenant that the request names is resolved. */
const resolvesTenant = (route: ProblemRoute): boolean => inTenant(route) || (route.rule.kind === 'authenticated' && route.rule.nonMembers !== true);
/** Whether a credential is verified. */
const readsCredential = ({ rule }: ProblemRoute): boolean => rule.kind !== 'public' || rule.acceptsToken === true;
/** Public routes that change something verify a token, too: that of an operator who impersonates a member is refused. */
const readsSession = (route: ProblemRoute): boolean => readsCredential(route) || changes(route);
const isMetered = (route: ProblemRoute): boolean => inTenant(route) && !route.unmetered;
const isKeyed = ({ method, withoutIdempotencyKey }: ProblemRoute): boolean => takesIdempotencyKey(method, withoutIdempotencyKey);
const openStates = ({ rule }: ProblemRoute): readonly ClosedState[] => ('evenIf' in rule ? (rule.evenIf ?? []) : []);
/** Whether a route that works in some closed states does not work in this one. */
const isClosedWhen =
  (state: ClosedState) =>
  (route: ProblemRoute): boolean =>
    inTenant(route) && openStates(route).length > 0 && !openStates(route).includes(state);
const closedCodes = ['organization_cancelled', 'organization_deleted', 'organization_in_maintenance', 'organization_suspended'] as const;

/** In the order of the checks. */
export const commonProblems: readonly CommonProblems[] = [
  { name: 'RequestProblems', status: 400, codes: ['invalid_host', 'malformed_text', 'repeated_header', 'two_credentials'], of: always },
  { name: 'BodyProblems', status: 400, codes: ['inexact_number', 'invalid_utf8', 'malformed_request'], of: changes },
  { status: 413, codes: ['body_too_large'], of: changes },
  { status: 415, codes: ['unsupported_media_type'], of: changes },
  { name: 'CredentialProblems', status: 401, codes: ['authentication_required', 'invalid_api_key', 'invalid_token', 'token_expired'], of: readsCredential },
  { name: 'SessionProblems', status: 401, codes: ['session_ended', 'session_timed_out'], of: readsSession },
  { status: 401, codes: ['recent_login_required'], of: (route) => route.recentLogin !== undefined || inTenant(route) },
  { name: 'ApiKeyProblems', status: 401, codes: ['api_key_disabled', 'api_key_expired'], of: inTenant },
  { name: 'TenantProblems', status: 400, codes: ['invalid_tenant', 'tenant_mismatch'], of: resolvesTenant },
  { status: 400, codes: ['tenant_required'], of: inTenant },
  { status: 404, codes: ['organization_not_found'], of: resolvesTenant },
  { status: 403, codes: ['user_required'], of: (route) => !isOpen(route) && !route.acceptsKeys && !isForServices(route) && route.rule.kind !== 'setup' },
  { status: 403, codes: ['service_key_refused'], of: (route) => inTenant(route) && !acceptsServices(route) },
  { status: 403, codes: ['directory_token_refused'], of: (route) => inTenant(route) && route.rule.kind !== 'directory' },
  {
    name: 'ImpersonationProblems',
    status: 403,
    codes: ['impersonation_forbidden', 'impersonation_read_only'],
    of: (route) => readsSession(route) && !(inTenant(route) && !changes(route)),
  },
  { name: 'ClosedOrganizationProblems', status: 403, codes: closedCodes, of: (route) => inTenant(route) && openStates(route).length === 0 },
  { status: 403, codes: ['organization_deleted'], of: isClosedWhen('deleted') },
  { status: 403, codes: ['organization_suspended'], of: isClosedWhen('suspended') },
  { status: 403, codes: ['organization_cancelled'], of: isClosedWhen('cancelled') },
  { status: 403, codes: ['organization_in_maintenance'], of: isClosedWhen('maintenance') },
  {
    name: 'MembershipProblems',
    status: 403,
    codes: [
      'access_denied',
      'account_login_required',
      'address_not_allowed',
      'origin_not_allowed',
      'password_expired',
      'second_factor_required',
      'sign_in_method_not_allowed',
      'sso_required',
    ],
    of: inTenant,
  },
  { status: 403, codes: ['awaiting_consent'], of: (route) => inTenant(route) && !('beforeConsent' in route.rule && route.rule.beforeConsent) },
  { status: 403, codes: ['guardian_access_closed'], of: inTenant },
  { status: 403, codes: ['access_denied'], of: isForOperators },
  { status: 403, codes: ['account_login_required'], of: (route) => readsSession(route) && !inTenant(route) && route.rule !== undefined && !('unproved' in route.rule) },
  { status: 403, codes: ['origin_not_allowed'], of: (route) => (resolvesTenant(route) || route.keepsSessions) && !inTenant(route) },
  { status: 403, codes: ['api_key_needs_review'], of: ({ rule }) => rule.kind === 'permission' },
  { status: 403, codes: ['operator_second_factor_required'], of: isForOperators },
  { status: 403, codes: ['feature_disabled'], of: ({ acceptsKeys, gate }) => acceptsKeys || gate?.feature !== undefined },
  { status: 402, codes: ['feature_not_in_plan'], of: ({ acceptsKeys, gate }) => acceptsKeys || gate?.feature !== undefined },
  { status: 402, codes: ['plan_required'], of: ({ gate }) => gate?.plans !== undefined },
  { status: 402, codes: ['quota_exceeded'], of: isMetered },
  { name: 'LoadProblems', status: 429, codes: ['database_time_exceeded', 'too_many_running_requests'], of: ({ alwaysServed }) => !alwaysServed },
  { status: 429, codes: ['too_many_requests'], of: (route) => resolvesTenant(route) || route.limitedAction !== undefined },
  { status: 400, codes: ['validation_failed'], of: ({ isValidated }) => isValidated },
  { status: 404, codes: ['not_found'], of: ({ path }) => path.includes(':') },
  { status: 400, codes: ['invalid_idempotency_key'], of: isKeyed },
  { name: 'IdempotencyProblems', status: 409, codes: ['outcome_unknown', 'request_running'], of: isKeyed },
  { status: 422, codes: ['idempotency_key_reused'], of: isKeyed },
  { status: 412, codes: ['no_version'], of: isUnversioned },
  { status: 412, codes: ['version_conflict'], of: ({ comparesVersion }) => comparesVersion },
  { status: 409, codes: ['authority_changed'], of: (route) => !isOpen(route) && (changes(route) || isMetered(route)) },
  { status: 409, codes: ['deleted_meanwhile'], of: changes },
  { status: 500, codes: ['internal_error'], of: always },
  { status: 503, codes: ['unavailable'], of: always },
  { status: 503, codes: ['overloaded'], of: ({ alwaysServed }) => !alwaysServed },
];
