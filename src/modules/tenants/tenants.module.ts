import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CatalogChanges } from './catalog-changes.service.js';
import { EraseDeletedOrganizationsJob } from './erase-deleted-organizations.job.js';
import { TenantExport } from './tenant-export.service.js';
import { TenantImport } from './tenant-import.service.js';
import { TenantsService } from './tenants.service.js';

@Module({
  imports: [AuditModule],
  providers: [TenantsService, CatalogChanges, EraseDeletedOrganizationsJob, TenantExport, TenantImport],
  exports: [TenantsService, CatalogChanges, TenantExport],
})
export class TenantsModule {}
