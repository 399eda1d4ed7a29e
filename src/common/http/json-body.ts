import jsonc from 'jsonc-parser';
import type { FastifyInstance } from 'fastify';
import { MalformedRequestError } from '../errors/app-error.js';

const deepest = 32;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** Refuses what JSON.parse would accept in silence: a key given twice, keys that reach a prototype, a depth bomb. */
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
    },
  });
}

/**
 * Parses a JSON body strictly. An empty body counts as none.
 *
 * @throws {MalformedRequestError} when it is not JSON, gives a key twice (RFC 8259, section 4 leaves that open), is
 *   nested too deep, or names a prototype
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

/** Makes Fastify read JSON, also as a merge patch (RFC 7396), with {@link parseJsonBody}; every other type is 415. */
export function acceptJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(['application/json', 'application/merge-patch+json'], { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(body as string));
    } catch (error) {
      done(error as Error);
    }
  });
}
