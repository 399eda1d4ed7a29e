import { Module } from '@nestjs/common';
import { DeliverMailWorker } from './deliver-mail.worker.js';
import { MailAttachmentsService } from './mail-attachments.service.js';
import { MailRelay } from './mail.relay.js';
import { MailTransport } from './mail.transport.js';
import { OutboxService } from './outbox.service.js';
import { PurgeMailJob } from './purge-mail.job.js';

@Module({ providers: [OutboxService, MailTransport, DeliverMailWorker, MailRelay, PurgeMailJob, MailAttachmentsService], exports: [OutboxService, MailAttachmentsService] })
export class MailModule {}
