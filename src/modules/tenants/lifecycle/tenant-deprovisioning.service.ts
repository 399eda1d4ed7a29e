import { Injectable } from '@nestjs/common';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Clock } from '../../../common/clock.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { TenantExportService, type ArchiveProgress } from '../archive/tenant-export.service.js';
import { TenantNotFoundError, WrongTenantStateError } from '../tenants.errors.js';

export interface DeprovisioningResult {
  readonly id: string;
  /** The path of the archive on the machine that wrote it; null when no backup was requested. */
  readonly backup: string | null;
  /** When the organization is permanently erased. */
  readonly eraseAfter: Date;
}

export interface DeprovisioningOptions {
  /** The operator; undefined for the command line. */
  readonly operatorId?: string;
  readonly onProgress?: ArchiveProgress;
}

/** Takes tenants out of service: writes a backup, closes the tenant, and has it erased after the grace period. */
@Injectable()
export class TenantDeprovisioningService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly tenantExport: TenantExportService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * @param backup false for no backup, true for a file in `<DATA_DIR>/backups`, or the path of the file
   * @throws {TenantNotFoundError | WrongTenantStateError}
   */
  async deprovisionTenant(id: string, backup: boolean | string, { operatorId, onProgress }: DeprovisioningOptions = {}): Promise<DeprovisioningResult> {
    const tenant = await this.platform.organization.findUnique({ where: { id } });
    if (tenant === null) throw new TenantNotFoundError();
    if (tenant.deletedAt !== null) throw new WrongTenantStateError('The tenant is already deleted.');
    const file = backup === false ? null : backup === true ? await this.#fileFor(tenant.slug) : path.resolve(backup);
    if (file !== null) await this.tenantExport.exportTenant(id, file, onProgress);
    const now = this.clock.now();
    const eraseAfter = new Date(now.getTime() + 1000 * lifetimes.deletedOrganization);
    const deletedBy = operatorId === undefined ? {} : { deletedById: operatorId, updatedById: operatorId };
    const data = {
      status: 'cancelled' as const,
      suspendedAt: null,
      suspendedFrom: null,
      suspendedReason: null,
      deletedAt: now,
      eraseAfter,
      version: { increment: 1 },
      ...deletedBy,
    };
    await this.platform.organization.update({ where: { id }, data });
    return { id, backup: file, eraseAfter };
  }

  async #fileFor(slug: string): Promise<string> {
    const folder = path.resolve(this.config.dataDir, 'backups');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return path.join(folder, `${slug}-${this.clock.now().toISOString().replace(/[:.]/g, '-')}.zip`);
  }
}
