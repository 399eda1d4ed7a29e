import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf, referredSchemas, schemasOf, visitSchemas, type Parameter, type Schema } from '../../src/contract/open-api.js';
import { tags } from '../../src/contract/tags.js';

const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as OpenAPIObject;
const schemas = schemasOf(document);
const operations = operationsOf(document);
const named = operations.map((placed) => [placed.operation.operationId, placed] as const);

describe('the OpenAPI document', () => {
  it('has many operations and no schema that none of them uses', () => {
    expect(operations.length).toBeGreaterThan(150);
    const used = referredSchemas([document.paths, document.webhooks, document.components?.responses], schemas);
    expect(Object.keys(schemas).filter((name) => !used.has(name))).toEqual([]);
  });

  it.each(named)('%s declares the parameters of its path, and describes all of its parameters', (_, { path, operation: { parameters = [] } }) => {
    const own = parameters.filter((parameter): parameter is Parameter => 'name' in parameter);
    const inPath = own.filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    for (const { name, schema, required } of inPath) expect({ required, format: schema?.format }).toEqual({ required: true, format: /^id$|Id$/.test(name) ? 'uuid' : undefined });
    for (const { description } of own) expect(description).toMatch(/\w/);
  });

  it.each(named)('%s says who may call it', (_, { operation }) => {
    expect(operation.summary).toMatch(/\w/);
    expect(operation.description).toMatch(/No credential is needed|For every|For members|For operators|For service keys|For set-up links|Requires the permission/);
    expect(operation.security).toBeDefined();
    const permission = /Requires the permission `([\w:]+)`/.exec(operation.description ?? '')?.[1];
    expect(operation['x-permission']).toBe(permission);
  });

  it('names the headers that select an organization where the path does not', () => {
    const selects = (id: string): boolean =>
      operations.some(({ operation: { operationId, parameters } }) => operationId === id && JSON.stringify(parameters).includes('#/components/parameters/TenantId'));
    expect(['consumeUsage', 'getSettings', 'listMembers', 'logIn', 'listOrganizations'].map(selects)).toEqual([true, true, false, false, false]);
  });

  it('closes the bodies of requests, and leaves answers open and without bounds', () => {
    // A CloudEvent may have attributes of extensions (CloudEvents 1.0.2, "Extension Context Attributes").
    const ownTypes = (body: unknown): unknown =>
      Object.entries((body as { content?: object } | undefined)?.content ?? {}).filter(([type]) => !type.startsWith('application/cloudevents'));
    const requests = referredSchemas(
      operations.map(({ operation }) => ownTypes(operation.requestBody)),
      schemas,
    );
    const open = [...requests].filter((name) => schemas[name]?.properties !== undefined && schemas[name].additionalProperties !== false);
    expect({ count: requests.size > 50, open }).toEqual({ count: true, open: [] });
    const bounded: Schema[] = [];
    const answers = referredSchemas(
      operations.map(({ operation }) => operation.responses),
      schemas,
    );
    for (const name of answers)
      visitSchemas(schemas[name], (schema) => {
        if ([schema['minLength'], schema['maxLength'], schema['minimum'], schema['maximum'], schema['pattern']].some((bound) => typeof bound !== 'object' && bound !== undefined))
          bounded.push(schema);
      });
    expect(bounded).toEqual([]);
    expect(schemas['Address']?.additionalProperties).toBeUndefined();
    expect(schemas['AddressInput']?.additionalProperties).toBe(false);
  });

  it('gives each integer its size', () => {
    const without: Schema[] = [];
    visitSchemas(schemas, (schema) => void ([schema.type].flat().includes('integer') && schema.format === undefined && without.push(schema)));
    expect(without).toEqual([]);
    expect(schemas['Invoice']?.properties?.['total']?.format).toBe('int64');
  });

  it('describes every field of requests and answers', () => {
    const fields: string[] = [];
    const undescribed: string[] = [];
    for (const [name, schema] of Object.entries(schemas))
      visitSchemas(schema, ({ properties }) => {
        for (const [field, { description }] of Object.entries(typeof properties === 'object' ? properties : {})) {
          fields.push(`${name}.${field}`);
          if (description === undefined || !/\w/.test(description)) undescribed.push(`${name}.${field}`);
        }
      });
    expect(fields.length).toBeGreaterThan(1000);
    expect(undescribed).toEqual([]);
  });

  it('lists its tags with descriptions, and its paths in their order, beginning with sign-up', () => {
    expect(document.tags).toEqual(tags);
    const order = [...new Set(operations.flatMap(({ operation }) => operation.tags?.[0] ?? []))];
    expect(order).toEqual(tags.map(({ name }) => name));
    expect(operations[0]?.operation.operationId).toBe('signUp');
  });
});
