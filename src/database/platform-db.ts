import type { PrismaClient } from '../generated/prisma/client.js';

/**
 * The Prisma client that sees **all** tenants and the tables that belong to none. For what is not a tenant's request:
 * signing in, finding the tenant, jobs. Only a short list of modules may inject it; `TenantDb` is the default.
 */
export abstract class PlatformDb {}
export interface PlatformDb extends PrismaClient {}

export type { PlatformTransaction } from './transactions.js';
