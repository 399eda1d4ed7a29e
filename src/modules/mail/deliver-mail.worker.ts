import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { PlatformDb } from '../../database/platform-db.js';
import { QueueService } from '../../jobs/queue.service.js';
import { MailAttachmentsService } from './mail-attachments.service.js';
import { MailTransport } from './mail.transport.js';
import { OutboxService } from './outbox.service.js';

export const mailQueue = 'mail';
const deadMailQueue = 'mail_dead';

export interface MailJob {
  readonly mailId: string;
}

/** Delivers mail from the outbox. The queue retries a failed delivery, and the mail is marked as failed after the last attempt. */
@Injectable()
export class DeliverMailWorker implements OnApplicationBootstrap {
  readonly #logger = new Logger(DeliverMailWorker.name);

  constructor(
    private readonly queue: QueueService,
    private readonly platform: PlatformDb,
    private readonly outbox: OutboxService,
    private readonly transport: MailTransport,
    private readonly attachments: MailAttachmentsService,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.queue.work<MailJob>(mailQueue, (job) => this.deliver(job));
    await this.queue.work<MailJob>(deadMailQueue, (job) => this.giveUp(job));
  }

  /** Sends the mail unless it was sent before. Its id is the Message-ID, by which the receiver recognizes a duplicate. */
  async deliver({ mailId }: MailJob): Promise<void> {
    const mail = await this.platform.mailMessage.findUnique({ where: { id: mailId } });
    if (mail === null || mail.status === 'sent' || mail.content === null) return;
    try {
      const { attachment, ...content } = this.outbox.openContent(mail.content);
      const attachments = await this.attachments.write(attachment);
      await this.transport.send({ ...content, attachments, to: mail.recipient, messageId: `<${mail.id}@tenantry>`, date: mail.createdAt });
    } catch (error) {
      const lastError = error instanceof Error ? error.message.slice(0, 500) : 'unknown';
      await this.platform.mailMessage.update({ where: { id: mailId }, data: { attempts: { increment: 1 }, lastError } });
      throw error;
    }
    await this.platform.mailMessage.update({
      where: { id: mailId },
      data: { status: 'sent', sentAt: this.clock.now(), attempts: { increment: 1 }, content: null, lastError: null },
    });
  }

  /** Marks a mail as failed after the last attempt, and erases its content because it may contain links with tokens. */
  async giveUp({ mailId }: MailJob): Promise<void> {
    await this.platform.mailMessage.updateMany({ where: { id: mailId, status: { not: 'sent' } }, data: { status: 'failed', content: null } });
    this.#logger.error({ mailId }, 'mail could not be delivered; no further attempt is made');
  }
}
