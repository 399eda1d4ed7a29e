import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { inSpan } from '../../../common/tracing.js';
import { AppConfig } from '../../../config/app-config.js';
import { DatabaseListener } from '../../../database/database-listener.js';
import { inTransaction } from '../../../database/locks.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { BounceAddressesService } from '../bounces/bounce-addresses.service.js';
import { MailAttachmentsService } from '../mail-attachments.service.js';
import { describeFailure, type FailedAttempt } from './mail-failure.js';
import { MailCountsService } from './mail-counts.service.js';
import { admitMails, claimMails, endMails, giveBack, noteFailed, noteSent, noteWaiting, outboxChannel, resendNotice, type ClaimedMail } from './mail-queue.queries.js';
import { maxMailAge, pauseAfter } from './mail-retries.policy.js';
import { MailServerService } from './mail-server.service.js';
import { deliveryTimeout, MailTransport } from './mail.transport.js';
import type { MailKind } from '../mail.templates.js';
import { limitedTemplates, limitedUntilVerified, OutboxService, type StoredMail } from '../outbox.service.js';
import { MailRendererService } from '../rendering/mail-renderer.service.js';
import type { MailContent } from '../rendering/render-mail.js';

/** Mails that are admitted in one statement. New mail waits for the admission of earlier mail, thousands in a second. */
const batchSize = 500;
/** The outbox is also polled, for the next attempts and in case a notification was lost. */
const pollInterval = 10_000;
/** Another replica takes a mail over after this time: longer than a delivery takes. */
const leaseTime = deliveryTimeout + 30_000;
/** Milliseconds that deliveries have to end when the process ends. */
const shutdownTime = 5000;

/**
 * Delivers the mail of the outbox, several at a time. A mail is leased, not locked, while it is delivered: no transaction is open while the server
 * answers, and another replica delivers it if this one dies. It has the same Message-ID then, by which the receiver recognizes a duplicate.
 */
@Injectable()
export class DeliverMailWorker implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger(DeliverMailWorker.name);
  readonly #deliveries = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #checkTimer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #wanted: 'admit' | 'claim' | undefined;
  #notedChecks = 0;
  #stopped = false;

  constructor(
    private readonly pool: PlatformPool,
    private readonly listener: DatabaseListener,
    private readonly outbox: OutboxService,
    private readonly transport: MailTransport,
    private readonly server: MailServerService,
    private readonly attachments: MailAttachmentsService,
    private readonly renderer: MailRendererService,
    private readonly bounces: BounceAddressesService,
    private readonly counts: MailCountsService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.jobsEnabled) return;
    this.listener.on(outboxChannel, (payload) => {
      if (payload === resendNotice) this.server.endPause();
      this.#wake('admit');
    });
    this.#timer = setInterval(() => this.#wake('admit'), pollInterval);
    this.#wake('admit');
  }

  beforeApplicationShutdown(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#checkTimer);
  }

  /** Waits a little for the deliveries, then breaks them off and gives their mails back. */
  async onApplicationShutdown(): Promise<void> {
    const breakOff = setTimeout(() => this.#stop.abort(), shutdownTime);
    await this.#running;
    await Promise.all(this.#deliveries);
    clearTimeout(breakOff);
  }

  /** Looks for mails to deliver. A call while it looks makes it look once more. */
  #wake(step: 'admit' | 'claim'): void {
    if (this.#stopped) return;
    if (this.#wanted !== 'admit') this.#wanted = step;
    this.#running ??= this.#look().finally(() => (this.#running = undefined));
  }

  async #look(): Promise<void> {
    while (this.#wanted !== undefined && !this.#stopped) {
      const step = this.#wanted;
      this.#wanted = undefined;
      try {
        // Mails are delivered while many are still admitted.
        if (step === 'admit' && (await this.#admit())) this.#wanted = 'admit';
        if (await this.#serverAnswers()) await this.#claim();
      } catch (error) {
        this.#logger.warn({ err: error }, 'the mail outbox could not be read; retrying');
      }
    }
  }

  /** Admits due mails, and ends those that are useless. @returns whether more may be due */
  async #admit(): Promise<boolean> {
    const now = this.clock.now();
    for (const { failure } of await endMails(this.pool, now, new Date(now.getTime() - maxMailAge))) this.counts.countEnded(failure);
    const admission = { now, max: batchSize, limited: limitedTemplates, limitedUntilVerified, hourlyLimit: this.config.mailHourlyLimit };
    const mails = await inTransaction(this.pool, (client) => admitMails(client, admission));
    const dropped = mails.filter((mail) => mail.dropped).map(({ id, template }) => ({ id, template }));
    if (dropped.length > 0) this.#logger.warn({ mails: dropped }, 'mail was dropped: its recipient has received too many of this kind');
    return mails.length === batchSize;
  }

  /** Mails wait while the server does not answer: they use up no attempts, and are all sent once it does. */
  async #serverAnswers(): Promise<boolean> {
    if (this.server.failure === undefined || (this.server.pause === 0 && (await this.server.check()))) {
      this.#notedChecks = 0;
      return true;
    }
    const { failure, failedChecks, pause } = this.server;
    clearTimeout(this.#checkTimer);
    if (!this.#stopped) this.#checkTimer = setTimeout(() => this.#wake('admit'), pause + 1);
    // Once after each check, not for each new mail.
    if (failure !== undefined && failedChecks !== this.#notedChecks) await noteWaiting(this.pool, { ...failure, nextAttemptAt: this.#in(pause) });
    this.#notedChecks = failedChecks;
    return false;
  }

  async #claim(): Promise<void> {
    const free = this.transport.connections - this.#deliveries.size;
    if (free <= 0) return;
    for (const mail of await claimMails(this.pool, free, this.#in(leaseTime))) {
      const delivery = this.#deliver(mail).finally(() => {
        this.#deliveries.delete(delivery);
        this.#wake('claim');
      });
      this.#deliveries.add(delivery);
    }
  }

  async #deliver(mail: ClaimedMail): Promise<void> {
    const began = performance.now();
    try {
      const answer = await this.#send(mail).catch((error: unknown) => this.#noteFailure(mail, error));
      if (answer === undefined) return;
      this.server.noteAccepted();
      this.counts.countSent({ delay: (this.clock.now().getTime() - mail.queuedAt.getTime()) / 1000, duration: (performance.now() - began) / 1000 });
      await noteSent(this.pool, mail, this.clock.now(), answer);
    } catch (error) {
      this.#logger.warn({ err: error, mailId: mail.id }, 'the result of a delivery could not be written; the mail is sent again');
    }
  }

  async #send(mail: ClaimedMail): Promise<string> {
    const { attachment, trace = {}, ...stored } = this.outbox.openContent(mail.content);
    const content = await this.#render(mail, stored);
    const attachments = await this.attachments.write(attachment);
    const signal = AbortSignal.any([AbortSignal.timeout(deliveryTimeout), this.#stop.signal]);
    const attributes = { 'tenantry.mail.id': mail.id, 'tenantry.mail.template': mail.template, 'tenantry.mail.attempt': mail.attempts };
    return inSpan('send mail', { kind: 'client', attributes, parent: trace }, () =>
      this.transport.send({
        ...content,
        attachments,
        to: { name: '', address: mail.recipient },
        ...this.bounces.envelopeOf(mail.id, mail.recipient),
        messageId: `<${mail.id}@tenantry>`,
        date: mail.createdAt,
        signal,
      }),
    );
  }

  /** A mail that an earlier version has written is already rendered. */
  async #render({ template, recipient, organizationId }: ClaimedMail, stored: Pick<StoredMail, 'data'> | MailContent): Promise<MailContent> {
    if ('html' in stored) return stored;
    return this.renderer.renderMail({ kind: template as MailKind, data: stored.data, recipient, organizationId });
  }

  async #noteFailure(mail: ClaimedMail, error: unknown): Promise<undefined> {
    if (this.#stop.signal.aborted) {
      await giveBack(this.pool, mail);
      return;
    }
    const failure = describeFailure(error);
    this.counts.countFailed(failure.kind);
    this.server.noteFailure(failure);
    const nextAttemptAt = await this.#nextAttempt(mail, failure);
    if (nextAttemptAt === undefined) {
      this.counts.countEnded(failure.kind);
      this.#logger.log({ mailId: mail.id, template: mail.template, kind: failure.kind, attempts: mail.attempts }, 'a mail has failed; no further attempt is made');
    }
    await noteFailed(this.pool, mail, { ...failure, nextAttemptAt });
  }

  /** Returns undefined when no attempt follows. A mail that failed because the server does not answer is attempted as soon as it does. */
  async #nextAttempt({ attempts, queuedAt }: ClaimedMail, { permanent, ofServer }: FailedAttempt): Promise<Date | undefined> {
    if (permanent) return undefined;
    const answers = !ofServer || (await this.server.check());
    const next = this.#in(answers ? pauseAfter(attempts) : this.server.pause);
    return next.getTime() < queuedAt.getTime() + maxMailAge ? next : undefined;
  }

  #in(milliseconds: number): Date {
    return new Date(this.clock.now().getTime() + milliseconds);
  }
}
