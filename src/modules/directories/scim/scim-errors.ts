import { Catch } from '@nestjs/common';
import { isBelow, type ProblemForm } from '../../../common/http/problem-forms.js';
import { ProblemFilter } from '../../../common/http/problem.filter.js';
import { problem, type Occurrence, type Problem } from '../../../common/http/problem.js';
import { ScimError, scimTypes, type ScimType } from './scim-error.js';

export const scimContentType = 'application/scim+json; charset=utf-8';
const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** The statuses that directories know (RFC 7644, section 3.12), for those that they do not. */
const statuses: Readonly<Record<number, number>> = { 402: 403, 422: 400 };
/** The `scimType` of problems that have none of their own. */
const typesOfStatuses: Readonly<Record<number, ScimType>> = { 400: 'invalidSyntax', 422: 'invalidValue' };

/** The advice to a caller without a valid token, whatever is wrong with the one that it sent: here, nobody signs in. */
const tokenAdvice =
  'Send a valid token of the directory: `Authorization: Bearer tscim_…`. A member with `security:write` makes one: POST /organizations/{organizationId}/directories/{directoryId}/tokens.';

/** The code of an error of the protocol that has no `scimType`. */
const protocolError = 'scim_error';

/** Turns an error of the protocol into a problem, whose code is the `scimType`. */
@Catch(ScimError)
export class ScimErrorFilter extends ProblemFilter {
  protected override describe(error: ScimError, at: Occurrence): Problem {
    return problem(error.status, error.scimType ?? protocolError, error.message, at);
  }
}

/** Returns a problem in the form of RFC 7644, section 3.12, if it is one of a path below `/scim/v2`. It has the code of the problem in addition, unless the protocol has its own. */
export function scimFormOf(path: string, { status, code, detail }: Problem): ProblemForm | undefined {
  if (!isBelow('/scim/v2', path)) return undefined;
  const scimType = scimTypes.find((each) => each === code) ?? typesOfStatuses[status];
  const answered = statuses[status] ?? status;
  const own = code === scimType || code === protocolError ? {} : { code };
  const body = { schemas: [errorSchema], status: String(answered), ...(scimType === undefined ? {} : { scimType }), detail: status === 401 ? tokenAdvice : detail, ...own };
  return { status: answered, contentType: scimContentType, body: JSON.stringify(body) };
}
