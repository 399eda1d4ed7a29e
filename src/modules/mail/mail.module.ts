import { Module } from '@nestjs/common';
import { DeliverMailWorker } from './deliver-mail.worker.js';
import { MailRelay } from './mail.relay.js';
import { MailTransport } from './mail.transport.js';
import { OutboxService } from './outbox.service.js';
import { PurgeMailJob } from './purge-mail.job.js';

@Module({ providers: [OutboxService, MailTransport, DeliverMailWorker, MailRelay, PurgeMailJob], exports: [OutboxService] })
export class MailModule {}
