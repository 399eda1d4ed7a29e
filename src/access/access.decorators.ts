import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import { grantableToKeys } from '../config/catalog/built-in-permissions.js';
import type { LimitedAction } from '../config/catalog/catalog.js';
import type { Permission } from './roles.js';
import type { ServiceScope } from './service-scopes.js';
import { isDedicated } from './dedicated-kinds.js';

/** The states in which an organization is closed: its routes answer 403, except those that allow the state with `evenIf`. */
export type ClosedState = 'deleted' | 'suspended' | 'cancelled' | 'maintenance';

interface RuleOptions {
  /** The closed states in which the route still works. */
  readonly evenIf?: readonly ClosedState[];
  /** Whether the route works for members whom the security policy refuses for their address or for single sign-on. */
  readonly breakGlass?: boolean;
  /** Whether the route works for a member who awaits the consent of a guardian: it shows and changes nothing but their own membership. */
  readonly beforeConsent?: boolean;
  /** The scope with which service keys can call the route. Without it they cannot. */
  readonly service?: ServiceScope;
}

/** States who may call a route. Every route has exactly one access rule; the server does not start when a route has none. */
export type AccessRule =
  | { readonly kind: 'public'; readonly acceptsToken?: boolean }
  | { readonly kind: 'authenticated'; readonly nonMembers?: boolean; readonly unproved?: boolean }
  | { readonly kind: 'platform_admin' }
  | ({ readonly kind: 'member'; readonly apiKeys?: boolean } & RuleOptions)
  | ({ readonly kind: 'service' } & RuleOptions & { readonly service: ServiceScope })
  | { readonly kind: 'directory' }
  | { readonly kind: 'setup' }
  | ({ readonly kind: 'role'; readonly role: string } & RuleOptions)
  | ({ readonly kind: 'permission'; readonly permission: Permission } & RuleOptions);

/** An additional condition of a route: a feature or plan of the organization. */
export interface PlanGate {
  readonly feature?: string;
  readonly plans?: readonly string[];
}

export const accessRuleKey = 'tenantry:access';
export const planGateKey = 'tenantry:plan';

/** Whether some API key, service key, directory token or set-up link can call a route with this rule; if not, only signed-in users can. */
export const acceptsKeys = (value: AccessRule): boolean => acceptsApiKeys(value) || acceptsServiceKeys(value) || isDedicated(value);
const acceptsApiKeys = (value: AccessRule): boolean => (value.kind === 'permission' && grantableToKeys(value.permission)) || (value.kind === 'member' && value.apiKeys === true);
const acceptsServiceKeys = (value: AccessRule): boolean => 'service' in value && value.service !== undefined;

/** Adds the accepted credentials to the OpenAPI document: API keys only where a key can have the permission. */
function documented(value: AccessRule): MethodDecorator & ClassDecorator {
  if (value.kind === 'service') return ApiSecurity('serviceKey');
  if (value.kind === 'directory') return ApiSecurity('directoryToken');
  if (value.kind === 'setup') return ApiSecurity('setupLink');
  return applyDecorators(ApiBearerAuth(), ...(acceptsApiKeys(value) ? [ApiSecurity('apiKey')] : []), ...(acceptsServiceKeys(value) ? [ApiSecurity('serviceKey')] : []));
}

const rule = (value: AccessRule): MethodDecorator & ClassDecorator =>
  value.kind === 'public' ? SetMetadata(accessRuleKey, value) : applyDecorators(SetMetadata(accessRuleKey, value), documented(value));

/** Allows everybody, without a credential. */
export const Public = (): MethodDecorator & ClassDecorator => rule({ kind: 'public' });

/** Allows everybody. A caller that sends an access token is identified, without a tenant; an invalid token is refused. */
export const PublicOrSignedIn = (): MethodDecorator & ClassDecorator => rule({ kind: 'public', acceptsToken: true });

/**
 * Allows every signed-in user who has proved the account. The tenant is resolved when the request names one; none is required.
 *
 * @param unproved whether it also allows a session of single sign-on that proves nothing but the word of its organization. Such a route shows and changes nothing
 *   outside of the organization and the session
 */
export const Authenticated = ({ unproved }: { readonly unproved?: true } = {}): MethodDecorator & ClassDecorator =>
  rule({ kind: 'authenticated', ...(unproved === undefined ? {} : { unproved }) });

/** Allows every signed-in user, including non-members of the organization in the path. No tenant is resolved. */
export const AuthenticatedNonMember = (): MethodDecorator & ClassDecorator => rule({ kind: 'authenticated', nonMembers: true });

/** Allows every member of the tenant, with any role; with `apiKeys` also every API key. */
export const RequireMembership = (options: RuleOptions & { readonly apiKeys?: boolean } = {}): MethodDecorator & ClassDecorator => rule({ kind: 'member', ...options });

/** Allows members of the tenant whose base role has at least the rank of this role. */
export const RequireRole = (role: string, options: RuleOptions = {}): MethodDecorator & ClassDecorator => rule({ kind: 'role', role, ...options });

/** Allows members and API keys of the tenant that have this permission. */
export const RequirePermission = (permission: Permission, options: RuleOptions = {}): MethodDecorator & ClassDecorator => rule({ kind: 'permission', permission, ...options });

/** Allows only tokens of directories. */
export const DirectoriesOnly = (): MethodDecorator & ClassDecorator => rule({ kind: 'directory' });

/** Allows only set-up links of single sign-on. */
export const SetupLinksOnly = (): MethodDecorator & ClassDecorator => rule({ kind: 'setup' });

/** Allows service keys with this scope, in the tenant that the request names. No user and no API key has it. */
export const ServiceKeysOnly = (service: ServiceScope, options: RuleOptions = {}): MethodDecorator & ClassDecorator => rule({ kind: 'service', ...options, service });

/** Allows platform operators. No role of an organization gives this access. */
export const PlatformAdminOnly = (): MethodDecorator & ClassDecorator => rule({ kind: 'platform_admin' });

/** Requires, in addition to the access rule, that the tenant's plan includes this feature and the feature is switched on. */
export const RequireFeature = (feature: string): MethodDecorator & ClassDecorator => SetMetadata(planGateKey, { feature } satisfies PlanGate);

/** Requires, in addition to the access rule, that the tenant is on one of these plans. Prefer {@link RequireFeature}: plans change. */
export const RequirePlan = (...plans: string[]): MethodDecorator & ClassDecorator => SetMetadata(planGateKey, { plans } satisfies PlanGate);

/** States whether an operator who impersonates a member may only read, or also change what is not about access. */
export const impersonationScopes = ['read', 'write'] as const;
export type ImpersonationScope = (typeof impersonationScopes)[number];

export const allowedWhileImpersonatingKey = 'tenantry:allowed-while-impersonating';

/**
 * Allows a route to operators who impersonate a member. Without it they can only read the routes of the organization.
 *
 * @param scope `write` (default) for a route that changes data: it needs an impersonation with this scope, and a permission
 *   that does not manage access. `read` for a route that changes nothing although it is a POST, or that needs no tenant.
 */
export const AllowedWhileImpersonating = (scope: ImpersonationScope = 'write'): MethodDecorator => SetMetadata(allowedWhileImpersonatingKey, scope);

export const recentLoginKey = 'tenantry:recent-login';

/** A login that a route requires. */
export interface RecentLogin {
  /** The longest time since the login; `RECENT_LOGIN_MINUTES` if undefined. */
  readonly minutes: number | undefined;
}

/** That a route requires no recent login. */
export interface WithoutRecentLogin {
  readonly reason: string;
}

/**
 * Requires that the user proved who they are in this session a short time ago (docs/accounts.md#recent-login). Changes by operators, and changes with a
 * permission that no API key can have, require it without this decorator. Keys have no login, and are not asked.
 *
 * @param minutes the longest time since; `RECENT_LOGIN_MINUTES` when left out
 */
export const RequireRecentLogin = (minutes?: number): MethodDecorator => SetMetadata(recentLoginKey, { minutes } satisfies RecentLogin);

/**
 * Excludes a route from the recent login that its access rule would require.
 *
 * @param reason why a stolen session does no harm with it
 */
export const WithoutRecentLogin = (reason: string): MethodDecorator => SetMetadata(recentLoginKey, { reason } satisfies WithoutRecentLogin);

export const rateLimitedKey = 'tenantry:rate-limited';

/** Applies the rate limit of an action in the catalog's `rateLimits`, in addition to the plan's rate limit. */
export const RateLimited = (action: LimitedAction): MethodDecorator => SetMetadata(rateLimitedKey, action);

export const unmeteredKey = 'tenantry:unmetered';

/** Excludes the route from the request quota. For routes that report usage, show limits or take payments: they must work when the quota is used up. */
export const Unmetered = (): MethodDecorator & ClassDecorator => SetMetadata(unmeteredKey, true);

export const withoutIdempotencyKeyKey = 'tenantry:without-idempotency-key';

/**
 * Excludes a POST or PATCH route from Idempotency-Key, which it ignores.
 *
 * @param reason why its repetition does no harm
 */
export const WithoutIdempotencyKey = (reason: string): MethodDecorator & ClassDecorator => SetMetadata(withoutIdempotencyKeyKey, reason);

export const alwaysServedKey = 'tenantry:always-served';

/** Serves the route also when the replica is overloaded. For probes and metrics, by which operators notice it. */
export const AlwaysServed = (): MethodDecorator & ClassDecorator => SetMetadata(alwaysServedKey, true);

/** Whether a route requires a tenant. */
export function needsTenant({ kind }: AccessRule): boolean {
  return kind !== 'public' && kind !== 'authenticated' && kind !== 'platform_admin';
}

/** Returns the access rule and plan gate as text, for the route-access snapshot (`test/route-access.txt`). */
export function describeAccessRule(accessRule: AccessRule, gate: PlanGate = {}): string {
  const evenIf = 'evenIf' in accessRule && accessRule.evenIf !== undefined ? ` even if ${accessRule.evenIf.join(', ')}` : '';
  const plan = `${gate.feature === undefined ? '' : ` with feature ${gate.feature}`}${gate.plans === undefined ? '' : ` on plan ${gate.plans.join(' or ')}`}`;
  const breakGlass = 'breakGlass' in accessRule && accessRule.breakGlass ? ', also when the address or single sign-on is refused' : '';
  const service = accessRule.kind !== 'service' && 'service' in accessRule && accessRule.service !== undefined ? `, service keys with ${accessRule.service}` : '';
  const beforeConsent = 'beforeConsent' in accessRule && accessRule.beforeConsent ? ', also before consent' : '';
  return `${nameOf(accessRule)}${evenIf}${plan}${breakGlass}${beforeConsent}${service}`;
}

function nameOf(accessRule: AccessRule): string {
  switch (accessRule.kind) {
    case 'public':
      return accessRule.acceptsToken === true ? 'public or signed in' : 'public';
    case 'authenticated':
      return `authenticated${accessRule.nonMembers === true ? ', also non-members' : ''}${accessRule.unproved === true ? ', also by single sign-on alone' : ''}`;
    case 'member':
      return accessRule.apiKeys === true ? 'member or key' : 'member';
    case 'role':
      return `role ${accessRule.role}`;
    case 'permission':
      return `permission ${accessRule.permission}`;
    case 'service':
      return `only service keys with ${accessRule.service}`;
    case 'directory':
      return 'only tokens of directories';
    case 'setup':
      return 'only set-up links of single sign-on';
    case 'platform_admin':
      return 'platform_admin';
  }
}
