import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BufferedWriter } from '../../common/buffered-writer.js';
import { SystemClock } from '../../common/clock.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';

/** How exactly the last use of a session is recorded, in milliseconds. */
const sessionPrecision = 30_000;
const flushEvery = 2_000;
/** The most sessions, and the most keys, whose use is kept in memory while the database is away. */
const maxWaiting = 100_000;

interface SessionUse {
  readonly sessionId: string;
  readonly usedAt: Date;
}

interface KeyUse {
  /** Undefined for a service key. */
  readonly organizationId: string | undefined;
  readonly keyId: string;
  readonly count: number;
  readonly address: string;
}

/**
 * Records when sessions, API keys and service keys were last used, and how often keys were used. Requests do not wait for it: uses are
 * collected in memory, and written every two seconds and when the server shuts down.
 */
@Injectable()
export class CredentialUseService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(CredentialUseService.name);
  readonly #sessions = new BufferedWriter<SessionUse>({
    flushEvery,
    maxWaiting,
    drop: 'newest',
    write: (uses) => this.#writeSessions(uses),
    onError: (err) => this.#logger.warn({ err }, 'the last use of sessions could not be written; trying again'),
  });
  readonly #keys = this.#writerOf('API keys', (uses) => this.#writeKeys(uses));
  readonly #serviceKeys = this.#writerOf('service keys', (uses) => this.#writeServiceKeys(uses));

  constructor(
    private readonly platform: PlatformPool,
    private readonly clock: SystemClock,
  ) {}

  onApplicationBootstrap(): void {
    this.#sessions.start();
    this.#keys.start();
    this.#serviceKeys.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.#sessions.stop(), this.#keys.stop(), this.#serviceKeys.stop()]);
  }

  /** Records the use of a session that was judged to be alive. */
  recordSessionUse(sessionId: string, lastUsedAt: Date): void {
    const now = this.clock.now();
    if (now.getTime() - lastUsedAt.getTime() > sessionPrecision) this.#sessions.add(sessionId, { sessionId, usedAt: now });
  }

  recordApiKeyUse(organizationId: string, keyId: string, address: string): void {
    this.#keys.add(keyId, { organizationId, keyId, count: 1, address });
  }

  recordServiceKeyUse(keyId: string, address: string): void {
    this.#serviceKeys.add(keyId, { organizationId: undefined, keyId, count: 1, address });
  }

  #writerOf(keys: string, write: (uses: readonly KeyUse[]) => Promise<void>): BufferedWriter<KeyUse> {
    return new BufferedWriter<KeyUse>({
      flushEvery,
      maxWaiting,
      drop: 'newest',
      merge: (earlier, later) => ({ ...later, count: earlier.count + later.count }),
      write,
      onError: (err) => this.#logger.warn({ err }, `the last use of ${keys} could not be written; trying again`),
    });
  }

  /** Writes the uses that were collected. Uses that cannot be written are kept for the next flush. */
  async flush(): Promise<void> {
    await Promise.all([this.#sessions.flush(), this.#keys.flush(), this.#serviceKeys.flush()]);
  }

  /**
   * Writes the time of the use, not of the write: a write that was delayed must not make a session look used that has timed
   * out since. Does not wait for sessions that are locked, because these are being extended or ended.
   */
  async #writeSessions(uses: readonly SessionUse[]): Promise<void> {
    await this.platform.query(
      `update sessions s set last_used_at = greatest(s.last_used_at, n.used_at)
         from unnest($1::uuid[], $2::timestamptz[]) as n (id, used_at)
        where s.id = n.id and s.id in (select l.id from sessions l where l.id = any($1::uuid[]) and l.revoked_at is null for no key update skip locked)`,
      [uses.map(({ sessionId }) => sessionId), uses.map(({ usedAt }) => usedAt.toISOString())],
    );
  }

  async #writeKeys(uses: readonly KeyUse[]): Promise<void> {
    await this.platform.query(
      `update api_keys k set last_used_at = now(), last_used_ip = n.address, use_count = k.use_count + n.count
         from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[]) as n (organization_id, id, count, address)
        where k.organization_id = n.organization_id and k.id = n.id`,
      [uses.map(({ organizationId }) => organizationId), uses.map(({ keyId }) => keyId), uses.map(({ count }) => count), uses.map(({ address }) => address)],
    );
  }

  async #writeServiceKeys(uses: readonly KeyUse[]): Promise<void> {
    await this.platform.query(
      `update service_keys k set last_used_at = now(), last_used_ip = n.address, use_count = k.use_count + n.count
         from unnest($1::uuid[], $2::int[], $3::text[]) as n (id, count, address)
        where k.id = n.id`,
      [uses.map(({ keyId }) => keyId), uses.map(({ count }) => count), uses.map(({ address }) => address)],
    );
  }
}
