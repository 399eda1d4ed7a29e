import type { Prisma } from '../generated/prisma/client.js';
import { wireBinding } from '../tenancy/wire-binding.js';

/**
 * The client inside a transaction of `PlatformDb`. Code that only takes part in a transaction imports this type from here,
 * and so cannot begin one.
 */
export type PlatformTransaction = Omit<Prisma.TransactionClient, '$transaction'>;

/**
 * Sends the last statement of a transaction together with its COMMIT, which saves a round trip under its locks. Afterwards the
 * transaction has been committed: its work sends nothing more, and does not fail. If the statement or the COMMIT fails, the transaction fails with that error.
 */
export const lastStatement = <Result>(statement: () => PromiseLike<Result>): Promise<Result> => wireBinding.ending(statement);
