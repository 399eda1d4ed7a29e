import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { accessRuleKey, type AccessRule } from './access-rule.js';
import { AccessDeniedError } from './access.errors.js';
import { identityOf, type Principal } from './principal.js';
import { Roles } from './roles.js';

/** May you? Holds the caller against the route's rule; a route without a rule is closed. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly roles: Roles,
  ) {}

  canActivate(execution: ExecutionContext): boolean {
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(accessRuleKey, [execution.getHandler(), execution.getClass()]);
    if (rule?.kind === 'public') return true;
    const { principal } = identityOf(execution.switchToHttp().getRequest<FastifyRequest>());
    const lacking = rule === undefined || principal === undefined ? 'rule of this route, which has none,' : this.#lacking(rule, principal);
    if (lacking !== undefined) throw new AccessDeniedError(lacking);
    return true;
  }

  #lacking(rule: AccessRule, { membership, platformAdmin }: Principal): string | undefined {
    switch (rule.kind) {
      case 'public':
      case 'authenticated':
        return undefined;
      case 'platform_admin':
        return platformAdmin ? undefined : 'platform administrator claim';
      case 'role':
        return membership !== undefined && this.roles.atLeast(membership.role, rule.role) ? undefined : `role ${rule.role}`;
      case 'permission':
        return membership?.permissions.has(rule.permission) === true ? undefined : `permission ${rule.permission}`;
    }
  }
}
