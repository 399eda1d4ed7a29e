import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import PgBoss from 'pg-boss';
import { AppConfig } from '../config/app-config.js';
import { DatabaseUrls } from '../database/connect/database-urls.js';

/** Runs SQL on the connection of a transaction, so that jobs are sent if, and only if, it commits. */
export interface SqlRunner {
  executeSql(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}

export interface QueuedJob<Payload extends object> {
  readonly name: string;
  readonly payload: Payload;
}

/** How long a worker waits before it asks for jobs unbidden, in seconds. */
const pollEvery = 2;

/**
 * The queue that all replicas share: pg-boss in the schema `pgboss`, which migrations make. What is sent is done at
 * least once, by one replica, with retries that wait longer each time.
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

  /** Sends jobs on the caller's transaction. */
  async sendWithin(runner: SqlRunner, jobs: readonly QueuedJob<object>[]): Promise<void> {
    const boss = await this.#started();
    for (const { name, payload } of jobs) await boss.send(name, payload, { db: runner });
  }

  /** Lets this replica work on a queue; `work` throws to have the job tried again. */
  async work<Payload extends object>(name: string, work: (payload: Payload) => Promise<void>): Promise<void> {
    if (!this.config.jobsEnabled) return;
    const boss = await this.#started();
    const worker = await boss.work<Payload>(name, { pollingIntervalSeconds: pollEvery, batchSize: 1 }, async ([job]) => {
      if (job === undefined) return;
      await work(job.data);
      // There may be more: pg-boss alone would leave them until the next poll. After a failure it may.
      this.wake(name);
    });
    this.#workers.set(name, worker);
  }

  /** Tells this replica's worker that there is something to do. */
  wake(name: string): void {
    const worker = this.#workers.get(name);
    if (worker !== undefined) this.#boss?.notifyWorker(worker);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#boss?.stop({ graceful: true, wait: true, timeout: 5000 });
  }

  async #started(): Promise<PgBoss> {
    if (this.#boss !== undefined) return this.#boss;
    const boss = new PgBoss({ connectionString: this.urls.platform, migrate: false, schedule: false, max: 2, application_name: 'tenantry queue' });
    boss.on('error', (error) => this.#logger.error({ err: error }, 'queue error'));
    this.#boss = boss;
    await boss.start();
    return boss;
  }
}
