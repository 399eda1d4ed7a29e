/** The kind of an error, independent of HTTP: jobs and commands use the services too. The problem filter maps it to a status. */
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
  | 'range_not_satisfiable'
  | 'unsupported_media_type'
  | 'unprocessable'
  | 'too_many_requests'
  | 'unavailable';

/** One invalid field of a request. */
export interface FieldError {
  /** JSON Pointer (RFC 6901) into the body, or `/` and the name of a query or path parameter. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/**
 * An error that the caller can act on. Modules extend it in their `<x>.errors.ts`. Only the problem filter turns it into
 * an HTTP response.
 */
export abstract class AppError extends Error {
  /**
   * @param kind decides the status
   * @param code stable, snake_case; clients branch on it
   * @param message what is wrong and what the caller can do
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

/** For a resource that does not exist and, with the same text, for a resource that the caller may not see. */
export class NotFoundError extends AppError {
  constructor() {
    super('not_found', 'not_found', 'The resource does not exist, or you have no access to it. Check the id and the organization that you work in.');
  }
}

/** A malformed request. */
export class MalformedRequestError extends AppError {
  constructor(message: string, errors: readonly FieldError[] = [], code = 'malformed_request') {
    super('malformed', code, message, errors.length > 0 ? { errors } : {});
  }
}

/** A well-formed request that cannot be carried out. */
export class UnprocessableError extends AppError {
  constructor(code: string, message: string, errors: readonly FieldError[] = []) {
    super('unprocessable', code, message, errors.length > 0 ? { errors } : {});
  }
}
