import type { FastifyInstance } from 'fastify';
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

/** Whether a list of entity tags has a tag, or `*`. A weak tag counts like a strong one (RFC 9110, section 13.1.2). */
const listsTag = (list: string, tag: string): boolean =>
  list
    .split(',')
    .map((each) => each.trim())
    .some((each) => each === '*' || each.replace(/^W\//, '') === tag);

/** Answers a read with 304 and no body when the caller has the version already, which it names in `If-None-Match`. */
export function answerUnchanged(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const known = request.headers['if-none-match'];
    if (known === undefined || reply.statusCode !== 200 || !['GET', 'HEAD'].includes(request.method)) return done(null, payload);
    const tag = reply.getHeader('etag');
    if (typeof tag !== 'string' || !listsTag(known, tag)) return done(null, payload);
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    done(null, null);
  });
}
