import { createHash } from 'node:crypto';
import { types } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors/app-error.js';

export class VersionConflictError extends AppError {
  constructor() {
    super(
      'precondition_failed',
      'version_conflict',
      'The resource has changed since you read it, or If-Match has no ETag of it. Read it again, then send your change with the new ETag in If-Match.',
    );
  }
}

/** Returns the entity tag of a document's version (RFC 9110, section 8.8.3). */
export function etagOf(version: number): string {
  return `"v${version}"`;
}

/** Returns the entity tag of a document without a version of its own, which is put together from several. */
export const etagOfContent = (content: unknown): string => `"${createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)}"`;

/** Returns the tags of a list; undefined when it has `*`, which any version matches. */
function tagsOf(list: string): string[] | undefined {
  const tags = list.split(',').map((tag) => tag.trim());
  return tags.includes('*') ? undefined : tags;
}

/** The versions that the caller of a change accepts; undefined for any. */
export type ExpectedVersions = readonly number[] | undefined;

/**
 * Returns the versions that `If-Match` lists, or undefined when any version matches (RFC 9110, section 13.1.1).
 *
 * @throws {VersionConflictError} when no tag of the list is one that {@link etagOf} makes, because then no version matches
 */
export function expectedVersions(ifMatch: string | undefined): ExpectedVersions {
  const tags = ifMatch === undefined ? undefined : tagsOf(ifMatch);
  if (tags === undefined) return undefined;
  const versions = tags.flatMap((tag) => /^"v(\d{1,9})"$/.exec(tag)?.[1] ?? []).map(Number);
  if (versions.length === 0) throw new VersionConflictError();
  return versions;
}

/** Whether a change accepts a version. Compare it in the transaction of the change. */
export const accepts = (expected: ExpectedVersions, version: number): boolean => expected?.includes(version) !== false;

/**
 * Returns the times of the last change that `If-Match` lists, in milliseconds, or undefined when any version matches. The part of a tag that stands for the
 * bytes of the answer is not compared: they also change when another resource does, and with each use of a key.
 *
 * @throws {VersionConflictError} when no tag of the list is one that {@link addVersions} makes
 */
export function expectedTimes(ifMatch: string): readonly number[] | undefined {
  const tags = tagsOf(ifMatch);
  const times = tags?.flatMap((tag) => /^"([0-9a-z]{1,10})\.[\w-]{16}"$/.exec(tag)?.[1] ?? []).map((time) => Number.parseInt(time, 36));
  if (times?.length === 0) throw new VersionConflictError();
  return times;
}

const changedAt = Symbol('the time of the last change of the resource that a reply has');

interface Versioned {
  [changedAt]?: number;
}

const changes: ReadonlySet<string> = new Set(['PUT', 'PATCH']);

/** Whether an answer has the resource of its path, or one that the request has created. */
const hasResource = (method: string, status: number, hasLocation: boolean): boolean =>
  status === 200 ? method === 'GET' || method === 'HEAD' || changes.has(method) : status === 201 && hasLocation;

/**
 * Adds an `ETag` to every answer that is one resource with `updatedAt`: the time of its last change, which a change compares with `If-Match`, and a hash of the
 * bytes, so that `If-None-Match` holds only for the same answer.
 */
export function addVersions(fastify: FastifyInstance): void {
  fastify.addHook('preSerialization', (request, reply, payload, done) => {
    const { updatedAt } = (payload ?? {}) as { readonly updatedAt?: unknown };
    if ((types.isDate(updatedAt) || updatedAt === null) && hasResource(request.method, reply.statusCode, reply.hasHeader('location')) && !reply.hasHeader('etag'))
      // Null: it never changes, as a role of the catalog.
      (reply as Versioned)[changedAt] = updatedAt?.getTime() ?? 0;
    done(null, payload);
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    // An error that is answered instead has no version.
    const time = reply.statusCode < 300 ? (reply as Versioned)[changedAt] : undefined;
    if (time !== undefined && typeof payload === 'string') reply.header('etag', `"${time.toString(36)}.${createHash('sha256').update(payload).digest('base64url').slice(0, 16)}"`);
    done(null, payload);
  });
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
