import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { AuditedRoute } from '../access/route-audit.js';
import { BooleanField } from '../common/http/fields.js';
import { completeOperations } from './operations.js';
import { completeSchemas } from './schemas.js';

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
});
