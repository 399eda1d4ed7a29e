import type { Catalog } from '../config/catalog/catalog.js';
import { needsTenant, type AccessRule, type ImpersonationScope } from './access.decorators.js';
import { ImpersonationForbiddenError, ImpersonationReadOnlyError } from './access.errors.js';

export const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

/**
 * Decides whether an operator who impersonates a member may call a route. Everything is refused that the route does not allow.
 *
 * @throws {ImpersonationForbiddenError | ImpersonationReadOnlyError}
 */
export function assertAllowedWhileImpersonating(
  granted: ImpersonationScope,
  route: { readonly rule: AccessRule; readonly method: string; readonly allowed: ImpersonationScope | undefined },
): void {
  if (route.allowed === 'read' || (isRead(route.method) && needsTenant(route.rule))) return;
  if (route.allowed === undefined) throw new ImpersonationForbiddenError();
  if (granted !== 'write') throw new ImpersonationReadOnlyError();
}

/**
 * Returns why a route must not be allowed to impersonating operators, or undefined if it may be. The server does not start
 * otherwise. A permission manages access if no API key can have it.
 */
export function impersonationProblem(rule: AccessRule, method: string, allowed: ImpersonationScope, { permissions }: Pick<Catalog, 'permissions'>): string | undefined {
  if (rule.kind === 'platform_admin') return 'it is for operators';
  if (rule.kind === 'permission') {
    const manages = permissions.get(rule.permission)?.grantableToKeys !== true;
    return manages ? `the permission ${rule.permission} manages access` : undefined;
  }
  return allowed === 'write' && !isRead(method) ? 'a route that changes data must require a permission' : undefined;
}
