import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Load } from '../../common/load/load.js';
import { LoadsService } from '../../common/load/loads.service.js';
import { AppConfig } from '../../config/app-config.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { TenantPool } from '../../database/wire/tenant-pool.js';

/** Milliseconds between two looks. */
const interval = 200;
/** The number of looks after which a delay is not a passing one: a collection of the heap, or a large document. */
const lasting = 5;
/** Milliseconds by which each turn of the event loop may be late. */
const maxDelay = 100;
/** Milliseconds that somebody who holds no connection may wait for one. */
const maxWait = 1_000;
/** The running requests that each organization may always have: who has fewer is never refused. */
const alwaysAllowed = 4;
/** Looks between two times that the loads which are idle are forgotten. */
const forgetEvery = 50;

/** Why a replica has more work than it can do. */
export type OverloadReason = 'event_loop' | 'pool';

/** The state of a replica that has more work than it can do. */
interface Shedding {
  readonly reason: OverloadReason;
  /** The number of running requests that each organization may have. */
  readonly allowed: number;
}

/**
 * Notices that this replica has more work than it can do, and lowers the number of running requests that one organization may have until it keeps up: those with
 * the most are refused first, and those with few never.
 */
@Injectable()
export class OverloadService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Load');
  #timer: NodeJS.Timeout | undefined;
  #expectedAt = 0;
  #looks = 0;
  #delays = 0;
  /** Undefined while the replica keeps up. */
  #shedding: Shedding | undefined;

  constructor(
    private readonly loads: LoadsService,
    private readonly tenants: TenantPool,
    private readonly platform: PlatformPool,
    private readonly config: AppConfig,
  ) {}

  /** Why those with many running requests are refused; undefined when nobody is. */
  get reason(): OverloadReason | undefined {
    return this.#shedding?.reason;
  }

  /** Returns why somebody may not begin another request; undefined when they may. */
  findRefusal({ running }: Load): OverloadReason | undefined {
    return this.#shedding !== undefined && running >= this.#shedding.allowed ? this.#shedding.reason : undefined;
  }

  onApplicationBootstrap(): void {
    this.#expectedAt = performance.now() + interval;
    this.#timer = setInterval(() => this.#look(), interval).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    this.#delays = now - this.#expectedAt > maxDelay ? this.#delays + 1 : 0;
    this.#expectedAt = now + interval;
    this.#looks += 1;
    if (this.#looks % forgetEvery === 0) this.loads.forgetIdle();
    const reason = this.#findReason();
    if (reason !== undefined) this.#lower(reason);
    else if (this.#shedding !== undefined) this.#raise(this.#shedding);
  }

  #findReason(): OverloadReason | undefined {
    if (!this.config.loadLimitsEnabled) return undefined;
    if (this.#delays >= lasting) return 'event_loop';
    return Math.max(this.tenants.starvedFor, this.platform.starvedFor) > maxWait ? 'pool' : undefined;
  }

  #lower(reason: OverloadReason): void {
    const most = this.loads.mostRunning;
    if (this.#shedding === undefined) this.#logger.warn({ reason, running: this.loads.running, most }, 'overloaded: organizations with many running requests are refused');
    this.#shedding = { reason, allowed: Math.max(alwaysAllowed, Math.floor(Math.min(this.#shedding?.allowed ?? most, most) / 2)) };
  }

  #raise({ reason, allowed: before }: Shedding): void {
    const allowed = 1.5 * before;
    if (allowed <= 2 * this.loads.mostRunning || allowed < 100) {
      this.#shedding = { reason, allowed };
      return;
    }
    this.#shedding = undefined;
    this.#logger.log('not overloaded any longer');
  }
}
