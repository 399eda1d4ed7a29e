import { AppError } from '../errors/app-error.js';

export class VersionConflictError extends AppError {
  constructor() {
    super('precondition_failed', 'version_conflict', 'It was changed since you read it. Read it again, then send your change with the new ETag in If-Match.');
  }
}

/** The entity tag of a document's version (RFC 9110, section 8.8.3). */
export function etagOf(version: number): string {
  return `"v${version}"`;
}

/**
 * The version that `If-Match` asks for, or undefined when any will do.
 *
 * @throws {VersionConflictError} when the header holds no tag of ours, since then none can match
 */
export function expectedVersion(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const version = /^"v(\d{1,9})"$/.exec(ifMatch.trim())?.[1];
  if (version === undefined) throw new VersionConflictError();
  return Number(version);
}
