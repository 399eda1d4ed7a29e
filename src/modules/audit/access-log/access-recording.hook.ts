import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isRead } from '../../../access/impersonation.policy.js';
import { identityOf } from '../../../access/principal/principal.js';
import { fastifyOf } from '../../../common/http/fastify-of.js';
import { AccessLogService } from './access-log.service.js';

/** The levels of an answer that are searched for records. */
const maxDepth = 6;

/**
 * Records every read in organizations that require it, before the answer is sent: what an answer returns is a read, whatever
 * the method of the request. If a read cannot be recorded, the request fails. Whether an organization requires it is part of its
 * cached facts, so other organizations pay nothing.
 */
@Injectable()
export class AccessRecordingHook implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly log: AccessLogService,
  ) {}

  onModuleInit(): void {
    fastifyOf(this.host).addHook('onSend', (request, reply, payload, done) => {
      const recorded = identityOf(request).principal?.membership?.facts.readsRecorded === true && reply.statusCode < 400;
      if (!recorded) return done(null, payload);
      this.#record(request, reply, payload).then(
        () => done(null, payload),
        (error: unknown) => {
          // They describe the answer that is not sent.
          for (const name of ['content-disposition', 'etag']) reply.removeHeader(name);
          done(error as Error);
        },
      );
    });
  }

  async #record(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
    const returned = idsIn(answerOf(reply, payload));
    const isFile = typeof payload === 'object' && payload !== null;
    if (isRead(request.method) || returned.length > 0 || isFile) await this.log.recordReads([...idsInPath(request.params), ...returned]);
  }
}

type Named = Readonly<Record<string, unknown>>;

/** Returns the JSON document of an answer, or undefined for another one. */
function answerOf(reply: FastifyReply, payload: unknown): unknown {
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/.test(String(reply.getHeader('content-type') ?? ''));
  return isJson && typeof payload === 'string' ? JSON.parse(payload) : undefined;
}

const idsInPath = (parameters: unknown): string[] =>
  Object.entries((parameters ?? {}) as Named).flatMap(([name, value]) => (name !== 'organizationId' && typeof value === 'string' ? [value] : []));

/** Returns the ids of the records in an answer: of each object in it that has an id. Members are identified by their user id. */
function idsIn(answer: unknown, depth = 0): string[] {
  if (typeof answer !== 'object' || answer === null || depth > maxDepth) return [];
  if (Array.isArray(answer)) return answer.flatMap((each) => idsIn(each, depth + 1));
  const { id, userId } = answer as Named;
  const own = [id ?? userId].filter((each) => typeof each === 'string');
  return [...own, ...Object.values(answer).flatMap((each) => idsIn(each, depth + 1))];
}
