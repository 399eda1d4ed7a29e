import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MalformedRequestError } from '../errors/app-error.js';
import type { FormOf } from './problem-forms.js';
import { problem } from './problem.js';
import { pathOf } from './route-methods.js';
import { securityHeaders } from './security-headers.js';

/** The headers that hooks add to other answers. */
const problemHeaders = { ...securityHeaders, 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'private, no-store' } as const;

const malformedText = ['malformed_text', 'is not percent-encoded UTF-8. Encode text as UTF-8, each byte outside of ASCII and each % as % and two hexadecimal digits.'] as const;

/** Whether a part of a URL can be decoded: every `%` begins a byte, and the bytes are UTF-8. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Refuses queries that are not text. The parser of queries would take `%FF` literally, as three characters. */
export function refuseMalformedQueries(fastify: FastifyInstance): void {
  // Hooks of `onRequest` add the headers of every answer.
  fastify.addHook('preParsing', (request, _reply, _payload, done) => {
    const query = request.originalUrl.slice(request.originalUrl.indexOf('?') + 1);
    const [code, message] = malformedText;
    done(query.includes('%') && !isDecodable(query) ? new MalformedRequestError(`The query ${message}`, [], code) : undefined);
  });
}

/**
 * Returns what answers errors of the router, which occur before any hook: the path is malformed or has a parameter that is too long.
 */
export function answerRouterErrors(formOf: FormOf): (error: Error, request: FastifyRequest, reply: FastifyReply) => void {
  return (error, request, reply) => {
    const at = { instance: pathOf(request), requestId: request.id };
    const [code, message] = malformedText;
    const isTooLong = 'code' in error && error.code === 'FST_ERR_MAX_PARAM_LENGTH';
    const answered = isTooLong ? problem(404, 'not_found', 'There is no such route. /docs lists all routes.', at) : problem(400, code, `The path ${message}`, at);
    const { status, contentType, body } = formOf(at.instance, answered) ?? { status: answered.status, contentType: problemHeaders['content-type'], body: JSON.stringify(answered) };
    void reply
      .status(status)
      .headers({ ...problemHeaders, 'content-type': contentType, 'x-request-id': request.id })
      .send(body);
  };
}
