import { describe, expectObject, isObject, kindOf, mapOneOrMany, type Args, type Scope } from './model-kind.js';
import { assertOwnCursor, conditionOf, scopeWhere } from './scope-where.js';
import { UnsupportedTenantQueryError } from './tenant-errors.js';
import type { RelationField } from './tenant-schema.js';

const passedThrough = new Set(['take', 'skip', 'distinct', 'omit', 'relationLoadStrategy', 'by', 'having', '_count', '_sum', '_avg', '_min', '_max']);
const aggregates = new Set(['_count', '_sum', '_avg', '_min', '_max', '_relevance']);

/** Confines a read: its condition, its cursor, and the relations that it selects. */
export function scopeRead(scope: Scope, model: string, args: Args): Args {
  const { where: _, orderBy, cursor, select, include, ...rest } = args;
  assertDefined(model, args);
  const unknown = Object.keys(rest).find((key) => !passedThrough.has(key));
  if (unknown !== undefined) throw new UnsupportedTenantQueryError(`The argument ${unknown} of ${model}`, 'The tenant client does not support it.');
  assertOwnCursor(scope, model, cursor);
  assertOrder(scope, model, orderBy);
  return {
    ...rest,
    where: scopeWhere(scope, model, conditionOf(args)),
    ...(orderBy === undefined ? {} : { orderBy }),
    ...(cursor === undefined ? {} : { cursor }),
    ...scopeSelection(scope, model, { select, include }),
  };
}

/** Refuses an argument that is undefined, as Prisma does: it is a mistake that would read other rows than those that are meant. */
function assertDefined(model: string, args: Args): void {
  for (const key in args) if (args[key] === undefined) throw new UnsupportedTenantQueryError(`An undefined ${key} of ${model}`, 'Leave the argument out, or set a value.');
}

/** Confines selected and included relations at any depth. */
export function scopeSelection(scope: Scope, model: string, { select, include }: Args): Args {
  const walk = (selection: unknown): Args => walkSelection(scope, model, expectObject(selection, `The selection of ${model}`));
  return { ...(select === undefined ? {} : { select: walk(select) }), ...(include === undefined ? {} : { include: walk(include) }) };
}

function walkSelection(scope: Scope, model: string, selection: Args): Args {
  const { fields } = describe(scope, model);
  return Object.fromEntries(
    Object.entries(selection).map(([key, value]) => {
      if (key === '_count') return [key, scopeCount(scope, model, value)];
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (field === undefined) throw new UnsupportedTenantQueryError(`The field ${model}.${key} in a selection`, 'The schema has no such field.');
      return [key, field.kind === 'scalar' || value === false ? value : selectRelation(scope, model, key, field, value)];
    }),
  );
}

function selectRelation(scope: Scope, model: string, name: string, field: RelationField, value: unknown): unknown {
  if (field.list) return scopeRead(scope, field.model, value === true ? {} : expectObject(value, `The selection of ${model}.${name}`));
  // A to-one relation cannot be filtered. From a tenant-owned row its key includes organizationId: the same tenant.
  if (kindOf(scope, model) === 'global' && kindOf(scope, field.model) !== 'global') {
    throw new UnsupportedTenantQueryError(`Reading ${model}.${name}`, 'It leads from a global row to a tenant-owned row. Start from the tenant-owned model.');
  }
  if (!isObject(value)) return value;
  const { select, include, ...rest } = value;
  const unknown = Object.keys(rest).find((key) => key !== 'omit');
  if (unknown !== undefined) throw new UnsupportedTenantQueryError(`The argument ${unknown} of ${model}.${name}`, 'The tenant client does not support it.');
  return { ...rest, ...scopeSelection(scope, field.model, { select, include }) };
}

function scopeCount(scope: Scope, model: string, value: unknown): unknown {
  const lists = Object.entries(describe(scope, model).fields).filter((entry): entry is [string, RelationField] => entry[1].kind === 'relation' && entry[1].list);
  const chosen =
    value === true ? Object.fromEntries(lists.map(([name]) => [name, true])) : expectObject(expectObject(value, `The _count of ${model}`)['select'], `The _count of ${model}`);
  const counted = Object.entries(chosen).filter(([, count]) => count !== false);
  const byName = new Map(lists);
  return {
    select: Object.fromEntries(
      counted.map(([name, count]) => {
        const field = byName.get(name);
        if (field === undefined) throw new UnsupportedTenantQueryError(`Counting ${model}.${name}`, 'The schema has no such list.');
        return [name, { where: scopeWhere(scope, field.model, count === true ? {} : conditionOf(expectObject(count, `Counting ${model}.${name}`))) }];
      }),
    ),
  };
}

/** Refuses an order that depends on tenant-owned rows behind a global model: an order cannot be filtered. */
function assertOrder(scope: Scope, model: string, orderBy: unknown): void {
  if (orderBy === undefined) return;
  const { fields } = describe(scope, model);
  mapOneOrMany(orderBy, (order) => {
    for (const [key, value] of Object.entries(expectObject(order, `The order of ${model}`))) {
      if (aggregates.has(key)) continue;
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (field === undefined) throw new UnsupportedTenantQueryError(`Ordering by ${model}.${key}`, 'The schema has no such field.');
      if (field.kind === 'scalar') continue;
      if (kindOf(scope, model) === 'global' && kindOf(scope, field.model) !== 'global') {
        throw new UnsupportedTenantQueryError(`Ordering by ${model}.${key}`, "The order would depend on other tenants' rows.");
      }
      if (!field.list) assertOrder(scope, field.model, value);
    }
  });
}
