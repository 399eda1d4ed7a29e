import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { MetricsService } from '../../../observability/metrics.service.js';
import { RequestLogService } from './request-log.service.js';

/** Reports the state of the request log of this process as metrics. */
@Injectable()
export class RequestLogMetricsService {
  constructor(log: RequestLogService, { registry }: MetricsService) {
    const dropped = new Counter({
      name: 'tenantry_request_log_dropped_total',
      help: 'Requests dropped from the log because the database did not accept them in time',
      registers: [],
      collect() {
        this.reset();
        this.inc(log.dropped);
      },
    });
    const waiting = new Gauge({
      name: 'tenantry_request_log_waiting',
      help: 'Requests that wait to be written to the log',
      registers: [],
      collect() {
        this.set(log.waiting);
      },
    });
    registry.registerMetric(dropped);
    registry.registerMetric(waiting);
  }
}
