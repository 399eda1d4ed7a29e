import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { DatabaseUrls } from './connect/database-urls.js';
import { UtcClient } from './utc-client.js';

/** Milliseconds to wait before connecting again. */
const retryAfter = 1000;
/** Milliseconds between two questions to the server, so that a connection that was lost without a sign is noticed. */
const askEvery = 5_000;
/** Milliseconds to wait for a connection, and for an answer. */
const patience = 5_000;

/**
 * Listens to notifications of the database on its own connection. LISTEN does not work through PgBouncer in transaction
 * mode: DATABASE_PLATFORM_URL must bypass PgBouncer.
 */
@Injectable()
export class DatabaseListener implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(DatabaseListener.name);
  readonly #handlers = new Map<string, Set<(payload: string) => void>>();
  #client: pg.Client | undefined;
  #connecting = false;
  #stopped = false;
  #retry: NodeJS.Timeout | undefined;
  #asking: NodeJS.Timeout | undefined;

  constructor(private readonly urls: DatabaseUrls) {}

  /** Whether notifications arrive. While they do not, caches that depend on them must not be used. */
  get connected(): boolean {
    return this.#client !== undefined;
  }

  /** Whether notifications arrive, if there is anyone who waits for one. */
  get isHealthy(): boolean {
    return this.connected || this.#handlers.size === 0;
  }

  /** Like {@link on}, but opens no connection: the handler is called once the application has started. */
  whenOpen(channel: string, handler: (payload: string) => void): void {
    this.#handlers.set(channel, (this.#handlers.get(channel) ?? new Set()).add(handler));
  }

  onApplicationBootstrap(): void {
    if (this.#handlers.size > 0) void this.#connect();
  }

  /** Calls `handler` for each notification on a channel, and once after each (re)connection, because some may have been missed. */
  on(channel: string, handler: (payload: string) => void): void {
    const handlers = this.#handlers.get(channel) ?? new Set();
    this.#handlers.set(channel, handlers.add(handler));
    // A connection that is lost meanwhile is opened again, with all channels.
    if (this.#client !== undefined) this.#listen(this.#client, channel).catch(() => undefined);
    else void this.#connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    clearInterval(this.#asking);
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    if (this.#connecting || this.#stopped) return;
    this.#connecting = true;
    const client = new UtcClient({
      connectionString: this.urls.platform,
      application_name: 'tenantry listener',
      connectionTimeoutMillis: patience,
      answerTimeoutMillis: patience,
    });
    client.on('end', () => this.#lost());
    client.on('notification', ({ channel, payload = '' }) => this.#handlers.get(channel)?.forEach((handler) => handler(payload)));
    try {
      await client.connect();
      for (const channel of this.#handlers.keys()) await this.#listen(client, channel);
      if (this.#stopped) await client.end();
      else this.#begin(client);
    } catch (error) {
      this.#logger.warn({ err: error }, 'the database listener could not connect; trying again');
      await client.end().catch(() => undefined);
      this.#lost();
    } finally {
      this.#connecting = false;
    }
  }

  #begin(client: pg.Client): void {
    this.#client = client;
    this.#asking = setInterval(() => void client.query('select').catch(() => undefined), askEvery).unref();
  }

  async #listen(client: pg.Client, channel: string): Promise<void> {
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
    this.#handlers.get(channel)?.forEach((handler) => handler(''));
  }

  #lost(): void {
    if (this.#client !== undefined && !this.#stopped) this.#logger.warn('the database listener lost its connection; reconnecting');
    this.#client = undefined;
    clearInterval(this.#asking);
    if (this.#stopped) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), retryAfter);
  }
}
