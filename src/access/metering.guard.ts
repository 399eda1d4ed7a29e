import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { accessRuleKey, needsTenant, type AccessRule } from './access-rule.js';
import { identityOf } from './principal.js';
import { RequestMeter } from './request-meter.js';
import { unmeteredKey } from './unmetered.decorator.js';

/** Is a request left? Counts each that the guards before have let into an organization, but for `@Unmetered()` routes. */
@Injectable()
export class MeteringGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly requests: RequestMeter,
  ) {}

  canActivate(execution: ExecutionContext): boolean | Promise<boolean> {
    const { principal } = identityOf(execution.switchToHttp().getRequest<FastifyRequest>());
    if (principal?.membership === undefined) return true;
    const targets = [execution.getHandler(), execution.getClass()];
    const rule = this.reflector.getAllAndOverride<AccessRule>(accessRuleKey, targets);
    if (!needsTenant(rule) || this.reflector.getAllAndOverride<boolean | undefined>(unmeteredKey, targets) === true) return true;
    return this.requests.count(principal)?.then(() => true) ?? true;
  }
}
