import type { Prisma } from '../generated/prisma/client.js';

/**
 * The client inside a transaction of `PlatformDb`. Code that only takes part in a transaction imports this type from here,
 * and so cannot begin one.
 */
export type PlatformTransaction = Omit<Prisma.TransactionClient, '$transaction'>;
