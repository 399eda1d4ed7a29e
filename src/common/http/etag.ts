import { AppError } from '../errors/app-error.js';

export class VersionConflictError extends AppError {
  constructor() {
    super('precondition_failed', 'version_conflict', 'The document has changed since you read it. Read it again, then send your change with the new ETag in If-Match.');
  }
}

/** Returns the entity tag of a document's version (RFC 9110, section 8.8.3). */
export function etagOf(version: number): string {
  return `"v${version}"`;
}

/**
 * Returns the version that `If-Match` asks for, or undefined when any version matches.
 *
 * @throws {VersionConflictError} when the header is not a tag that {@link etagOf} makes, because then no version matches
 */
export function expectedVersion(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const version = /^"v(\d{1,9})"$/.exec(ifMatch.trim())?.[1];
  if (version === undefined) throw new VersionConflictError();
  return Number(version);
}
