import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { clientAddressOf } from '../common/http/addresses/client-address.js';
import { userAgentOf } from '../common/http/user-agent.js';
import type { MetricsService } from './metrics.service.js';
import type { ContextStore, TenantContext } from '../tenancy/tenant-context.js';

/** Where a request keeps its context. */
const contextStore = Symbol('context');

/**
 * Opens the context of each request before any other code runs, returns its id in a header, and logs one line when it is
 * answered. The context is entered again after the body was read, because streams lose it. A process that is about to end closes connections with their
 * next answer.
 */
export function observeRequests(fastify: FastifyInstance, context: TenantContext, logger: Logger, health: { readonly isStopping: boolean }): void {
  const enter = (request: FastifyRequest & { [contextStore]?: ContextStore }, next: () => void): void => {
    const store = (request[contextStore] ??= context.newStore(request.id, { ip: clientAddressOf(request), userAgent: userAgentOf(request) }));
    context.enter(store, next);
  };
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    enter(request, done);
  });
  fastify.addHook('preValidation', (request, _reply, done) => enter(request, done));
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'private, no-store');
    // The next request of the client opens a connection, to a process that stays.
    if (health.isStopping) reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    enter(request, () => {
      const answered = { method: request.method, route: routeOf(request), status: reply.statusCode, durationMs: Math.round(reply.elapsedTime * 10) / 10 };
      logger.info({ ...context.logFields(), ...answered }, 'request');
      done();
    });
  });
}

/** Measures the duration of each request for `GET /metrics`. */
export function measureRequests(fastify: FastifyInstance, metrics: MetricsService): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    metrics.observe({ method: request.method, route: routeOf(request), status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
}

const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'unknown';
