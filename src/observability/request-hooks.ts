import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { clientAddressOf } from '../common/http/addresses/client-address.js';
import { userAgentOf } from '../common/http/user-agent.js';
import { tracing, type Span, type TraceParent, type Tracing } from '../common/tracing.js';
import type { MetricsService } from './metrics.service.js';
import type { ContextStore, TenantContext } from '../tenancy/tenant-context.js';

/** Where a request keeps its context, and its span. */
const contextStore = Symbol('context');
const requestSpan = Symbol('span');

/** Routes that are not traced: probes and scrapes would be most of all traces. */
const untraced = /^\/(?:health\/|metrics$)/;

/**
 * Opens the context of each request before any other code runs, returns its id in a header, and logs one line when it is
 * answered. The context is entered again after the body was read, because streams lose it. A process that is about to end closes connections with their
 * next answer.
 */
export function observeRequests(fastify: FastifyInstance, context: TenantContext, logger: Logger, health: { readonly isStopping: boolean }): void {
  const enter = (request: ObservedRequest, next: () => void): void => {
    const store = (request[contextStore] ??= context.newStore(request.id, { ip: clientAddressOf(request), userAgent: userAgentOf(request) }));
    const span = request[requestSpan];
    if (span === undefined) context.enter(store, next);
    else span.run(() => context.enter(store, next));
  };
  fastify.addHook('onRequest', (request: ObservedRequest, reply, done) => {
    reply.header('x-request-id', request.id);
    if (tracing.active !== undefined) request[requestSpan] = startSpan(tracing.active, request);
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
      logger.info({ ...context.logFields(), ...tracing.active?.logFields, ...answered }, 'request');
      done();
    });
  });
  if (tracing.active !== undefined) endSpans(fastify);
}

type ObservedRequest = FastifyRequest & { [contextStore]?: ContextStore; [requestSpan]?: Span | undefined };

/** Starts the span of a request, by the semantic conventions of OpenTelemetry for HTTP servers. It has no query and no header, which can contain secrets. */
function startSpan(active: Tracing, { method, protocol, headers, routeOptions: { url: route }, url }: FastifyRequest): Span | undefined {
  if (route !== undefined && untraced.test(route)) return undefined;
  const attributes = {
    'http.request.method': method,
    'url.scheme': protocol,
    ...(route === undefined ? {} : { 'http.route': route, 'url.path': url.split('?', 1)[0] }),
  };
  return active.start(route === undefined ? method : `${method} ${route}`, { kind: 'server', attributes, parent: parentOf(headers) });
}

const parentOf = ({ traceparent, tracestate }: IncomingHttpHeaders): TraceParent => ({
  ...(typeof traceparent === 'string' ? { traceparent } : {}),
  ...(typeof tracestate === 'string' ? { tracestate } : {}),
});

function endSpans(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request: ObservedRequest, { statusCode }, done) => {
    const [span, store] = [request[requestSpan], request[contextStore]];
    span?.set({
      'http.response.status_code': statusCode,
      'tenantry.request.id': request.id,
      ...(store?.tenant === undefined ? {} : { 'tenantry.organization.id': store.tenant.organizationId }),
      ...(statusCode >= 500 ? { 'error.type': String(statusCode) } : {}),
    });
    span?.end();
    done();
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
