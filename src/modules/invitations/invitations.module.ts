import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { MailModule } from '../mail/mail.module.js';
import { MembersModule } from '../members/members.module.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { InvitationLinksController } from './invitation-links.controller.js';
import { InvitationMailService } from './invitation-mail.service.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsService } from './invitations.service.js';

@Module({
  imports: [AuthModule, MailModule, MembersModule],
  controllers: [InvitationsController, InvitationLinksController],
  providers: [InvitationsService, InvitationMailService, InvitationAcceptanceService],
})
export class InvitationsModule {}
