import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { Clock } from '../../../common/clock.js';
import { mapPage, Pages, type Page } from '../../../common/http/pages/page.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { MailMessage, Prisma } from '../../../generated/prisma/client.js';
import { MailContentErasedError, MailLinkExpiredError, MailNotFoundError, MailSentError } from './mail.errors.js';
import { isUnderWay } from '../mail-progress.service.js';
import { outboxChannel, resendNotice } from '../delivery/mail-queue.queries.js';
import { failureOfBounce, maxAnswerLength } from '../delivery/mail-failure.js';
import { storableText } from '../../../common/text/storable-text.js';
import { toMailDto, type ListMailsQuery, type MailDto } from './platform-mails.dto.js';

/** The outbox for the operator: finds mails, sends them again, and drops them. */
@Injectable()
export class PlatformMailsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly pages: Pages,
    private readonly clock: Clock,
  ) {}

  async listMails(request: ListMailsQuery): Promise<Page<MailDto>> {
    const { status, failure, template, organizationId, recipient } = request;
    const filters: Prisma.MailMessageWhereInput[] = [
      ...(status === undefined ? [] : [{ status: status === 'queued' ? { in: ['pending', 'queued'] satisfies MailMessage['status'][] } : status }]),
      ...(failure === undefined ? [] : [{ failure }]),
      ...(template === undefined ? [] : [{ template }]),
      ...(organizationId === undefined ? [] : [{ organizationId }]),
      ...(recipient === undefined ? [] : [{ recipient }]),
    ];
    const page = await this.pages.list(request, {
      scope: 'platform mails',
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.platform.mailMessage.findMany({ where: { AND: [...filters, where] }, orderBy, take, omit: { content: true } }),
      count: () => this.platform.mailMessage.count({ where: { AND: filters } }),
    });
    return mapPage(page, toMailDto);
  }

  /** @throws {MailNotFoundError} */
  async getMail(id: string): Promise<MailDto> {
    const mail = isUUID(id) ? await this.platform.mailMessage.findUnique({ where: { id }, omit: { content: true } }) : null;
    if (mail === null) throw new MailNotFoundError();
    return toMailDto(mail);
  }

  /**
   * Attempts a mail at once, for up to five days more. Does nothing while an attempt is under way.
   *
   * @throws {MailNotFoundError | MailLinkExpiredError | MailContentErasedError}
   */
  async resendMail(id: string): Promise<MailDto> {
    const now = this.clock.now();
    await this.#change(id, (mail) => {
      if (mail.status === 'sent' || mail.status === 'dropped') throw new MailContentErasedError(mail.status);
      if (mail.failure === 'link_expired' || (mail.linkExpiresAt !== null && mail.linkExpiresAt <= now)) throw new MailLinkExpiredError();
      if (mail.content === null) throw new MailContentErasedError(mail.status);
      return isUnderWay(mail) ? undefined : { status: 'pending', nextAttemptAt: null, turn: null, queuedAt: now };
    });
    return this.getMail(id);
  }

  /**
   * Erases the content of a mail that is not sent. Does nothing when it was dropped before. The mail is still sent if an attempt is under way.
   *
   * @throws {MailNotFoundError | MailSentError}
   */
  async dropMail(id: string): Promise<MailDto> {
    await this.#change(id, ({ status }) => {
      if (status === 'sent') throw new MailSentError();
      return status === 'dropped' ? undefined : { status: 'dropped', failure: 'dropped_by_operator', content: null, nextAttemptAt: null, turn: null };
    });
    return this.getMail(id);
  }

  /**
   * Records that a mail which a server had accepted was not delivered. Does nothing for a mail that was not sent, or whose failure is recorded.
   *
   * @throws {MailNotFoundError}
   */
  async reportBounce(id: string, { status, diagnostic = '' }: { readonly status: string; readonly diagnostic?: string }): Promise<MailDto> {
    const lastAnswer = storableText(`${status} ${diagnostic}`.trim(), maxAnswerLength);
    await this.#change(id, (mail) => (mail.status === 'sent' ? { status: 'failed', failure: failureOfBounce(status), lastAnswer } : undefined));
    return this.getMail(id);
  }

  /** Changes a mail under its lock. The audit log has no rows of the outbox, and so records what an operator changes here. */
  async #change(id: string, decide: (mail: MailMessage) => Prisma.MailMessageUncheckedUpdateInput | undefined): Promise<void> {
    if (!isUUID(id)) throw new MailNotFoundError();
    await this.platform.$transaction(async (tx) => {
      await tx.$queryRaw`select from mail_messages where id = ${id}::uuid for update`;
      const mail = await tx.mailMessage.findUnique({ where: { id } });
      if (mail === null) throw new MailNotFoundError();
      const data = decide(mail);
      if (data === undefined) return;
      const changed = await tx.mailMessage.update({ where: { id }, data });
      await this.#record(tx, mail, changed);
      if (data.status === 'pending') await tx.$executeRaw`select pg_notify(${outboxChannel}, ${resendNotice})`;
    });
  }

  async #record(tx: PlatformTransaction, before: MailMessage, after: MailMessage): Promise<void> {
    const recorded = (mail: MailMessage): string => {
      const { status, nextAttemptAt } = toMailDto(mail);
      return JSON.stringify({ status, next_attempt_at: nextAttemptAt });
    };
    await tx.$executeRaw`select audit.record_change(${before.organizationId}::uuid, 'mail_messages', ${before.id}, ${recorded(before)}::jsonb, ${recorded(after)}::jsonb)`;
  }
}
