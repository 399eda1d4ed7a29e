import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { AdmissionService } from './admission.service.js';
import { MembersController } from './members.controller.js';
import { MembersService } from './members.service.js';
import { MembershipRulesService } from './membership-rules.service.js';
import { MembershipsService } from './memberships.service.js';

@Module({
  imports: [AuthModule],
  controllers: [MembersController],
  providers: [MembersService, MembershipsService, MembershipRulesService, AdmissionService],
  exports: [MembershipsService, MembershipRulesService, AdmissionService],
})
export class MembersModule {}
