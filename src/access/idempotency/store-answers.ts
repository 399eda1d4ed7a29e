import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { CommitHold } from '../../tenancy/commit-hold.js';
import { identityOf } from '../principal/principal.js';
import type { IdempotencyKeysService, StoredAnswer } from './idempotency-keys.service.js';
import { RepeatedRequest } from './idempotency.guard.js';

/** The header fields that belong to the effect. The others say something about this answer, such as the id of its request. */
const storedHeaders = ['content-type', 'location', 'etag'] as const;

/** Answers a repeated request. */
@Catch(RepeatedRequest)
export class RepeatedRequestFilter implements ExceptionFilter<RepeatedRequest> {
  catch({ answer: { status, headers, body } }: RepeatedRequest, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>().status(status).headers(headers).header('idempotency-replayed', 'true');
    void (body === '' ? reply.send() : reply.send(body));
  }
}

/** Records the answer to a request with an Idempotency-Key, with its effect, before the answer is sent. */
export function storeAnswers(fastify: FastifyInstance, keys: IdempotencyKeysService): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const identity = identityOf(request);
    const { hold } = identity;
    if (hold === undefined) return done(null, payload);
    identity.hold = undefined;
    end(hold, keys, reply, payload).then(
      () => done(null, payload),
      (error: unknown) => {
        for (const name of storedHeaders) reply.removeHeader(name);
        done(error as Error);
      },
    );
  });
}

async function end(hold: CommitHold, keys: IdempotencyKeysService, reply: FastifyReply, payload: unknown): Promise<void> {
  const { statusCode } = reply;
  // 503 is an answer of the application, which has undone what it had begun; other failures are not foreseen.
  if (statusCode >= 500 && statusCode !== 503) return hold.fail();
  if (statusCode >= 400) return hold.refuse();
  return hold.answer(keys.seal(answerOf(reply, payload)));
}

function answerOf(reply: FastifyReply, payload: unknown): StoredAnswer {
  const headers = storedHeaders.flatMap((name) => {
    const value = reply.getHeader(name);
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return { status: reply.statusCode, headers: Object.fromEntries(headers), body: typeof payload === 'string' || Buffer.isBuffer(payload) ? String(payload) : '' };
}
