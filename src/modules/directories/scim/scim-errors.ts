import type { FastifyInstance } from 'fastify';
import { Catch } from '@nestjs/common';
import type { ProblemForm } from '../../../common/http/request-target.js';
import { pathOf } from '../../../common/http/route-methods.js';
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

const isBelow = (path: string): boolean => path === '/scim/v2' || path.startsWith('/scim/v2/');

/** Whether a path is one of SCIM. A route matches when its text is percent-encoded, too. */
function isScimPath(path: string): boolean {
  try {
    return isBelow(decodeURIComponent(path));
  } catch {
    return isBelow(path);
  }
}

/** Returns a problem in the form of RFC 7644, section 3.12, if it is one of a path below `/scim/v2`. */
export function scimFormOf(path: string, { status, code, detail }: Problem): ProblemForm | undefined {
  if (!isScimPath(path)) return undefined;
  const scimType = scimTypes.find((each) => each === code) ?? typesOfStatuses[status];
  const answered = statuses[status] ?? status;
  const body = { schemas: [errorSchema], status: String(answered), ...(scimType === undefined ? {} : { scimType }), detail };
  return { status: answered, contentType: scimContentType, body: JSON.stringify(body) };
}

/** Answers every problem below `/scim/v2` in the form of its standard, whichever part of the server has refused the request. */
export function answerScimErrors(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const isProblem = String(reply.getHeader('content-type')).startsWith('application/problem+json');
    const form = isProblem && typeof payload === 'string' ? scimFormOf(pathOf(request), JSON.parse(payload) as Problem) : undefined;
    if (form === undefined) return done(null, payload);
    reply.status(form.status).header('content-type', form.contentType);
    return done(null, form.body);
  });
}
