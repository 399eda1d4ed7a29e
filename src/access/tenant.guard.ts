import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../config/app-config.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { accessRuleKey, needsTenant, type AccessRule } from './access-rule.js';
import { OrganizationClosedError, OrganizationNotFoundError, SessionEndedError, TenantMismatchError, TenantRequiredError } from './access.errors.js';
import { closedState, mayEnter } from './organization-state.policy.js';
import { identityOf, type Principal, type PrincipalMembership, type TokenClaims } from './principal.js';
import { PrincipalQueries, type PrincipalRow } from './principal.queries.js';
import { Roles } from './roles.js';
import { selectTenant, type TenantSelector } from './tenant-selector.js';

/** Whose data? Finds the tenant that the request names, proves that the caller is a member of it, and fills the context. */
@Injectable()
export class TenantGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: AppConfig,
    private readonly context: TenantContext,
    private readonly principals: PrincipalQueries,
    private readonly roles: Roles,
  ) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const identity = identityOf(request);
    if (identity.claims === undefined) return true;
    const rule = this.reflector.getAllAndOverride<AccessRule>(accessRuleKey, [execution.getHandler(), execution.getClass()]);
    const selector = rule.kind === 'public' ? undefined : this.#select(request, identity.claims);
    if (selector === undefined && needsTenant(rule)) throw new TenantRequiredError();
    const row = await this.principals.find(identity.claims, selector);
    if (row?.sessionAlive !== true) throw new SessionEndedError();
    identity.principal = principalOf(identity.claims, row, this.#membership(request, identity.claims, rule, selector, row));
    this.#fill(identity.principal);
    return true;
  }

  #select(request: FastifyRequest, claims: TokenClaims): TenantSelector | undefined {
    const { organizationId } = request.params as { organizationId?: string };
    const sources = {
      pathId: organizationId,
      headerId: request.headers['x-tenant-id'],
      headerSlug: request.headers['x-tenant-slug'],
      host: request.hostname,
      claimId: claims.organizationId,
    };
    return selectTenant(sources, this.config.appDomain);
  }

  /**
   * Outside of tenants (signing out, switching, one's own list) an organization that only the token names is no
   * obstacle: who was removed from it, or whose organization was closed, must get away from it.
   */
  #membership(request: FastifyRequest, claims: TokenClaims, rule: AccessRule, selector: TenantSelector | undefined, row: PrincipalRow): PrincipalMembership | undefined {
    if (selector === undefined) return undefined;
    const onlyClaimed = !needsTenant(rule) && this.#select(request, { ...claims, organizationId: undefined }) === undefined;
    if (onlyClaimed && (row.role === null || closedState(row) !== undefined)) return undefined;
    const membership = this.#prove(selector, row);
    this.#enter(rule, row, membership.role, request.method);
    return membership;
  }

  #prove(selector: TenantSelector, row: PrincipalRow): PrincipalMembership {
    if (row.organizationId === null || row.role === null) throw new OrganizationNotFoundError();
    if (selector.slug !== null && selector.slug !== row.organizationSlug) throw new TenantMismatchError();
    return { organizationId: row.organizationId, role: row.role, permissions: this.roles.permissionsOf(row.role) };
  }

  #enter(rule: AccessRule, row: PrincipalRow, role: string, method: string): void {
    const state = closedState(row);
    const evenIf = 'evenIf' in rule ? (rule.evenIf ?? []) : [];
    if (state !== undefined && !mayEnter(state, { role, reads: method === 'GET' || method === 'HEAD', evenIf })) throw new OrganizationClosedError(state);
  }

  #fill(principal: Principal): void {
    const { userId, sessionId, membership } = principal;
    this.context.identify({ kind: 'user', userId, sessionId });
    if (membership !== undefined) this.context.fill({ ...membership, actor: { kind: 'user', userId, sessionId } });
  }
}

function principalOf(claims: TokenClaims, row: PrincipalRow, membership: PrincipalMembership | undefined): Principal {
  const { email, name, emailVerified, platformAdmin } = row;
  return { userId: claims.userId, sessionId: claims.sessionId, email, name, emailVerified, platformAdmin, membership };
}
