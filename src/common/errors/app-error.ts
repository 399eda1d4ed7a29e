/** What went wrong, in the words of HTTP but without its numbers: services throw it, and jobs use services too. */
export type ErrorKind =
  | 'malformed'
  | 'unauthenticated'
  | 'payment_required'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'gone'
  | 'precondition_failed'
  | 'too_large'
  | 'unsupported_media_type'
  | 'unprocessable'
  | 'too_many_requests'
  | 'unavailable';

/** One wrong field of a request. */
export interface FieldError {
  /** RFC 6901 pointer into the body, or the name of a query or path parameter. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/**
 * Every error that a caller can do something about. Features extend it in their `<x>.errors.ts`; the problem filter
 * alone turns it into HTTP.
 */
export abstract class AppError extends Error {
  /**
   * @param kind decides the status
   * @param code stable, snake_case; clients branch on it
   * @param message tells the caller what to do
   */
  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** The answer for what does not exist, and, in the same words, for what is not the caller's. */
export class NotFoundError extends AppError {
  constructor() {
    super('not_found', 'not_found', 'There is no such resource, or it is not yours. Check the id and the organization that you work in.');
  }
}

/** A request that cannot be understood. */
export class MalformedRequestError extends AppError {
  constructor(message: string, errors: readonly FieldError[] = [], code = 'malformed_request') {
    super('malformed', code, message, errors.length > 0 ? { errors } : {});
  }
}

/** A request that is understood but names something that cannot be. */
export class UnprocessableError extends AppError {
  constructor(code: string, message: string, errors: readonly FieldError[] = []) {
    super('unprocessable', code, message, errors.length > 0 ? { errors } : {});
  }
}
