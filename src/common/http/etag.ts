import { createHash } from 'node:crypto';
import { types } from 'node:util';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
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

/** The versions that the caller of a change accepts; undefined for any. */
export type ExpectedVersions = readonly number[] | undefined;

/** Whether a change accepts a version. Compare it in the transaction of the change. */
export const accepts = (expected: ExpectedVersions, version: number): boolean => expected?.includes(version) !== false;

/** Returns the tags of `If-Match`; undefined when it is `*`, which any version matches (RFC 9110, section 13.1.1). A weak tag matches no version, and is left out. */
const strongTags = (ifMatch: string): string[] | undefined => (ifMatch.trim() === '*' ? undefined : tagsOf(ifMatch).filter((tag) => !tag.startsWith('W/')));

const tagsOf = (list: string): string[] => list.match(/(?:W\/)?"[^"]*"/g) ?? [];

/** Reads what a change compares in each tag, and leaves out tags of other resources. @throws {VersionConflictError} when none remains */
function comparedParts(ifMatch: string, read: (part: string) => readonly number[]): ExpectedVersions {
  const compared = strongTags(ifMatch)?.flatMap((tag) => read(/^"([0-9a-z-]{1,30})\.[\w-]{16}"$/.exec(tag)?.[1] ?? ''));
  if (compared?.length === 0) throw new VersionConflictError();
  return compared;
}

/** The part of a tag that stands for the number of changes of a document. The tenant is in it: documents of several tenants have the same path. */
const countedPart = (version: number, organizationId: string | undefined): string => `v${version}-${organizationId?.slice(-12) ?? ''}`;

/**
 * Returns the versions of a document of an organization that `If-Match` lists, or undefined when any version matches. The part of a tag that stands for the
 * bytes of the answer is not compared: they also change with the plan, and with the catalog.
 *
 * @throws {VersionConflictError} when no tag of the list is one of the document
 */
export function expectedVersions(ifMatch: string | undefined, organizationId: string | undefined): ExpectedVersions {
  if (ifMatch === undefined) return undefined;
  return comparedParts(ifMatch, (part) => {
    const version = Number(/^v(\d{1,9})-/.exec(part)?.[1] ?? NaN);
    return part === countedPart(version, organizationId) ? [version] : [];
  });
}

/**
 * Returns the times of the last change that `If-Match` lists, in milliseconds, or undefined when any version matches. The part of a tag that stands for the
 * bytes of the answer is not compared: they also change when another resource does, and with each use of a key.
 *
 * @throws {VersionConflictError} when no tag of the list is one of a resource with a time
 */
export function expectedTimes(ifMatch: string): ExpectedVersions {
  return comparedParts(ifMatch, (part) => (/^[0-9a-z]{1,10}$/.test(part) ? [Number.parseInt(part, 36)] : []));
}

const comparedPart = Symbol('the part of the ETag of a reply that a change compares');

interface Versioned {
  /** A number of changes, the time of the last one, or null for a document that is never changed as a whole. */
  [comparedPart]?: number | string | null;
}

/**
 * Lets the answer to a request have an ETag. Returns the document.
 *
 * @param version the number of changes of the document; null when it is put together from several ones, and never changed as a whole
 */
export function withVersion<Document>(reply: FastifyReply, version: number | null, document: Document): Document {
  (reply as Versioned)[comparedPart] = version;
  return document;
}

const changes: ReadonlySet<string> = new Set(['PUT', 'PATCH']);

/** Whether an answer has the resource of its path, or one that the request has created. */
const hasResource = (method: string, status: number, hasLocation: boolean): boolean =>
  status === 200 ? method === 'GET' || method === 'HEAD' || changes.has(method) : status === 201 && hasLocation;

/**
 * Adds an `ETag` to every answer that is one resource with `updatedAt`, or a document of {@link withVersion}. It has the part that a change compares with
 * `If-Match`, which is the time of the last change or the number of changes, and a hash of the bytes, so that `If-None-Match` holds only for the same answer.
 *
 * @param organizationOf returns the id of the organization of a request; the routes of documents have one
 */
export function addVersions(fastify: FastifyInstance, organizationOf: (request: FastifyRequest) => string | undefined): void {
  fastify.addHook('preSerialization', (request, reply: FastifyReply & Versioned, payload, done) => {
    const { updatedAt } = (payload ?? {}) as { readonly updatedAt?: unknown };
    if (reply[comparedPart] === undefined && (types.isDate(updatedAt) || updatedAt === null) && hasResource(request.method, reply.statusCode, reply.hasHeader('location')))
      // Null: it never changes, as a role of the catalog.
      reply[comparedPart] = (updatedAt?.getTime() ?? 0).toString(36);
    done(null, payload);
  });
  fastify.addHook('onSend', (request, reply: FastifyReply & Versioned, payload, done) => {
    // An error that is answered instead has no version.
    const compared = reply.statusCode < 300 ? reply[comparedPart] : undefined;
    if (compared !== undefined && typeof payload === 'string') {
      const part = typeof compared === 'number' ? countedPart(compared, organizationOf(request)) : (compared ?? 'content');
      reply.header('etag', `"${part}.${hashOf(payload)}"`);
    }
    done(null, payload);
  });
}

/** Returns the part of an ETag that stands for the bytes of an answer. */
export const hashOf = (payload: string): string => createHash('sha256').update(payload).digest('base64url').slice(0, 16);

const withoutWeakness = (tag: string): string => tag.replace(/^W\//, '');

/** Whether a list of entity tags has a tag, or is `*`. A weak tag counts like a strong one (RFC 9110, section 13.1.2). */
const listsTag = (list: string, tag: string): boolean => list.trim() === '*' || tagsOf(list).some((each) => withoutWeakness(each) === withoutWeakness(tag));

/** Answers a read with 304 and no body when the caller has the version already, which it names in `If-None-Match`. */
export function answerUnchanged(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const known = request.headers['if-none-match'];
    if (known === undefined || reply.statusCode !== 200 || !['GET', 'HEAD'].includes(request.method)) return done(null, payload);
    const tag = reply.getHeader('etag');
    if (typeof tag !== 'string' || !listsTag(known, tag)) return done(null, payload);
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    // Fastify removes the body of an answer to HEAD itself, and takes its length.
    done(null, request.method === 'HEAD' ? payload : null);
  });
}
