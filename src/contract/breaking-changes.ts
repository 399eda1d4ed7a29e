import type { OpenAPIObject } from '@nestjs/swagger';
import { readTime } from '../common/times.js';
import { operationsOf, type Operation, type Parameter, type PlacedOperation, type Schema } from './open-api.js';

/** Whether clients send or receive the values of a schema. A change that is safe for one breaks the other. */
type Direction = 'request' | 'answer';

/** A schema without references and combinations: what values it admits. */
interface Shape {
  readonly types: ReadonlySet<string>;
  readonly schema: Schema;
  readonly variants: readonly Schema[];
}

const least = ['minLength', 'minItems', 'minimum'] as const;
const most = ['maxLength', 'maxItems', 'maximum'] as const;

/**
 * Returns the changes of a document that can break a client of the older one, each as one sentence. docs/versioning.md has the rules. A client that follows
 * them ignores unknown fields, values of enums and codes of answers, so these may be added.
 *
 * @param now operations and parameters whose sunset is before this time may be removed
 */
export function breakingChanges(older: OpenAPIObject, newer: OpenAPIObject, now: Date): string[] {
  return new Comparison(older, newer, now).changes();
}

class Comparison {
  readonly #found = new Set<string>();
  readonly #compared = new Set<string>();

  constructor(
    private readonly older: OpenAPIObject,
    private readonly newer: OpenAPIObject,
    private readonly now: Date,
  ) {}

  changes(): string[] {
    const places = new Map(operationsOf(this.newer).map((placed) => [placeOf(placed), placed]));
    for (const before of operationsOf(this.older)) {
      const after = places.get(placeOf(before));
      if (after !== undefined) this.#compareOperations(placeOf(before), before.operation, after.operation);
      else if (!this.#hasEnded(before.operation)) this.#report(`${placeOf(before)} (${before.operation.operationId})`, 'is removed');
    }
    return [...this.#found];
  }

  #report(place: string, change: string): void {
    this.#found.add(`${place} ${change}`);
  }

  /** Whether the end of something was announced, and is over. */
  #hasEnded(part: object): boolean {
    const sunset = (part as Record<string, unknown>)['x-sunset'];
    return typeof sunset === 'string' && readTime(sunset) <= this.now;
  }

  #compareOperations(place: string, before: Operation, after: Operation): void {
    if (before.operationId !== after.operationId) this.#report(place, `is renamed from ${before.operationId} to ${after.operationId}`);
    const [permission, permissionNow] = [textOf(before['x-permission']), textOf(after['x-permission'])];
    if (permission !== permissionNow) this.#report(place, `requires the permission ${permissionNow} and no longer ${permission}`);
    const accepted = credentials(after);
    for (const credential of credentials(before)) if (!accepted.has(credential)) this.#report(place, `no longer accepts ${credential}`);
    this.#compareParameters(place, before, after);
    this.#compareBodies(place, before, after);
    this.#compareResponses(place, before, after);
  }

  #compareParameters(place: string, before: Operation, after: Operation): void {
    const parametersOf = (operation: Operation, document: OpenAPIObject): Map<string, Parameter> =>
      new Map((operation.parameters ?? []).map((each) => resolve<Parameter>(each, document)).map((parameter) => [`${parameter.in} parameter ${parameter.name}`, parameter]));
    const [known, current] = [parametersOf(before, this.older), parametersOf(after, this.newer)];
    for (const [name, parameter] of known) {
      const changed = current.get(name);
      if (changed === undefined) {
        if (!this.#hasEnded(parameter)) this.#report(place, `has no ${name}`);
      } else {
        if (changed.required === true && parameter.required !== true) this.#report(place, `requires the ${name}`);
        this.#compare('request', `${place}, ${name}`, parameter.schema, changed.schema);
      }
    }
    for (const [name, { required }] of current) if (required === true && !known.has(name)) this.#report(place, `requires the new ${name}`);
  }

  #compareBodies(place: string, { requestBody: before }: Operation, { requestBody: after }: Operation): void {
    if (before === undefined) {
      if (after?.required === true) this.#report(place, 'requires a body');
      return;
    }
    if (after === undefined) return this.#report(place, 'takes no body');
    if (after.required === true && before.required !== true) this.#report(place, 'requires a body');
    this.#compareContents('request', place, before.content, after.content);
  }

  #compareResponses(place: string, before: Operation, after: Operation): void {
    for (const [status, response] of Object.entries(before.responses)) {
      const changed = after.responses[status];
      if (changed === undefined) {
        this.#report(place, `no longer answers ${status}`);
        continue;
      }
      const [known, current] = [resolve<Operation['responses'][string]>(response, this.older), resolve<Operation['responses'][string]>(changed, this.newer)];
      const [knownHeaders, headers] = [headersOf(known), headersOf(current)];
      for (const header of knownHeaders) if (!headers.has(header)) this.#report(`${place}, ${status},`, `has no header ${header}`);
      this.#compareContents('answer', `${place}, ${status}`, contentOf(known), contentOf(current));
    }
    // A client asks for 304 by If-None-Match.
    for (const status of Object.keys(after.responses))
      if (/^[23]/.test(status) && status !== '304' && before.responses[status] === undefined) this.#report(place, `also answers ${status}`);
  }

  #compareContents(direction: Direction, place: string, before: Contents, after: Contents): void {
    for (const [type, { schema }] of Object.entries(before)) {
      if (after[type] === undefined) this.#report(place, direction === 'request' ? `does not take ${type}` : `is no ${type}`);
      else if (type === 'application/problem+json') this.#compareProblems(schema);
      else this.#compare(direction, `${place}, ${direction === 'request' ? 'body' : 'answer'}`, schema, after[type].schema);
    }
  }

  /** Compares problems by the names of their schemas, wherever they are answered: a client that follows the rules takes an unknown one by its status. */
  #compareProblems(before: Schema | undefined): void {
    const name = before === undefined ? undefined : nameOf(before);
    const known = before === undefined ? undefined : resolve<Schema>(before, this.older);
    if (known?.['oneOf'] !== undefined) return (known['oneOf'] as Schema[]).forEach((each) => this.#compareProblems(each));
    if (before === undefined || name === undefined) return;
    if (this.newer.components?.schemas?.[name] === undefined) this.#report(name, 'is removed');
    else this.#compare('answer', name, before, before);
  }

  #compare(direction: Direction, at: string, before: Schema | undefined, after: Schema | undefined): void {
    if (before === undefined || after === undefined) {
      if (before !== after) this.#report(at, before === undefined ? 'has a schema' : 'has no schema');
      return;
    }
    // A named schema is compared once in each direction, however many operations refer to it.
    const place = nameOf(before) ?? at;
    if (nameOf(before) !== undefined) {
      const pair = `${direction} ${place} ${nameOf(after) ?? JSON.stringify(after)}`;
      if (this.#compared.has(pair)) return;
      this.#compared.add(pair);
    }
    this.#compareShapes(direction, place, shapeOf(before, this.older), shapeOf(after, this.newer));
  }

  #compareShapes(direction: Direction, place: string, before: Shape, after: Shape): void {
    const [narrow, wide] = direction === 'request' ? [before, after] : [after, before];
    const surplus = [...narrow.types].filter((type) => !(wide.types.has(type) || (type === 'integer' && wide.types.has('number'))));
    if (wide.types.size > 0 && (surplus.length > 0 || narrow.types.size === 0))
      return this.#report(place, `is ${list(after.types)} and no longer ${list(before.types)}${direction === 'request' ? ' (request)' : ''}`);
    this.#compareValues(direction, place, before.schema, after.schema);
    if (direction === 'request') this.#compareBounds(place, before.schema, after.schema);
    this.#compareProperties(direction, place, before.schema, after.schema);
    if (before.schema.items !== undefined || after.schema.items !== undefined) this.#compare(direction, `${place}[]`, before.schema.items, after.schema.items);
    this.#compareVariants(direction, place, before.variants, after.variants);
  }

  #compareValues(direction: Direction, place: string, before: Schema, after: Schema): void {
    const [known, current] = [valuesOf(before), valuesOf(after)];
    const suffix = direction === 'request' ? ' (request)' : '';
    if (known === undefined && current !== undefined && direction === 'request') this.#report(place, `takes only ${[...current].join(', ')}`);
    if (known !== undefined && current === undefined && direction === 'answer') this.#report(place, 'is no longer one of a list');
    // Codes of problems are values that clients act on: one that is missing was renamed.
    const lists = direction === 'request' || place.endsWith('.code') || place === 'ProblemCode';
    const removed = known === undefined || current === undefined || !lists ? [] : [...known].filter((value) => !current.has(value));
    for (const value of removed) this.#report(place, `has no value ${value}${suffix}`);
    if (before.format !== after.format && !(direction === 'request' && after.format === undefined))
      this.#report(place, `has the format ${after.format ?? '(none)'} and no longer ${before.format ?? '(none)'}${suffix}`);
  }

  #compareBounds(place: string, before: Schema, after: Schema): void {
    const bound = (schema: Schema, keyword: string, otherwise: number): number => (typeof schema[keyword] === 'number' ? schema[keyword] : otherwise);
    for (const keyword of least)
      if (bound(after, keyword, -Infinity) > bound(before, keyword, -Infinity)) this.#report(place, `has a higher ${keyword}: ${textOf(after[keyword])} (request)`);
    for (const keyword of most)
      if (bound(after, keyword, Infinity) < bound(before, keyword, Infinity)) this.#report(place, `has a lower ${keyword}: ${textOf(after[keyword])} (request)`);
    if (after['pattern'] !== undefined && after['pattern'] !== before['pattern']) this.#report(place, `has another pattern: ${textOf(after['pattern'])} (request)`);
  }

  #compareProperties(direction: Direction, place: string, before: Schema, after: Schema): void {
    const [known, current] = [before.properties ?? {}, after.properties ?? {}];
    const [needed, neededNow] = [requiredOf(before), requiredOf(after)];
    const suffix = direction === 'request' ? ' (request)' : '';
    for (const [name, schema] of Object.entries(known)) {
      const changed = current[name];
      if (changed === undefined) {
        if (!this.#hasEnded(schema)) this.#report(`${place}.${name}`, `is removed${suffix}`);
        continue;
      }
      if (direction === 'request' && neededNow.has(name) && !needed.has(name)) this.#report(`${place}.${name}`, `is required${suffix}`);
      if (direction === 'answer' && needed.has(name) && !neededNow.has(name)) this.#report(`${place}.${name}`, 'is not always sent');
      this.#compare(direction, `${place}.${name}`, schema, changed);
    }
    if (direction === 'request') for (const name of neededNow) if (known[name] === undefined) this.#report(`${place}.${name}`, `is new and required${suffix}`);
    const [rest, restNow] = [before.additionalProperties, after.additionalProperties];
    if (direction === 'request' && restNow === false && rest !== false) this.#report(place, `takes no other fields${suffix}`);
    if (typeof rest === 'object' && typeof restNow === 'object') this.#compare(direction, `${place}.*`, rest, restNow);
  }

  #compareVariants(direction: Direction, place: string, before: readonly Schema[], after: readonly Schema[]): void {
    if (before.length === 0 && after.length === 0) return;
    const idOf = (schema: Schema): string => nameOf(schema) ?? JSON.stringify(schema);
    const current = new Map(after.map((variant) => [idOf(variant), variant]));
    const known = new Set(before.map(idOf));
    const suffix = direction === 'request' ? ' (request)' : '';
    for (const variant of before) {
      const same = current.get(idOf(variant));
      if (same !== undefined) this.#compare(direction, place, variant, same);
      else if (direction === 'request') this.#report(place, `is no longer ${idOf(variant)}${suffix}`);
    }
    if (direction === 'answer') for (const id of current.keys()) if (!known.has(id)) this.#report(place, `can also be ${id}`);
  }
}

type Contents = Readonly<Record<string, { readonly schema?: Schema }>>;

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '(none)');
const placeOf = ({ method, path }: PlacedOperation): string => `${method} ${path}`;
const prefix = '#/components/';
const nameOf = ({ $ref }: Schema): string | undefined => ($ref === undefined ? undefined : $ref.slice($ref.lastIndexOf('/') + 1));
const requiredOf = (schema: Schema): Set<string> => new Set((schema['required'] ?? []) as string[]);
const list = (items: ReadonlySet<string>): string => (items.size === 0 ? 'of any type' : [...items].sort().join(' or '));
const contentOf = (response: Operation['responses'][string]): Contents => ('content' in response ? (response.content ?? {}) : {});
const headersOf = (response: Operation['responses'][string]): Set<string> => new Set(Object.keys('headers' in response ? (response.headers ?? {}) : {}));

/** Returns what an operation takes for a credential. Without a declaration, it needs none. */
function credentials({ security = [{}] }: Operation): Set<string> {
  const alternatives = security.length === 0 ? [{}] : security;
  return new Set(alternatives.map((schemes) => Object.keys(schemes).sort().join(' and ') || 'requests without a credential'));
}

function valuesOf(schema: Schema): Set<string> | undefined {
  const values = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : schema['const'] === undefined ? undefined : [schema['const']];
  return values === undefined ? undefined : new Set(values.filter((value) => value !== null).map((value) => JSON.stringify(value)));
}

/** Follows a reference within the document. */
function resolve<T extends object>(part: T | { readonly $ref?: string }, document: OpenAPIObject): T {
  const reference = (part as { readonly $ref?: string }).$ref;
  if (reference === undefined) return part as T;
  const [kind = '', name = ''] = reference.slice(prefix.length).split('/');
  const found = (document.components as unknown as Record<string, Record<string, T> | undefined>)[kind]?.[name];
  if (found === undefined) throw new TypeError(`The document has no ${reference}`);
  return resolve<T>(found, document);
}

function shapeOf(schema: Schema, document: OpenAPIObject): Shape {
  const { $ref, allOf = [], oneOf = [], anyOf = [], ...own } = schema as Schema & Record<'allOf' | 'oneOf' | 'anyOf', Schema[] | undefined>;
  const parts = [...($ref === undefined ? [] : [resolve<Schema>(schema, document)]), ...allOf].map((part) => shapeOf(part, document));
  const alternatives = [...oneOf, ...anyOf];
  const variants = alternatives.filter(({ type }) => type !== 'null');
  const isNullable = variants.length < alternatives.length;
  // One schema or null, which is how a field that may be null refers to another schema.
  const only = variants.length === 1 && variants[0] !== undefined ? [shapeOf(variants[0], document)] : [];
  const merged = [...parts, ...only].reduce<Schema>((all, { schema: part }) => merge(all, part), own);
  const types = new Set([...[own.type ?? []].flat(), ...[...parts, ...only].flatMap((part) => [...part.types]), ...(isNullable && variants.length < 2 ? ['null'] : [])]);
  return { types, schema: merged, variants: [...parts.flatMap((part) => part.variants), ...(variants.length > 1 ? alternatives : [])] };
}

function merge(one: Schema, other: Schema): Schema {
  const required = [...requiredOf(one), ...requiredOf(other)];
  return { ...other, ...one, ...(required.length > 0 ? { required } : {}), properties: { ...other.properties, ...one.properties } };
}
