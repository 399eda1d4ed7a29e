import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import type { WebhookEnd, WebhookResult } from '../../../generated/prisma/client.js';
import { MetricsService } from '../../../observability/metrics.service.js';

/** Counts what this process sends to webhooks, as metrics. */
@Injectable()
export class WebhookCountsService {
  readonly #attempts;
  readonly #delay;
  readonly #duration;
  readonly #failed;
  readonly #disabled;

  constructor({ registry }: MetricsService) {
    const registers = [registry];
    this.#attempts = new Counter({ name: 'tenantry_webhook_attempts_total', help: 'Attempts to send an event to a webhook', labelNames: ['result'], registers });
    this.#failed = new Counter({ name: 'tenantry_webhook_failed_deliveries_total', help: 'Deliveries to webhooks that have failed: no further attempt is made', registers });
    this.#disabled = new Counter({ name: 'tenantry_webhooks_disabled_total', help: 'Webhooks that were disabled because they do not work', labelNames: ['reason'], registers });
    this.#delay = new Histogram({
      name: 'tenantry_webhook_delay_seconds',
      help: 'Time from the number of an event in the log to its delivery to a webhook',
      buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200, 86_400, 259_200],
      registers,
    });
    this.#duration = new Histogram({
      name: 'tenantry_webhook_request_duration_seconds',
      help: 'Duration of the requests to webhooks',
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 15],
      registers,
    });
  }

  /** @param attempt.duration seconds */
  countAttempt({ result, duration }: { readonly result: WebhookResult; readonly duration: number }): void {
    this.#attempts.inc({ result });
    this.#duration.observe(duration);
  }

  /** @param delay seconds */
  countDelivered(delay: number): void {
    this.#delay.observe(Math.max(0, delay));
  }

  countFailed(): void {
    this.#failed.inc();
  }

  countDisabled(reason: WebhookEnd): void {
    this.#disabled.inc({ reason });
  }
}
