import { Module } from '@nestjs/common';
import { AuthModule } from '../auth.module.js';
import { MailModule } from '../../mail/mail.module.js';
import { MembersModule } from '../../members/members.module.js';
import { SamlConnectionsController } from './saml/saml-connections.controller.js';
import { SamlConnectionsService } from './saml/saml-connections.service.js';
import { SamlController } from './saml/saml.controller.js';
import { SamlService } from './saml/saml.service.js';
import { SsoConnectionsController } from './sso-connections.controller.js';
import { SsoConnectionsService } from './sso-connections.service.js';
import { SsoController } from './sso.controller.js';
import { SsoDiscoveryService } from './sso-discovery.service.js';
import { SsoSetupController } from './setup/setup.controller.js';
import { SsoSetupLinksController } from './setup/setup-links.controller.js';
import { TenantSetupLinksController } from './setup/tenant-setup-links.controller.js';
import { SsoSetupLinksService } from './setup/setup-links.service.js';
import { SsoSignOutsService } from './sso-sign-outs.service.js';
import { SsoSignInsService } from './sso-sign-ins.service.js';
import { SsoLinksService } from './sso-links.service.js';
import { SsoVisitsService } from './sso-visits.service.js';

@Module({
  imports: [AuthModule, MailModule, MembersModule],
  controllers: [SsoController, SsoConnectionsController, SsoSetupLinksController, SsoSetupController, TenantSetupLinksController, SamlController, SamlConnectionsController],
  providers: [
    SsoConnectionsService,
    SsoDiscoveryService,
    SsoVisitsService,
    SsoSignInsService,
    SsoLinksService,
    SsoSignOutsService,
    SsoSetupLinksService,
    SamlService,
    SamlConnectionsService,
  ],
})
export class SsoModule {}
