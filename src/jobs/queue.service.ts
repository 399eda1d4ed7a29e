import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import PgBoss from 'pg-boss';
import { AppConfig } from '../config/app-config.js';
import { DatabaseUrls } from '../database/connect/database-urls.js';
import { utcSessions } from '../database/utc-client.js';

/** Runs SQL on the connection of a transaction, so that jobs are sent if and only if the transaction commits. */
export interface SqlRunner {
  executeSql(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}

export interface QueuedJob<Payload extends object> {
  readonly name: string;
  readonly payload: Payload;
}

/** Seconds between two polls of a worker that nothing wakes. */
const pollEvery = 2;

/**
 * The queue that all replicas share: pg-boss in the schema `pgboss`, which the migrations create. A job is delivered to one
 * replica at a time, at least once, and retried with increasing delays.
 */
@Injectable()
export class QueueService implements OnApplicationShutdown {
  readonly #logger = new Logger(QueueService.name);
  readonly #workers = new Map<string, string>();
  #boss: PgBoss | undefined;

  constructor(
    private readonly urls: DatabaseUrls,
    private readonly config: AppConfig,
  ) {}

  /** Sends jobs in the caller's transaction. */
  async sendWithin(runner: SqlRunner, jobs: readonly QueuedJob<object>[]): Promise<void> {
    const boss = await this.#started();
    for (const { name, payload } of jobs) await boss.send(name, payload, { db: runner });
  }

  /** Starts a worker of this replica on a queue. When `work` throws, the job is retried. */
  async work<Payload extends object>(name: string, work: (payload: Payload) => Promise<void>): Promise<void> {
    if (!this.config.jobsEnabled) return;
    const boss = await this.#started();
    const worker = await boss.work<Payload>(name, { pollingIntervalSeconds: pollEvery, batchSize: 1 }, async ([job]) => {
      if (job === undefined) return;
      await work(job.data);
      // Asks for the next job at once. pg-boss alone would wait until the next poll, as it does after a failure.
      this.wake(name);
    });
    this.#workers.set(name, worker);
  }

  /** Makes this replica's worker poll now. */
  wake(name: string): void {
    const worker = this.#workers.get(name);
    if (worker !== undefined) this.#boss?.notifyWorker(worker);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#boss?.stop({ graceful: true, wait: true, timeout: 5000 });
  }

  async #started(): Promise<PgBoss> {
    if (this.#boss !== undefined) return this.#boss;
    const boss = new PgBoss({ ...utcSessions, connectionString: this.urls.platform, migrate: false, schedule: false, max: 2, application_name: 'tenantry queue' });
    boss.on('error', (error) => this.#logger.error({ err: error }, 'queue error'));
    this.#boss = boss;
    await boss.start();
    return boss;
  }
}
