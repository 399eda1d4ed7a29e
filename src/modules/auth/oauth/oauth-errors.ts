import { Catch } from '@nestjs/common';
import { isBelow, type ProblemForm } from '../../../common/http/problem-forms.js';
import { ProblemFilter } from '../../../common/http/problem.filter.js';
import { problem, type Occurrence, type Problem } from '../../../common/http/problem.js';

/** The errors of RFC 6749, section 5.2, and RFC 7009, section 2.2.1, with their statuses. */
const statusOfError = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_scope: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  unsupported_token_type: 400,
  temporarily_unavailable: 503,
} as const;
type OAuthErrorCode = keyof typeof statusOfError;

/** An error of the protocol. */
export class OAuthError extends Error {
  constructor(
    readonly code: OAuthErrorCode,
    description: string,
  ) {
    super(description);
    this.name = OAuthError.name;
  }
}

/** Turns an error of the protocol into a problem, whose code is that of the protocol. */
@Catch(OAuthError)
export class OAuthErrorFilter extends ProblemFilter {
  protected override describe({ code, message }: OAuthError, at: Occurrence): Problem {
    return problem(statusOfError[code], code, message, at);
  }
}

/** Returns the error that a problem is. The protocol has none for a server that is busy: these are those of RFC 6749, section 4.1.2.1. */
function errorOf({ status, code }: Problem): string {
  if (Object.hasOwn(statusOfError, code)) return code;
  if (status === 401) return 'invalid_client';
  if (status === 402 || status === 403) return 'unauthorized_client';
  if (status === 429 || status === 503) return 'temporarily_unavailable';
  return status >= 500 ? 'server_error' : 'invalid_request';
}

/** Some descriptions repeat what the client has sent. */
const maxDescription = 500;

/** The characters of a description (RFC 6749, section 5.2). */
const described = (text: string): string =>
  text
    .slice(0, maxDescription)
    .replaceAll('"', "'")
    .replaceAll(/[^ !#-[\]-~]/g, '');

export const sendForm = 'Send the parameters as application/x-www-form-urlencoded.';

/** Returns a problem in the form of RFC 6749, section 5.2, if it is one of a path below `/oauth`. */
export function oauthFormOf(path: string, of: Problem): ProblemForm | undefined {
  if (!isBelow('/oauth', path)) return undefined;
  const error = errorOf(of);
  const isOtherBody = of.status === 415;
  return {
    status: error === 'unauthorized_client' || isOtherBody ? 400 : of.status,
    contentType: 'application/json; charset=utf-8',
    headers: { 'cache-control': 'no-store', ...(of.status === 401 ? { 'www-authenticate': 'Basic realm="tenantry"' } : {}) },
    body: JSON.stringify({ error, error_description: described(isOtherBody ? sendForm : of.detail) }),
  };
}
