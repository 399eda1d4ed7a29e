import fc, { type Arbitrary } from 'fast-check';
import { goodPassword } from '../world.js';
import { resolve, type Schema } from './document.js';

/** Stands for a value that an answer had under a name, such as `teamId`. Values are generated before the server has answered. */
export class Known {
  constructor(
    readonly name: string,
    readonly index: number,
    /** Sent as long as no answer had such a value. */
    readonly otherwise: unknown,
  ) {}

  toString(): string {
    return `<known ${this.name} ${this.index}>`;
  }

  toJSON(): string {
    return this.toString();
  }
}

const formats: Readonly<Record<string, Arbitrary<string>>> = {
  uuid: fc.uuid(),
  'date-time': fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }).map((date) => date.toISOString()),
  date: fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
  email: fc.uuid().map((id) => `${id.slice(0, 13)}@example.com`),
  uri: fc.webUrl(),
};

function texts(schema: Schema): Arbitrary<string> {
  const known = formats[schema['format'] as string];
  if (known !== undefined) return known;
  const { minLength = 0, maxLength = 40 } = schema;
  if (schema['pattern'] !== undefined)
    return fc.stringMatching(new RegExp((schema['pattern'] as string).replace(/\(\?!.*\|eyJ\)/, ''))).filter((text) => text.length >= minLength && text.length <= maxLength);
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)), unit: 'grapheme' });
}

/** Values that a schema allows. Many are examples, and values that answers had under the same name. */
export function valid(given: Schema, name = ''): Arbitrary<unknown> {
  const schema = { ...resolve(given) };
  const drawn = drawnFrom(schema, name);
  const example = schema['example'] ?? schema['default'];
  const known = fc.tuple(fc.nat(20), drawn).map(([index, otherwise]) => new Known(name, index, example ?? otherwise));
  const isScalar = schema['properties'] === undefined && schema['items'] === undefined;
  return fc.oneof(
    { weight: 4, arbitrary: drawn },
    ...(example === undefined ? [] : [{ weight: 3, arbitrary: fc.constant(example as unknown) }]),
    ...(name !== '' && isScalar && schema['enum'] === undefined ? [{ weight: 6, arbitrary: known as Arbitrary<unknown> }] : []),
  );
}

function drawnFrom(schema: Schema, name: string): Arbitrary<unknown> {
  if (/password$/i.test(name)) return fc.constant(goodPassword);
  if (schema['const'] !== undefined) return fc.constant(schema['const']);
  if (schema['enum'] !== undefined) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const alternatives = (schema['oneOf'] ?? schema['anyOf']) as Schema[] | undefined;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map((each) => valid(each, name)));
  if (schema['allOf'] !== undefined) return valid((schema['allOf'] as Schema[])[0] ?? {}, name);
  const types = [schema['type'] ?? []].flat() as string[];
  if (types.length === 0) return fc.jsonValue();
  return fc.oneof(...types.map((type) => ofType(type, schema, name)));
}

function ofType(type: string, schema: Schema, name: string): Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number': {
      const { minimum = -1000, maximum = 1000 } = schema;
      return fc.integer({ min: Math.max(Math.ceil(minimum), -1e9), max: Math.min(Math.floor(maximum), 1e9) });
    }
    case 'array':
      return fc.array(valid(schema['items'] ?? {}, name), {
        minLength: schema['minItems'] ?? 0,
        maxLength: Math.max(schema['minItems'] ?? 0, Math.min(schema['maxItems'] ?? 3, 3)),
      });
    case 'object':
      return objects(schema);
    default:
      return texts(schema);
  }
}

function objects(schema: Schema): Arbitrary<object> {
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
  const fields = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, valid(each, name)]));
  const required = (schema['required'] ?? []) as string[];
  const named = fc.record(fields, { requiredKeys: required });
  const rest = schema['additionalProperties'] as Schema | boolean | undefined;
  if (typeof rest !== 'object') return named;
  const more = fc.dictionary(fc.oneof(fc.stringMatching(/^[a-z][a-z_]{0,10}$/), fc.string({ maxLength: 10 })), valid(rest), { maxKeys: 3 });
  return fc.tuple(named, more).map(([own, others]) => ({ ...others, ...own }));
}

/** Texts that are a trial for whatever reads them. */
export const oddTexts = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'é☃𝒳',
  '\u202e\u200b',
  "' or 1=1 --",
  '%00',
  '../..',
  '{}',
  'null',
  'NaN',
  '-1',
  '1e400',
  '99999999999999999999',
  '2026-W48',
  '20261121T093000Z',
  '2026-11-21T09:30:00',
  '2026-02-30T00:00:00Z',
  'a'.repeat(300),
  'ü'.repeat(5000),
);

/** Values of any kind, of which a field allows few. */
export const oddValues: Arbitrary<unknown> = fc.oneof(
  oddTexts,
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, -1e308, [], {}, [[]], [null], { a: { b: {} } }, ['a'.repeat(300)]),
  fc.jsonValue({ maxDepth: 2 }),
);
