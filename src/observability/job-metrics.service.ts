import { Injectable, Logger } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { JobOverviewService } from '../jobs/job-overview.service.js';
import { JobRunsService } from '../jobs/job-runs.service.js';
import { MetricsService } from './metrics.service.js';

// Not `job`: Prometheus gives each series a label of that name, the job that scraped it.
const labelNames = ['name'] as const;

/** Metrics of the jobs: the last runs on any replica, from the database, and the runs of this process. */
@Injectable()
export class JobMetricsService {
  readonly #logger = new Logger(JobMetricsService.name);
  readonly #succeeded: Gauge<'name'>;
  readonly #duration: Gauge<'name'>;
  readonly #overdue: Gauge<'name'>;
  #collecting: Promise<void> | undefined;

  constructor(
    private readonly overview: JobOverviewService,
    runs: JobRunsService,
    { registry }: MetricsService,
  ) {
    const registers = [registry];
    // The gauges are collected at the same time. The first one queries the database for all.
    const collect = (): Promise<void> => (this.#collecting ??= this.#collect().finally(() => (this.#collecting = undefined)));
    this.#duration = new Gauge({
      name: 'tenantry_job_last_duration_seconds',
      help: 'Duration of the last successful run of the job, on any replica',
      labelNames,
      registers,
      collect,
    });
    this.#overdue = new Gauge({ name: 'tenantry_job_overdue', help: '1 if the job has been due for more than ten minutes and is not done', labelNames, registers, collect });
    this.#succeeded = new Gauge({
      name: 'tenantry_job_last_success_timestamp_seconds',
      help: 'Time of the last successful run of the job, on any replica',
      labelNames,
      registers,
      collect,
    });
    const runsTotal = new Counter({
      name: 'tenantry_job_runs_total',
      help: 'Runs of the job in this process',
      labelNames: ['name', 'result'],
      registers: [],
      collect() {
        this.reset();
        for (const { job: name, outcome, count } of runs.counts) this.inc({ name, result: outcome }, count);
      },
    });
    registry.registerMetric(runsTotal);
  }

  async #collect(): Promise<void> {
    for (const gauge of [this.#succeeded, this.#duration, this.#overdue]) gauge.reset();
    try {
      for (const { name, overdue, lastDone } of await this.overview.list()) {
        this.#overdue.set({ name }, overdue ? 1 : 0);
        if (lastDone === null) continue;
        this.#succeeded.set({ name }, lastDone.finishedAt.getTime() / 1000);
        this.#duration.set({ name }, lastDone.durationMs / 1000);
      }
    } catch (error) {
      // The other metrics do not need the database.
      this.#logger.warn(`the metrics of the jobs could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
