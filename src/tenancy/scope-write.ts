import { describe, expectObject, isObject, kindOf, mapOneOrMany, opposite, tenantField, type Args, type Scope } from './model-kind.js';
import { scopeUniqueWhere, scopeWhere } from './scope-where.js';
import { ForeignTenantError, UnsupportedTenantQueryError } from './tenant-errors.js';
import type { RelationField } from './tenant-schema.js';

/**
 * Sets organizationId on the rows of a create.
 *
 * @param inherits whether Prisma takes organizationId from the row around a nested one. Prisma's input then has no such
 *   field
 */
export function scopeCreate(scope: Scope, model: string, data: unknown, inherits = false): unknown {
  return mapOneOrMany(data, (row) => {
    const walked = walkData(scope, model, expectObject(row, `The data of ${model}`));
    return inherits ? walked : { ...walked, [tenantField]: scope.organizationId };
  });
}

/** Confines the data of an update. @throws {ForeignTenantError} when it would move the row to another tenant */
export function scopeUpdate(scope: Scope, model: string, data: unknown): Args {
  return walkData(scope, model, expectObject(data, `The data of ${model}`));
}

/** Removes organizationId, which must equal the current tenant if it is given, and confines nested writes. */
function walkData(scope: Scope, model: string, data: Args): Args {
  const { fields } = describe(scope, model);
  const own = kindOf(scope, model) === 'root' ? 'id' : tenantField;
  const entries = Object.entries(data).flatMap(([key, value]) => {
    if (key === own) return assertOwn(scope, `${model}.${key}`, value);
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined) throw new UnsupportedTenantQueryError(`The field ${model}.${key} in data`, 'The schema has no such field.');
    return [[key, field.kind === 'scalar' ? value : scopeNestedWrite(scope, model, key, field, value)] as const];
  });
  return Object.fromEntries(entries);
}

/** @throws {ForeignTenantError} unless the value is the current tenant */
function assertOwn(scope: Scope, path: string, value: unknown): [] {
  const id = typeof value === 'object' && value !== null && 'set' in value ? value.set : value;
  if (id !== scope.organizationId) throw new ForeignTenantError(path);
  return [];
}

/** A nested write: the model that it writes, and its path for error messages. */
interface Nested {
  readonly scope: Scope;
  readonly model: string;
  readonly path: string;
  readonly list: boolean;
  /** Whether created rows get organizationId from the row around them. */
  readonly inherits: boolean;
}

type Walk = (nested: Nested, value: unknown) => unknown;

const each =
  (walk: (nested: Nested, args: Args) => unknown): Walk =>
  (nested, value) =>
    mapOneOrMany(value, (one) => walk(nested, expectObject(one, nested.path)));

const uniqueWhere = ({ scope, model, list }: Nested, where: unknown): Args => (list ? scopeUniqueWhere(scope, model, where) : scopeWhere(scope, model, where));
const created = ({ scope, model, inherits }: Nested, data: unknown): unknown => scopeCreate(scope, model, data, inherits);
const updated = ({ scope, model }: Nested, data: unknown): unknown => scopeUpdate(scope, model, data);

/** Every nested write that is allowed, and how it is confined. All others are refused. */
const walks: Readonly<Record<string, Walk>> = {
  create: created,
  createMany: each((nested, { data, ...rest }) => ({ ...rest, data: created(nested, data) })),
  connect: each(({ scope, model }, where) => scopeUniqueWhere(scope, model, where)),
  connectOrCreate: each((nested, { where, create, ...rest }) => ({ ...rest, where: scopeUniqueWhere(nested.scope, nested.model, where), create: created(nested, create) })),
  update: each((nested, args) => {
    if (!nested.list && !isObject(args['data'])) return updated(nested, args);
    return { ...args, ...(args['where'] === undefined && !nested.list ? {} : { where: uniqueWhere(nested, args['where']) }), data: updated(nested, args['data']) };
  }),
  updateMany: each((nested, { where, data, ...rest }) => ({ ...rest, where: scopeWhere(nested.scope, nested.model, where), data: updated(nested, data) })),
  upsert: each((nested, { where, create, update, ...rest }) => ({
    ...rest,
    ...(where === undefined && !nested.list ? {} : { where: uniqueWhere(nested, where) }),
    create: created(nested, create),
    update: updated(nested, update),
  })),
  delete: (nested, value) => (typeof value === 'boolean' ? value : mapOneOrMany(value, (where) => uniqueWhere(nested, where))),
  deleteMany: each(({ scope, model }, where) => scopeWhere(scope, model, where)),
};

/**
 * Confines a nested write through a relation.
 *
 * @throws {UnsupportedTenantQueryError} when the write cannot be confined
 */
function scopeNestedWrite(scope: Scope, model: string, name: string, field: RelationField, value: unknown): Args {
  const path = `${model}.${name}`;
  if (field.foreignKey.length > 0) {
    const scalars = field.foreignKey.filter((key) => key !== tenantField).join(', ');
    throw new UnsupportedTenantQueryError(
      `Writing through ${path}`,
      scalars === '' ? 'Leave it out: the client sets organizationId.' : `Set ${scalars} instead: Prisma's input for the relation has no organizationId that the client could set.`,
    );
  }
  if (kindOf(scope, field.model) !== 'tenant') throw new UnsupportedTenantQueryError(`Writing ${field.model} through ${path}`, 'The model belongs to no tenant. Use PlatformDb.');
  const inherits = opposite(scope, model, field)?.foreignKey.includes(tenantField) === true;
  const nested = { scope, model: field.model, path, list: field.list, inherits };
  return Object.fromEntries(
    Object.entries(expectObject(value, path)).map(([operation, args]) => {
      const walk = Object.hasOwn(walks, operation) ? walks[operation] : undefined;
      if (walk !== undefined) return [operation, walk(nested, args)];
      const remedy =
        operation === 'disconnect' || operation === 'set'
          ? "It would also set organization_id to null. Set the row's own key, or delete the row."
          : 'The tenant client does not support it.';
      throw new UnsupportedTenantQueryError(`${operation} through ${path}`, remedy);
    }),
  );
}
