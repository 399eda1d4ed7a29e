import { Prisma } from '@prisma/client/extension';
import { withDirectReads } from './direct-reads.js';
import { DirectTransactions, targetIn } from './direct-transactions.js';
import { readOperations, type Args } from './model-kind.js';
import { targetOf, type QueryOfTransaction, type StatementRunners } from './statement-runners.js';
import { IsolationLevelError, UnsupportedTenantQueryError } from './tenant-errors.js';
import { begins, type TransactionOptions } from './tenant-extension.js';
import { wireBinding } from './wire-binding.js';

/** The transactions of the platform's client. */
export interface PlatformTransactionOptions extends Omit<TransactionOptions, 'locksOrganization'> {
  /** The id of the organization to lock in the statement that begins the transaction. */
  readonly locksOrganization?: string;
  /** The id of an organization that the work locks after other things: it begins when its turn comes, so that it does not wait with a connection. */
  readonly locksOrganizationLater?: string | undefined;
}

interface AnyQuery extends QueryOfTransaction {
  readonly model?: string | undefined;
  readonly operation: string;
  readonly args: unknown;
  readonly query: (args: unknown) => PromiseLike<unknown>;
}

interface Extendable {
  $extends(extension: unknown): Extendable;
  $transaction(work: unknown, options?: unknown): Promise<unknown>;
}

/** Runs what the runners support, and sends other reads without the settings that only writes need. */
const runStatements = ({ reads, writes, raw }: StatementRunners) =>
  Prisma.defineExtension({
    name: 'platform: statements',
    query: {
      $allOperations: ((made: AnyQuery): PromiseLike<unknown> => {
        const { model, operation, args, query } = made;
        const isRead = readOperations.has(operation);
        const target = targetOf(made, undefined);
        const run = target && (model === undefined ? raw?.run(target, operation, args) : (isRead ? reads : writes)?.run(target, model, operation, (args ?? {}) as Args));
        if (run !== undefined) return run;
        const completed = isRead || model === undefined || writes === undefined ? args : writes.complete(model, operation, (args ?? {}) as Args);
        return wireBinding.run(undefined, () => query(completed), { writes: !isRead });
      }) as never,
    },
  });

/** Runs the transactions of the platform's client; undefined when Prisma runs them. */
function directTransactions(prisma: Extendable, { connect, reads, writes, raw }: StatementRunners): DirectTransactions | undefined {
  if (connect === undefined || reads === undefined) return undefined;
  return new DirectTransactions(
    {
      models: reads.models,
      connect,
      prisma,
      run: (open, model, operation, args) => (readOperations.has(operation) ? reads : writes)?.run(targetIn(open, undefined), model, operation, args),
      runRaw: (open, operation, sql) => raw?.run(targetIn(open, undefined), operation, sql),
    },
    { unsafe: true },
  );
}

/**
 * Creates the client for the data of all tenants.
 *
 * @param base a generated Prisma client
 * @param runners run those statements that they support; Prisma runs the others
 */
export function createPlatformClient<Client>(base: Client, runners: StatementRunners = {}): Client {
  const marked = (base as unknown as Extendable).$extends(runStatements(runners));
  const direct = directTransactions(marked, runners);
  const transactions = Prisma.defineExtension({
    name: 'platform: transactions',
    client: {
      async $transaction(work: unknown, { locksOrganization, locksOrganizationLater, ...settings }: PlatformTransactionOptions = {}): Promise<unknown> {
        if (typeof work !== 'function') throw new UnsupportedTenantQueryError('$transaction with an array', 'Use $transaction(async (tx) => { … }).');
        if ('isolationLevel' in settings) throw new IsolationLevelError();
        const run = work as (tx: unknown) => PromiseLike<unknown>;
        return wireBinding.runTransaction(undefined, begins(marked, run, settings, direct), {
          locks: locksOrganization,
          locksLater: locksOrganizationLater,
          timeout: settings.timeout,
        });
      },
    },
  });
  const client = marked.$extends(transactions) as unknown as Client;
  const { reads } = runners;
  return reads === undefined ? client : withDirectReads(client, reads.models, (model, operation, args) => reads.run({ organizationId: undefined }, model, operation, args));
}
