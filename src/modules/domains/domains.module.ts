import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { MembersModule } from '../members/members.module.js';
import { DomainsController } from './domains.controller.js';
import { DomainsService } from './domains.service.js';
import { JoinRequestsController } from './join-requests.controller.js';
import { JoinRequestsService } from './join-requests.service.js';
import { JoiningController } from './joining.controller.js';
import { JoiningService } from './joining.service.js';
import { DnsTxtRecords, TxtRecords } from './txt-records.js';

@Module({
  imports: [MailModule, MembersModule],
  controllers: [DomainsController, JoiningController, JoinRequestsController],
  providers: [DomainsService, JoiningService, JoinRequestsService, { provide: TxtRecords, useClass: DnsTxtRecords }],
})
export class DomainsModule {}
