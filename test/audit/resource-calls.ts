import { readFileSync } from 'node:fs';
import type { OpenAPIObject } from '@nestjs/swagger';
import { exampleOf } from '../../src/contract/examples.js';
import { operationsOf, schemasOf, type PlacedOperation, type Schema } from '../../src/contract/open-api.js';
import { tagsOfResources } from '../../src/contract/tags.js';
import type { Call, Stage as StageOfCalls } from './calls.js';

/** What the bodies of resources need: their owner, and the database, which says what a column refers to. */
type Stage = Pick<StageOfCalls, 'owner' | 'database'>;

type Values = Record<string, unknown>;

const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as OpenAPIObject;
const operations = operationsOf(document).filter(({ operation }) => operation.tags?.some((tag) => tagsOfResources.has(tag)));
const prefix = '/api/v1/organizations/{organizationId}/';

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll('-', '_');

/** The table of a resource has the name of its collection. */
const tableOf = (path: string): string => snake(path.replace(/\/\{\w+\}$/, '').replace(/.*\//, ''));

function propertiesOf({ operation }: PlacedOperation): { readonly properties: Readonly<Record<string, Schema>>; readonly required: readonly string[] } {
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const { properties = {}, required = [] } = schemasOf(document)[schema?.$ref?.replace(/.*\//, '') ?? ''] ?? schema ?? {};
  return { properties, required: required as string[] };
}

/** Returns the values of a field that has one of several. */
function choicesOf({ enum: choices, $ref, allOf, anyOf }: Schema): readonly unknown[] | undefined {
  const inner = [...((allOf ?? anyOf ?? []) as Schema[]), ...($ref === undefined ? [] : [schemasOf(document)[$ref.replace(/.*\//, '')] ?? {}])];
  return (choices as readonly unknown[] | undefined) ?? inner.map(choicesOf).find((each) => each !== undefined);
}

const example = (schema: Schema): unknown => exampleOf(schema, schemasOf(document));

/** Another value than the example, or undefined where a column would show it in another form. */
function another(schema: Schema): unknown {
  const value = example(schema);
  const choices = choicesOf(schema);
  if (choices !== undefined) return choices[1];
  if (schema['pattern'] !== undefined || (schema.format !== undefined && !['int32', 'int64'].includes(schema.format))) return undefined;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  return typeof value === 'string' ? `${value} again` : undefined;
}

/** Another value for a field that a column shows in another form. */
function anotherHidden({ format, type, ...rest }: Schema): unknown {
  const known: Readonly<Record<string, unknown>> = { date: '2026-12-24', 'date-time': '2026-12-24T09:30:00.000Z', uuid: '0192b8a0-0000-7000-8000-00000000000f' };
  if (format !== undefined) return known[format];
  const pattern = rest['pattern'];
  if (typeof pattern === 'string') return ['13.25', 'USD'].find((value) => new RegExp(pattern).test(value));
  return [type].flat()[0] === 'object' ? { key: 'another' } : undefined;
}

/** The tables that the columns of a table refer to, by the fields. */
async function referencesOf({ database }: Stage, table: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await database.query<{ column: string; target: string }>(
    `select a.attname as column, c.confrelid::regclass::text as target from pg_constraint c cross join lateral unnest(c.conkey) as k(number)
       join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number
      where c.contype = 'f' and c.conrelid = $1::regclass and a.attname <> 'organization_id'`,
    [table],
  );
  return new Map(rows.map(({ column, target }) => [column, target]));
}

/** The path of a collection, in whose path the ids of new parents take the places of parameters. */
async function collectionAt(stage: Stage, path: string): Promise<string> {
  const parts = path.slice(prefix.length).split('/');
  let at = stage.owner.home;
  for (const [index, part] of parts.entries())
    at += part.startsWith('{') ? `/${(await create(stage, operationAt('POST', `${prefix}${parts.slice(0, index).join('/')}`), at)).id}` : `/${part}`;
  return at;
}

function operationAt(method: string, path: string): PlacedOperation {
  const found = operations.find((each) => each.method === method && each.path === path);
  if (found === undefined) throw new Error(`No resource has ${method} ${path}. Declare its calls in test/audit/calls.ts.`);
  return found;
}

/** A body with the fields that the operation requires. What they refer to is created before. */
async function bodyFor(stage: Stage, placed: PlacedOperation): Promise<Values> {
  const { properties, required } = propertiesOf(placed);
  const references = await referencesOf(stage, tableOf(placed.path));
  const values: Values = {};
  for (const name of required) {
    const target = references.get(snake(name));
    if (target === 'memberships' || target === 'users') values[name] = stage.owner.userId;
    else if (target === undefined) values[name] = example(properties[name] ?? {});
    else {
      const path = `${prefix}${target.replaceAll('_', '-')}`;
      values[name] = (await create(stage, operationAt('POST', path), `${stage.owner.home}/${target.replaceAll('_', '-')}`)).id;
    }
  }
  return values;
}

async function create(stage: Stage, placed: PlacedOperation, at: string): Promise<{ readonly id: string }> {
  const { status, body, text } = await stage.owner.api.post(at, await bodyFor(stage, placed));
  if (status !== 201) throw new Error(`${placed.operation.operationId} answered ${status}: ${text}`);
  return body as { id: string };
}

const columns = (values: Values): Values => Object.fromEntries(Object.entries(values).map(([name, value]) => [snake(name), value]));
/** The fields of a body that the audit log shows as they were sent. */
const shownOf = (values: Values, placed: PlacedOperation): Values =>
  columns(Object.fromEntries(Object.entries(values).filter(([name]) => another(propertiesOf(placed).properties[name] ?? {}) !== undefined)));

function callOf(placed: PlacedOperation): Call | undefined {
  const table = tableOf(placed.path);
  const collection = placed.path.replace(/\/\{\w+\}$/, '');
  const itself = async (stage: Stage): Promise<string> => {
    const at = await collectionAt(stage, collection);
    return `${at}/${(await create(stage, operationAt('POST', collection), at)).id}`;
  };
  const isItem = placed.path !== collection;
  if (placed.method === 'POST' && !isItem)
    return async (stage) => {
      const [at, body] = [await collectionAt(stage, collection), await bodyFor(stage, placed)];
      return { send: (mark) => mark(stage.owner.api).post(at, body), actor: stage.owner.userId, table, operation: 'insert', after: shownOf(body, placed) };
    };
  if (placed.method === 'PATCH' && isItem)
    return async (stage) => {
      const path = await itself(stage);
      const references = await referencesOf(stage, table);
      const fields = Object.entries(propertiesOf(placed).properties).filter(([name]) => !references.has(snake(name)));
      const [shown, hidden] = [another, anotherHidden].map((other) => fields.flatMap(([name, each]) => (other(each) === undefined ? [] : [{ [name]: other(each) }]))[0]);
      const body = shown ?? hidden;
      if (body === undefined) throw new Error(`${placed.operation.operationId} changes nothing that this test can change. Declare its call in calls.ts.`);
      return { send: (mark) => mark(stage.owner.api).patch(path, body), actor: stage.owner.userId, table, operation: 'update', after: columns(shown ?? {}) };
    };
  if (placed.method === 'DELETE' && isItem)
    return async (stage) => {
      const path = await itself(stage);
      return { send: (mark) => mark(stage.owner.api).delete(path), actor: stage.owner.userId, table, operation: 'delete', before: { id: path.replace(/.*\//, '') } };
    };
  return undefined;
}

/** The calls of the routes that create, update and delete the resources of `src/resources.ts`. They are made from the contract. */
export const resourceCalls: Readonly<Record<string, Call>> = Object.fromEntries(
  operations.flatMap((placed) => {
    const call = placed.path.startsWith(prefix) ? callOf(placed) : undefined;
    return call === undefined ? [] : [[placed.operation.operationId, call]];
  }),
);

/** The bodies with which the owner of a stage creates resources. What they refer to exists. */
export const resourceBodies: Readonly<Record<string, (stage: Stage) => Promise<object>>> = Object.fromEntries(
  operations.flatMap((placed) => (placed.method === 'POST' && placed.path.startsWith(prefix) ? [[placed.operation.operationId, (stage: Stage) => bodyFor(stage, placed)]] : [])),
);

/** The lists of the resources, with the path of a list that has two rows. */
export const resourceLists: Readonly<Record<string, (stage: Stage) => Promise<string>>> = Object.fromEntries(
  operations.flatMap(({ method, path, operation }) => {
    const creation = operations.find((each) => each.method === 'POST' && each.path === path);
    if (method !== 'GET' || creation === undefined || !path.startsWith(prefix)) return [];
    const listOf = async (stage: Stage): Promise<string> => {
      const at = await collectionAt(stage, path);
      for (let rows = 0; rows < 2; rows++) await create(stage, creation, at);
      return at;
    };
    return [[operation.operationId, listOf]];
  }),
);
