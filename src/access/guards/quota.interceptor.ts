import { Injectable, Logger, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { catchError, concatMap, from, type Observable } from 'rxjs';
import { consumesQuotaKey, Quotas, releasesQuotaKey, type QuotaClaim } from '../consumes-quota.js';
import { identityOf, type Principal } from '../principal/principal.js';

/** Is there room? Takes what a route says that it consumes, and gives it back when the handler fails; lowers what a route says that it releases. */
@Injectable()
export class QuotaInterceptor implements NestInterceptor {
  readonly #logger = new Logger(QuotaInterceptor.name);

  constructor(
    private readonly reflector: Reflector,
    private readonly quotas: Quotas,
  ) {}

  async intercept(execution: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const [claim, release] = [consumesQuotaKey, releasesQuotaKey].map((key) => this.reflector.get<QuotaClaim | undefined>(key, execution.getHandler()));
    if (claim === undefined && release === undefined) return next.handle();
    const { principal } = identityOf(execution.switchToHttp().getRequest<FastifyRequest>());
    if (principal?.membership === undefined) throw new Error('@ConsumesQuota() and @ReleasesQuota() require a route that needs a tenant');
    if (release !== undefined) return next.handle().pipe(concatMap((answer) => this.#released(principal, release, answer)));
    if (claim === undefined) return next.handle();
    const giveBack = await this.quotas.takeUnits(principal, claim);
    return next.handle().pipe(catchError((error: unknown) => from(this.#returned(giveBack, claim, error))));
  }

  /** Releases the units after the handler succeeded. A failure is logged only, because the work is done. */
  async #released<Answer>(principal: Principal, claim: QuotaClaim, answer: Answer): Promise<Answer> {
    await this.quotas.releaseUnits(principal, claim).catch((reason: unknown) => this.#logger.error({ err: reason, ...claim }, 'units could not be released'));
    return answer;
  }

  /** The caller hears of the failure, not of what happened to the units. */
  async #returned(giveBack: () => Promise<void>, claim: QuotaClaim, error: unknown): Promise<never> {
    await giveBack().catch((reason: unknown) => this.#logger.error({ err: reason, ...claim }, 'units of a failed request could not be given back'));
    throw error;
  }
}
