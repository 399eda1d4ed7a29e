import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { MailModule } from '../mail/mail.module.js';
import { MembersModule } from '../members/members.module.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { InvitationLinksController } from './invitation-links.controller.js';
import { InvitationMailService } from './invitation-mail.service.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsService } from './invitations.service.js';
import { MemberAdditionsController } from './member-additions.controller.js';
import { MemberAdditionsService } from './member-additions.service.js';

@Module({
  imports: [AuthModule, MailModule, MembersModule],
  controllers: [InvitationsController, InvitationLinksController, MemberAdditionsController],
  providers: [InvitationsService, InvitationMailService, MemberAdditionsService, InvitationAcceptanceService],
})
export class InvitationsModule {}
