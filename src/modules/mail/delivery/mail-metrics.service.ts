import { Injectable, Logger } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Clock } from '../../../common/clock.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { MetricsService } from '../../../observability/metrics.service.js';
import { readOutboxState } from './mail-queue.queries.js';
import { MailServerService } from './mail-server.service.js';

/** Reports the state of the outbox, from the database, and of the mail server, as this process sees it, as metrics. */
@Injectable()
export class MailMetricsService {
  readonly #logger = new Logger(MailMetricsService.name);
  readonly #waiting;
  readonly #oldest;
  #reading: Promise<void> | undefined;

  constructor(
    private readonly pool: PlatformPool,
    private readonly clock: Clock,
    server: MailServerService,
    { registry }: MetricsService,
  ) {
    const registers = [registry];
    // Both gauges are collected at the same time: one query is enough.
    const collect = (): Promise<void> => (this.#reading ??= this.#read().finally(() => (this.#reading = undefined)));
    this.#waiting = new Gauge({ name: 'tenantry_mail_queued', help: 'Mails that are not sent yet', registers, collect });
    this.#oldest = new Gauge({ name: 'tenantry_mail_oldest_due_age_seconds', help: 'Age of the mail that has been due for the longest time', registers, collect });
    const failing = new Gauge({
      name: 'tenantry_mail_server_failing',
      help: '1 if the mail server does not answer this process',
      registers: [],
      collect() {
        this.set(server.failure === undefined ? 0 : 1);
      },
    });
    registry.registerMetric(failing);
  }

  async #read(): Promise<void> {
    // Without an answer of the database, they have no value: a zero would look like an empty outbox.
    this.#waiting.remove();
    this.#oldest.remove();
    try {
      const { waiting, oldestDue } = await readOutboxState(this.pool, this.clock.now());
      this.#waiting.set(waiting);
      this.#oldest.set(oldestDue === null ? 0 : Math.max(0, (this.clock.now().getTime() - oldestDue.getTime()) / 1000));
    } catch (error) {
      this.#logger.warn(`the metrics of mail could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
