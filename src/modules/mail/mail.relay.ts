import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { AppConfig } from '../../config/app-config.js';
import { DatabaseListener } from '../../database/database-listener.js';
import { inTransaction } from '../../database/locks.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { QueueService } from '../../jobs/queue.service.js';
import { mailQueue } from './deliver-mail.worker.js';

const batchSize = 100;
/** The outbox is also polled, in case a notification was lost. */
const sweepIntervalMs = 10_000;

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
    this.listener.on('tenantry_outbox', () => this.#sweep());
    this.#timer = setInterval(() => this.#sweep(), sweepIntervalMs);
    this.#sweep();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Starts a sweep. A call during a sweep makes it run once more. */
  #sweep(): void {
    this.#again = true;
    this.#running ??= this.#sweepAll().finally(() => (this.#running = undefined));
  }

  async #sweepAll(): Promise<void> {
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

  async #relayWithin(client: ClientBase): Promise<number> {
    const { rows } = await client.query<{ id: string }>(
      `update mail_messages set status = 'queued'
        where id in (select id from mail_messages where status = 'pending' order by created_at limit $1 for update skip locked)
        returning id`,
      [batchSize],
    );
    const runner = { executeSql: (text: string, values: unknown[]) => client.query(text, values) };
    await this.queue.sendWithin(
      runner,
      rows.map(({ id }) => ({ name: mailQueue, payload: { mailId: id } })),
    );
    return rows.length;
  }
}
