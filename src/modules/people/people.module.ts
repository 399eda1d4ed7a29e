import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { MailModule } from '../mail/mail.module.js';
import { CompleteErasuresJob } from './complete-erasures.job.js';
import { ErasureReceiptsService } from './erasure-receipts.service.js';
import { ErasuresController } from './erasures.controller.js';
import { ErasuresService } from './erasures.service.js';
import { LegalHoldsController } from './legal-holds.controller.js';
import { LegalHoldsService } from './legal-holds.service.js';
import { PersonExportController } from './person-export.controller.js';
import { PersonExportService } from './person-export.service.js';

/** Exports the data of people, and erases them. */
@Module({
  imports: [AuditModule, AuthModule, MailModule],
  controllers: [ErasuresController, LegalHoldsController, PersonExportController],
  providers: [CompleteErasuresJob, ErasureReceiptsService, ErasuresService, LegalHoldsService, PersonExportService],
})
export class PeopleModule {}
