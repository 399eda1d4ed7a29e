import { Prisma } from '@prisma/client/extension';
import { withDirectReads } from './direct-reads.js';
import { DirectTransactions, targetIn, type TransactionLimits } from './direct-transactions.js';
import { assertTenantSafe, readOperations, type Args } from './model-kind.js';
import { flattenUniqueWhere } from './scope-where.js';
import type { TenantContext } from './tenant-context.js';
import { targetOf, transactionIdOf, type QueryOfTransaction, type StatementRunners } from './statement-runners.js';
import { IsolationLevelError, UnsupportedTenantQueryError } from './tenant-errors.js';
import type { ModelDescription, TenantSchema } from './tenant-schema.js';
import { scopeOperation } from './tenant-scope.js';
import { wireBinding, type OpenTransaction } from './wire-binding.js';

/** Members of a generated Prisma client that a tenant's client lacks, because they bypass or change the tenant. */
type Withheld = '$transaction' | '$queryRawUnsafe' | '$executeRawUnsafe' | '$on' | '$use' | '$extends';

/** The client inside a transaction. */
export type TenantTransactionOf<Client> = Omit<Client, Withheld | '$connect' | '$disconnect'>;

export interface TransactionOptions extends TransactionLimits {
  /**
   * Whether to lock the organization in the statement that begins the transaction. Required for changes of rows that
   * decide about access; see `locksOrganization` of {@link TenantSchema}.
   */
  readonly locksOrganization?: boolean;
}

/** A Prisma client that reaches one tenant only: the current one. */
export type TenantClientOf<Client> = Omit<Client, Withheld> & {
  /** Interactive transactions only: Prisma runs the array form in the context of the first caller. */
  $transaction<Result>(work: (tx: TenantTransactionOf<Client>) => Promise<Result>, options?: TransactionOptions): Promise<Result>;
};

export interface TenancyOptions {
  readonly schema: TenantSchema;
  readonly context: TenantContext;
  readonly runners?: StatementRunners;
}

interface AnyQuery extends QueryOfTransaction {
  readonly model?: string | undefined;
  readonly operation: string;
  readonly args: unknown;
  readonly query: (args: unknown) => PromiseLike<unknown>;
}

interface Delegate {
  readonly $name: string;
  findFirst(args: Args): unknown;
  findFirstOrThrow(args: Args): unknown;
}

const rawOperations = new Set(['$queryRaw', '$executeRaw']);

/**
 * Returns the organization that a write must lock: its own, when rows of the model decide about access.
 *
 * @throws {UnsupportedTenantQueryError} when the write belongs to a transaction that did not begin with the lock. It would
 *   wait for the other transactions that have begun, and they for it
 */
function locksFor(model: ModelDescription | undefined, operation: string, organizationId: string, transaction: OpenTransaction | undefined): string | undefined {
  if (model?.decidesAccess !== true) return undefined;
  if (transaction !== undefined && transaction.locks !== organizationId)
    throw new UnsupportedTenantQueryError(`${operation} on ${model.table} in this transaction`, 'Begin it with $transaction(work, { locksOrganization: true }).');
  return organizationId;
}

function openTransactionOf({ __internalParams: internal }: AnyQuery): OpenTransaction | undefined {
  const own = internal?.transaction;
  return wireBinding.transaction(own === undefined ? undefined : String(own.id));
}

/** Reads the tenant when the query begins, confines the query and binds the tenant to it. Without a tenant nothing is sent. */
const scopeQueries = ({ schema, context, runners: { reads, writes, raw } = {} }: TenancyOptions) =>
  Prisma.defineExtension({
    name: 'tenancy: every query',
    query: {
      // The type of this callback depends on the client, which is not known here.
      $allOperations: ((made: AnyQuery): PromiseLike<unknown> => {
        const { model, operation, args, query } = made;
        const { organizationId } = context;
        if (model === undefined) {
          if (!rawOperations.has(operation)) throw new UnsupportedTenantQueryError(operation, 'Use $queryRaw or $executeRaw with a tagged template.');
          const target = targetOf(made, organizationId);
          return (target && raw?.run(target, operation, args)) ?? wireBinding.run(organizationId, () => query(args));
        }
        const scoped = scopeOperation({ schema, organizationId }, model, operation, args as Args);
        if (scoped.operation !== operation)
          throw new UnsupportedTenantQueryError(`${model}.${operation} inside the extension`, 'It should have been replaced before. Report this as a bug.');
        const target = targetOf(made, organizationId);
        if (readOperations.has(operation)) {
          const read = target && reads?.run(target, model, operation, scoped.args);
          return read ?? wireBinding.run(organizationId, () => query(scoped.args), { writes: false });
        }
        const locks = locksFor(schema[model], operation, organizationId, openTransactionOf(made));
        const write = target && writes?.run({ ...target, locks }, model, operation, scoped.args);
        return write ?? wireBinding.run(organizationId, () => query(writes?.complete(model, operation, scoped.args) ?? scoped.args), { locks });
      }) as never,
    },
  });

/**
 * Replaces findUnique by findFirst. A query extension cannot do that: it can only run its own operation, and another
 * operation on the base client would run outside the transaction (docs/decisions/0005).
 */
const replaceFindUnique = ({ schema }: TenancyOptions) => {
  const flattened = (model: string, { where, ...args }: Args): Args => ({ ...args, where: flattenUniqueWhere({ schema }, model, where) });
  return Prisma.defineExtension({
    name: 'tenancy: no data loader',
    model: {
      $allModels: {
        findUnique(this: unknown, args: Args) {
          const delegate = Prisma.getExtensionContext(this) as unknown as Delegate;
          return delegate.findFirst(flattened(delegate.$name, args));
        },
        findUniqueOrThrow(this: unknown, args: Args) {
          const delegate = Prisma.getExtensionContext(this) as unknown as Delegate;
          return delegate.findFirstOrThrow(flattened(delegate.$name, args));
        },
      },
    },
  });
};

interface Extendable {
  $extends(extension: unknown): Extendable;
  $transaction(work: unknown, options?: unknown): Promise<unknown>;
}

/** Runs the transactions of a tenant's client; undefined when Prisma runs them. */
function directTransactions(prisma: Extendable, { schema, context, runners: { connect, reads, writes, raw } = {} }: TenancyOptions): DirectTransactions | undefined {
  if (connect === undefined || reads === undefined) return undefined;
  const { models } = reads;
  return new DirectTransactions(
    {
      models,
      connect,
      prisma,
      run: (open, model, operation, args) => {
        const { organizationId } = context;
        const scoped = scopeOperation({ schema, organizationId }, model, operation, args);
        const target = targetIn(open, organizationId);
        if (readOperations.has(operation)) return reads.run(target, model, scoped.operation, scoped.args);
        locksFor(schema[model], operation, organizationId, open);
        return writes?.run(target, model, scoped.operation, scoped.args);
      },
      runRaw: (open, operation, sql) => raw?.run(targetIn(open, context.organizationId), operation, sql),
    },
    { unsafe: false },
  );
}

/** Returns how `wireBinding` begins a transaction: directly, or by Prisma. */
export const begins =
  (prisma: Pick<Extendable, '$transaction'>, run: (tx: unknown) => PromiseLike<unknown>, limits: TransactionLimits, direct: DirectTransactions | undefined) =>
  (inside: (work: () => PromiseLike<unknown>, id?: string) => PromiseLike<unknown>, open: OpenTransaction): PromiseLike<unknown> =>
    direct?.run(open, inside, run, limits) ?? prisma.$transaction((tx: unknown) => inside(() => run(tx), transactionIdOf(tx)), limits);

/**
 * Creates the client for the data of the current tenant. The tenant is read from the context when a query begins, which is
 * when it is awaited.
 *
 * @param base a generated Prisma client whose connection pool binds the tenant of `wireBinding`
 * @throws {UnsafeTenantSchemaError} when a relation of the schema could leave a tenant
 */
export function createTenantClient<Client>(base: Client, options: TenancyOptions): TenantClientOf<Client> {
  assertTenantSafe(options.schema);
  const scoped = (base as unknown as Extendable).$extends(scopeQueries(options)).$extends(replaceFindUnique(options));
  const direct = directTransactions(scoped, options);
  const transaction = Prisma.defineExtension({
    name: 'tenancy: transactions',
    client: {
      async $transaction(work: unknown, { locksOrganization = false, ...settings }: TransactionOptions = {}): Promise<unknown> {
        if (typeof work !== 'function') throw new UnsupportedTenantQueryError('$transaction with an array', 'Use $transaction(async (tx) => { … }).');
        if ('isolationLevel' in settings) throw new IsolationLevelError();
        const { organizationId } = options.context;
        const run = work as (tx: unknown) => PromiseLike<unknown>;
        return wireBinding.runTransaction(organizationId, begins(scoped, run, settings, direct), {
          locks: locksOrganization ? organizationId : undefined,
          timeout: settings.timeout,
        });
      },
    },
  });
  const client = scoped.$extends(transaction) as unknown as TenantClientOf<Client>;
  const { schema, context, runners: { reads } = {} } = options;
  if (reads === undefined) return client;
  return withDirectReads(client, reads.models, (model, operation, args) => {
    const { organizationId } = context;
    const scoped = scopeOperation({ schema, organizationId }, model, operation, args);
    return reads.run({ organizationId }, model, scoped.operation, scoped.args);
  });
}
