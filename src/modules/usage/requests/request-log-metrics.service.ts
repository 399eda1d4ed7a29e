import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { MetricsService } from '../../../observability/metrics.service.js';
import { RequestLogService } from './request-log.service.js';

/** Tells how the request log does in this process. */
@Injectable()
export class RequestLogMetricsService {
  constructor(log: RequestLogService, { registry }: MetricsService) {
    const dropped = new Counter({
      name: 'tenantry_request_log_dropped_total',
      help: 'Requests that were not logged, since the database did not take them in time',
      registers: [],
      collect() {
        this.reset();
        this.inc(log.dropped);
      },
    });
    const waiting = new Gauge({
      name: 'tenantry_request_log_waiting',
      help: 'Requests that are not written to the log yet',
      registers: [],
      collect() {
        this.set(log.waiting);
      },
    });
    registry.registerMetric(dropped);
    registry.registerMetric(waiting);
  }
}
