import type { PrismaClient } from '../generated/prisma/client.js';
import type { PlatformTransactionOptions } from '../tenancy/platform-extension.js';
import type { PlatformTransaction } from './transactions.js';

/**
 * The Prisma client that sees the rows of **all** tenants and the tables that belong to none. For work outside of a tenant:
 * sign-in, finding the tenant, jobs. Only the files that `.dependency-cruiser.cjs` lists may inject it; `TenantDb` is the
 * default.
 */
export abstract class PlatformDb {}
export interface PlatformDb extends Omit<PrismaClient, '$transaction'> {
  $transaction<Result>(work: (tx: PlatformTransaction) => Promise<Result>, options?: PlatformTransactionOptions): Promise<Result>;
}

export type { PlatformTransaction };
