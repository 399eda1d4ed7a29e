import type { FastifyInstance, FastifyReply } from 'fastify';
import { identityOf } from '../../../access/principal/principal.js';
import type { TenantContext } from '../../../tenancy/tenant-context.js';
import { reporterOf } from '../metering/reporter.js';
import type { RequestLogService } from './request-log.service.js';

/** The header of an answer that tells how many tokens (of a language model, say) it took. */
const tokensHeader = 'x-usage-tokens';
const mostMicroseconds = 2 ** 31 - 1;

/** Notes each request of an organization when it is answered, refused ones too. Expects the request's context to be entered. */
export function logTenantRequests(fastify: FastifyInstance, context: TenantContext, log: RequestLogService): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const tenant = context.find();
    const { principal } = identityOf(request);
    if (tenant !== undefined && principal !== undefined) {
      log.note(tenant, {
        ...reporterOf(principal),
        method: request.method,
        endpoint: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        duration: Math.min(mostMicroseconds, Math.max(1, Math.round(reply.elapsedTime * 1000))),
        tokens: tokensOf(reply),
        requestId: request.id,
      });
    }
    done();
  });
}

function tokensOf(reply: FastifyReply): number {
  const told = String(reply.getHeader(tokensHeader) ?? '');
  return /^\d{1,15}$/.test(told) ? Number(told) : 0;
}
