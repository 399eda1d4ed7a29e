import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { MailModule } from '../mail/mail.module.js';
import { CompleteErasuresJob } from './complete-erasures.job.js';
import { ErasureReceiptsService } from './erasure-receipts.service.js';
import { ErasuresController } from './erasures.controller.js';
import { ErasuresService } from './erasures.service.js';

/** Erases people from the installation. */
@Module({
  imports: [AuditModule, AuthModule, MailModule],
  controllers: [ErasuresController],
  providers: [CompleteErasuresJob, ErasureReceiptsService, ErasuresService],
})
export class PeopleModule {}
