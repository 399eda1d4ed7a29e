import { Injectable, Logger } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Clock } from '../../../common/clock.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { MetricsService } from '../../../observability/metrics.service.js';
import { readQueueState } from './webhook-queue.queries.js';

/** Reports the state of the deliveries, from the database, as metrics. */
@Injectable()
export class WebhookMetricsService {
  readonly #logger = new Logger(WebhookMetricsService.name);
  readonly #pending;
  readonly #oldest;
  #reading: Promise<void> | undefined;

  constructor(
    private readonly pool: PlatformPool,
    private readonly clock: Clock,
    { registry }: MetricsService,
  ) {
    const registers = [registry];
    // Both gauges are collected at the same time: one query is enough.
    const collect = (): Promise<void> => (this.#reading ??= this.#read().finally(() => (this.#reading = undefined)));
    this.#pending = new Gauge({ name: 'tenantry_webhook_deliveries_pending', help: 'Deliveries to webhooks that wait for their first or next attempt', registers, collect });
    this.#oldest = new Gauge({
      name: 'tenantry_webhook_oldest_due_age_seconds',
      help: 'Time for which the webhook that has waited longest for its turn has waited',
      registers,
      collect,
    });
  }

  async #read(): Promise<void> {
    // Without an answer of the database, they have no value: a zero would look like an empty queue.
    this.#pending.remove();
    this.#oldest.remove();
    try {
      const { pending, oldestDue } = await readQueueState(this.pool, this.clock.now());
      this.#pending.set(pending);
      this.#oldest.set(oldestDue === null ? 0 : Math.max(0, (this.clock.now().getTime() - oldestDue.getTime()) / 1000));
    } catch (error) {
      this.#logger.warn(`the metrics of webhooks could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
