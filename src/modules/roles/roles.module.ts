import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { AccessChecksController } from './access-checks.controller.js';
import { AccessChecks } from './access-checks.service.js';
import { CustomRoles } from './custom-roles.service.js';
import { PermissionsController } from './permissions.controller.js';
import { RolesController } from './roles.controller.js';

@Module({
  imports: [MembersModule, UsageModule],
  controllers: [PermissionsController, RolesController, AccessChecksController],
  providers: [CustomRoles, AccessChecks],
  exports: [CustomRoles],
})
export class RolesModule {}
