import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { breakingChanges } from '../../src/contract/breaking-changes.js';

const refer = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object): object => ({ content: { 'application/json': { schema } } });

/** A document with a part of each kind that is compared. */
const released = {
  openapi: '3.1.0',
  info: { title: 'x', version: '1' },
  paths: {
    '/things': {
      get: {
        operationId: 'listThings',
        security: [{ bearer: [] }, { apiKey: [] }],
        'x-permission': 'things:read',
        parameters: [
          { name: 'limit', in: 'query', required: false, schema: { type: 'integer', maximum: 100 } },
          { name: 'sort', in: 'query', required: false, schema: { type: 'string', enum: ['name', '-name'] } },
        ],
        responses: {
          200: { description: '', headers: { ETag: { description: '', schema: { type: 'string' } } }, ...json({ type: 'array', items: refer('Thing') }) },
          404: { description: '', ...json(refer('Problem')) },
          409: { description: '', content: { 'application/problem+json': { schema: { oneOf: [refer('GoneProblem'), refer('TakenProblem')] } } } },
        },
      },
      post: {
        operationId: 'createThing',
        security: [{ bearer: [] }],
        parameters: [],
        requestBody: { required: false, ...json(refer('CreateThing')) },
        responses: { 201: { description: '', ...json(refer('Thing')) } },
      },
    },
  },
  components: {
    schemas: {
      Thing: {
        type: 'object',
        required: ['id', 'state'],
        properties: {
          id: { type: 'string', format: 'uuid' },
          state: { type: 'string', enum: ['open', 'closed'] },
          part: { oneOf: [refer('Part'), { type: 'null' }] },
          value: { oneOf: [{ type: 'boolean' }, { type: 'string' }] },
        },
      },
      Part: { type: 'object', properties: { size: { type: 'integer' } } },
      CreateThing: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 50 },
          kind: { type: 'string', enum: ['a', 'b'] },
          note: { type: ['string', 'null'] },
          value: { oneOf: [{ type: 'boolean' }, { type: 'string' }] },
        },
      },
      GoneProblem: { type: 'object', properties: { code: { type: 'string', const: 'gone' } } },
      TakenProblem: { type: 'object', required: ['name'], properties: { code: { type: 'string', const: 'taken' }, name: { type: 'string' } } },
      Problem: { type: 'object', required: ['code'], properties: { code: { type: 'string', enum: ['not_found', 'gone'] } } },
    },
  },
};

type Parts = typeof released & { readonly [part: string]: any };
type Change = (document: { readonly [part: string]: any } & Parts) => void;

const now = new Date('2027-01-01T00:00:00Z');

function changesOf(change: Change, before: Change = () => {}): string[] {
  const [older, newer] = [structuredClone(released), structuredClone(released)] as [Parts, Parts];
  before(older);
  before(newer);
  change(newer);
  return breakingChanges(older as unknown as OpenAPIObject, newer as unknown as OpenAPIObject, now);
}

const get = (document: Parts): any => document.paths['/things'].get;
const post = (document: Parts): any => document.paths['/things'].post;
const schema = (document: Parts, name: keyof Parts['components']['schemas']): any => document.components.schemas[name];

const breaking: readonly (readonly [string, Change])[] = [
  ['GET /things (listThings) is removed', (d) => delete (d as any).paths['/things'].get],
  ['GET /things is renamed from listThings to getThings', (d) => (get(d).operationId = 'getThings')],
  ['GET /things requires the permission things:list and no longer things:read', (d) => (get(d)['x-permission'] = 'things:list')],
  ['GET /things no longer accepts apiKey', (d) => get(d).security.pop()],
  ['GET /things has no query parameter sort', (d) => get(d).parameters.pop()],
  ['GET /things requires the query parameter sort', (d) => (get(d).parameters[1].required = true)],
  ['GET /things requires the new header parameter X', (d) => get(d).parameters.push({ name: 'X', in: 'header', required: true, schema: { type: 'string' } })],
  ['GET /things, query parameter sort has no value "-name" (request)', (d) => get(d).parameters[1].schema.enum.pop()],
  ['GET /things, query parameter limit has a lower maximum: 50 (request)', (d) => (get(d).parameters[0].schema.maximum = 50)],
  ['GET /things no longer answers 404', (d) => delete get(d).responses[404]],
  ['GET /things also answers 202', (d) => (get(d).responses[202] = { description: '' })],
  ['GET /things, 200, has no header ETag', (d) => delete get(d).responses[200].headers],
  ['GET /things, 200 is no application/json', (d) => (get(d).responses[200].content = { 'text/csv': {} })],
  ['GET /things, 200, answer is object and no longer array', (d) => (get(d).responses[200].content['application/json'].schema = refer('Thing'))],
  ['POST /things takes no body', (d) => delete post(d).requestBody],
  ['POST /things requires a body', (d) => (post(d).requestBody.required = true)],
  ['POST /things does not take application/json', (d) => (post(d).requestBody.content = {})],
  ['CreateThing.name is removed (request)', (d) => delete schema(d, 'CreateThing').properties.name],
  ['CreateThing.kind is required (request)', (d) => schema(d, 'CreateThing').required.push('kind')],
  [
    'CreateThing.other is new and required (request)',
    (d) => {
      schema(d, 'CreateThing').required.push('other');
      schema(d, 'CreateThing').properties.other = { type: 'string' };
    },
  ],
  ['CreateThing.name has a higher minLength: 2 (request)', (d) => (schema(d, 'CreateThing').properties.name.minLength = 2)],
  ['CreateThing.name has another pattern: ^a (request)', (d) => (schema(d, 'CreateThing').properties.name.pattern = '^a')],
  ['CreateThing.name takes only "x"', (d) => (schema(d, 'CreateThing').properties.name.enum = ['x'])],
  ['CreateThing.name has the format email and no longer (none) (request)', (d) => (schema(d, 'CreateThing').properties.name.format = 'email')],
  ['CreateThing.kind has no value "b" (request)', (d) => schema(d, 'CreateThing').properties.kind.enum.pop()],
  ['CreateThing.note is string and no longer null or string (request)', (d) => (schema(d, 'CreateThing').properties.note.type = 'string')],
  ['CreateThing.value is no longer {"type":"string"} (request)', (d) => schema(d, 'CreateThing').properties.value.oneOf.splice(1, 1, { type: 'integer' })],
  ['Thing.id is removed', (d) => delete schema(d, 'Thing').properties.id],
  ['Thing.id is not always sent', (d) => schema(d, 'Thing').required.shift()],
  ['Thing.id is null or string and no longer string', (d) => (schema(d, 'Thing').properties.id.type = ['string', 'null'])],
  ['Thing.id has the format (none) and no longer uuid', (d) => delete schema(d, 'Thing').properties.id.format],
  ['Thing.state is no longer one of a list', (d) => delete schema(d, 'Thing').properties.state.enum],
  ['Thing.value can also be {"type":"integer"}', (d) => schema(d, 'Thing').properties.value.oneOf.push({ type: 'integer' })],
  ['Thing.part.size is string and no longer integer', (d) => (schema(d, 'Part').properties.size.type = 'string')],
  ['TakenProblem is removed', (d) => delete (d as any).components.schemas.TakenProblem],
  ['TakenProblem.name is not always sent', (d) => delete schema(d, 'TakenProblem').required],
  ['Thing.value can also be {"type":"null"}', (d) => schema(d, 'Thing').properties.value.oneOf.push({ type: 'null' })],
  ['Problem.code has no value "gone"', (d) => schema(d, 'Problem').properties.code.enum.pop()],
];

const safe: readonly (readonly [string, Change])[] = [
  ['nothing', () => {}],
  ['a new operation', (d) => ((d as any).paths['/others'] = { get: { operationId: 'listOthers', responses: {} } })],
  ['a new optional parameter', (d) => get(d).parameters.push({ name: 'x', in: 'query', required: false, schema: { type: 'string' } })],
  ['a wider parameter', (d) => (get(d).parameters[0].schema.maximum = 200)],
  ['another credential', (d) => post(d).security.push({ apiKey: [] })],
  ['an answer to a version that the client has', (d) => (get(d).responses[304] = { description: '' })],
  ['a new status of errors', (d) => (post(d).responses[409] = { description: '' })],
  ['304 for those who ask with If-None-Match', (d) => (get(d).responses[304] = { description: '' })],
  ['null as a further value of a field of requests', (d) => schema(d, 'CreateThing').properties.value.oneOf.push({ type: 'null' })],
  ['a new field of answers', (d) => (schema(d, 'Thing').properties.more = { type: 'string' })],
  ['a new value of an enum in answers', (d) => schema(d, 'Thing').properties.state.enum.push('half')],
  ['a value of answers that is no longer sent', (d) => schema(d, 'Thing').properties.state.enum.pop()],
  ['another group of problems', (d) => (get(d).responses[409].content['application/problem+json'].schema = refer('TakenProblem'))],
  ['a new code of problems', (d) => schema(d, 'Problem').properties.code.enum.push('late')],
  ['a field that is always sent', (d) => schema(d, 'Thing').required.push('part')],
  ['a new optional field of requests', (d) => (schema(d, 'CreateThing').properties.more = { type: 'string' })],
  ['a field of requests that may be absent', (d) => schema(d, 'CreateThing').required.pop()],
  ['a wider field of requests', (d) => Object.assign(schema(d, 'CreateThing').properties.name, { maxLength: 80, type: ['string', 'null'] })],
  ['other descriptions and names of schemas', (d) => Object.assign(schema(d, 'Thing'), { description: 'x', title: 'y' })],
];

describe('the breaking changes between two documents', () => {
  it.each(breaking)('%s', (sentence, change) => {
    expect(changesOf(change)).toEqual([sentence]);
  });

  it.each(safe)('%s breaks no client', (_, change) => {
    expect(changesOf(change)).toEqual([]);
  });

  const sunset =
    (day: string): Change =>
    (d) => {
      get(d)['x-sunset'] = day;
      schema(d, 'Thing').properties.value['x-sunset'] = day;
      get(d).parameters[1]['x-sunset'] = day;
    };

  it.each([
    ['an operation', (d: Parts) => delete (d as any).paths['/things'].get],
    ['a parameter', (d: Parts) => get(d).parameters.pop()],
    ['a field', (d: Parts) => delete schema(d, 'Thing').properties.value],
  ] as const)('%s may be removed after the sunset that was announced, and not before', (_, remove) => {
    expect(changesOf(remove, sunset('2027-01-01'))).toEqual([]);
    expect(changesOf(remove, sunset('2027-01-02'))).toHaveLength(1);
  });
});
