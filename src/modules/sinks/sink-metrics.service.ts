import { Injectable, Logger } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { MetricsService } from '../../observability/metrics.service.js';
import { readSinkAges, type SinkBatch } from './sink-stream.queries.js';

/** Metrics of the sinks: what this process has sent, and what waits, from the database. */
@Injectable()
export class SinkMetricsService {
  readonly #logger = new Logger(SinkMetricsService.name);
  readonly #sent;
  readonly #failures;
  readonly #age;

  constructor(
    private readonly pool: PlatformPool,
    { registry }: MetricsService,
  ) {
    const registers = [registry];
    this.#sent = new Counter({ name: 'tenantry_sink_events_total', help: 'Events and audit events that a sink has received', labelNames: ['sink', 'kind'], registers });
    this.#failures = new Counter({ name: 'tenantry_sink_failures_total', help: 'Attempts to send events to a sink that have failed', labelNames: ['sink'], registers });
    this.#age = new Gauge({
      name: 'tenantry_sink_oldest_waiting_age_seconds',
      help: 'Time for which the oldest events that a sink has not received have waited',
      labelNames: ['sink'],
      registers,
      collect: () => this.#readAges(),
    });
  }

  async #readAges(): Promise<void> {
    // Without an answer of the database, it has no value: a zero would look like a sink that has everything.
    this.#age.reset();
    try {
      for (const { name, age } of await readSinkAges(this.pool)) this.#age.set({ sink: name }, age);
    } catch (error) {
      this.#logger.warn(`the metrics of sinks could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  countSent(sink: string, { event, audit }: SinkBatch['counts']): void {
    this.#sent.inc({ sink, kind: 'event' }, event);
    this.#sent.inc({ sink, kind: 'audit' }, audit);
  }

  countFailure(sink: string): void {
    this.#failures.inc({ sink });
  }
}
