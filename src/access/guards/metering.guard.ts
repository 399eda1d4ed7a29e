import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { accessRuleKey, needsTenant, unmeteredKey, type AccessRule } from '../access.decorators.js';
import { identityOf, type Principal } from '../principal/principal.js';

/** Counts requests. Declared here because a guard needs it; the usage module implements it. */
export abstract class RequestMeter {
  /**
   * Counts a request of a member or key of an organization: at once when there are units in memory, else when the
   * database has answered.
   *
   * @throws {QuotaExceededError} when no request is left in the period
   */
  abstract countRequest(principal: Principal): void | Promise<void>;
}

/** Is a request left? Counts each request that the earlier guards have admitted to an organization, except on `@Unmetered()` routes. */
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
    return this.requests.countRequest(principal)?.then(() => true) ?? true;
  }
}
