import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { Permission } from './roles.js';

/** Organizations in these states are closed; a route may say that it works on one nevertheless. */
export type ClosedState = 'deleted' | 'suspended' | 'cancelled' | 'maintenance';

interface RuleOptions {
  /** States in which the route still works. */
  readonly evenIf?: readonly ClosedState[];
}

/** Who may call a route. Every route carries exactly one; a route without one stops the boot. */
export type AccessRule =
  | { readonly kind: 'public'; readonly identifies?: boolean }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'platform_admin' }
  | ({ readonly kind: 'role'; readonly role: string } & RuleOptions)
  | ({ readonly kind: 'permission'; readonly permission: Permission } & RuleOptions);

export const accessRuleKey = 'tenantry:access';

const rule = (value: AccessRule): MethodDecorator & ClassDecorator =>
  value.kind === 'public' ? SetMetadata(accessRuleKey, value) : applyDecorators(SetMetadata(accessRuleKey, value), ApiBearerAuth());

/** Anybody, without signing in. */
export const Public = (): MethodDecorator & ClassDecorator => rule({ kind: 'public' });

/** Anybody; who sends an access token is known to the route, outside of any tenant. A bad token is refused. */
export const PublicOrSignedIn = (): MethodDecorator & ClassDecorator => rule({ kind: 'public', identifies: true });

/** Any signed-in user; a tenant is resolved when the request names one, but none is needed. */
export const Authenticated = (): MethodDecorator & ClassDecorator => rule({ kind: 'authenticated' });

/** Members of the tenant whose role ranks at least this high. */
export const RequireRole = (role: string, options: RuleOptions = {}): MethodDecorator & ClassDecorator => rule({ kind: 'role', role, ...options });

/** Members of the tenant whose role has this permission. */
export const RequirePermission = (permission: Permission, options: RuleOptions = {}): MethodDecorator & ClassDecorator => rule({ kind: 'permission', permission, ...options });

/** Operators of the platform; never an organization's role. */
export const PlatformAdminOnly = (): MethodDecorator & ClassDecorator => rule({ kind: 'platform_admin' });

/** Whether a route works inside a tenant and so cannot be called without one. */
export function needsTenant(accessRule: AccessRule): boolean {
  return accessRule.kind === 'role' || accessRule.kind === 'permission';
}

/** The rule in the words of the route-access snapshot. */
export function describeRule(accessRule: AccessRule): string {
  const evenIf = 'evenIf' in accessRule && accessRule.evenIf !== undefined ? ` even if ${accessRule.evenIf.join(', ')}` : '';
  if (accessRule.kind === 'public' && accessRule.identifies === true) return 'public or signed in';
  if (accessRule.kind === 'role') return `role ${accessRule.role}${evenIf}`;
  if (accessRule.kind === 'permission') return `permission ${accessRule.permission}${evenIf}`;
  return accessRule.kind;
}
