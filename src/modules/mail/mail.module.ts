import { Module } from '@nestjs/common';
import { ObservabilityModule } from '../../observability/observability.module.js';
import { BounceAddressesService } from './bounces/bounce-addresses.service.js';
import { DeliverMailWorker } from './delivery/deliver-mail.worker.js';
import { MailAttachmentsService } from './mail-attachments.service.js';
import { MailCountsService } from './delivery/mail-counts.service.js';
import { MailMetricsService } from './delivery/mail-metrics.service.js';
import { MailProgressService } from './mail-progress.service.js';
import { MailServerService } from './delivery/mail-server.service.js';
import { MailTransport } from './delivery/mail.transport.js';
import { MailRendererService } from './rendering/mail-renderer.service.js';
import { OutboxService } from './outbox.service.js';
import { PlatformMailsController } from './operator/platform-mails.controller.js';
import { PlatformMailsService } from './operator/platform-mails.service.js';
import { PurgeMailJob } from './purge-mail.job.js';
import { SecurityNoticesService } from './security-notices.service.js';

@Module({
  imports: [ObservabilityModule],
  controllers: [PlatformMailsController],
  providers: [
    OutboxService,
    SecurityNoticesService,
    MailRendererService,
    BounceAddressesService,
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
  exports: [OutboxService, SecurityNoticesService, MailAttachmentsService, MailProgressService],
})
export class MailModule {}
