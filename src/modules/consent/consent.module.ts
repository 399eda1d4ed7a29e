import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { MembersModule } from '../members/members.module.js';
import { ConsentController } from './consent.controller.js';
import { ConsentMailsService } from './consent-mails.service.js';
import { ConsentService } from './consent.service.js';
import { ConsentTextService } from './consent-text.service.js';
import { GuardianLinksController } from './guardian-links.controller.js';
import { GuardianLinksService } from './guardian-links.service.js';
import { MemberConsentController } from './member-consent.controller.js';

/** The consent of guardians to memberships of minors (docs/consent.md). */
@Module({
  imports: [MailModule, MembersModule],
  controllers: [ConsentController, MemberConsentController, GuardianLinksController],
  providers: [ConsentService, ConsentMailsService, ConsentTextService, GuardianLinksService],
})
export class ConsentModule {}
