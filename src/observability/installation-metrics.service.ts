import { Injectable, Logger } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { PlatformPool } from '../database/wire/platform-pool.js';
import { QueueOverviewService } from '../jobs/queue-overview.service.js';
import { version } from './version.js';
import { MetricsService } from './metrics.service.js';

/** Counts the deadlocks, and the partitions of coming months of each table that is partitioned by month. */
const databaseSql = `
  select (select deadlocks from pg_stat_database where datname = current_database())::float8 as deadlocks,
         coalesce((select json_object_agg("table", ahead) from (
           select parent.relname as "table", count(*) filter (where right(part.relname, 7) > to_char(now() at time zone 'UTC', 'YYYY_MM')) as ahead
             from pg_inherits i join pg_class parent on parent.oid = i.inhparent join pg_class part on part.oid = i.inhrelid
            where parent.relkind = 'p' and part.relname ~ '_\\d{4}_\\d{2}$' group by parent.relname) by_month), '{}') as partitions`;

interface DatabaseState {
  readonly deadlocks: number;
  readonly partitions: Readonly<Record<string, number>>;
}

/** Metrics of the installation: its version, and the queues, partitions and deadlocks of its database, which are the same on all replicas. */
@Injectable()
export class InstallationMetricsService {
  readonly #logger = new Logger(InstallationMetricsService.name);
  readonly #jobs: Gauge<'queue' | 'state'>;
  readonly #oldest: Gauge<'queue'>;
  readonly #deadlocks: Counter;
  readonly #partitions: Gauge<'table'>;
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
    this.#partitions = new Gauge({
      name: 'tenantry_partitions_ahead',
      help: 'Partitions of coming months of a table that is partitioned by month',
      labelNames: ['table'],
      registers,
      collect,
    });
  }

  async #collect(): Promise<void> {
    try {
      const [queues, { rows }] = await Promise.all([this.queues.list(), this.pool.read<DatabaseState>({ text: databaseSql })]);
      const { deadlocks, partitions } = rows[0] as DatabaseState;
      this.#forget();
      for (const { name: queue, oldestDueAge, waiting, active, failed } of queues) {
        for (const [state, count] of Object.entries({ waiting, active, failed })) this.#jobs.set({ queue, state }, count);
        this.#oldest.set({ queue }, oldestDueAge);
      }
      this.#deadlocks.reset();
      this.#deadlocks.inc(deadlocks);
      for (const [table, ahead] of Object.entries(partitions)) this.#partitions.set({ table }, ahead);
    } catch (error) {
      // The other metrics do not need the database. The count of deadlocks keeps its value: a zero would look like a rise afterwards.
      this.#forget();
      this.#logger.warn(`the metrics of the queues and of the database could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #forget(): void {
    for (const gauge of [this.#jobs, this.#oldest, this.#partitions]) gauge.reset();
  }
}
