import { ValueType, type Attributes, type HrTime } from '@opentelemetry/api';
import { hrTime, millisToHrTime } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import { AggregationTemporality, DataPointType, type CollectionResult, type MetricData, type MetricProducer } from '@opentelemetry/sdk-metrics';
import type { Registry } from 'prom-client';

interface Value {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly values: readonly Value[];
}

/** Metrics and labels that OpenTelemetry has names for; the others keep theirs, so that docs/monitoring.md describes both ways. */
const conventions: Readonly<Record<string, { readonly name: string; readonly labels: Readonly<Record<string, string>> }>> = {
  http_request_duration_seconds: {
    name: 'http.server.request.duration',
    labels: { method: 'http.request.method', route: 'http.route', status: 'http.response.status_code' },
  },
};

interface HistogramParts {
  readonly attributes: Attributes;
  readonly boundaries: number[];
  /** Cumulative, as Prometheus has them. */
  readonly counts: number[];
  sum: number;
  count: number;
}

/** Gives the metrics of the registry of Prometheus to OpenTelemetry, so that each is measured once. */
export class RegistryMetrics implements MetricProducer {
  readonly #startTime: HrTime = millisToHrTime(performance.timeOrigin);

  #stopped = false;

  constructor(private readonly registry: Registry) {}

  /** Reads nothing any longer: the database that some metrics are read from is about to be closed. */
  stop(): void {
    this.#stopped = true;
  }

  async collect(): Promise<CollectionResult> {
    const metrics = this.#stopped ? [] : ((await this.registry.getMetricsAsJSON()) as unknown as Metric[]);
    const data = metrics.flatMap((metric) => this.#convert(metric) ?? []);
    return { resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope: { name: 'tenantry' }, metrics: data }] }, errors: [] };
  }

  #convert({ name, help, type, values }: Metric): MetricData | undefined {
    const { name: knownName = name, labels: knownLabels = {} } = conventions[name] ?? {};
    const attributesOf = ({ labels }: Value): Attributes =>
      Object.fromEntries(Object.entries(labels).flatMap(([label, value]) => (label === 'le' ? [] : [[knownLabels[label] ?? label, value]])));
    const descriptor = { name: knownName, description: help, unit: /_seconds(_total)?$/.test(name) ? 's' : name.endsWith('_bytes') ? 'By' : '', valueType: ValueType.DOUBLE };
    const [startTime, endTime, aggregationTemporality] = [this.#startTime, hrTime(), AggregationTemporality.CUMULATIVE];
    const points = (): { startTime: HrTime; endTime: HrTime; attributes: Attributes; value: number }[] =>
      values.map((each) => ({ startTime, endTime, attributes: attributesOf(each), value: each.value }));
    if (type === 'gauge') return { descriptor, aggregationTemporality, dataPointType: DataPointType.GAUGE, dataPoints: points() };
    if (type === 'counter') return { descriptor, aggregationTemporality, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: points() };
    if (type !== 'histogram') return undefined;
    const dataPoints = histogramsOf(name, values, attributesOf).map(({ attributes, boundaries, counts, sum, count }) => ({
      startTime,
      endTime,
      attributes,
      value: { buckets: { boundaries, counts: [...counts, count].map((each, index) => each - (counts[index - 1] ?? 0)) }, sum, count },
    }));
    return { descriptor, aggregationTemporality, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
}

function histogramsOf(name: string, values: readonly Value[], attributesOf: (value: Value) => Attributes): HistogramParts[] {
  const found = new Map<string, HistogramParts>();
  for (const value of values) {
    const attributes = attributesOf(value);
    const key = JSON.stringify(attributes);
    const parts = found.get(key) ?? { attributes, boundaries: [], counts: [], sum: 0, count: 0 };
    found.set(key, parts);
    const { le } = value.labels;
    if (value.metricName === `${name}_sum`) parts.sum = value.value;
    else if (value.metricName === `${name}_count`) parts.count = value.value;
    else if (typeof le === 'number') {
      parts.boundaries.push(le);
      parts.counts.push(value.value);
    }
  }
  return [...found.values()];
}
