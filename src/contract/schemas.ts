import type { OpenAPIObject } from '@nestjs/swagger';
import { describedClasses } from '../common/http/fields.js';
import { operationsOf, referTo, referredSchemas, schemasOf, visitSchemas, type Schema } from './open-api.js';

/** The greatest integer of 32 bits: generators of other languages take it for an integer without a format. */
const int32 = 2 ** 31 - 1;
const bounds = ['minLength', 'maxLength', 'pattern', 'minItems', 'maxItems', 'minimum', 'maximum'] as const;

/** Thrown when two classes would have one name in the document. */
export class DuplicateSchemaError extends Error {
  constructor(name: string, classes: readonly string[]) {
    super(`The classes ${classes.join(' and ')} would both be the schema ${name} of the document. Rename one.`);
  }
}

/**
 * Completes the schemas of a document. Requests are closed: the server refuses other fields. Answers are open, and have no bounds: a later version may add
 * fields and send longer texts. A class that describes both becomes two schemas; that of requests has the suffix `Input`.
 *
 * @throws {DuplicateSchemaError}
 */
export function completeSchemas(document: OpenAPIObject): void {
  rename(document);
  divide(document);
  const schemas = schemasOf(document);
  const operations = operationsOf(document).map(({ operation }) => operation);
  visitSchemas([schemas, operations.map(({ parameters, requestBody, responses }) => [parameters, requestBody, responses])], addFormat);
  for (const { requestBody, responses } of operations) {
    for (const name of referredSchemas(requestBody, schemas)) close(schemas[name]);
    visitSchemas(responses, removeBounds);
    for (const name of referredSchemas(responses, schemas)) visitSchemas(schemas[name], removeBounds);
  }
}

/** `MemberDto` is `Member` in the document: the suffix says something about the code only. */
function rename(document: OpenAPIObject): void {
  const schemas = schemasOf(document);
  const names = new Map<string, string>();
  for (const name of Object.keys(schemas)) {
    const renamed = name.replace(/Dto$/, '');
    const other = names.get(renamed);
    if (other !== undefined) throw new DuplicateSchemaError(renamed, [other, name]);
    if ((describedClasses.get(name)?.size ?? 0) > 1) throw new DuplicateSchemaError(renamed, [name, name]);
    names.set(renamed, name);
  }
  referTo(document, (name) => name.replace(/Dto$/, ''));
  const renamed = [...names].map(([to, from]) => [to, schemas[from]] as const).sort(([a], [b]) => a.localeCompare(b));
  Object.assign(document.components ?? {}, { schemas: Object.fromEntries(renamed) });
}

function divide(document: OpenAPIObject): void {
  const schemas = schemasOf(document);
  const operations = operationsOf(document).map(({ operation }) => operation);
  const requests = referredSchemas(
    operations.map(({ requestBody }) => requestBody),
    schemas,
  );
  const answers = referredSchemas(
    operations.map(({ responses }) => responses),
    schemas,
  );
  const shared = new Set([...requests].filter((name) => answers.has(name)));
  const nameOfRequest = (name: string): string => (shared.has(name) ? `${name}Input` : name);
  for (const name of shared) {
    if (schemas[nameOfRequest(name)] !== undefined) throw new DuplicateSchemaError(nameOfRequest(name), [name, nameOfRequest(name)]);
    schemas[nameOfRequest(name)] = structuredClone(schemas[name]) as Schema;
  }
  for (const { requestBody } of operations) referTo(requestBody, nameOfRequest);
  for (const name of requests) if (!answers.has(name) || shared.has(name)) referTo(schemas[nameOfRequest(name)], nameOfRequest);
}

function addFormat(schema: Schema): void {
  if (![schema.type].flat().includes('integer') || schema.format !== undefined) return;
  schema.format = (schema.maximum ?? Number.MAX_SAFE_INTEGER) > int32 ? 'int64' : 'int32';
}

function close(schema: Schema | undefined): void {
  if (schema?.type === 'object' && schema.properties !== undefined) schema.additionalProperties ??= false;
}

function removeBounds(schema: Schema): void {
  // A property of an answer may have such a name: its value is a schema.
  for (const bound of bounds) if (typeof schema[bound] !== 'object') delete schema[bound];
}
