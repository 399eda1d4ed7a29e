import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { packages } from '../packages.js';

/** Milliseconds to wait for an answer: longer than Redis takes, and short enough for the one request that finds it hanging. */
const patience = 250;
/** Milliseconds between two questions to a Redis that did not answer. */
const askEvery = 1_000;

/**
 * The connection to Redis. After a command that failed, or was not answered in time, no request uses it until it answers again: a Redis that hangs must not
 * delay each of them.
 */
export class RedisCircuit {
  readonly #logger = new Logger('Redis');
  readonly client: Redis;
  #open = false;
  #failures = 0;
  #asking: NodeJS.Timeout | undefined;

  constructor(url: string) {
    this.client = new packages.ioredis.Redis(url, {
      enableOfflineQueue: false,
      commandTimeout: patience,
      connectTimeout: 2_000,
      disconnectTimeout: patience,
      maxRetriesPerRequest: 1,
      keepAlive: 10_000,
      connectionName: 'tenantry',
    });
    this.client.on('error', (error: Error) => this.fail(error));
  }

  /** Whether requests may use it. */
  get isUsable(): boolean {
    return !this.#open;
  }

  /** How often it has stopped answering. */
  get failures(): number {
    return this.#failures;
  }

  /** Notes that it does not answer, and asks until it does. */
  fail(error: unknown): void {
    if (this.#open) return;
    this.#open = true;
    this.#failures += 1;
    this.#logger.warn({ err: error }, 'Redis does not answer; this replica counts rate limits by itself');
    this.#asking = setInterval(() => void this.#ask(), askEvery).unref();
  }

  /** Waits for the first connection, for a moment. */
  async connect(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const ready = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, 2 * patience).unref();
      this.client.once('ready', resolve);
    });
    await ready;
    clearTimeout(timer);
    if (this.client.status !== 'ready') this.fail(new Error('The connection is not ready.'));
  }

  async close(): Promise<void> {
    clearInterval(this.#asking);
    await this.client.quit().catch(() => this.client.disconnect());
  }

  async #ask(): Promise<void> {
    try {
      await this.client.ping();
    } catch {
      return;
    }
    if (!this.#open) return;
    this.#open = false;
    clearInterval(this.#asking);
    this.#logger.log('Redis answers again; all replicas share their rate limits');
  }
}
