import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { MailModule } from '../mail/mail.module.js';
import { MembersModule } from '../members/members.module.js';
import { CheckDomainsJob } from './proofs/check-domains.job.js';
import { DomainContestsService } from './proofs/domain-contests.service.js';
import { DomainProofsService } from './proofs/domain-proofs.service.js';
import { DomainReleasesService } from './proofs/domain-releases.service.js';
import { DomainsController } from './domains.controller.js';
import { DomainsService } from './domains.service.js';
import { JoinRequestsController } from './join-requests.controller.js';
import { JoinRequestsService } from './join-requests.service.js';
import { JoiningController } from './joining.controller.js';
import { JoiningService } from './joining.service.js';
import { DnsTxtRecords, TxtRecords } from './proofs/txt-records.js';

@Module({
  imports: [AuthModule, MailModule, MembersModule],
  controllers: [DomainsController, JoiningController, JoinRequestsController],
  providers: [
    DomainsService,
    DomainContestsService,
    DomainProofsService,
    DomainReleasesService,
    CheckDomainsJob,
    JoiningService,
    JoinRequestsService,
    { provide: TxtRecords, useClass: DnsTxtRecords },
  ],
  exports: [DomainReleasesService],
})
export class DomainsModule {}
