import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { decideAccess, type AccessQuestion } from '../access-decision.js';
import { accessRuleKey, allowedWhileImpersonatingKey, planGateKey, type AccessRule, type ImpersonationScope, type PlanGate } from '../access.decorators.js';
import { AccessDeniedError, OperatorSecondFactorRequiredError, UserRequiredError } from '../access.errors.js';
import { assertAllowedWhileImpersonating, isRead } from '../impersonation.policy.js';
import { identityOf, type Principal, type PrincipalMembership } from '../principal/principal.js';
import { clientAddressOf } from '../../common/http/addresses/client-address.js';
import { AppConfig } from '../../config/app-config.js';
import { SystemClock } from '../../common/clock.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { Roles } from '../roles.js';
import { RequestAuthority } from '../principal/request-authority.js';

/** Asks: which operation is this? Records the route's operationId for the audit log. It runs first, so that refusals by later guards also have it. */
@Injectable()
export class ActionGuard implements CanActivate {
  constructor(private readonly context: TenantContext) {}

  canActivate(execution: ExecutionContext): boolean {
    this.context.begin(execution.getHandler().name);
    return true;
  }
}

/** Thrown when a route has no access rule, or no earlier guard has set the caller. A programming error: the answer is a 500 with the code `internal_error`, and the log names the route. */
export class UnguardedRouteError extends Error {
  constructor({ method, routeOptions }: Pick<FastifyRequest, 'method' | 'routeOptions'>) {
    super(`no access rule or no principal for ${method} ${routeOptions.url ?? ''}`);
  }
}

/** The access rule of a route and its other conditions. */
interface RouteConditions {
  readonly rule: AccessRule;
  readonly gate: PlanGate | undefined;
  /** With which scope an impersonating operator may call the route, if it says so. */
  readonly whileImpersonating: ImpersonationScope | undefined;
}

/**
 * Asks: may the caller do this? Checks the route's access rule, its plan gate and impersonation. The result
 * becomes the authority of the request, which every write of it carries to the database.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: AppConfig,
    private readonly roles: Roles,
    private readonly clock: SystemClock,
    private readonly context: TenantContext,
  ) {}

  canActivate(execution: ExecutionContext): boolean {
    const targets = [execution.getHandler(), execution.getClass()];
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(accessRuleKey, targets);
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const { principal, resolve } = identityOf(request);
    const whileImpersonating = this.reflector.getAllAndOverride<ImpersonationScope | undefined>(allowedWhileImpersonatingKey, targets);
    if (rule?.kind === 'public') {
      if (principal !== undefined) checkImpersonation(principal, { rule, whileImpersonating }, request);
      return true;
    }
    if (rule === undefined || principal === undefined || resolve === undefined) throw new UnguardedRouteError(request);
    const conditions = { rule, whileImpersonating, gate: this.reflector.getAllAndOverride<PlanGate | undefined>(planGateKey, targets) };
    this.#check(conditions, principal, request);
    const judgeAgain = async (): Promise<Principal> => {
      const again = await this.context.inCopy(resolve);
      this.#check(conditions, again, request);
      return again;
    };
    this.context.authorize(new RequestAuthority(principal, rule, judgeAgain));
    return true;
  }

  #check({ gate, ...route }: RouteConditions, principal: Principal, request: FastifyRequest): void {
    checkImpersonation(principal, route, request);
    const { rule } = route;
    if (rule.kind === 'authenticated' || rule.kind === 'platform_admin') this.#checkOutsideTenant(rule, principal);
    if (rule.kind === 'authenticated' ? gate !== undefined : rule.kind !== 'platform_admin') this.#checkInTenant(principal, this.#questionOf(rule, gate, request));
  }

  #checkOutsideTenant(rule: AccessRule, principal: Principal): void {
    if (principal.kind !== 'user') throw new UserRequiredError();
    if (rule.kind !== 'platform_admin') return;
    if (!principal.platformAdmin) throw new AccessDeniedError('platform administrator claim');
    if (this.config.operatorsRequireSecondFactor && !principal.secondFactor) throw new OperatorSecondFactorRequiredError();
  }

  #checkInTenant(principal: Principal, question: AccessQuestion): void {
    const { membership } = principal;
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
      ...('evenIf' in rule && rule.evenIf !== undefined ? { evenIf: rule.evenIf } : {}),
      ...('breakGlass' in rule && rule.breakGlass !== undefined ? { breakGlass: rule.breakGlass } : {}),
      ...(rule.kind === 'role' ? { minimumRank: { role: rule.role, rank: this.roles.rankOf(rule.role) } } : {}),
      ...(rule.kind === 'permission' ? { permission: rule.permission } : {}),
    };
  }
}

/** An impersonating operator may call what the route allows, and nothing else. */
function checkImpersonation(principal: Principal, { rule, whileImpersonating }: Omit<RouteConditions, 'gate'>, { method }: FastifyRequest): void {
  if (principal.kind !== 'user' || principal.impersonation === undefined) return;
  assertAllowedWhileImpersonating(principal.impersonation.scope, { rule, method, allowed: whileImpersonating });
}
