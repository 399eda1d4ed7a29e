import type { TenantTransaction } from '../../../database/tenant-db.js';
import { hourlyExports, unfinished } from './export-status.js';
import { OrganizationExportRunningError, TooManyExportsError } from './exports.errors.js';

/** The table of exports, in the tenant's transaction and in the platform's. */
interface ExportTables {
  readonly organizationExport: Pick<TenantTransaction['organizationExport'], 'count'>;
}

/**
 * Checks whether an organization can be exported now. Call it under the lock of the organization.
 *
 * @throws {OrganizationExportRunningError | TooManyExportsError}
 */
export async function assertMayExport(tx: ExportTables, organizationId: string, now: Date): Promise<void> {
  if ((await tx.organizationExport.count({ where: { organizationId, status: { in: unfinished } } })) > 0) throw new OrganizationExportRunningError();
  const recent = await tx.organizationExport.count({ where: { organizationId, createdAt: { gt: new Date(now.getTime() - 3600 * 1000) } } });
  if (recent >= hourlyExports) throw new TooManyExportsError(hourlyExports);
}
