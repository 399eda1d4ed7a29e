import { createHash } from 'node:crypto';
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

/** Returns the entity tag of a document without a version of its own, which is put together from several. */
export const etagOfContent = (content: unknown): string => `"${createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)}"`;

/** The versions that the caller of a change accepts; undefined for any. */
export type ExpectedVersions = readonly number[] | undefined;

/**
 * Returns the versions that `If-Match` lists, or undefined when any version matches (RFC 9110, section 13.1.1).
 *
 * @throws {VersionConflictError} when no tag of the list is one that {@link etagOf} makes, because then no version matches
 */
export function expectedVersions(ifMatch: string | undefined): ExpectedVersions {
  if (ifMatch === undefined) return undefined;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes('*')) return undefined;
  const versions = tags.flatMap((tag) => /^"v(\d{1,9})"$/.exec(tag)?.[1] ?? []).map(Number);
  if (versions.length === 0) throw new VersionConflictError();
  return versions;
}

/** Whether a change accepts a version. Compare it in the transaction of the change. */
export const accepts = (expected: ExpectedVersions, version: number): boolean => expected?.includes(version) !== false;

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
