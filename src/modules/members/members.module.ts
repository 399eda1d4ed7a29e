import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { AdmissionService } from './admission.service.js';
import { MemberCeilingsService } from './member-ceilings.service.js';
import { MembersController } from './members.controller.js';
import { MembersService } from './members.service.js';
import { MembershipRulesService } from './membership-rules.service.js';
import { PlatformMembersController } from './operator/platform-members.controller.js';
import { PlatformMembersService } from './operator/platform-members.service.js';
import { MembershipsService } from './memberships.service.js';

@Module({
  imports: [MailModule],
  controllers: [MembersController, PlatformMembersController],
  providers: [MembersService, MembershipsService, MembershipRulesService, MemberCeilingsService, AdmissionService, PlatformMembersService],
  exports: [MembershipsService, MembershipRulesService, MemberCeilingsService, AdmissionService],
})
export class MembersModule {}
