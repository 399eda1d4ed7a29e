import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { identityOf, type Principal } from '../principal/principal.js';
import { conditionsOf } from './route-conditions.js';
import { isDedicated } from '../dedicated-kinds.js';

/** Counts requests. It is declared here because a guard uses it; the usage module implements it. */
export abstract class RequestMeter {
  /**
   * Counts a request of a member or API key. It answers synchronously while units are in memory, otherwise it waits for
   * the database.
   *
   * @throws {QuotaExceededError} when the request quota of the period is used up
   */
  abstract countRequest(principal: Principal): void | Promise<void>;
}

/** Counts each request of a member or API key that the earlier guards have let into an organization, except on `@Unmetered()` routes. Refuses it when the request quota is used up. */
@Injectable()
export class MeteringGuard implements CanActivate {
  constructor(
    private readonly requests: RequestMeter,
    private readonly context: TenantContext,
  ) {}

  canActivate(execution: ExecutionContext): boolean | Promise<boolean> {
    const { principal } = identityOf(execution.switchToHttp().getRequest<FastifyRequest>());
    // Requests of the installation itself are no use of the organization, and a directory must end memberships also when the quota is used up. A set-up link is no part of the product.
    if (principal?.membership === undefined || principal.kind === 'service' || isDedicated(principal)) return true;
    const { needsTenant, unmetered } = conditionsOf(execution);
    if (!needsTenant || unmetered) return true;
    return this.context.withoutHold(() => this.requests.countRequest(principal))?.then(() => true) ?? true;
  }
}
