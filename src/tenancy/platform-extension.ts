import { Prisma } from '@prisma/client/extension';
import type { Args } from './model-kind.js';
import { isInTransaction, type QueryOfTransaction, type ReadRunner } from './read-runner.js';
import { IsolationLevelError, UnsupportedTenantQueryError } from './tenant-errors.js';
import { readOperations, type TransactionOptions } from './tenant-extension.js';
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
  $transaction(work: unknown, options?: unknown): PromiseLike<unknown>;
}

/** Sends reads without the settings that only writes need. */
const markReads = (reads: ReadRunner | undefined) =>
  Prisma.defineExtension({
    name: 'platform: reads',
    query: {
      $allOperations: ((made: AnyQuery): PromiseLike<unknown> => {
        const { model, operation, args, query } = made;
        const read = model === undefined || isInTransaction(made) ? undefined : reads?.run(undefined, model, operation, (args ?? {}) as Args);
        return read ?? wireBinding.run(undefined, () => query(args), { writes: !readOperations.has(operation) });
      }) as never,
    },
  });

/**
 * Creates the client for the data of all tenants.
 *
 * @param base a generated Prisma client
 * @param reads runs those reads that it supports; Prisma runs the others, and those of transactions
 */
export function createPlatformClient<Client>(base: Client, reads?: ReadRunner): Client {
  const marked = (base as unknown as Extendable).$extends(markReads(reads));
  const transactions = Prisma.defineExtension({
    name: 'platform: transactions',
    client: {
      async $transaction(work: unknown, { locksOrganization, locksOrganizationLater, ...settings }: PlatformTransactionOptions = {}): Promise<unknown> {
        if (typeof work !== 'function') throw new UnsupportedTenantQueryError('$transaction with an array', 'Use $transaction(async (tx) => { … }).');
        if ('isolationLevel' in settings) throw new IsolationLevelError();
        const run = work as (tx: unknown) => unknown;
        return wireBinding.runTransaction(undefined, (inside) => marked.$transaction((tx: unknown) => inside(() => run(tx)), settings), {
          locks: locksOrganization,
          locksLater: locksOrganizationLater,
        });
      },
    },
  });
  return marked.$extends(transactions) as unknown as Client;
}
