import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { AccessChecksController } from './access-checks.controller.js';
import { AccessChecksService } from './access-checks.service.js';
import { CustomRolesService } from './custom-roles.service.js';
import { MemberAccessController } from './member-access.controller.js';
import { PermissionsController } from './permissions.controller.js';
import { RolesController } from './roles.controller.js';

@Module({
  imports: [MembersModule, UsageModule],
  controllers: [PermissionsController, RolesController, AccessChecksController, MemberAccessController],
  providers: [CustomRolesService, AccessChecksService],
  exports: [CustomRolesService],
})
export class RolesModule {}
