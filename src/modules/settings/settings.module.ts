import { Module } from '@nestjs/common';
import { ApplyRetentionJob } from './security/apply-retention.job.js';
import { BrandingController } from './branding/branding.controller.js';
import { CustomCssService } from './branding/custom-css.service.js';
import { BrandingService } from './branding/branding.service.js';
import { ComplianceController } from './security/compliance.controller.js';
import { CustomSettingsController } from './custom-settings.controller.js';
import { EntitlementsController } from './features/entitlements.controller.js';
import { FeaturesController } from './features/features.controller.js';
import { FeaturesService } from './features/features.service.js';
import { IntegrationsController } from './integrations/integrations.controller.js';
import { IntegrationsService } from './integrations/integrations.service.js';
import { MailModule } from '../mail/mail.module.js';
import { PolicyChangesService } from './security/policy-changes.service.js';
import { BreakGlassController } from './security/break-glass.controller.js';
import { BreakGlassService } from './security/break-glass.service.js';
import { SecurityController } from './security/security.controller.js';
import { SecurityService } from './security/security.service.js';
import { SettingsController } from './settings.controller.js';
import { SettingsDocumentsService } from './settings-documents.service.js';
import { SettingsService } from './settings.service.js';
import { TenantController } from './tenant/tenant.controller.js';
import { TenantService } from './tenant/tenant.service.js';
import { TenantInfoController } from './branding/tenant-info.controller.js';
import { TenantInfoService } from './branding/tenant-info.service.js';

@Module({
  imports: [MailModule],
  controllers: [
    SettingsController,
    FeaturesController,
    EntitlementsController,
    CustomSettingsController,
    IntegrationsController,
    BrandingController,
    SecurityController,
    BreakGlassController,
    ComplianceController,
    TenantInfoController,
    TenantController,
  ],
  providers: [
    SettingsDocumentsService,
    SettingsService,
    FeaturesService,
    IntegrationsService,
    BrandingService,
    CustomCssService,
    PolicyChangesService,
    SecurityService,
    BreakGlassService,
    TenantInfoService,
    TenantService,
    ApplyRetentionJob,
  ],
})
export class SettingsModule {}
