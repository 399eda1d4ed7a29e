import type { PrismaClient } from '../generated/prisma/client.js';
import type { TenantClientOf, TenantTransactionOf } from '../tenancy/tenant-extension.js';

/**
 * The Prisma client of the tenant that is current: reads and writes its rows and no others. Inject this one, in every
 * service; it throws where no tenant is current.
 */
export abstract class TenantDb {}
export interface TenantDb extends TenantClientOf<PrismaClient> {}

/** What a transaction of {@link TenantDb} is handed. */
export type TenantTransaction = TenantTransactionOf<PrismaClient>;
