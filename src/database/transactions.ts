import type { Prisma } from '../generated/prisma/client.js';

/**
 * What a transaction of PlatformDb is handed. Who only takes part in another's transaction imports this type, and so
 * cannot begin one.
 */
export type PlatformTransaction = Prisma.TransactionClient;
