import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, HookHandlerDoneFunction, onRequestHookHandler } from 'fastify';
import { methodsOf, pathOf } from './route-methods.js';

/** The header fields of requests that pages of other origins may send. */
const allowedHeaders = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'traceparent',
  'X-API-Key',
  'X-Request-Id',
  'X-Tenant-ID',
  'X-Tenant-Slug',
];
/** The header fields of answers that their scripts may read. */
const exposedHeaders = ['Deprecation', 'ETag', 'Idempotency-Replayed', 'Link', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'Sunset', 'X-Request-Id'];

/**
 * Returns the instance for the plugin of CORS, whose hook then runs for requests of pages alone: for each request, it would take a tenth of the time of a
 * short one.
 */
function forPages(fastify: FastifyInstance): FastifyInstance {
  const addHook = (_name: 'onRequest', hook: onRequestHookHandler): FastifyInstance =>
    fastify.addHook('onRequest', function onlyForPages(request, reply, done: HookHandlerDoneFunction) {
      const isOptions = request.method === 'OPTIONS';
      if (request.headers.origin === undefined && !isOptions) return done();
      // RFC 9110, section 9.3.7. The plugin answers OPTIONS itself.
      const methods = isOptions ? methodsOf(fastify, pathOf(request)) : [];
      // The router answers 404.
      if (isOptions && methods.length === 0) return done();
      if (isOptions) reply.header('allow', methods.join(', '));
      hook.call(this, request, reply, done);
    });
  return Object.create(fastify, { addHook: { value: addHook } }) as FastifyInstance;
}

/** Not `false`, with which the plugin would not answer OPTIONS. */
const noOrigins: string[] = [];

/**
 * Lets pages of other origins call the API (the CORS protocol of https://fetch.spec.whatwg.org). Credentials are header fields and never cookies, so an origin
 * that is allowed can do nothing without a token.
 *
 * @param isKnown whether pages of an origin may call the API; `*` for all
 */
export function allowOrigins(fastify: FastifyInstance, isKnown: '*' | ((origin: string) => boolean | Promise<boolean>)): void {
  const options: FastifyCorsOptions = {
    origin: isKnown === '*' ? '*' : async (origin?: string) => (origin !== undefined && (await isKnown(origin)) ? [origin] : noOrigins),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders,
    exposedHeaders,
    // Chromium keeps the answer to a preflight two hours at most.
    maxAge: 7200,
    strictPreflight: false,
  };
  cors(forPages(fastify), options, (error) => {
    if (error !== undefined) throw error;
  });
}
