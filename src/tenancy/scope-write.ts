import { describe, expectObject, isObject, kindOf, mapOneOrMany, opposite, tenantField, type Args, type Scope } from './model-kind.js';
import { scopeUniqueWhere, scopeWhere } from './scope-where.js';
import { ForeignTenantError, UnsupportedTenantQueryError } from './tenant-errors.js';
import type { RelationField } from './tenant-schema.js';

/**
 * Stamps the rows that are made.
 *
 * @param inherits whether the row gets its organizationId from the row that it is nested in; Prisma's input for it has
 *   no such field then
 */
export function scopeCreate(scope: Scope, model: string, data: unknown, inherits = false): unknown {
  return mapOneOrMany(data, (row) => {
    const walked = walkData(scope, model, expectObject(row, `The data of ${model}`));
    return inherits ? walked : { ...walked, [tenantField]: scope.organizationId };
  });
}

/** Lets a change through unless it would move the row to another tenant. */
export function scopeUpdate(scope: Scope, model: string, data: unknown): Args {
  return walkData(scope, model, expectObject(data, `The data of ${model}`));
}

/** Without the field that names the tenant, which may only say what is so anyway, and with nested writes confined. */
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

/** One nested write: into which model, by which name. */
interface Nested {
  readonly scope: Scope;
  readonly model: string;
  readonly path: string;
  readonly list: boolean;
  /** Whether rows that are made get organizationId from the row around them. */
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

/** Every nested write that is let through, and how it is confined. What is not here is refused. */
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
 * Confines what is written along with a row, through a relation.
 *
 * @throws {UnsupportedTenantQueryError} for what cannot be confined
 */
function scopeNestedWrite(scope: Scope, model: string, name: string, field: RelationField, value: unknown): Args {
  const path = `${model}.${name}`;
  if (field.foreignKey.length > 0) {
    const scalars = field.foreignKey.filter((key) => key !== tenantField).join(', ');
    throw new UnsupportedTenantQueryError(
      `Writing through ${path}`,
      scalars === '' ? 'Leave it out: organizationId is filled in.' : `Write ${scalars} instead: Prisma's input for it has no organizationId to fill in.`,
    );
  }
  if (kindOf(scope, field.model) !== 'tenant') throw new UnsupportedTenantQueryError(`Writing ${field.model} through ${path}`, 'It belongs to no tenant: use PlatformDb.');
  const inherits = opposite(scope, model, field)?.foreignKey.includes(tenantField) === true;
  const nested = { scope, model: field.model, path, list: field.list, inherits };
  return Object.fromEntries(
    Object.entries(expectObject(value, path)).map(([operation, args]) => {
      const walk = Object.hasOwn(walks, operation) ? walks[operation] : undefined;
      if (walk !== undefined) return [operation, walk(nested, args)];
      const cure =
        operation === 'disconnect' || operation === 'set' ? "It would empty organization_id too: write the row's own key, or delete it." : 'The tenant client does not know it.';
      throw new UnsupportedTenantQueryError(`${operation} through ${path}`, cure);
    }),
  );
}
