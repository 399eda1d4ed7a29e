import { Injectable, Logger, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { catchError, concatMap, from, type Observable } from 'rxjs';
import { consumesQuotaKey, Quotas, releasesQuotaKey, type QuotaClaim } from '../quotas.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { identityOf, type Principal } from '../principal/principal.js';

/** Applies `@ConsumesQuota` and `@ReleasesQuota`: takes units before the handler and returns them if it fails; releases units after it has succeeded. */
@Injectable()
export class QuotaInterceptor implements NestInterceptor {
  readonly #logger = new Logger(QuotaInterceptor.name);

  constructor(
    private readonly reflector: Reflector,
    private readonly quotas: Quotas,
    private readonly context: TenantContext,
  ) {}

  async intercept(execution: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const [claim, release] = [consumesQuotaKey, releasesQuotaKey].map((key) => this.reflector.get<QuotaClaim | undefined>(key, execution.getHandler()));
    if (claim === undefined && release === undefined) return next.handle();
    const { principal } = identityOf(execution.switchToHttp().getRequest<FastifyRequest>());
    if (principal?.membership === undefined) throw new Error('@ConsumesQuota() and @ReleasesQuota() require a route with an access rule that needs a tenant');
    if (release !== undefined) return next.handle().pipe(concatMap((answer) => this.#releaseAfterSuccess(principal, release, answer)));
    if (claim === undefined) return next.handle();
    // The transaction of the handler is the last one of the request: it records the answer to a request with an Idempotency-Key.
    const returnUnits = await this.context.asEffect(() => this.quotas.takeUnits(principal, claim));
    return next.handle().pipe(catchError((error: unknown) => from(this.#returnAfterFailure(returnUnits, claim, error))));
  }

  /** A failure to release units does not fail the request: the handler's work is done. */
  async #releaseAfterSuccess<Answer>(principal: Principal, claim: QuotaClaim, answer: Answer): Promise<Answer> {
    await this.quotas.releaseUnits(principal, claim).catch((reason: unknown) => this.#logger.error({ err: reason, ...claim }, 'could not release the units of a request'));
    return answer;
  }

  /** The caller gets the handler's error, even when the units cannot be returned. */
  async #returnAfterFailure(returnUnits: () => Promise<void>, claim: QuotaClaim, error: unknown): Promise<never> {
    await this.context.withoutHold(returnUnits).catch((reason: unknown) => this.#logger.error({ err: reason, ...claim }, 'could not return the units of a failed request'));
    throw error;
  }
}
