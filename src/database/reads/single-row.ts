import { isObject, type Args } from '../../tenancy/model-kind.js';
import { hasParts } from './read-shape.js';
import type { FieldDescription, ModelDescription, TenantSchema } from '../../tenancy/tenant-schema.js';

/** Collects the fields that a condition compares with one value, also in its ANDs. */
function comparedFields(where: unknown, found: Set<string>): Set<string> {
  if (!isObject(where)) return found;
  for (const [key, value] of Object.entries(where)) {
    if (key === 'AND') for (const part of Array.isArray(value) ? value : [value]) comparedFields(part, found);
    else if (value !== null && !hasParts(value)) found.add(key);
  }
  return found;
}

/** Whether a condition asks about rows of other tables: how many the server must look at is not known. */
function namesRelations({ fields }: Pick<ModelDescription, 'fields'>, where: unknown): boolean {
  if (Array.isArray(where)) return where.some((part) => namesRelations({ fields }, part));
  if (!isObject(where)) return false;
  return Object.entries(where).some(([key, value]) => fields[key]?.kind === 'relation' || ((key === 'AND' || key === 'OR') && namesRelations({ fields }, value)));
}

const isUnique = (field: FieldDescription | undefined): boolean => field?.kind === 'scalar' && field.unique === true;

/** Whether a condition compares a primary or unique key, so that at most one row has it. */
export function comparesKey({ fields, compoundKeys }: ModelDescription, where: unknown): boolean {
  const compared = comparedFields(where, new Set());
  return [...compared].some((name) => isUnique(fields[name])) || Object.values(compoundKeys).some((key) => key.every((name) => compared.has(name)));
}

/**
 * Whether a read finds its row by a primary or unique key and reads nothing but columns of it. Such a read takes the server some tens of
 * microseconds, whatever the tables contain.
 */
export function readsOneRow(schema: TenantSchema, model: string, { where, select, include }: Args): boolean {
  const description = schema[model];
  if (description === undefined || include !== undefined || namesRelations(description, where)) return false;
  if (isObject(select) && Object.keys(select).some((name) => description.fields[name]?.kind !== 'scalar')) return false;
  return comparesKey(description, where);
}
