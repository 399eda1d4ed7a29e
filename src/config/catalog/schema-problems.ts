import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { readFileSync } from 'node:fs';
import { suggest, type CatalogProblem } from './catalog-problem.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

interface SchemaCheck {
  readonly root: Schema;
  readonly check: ValidateFunction;
}

/** Takes a megabyte. A server uses it once, so it may be collected. */
let compiled: WeakRef<SchemaCheck> | undefined;

function compileSchema(schemaFile: string): SchemaCheck {
  const root = JSON.parse(readFileSync(schemaFile, 'utf8')) as Schema;
  // It checks one document: neither the check of our own schema nor optimized code is worth its time at each start.
  const once = { validateSchema: false, code: { optimize: false } };
  const made = { root, check: new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true, ownProperties: true, ...once }).compile(root) };
  compiled = new WeakRef(made);
  return made;
}

/** Validates the shape of a catalog against the published JSON Schema in `schemaFile`. */
export function findSchemaProblems(data: unknown, schemaFile: string): CatalogProblem[] {
  const { root, check } = compiled?.deref() ?? compileSchema(schemaFile);
  // Ajv reports an invalid property name twice; the error with the keyword `propertyNames` is the one without details.
  return check(data) ? [] : (check.errors ?? []).filter(({ keyword }) => keyword !== 'propertyNames').map((error) => toProblem(root, error));
}

function toProblem(root: Schema, { instancePath, keyword, params, message = 'is invalid', parentSchema, propertyName, data }: ErrorObject): CatalogProblem {
  const path = pathOf(instancePath);
  const here = path.length === 0 ? 'the file' : `"${path.join('.')}"`;
  const schema = parentSchema as Schema;
  const details = params as Readonly<Record<string, unknown>>;
  const hint = descriptionOf(root, schema);
  if (propertyName !== undefined) return { path: [...path, propertyName], atKey: true, message: `the key "${propertyName}" is invalid.`, hint };
  switch (keyword) {
    case 'additionalProperties': {
      const extra = details['additionalProperty'] as string;
      return { path: [...path, extra], atKey: true, message: `${here} has the unknown key "${extra}".`, hint: suggest(extra, Object.keys(schema.properties ?? {})) };
    }
    case 'required': {
      const missing = details['missingProperty'] as string;
      return { path, atKey: true, message: `${here} must have "${missing}".`, hint: `add it: ${descriptionOf(root, schema.properties?.[missing])}` };
    }
    case 'type':
      return typeProblem(root, path, here, schema, data);
    case 'enum':
      return { path, message: `${here} has the invalid value ${JSON.stringify(data)}.`, hint: suggest(String(data), details['allowedValues'] as string[]) };
    case 'minimum':
    case 'maximum':
      return { path, message: `${here} must be at ${keyword === 'minimum' ? 'least' : 'most'} ${String(details['limit'])}.`, hint };
    case 'exclusiveMinimum':
      return { path, message: `${here} must be above ${String(details['limit'])}.`, hint };
    case 'pattern':
      return { path, message: `${here} has the invalid value ${JSON.stringify(data)}.`, hint };
    case 'uniqueItems': {
      const index = Math.max(details['i'] as number, details['j'] as number);
      return { path: [...path, index], message: `${here} contains ${JSON.stringify((data as unknown[])[index])} twice.`, hint: 'remove one of them.' };
    }
    default:
      return { path, message: `${here} ${message}.`, hint };
  }
}

const typeNames: Readonly<Record<string, string>> = { object: 'a map', array: 'a list', string: 'text', integer: 'a whole number', number: 'a number', boolean: 'true or false' };

function typeProblem(root: Schema, path: string[], here: string, schema: Schema, data: unknown): CatalogProblem {
  const types = [schema.type ?? []].flat().map((type) => typeNames[type] ?? type);
  const message = `${here} must be ${types.join(' or ')}${data === null ? ', but it is empty' : ''}.`;
  return { path, message, hint: path.length === 0 ? 'start the file with `product: …`. You can copy catalogs/default.yaml.' : descriptionOf(root, schema) };
}

const pathOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

function descriptionOf(root: Schema, schema: Schema | undefined): string {
  const meant = schema?.$ref === undefined ? schema : root.definitions?.[schema.$ref.replace('#/definitions/', '')];
  return meant?.description ?? 'see catalogs/catalog.schema.json for the allowed values.';
}
