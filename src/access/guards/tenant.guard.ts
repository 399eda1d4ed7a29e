import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddressOf } from '../../common/http/addresses/client-address.js';
import { hostNameOf } from '../../common/http/addresses/host-header.js';
import { AppConfig } from '../../config/app-config.js';
import { TenantContext, type Actor } from '../../tenancy/tenant-context.js';
import type { AccessRule } from '../access.decorators.js';
import { TenantRequiredError, UserRequiredError } from '../access.errors.js';
import { OrganizationHostsService } from '../principal/organization-hosts.service.js';
import { identityOf, type Credential, type Principal } from '../principal/principal.js';
import { PrincipalResolverService } from '../principal/principal-resolver.service.js';
import { WebOriginsService } from '../principal/web-origins.service.js';
import { selectTenant, type TenantSelector, type TenantSources } from '../principal/tenant-selector.js';
import { conditionsOf, UnguardedRouteError, type RouteConditions } from './route-conditions.js';
import { isDedicated } from '../dedicated-kinds.js';

/** Asks: which tenant is this, and who is the caller in it? Finds the tenant that the request names, resolves the principal and fills the tenant context. */
@Injectable()
export class TenantGuard implements CanActivate {
  constructor(
    private readonly config: AppConfig,
    private readonly context: TenantContext,
    private readonly hosts: OrganizationHostsService,
    private readonly origins: WebOriginsService,
    private readonly principals: PrincipalResolverService,
  ) {}

  canActivate(execution: ExecutionContext): true | Promise<true> {
    const http = execution.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { credential } = identityOf(request);
    return credential === undefined ? true : this.#identify(credential, request, http.getResponse<FastifyReply>(), conditionsOf(execution));
  }

  async #identify(credential: Credential, request: FastifyRequest, reply: FastifyReply, { rule, needsTenant }: RouteConditions): Promise<true> {
    if (rule === undefined) throw new UnguardedRouteError(request);
    const identity = identityOf(request);
    // Not written where it is assigned: see PreparedQuery.onAnswer.
    const resolve = (): Promise<Principal> => this.#resolve(credential, request, rule, needsTenant);
    identity.resolve = resolve;
    const principal = await resolve();
    identity.principal = principal;
    this.#fillContext(principal, rule);
    const { origin, 'sec-fetch-site': site } = request.headers;
    // Pages of the API's own origin, such as behind one proxy, need no permission: another organization that lists the origin must not take it from them.
    if (origin !== undefined && site !== 'same-origin' && principal.membership !== undefined)
      await this.origins.assertAllowed(origin, reply.hasHeader('access-control-allow-origin'), principal.membership);
    return true;
  }

  async #resolve(credential: Credential, request: FastifyRequest, rule: AccessRule, needsTenant: boolean): Promise<Principal> {
    const found = this.hosts.findOrganizationOfHost(hostNameOf(request));
    // Hardly any request needs a lookup, so that waiting for it is the exception.
    const hostId = found instanceof Promise ? await found : found;
    if (credential.kind !== 'user' && !needsTenant) throw new UserRequiredError();
    if (credential.kind === 'service') return this.principals.resolveServiceKey(credential, this.#selectTenant(request, hostId, {}), clientAddressOf(request));
    if (credential.kind === 'key' || isDedicated(credential)) {
      const selector = this.#selectTenant(request, hostId, { keyId: credential.key.id });
      if (credential.kind === 'directory') return this.principals.resolveDirectory(credential.key, selector, clientAddressOf(request));
      if (credential.kind === 'setup') return this.principals.resolveSetupLink(credential.key, selector, clientAddressOf(request));
      return this.principals.resolveApiKey(credential, selector, clientAddressOf(request));
    }
    // On these routes an organization in the path is an object of the request, not the caller's tenant.
    const withoutTenant = rule.kind === 'public' || rule.kind === 'platform_admin' || (rule.kind === 'authenticated' && rule.nonMembers === true);
    const selector = withoutTenant ? undefined : this.#selectTenant(request, hostId, { claimId: credential.claims.organizationId });
    if (selector === undefined && needsTenant) throw new TenantRequiredError();
    // A tenant that only the access token names is optional on routes that require none; see PrincipalResolverService.resolveUser.
    const optional = selector !== undefined && !needsTenant && this.#selectTenant(request, hostId, {}) === undefined;
    return this.principals.resolveUser(credential.claims, selector, optional);
  }

  /** @param hostId the organization whose custom domain the host is */
  #selectTenant(request: FastifyRequest, hostId: string | undefined, { keyId, claimId }: Partial<Pick<TenantSources, 'keyId' | 'claimId'>>): TenantSelector | undefined {
    const { organizationId } = request.params as { organizationId?: string };
    const sources = {
      pathId: organizationId,
      headerId: request.headers['x-tenant-id'],
      headerSlug: request.headers['x-tenant-slug'],
      host: hostNameOf(request),
      hostId,
      keyId,
      claimId,
    };
    return selectTenant(sources, this.config.appDomain);
  }

  #fillContext(principal: Principal, rule: AccessRule): void {
    const actor = actorOf(principal, rule);
    this.context.identify(actor, nameOf(principal));
    if (principal.membership === undefined) return;
    const { organizationId, role, permissions } = principal.membership;
    this.context.fill(role === null ? { organizationId, permissions, actor } : { organizationId, permissions, actor, role });
  }
}

/** Returns the name that the audit log shows. API keys have a name only in their organization. */
function nameOf(principal: Principal): string | undefined {
  if (principal.kind === 'service') return principal.name;
  if (principal.kind === 'directory') return `${principal.name} (directory)`;
  if (principal.kind === 'setup') return `${principal.name} (set-up link)`;
  if (principal.kind === 'key') return undefined;
  const { name, email, impersonation } = principal;
  const who = email === null ? name : `${name} <${email}>`;
  return impersonation === undefined ? who : `an operator as ${who}: ${impersonation.reason}`;
}

function actorOf(principal: Principal, rule: AccessRule): Actor {
  if (isDedicated(principal)) return { kind: 'key', keyId: principal.keyId };
  if (principal.kind !== 'user') return { kind: principal.kind, keyId: principal.keyId };
  const { userId, sessionId, impersonation } = principal;
  if (impersonation !== undefined) return { kind: 'operator', userId: impersonation.operatorId };
  return rule.kind === 'platform_admin' && principal.platformAdmin ? { kind: 'operator', userId } : { kind: 'user', userId, sessionId };
}
