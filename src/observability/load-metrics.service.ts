import { Injectable } from '@nestjs/common';
import { Counter, Gauge, type Metric } from 'prom-client';
import { LoadGate } from '../access/load/load-gate.service.js';
import { OverloadService } from '../access/load/overload.service.js';
import { LoadsService } from '../common/load/loads.service.js';
import { MetricsService } from './metrics.service.js';

/** The organizations that have a series of their own at a time. */
const named = 10;

/** Metrics of the load of this replica, and of those who cause it. */
@Injectable()
export class LoadMetricsService {
  constructor(loads: LoadsService, gate: LoadGate, overload: OverloadService, { registry }: MetricsService) {
    const running = new Gauge({
      name: 'tenantry_requests_running',
      help: 'Requests that are being answered',
      registers: [],
      collect() {
        this.set(loads.running);
      },
    });
    const refused = new Counter({
      name: 'tenantry_requests_refused_total',
      help: 'Requests that were refused for their load: a limit of the plan (running_requests, database_time), or an overload of the replica (event_loop, pool)',
      labelNames: ['reason'],
      registers: [],
      collect() {
        this.reset();
        for (const [reason, count] of gate.refused) this.inc({ reason }, count);
      },
    });
    const overloaded = new Gauge({
      name: 'tenantry_overloaded',
      help: '1 while organizations with many running requests are refused, because the replica has more work than it can do',
      registers: [],
      collect() {
        this.set(overload.reason === undefined ? 0 : 1);
      },
    });
    const databaseTime = new Counter({
      name: 'tenantry_database_held_seconds_total',
      help: 'Time for which work has held connections of the pools',
      registers: [],
      collect() {
        this.reset();
        this.inc(loads.databaseTime / 1000);
      },
    });
    const busiest = new Gauge({
      name: 'tenantry_organization_database_held_seconds',
      help: `Time for which the requests of an organization have held connections in about the last minute; only of the ${named} organizations with the most`,
      labelNames: ['organization'],
      registers: [],
      collect() {
        this.reset();
        for (const { organizationId: organization, databaseTime: duration } of loads.busiest(named)) this.set({ organization }, duration / 1000);
      },
    });
    const metrics: readonly Metric[] = [running, refused, overloaded, databaseTime, busiest];
    for (const metric of metrics) registry.registerMetric(metric);
  }
}
