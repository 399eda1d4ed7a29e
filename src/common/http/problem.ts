import { ApiProperty } from '@nestjs/swagger';
import type { AppError, ErrorKind, FieldError } from '../errors/app-error.js';

/** The page that the `type` of a problem points to. It lists every code. */
export const problemTypeBase = 'https://github.com/tenantry/tenantry/blob/main/docs/errors.md#';

export const statusOfKind: Readonly<Record<ErrorKind, number>> = {
  malformed: 400,
  unauthenticated: 401,
  payment_required: 402,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  precondition_failed: 412,
  too_large: 413,
  range_not_satisfiable: 416,
  unsupported_media_type: 415,
  unprocessable: 422,
  too_many_requests: 429,
  unavailable: 503,
};

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthenticated',
  402: 'Payment required',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition failed',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Unprocessable request',
  429: 'Too many requests',
  500: 'Internal server error',
  503: 'Service unavailable',
};

export class FieldErrorDto implements FieldError {
  @ApiProperty({ description: 'JSON Pointer (RFC 6901) to the field, or the name of a query or path parameter', example: '/email' })
  pointer!: string;
  @ApiProperty({ example: 'is_email', description: 'The rule that the value breaks, for programs' })
  code!: string;
  @ApiProperty({ example: 'email must be an email address', description: 'The rule that the value breaks, in words' })
  message!: string;
}

/** A problem document (RFC 9457) with the extensions `code`, `requestId` and `errors`. */
export class Problem {
  @ApiProperty({ example: `${problemTypeBase}not_found`, description: 'The page that explains the code' })
  type!: string;
  @ApiProperty({ example: 'Not found', description: 'The meaning of the status, in words' })
  title!: string;
  @ApiProperty({ type: 'integer', format: 'int32', example: 404, description: 'The HTTP status of the response' })
  status!: number;
  @ApiProperty({ description: 'The problem, and how to solve it' })
  detail!: string;
  @ApiProperty({ description: 'The path of the request', example: '/api/v1/organizations' })
  instance!: string;
  @ApiProperty({ description: 'A stable code for programs', example: 'not_found' })
  code!: string;
  @ApiProperty({ description: 'The X-Request-Id of the response' })
  requestId!: string;
  @ApiProperty({ type: [FieldErrorDto], required: false, description: 'The invalid fields' })
  errors?: FieldErrorDto[];
}

/** The path and the id of the request in which an error occurred. */
export interface Occurrence {
  readonly instance: string;
  readonly requestId: string;
}

export function problem(status: number, code: string, detail: string, at: Occurrence, details: Readonly<Record<string, unknown>> = {}): Problem {
  const standard = { type: `${problemTypeBase}${code}`, title: titles[status] ?? 'Error', status, detail, instance: at.instance, code, requestId: at.requestId };
  // The details come last, and do not replace a standard member.
  return { ...standard, ...details, ...standard };
}

export function problemOf(error: AppError, at: Occurrence): Problem {
  return problem(statusOfKind[error.kind], error.code, error.message, at, error.details);
}
