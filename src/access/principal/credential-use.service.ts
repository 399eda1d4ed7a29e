import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BufferedWriter } from '../../common/buffered-writer.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';

/** How exactly the last use of a session is recorded, in milliseconds. */
const sessionPrecision = 30_000;
const flushEvery = 2_000;
/** The most sessions, and the most keys, whose use is kept in memory while the database is away. */
const maxWaiting = 100_000;

/** A session that was judged to be alive, as it is remembered. */
export interface SeenSession {
  readonly sessionId: string;
  /** When it was last judged to be alive, in milliseconds. */
  usedAt: number;
  /** The last use that was written. */
  lastUsedAt: Date;
  /** The version of its row: see `RowVersions`. */
  version: string;
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
  readonly #sessions = new BufferedWriter<SeenSession>({
    flushEvery,
    maxWaiting,
    drop: 'newest',
    write: (uses) => this.#writeSessions(uses),
    onError: (err) => this.#logger.warn({ err }, 'the last use of sessions could not be written; trying again'),
  });
  readonly #keys = this.#writerOf('API keys', (uses) => this.#writeKeys(uses, 'api_keys'));
  readonly #serviceKeys = this.#writerOf('service keys', (uses) => this.#writeServiceKeys(uses));
  readonly #directories = this.#writerOf('tokens of directories', (uses) => this.#writeKeys(uses, 'directory_tokens'));
  readonly #setups = this.#writerOf('set-up links', (uses) => this.#writeKeys(uses, 'sso_setup_links'));

  constructor(private readonly platform: PlatformPool) {}

  onApplicationBootstrap(): void {
    this.#sessions.start();
    this.#keys.start();
    this.#serviceKeys.start();
    this.#directories.start();
    this.#setups.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.#sessions.stop(), this.#keys.stop(), this.#serviceKeys.stop(), this.#directories.stop(), this.#setups.stop()]);
  }

  /** Records the use of a session that was judged to be alive. */
  recordSessionUse(seen: SeenSession, usedAt: number): void {
    seen.usedAt = usedAt;
    if (usedAt - seen.lastUsedAt.getTime() > sessionPrecision) this.#sessions.add(seen.sessionId, seen);
  }

  recordApiKeyUse(organizationId: string, keyId: string, address: string): void {
    this.#keys.add(keyId, { organizationId, keyId, count: 1, address });
  }

  recordDirectoryUse(organizationId: string, keyId: string, address: string): void {
    this.#directories.add(keyId, { organizationId, keyId, count: 1, address });
  }

  recordSetupUse(organizationId: string, keyId: string, address: string): void {
    this.#setups.add(keyId, { organizationId, keyId, count: 1, address });
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
    await Promise.all([this.#sessions.flush(), this.#keys.flush(), this.#serviceKeys.flush(), this.#directories.flush(), this.#setups.flush()]);
  }

  /**
   * Writes the time of the use, not of the write: a write that was delayed must not make a session look used that has timed
   * out since. Does not wait for sessions that are locked, because these are being extended or ended. The write gives a row another
   * version, of which nothing else must be read again.
   */
  async #writeSessions(uses: readonly SeenSession[]): Promise<void> {
    const { rows } = await this.platform.query<{ readonly id: string; readonly before: string; readonly version: string; readonly lastUsedAt: Date }>(
      `with free as materialized (
         select f.id, f.xmin as version from sessions f where f.id = any($1::uuid[]) and f.revoked_at is null for no key update skip locked)
       update sessions s set last_used_at = greatest(s.last_used_at, n.used_at)
         from free, unnest($1::uuid[], $2::timestamptz[]) as n (id, used_at)
        where s.id = free.id and s.xmin = free.version and n.id = s.id
       returning s.id, free.version as before, s.xmin as version, s.last_used_at as "lastUsedAt"`,
      [uses.map(({ sessionId }) => sessionId), uses.map(({ usedAt }) => new Date(usedAt).toISOString())],
    );
    const written = new Map(rows.map((row) => [row.id, row]));
    for (const seen of uses) {
      const row = written.get(seen.sessionId);
      if (row?.before !== seen.version) continue;
      seen.version = row.version;
      seen.lastUsedAt = row.lastUsedAt;
    }
  }

  async #writeKeys(uses: readonly KeyUse[], table: 'api_keys' | 'directory_tokens' | 'sso_setup_links'): Promise<void> {
    await this.platform.query(
      `update ${table} k set last_used_at = now(), last_used_ip = n.address, use_count = k.use_count + n.count
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
