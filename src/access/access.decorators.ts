import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import { grantableToKeys } from '../config/catalog/built-in-permissions.js';
import type { LimitedAction } from '../config/catalog/catalog.js';
import type { Permission } from './roles.js';

/** Organizations in these states are closed; a route may say that it works on one nevertheless. */
export type ClosedState = 'deleted' | 'suspended' | 'cancelled' | 'maintenance';

interface RuleOptions {
  /** States in which the route still works. */
  readonly evenIf?: readonly ClosedState[];
}

/** Who may call a route. Every route carries exactly one; a route without one stops the boot. */
export type AccessRule =
  | { readonly kind: 'public'; readonly acceptsToken?: boolean }
  | { readonly kind: 'authenticated'; readonly nonMembers?: boolean }
  | { readonly kind: 'platform_admin' }
  | ({ readonly kind: 'member'; readonly apiKeys?: boolean } & RuleOptions)
  | ({ readonly kind: 'role'; readonly role: string } & RuleOptions)
  | ({ readonly kind: 'permission'; readonly permission: Permission } & RuleOptions);

/** What else a route needs: of the organization's plan rather than of the caller. */
export interface PlanGate {
  readonly feature?: string;
  readonly plans?: readonly string[];
}

export const accessRuleKey = 'tenantry:access';
export const planGateKey = 'tenantry:plan';

/** The documented credentials: API keys only where a key can pass. */
function documented(value: AccessRule): MethodDecorator & ClassDecorator {
  const keys = (value.kind === 'permission' && grantableToKeys(value.permission)) || (value.kind === 'member' && value.apiKeys === true);
  return keys ? applyDecorators(ApiBearerAuth(), ApiSecurity('apiKey')) : ApiBearerAuth();
}

const rule = (value: AccessRule): MethodDecorator & ClassDecorator =>
  value.kind === 'public' ? SetMetadata(accessRuleKey, value) : applyDecorators(SetMetadata(accessRuleKey, value), documented(value));

/** Anybody, without signing in. */
export const Public = (): MethodDecorator & ClassDecorator => rule({ kind: 'public' });

/** Anybody; who sends an access token is known to the route, outside of any tenant. A bad token is refused. */
export const PublicOrSignedIn = (): MethodDecorator & ClassDecorator => rule({ kind: 'public', acceptsToken: true });

/** Any signed-in user; a tenant is resolved when the request names one, but none is needed. */
export const Authenticated = (): MethodDecorator & ClassDecorator => rule({ kind: 'authenticated' });

/** Any signed-in user, also on an organization that they are no member of; no tenant is resolved. */
export const AuthenticatedNonMember = (): MethodDecorator & ClassDecorator => rule({ kind: 'authenticated', nonMembers: true });

/** Every member of the tenant, whatever their role. */
export const RequireMembership = (options: RuleOptions & { readonly apiKeys?: boolean } = {}): MethodDecorator & ClassDecorator => rule({ kind: 'member', ...options });

/** Members of the tenant whose base role ranks at least this high. */
export const RequireRole = (role: string, options: RuleOptions = {}): MethodDecorator & ClassDecorator => rule({ kind: 'role', role, ...options });

/** Members and API keys of the tenant that have this permission. */
export const RequirePermission = (permission: Permission, options: RuleOptions = {}): MethodDecorator & ClassDecorator => rule({ kind: 'permission', permission, ...options });

/** Operators of the platform; never an organization's role. */
export const PlatformAdminOnly = (): MethodDecorator & ClassDecorator => rule({ kind: 'platform_admin' });

/** Only when the tenant's plan has this feature and it is switched on; beside the access rule. */
export const RequireFeature = (feature: string): MethodDecorator & ClassDecorator => SetMetadata(planGateKey, { feature } satisfies PlanGate);

/** Only when the tenant is on one of these plans; beside the access rule. Prefer a feature: plans change. */
export const RequirePlan = (...plans: string[]): MethodDecorator & ClassDecorator => SetMetadata(planGateKey, { plans } satisfies PlanGate);

export const notWhileImpersonatingKey = 'tenantry:not-while-impersonating';

/** Only the user in person: an operator who impersonates them is refused. For credentials, keys and what cannot be undone. */
export const NotWhileImpersonating = (): MethodDecorator & ClassDecorator => SetMetadata(notWhileImpersonatingKey, true);

export const rateLimitedKey = 'tenantry:rate-limited';

/** Counts the calls of a route as an action of the catalog's `rateLimits`, in addition to the plan's own limit. */
export const RateLimited = (action: LimitedAction): MethodDecorator => SetMetadata(rateLimitedKey, action);

export const unmeteredKey = 'tenantry:unmetered';

/** Does not count the route as a request of the organization. For routes that report usage, show limits or take payments: they work when no request is left. */
export const Unmetered = (): MethodDecorator & ClassDecorator => SetMetadata(unmeteredKey, true);

/** Whether a route works inside a tenant and so cannot be called without one. */
export function needsTenant(accessRule: AccessRule): boolean {
  return accessRule.kind === 'member' || accessRule.kind === 'role' || accessRule.kind === 'permission';
}

/** The rule, and what it needs of the plan, in the words of the route-access snapshot. */
export function describeAccessRule(accessRule: AccessRule, gate: PlanGate = {}): string {
  const evenIf = 'evenIf' in accessRule && accessRule.evenIf !== undefined ? ` even if ${accessRule.evenIf.join(', ')}` : '';
  const plan = `${gate.feature === undefined ? '' : ` with feature ${gate.feature}`}${gate.plans === undefined ? '' : ` on plan ${gate.plans.join(' or ')}`}`;
  return `${nameOf(accessRule)}${evenIf}${plan}`;
}

function nameOf(accessRule: AccessRule): string {
  switch (accessRule.kind) {
    case 'public':
      return accessRule.acceptsToken === true ? 'public or signed in' : 'public';
    case 'authenticated':
      return accessRule.nonMembers === true ? 'authenticated, also non-members' : 'authenticated';
    case 'member':
      return accessRule.apiKeys === true ? 'member or key' : 'member';
    case 'role':
      return `role ${accessRule.role}`;
    case 'permission':
      return `permission ${accessRule.permission}`;
    case 'platform_admin':
      return 'platform_admin';
  }
}
