import { UnsafeTenantSchemaError, UnsupportedTenantQueryError } from './tenant-errors.js';
import type { ModelDescription, RelationField, TenantSchema } from './tenant-schema.js';

/** The model of the tenant itself, which every `organizationId` references. */
export const rootModel = 'Organization';
export const tenantField = 'organizationId';

/** Owned by a tenant, the tenant itself, or neither. Derived from the schema, so a new model needs no registration. */
export type ModelKind = 'tenant' | 'root' | 'global';

/** The schema, and the tenant that queries are confined to. */
export interface Scope {
  readonly schema: TenantSchema;
  readonly organizationId: string;
}

export type Args = Readonly<Record<string, unknown>>;

/** The operations of Prisma that only read. */
export const readOperations: ReadonlySet<string> = new Set(['findUnique', 'findUniqueOrThrow', 'findFirst', 'findFirstOrThrow', 'findMany', 'count', 'aggregate', 'groupBy']);

/** Returns the name that a client has for a model: `customRole` for `CustomRole`. */
export const delegateName = (model: string): string => `${model.charAt(0).toLowerCase()}${model.slice(1)}`;

export const isObject = (value: unknown): value is Args => typeof value === 'object' && value !== null && !Array.isArray(value);

export const asArray = (value: unknown): readonly unknown[] => (value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value]);

/** Applies a function to a value, or to each value of an array. */
export const mapOneOrMany = (value: unknown, map: (one: unknown) => unknown): unknown => (Array.isArray(value) ? value.map(map) : map(value));

/** @throws {UnsupportedTenantQueryError} for anything but an object */
export function expectObject(value: unknown, subject: string): Args {
  if (isObject(value)) return value;
  throw new UnsupportedTenantQueryError(subject, 'Pass an object, as Prisma documents it.');
}

/** @throws {UnsupportedTenantQueryError} when the schema has no such model */
export function describe(scope: Pick<Scope, 'schema'>, model: string): ModelDescription {
  const description = Object.hasOwn(scope.schema, model) ? scope.schema[model] : undefined;
  if (description === undefined) throw new UnsupportedTenantQueryError(`The model ${model}`, 'The schema has no such model. Generate the client again.');
  return description;
}

export function kindOf(scope: Pick<Scope, 'schema'>, model: string): ModelKind {
  if (model === rootModel) return 'root';
  return describe(scope, model).fields[tenantField]?.kind === 'scalar' ? 'tenant' : 'global';
}

/** Returns the condition that a row belongs to the tenant; undefined for a global model. */
export function ownership(scope: Scope, model: string): Args | undefined {
  const kind = kindOf(scope, model);
  if (kind === 'global') return undefined;
  return kind === 'root' ? { id: scope.organizationId } : { [tenantField]: scope.organizationId };
}

/** Returns the field at the other end of a relation. */
export function opposite(scope: Pick<Scope, 'schema'>, from: string, field: RelationField): RelationField | undefined {
  const candidates = Object.values(describe(scope, field.model).fields).filter(
    (candidate): candidate is RelationField => candidate.kind === 'relation' && candidate.relation === field.relation && candidate.model === from,
  );
  return candidates.find((candidate) => (candidate.foreignKey.length === 0) !== (field.foreignKey.length === 0));
}

/**
 * Checks that every relation between two tenant-owned models includes organizationId on both sides. Such a relation cannot
 * leave the tenant, so filters and selections through it need not be confined again.
 *
 * @throws {UnsafeTenantSchemaError} that lists the relations without it
 */
export function assertTenantSafe(schema: TenantSchema): void {
  const unsafe = Object.entries(schema).flatMap(([model, { fields }]) =>
    Object.entries(fields)
      .filter(([, field]) => field.kind === 'relation' && field.foreignKey.length > 0 && !includesTenant({ schema }, model, field))
      .map(([name]) => `${model}.${name}`),
  );
  if (unsafe.length === 0) return;
  throw new UnsafeTenantSchemaError(
    `These relations do not include organizationId on both sides: ${unsafe.join(', ')}. Declare them with fields: [organizationId, …], references: [organizationId, …].`,
  );
}

function includesTenant(scope: Pick<Scope, 'schema'>, model: string, { model: target, foreignKey, references }: RelationField): boolean {
  const targetKind = kindOf(scope, target);
  if (targetKind === 'root') return foreignKey.length === 1 && foreignKey[0] === tenantField;
  if (targetKind === 'global') return true;
  return kindOf(scope, model) === 'tenant' && foreignKey.some((field, index) => field === tenantField && references[index] === tenantField);
}
