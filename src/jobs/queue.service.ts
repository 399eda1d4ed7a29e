import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import PgBoss from 'pg-boss';
import { AppConfig } from '../config/app-config.js';
import { DatabaseUrls } from '../database/connect/database-urls.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { inSpan, tracing, type SpanAttributes, type TraceParent } from '../common/tracing.js';
import { isTransient } from '../common/errors/transient-error.js';
import { answerTimeoutOf } from '../database/utc-client.js';
import { ConnectionPool } from '../database/wire/connection-pool.js';

/** Runs SQL on the connection of a transaction, so that jobs are sent if and only if the transaction commits. */
export interface SqlRunner {
  executeSql(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}

export interface QueuedJob<Payload extends object> {
  readonly name: string;
  readonly payload: Payload;
}

/** The name under which a job carries the trace of its sender, if there is one. */
const carrier = 'trace';
const carried = (): { readonly [carrier]?: TraceParent } => {
  const parent = tracing.active?.carried;
  return parent === undefined ? {} : { [carrier]: parent };
};

/** The attributes of a span, by the semantic conventions of OpenTelemetry for messages. */
const messagingAttributes = (type: 'send' | 'process', queue: string): SpanAttributes => ({
  'messaging.system': 'pgboss',
  'messaging.destination.name': queue,
  'messaging.operation.name': type,
  'messaging.operation.type': type,
});

/** Seconds between two polls of a worker that nothing wakes. */
const pollEvery = 2;
/** Milliseconds: what a statement of the queue may take, may wait for a lock, and the pause before it is sent again. */
const [statementTimeout, lockTimeout, pause] = [10_000, 5_000, 1_000];
/** How often a statement is sent. */
const attempts = 60;

/**
 * The queue that all replicas share: pg-boss in the schema `pgboss`, which the migrations create. A job is delivered to one
 * replica at a time, at least once, and retried with increasing delays.
 */
@Injectable()
export class QueueService implements OnApplicationShutdown {
  readonly #logger = new Logger(QueueService.name);
  readonly #workers = new Map<string, string>();
  #boss: PgBoss | undefined;
  #pool: ConnectionPool | undefined;
  #stopping = false;

  constructor(
    private readonly urls: DatabaseUrls,
    private readonly config: AppConfig,
  ) {}

  /** Sends jobs in the caller's transaction. */
  async sendWithin(runner: SqlRunner, jobs: readonly QueuedJob<object>[]): Promise<void> {
    const boss = await this.#started();
    for (const { name, payload } of jobs)
      await inSpan(`send ${name}`, { kind: 'producer', attributes: messagingAttributes('send', name) }, () => boss.send(name, { ...payload, ...carried() }, { db: runner }));
  }

  /** Starts a worker of this replica on a queue. When `work` throws, the job is retried. */
  async work<Payload extends object>(name: string, work: (payload: Payload) => Promise<void>): Promise<void> {
    if (!this.config.jobsEnabled) return;
    const boss = await this.#started();
    const worker = await boss.work<Payload>(name, { pollingIntervalSeconds: pollEvery, batchSize: 1 }, async ([job]) => {
      if (job === undefined) return;
      const { [carrier]: parent = {}, ...payload } = job.data as Payload & { readonly [carrier]?: TraceParent };
      const attributes = { ...messagingAttributes('process', name), 'messaging.message.id': job.id };
      await inSpan(`process ${name}`, { kind: 'consumer', attributes, parent }, () => work(payload as Payload));
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

  /** How often the database has answered the queue. */
  get answers(): number {
    return this.#pool?.returns ?? 0;
  }

  /** Asks the database over the connections of the queue, if it has been started. */
  async ask(): Promise<void> {
    await this.#pool?.query('select');
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    await this.#boss?.stop({ graceful: true, wait: true, timeout: 5000 });
    await this.#pool?.end();
  }

  async #started(): Promise<PgBoss> {
    if (this.#boss !== undefined) return this.#boss;
    const pool = new ConnectionPool({
      connectionString: this.urls.platform,
      application_name: 'tenantry queue',
      max: 2,
      connectionTimeoutMillis: lockTimeout,
      answerTimeoutMillis: answerTimeoutOf(statementTimeout),
      sessionLimits: { statement: statementTimeout, lock: lockTimeout, idleInTransaction: statementTimeout, transaction: 0 },
    });
    pool.on('error', (error) => this.#logger.warn(`a connection of the queue was lost: ${error.message}`));
    const boss = new PgBoss({ db: { executeSql: (text, values) => this.#execute(pool, text, values) }, migrate: false, schedule: false });
    boss.on('error', (error) => this.#logger.error({ err: error }, 'queue error'));
    this.#pool = pool;
    this.#boss = boss;
    await boss.start();
    return boss;
  }

  /**
   * Executes a statement of pg-boss, and again after a passing fault. pg-boss does not await what marks a job as completed or failed: an error there would
   * be nobody's, and the job would run again after a quarter of an hour. All of its statements may be repeated.
   */
  async #execute(pool: ConnectionPool, text: string, values?: unknown[]): Promise<{ rows: unknown[] }> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await pool.query(text, values);
      } catch (error) {
        if (!isTransient(error) || attempt === attempts) throw error;
        // pg-boss gets the same from a pool of its own that has been closed.
        if (this.#stopping) return undefined as never;
        if (attempt === 1) this.#logger.warn({ err: error }, 'the queue cannot reach the database; trying again');
        await sleep(pause);
      }
    }
  }
}
