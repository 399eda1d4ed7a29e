import jsonc from 'jsonc-parser';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MalformedRequestError } from '../errors/app-error.js';

const deepest = 32;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** NUL, and half a surrogate pair: PostgreSQL keeps neither, and RFC 7493 (I-JSON), section 2.1, forbids the latter. */
// oxlint-disable-next-line no-control-regex -- a control character is what it looks for
const notText = /[\u0000\ud800-\udfff]/u;

function refuseUnstorable(text: string): void {
  if (notText.test(text)) throw new MalformedRequestError('A text in the body has a character that is none: NUL, or half a surrogate pair.');
}

/**
 * Refuses what JSON.parse would accept in silence: a key given twice, keys that reach a prototype, a depth bomb, texts
 * that cannot be stored.
 */
function refuseTreacherousJson(text: string): void {
  const objects: (Set<string> | undefined)[] = [];
  const enter = (keys: Set<string> | undefined): void => {
    if (objects.push(keys) > deepest) throw new MalformedRequestError(`The body is nested deeper than ${deepest} levels.`);
  };
  const leave = (): void => void objects.pop();
  jsonc.visit(text, {
    onObjectBegin: () => enter(new Set()),
    onArrayBegin: () => enter(undefined),
    onObjectEnd: leave,
    onArrayEnd: leave,
    onObjectProperty: (key) => {
      const keys = objects.at(-1);
      if (forbiddenKeys.has(key)) throw new MalformedRequestError('The body has a key that is not allowed.');
      if (keys?.has(key)) throw new MalformedRequestError(`The body gives the key "${key.slice(0, 64)}" twice.`);
      keys?.add(key);
      refuseUnstorable(key);
    },
    onLiteralValue: (value: unknown) => {
      if (typeof value === 'string') refuseUnstorable(value);
    },
  });
}

/**
 * Parses a JSON body strictly. An empty body counts as none.
 *
 * @throws {MalformedRequestError} when it is not JSON, gives a key twice (RFC 8259, section 4 leaves that open), is
 *   nested too deep, names a prototype, or has a text that cannot be stored
 */
export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedRequestError('The body is not valid JSON.');
  }
  refuseTreacherousJson(text);
  return value;
}

/** A body that was not parsed: it is signed as it came, and by somebody whose JSON need not be as strict as ours. */
class RawBody {
  constructor(readonly text: string) {}
}

const wantsRaw = ({ routeOptions }: FastifyRequest): boolean => (routeOptions.config as { readonly rawBody?: boolean }).rawBody === true;

/** The body to the letter, on a route with `@RouteConfig({ rawBody: true })`; empty when there is none. */
export const rawBodyOf = ({ body }: FastifyRequest): string => (body instanceof RawBody ? body.text : '');

/** Makes Fastify read JSON, also as a merge patch (RFC 7396), with {@link parseJsonBody}; every other type is 415. */
export function acceptJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(['application/json', 'application/merge-patch+json'], { parseAs: 'string' }, (request, body, done) => {
    try {
      done(null, wantsRaw(request) ? new RawBody(body as string) : parseJsonBody(body as string));
    } catch (error) {
      done(error as Error);
    }
  });
  // CloudEvents 1.0, JSON batch format: a list, which routes that take it know under a name.
  fastify.addContentTypeParser('application/cloudevents-batch+json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, { cloudEvents: parseJsonBody(body as string) });
    } catch (error) {
      done(error as Error);
    }
  });
}
