import { Module } from '@nestjs/common';
import { DeliverMailJob } from './deliver-mail.job.js';
import { MailRelay } from './mail.relay.js';
import { MailTransport } from './mail.transport.js';
import { OutboxService } from './outbox.service.js';
import { PurgeMailJob } from './purge-mail.job.js';

@Module({ providers: [OutboxService, MailTransport, DeliverMailJob, MailRelay, PurgeMailJob], exports: [OutboxService] })
export class MailModule {}
