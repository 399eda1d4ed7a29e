import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { AppConfig } from '../config/app-config.js';
import { MetricsService } from './metrics.service.js';
import { lossReasons, signals, telemetryCounts } from './telemetry-counts.js';

/** Metrics of what is sent to a collector of OpenTelemetry, if there is one. */
@Injectable()
export class TelemetryMetricsService {
  constructor({ telemetry }: AppConfig, { registry }: MetricsService) {
    if (telemetry === undefined) return;
    const on = signals.filter((signal) => telemetry[signal]);
    const sent = new Counter({
      name: 'tenantry_telemetry_sent_total',
      help: 'Spans, data points of metrics and records of the log that the collector has accepted',
      labelNames: ['signal'],
      registers: [],
      collect() {
        this.reset();
        for (const signal of on) this.inc({ signal }, telemetryCounts.sent[signal]);
      },
    });
    const lost = new Counter({
      name: 'tenantry_telemetry_lost_total',
      help: 'Spans, data points of metrics and records of the log that were lost: because too many waited (queue_full), or because the collector did not accept them (not_accepted)',
      labelNames: ['signal', 'reason'],
      registers: [],
      collect() {
        this.reset();
        for (const reason of lossReasons) for (const signal of on) this.inc({ signal, reason }, telemetryCounts.lost[reason][signal]);
      },
    });
    for (const metric of [sent, lost]) registry.registerMetric(metric);
  }
}
