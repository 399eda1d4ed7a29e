import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { identityOf } from '../../../access/principal/principal.js';
import { AccessLogService } from './access-log.service.js';

/**
 * Records every read in organizations that require it, before the response is sent. If a read cannot be recorded, the request
 * fails. Whether an organization requires it is part of its cached facts, so other organizations pay nothing.
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

/** Returns the id of a record, or the ids of a list. Members are identified by their user id. */
function idsIn(answer: unknown): string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  const { data, id, userId } = answer as Named;
  if (Array.isArray(data)) return data.flatMap(idsIn);
  return [id ?? userId].filter((each) => typeof each === 'string');
}
