import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { machineTime } from '../common/clock.js';
import { AppError } from '../common/errors/app-error.js';
import { DatabaseListener } from '../database/database-listener.js';
import { findMigrationsOfLaterVersions } from '../database/migrations/later-versions.js';
import { askServer } from '../database/wire/ask-server.js';
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

/** Decides whether this process can serve requests: proves each thing that requests need. */
@Injectable()
export class HealthService implements BeforeApplicationShutdown {
  #stopping = false;
  readonly #running = new Map<string, Promise<string | undefined>>();

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
    const checks: Readonly<Record<string, () => Promise<string | undefined> | string | undefined>> = {
      database: () => this.#askPool(this.tenants),
      platform_database: async () => (await this.#askPool(this.platform)) ?? this.#findLaterMigrations(),
      listener: () => (this.listener.isHealthy ? undefined : 'has lost its connection'),
      queue: () => this.queue.ask().then(() => undefined),
      process: () => (processFaults.isFaulty ? 'had an error that was not handled' : undefined),
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
  async #inTime(name: string, check: () => Promise<string | undefined> | string | undefined): Promise<string | undefined> {
    const running = this.#running.get(name) ?? this.#begin(name, check);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve(noAnswer), checkLimit)));
    return Promise.race([running, late]).finally(() => clearTimeout(timer));
  }

  #begin(name: string, check: () => Promise<string | undefined> | string | undefined): Promise<string | undefined> {
    const running = (async () => check())()
      .catch(() => noAnswer)
      .finally(() => this.#running.delete(name));
    this.#running.set(name, running);
    return running;
  }

  async #findLaterMigrations(): Promise<string | undefined> {
    const later = await findMigrationsOfLaterVersions(this.platform);
    return later.length === 0 ? undefined : `has migrations of a later version, with which this one cannot work: ${later.join(', ')}`;
  }

  async #askPool(pool: TenantPool | PlatformPool): Promise<string | undefined> {
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
