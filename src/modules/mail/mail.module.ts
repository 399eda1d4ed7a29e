import { Module } from '@nestjs/common';
import { ObservabilityModule } from '../../observability/observability.module.js';
import { DeliverMailWorker } from './deliver-mail.worker.js';
import { MailAttachmentsService } from './mail-attachments.service.js';
import { MailCountsService } from './mail-counts.service.js';
import { MailMetricsService } from './mail-metrics.service.js';
import { MailProgressService } from './mail-progress.service.js';
import { MailServerService } from './mail-server.service.js';
import { MailTransport } from './mail.transport.js';
import { OutboxService } from './outbox.service.js';
import { PlatformMailsController } from './platform-mails.controller.js';
import { PlatformMailsService } from './platform-mails.service.js';
import { PurgeMailJob } from './purge-mail.job.js';

@Module({
  imports: [ObservabilityModule],
  controllers: [PlatformMailsController],
  providers: [
    OutboxService,
    MailTransport,
    MailServerService,
    DeliverMailWorker,
    PurgeMailJob,
    MailAttachmentsService,
    MailCountsService,
    MailMetricsService,
    MailProgressService,
    PlatformMailsService,
  ],
  exports: [OutboxService, MailAttachmentsService, MailProgressService],
})
export class MailModule {}
