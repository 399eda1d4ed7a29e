import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf, schemasOf, type Schema } from './open-api.js';

type Schemas = Readonly<Record<string, Schema>>;

/** Resolves a schema that refers to another one, with the keywords next to the reference. */
function resolved(schema: Schema, schemas: Schemas): Schema {
  const { $ref, allOf = [], anyOf = [], ...own } = schema as Schema & { readonly allOf?: readonly Schema[]; readonly anyOf?: readonly Schema[] };
  const other = $ref === undefined ? (allOf[0] ?? anyOf[0]) : schemas[$ref.slice($ref.lastIndexOf('/') + 1)];
  return other === undefined ? schema : { ...resolved(other, schemas), ...own };
}

/** Whether a field that may be left out is in an example: it has one of its own, or its parts have. */
function isShown(given: Schema, schemas: Schemas): boolean {
  const { example, properties = {}, items } = resolved(given, schemas);
  return example !== undefined || Object.values(properties).some((each) => isShown(each, schemas)) || (items !== undefined && isShown(items, schemas));
}

/** Returns a value that a schema allows: its example, or one that is put together from the examples of its fields. */
export function exampleOf(given: Schema, schemas: Schemas): unknown {
  const { example, default: usual, const: only, enum: choices, type, format, properties = {}, required = [], items, minimum } = resolved(given, schemas);
  const known = example ?? usual ?? only ?? (choices as readonly unknown[] | undefined)?.[0];
  if (known !== undefined) return known;
  switch ([type].flat()[0]) {
    case 'object': {
      const isRequired = (name: string): boolean => (required as readonly string[]).includes(name);
      const shown = Object.entries(properties).filter(([name, each]) => isRequired(name) || isShown(each, schemas));
      const fields = shown.toSorted(([one], [other]) => Number(isRequired(other)) - Number(isRequired(one)));
      return Object.fromEntries(fields.map(([name, each]) => [name, exampleOf(each, schemas)]));
    }
    case 'array':
      return items === undefined ? [] : [exampleOf(items, schemas)];
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return Math.max(minimum ?? 1, 1);
    default:
      return format === 'uuid' ? '0192b8a0-0000-7000-8000-000000000000' : 'Example';
  }
}

/** Gives the body of each operation an example, unless the controller has declared one: the fields that are required, and those that have an example. */
export function addExamples(document: OpenAPIObject): void {
  const schemas = schemasOf(document);
  for (const { operation } of operationsOf(document))
    for (const content of Object.values(operation.requestBody?.content ?? {}))
      if (content.schema !== undefined && content.examples === undefined && content.example === undefined) content.example = exampleOf(content.schema, schemas);
}
