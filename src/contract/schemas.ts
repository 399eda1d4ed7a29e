import type { OpenAPIObject } from '@nestjs/swagger';
import { otherBodies } from '../common/http/bodies/other-bodies.decorator.js';
import { capitalized, describedClasses, enumExtension } from '../common/http/fields.js';
import { tagsOfResources } from './tags.js';
import { operationsOf, referTo, referredSchemas, schemasOf, visitSchemas, type Schema } from './open-api.js';

/** The greatest integer of 32 bits: generators of other languages take it for an integer without a format. */
const int32 = 2 ** 31 - 1;
const schemaPrefix = '#/components/schemas/';
const bounds = ['minLength', 'maxLength', 'pattern', 'minItems', 'maxItems', 'minimum', 'maximum'] as const;

/** Thrown when two classes would have one name in the document. */
export class DuplicateSchemaError extends Error {
  constructor(name: string, classes: readonly string[]) {
    super(`The classes ${classes.join(' and ')} would both be the schema ${name} of the document. Rename one.`);
  }
}

/** Thrown when the values of an enum have no name, two names, or the name of other values. */
export class UnclearEnumError extends Error {}

/**
 * Completes the schemas of a document. Requests are closed: the server refuses other fields. Answers are open, and have no bounds: a later version may add
 * fields and send longer texts. A class that describes both becomes two schemas; that of requests has the suffix `Input`.
 *
 * @throws {DuplicateSchemaError | UnclearEnumError}
 */
export function completeSchemas(document: OpenAPIObject): void {
  declareBodies(document);
  rename(document);
  moveTitled(document);
  divide(document);
  nameEnums(document);
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

function declareBodies(document: OpenAPIObject): void {
  for (const { operation } of operationsOf(document)) {
    for (const [type, schema] of Object.entries((operation[otherBodies] ?? {}) as Record<string, Schema>)) {
      const content = operation.requestBody?.content[type];
      if (content !== undefined) content.schema = structuredClone(schema);
    }
    delete operation[otherBodies];
  }
}

/** A schema that a controller declares itself, with a `title`, becomes a schema of that name. */
function moveTitled(document: OpenAPIObject): void {
  const schemas = schemasOf(document);
  const move = (part: unknown): void =>
    visitSchemas(part, (schema) => {
      const { title, ...others } = schema;
      if (typeof title !== 'string') return;
      const moved = structuredClone(others);
      move(moved);
      const known = schemas[title];
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(moved)) throw new DuplicateSchemaError(title, [title, title]);
      schemas[title] = moved;
      for (const keyword of Object.keys(schema)) delete schema[keyword];
      schema.$ref = `${schemaPrefix}${title}`;
    });
  move(document.paths);
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

/** Moves the values of enums to schemas of their own, to which the fields and parameters refer. */
function nameEnums(document: OpenAPIObject): void {
  const enums = new Map<string, readonly string[]>();
  visitSchemas([schemasOf(document), document.paths], (given) => {
    const { [enumExtension]: name, schema, ...outer } = given;
    if (typeof name !== 'string') return;
    if (schema !== undefined) {
      // Nest declares the extension of a parameter, and not of its schema, which is visited next.
      (schema as Schema)[enumExtension] = name;
      delete given[enumExtension];
      return;
    }
    const isList = outer.items !== undefined;
    const { enum: listed, type, ...others } = (isList ? outer.items : outer) as Schema & { readonly enum: readonly (string | null)[] };
    const values = listed.filter((value): value is string => value !== null);
    const known = enums.get(name);
    if (known !== undefined && String(known) !== String(values)) throw new UnclearEnumError(`The enum ${name} would have the values ${known.join(', ')} and ${values.join(', ')}.`);
    enums.set(name, values);
    const reference = { $ref: `${schemaPrefix}${name}` };
    const isNullable = [type].flat().includes('null');
    const referring = isNullable ? { ...others, anyOf: [reference, { type: 'null' }] } : Object.keys(others).length > 0 ? { ...others, allOf: [reference] } : reference;
    for (const keyword of Object.keys(given)) delete given[keyword];
    Object.assign(given, isList ? { ...outer, items: referring } : referring);
  });
  const schemas = schemasOf(document);
  // Two resources of a product may have the same values without being about the same.
  const ofResources = referredSchemas(
    operationsOf(document).filter(({ operation }) => operation.tags?.some((tag) => tagsOfResources.has(tag)) === true),
    schemas,
  );
  for (const [name, values] of [...enums].sort(([a], [b]) => a.localeCompare(b))) {
    if (schemas[name] !== undefined) throw new DuplicateSchemaError(name, [name, `the enum ${values.join(', ')}`]);
    const twin = [...enums].find(([other, same]) => other !== name && !ofResources.has(other) && !ofResources.has(name) && String([...same].sort()) === String([...values].sort()));
    if (twin !== undefined) throw new UnclearEnumError(`The enums ${name} and ${twin[0]} have the same values. Give them one name with \`choices\`.`);
    schemas[name] = { type: 'string', enum: values };
  }
}

/** Returns a part of the document that refers to a named enum wherever it lists the values of one. Those of a member that have no name yet get that of its schema and the member. */
export function withNamedEnums(part: Record<string, Schema>, schemas: Readonly<Record<string, Schema>>): Record<string, Schema> {
  const key = (values: unknown): string | undefined => (Array.isArray(values) && values.length > 1 ? String([...(values as unknown[])].sort()) : undefined);
  const names = new Map(Object.entries(schemas).map(([name, schema]) => [key(schema['enum']), name]));
  const copy = structuredClone(part);
  const added: Record<string, Schema> = {};
  for (const [outer, whole] of Object.entries(copy))
    visitSchemas(whole, (schema) => {
      for (const [member, { enum: values }] of Object.entries(schema.properties ?? {}))
        if (key(values) !== undefined && !names.has(key(values))) {
          const name = `${outer}${capitalized(member)}`;
          names.set(key(values), name);
          added[name] = { type: 'string', enum: values };
        }
      const name = key(schema['enum']) === undefined ? undefined : names.get(key(schema['enum']));
      if (name === undefined) return;
      delete schema['enum'];
      delete schema.type;
      schema['allOf'] = [{ $ref: `${schemaPrefix}${name}` }];
    });
  return { ...copy, ...added };
}

/** @throws {UnclearEnumError} when the values of an enum are listed anywhere else than in a schema of their own */
export function checkEnums(document: OpenAPIObject): void {
  const named = new Set(Object.values(schemasOf(document)));
  visitSchemas(document, (schema) => {
    const values = schema['enum'];
    if (Array.isArray(values) && values.length > 1 && !named.has(schema))
      throw new UnclearEnumError(`The values ${values.join(', ')} are listed where they are used. Declare the field with @ChoiceField, which names them.`);
  });
}

function addFormat(schema: Schema): void {
  if (![schema.type].flat().includes('integer') || schema.format !== undefined) return;
  schema.format = (schema.maximum ?? Number.MAX_SAFE_INTEGER) > int32 ? 'int64' : 'int32';
}

function close(schema: Schema | undefined): void {
  if (schema?.type !== 'object' || schema.properties === undefined) return;
  // Generators write types for named fields and any others that compile only if nothing is said about the others.
  if (schema.additionalProperties === true) delete schema.additionalProperties;
  else schema.additionalProperties ??= false;
}

export function removeBounds(schema: Schema): void {
  // A property of an answer may have such a name: its value is a schema.
  for (const bound of bounds) if (typeof schema[bound] !== 'object') delete schema[bound];
}
