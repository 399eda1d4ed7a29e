import { Injectable, StreamableFile, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { isRead } from '../../../access/impersonation.policy.js';
import { identityOf } from '../../../access/principal/principal.js';
import { AccessLogService } from './access-log.service.js';

/** The levels of an answer that are searched for records. */
const maxDepth = 6;

/**
 * Records every read in organizations that require it, before the response is sent: what an answer returns is a read, whatever
 * the method of the request. If a read cannot be recorded, the request fails. Whether an organization requires it is part of its
 * cached facts, so other organizations pay nothing.
 */
@Injectable()
export class AccessRecordingInterceptor implements NestInterceptor {
  constructor(private readonly log: AccessLogService) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    if (identityOf(request).principal?.membership?.facts.readsRecorded !== true) return next.handle();
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        const returned = idsIn(answer);
        if (isRead(request.method) || returned.length > 0 || answer instanceof StreamableFile) await this.log.recordReads([...idsInPath(request.params), ...returned]);
        return answer;
      }),
    );
  }
}

type Named = Readonly<Record<string, unknown>>;

const idsInPath = (parameters: unknown): string[] =>
  Object.entries((parameters ?? {}) as Named).flatMap(([name, value]) => (name !== 'organizationId' && typeof value === 'string' ? [value] : []));

/** Returns the ids of the records in an answer: of each object in it that has an id. Members are identified by their user id. */
function idsIn(answer: unknown, depth = 0): string[] {
  if (typeof answer !== 'object' || answer === null || depth > maxDepth || answer instanceof Date || answer instanceof StreamableFile) return [];
  if (Array.isArray(answer)) return answer.flatMap((each) => idsIn(each, depth + 1));
  const { id, userId } = answer as Named;
  const own = [id ?? userId].filter((each) => typeof each === 'string');
  return [...own, ...Object.values(answer).flatMap((each) => idsIn(each, depth + 1))];
}
