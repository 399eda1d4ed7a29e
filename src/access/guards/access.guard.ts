import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { decideAccess, type AccessQuestion } from '../access-decision.js';
import type { AccessRule, PlanGate } from '../access.decorators.js';
import { AccessDeniedError, AccountLoginRequiredError, OperatorSecondFactorRequiredError, UserRequiredError } from '../access.errors.js';
import { assertAllowedWhileImpersonating, isRead } from '../impersonation.policy.js';
import { identityOf, type Principal, type PrincipalMembership } from '../principal/principal.js';
import { clientAddressOf } from '../../common/http/addresses/client-address.js';
import { AppConfig } from '../../config/app-config.js';
import { SystemClock } from '../../common/clock.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { RecentLogins } from '../recent-logins.js';
import { Roles } from '../roles.js';
import { RequestAuthority } from '../principal/request-authority.js';
import { conditionsOf, UnguardedRouteError, type RouteConditions } from './route-conditions.js';
import { isDedicated } from '../dedicated-kinds.js';

/** Asks: which operation is this? Records the route's operationId for the audit log. It runs first, so that refusals by later guards also have it. */
@Injectable()
export class ActionGuard implements CanActivate {
  constructor(private readonly context: TenantContext) {}

  canActivate(execution: ExecutionContext): boolean {
    this.context.begin(conditionsOf(execution).action);
    return true;
  }
}

/**
 * Asks: may the caller do this? Checks the route's access rule, its plan gate and impersonation. The result
 * becomes the authority of the request, which every write of it carries to the database.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly config: AppConfig,
    private readonly roles: Roles,
    private readonly clock: SystemClock,
    private readonly recentLogins: RecentLogins,
    private readonly context: TenantContext,
  ) {}

  canActivate(execution: ExecutionContext): boolean {
    const route = conditionsOf(execution);
    const { rule } = route;
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const { principal, resolve } = identityOf(request);
    if (rule?.kind === 'public') {
      if (principal !== undefined) checkImpersonation(principal, rule, route, request);
      return true;
    }
    if (rule === undefined || principal === undefined || resolve === undefined) throw new UnguardedRouteError(request);
    this.#check(rule, route, principal, request);
    const judgeAgain = async (): Promise<Principal> => {
      const again = await this.context.inCopy(resolve);
      this.#check(rule, route, again, request);
      return again;
    };
    this.context.authorize(new RequestAuthority(principal, rule, judgeAgain));
    return true;
  }

  #check(rule: AccessRule, route: RouteConditions, principal: Principal, request: FastifyRequest): void {
    checkImpersonation(principal, rule, route, request);
    const { gate } = route;
    if (rule.kind === 'authenticated' || rule.kind === 'platform_admin') this.#checkOutsideTenant(rule, principal);
    if (rule.kind === 'authenticated' ? gate !== undefined : rule.kind !== 'platform_admin') this.#checkInTenant(principal, this.#questionOf(rule, gate, request), rule);
    // Last, so that nobody authenticates again for a request that is refused anyway.
    if (route.recentLogin !== undefined) this.recentLogins.assertRecentLogin(principal, route.recentLogin.minutes);
  }

  #checkOutsideTenant(rule: AccessRule, principal: Principal): void {
    if (principal.kind !== 'user') throw new UserRequiredError();
    // The account and the other organizations of the user are not those of the organization that vouches for them. A passkey, for example, would outlive its word.
    if (!principal.provesAccount && !('unproved' in rule)) throw new AccountLoginRequiredError();
    if (rule.kind !== 'platform_admin') return;
    if (!principal.platformAdmin) throw new AccessDeniedError('platform administrator claim');
    if (this.config.operatorsRequireSecondFactor && !principal.secondFactor) throw new OperatorSecondFactorRequiredError();
  }

  #checkInTenant(principal: Principal, question: AccessQuestion, rule: AccessRule): void {
    const { membership } = principal;
    const required = requiredCredentials[rule.kind];
    if (required !== undefined && principal.kind !== rule.kind) throw new AccessDeniedError(required);
    if (membership === undefined) throw new AccessDeniedError('membership in an organization');
    const { refusal } = decideAccess(principal as Principal & { membership: PrincipalMembership }, question);
    if (refusal !== undefined) throw refusal;
  }

  #questionOf(rule: AccessRule, gate: PlanGate = {}, request: FastifyRequest): AccessQuestion {
    return {
      ...gate,
      address: clientAddressOf(request),
      now: this.clock.now(),
      reads: isRead(request.method),
      usersOnly: rule.kind === 'role' || (rule.kind === 'member' && rule.apiKeys !== true),
      ...(isDedicated(rule) ? { madeFor: rule.kind } : {}),
      ...('service' in rule && rule.service !== undefined ? { serviceScope: rule.service } : {}),
      ...('evenIf' in rule && rule.evenIf !== undefined ? { evenIf: rule.evenIf } : {}),
      ...('beforeConsent' in rule && rule.beforeConsent !== undefined ? { beforeConsent: rule.beforeConsent } : {}),
      ...('breakGlass' in rule && rule.breakGlass !== undefined ? { breakGlass: rule.breakGlass } : {}),
      ...(rule.kind === 'role' ? { minimumRank: { role: rule.role, rank: this.roles.rankOf(rule.role) } } : {}),
      ...(rule.kind === 'permission' ? { permission: rule.permission } : {}),
    };
  }
}

/** The credentials that rules require which accept one kind only. */
const requiredCredentials: Partial<Record<AccessRule['kind'], string>> = { service: 'service key', directory: 'token of a directory', setup: 'set-up link' };

/** An impersonating operator may call what the route allows, and nothing else. */
function checkImpersonation(principal: Principal, rule: AccessRule, { whileImpersonating }: RouteConditions, { method }: FastifyRequest): void {
  if (principal.kind !== 'user' || principal.impersonation === undefined) return;
  assertAllowedWhileImpersonating(principal.impersonation.scope, { rule, method, allowed: whileImpersonating });
}
