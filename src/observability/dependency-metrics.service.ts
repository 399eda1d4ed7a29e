import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Clock, machineTime } from '../common/clock.js';
import { RateLimiterService } from '../common/rate-limits/rate-limiter.service.js';
import { DatabaseListener } from '../database/database-listener.js';
import { ReportsPool } from '../database/reports-db.js';
import { PlatformPool } from '../database/wire/platform-pool.js';
import { TenantPool } from '../database/wire/tenant-pool.js';
import { MetricsService } from './metrics.service.js';

/** Metrics of what the process depends on: the pools of the database, the listener, the clock, Redis. */
@Injectable()
export class DependencyMetricsService {
  constructor(
    tenants: TenantPool,
    platform: PlatformPool,
    reports: ReportsPool,
    listener: DatabaseListener,
    limiter: RateLimiterService,
    databaseClock: Clock,
    { registry }: MetricsService,
  ) {
    const pools = { tenants, platform, ...(reports === tenants ? {} : { reports }) } as const;
    const connections = new Gauge({
      name: 'tenantry_database_connections',
      help: 'Open connections of a pool, by whether a query or a transaction has taken them',
      labelNames: ['pool', 'state'],
      registers: [],
      collect() {
        for (const [pool, { totalCount, idleCount }] of Object.entries(pools)) {
          this.set({ pool, state: 'idle' }, idleCount);
          this.set({ pool, state: 'busy' }, totalCount - idleCount);
        }
      },
    });
    const waiting = new Gauge({
      name: 'tenantry_database_waiting',
      help: 'Queries and transactions that wait for a connection of a pool',
      labelNames: ['pool'],
      registers: [],
      collect() {
        for (const [pool, { waiting: count }] of Object.entries(pools)) this.set({ pool }, count);
      },
    });
    const refused = new Counter({
      name: 'tenantry_database_refused_total',
      help: 'Queries and transactions that were refused, because too many waited for a connection of the pool',
      labelNames: ['pool'],
      registers: [],
      collect() {
        this.reset();
        for (const [pool, { refusedCount }] of Object.entries(pools)) this.inc({ pool }, refusedCount);
      },
    });
    const listening = new Gauge({
      name: 'tenantry_database_listener_up',
      help: '1 if notifications of the database arrive',
      registers: [],
      collect() {
        this.set(listener.isHealthy ? 1 : 0);
      },
    });
    const difference = new Gauge({
      name: 'tenantry_clock_difference_seconds',
      help: 'Seconds by which the clock of the database is ahead of that of this machine',
      registers: [],
      collect() {
        this.set((databaseClock.now().getTime() - machineTime()) / 1000);
      },
    });
    for (const metric of [connections, waiting, refused, listening, difference]) registry.registerMetric(metric);
    const { redis } = limiter;
    if (redis === undefined) return;
    const up = new Gauge({
      name: 'tenantry_redis_up',
      help: '1 if Redis answers; otherwise each replica counts rate limits by itself',
      registers: [],
      collect() {
        this.set(redis.isUsable ? 1 : 0);
      },
    });
    const failures = new Counter({
      name: 'tenantry_redis_failures_total',
      help: 'How often Redis has stopped answering',
      registers: [],
      collect() {
        this.reset();
        this.inc(redis.failures);
      },
    });
    for (const metric of [up, failures]) registry.registerMetric(metric);
  }
}
