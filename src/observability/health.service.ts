import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { machineTime } from '../common/clock.js';
import { AppError } from '../common/errors/app-error.js';
import { DatabaseListener } from '../database/database-listener.js';
import { findMigrationsOfLaterVersions } from '../database/migrations/later-versions.js';
import { askServer } from '../database/wire/ask-server.js';
import { emptyQuery } from '../database/wire/prepared-query.js';
import { PoolBusyError } from '../database/wire/tenant-pool.errors.js';
import { PlatformPool } from '../database/wire/platform-pool.js';
import { TenantPool } from '../database/wire/tenant-pool.js';
import { QueueService } from '../jobs/queue.service.js';
import { processFaults } from './process-faults.js';

/** The problems that the checks find, by the name of the check. */
export type Problems = Readonly<Record<string, string>>;

export class NotReadyError extends AppError {
  constructor(reason: string, checks: Problems = {}) {
    super('unavailable', 'not_ready', `This process cannot serve requests: ${reason}.`, { checks });
  }
}

/** Milliseconds for each check. They run at the same time. */
const checkLimit = 2_000;
/** Milliseconds by which the clock of this machine may differ from the database's. */
const maxClockDifference = 5_000;

const noAnswer = 'does not answer';

/** Whether a question was not sent, because too many wait. */
const isBusy = (error: unknown): boolean => error instanceof PoolBusyError;

type Problem = string | undefined;

interface Check {
  readonly find: () => Promise<Problem> | Problem;
  /** Returns a function that says whether the work of others has meanwhile proved as much. */
  readonly observe?: () => () => boolean;
}

/** When all connections are busy, a quick read proves that the server answers. */
const observe = (pool: TenantPool | PlatformPool) => (): (() => boolean) => {
  const [returns, answers] = [pool.returns, pool.lanes.answers];
  // The check that is still running may have had the answer to its own.
  pool.lanes.run(emptyQuery()).catch(() => undefined);
  return () => pool.returns > returns || (pool.isExhausted && pool.lanes.answers > answers);
};

/**
 * Decides whether this process can serve requests: proves each thing that requests need. Load refuses no readiness: other replicas have it too, and a balancer
 * would find none. A question that waits behind other work is therefore no problem while that work is answered.
 */
@Injectable()
export class HealthService implements BeforeApplicationShutdown {
  #stopping = false;
  readonly #running = new Map<string, Promise<Problem>>();

  constructor(
    private readonly tenants: TenantPool,
    private readonly platform: PlatformPool,
    private readonly listener: DatabaseListener,
    private readonly queue: QueueService,
  ) {}

  /** Whether the process is about to end. */
  get isStopping(): boolean {
    return this.#stopping;
  }

  /** @throws {NotReadyError} names each check that failed */
  async assertReady(): Promise<void> {
    if (this.#stopping) throw new NotReadyError('it is shutting down');
    const problems = await this.findProblems();
    const reasons = Object.entries(problems).map(([check, problem]) => `${check} ${problem}`);
    if (reasons.length > 0) throw new NotReadyError(reasons.join(', '), problems);
  }

  async findProblems(): Promise<Problems> {
    const checks: Readonly<Record<string, Check>> = {
      database: { find: () => this.#askPool(this.tenants), observe: observe(this.tenants) },
      platform_database: { find: async () => (await this.#askPool(this.platform)) ?? this.#findLaterMigrations(), observe: observe(this.platform) },
      listener: { find: () => (this.listener.isHealthy ? undefined : 'has lost its connection') },
      queue: { find: () => this.queue.ask().then(() => undefined), observe: () => this.#observeQueue() },
      process: { find: () => (processFaults.isFaulty ? 'had an error that was not handled' : undefined) },
    };
    const found = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await this.#inTime(name, check)] as const));
    return Object.fromEntries(found.filter((each): each is readonly [string, string] => each[1] !== undefined));
  }

  /** Is no longer ready. */
  stop(): void {
    this.#stopping = true;
  }

  beforeApplicationShutdown(): void {
    this.stop();
  }

  /** A check that is still running from the last time is not begun again, so that probes take no more than one connection of each pool. */
  async #inTime(name: string, check: Check): Promise<Problem> {
    const isProved = check.observe?.() ?? ((): boolean => false);
    const ended = new AbortController();
    const late = sleep(checkLimit, undefined, { signal: ended.signal }).then(async () => {
      // A process that was busy reads the answers first.
      await turn();
      return isProved() ? undefined : noAnswer;
    });
    late.catch(() => undefined);
    const running = this.#running.get(name) ?? this.#begin(name, check);
    return Promise.race([running.catch((error: unknown) => (isBusy(error) ? late : noAnswer)), late]).finally(() => ended.abort());
  }

  #begin(name: string, { find }: Check): Promise<Problem> {
    const running = (async () => find())().finally(() => this.#running.delete(name));
    this.#running.set(name, running);
    return running;
  }

  #observeQueue(): () => boolean {
    const { answers } = this.queue;
    return () => this.queue.answers > answers;
  }

  async #findLaterMigrations(): Promise<Problem> {
    const later = await findMigrationsOfLaterVersions(this.platform);
    return later.length === 0 ? undefined : `has migrations of a later version, with which this one cannot work: ${later.join(', ')}`;
  }

  async #askPool(pool: TenantPool | PlatformPool): Promise<Problem> {
    const before = machineTime();
    const { isReadOnly, now } = await askServer(pool);
    if (isReadOnly) {
      pool.renew();
      return 'is read-only';
    }
    const difference = Math.max(before - now.getTime(), now.getTime() - machineTime());
    return difference > maxClockDifference ? `has a clock that differs by ${Math.round(difference / 1000)} seconds from that of this machine` : undefined;
  }
}
