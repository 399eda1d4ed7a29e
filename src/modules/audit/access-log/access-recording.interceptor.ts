import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { identityOf } from '../../../access/principal/principal.js';
import { AccessLogService } from './access-log.service.js';

/**
 * Records every read in an organization that asks for it, before it is answered: a read that cannot be recorded is not
 * answered. Whether it asks for it is known with its other facts, so that all others pay nothing.
 */
@Injectable()
export class AccessRecordingInterceptor implements NestInterceptor {
  constructor(private readonly log: AccessLogService) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const recorded = identityOf(request).principal?.membership?.facts.readsRecorded === true;
    if (!recorded || !['GET', 'HEAD'].includes(request.method)) return next.handle();
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        await this.log.recordReads([...idsInPath(request.params), ...idsIn(answer)]);
        return answer;
      }),
    );
  }
}

type Named = Readonly<Record<string, unknown>>;

const idsInPath = (parameters: unknown): string[] =>
  Object.entries((parameters ?? {}) as Named).flatMap(([name, value]) => (name !== 'organizationId' && typeof value === 'string' ? [value] : []));

/** The id of one record, or those of a list: members are known by that of their user. */
function idsIn(answer: unknown): string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  const { data, id, userId } = answer as Named;
  if (Array.isArray(data)) return data.flatMap(idsIn);
  return [id ?? userId].filter((each) => typeof each === 'string');
}
