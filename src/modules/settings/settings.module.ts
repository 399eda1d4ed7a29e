import { Module } from '@nestjs/common';
import { ApplyRetentionJob } from './apply-retention.job.js';
import { BrandingController } from './branding.controller.js';
import { BrandingService } from './branding.service.js';
import { ComplianceController } from './compliance.controller.js';
import { CustomSettingsController } from './custom-settings.controller.js';
import { EntitlementsController } from './entitlements.controller.js';
import { FeaturesController } from './features.controller.js';
import { FeaturesService } from './features.service.js';
import { IntegrationsController } from './integrations.controller.js';
import { IntegrationsService } from './integrations.service.js';
import { LockOuts } from './lock-outs.service.js';
import { SecurityController } from './security.controller.js';
import { SecurityService } from './security.service.js';
import { SettingsController } from './settings.controller.js';
import { SettingsDocuments } from './settings-documents.service.js';
import { SettingsService } from './settings.service.js';
import { TenantInfoController } from './tenant-info.controller.js';
import { TenantInfo } from './tenant-info.service.js';

@Module({
  controllers: [
    SettingsController,
    FeaturesController,
    EntitlementsController,
    CustomSettingsController,
    IntegrationsController,
    BrandingController,
    SecurityController,
    ComplianceController,
    TenantInfoController,
  ],
  providers: [SettingsDocuments, SettingsService, FeaturesService, IntegrationsService, BrandingService, LockOuts, SecurityService, TenantInfo, ApplyRetentionJob],
})
export class SettingsModule {}
