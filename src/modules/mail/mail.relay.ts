import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { AppConfig } from '../../config/app-config.js';
import { DatabaseListener } from '../../database/database-listener.js';
import { inTransaction } from '../../database/locks.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { QueueService } from '../../jobs/queue.service.js';
import { limitedTemplates } from './outbox.service.js';
import { mailQueue } from './deliver-mail.worker.js';

const batchSize = 100;
/** The outbox is also polled, in case a notification was lost. */
const pollIntervalMs = 10_000;

/** Marks the oldest new mails as queued, or as dropped when their recipient has got, or gets before them, too many of the kind. */
const relaySql = `
  with batch as (select id, regexp_replace(recipient, '[+][^@]*@', '@') as mailbox, template, created_at from mail_messages where status = 'pending' order by created_at, id limit $1 for update),
  ranked as (
    select b.id, b.template = any($2::text[]) and $3::integer > 0 and
           row_number() over (partition by b.mailbox, b.template order by b.created_at, b.id) +
           (select count(*) from mail_messages s
             where regexp_replace(s.recipient, '[+][^@]*@', '@') = b.mailbox and s.template = b.template and s.status not in ('pending', 'dropped') and s.created_at > now() - interval '1 hour') > $3 as dropped
      from batch b)
  update mail_messages m set status = case when r.dropped then 'dropped' else 'queued' end::mail_status, content = case when r.dropped then null else m.content end
    from ranked r where m.id = r.id
  returning m.id, m.status, m.template`;

/** Moves new mail from the outbox to the queue as soon as the database announces it. */
@Injectable()
export class MailRelay implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(MailRelay.name);
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(
    private readonly pool: PlatformPool,
    private readonly listener: DatabaseListener,
    private readonly queue: QueueService,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.jobsEnabled) return;
    this.listener.on('tenantry_outbox', () => this.#poll());
    this.#timer = setInterval(() => this.#poll(), pollIntervalMs);
    this.#poll();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Polls the outbox. A call during a poll makes it run once more. */
  #poll(): void {
    this.#again = true;
    this.#running ??= this.#pollAll().finally(() => (this.#running = undefined));
  }

  async #pollAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        while ((await this.#relayBatch()) === batchSize);
      } catch (error) {
        this.#logger.warn({ err: error }, 'the mail outbox could not be read; retrying');
      }
    }
    this.queue.wake(mailQueue);
  }

  /** Marks rows and creates their jobs in one transaction: each row becomes exactly one job, however many replicas relay. */
  #relayBatch(): Promise<number> {
    return inTransaction(this.pool, (client) => this.#relayWithin(client));
  }

  /** One replica relays at a time, so that the mails of a recipient are counted exactly. */
  async #relayWithin(client: ClientBase): Promise<number> {
    await client.query(`select pg_advisory_xact_lock(hashtext('tenantry:mail-relay'))`);
    const { rows } = await client.query<{ id: string; status: 'queued' | 'dropped'; template: string }>(relaySql, [batchSize, limitedTemplates, this.config.mailHourlyLimit]);
    const queued = rows.filter(({ status }) => status === 'queued');
    const dropped = rows.filter(({ status }) => status === 'dropped');
    if (dropped.length > 0)
      this.#logger.warn({ mails: dropped.map(({ id, template }) => ({ id, template })) }, 'mail was dropped: its recipient has received too many of this kind');
    const runner = { executeSql: (text: string, values: unknown[]) => client.query(text, values) };
    await this.queue.sendWithin(
      runner,
      queued.map(({ id }) => ({ name: mailQueue, payload: { mailId: id } })),
    );
    return rows.length;
  }
}
