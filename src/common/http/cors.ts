import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** The header fields of requests that pages of other origins may send. */
const allowedHeaders = ['Authorization', 'Content-Type', 'If-Match', 'If-None-Match', 'traceparent', 'X-API-Key', 'X-Request-Id', 'X-Tenant-ID', 'X-Tenant-Slug'];
/** The header fields of answers that their scripts may read. */
const exposedHeaders = ['ETag', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'];

/**
 * Lets pages of other origins call the API (the CORS protocol of https://fetch.spec.whatwg.org). Credentials are header fields and never cookies, so an origin
 * that is allowed can do nothing without a token.
 */
export function allowOrigins(app: NestFastifyApplication, origins: '*' | readonly (string | RegExp)[]): void {
  app.enableCors({
    origin: origins === '*' ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders,
    exposedHeaders,
    // Chromium keeps the answer to a preflight two hours at most.
    maxAge: 7200,
    strictPreflight: false,
  });
}
