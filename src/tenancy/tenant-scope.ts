import { kindOf, type Args, type Scope } from './model-kind.js';
import { scopeRead, scopeSelection } from './scope-read.js';
import { conditionOf, flattenUniqueWhere, scopeUniqueWhere, scopeWhere } from './scope-where.js';
import { scopeCreate, scopeUpdate } from './scope-write.js';
import { UnsupportedTenantQueryError } from './tenant-errors.js';

/** A query that is confined to one tenant. Its operation may differ from the caller's, e.g. findFirst for findUnique. */
export interface ScopedQuery {
  readonly operation: string;
  readonly args: Args;
}

type ScopeOperation = (scope: Scope, model: string, args: Args) => Args;

const selection = (scope: Scope, model: string, { select, include }: Args): Args => scopeSelection(scope, model, { select, include });

/** `count` selects aggregates, not fields. */
const count: ScopeOperation = (scope, model, { select, ...args }) => ({ ...scopeRead(scope, model, args), ...(select === undefined ? {} : { select }) });

const findUnique: ScopeOperation = (scope, model, { where, ...args }) => scopeRead(scope, model, { ...args, where: flattenUniqueWhere(scope, model, where) });

const create: ScopeOperation = (scope, model, args) => ({
  ...args,
  ...(args['data'] === undefined ? {} : { data: scopeCreate(scope, model, args['data']) }),
  ...selection(scope, model, args),
});

const update: ScopeOperation = (scope, model, args) => ({
  ...args,
  where: scopeUniqueWhere(scope, model, args['where']),
  data: scopeUpdate(scope, model, args['data']),
  ...selection(scope, model, args),
});

const updateMany: ScopeOperation = (scope, model, args) => ({
  ...args,
  where: scopeWhere(scope, model, conditionOf(args)),
  data: scopeUpdate(scope, model, args['data']),
  ...selection(scope, model, args),
});

const upsert: ScopeOperation = (scope, model, args) => ({
  ...args,
  where: scopeUniqueWhere(scope, model, args['where']),
  create: scopeCreate(scope, model, args['create']),
  update: scopeUpdate(scope, model, args['update']),
  ...selection(scope, model, args),
});

const remove: ScopeOperation = (scope, model, args) => ({ ...args, where: scopeUniqueWhere(scope, model, args['where']), ...selection(scope, model, args) });

const removeMany: ScopeOperation = (scope, model, args) => ({ ...args, where: scopeWhere(scope, model, conditionOf(args)) });

/** Every operation of a Prisma model. An operation that is missing here is refused. */
const operations: Readonly<Record<string, ScopeOperation>> = {
  findUnique,
  findUniqueOrThrow: findUnique,
  findFirst: scopeRead,
  findFirstOrThrow: scopeRead,
  findMany: scopeRead,
  count,
  aggregate: scopeRead,
  groupBy: scopeRead,
  create,
  createMany: create,
  createManyAndReturn: create,
  update,
  updateMany,
  updateManyAndReturn: updateMany,
  upsert,
  delete: remove,
  deleteMany: removeMany,
};

/** The operations on the tenant itself. Only the platform creates and erases organizations. */
const rootOperations = new Set([
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
  'update',
  'updateMany',
  'updateManyAndReturn',
]);

/** Prisma's data loader merges findUnique calls of different requests into one query. It does not merge findFirst. */
const renamed: Readonly<Record<string, string>> = { findUnique: 'findFirst', findUniqueOrThrow: 'findFirstOrThrow' };

/**
 * Confines a query to one tenant. This is the core of wall 2. It is a pure function and does not change the arguments.
 *
 * @throws {ForeignTenantError} when the arguments name another tenant
 * @throws {UnsupportedTenantQueryError} when the query cannot be confined or contains something unknown
 */
export function scopeOperation(scope: Scope, model: string, operation: string, args: Args = {}): ScopedQuery {
  const kind = kindOf(scope, model);
  if (kind === 'global')
    throw new UnsupportedTenantQueryError(`${model}.${operation}`, 'The model belongs to no tenant. Use PlatformDb, or select it through a relation of a tenant-owned model.');
  if (kind === 'root' && !rootOperations.has(operation))
    throw new UnsupportedTenantQueryError(`${model}.${operation}`, 'Only the platform creates and erases organizations. Use PlatformDb.');
  const scoping = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (scoping === undefined) throw new UnsupportedTenantQueryError(`${model}.${operation}`, 'The tenant client does not support this operation.');
  return { operation: renamed[operation] ?? operation, args: scoping(scope, model, args) };
}
