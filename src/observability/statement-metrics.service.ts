import { Injectable } from '@nestjs/common';
import { Counter, Histogram, type MetricValueWithName } from 'prom-client';
import { durationBounds, statementCounts } from '../database/wire/statement-counts.js';
import { MetricsService } from './metrics.service.js';

const duration = 'tenantry_database_statement_duration_seconds';
const help = 'Time from sending a statement to its answer';

/** A histogram whose numbers {@link statementCounts} has counted. */
class StatementHistogram extends Histogram {
  /** The types of prom-client lack this method, which `get()` and the registry call. */
  async getForPromString(): Promise<object> {
    let count = 0;
    const value = (suffix: string, number: number, le?: number | '+Inf'): MetricValueWithName<string> & { readonly sharedLabels: object } => ({
      metricName: `${duration}_${suffix}`,
      value: number,
      labels: le === undefined ? {} : { le },
      sharedLabels: {},
    });
    const buckets = statementCounts.buckets.map((inBucket, index) => value('bucket', (count += inBucket), durationBounds[index] ?? '+Inf'));
    const values = [...buckets, value('sum', statementCounts.seconds), value('count', count)];
    return { name: duration, help, type: 'histogram', aggregator: 'sum', values };
  }
}

/** Metrics of the statements of this process: how long they took, why they failed, and how often they were sent once more. */
@Injectable()
export class StatementMetricsService {
  constructor({ registry }: MetricsService) {
    const durations = new StatementHistogram({ name: duration, help, buckets: [...durationBounds], registers: [] });
    const errors = new Counter({
      name: 'tenantry_database_errors_total',
      help: 'Statements that failed, and statements that were not sent because there was no connection',
      labelNames: ['kind'],
      registers: [],
      collect() {
        this.reset();
        for (const [kind, count] of statementCounts.errors) this.inc({ kind }, count);
      },
    });
    const retries = new Counter({
      name: 'tenantry_database_retries_total',
      help: 'Statements that were sent once more',
      labelNames: ['reason'],
      registers: [],
      collect() {
        this.reset();
        for (const [reason, count] of statementCounts.retries) this.inc({ reason }, count);
      },
    });
    for (const metric of [durations, errors, retries]) registry.registerMetric(metric);
  }
}
