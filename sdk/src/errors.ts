import type { Problem, Problems } from './generated/api.js';

/** The stable code of an error. Answers that are no error documents, such as those of a proxy, have `unexpected_answer`. */
export type ErrorCode = Problem['code'] | 'unexpected_answer';
/** The error document with a code, with the members of this code. */
export type ProblemWith<Code extends ErrorCode> = Code extends keyof Problems ? Problems[Code] : Omit<Problem, 'code'> & { code: Code };

/** The API refused the request. */
export class TenantryError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'TenantryError';
  readonly status: number;
  readonly code: Code;
  /** The id under which the server logged the request. */
  readonly requestId: string;

  constructor(
    /** The whole document, with the members of its code. */
    readonly problem: ProblemWith<Code>,
    readonly headers: Headers,
  ) {
    super(`${problem.detail} (${problem.status} ${problem.code}, request ${problem.requestId})`);
    this.status = problem.status;
    this.code = problem.code as Code;
    this.requestId = problem.requestId;
  }

  /** Returns after how many seconds the server expects another try, if it says so. */
  get retryAfter(): number | undefined {
    return retryAfter(this.headers);
  }
}

/** There was no answer: the connection failed, or the time was up. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** Returns whether an error is one of the API, with one of the codes if there are any. */
export function isTenantryError<Code extends ErrorCode = ErrorCode>(error: unknown, ...codes: readonly Code[]): error is TenantryError<Code> {
  return error instanceof TenantryError && (codes.length === 0 || codes.includes(error.code as Code));
}

/** Reads the seconds of a Retry-After field. Servers and proxies send a number or a date. */
export function retryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(seconds, 0);
}

/** Reads the error from an answer. */
export async function errorFrom(response: Response): Promise<TenantryError> {
  const text = await response.text();
  return new TenantryError(problemOf(text) ?? unexpected(response, text), response.headers);
}

function problemOf(text: string): ProblemWith<ErrorCode> | undefined {
  try {
    const problem = JSON.parse(text) as ProblemWith<ErrorCode> | null;
    return typeof problem?.code === 'string' ? problem : undefined;
  } catch {
    return undefined;
  }
}

function unexpected({ status, statusText, headers, url }: Response, text: string): ProblemWith<ErrorCode> {
  const detail = `The answer is no error document of tenantry: ${text.slice(0, 200)}`;
  return { type: 'about:blank', title: statusText, status, detail, instance: url, code: 'unexpected_answer', requestId: headers.get('x-request-id') ?? 'unknown' };
}
