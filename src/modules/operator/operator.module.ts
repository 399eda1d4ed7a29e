import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { MailModule } from '../mail/mail.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { Impersonation } from './impersonation.service.js';
import { JobsController } from './jobs.controller.js';
import { TenantCreation } from './tenant-creation.service.js';
import { TenantDeprovisioning } from './tenant-deprovisioning.service.js';
import { TenantDirectory } from './tenant-directory.service.js';
import { TenantLifecycle } from './tenant-lifecycle.service.js';
import { TenantOverrides } from './tenant-overrides.service.js';
import { ProvisioningSteps } from './tenant-provisioning-steps.service.js';
import { TenantProvisioning } from './tenant-provisioning.service.js';
import { TenantsController } from './tenants.controller.js';

/** The platform operator's side: tenants as a whole, over HTTP and, by the same services, from the command line. */
@Module({
  imports: [AuthModule, MailModule, TenantsModule],
  controllers: [JobsController, TenantsController],
  providers: [TenantCreation, TenantDeprovisioning, TenantDirectory, TenantLifecycle, TenantOverrides, TenantProvisioning, ProvisioningSteps, Impersonation],
  exports: [TenantCreation, TenantDeprovisioning, TenantDirectory, TenantLifecycle, TenantOverrides, TenantProvisioning],
})
export class OperatorModule {}
