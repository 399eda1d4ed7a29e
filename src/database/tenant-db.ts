import type { PrismaClient } from '../generated/prisma/client.js';
import type { TenantClientOf, TenantTransactionOf } from '../tenancy/tenant-extension.js';

/**
 * The Prisma client of the current tenant: it reads and writes the rows of this tenant only. Services inject this client by
 * default. It throws where no tenant is current.
 */
export abstract class TenantDb {}
export interface TenantDb extends TenantClientOf<PrismaClient> {}

/** The client inside a transaction of {@link TenantDb}. */
export type TenantTransaction = TenantTransactionOf<PrismaClient>;
