import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { AuditedRoute } from '../access/route-audit.js';
import { BooleanField, ChoiceField, enumExtension } from '../common/http/fields.js';
import { completeOperations } from './operations.js';
import { checkEnums, completeSchemas } from './schemas.js';

const documentOf = (paths: object, schemas: object = {}): OpenAPIObject =>
  ({ openapi: '3.1.0', info: { title: 'x', version: '1' }, paths, components: { schemas, responses: {} } }) as unknown as OpenAPIObject;
const operation = (operationId: string, more: object = {}): object => ({ operationId, responses: { 200: { description: '' } }, ...more });
const route = (method: string, path: string): AuditedRoute => ({
  method,
  path,
  handler: 'X.y',
  rule: { kind: 'authenticated' },
  gate: undefined,
  whileImpersonating: undefined,
  recentLogin: undefined,
  withoutRecentLogin: undefined,
  withoutIdempotencyKey: undefined,
  limitedAction: undefined,
  unmetered: false,
  alwaysServed: false,
  changesVersion: false,
});

describe('the operations of the document', () => {
  it('two routes with one operationId are refused, and both are named', () => {
    const document = documentOf({ '/a': { get: operation('listThings') }, '/b/{thingId}': { get: operation('listThings') } });
    expect(() => completeOperations(document, [route('GET', '/a'), route('GET', '/b/:thingId')])).toThrow('listThings names both GET /a and GET /b/{thingId}');
  });

  it('an operation that is no route of the application is refused', () => {
    expect(() => completeOperations(documentOf({ '/a': { get: operation('listThings') } }), [])).toThrow('GET /a, which is no route');
  });

  it('a path parameter that the handler does not read is declared', () => {
    const document = documentOf({ '/b/{thingId}': { get: operation('getThing') } });
    completeOperations(document, [route('GET', '/b/:thingId')]);
    expect(document.paths['/b/{thingId}']?.get?.parameters).toEqual([
      { description: 'The id of the thing', name: 'thingId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
    ]);
  });
});

describe('the schemas of the document', () => {
  const refer = (name: string): object => ({ content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } });

  it('two classes of one name are refused, and both are named', () => {
    expect(() => completeSchemas(documentOf({}, { Thing: {}, ThingDto: {} }))).toThrow('Thing and ThingDto would both be the schema Thing');
    const twins = [0, 1].map(() => {
      class TwinDto {}
      return TwinDto;
    });
    for (const { prototype } of twins) BooleanField()(prototype, 'field');
    expect(() => completeSchemas(documentOf({}, { TwinDto: {} }))).toThrow('TwinDto and TwinDto would both be the schema Twin');
  });

  it('a class that describes requests and answers becomes two schemas, also within others', () => {
    const thing = { type: 'object', properties: { part: { $ref: '#/components/schemas/PartDto' } } };
    const part = { type: 'object', properties: { default: { type: 'string', maxLength: 5 } } };
    const document = documentOf(
      { '/a': { post: operation('createThing', { requestBody: refer('ThingDto'), responses: { 201: refer('ThingDto') } }) } },
      { ThingDto: thing, PartDto: part },
    );
    completeSchemas(document);
    expect(document.components?.schemas).toEqual({
      Part: { type: 'object', properties: { default: { type: 'string' } } },
      Thing: { type: 'object', properties: { part: { $ref: '#/components/schemas/Part' } } },
      PartInput: { type: 'object', properties: { default: { type: 'string', maxLength: 5 } }, additionalProperties: false },
      ThingInput: { type: 'object', properties: { part: { $ref: '#/components/schemas/PartInput' } }, additionalProperties: false },
    });
    expect(JSON.stringify(document.paths)).toContain('#/components/schemas/ThingInput');
  });

  const one = (values: readonly (string | null)[], name: string): object => ({ type: 'string', enum: values, [enumExtension]: name });

  it('enums are schemas of their own, to which fields, lists and parameters refer', () => {
    const schemas = {
      Thing: {
        type: 'object',
        properties: {
          state: one(['on', 'off'], 'ThingState'),
          described: { ...one(['on', 'off'], 'ThingState'), description: 'The state' },
          unknown: { ...one(['on', 'off', null], 'ThingState'), type: ['string', 'null'] },
          states: { type: 'array', items: { type: 'string', enum: ['on', 'off'] }, [enumExtension]: 'ThingState' },
        },
      },
    };
    const document = documentOf(
      { '/a': { get: operation('listThings', { parameters: [{ name: 'state', in: 'query', schema: { type: 'string', enum: ['on', 'off'] }, [enumExtension]: 'ThingState' }] }) } },
      schemas,
    );
    completeSchemas(document);
    const reference = { $ref: '#/components/schemas/ThingState' };
    expect(document.components?.schemas).toEqual({
      Thing: {
        type: 'object',
        properties: {
          state: reference,
          described: { description: 'The state', allOf: [reference] },
          unknown: { anyOf: [reference, { type: 'null' }] },
          states: { type: 'array', items: reference },
        },
      },
      ThingState: { type: 'string', enum: ['on', 'off'] },
    });
    expect(document.paths['/a']?.get?.parameters).toEqual([{ name: 'state', in: 'query', schema: reference }]);
    expect(() => checkEnums(document)).not.toThrow();
  });

  it.each([
    ['one name of different values', { a: one(['x', 'y'], 'State'), b: one(['x', 'z'], 'State') }, 'The enum State would have the values x, y and x, z.'],
    ['two names of the same values', { a: one(['x', 'y'], 'State'), b: one(['y', 'x'], 'Status') }, 'The enums State and Status have the same values.'],
    ['the name of another schema', { a: one(['x', 'y'], 'Thing') }, 'would both be the schema Thing'],
  ])('an enum with %s is refused', (_, properties, message) => {
    expect(() => completeSchemas(documentOf({}, { Thing: { type: 'object', properties } }))).toThrow(message);
  });

  it('values that are listed where they are used are refused', () => {
    const document = documentOf({}, { Thing: { type: 'object', properties: { a: { type: 'string', enum: ['x', 'y'] } } } });
    expect(() => checkEnums(document)).toThrow('The values x, y are listed where they are used.');
  });

  it('the fields of a resource have one enum, whether they are read, written or filtered by', () => {
    const names = ['ThingDto', 'CreateThingDto', 'ListThingsQuery'].map((name) => {
      const target = { [name]: class {} }[name] as new () => object;
      ChoiceField(['on', 'off'])(target.prototype as object, 'state');
      return (Reflect.getMetadata('swagger/apiModelProperties', target.prototype as object, 'state') as Record<string, unknown>)[enumExtension];
    });
    expect(names).toEqual(['ThingState', 'ThingState', 'ThingState']);
  });
});
