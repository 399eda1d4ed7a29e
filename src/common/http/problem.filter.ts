import { Catch, HttpException, Logger, NotFoundException, type ArgumentsHost, Optional, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';
import { RefusalObserver } from '../errors/refusal-observer.js';
import { isTransient, isVanished } from '../errors/transient-error.js';
import { methodsOf, pathOf } from './route-methods.js';
import { problem, problemOf, type Occurrence, type Problem } from './problem.js';

/** Fastify's own errors, which occur before a route is reached. */
const fastifyProblems: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'body_too_large', 'The body is larger than 1 MiB. Send a smaller one.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'unsupported_media_type', 'Send the body as application/json, in UTF-8.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'malformed_request', 'Content-Length does not match the length of the body.'],
};

const codeOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '');

const httpProblems: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['malformed_request', 'The request is malformed.'],
  413: ['body_too_large', 'The body is larger than 1 MiB. Send a smaller one.'],
  415: ['unsupported_media_type', 'Send the body as application/json, in UTF-8.'],
  404: ['not_found', 'There is no such route. /docs lists all routes.'],
};

/** A status and a code that no {@link AppError} has. */
interface FrameworkProblem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

const [methodNotAllowed, unavailable, deletedMeanwhile, internalError, httpError] = [
  { status: 405, code: 'method_not_allowed', detail: 'The route does not support this method.' },
  { status: 503, code: 'unavailable', detail: 'The service is temporarily unavailable. Try again shortly.' },
  { status: 409, code: 'deleted_meanwhile', detail: 'Something that the request needs was deleted in the meantime. Read it again before you repeat the request.' },
  { status: 500, code: 'internal_error', detail: 'An internal error occurred. If it persists, report the requestId to the operator.' },
  { status: 400, code: 'http_error', detail: 'The request was refused.' },
] as const satisfies readonly FrameworkProblem[];

/** The problems that the filter answers with when no {@link AppError} was thrown. */
export const frameworkProblems: readonly FrameworkProblem[] = [
  ...Object.values(fastifyProblems).map(([status, code, detail]) => ({ status, code, detail })),
  ...Object.entries(httpProblems).map(([status, [code, detail]]) => ({ status: Number(status), code, detail })),
  methodNotAllowed,
  unavailable,
  deletedMeanwhile,
  internalError,
  httpError,
];

/** Seconds to wait before a retry, if one may succeed. */
const retryAfterOf = (error: unknown, status: number): number | undefined =>
  error instanceof AppError && typeof error.details['retryAfter'] === 'number' ? error.details['retryAfter'] : status === 503 || status === 429 ? 1 : undefined;

/** Returns the challenge of a 401, with the `max_age` of RFC 9470 when the user must authenticate again. */
const challengeOf = (error: unknown): string =>
  error instanceof AppError && typeof error.details['maxAge'] === 'number'
    ? `Bearer error="insufficient_user_authentication", error_description="A more recent login is required", max_age="${error.details['maxAge']}"`
    : 'Bearer';

/** Whether the server refuses to work too much: a line for each request would be more work. `overloaded` is logged once. */
const isExpected = ({ code }: Problem): boolean => code === 'overloaded';

/** The email address in the body, if there is one. */
function emailIn(body: unknown): string | undefined {
  const { email } = (typeof body === 'object' && body !== null ? body : {}) as { email?: unknown };
  return typeof email === 'string' ? email : undefined;
}

/** Turns every error into an `application/problem+json` response (RFC 9457). The text of an unknown error is not sent. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger(ProblemFilter.name);

  constructor(@Optional() private readonly observer?: RefusalObserver) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    // The pools wrap the refusal of a write, because Prisma would replace it (RefusedWriteError).
    const error = thrown instanceof Error && thrown.cause instanceof AppError ? thrown.cause : thrown;
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const at = { instance: pathOf(request), requestId: request.id };
    // A handler may throw the same exception as the router.
    const routes = error instanceof NotFoundException ? methodsOf(request.server, at.instance) : [];
    const methods = routes.includes(request.method) ? [] : routes;
    if (methods.length > 0) reply.header('allow', methods.join(', '));
    const body = methods.length > 0 ? problem(methodNotAllowed.status, methodNotAllowed.code, `This route supports ${methods.join(', ')}.`, at) : this.describe(error, at);
    this.observer?.refused(body, emailIn(request.body));
    if (body.status >= 500 && !isExpected(body)) this.#logger.error({ err: error, code: body.code }, 'request failed');
    else if (isVanished(error)) this.#logger.warn({ err: error, code: body.code }, 'a row was deleted while a request needed it');
    else this.#logger.debug({ code: body.code, status: body.status, detail: body.detail }, 'request refused');
    const retryAfter = retryAfterOf(error, body.status);
    if (retryAfter !== undefined && !reply.hasHeader('retry-after')) reply.header('retry-after', String(retryAfter));
    if (body.status === 401) reply.header('www-authenticate', challengeOf(error));
    void reply.status(body.status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(body));
  }

  /** Returns the problem that an error is. */
  protected describe(error: unknown, at: Occurrence): Problem {
    if (error instanceof AppError) return problemOf(error, at);
    const fastify = fastifyProblems[codeOf(error)];
    if (fastify !== undefined) return problem(...fastify, at);
    if (error instanceof HttpException) {
      const [code, detail] = httpProblems[error.getStatus()] ?? [httpError.code, httpError.detail];
      return problem(error.getStatus(), code, detail, at);
    }
    const { status, code, detail } = isTransient(error) ? unavailable : isVanished(error) ? deletedMeanwhile : internalError;
    return problem(status, code, detail, at);
  }
}
