import type { FastifyInstance } from 'fastify';
import { Catch } from '@nestjs/common';
import { ProblemFilter } from '../../../common/http/problem.filter.js';
import { problem, type Occurrence, type Problem } from '../../../common/http/problem.js';
import { ScimError, scimTypes, type ScimType } from './scim-error.js';

export const scimContentType = 'application/scim+json; charset=utf-8';
const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** The statuses that directories know (RFC 7644, section 3.12), for those that they do not. */
const statuses: Readonly<Record<number, number>> = { 402: 403, 422: 400 };
/** The `scimType` of problems that have none of their own. */
const typesOfStatuses: Readonly<Record<number, ScimType>> = { 400: 'invalidSyntax', 422: 'invalidValue' };

/** Turns an error of the protocol into a problem, whose code is the `scimType`. */
@Catch(ScimError)
export class ScimErrorFilter extends ProblemFilter {
  protected override describe(error: ScimError, at: Occurrence): Problem {
    return problem(error.status, error.scimType ?? 'scim_error', error.message, at);
  }
}

/** Answers every problem below `/scim/v2` in the form of RFC 7644, section 3.12, whichever part of the server has refused the request. */
export function answerScimErrors(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const isProblem = String(reply.getHeader('content-type')).startsWith('application/problem+json');
    if (!isProblem || typeof payload !== 'string' || !request.url.startsWith('/scim/v2')) return done(null, payload);
    const { status, code, detail } = JSON.parse(payload) as Problem;
    const scimType = scimTypes.find((each) => each === code) ?? typesOfStatuses[status];
    const answered = statuses[status] ?? status;
    reply.status(answered).header('content-type', scimContentType);
    return done(null, JSON.stringify({ schemas: [errorSchema], status: String(answered), ...(scimType === undefined ? {} : { scimType }), detail }));
  });
}
