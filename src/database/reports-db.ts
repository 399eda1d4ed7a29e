import type { TenantDb } from './tenant-db.js';
import type { TenantPool } from './wire/tenant-pool.js';

/**
 * The client of the current tenant for reports and exports: {@link TenantDb}, or the same on a read replica (`DATABASE_REPORTS_URL`), which may be some
 * seconds behind. It only reads, outside of transactions.
 */
export abstract class ReportsDb {}
export interface ReportsDb extends Pick<TenantDb, '$queryRaw'> {}

/** The connections of {@link ReportsDb}: those of the tenants, or of the replica. */
export abstract class ReportsPool {}
export interface ReportsPool extends TenantPool {}
