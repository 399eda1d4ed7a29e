import { createNoopMeter, type Meter, type MeterProvider } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { telemetryCounts, type Signal } from '../telemetry-counts.js';

/** Returns what a queue of the SDK counts its items with: those that were accepted have no `error.type`. */
export function countsOf(signal: Signal): MeterProvider {
  const add = (items: number, attributes: { readonly 'error.type'?: unknown } = {}): void => {
    const error = attributes['error.type'];
    if (error === undefined) telemetryCounts.sent[signal] += items;
    else telemetryCounts.lost[error === 'queue_full' ? 'queue_full' : 'not_accepted'][signal] += items;
  };
  // An object of its own: all who measure nothing share the meter that does nothing.
  const meter = Object.assign(Object.create(createNoopMeter()) as Meter, { createCounter: () => ({ add }) });
  return { getMeter: () => meter };
}

/** Metrics have no queue: the reader exports the present values. */
export class CountedMetricExporter extends OTLPMetricExporter {
  override export(...[metrics, done]: Parameters<PushMetricExporter['export']>): void {
    const points = metrics.scopeMetrics.flatMap((scope) => scope.metrics).reduce((sum, { dataPoints }) => sum + dataPoints.length, 0);
    super.export(metrics, (result) => {
      if (result.code === ExportResultCode.SUCCESS) telemetryCounts.sent.metrics += points;
      else telemetryCounts.lost.not_accepted.metrics += points;
      done(result);
    });
  }
}
