import { setMaxListeners } from 'node:events';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { WokenWork } from '../../../common/woken-work.js';
import { AppConfig } from '../../../config/app-config.js';
import { DatabaseListener } from '../../../database/database-listener.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { claimPlatformTurns, claimTurns, webhooksChannel, type WebhookTurn } from './webhook-queue.queries.js';
import { leaseTime, WebhookTurnsService } from './webhook-turns.service.js';

/** The webhooks to which a replica sends at a time; how many of them can be slow; and how many can be of one organization, on all replicas. */
const places = 40;
const slowPlaces = 20;
const placesOfOrganization = 5;
/** The turns of webhooks of the platform at a time, in addition: on a replica, and of one webhook on all replicas. */
const placesOfPlatform = 20;
const placesOfPlatformWebhook = 5;
/** Milliseconds between two looks, for the next attempts and in case a notification was lost. */
const pollInterval = 2000;
/** Milliseconds that requests have to end when the process ends. */
const shutdownTime = 5000;

/**
 * Sends events to webhooks, many at a time. A webhook is leased, not locked, while this replica sends to it: no transaction is open while the receiver answers, and
 * another replica continues if this one dies.
 */
@Injectable()
export class DeliverWebhooksWorker implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger(DeliverWebhooksWorker.name);
  readonly #turns = new Map<Promise<void>, WebhookTurn>();
  readonly #stop = new AbortController();
  readonly #looks = new WokenWork(
    () => this.#claim(),
    (error) => this.#logger.warn({ err: error }, 'the queue of webhooks could not be read; retrying'),
  );
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: PlatformPool,
    private readonly listener: DatabaseListener,
    private readonly turns: WebhookTurnsService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    // Each request that is under way listens.
    setMaxListeners(0, this.#stop.signal);
  }

  onApplicationBootstrap(): void {
    if (!this.config.jobsEnabled) return;
    this.listener.on(webhooksChannel, () => this.#looks.wake());
    this.#timer = setInterval(() => this.#looks.wake(), pollInterval);
    this.#looks.wake();
  }

  beforeApplicationShutdown(): void {
    this.#looks.stop();
    clearInterval(this.#timer);
  }

  /** Waits a little for the requests, then breaks them off and gives their deliveries back. */
  async onApplicationShutdown(): Promise<void> {
    const breakOff = setTimeout(() => this.#stop.abort(), shutdownTime);
    await this.#looks.idle();
    await Promise.all(this.#turns.keys());
    clearTimeout(breakOff);
  }

  /** Begins the turns of webhooks with due deliveries. */
  async #claim(): Promise<void> {
    const turns = [...this.#turns.values()];
    const ofPlatform = turns.filter((turn) => turn.ofPlatform).length;
    const slow = turns.filter((turn) => turn.slow && !turn.ofPlatform).length;
    const claim = { now: this.clock.now(), leaseMs: leaseTime };
    const free = places - (turns.length - ofPlatform);
    if (free > 0) this.#begin(await claimTurns(this.pool, { ...claim, free, freeSlow: Math.max(0, slowPlaces - slow), ofOrganization: placesOfOrganization }));
    const freeOfPlatform = placesOfPlatform - ofPlatform;
    if (freeOfPlatform > 0) this.#begin(await claimPlatformTurns(this.pool, { ...claim, free: freeOfPlatform, ofWebhook: placesOfPlatformWebhook }));
  }

  #begin(turns: readonly WebhookTurn[]): void {
    for (const turn of turns) {
      const taken = this.#take(turn).finally(() => {
        this.#turns.delete(taken);
        this.#looks.wake();
      });
      this.#turns.set(taken, turn);
    }
  }

  async #take(turn: WebhookTurn): Promise<void> {
    try {
      await this.turns.take(turn, this.#stop.signal);
    } catch (error) {
      this.#logger.warn({ err: error, webhookId: turn.id }, 'the turn of a webhook was broken off; it continues after its lease');
    }
  }
}
