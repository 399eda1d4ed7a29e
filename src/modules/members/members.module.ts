import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { Admission } from './admission.service.js';
import { MembersController } from './members.controller.js';
import { MembersService } from './members.service.js';
import { MembershipRules } from './membership-rules.service.js';
import { MembershipsService } from './memberships.service.js';

@Module({
  imports: [AuthModule],
  controllers: [MembersController],
  providers: [MembersService, MembershipsService, MembershipRules, Admission],
  exports: [MembershipsService, MembershipRules, Admission],
})
export class MembersModule {}
