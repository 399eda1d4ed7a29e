import type { OpenAPIObject } from '@nestjs/swagger';

/** A schema of the document, as far as the contract changes it. */
export interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  format?: string;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: boolean | Schema;
  maximum?: number;
  minimum?: number;
  [keyword: string]: unknown;
}

export interface Header {
  readonly description: string;
  /** Whether every answer has it. */
  readonly required: boolean;
  readonly schema: Schema;
}

export interface Reference {
  readonly $ref: string;
}

export interface Response {
  description: string;
  headers?: Record<string, Header | Reference>;
  content?: Record<string, { schema?: Schema }>;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  deprecated?: boolean;
  example?: unknown;
  schema?: Schema;
  [extension: `x-${string}`]: unknown;
}

export interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: (Parameter | Reference)[];
  requestBody?: { required?: boolean; content: Record<string, { schema?: Schema; example?: unknown; examples?: Record<string, { readonly value?: unknown }> }> };
  responses: Record<string, Response | Reference>;
  security?: Record<string, readonly string[]>[];
  deprecated?: boolean;
  [extension: `x-${string}`]: unknown;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

/** An operation with its place in the document. */
export interface PlacedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Returns all operations of a document. */
export function operationsOf(document: OpenAPIObject): PlacedOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method] as unknown as Operation | undefined;
      return operation === undefined ? [] : [{ method: method.toUpperCase(), path, operation }];
    }),
  );
}

/** Returns the schemas of a document by their names. */
export const schemasOf = (document: OpenAPIObject): Record<string, Schema> => (document.components?.schemas ?? {}) as unknown as Record<string, Schema>;

const schemaPrefix = '#/components/schemas/';

/** Keywords whose value is data, and no schema. */
const data = new Set(['example', 'examples', 'default', 'enum', 'const']);

/** Calls `visit` for a schema and every schema in it. References are not followed. */
export function visitSchemas(value: unknown, visit: (schema: Schema) => void): void {
  if (Array.isArray(value)) for (const each of value) visitSchemas(each, visit);
  else if (typeof value === 'object' && value !== null) {
    visit(value as Schema);
    for (const [keyword, each] of Object.entries(value))
      if (keyword === 'properties' && typeof each === 'object') visitSchemas(Object.values(each as object), visit);
      else if (!data.has(keyword)) visitSchemas(each, visit);
  }
}

const nameIn = ({ $ref }: Schema): string | undefined => (typeof $ref === 'string' && $ref.startsWith(schemaPrefix) ? $ref.slice(schemaPrefix.length) : undefined);

/** Returns the names of all schemas that a part of the document refers to, also through other schemas. */
export function referredSchemas(part: unknown, schemas: Readonly<Record<string, Schema>>, known = new Set<string>()): Set<string> {
  visitSchemas(part, (schema) => {
    const name = nameIn(schema);
    if (name === undefined || known.has(name)) return;
    known.add(name);
    referredSchemas(schemas[name], schemas, known);
  });
  return known;
}

/** Changes the names in the references of a part of the document. */
export function referTo(part: unknown, rename: (name: string) => string): void {
  visitSchemas(part, (schema) => {
    const name = nameIn(schema);
    if (name !== undefined) schema.$ref = `${schemaPrefix}${rename(name)}`;
  });
}
