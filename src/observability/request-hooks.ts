import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { clientAddressOf } from '../common/http/addresses/client-address.js';
import { userAgentOf } from '../common/http/user-agent.js';
import { tracing, type Span, type TraceParent, type Tracing } from '../common/tracing.js';
import type { MetricsService } from './metrics.service.js';
import type { ContextStore, TenantContext } from '../tenancy/tenant-context.js';

/** Where a request keeps its context, and its span. */
const contextStore = Symbol('context');
const requestSpan = Symbol('span');

type ObservedRequest = FastifyRequest & { [contextStore]?: ContextStore; [requestSpan]?: Span | undefined };

/** How a request has ended. */
export interface Outcome {
  readonly method: string;
  /** The route's template. With the ids filled in, every request would create its own time series. */
  readonly route: string;
  /** {@link clientGone} if the client went away before the whole answer was sent. */
  readonly status: number;
  readonly milliseconds: number;
}

/** Like nginx, so that those who do not wait for slow answers are seen. */
const clientGone = 499;

/** Routes that are not traced: probes and scrapes would be most of all traces. */
const untraced = /^\/(?:health\/|metrics$)/;

interface Observers {
  readonly context: TenantContext;
  readonly logger: Logger;
  readonly metrics: MetricsService;
  readonly health: { readonly isStopping: boolean };
}

/**
 * Opens the context of each request before any other code runs, returns its id in a header, and reports it in one line, the metrics and its span when it is
 * over. The context is entered again after the body was read, because streams lose it. A process that is about to end closes connections with their next answer.
 */
export function observeRequests(fastify: FastifyInstance, { context, logger, metrics, health }: Observers): void {
  const enter = (request: ObservedRequest, next: () => void): void => enterRequest(context, request, next);
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
  whenOver(fastify, context, (request, { method, route, status, milliseconds }) => {
    const actor = context.actorKind ?? 'anonymous';
    logger.info({ ...context.logFields(), ...tracing.active?.logFields, actor, method, route, status, durationMs: Math.round(milliseconds * 10) / 10 }, 'request');
    metrics.observe({ method, route, status, actor }, milliseconds / 1000);
    endSpan(request, status);
    // The head of an answer that began before the process was about to end does not say so. Its connection would stay open until its client closes it.
    if (health.isStopping) request.raw.socket.destroySoon();
  });
}

/** Runs code in the context of a request, and in its span. */
function enterRequest(context: TenantContext, request: ObservedRequest, next: () => void): void {
  const store = (request[contextStore] ??= context.newStore(request.id, { ip: clientAddressOf(request), userAgent: userAgentOf(request) }));
  const span = request[requestSpan];
  if (span === undefined) context.enter(store, next);
  else span.run(() => context.enter(store, next));
}

/**
 * Calls `report` once for each request whose answer was sent, or whose client has gone, in the context of the request. A client that goes away does not end
 * the work that it has caused: that is awaited.
 */
export function whenOver(fastify: FastifyInstance, context: TenantContext, report: (request: FastifyRequest, outcome: Outcome, reply: FastifyReply) => void): void {
  const isReported = Symbol('reported');
  const over = (request: FastifyRequest & { [isReported]?: true }, reply: FastifyReply): void => {
    if (request[isReported] === true) return;
    request[isReported] = true;
    const outcome = {
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.raw.writableFinished ? reply.statusCode : clientGone,
      milliseconds: reply.elapsedTime,
    };
    enterRequest(context, request, () => report(request, outcome, reply));
  };
  // Fastify calls onResponse only for answers that are sent to their end.
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (reply.raw.destroyed) over(request, reply);
    else reply.raw.once('close', () => over(request, reply));
    done(null, payload);
  });
}

/**
 * Starts the span of a request, by the semantic conventions of OpenTelemetry for HTTP servers. It has no path, no query and no header: strangers write what is
 * in them, and it can be a secret or an address.
 */
function startSpan(active: Tracing, { method, protocol, headers, routeOptions: { url: route } }: FastifyRequest): Span | undefined {
  if (route !== undefined && untraced.test(route)) return undefined;
  const attributes = { 'http.request.method': method, 'http.route': route, 'url.scheme': protocol };
  return active.start(route === undefined ? method : `${method} ${route}`, { kind: 'server', attributes, caller: callerOf(headers) });
}

function endSpan(request: ObservedRequest, status: number): void {
  const [span, store] = [request[requestSpan], request[contextStore]];
  span?.set({
    'http.response.status_code': status,
    'tenantry.request.id': request.id,
    'tenantry.organization.id': store?.tenant?.organizationId,
    ...(status >= 500 ? { 'error.type': String(status) } : {}),
  });
  span?.end();
}

const callerOf = ({ traceparent, tracestate }: IncomingHttpHeaders): TraceParent => ({
  ...(typeof traceparent === 'string' ? { traceparent } : {}),
  ...(typeof tracestate === 'string' ? { tracestate } : {}),
});
