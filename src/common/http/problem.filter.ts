import { Catch, HttpException, Logger, type ArgumentsHost, Optional, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';
import { RefusalObserver } from '../errors/refusal-observer.js';
import { problem, problemOf, type Occurrence, type Problem } from './problem.js';

/** Codes of Fastify's own errors, which happen before a route is reached. */
const fastifyProblems: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'body_too_large', 'The body is larger than 1 MiB.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'unsupported_media_type', 'Send the body as application/json.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'malformed_request', 'Content-Length does not fit the body.'],
  FST_ERR_BAD_URL: [400, 'malformed_request', 'The path is not a valid URL path.'],
};

/** Codes of errors that say: the database cannot be asked now, or gave up on a conflict; asking again may work. */
const passingCodes = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'P2034',
  'ECONNREFUSED',
  'ECONNRESET',
  '57P01',
  '57P03',
  '53300',
  '40001',
  '40P01',
  '55P03',
  '57014',
]);

const codeOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '');

const httpProblems: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['malformed_request', 'The request cannot be understood.'],
  413: ['body_too_large', 'The body is larger than 1 MiB.'],
  415: ['unsupported_media_type', 'Send the body as application/json.'],
  404: ['not_found', 'There is no such route. /docs lists them all.'],
  405: ['method_not_allowed', 'This route does not know that method.'],
};

/** Seconds after which trying again makes sense. */
const retryAfterOf = (error: unknown): number => (error instanceof AppError && typeof error.details['retryAfter'] === 'number' ? error.details['retryAfter'] : 1);

/** Whom the body names. */
function emailIn(body: unknown): string | undefined {
  const { email } = (typeof body === 'object' && body !== null ? body : {}) as { email?: unknown };
  return typeof email === 'string' ? email : undefined;
}

/** Turns whatever was thrown into an `application/problem+json` answer (RFC 9457). Nothing unknown leaks its text. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger(ProblemFilter.name);

  constructor(@Optional() private readonly observer?: RefusalObserver) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const body = this.#problemOf(error, { instance: request.url.split('?', 1)[0] ?? '/', requestId: request.id });
    this.observer?.refused(body, emailIn(request.body));
    if (body.status >= 500) this.#logger.error({ err: error, code: body.code }, 'request failed');
    else this.#logger.debug({ code: body.code, status: body.status, detail: body.detail }, 'request refused');
    if ((body.status === 503 || body.status === 429) && !reply.hasHeader('retry-after')) reply.header('retry-after', String(retryAfterOf(error)));
    if (body.status === 401) reply.header('www-authenticate', 'Bearer');
    void reply.status(body.status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(body));
  }

  #problemOf(error: unknown, at: Occurrence): Problem {
    if (error instanceof AppError) return problemOf(error, at);
    const fastify = fastifyProblems[codeOf(error)];
    if (fastify !== undefined) return problem(...fastify, at);
    if (error instanceof HttpException) {
      const [code, detail] = httpProblems[error.getStatus()] ?? ['http_error', 'The request was refused.'];
      return problem(error.getStatus(), code, detail, at);
    }
    if (passingCodes.has(codeOf(error))) return problem(503, 'unavailable', 'The service cannot answer now. Try again shortly.', at);
    return problem(500, 'internal_error', 'Something went wrong on our side. Tell us the requestId if it stays.', at);
  }
}
