import { UnsupportedMediaTypeException } from '@nestjs/common';
import jsonc from 'jsonc-parser';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MalformedRequestError } from '../../errors/app-error.js';
import { isExactNumber } from '../../text/exact-number.js';
import { textOfUtf8 } from '../../text/utf8.js';
import { pointerPart } from './json.js';

class InvalidUtf8Error extends MalformedRequestError {
  constructor() {
    super('The body is not valid UTF-8. Encode it as UTF-8, whatever charset Content-Type names.', [], 'invalid_utf8');
  }
}

class InexactNumbersError extends MalformedRequestError {
  constructor(pointers: readonly string[]) {
    const message = 'this number cannot be stored without a change. Send fewer digits, a smaller exponent, or a text';
    super(
      'Some numbers exceed the range or the precision of a double. See `errors`.',
      pointers.map((pointer) => ({ pointer, code: 'inexact_number', message })),
      'inexact_number',
    );
  }
}

/** The number of problems of one kind that an answer lists. */
const maxListed = 100;

const pointerOf = (path: readonly (string | number)[]): string => path.map((key) => `/${pointerPart(key)}`).join('');

const maxDepth = 32;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** NUL and unpaired surrogates. PostgreSQL cannot store either; RFC 7493 (I-JSON), section 2.1, forbids the latter. */
// oxlint-disable-next-line no-control-regex -- it matches a control character on purpose
const notText = /[\u0000\ud800-\udfff]/u;

function refuseUnstorable(text: string): void {
  if (notText.test(text)) throw new MalformedRequestError('A text in the body contains a NUL character or an unpaired surrogate. Remove it.');
}

/**
 * Refuses what JSON.parse accepts silently: duplicate keys, keys that reach a prototype, deep nesting, unstorable texts, and
 * numbers that it changes.
 */
function refuseUnsafeJson(text: string): void {
  const objects: (Set<string> | undefined)[] = [];
  const enter = (keys: Set<string> | undefined): void => {
    if (objects.push(keys) > maxDepth) throw new MalformedRequestError(`The body is nested deeper than ${maxDepth} levels.`);
  };
  const inexact: string[] = [];
  const leave = (): void => void objects.pop();
  jsonc.visit(text, {
    onObjectBegin: () => enter(new Set()),
    onArrayBegin: () => enter(undefined),
    onObjectEnd: leave,
    onArrayEnd: leave,
    onObjectProperty: (key) => {
      const keys = objects.at(-1);
      if (forbiddenKeys.has(key)) throw new MalformedRequestError(`The body contains a key that is not allowed: ${[...forbiddenKeys].join(', ')}.`);
      if (keys?.has(key)) throw new MalformedRequestError(`The body contains the key "${key.slice(0, 64)}" twice.`);
      keys?.add(key);
      refuseUnstorable(key);
    },
    onLiteralValue: (value: unknown, offset, length, _line, _column, path) => {
      if (typeof value === 'string') refuseUnstorable(value);
      if (typeof value === 'number' && inexact.length < maxListed && !isExactNumber(text.slice(offset, offset + length), value)) inexact.push(pointerOf(path()));
    },
  });
  if (inexact.length > 0) throw new InexactNumbersError(inexact);
}

/**
 * Parses a JSON body strictly. Returns undefined for an empty body.
 *
 * @throws {MalformedRequestError} when the body is not JSON, contains a key twice (RFC 8259, section 4, leaves that open),
 *   is nested too deeply, contains a key that reaches a prototype, or contains a text or number that cannot be stored
 */
export function parseJsonBody(body: Buffer): unknown {
  // RFC 8259, section 8.1, lets a parser ignore a byte order mark, which some clients send.
  const text = decodeBody(body).replace(/^\ufeff/, '');
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedRequestError('The body is not valid JSON.');
  }
  refuseUnsafeJson(text);
  return value;
}

/** @throws {InvalidUtf8Error} */
function decodeBody(body: Buffer): string {
  const text = textOfUtf8(body);
  if (text === undefined) throw new InvalidUtf8Error();
  return text;
}

/**
 * Parses a form (the URL standard's `application/x-www-form-urlencoded`) into its fields.
 *
 * @throws {MalformedRequestError} when it contains a field twice, or a text that cannot be stored
 */
export function parseFormBody(body: Buffer): Readonly<Record<string, string>> {
  const fields = [...new URLSearchParams(decodeBody(body))];
  if (new Set(fields.map(([name]) => name)).size < fields.length) throw new MalformedRequestError('The body contains a field twice.');
  for (const each of fields.flat()) refuseUnstorable(each);
  return Object.fromEntries(fields);
}

/** A body that was not parsed. Its signature covers the exact bytes, and the sender's JSON need not be strict. */
class RawBody {
  constructor(readonly text: string) {}
}

const wantsRaw = ({ routeOptions }: FastifyRequest): boolean => (routeOptions.config as { readonly rawBody?: boolean }).rawBody === true;

/** Returns the unparsed body on a route with `@RouteConfig({ rawBody: true })`, or an empty string without a body. */
export const rawBodyOf = ({ body }: FastifyRequest): string => (body instanceof RawBody ? body.text : '');

const isUtf8 = (contentType: string): boolean => [...contentType.matchAll(/;\s*charset\s*=\s*"?([^\s;"]*)/gi)].every(([, charset]) => /^utf-?8$/i.test(charset ?? ''));

/** Refuses bodies that say that they are in another charset than UTF-8. Without a charset, a body is UTF-8 (RFC 8259, section 8.1). */
export function refuseOtherCharsets(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', ({ headers: { 'content-type': contentType } }, _reply, _payload, done) => {
    done(contentType?.includes(';') === true && !isUtf8(contentType) ? new UnsupportedMediaTypeException() : undefined);
  });
}

/** Makes Fastify parse JSON and merge patches (RFC 7396) with {@link parseJsonBody}. Other content types get 415. */
export function acceptJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(['application/json', 'application/merge-patch+json', 'application/scim+json'], { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, wantsRaw(request) ? new RawBody(decodeBody(body as Buffer)) : parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}
