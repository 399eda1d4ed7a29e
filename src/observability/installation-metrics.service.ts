import { Injectable, Logger } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Counter, Gauge } from 'prom-client';
import { packageRoot } from '../database/package-root.js';
import { PlatformPool } from '../database/wire/platform-pool.js';
import { QueueOverviewService } from '../jobs/queue-overview.service.js';
import { MetricsService } from './metrics.service.js';

const { version } = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as { version: string };

/** Metrics of the installation: its version, and the queues and deadlocks of its database, which are the same on all replicas. */
@Injectable()
export class InstallationMetricsService {
  readonly #logger = new Logger(InstallationMetricsService.name);
  readonly #jobs: Gauge<'queue' | 'state'>;
  readonly #oldest: Gauge<'queue'>;
  readonly #deadlocks: Counter;
  #collecting: Promise<void> | undefined;

  constructor(
    private readonly queues: QueueOverviewService,
    private readonly pool: PlatformPool,
    { registry }: MetricsService,
  ) {
    const registers = [registry];
    const build = new Gauge({
      name: 'tenantry_build_info',
      help: 'Always 1. The labels are the versions of the application and of Node.js',
      labelNames: ['version', 'node'],
      registers,
    });
    build.set({ version, node: process.versions.node }, 1);
    // The metrics are collected at the same time. The first one queries the database for all.
    const collect = (): Promise<void> => (this.#collecting ??= this.#collect().finally(() => (this.#collecting = undefined)));
    this.#jobs = new Gauge({ name: 'tenantry_queue_jobs', help: 'Jobs of a queue that are waiting, active or have failed', labelNames: ['queue', 'state'], registers, collect });
    this.#oldest = new Gauge({
      name: 'tenantry_queue_oldest_due_age_seconds',
      help: 'Age of the job of a queue that has been due for the longest time',
      labelNames: ['queue'],
      registers,
      collect,
    });
    this.#deadlocks = new Counter({ name: 'tenantry_database_deadlocks_total', help: 'Deadlocks in the database since its statistics were reset', registers, collect });
  }

  async #collect(): Promise<void> {
    try {
      const [queues, { rows }] = await Promise.all([
        this.queues.list(),
        this.pool.query<{ deadlocks: number }>('select deadlocks::float8 from pg_stat_database where datname = current_database()'),
      ]);
      this.#forgetQueues();
      for (const { name: queue, oldestDueAge, waiting, active, failed } of queues) {
        for (const [state, count] of Object.entries({ waiting, active, failed })) this.#jobs.set({ queue, state }, count);
        this.#oldest.set({ queue }, oldestDueAge);
      }
      this.#deadlocks.reset();
      this.#deadlocks.inc(rows[0]?.deadlocks ?? 0);
    } catch (error) {
      // The other metrics do not need the database. The count of deadlocks keeps its value: a zero would look like a rise afterwards.
      this.#forgetQueues();
      this.#logger.warn(`the metrics of the queues and deadlocks could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #forgetQueues(): void {
    this.#jobs.reset();
    this.#oldest.reset();
  }
}
