import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { DomainsModule } from '../domains/domains.module.js';
import { MailModule } from '../mail/mail.module.js';
import { MembersModule } from '../members/members.module.js';
import { OrganizationDirectoryModule } from '../organizations/organization-directory.module.js';
import { TenantExportService } from './archive/tenant-export.service.js';
import { TenantImportService } from './archive/tenant-import.service.js';
import { ObservabilityModule } from '../../observability/observability.module.js';
import { BackupMetricsService } from './backups/backup-metrics.service.js';
import { BackupStorage } from './backups/backup-storage.js';
import { BackupsService } from './backups/backups.service.js';
import { RunBackupsWorker } from './backups/run-backups.worker.js';
import { CatalogChangesService } from './catalog/catalog-changes.service.js';
import { ExportDownloadsController } from './exports/export-downloads.controller.js';
import { ExportDownloadsService } from './exports/export-downloads.service.js';
import { ExportLinksService } from './exports/export-links.service.js';
import { ExportStorage } from './exports/export-storage.js';
import { OrganizationExportsController } from './exports/organization-exports.controller.js';
import { OrganizationExportsService } from './exports/organization-exports.service.js';
import { PlatformExportsController } from './exports/platform-exports.controller.js';
import { PlatformExportsService } from './exports/platform-exports.service.js';
import { RunExportsWorker } from './exports/run-exports.worker.js';
import { OrganizationImportsController } from './imports/organization-imports.controller.js';
import { OrganizationImportsService } from './imports/organization-imports.service.js';
import { RunImportsWorker } from './imports/run-imports.worker.js';
import { ImpersonationService } from './impersonation.service.js';
import { JobsController } from './jobs.controller.js';
import { OrganizationErasureService } from './lifecycle/organization-erasure.service.js';
import { EraseDeletedOrganizationsJob } from './lifecycle/erase-deleted-organizations.job.js';
import { TenantDeprovisioningService } from './lifecycle/tenant-deprovisioning.service.js';
import { TenantLifecycleService } from './lifecycle/tenant-lifecycle.service.js';
import { TenantCreationService } from './provisioning/tenant-creation.service.js';
import { ProvisioningStepsService } from './provisioning/tenant-provisioning-steps.service.js';
import { TenantProvisioningService } from './provisioning/tenant-provisioning.service.js';
import { TenantDirectoryService } from './tenant-directory.service.js';
import { TenantRecoveryController } from './recovery/tenant-recovery.controller.js';
import { TenantRecoveryService } from './recovery/tenant-recovery.service.js';
import { TenantOverridesService } from './tenant-overrides.service.js';
import { UsersImportService } from './users-import/users-import.service.js';
import { TenantsController } from './tenants.controller.js';

/** The operator's view of tenants, over HTTP and, through the same services, from the command line. */
@Module({
  imports: [AuditModule, AuthModule, DomainsModule, MailModule, MembersModule, OrganizationDirectoryModule, ObservabilityModule],
  controllers: [
    ExportDownloadsController,
    JobsController,
    OrganizationExportsController,
    OrganizationImportsController,
    PlatformExportsController,
    TenantRecoveryController,
    TenantsController,
  ],
  providers: [
    BackupMetricsService,
    BackupStorage,
    BackupsService,
    CatalogChangesService,
    EraseDeletedOrganizationsJob,
    ExportDownloadsService,
    ExportLinksService,
    ExportStorage,
    OrganizationErasureService,
    OrganizationExportsService,
    OrganizationImportsService,
    PlatformExportsService,
    RunBackupsWorker,
    RunExportsWorker,
    RunImportsWorker,
    ImpersonationService,
    ProvisioningStepsService,
    TenantCreationService,
    TenantDeprovisioningService,
    TenantDirectoryService,
    TenantExportService,
    TenantImportService,
    TenantLifecycleService,
    TenantOverridesService,
    TenantProvisioningService,
    TenantRecoveryService,
    UsersImportService,
  ],
})
export class TenantsModule {}
