import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { MailModule } from '../mail/mail.module.js';
import { MembersModule } from '../members/members.module.js';
import { RolesModule } from '../roles/roles.module.js';
import { DirectoriesController } from './directories.controller.js';
import { DirectoriesService } from './directories.service.js';
import { DirectoryGroupsController } from './directory-groups.controller.js';
import { DirectoryGroupsService } from './directory-groups.service.js';
import { DirectoryAccessService } from './scim/directory-access.service.js';
import { ScimController } from './scim/scim.controller.js';
import { ScimReadsService } from './scim/scim-reads.service.js';
import { ScimStoreService } from './scim/scim-store.service.js';

@Module({
  imports: [AuditModule, AuthModule, MailModule, MembersModule, RolesModule],
  controllers: [DirectoriesController, DirectoryGroupsController, ScimController],
  providers: [DirectoriesService, DirectoryGroupsService, DirectoryAccessService, ScimReadsService, ScimStoreService],
})
export class DirectoriesModule {}
