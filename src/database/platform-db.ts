import type { PrismaClient } from '../generated/prisma/client.js';

/**
 * The Prisma client that sees the rows of **all** tenants and the tables that belong to none. For work outside of a tenant:
 * sign-in, finding the tenant, jobs. Only the files that `.dependency-cruiser.cjs` lists may inject it; `TenantDb` is the
 * default.
 */
export abstract class PlatformDb {}
export interface PlatformDb extends PrismaClient {}

export type { PlatformTransaction } from './transactions.js';
