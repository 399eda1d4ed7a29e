import { asArray, describe, expectObject, isObject, kindOf, mapOneOrMany, ownership, tenantField, type Args, type Scope } from './model-kind.js';
import { ForeignTenantError, UnsupportedTenantQueryError } from './tenant-errors.js';
import type { RelationField } from './tenant-schema.js';

const connectives = new Set(['AND', 'OR', 'NOT']);

/** Returns the condition of an operation that may have none. An undefined or null one stays, and is refused: it would be true for every row. */
export const conditionOf = (args: Args): unknown => (Object.hasOwn(args, 'where') ? args['where'] : {});

/**
 * Returns the caller's condition AND the tenant's. The caller's condition, an OR included, can only narrow the result.
 *
 * @throws {UnsupportedTenantQueryError} when the condition is no object
 */
export function scopeWhere(scope: Scope, model: string, where: unknown): Args {
  const walked = walkWhere(scope, model, where);
  const own = ownership(scope, model);
  return own === undefined ? walked : { AND: [walked, own] };
}

/** Like {@link scopeWhere}, for a `where` that needs a unique key at the top: update, delete, upsert, connect. */
export function scopeUniqueWhere(scope: Scope, model: string, where: unknown): Args {
  const walked = walkWhere(scope, model, where);
  const own = ownership(scope, model);
  return own === undefined ? walked : { ...walked, AND: [...asArray(walked['AND']), own] };
}

/** Turns a unique `where` into an ordinary one: `{ organizationId_id: { organizationId, id } }` → `{ organizationId, id }`. */
export function flattenUniqueWhere(scope: Pick<Scope, 'schema'>, model: string, where: unknown): Args {
  const { compoundKeys } = describe(scope, model);
  const entries = Object.entries(expectObject(where, `${model} without a where`));
  return { AND: entries.map(([key, value]) => (Object.hasOwn(compoundKeys, key) ? value : { [key]: value })) };
}

/** Confines the relations in a condition. Through global models they could reach other tenants. */
export function walkWhere(scope: Scope, model: string, where: unknown): Args {
  const { fields, compoundKeys } = describe(scope, model);
  const entries = Object.entries(expectObject(where, `The where of ${model}`)).map(([key, value]) => {
    // Prisma treats an undefined value as no condition.
    if (value === undefined) throw new UnsupportedTenantQueryError(`An undefined ${model}.${key} in a where`, 'Leave the key out, or set a value.');
    if (key === 'OR' && asArray(value).every(isEmpty)) return [key, [noRow(scope, model)]] as const;
    if (connectives.has(key)) return [key, mapOneOrMany(value, (part) => walkWhere(scope, model, part))] as const;
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field?.kind === 'relation') return [key, walkRelation(scope, model, key, field, value)] as const;
    if (field === undefined && !Object.hasOwn(compoundKeys, key)) throw new UnsupportedTenantQueryError(`The key ${model}.${key} in a where`, 'The schema has no such field.');
    return [key, value] as const;
  });
  return Object.fromEntries(entries);
}

/** Whether a condition is true for every row. Prisma leaves it out of an OR. */
function isEmpty(where: unknown): boolean {
  if (!isObject(where)) return false;
  return Object.entries(where).every(([key, value]) =>
    key === 'AND' || key === 'NOT' ? asArray(value).every(isEmpty) : key !== 'OR' && isPlain(value) && Object.keys(value).length === 0,
  );
}

/** Whether a value is an object of a condition. Prisma has objects of its own, for example for the nulls of a document. */
const isPlain = (value: unknown): value is Args => isObject(value) && (value.constructor as { readonly name?: unknown } | undefined)?.name === 'Object';

/** Returns a condition that is true for no row: an OR without alternatives. Prisma ignores such an OR below an AND, where the tenant's condition puts it. */
function noRow(scope: Scope, model: string): Args {
  const { fields, compoundKeys } = describe(scope, model);
  const unique = Object.entries(fields).find(([, field]) => field.kind === 'scalar' && field.unique === true)?.[0];
  return { [unique ?? Object.values(compoundKeys)[0]?.[0] ?? '']: { in: [] } };
}

function walkRelation(scope: Scope, model: string, name: string, field: RelationField, filter: unknown): unknown {
  if (filter === null) return null;
  const conditions = expectObject(filter, `The filter ${model}.${name}`);
  if (field.list) return Object.fromEntries(Object.entries(conditions).map(([key, value]) => [key, walkListFilter(scope, field, `${model}.${name}.${key}`, key, value)]));
  const keys = Object.keys(conditions);
  // Prisma ignores it. With the tenant's condition it would require a row.
  if (keys.length === 0) return conditions;
  if (!keys.some((key) => key === 'is' || key === 'isNot')) return scopeWhere(scope, field.model, conditions);
  return Object.fromEntries(
    Object.entries(conditions).map(([key, value]) => {
      if (key !== 'is' && key !== 'isNot') throw new UnsupportedTenantQueryError(`The filter ${model}.${name}.${key}`, 'Use is or isNot.');
      return [key, value === null ? null : scopeWhere(scope, field.model, value)];
    }),
  );
}

function walkListFilter(scope: Scope, { model }: RelationField, path: string, key: string, value: unknown): unknown {
  if (key === 'some' || key === 'none') return scopeWhere(scope, model, value);
  if (key !== 'every') throw new UnsupportedTenantQueryError(`The filter ${path}`, 'Use some, every or none.');
  const walked = walkWhere(scope, model, value);
  const own = ownership(scope, model);
  // "Every row of the tenant": the rows of other tenants must not influence the result.
  return own === undefined || isEmpty(value) ? walked : { OR: [walked, { NOT: own }] };
}

/**
 * Requires that a cursor's key contains the current tenant, because Prisma looks the row up without the query's condition.
 *
 * @throws {ForeignTenantError | UnsupportedTenantQueryError}
 */
export function assertOwnCursor(scope: Scope, model: string, cursor: unknown): void {
  const kind = kindOf(scope, model);
  if (cursor === undefined || kind === 'global') return;
  const keys = expectObject(cursor, `The cursor of ${model}`);
  const organizationIds =
    kind === 'root' ? [keys['id']] : Object.values(keys).flatMap((value) => (typeof value === 'object' && value !== null && tenantField in value ? [value[tenantField]] : []));
  if (organizationIds.length !== Object.keys(keys).length)
    throw new UnsupportedTenantQueryError(`The cursor of ${model}`, 'Use a key that starts with organizationId, such as organizationId_id.');
  if (organizationIds.some((id) => id !== scope.organizationId)) throw new ForeignTenantError(`The cursor of ${model}`);
}
