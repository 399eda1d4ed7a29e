import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PlatformPool } from '../../database/wire/platform-pool.js';

/** How exactly the last use of a session is known, in milliseconds. */
const sessionGrain = 30_000;
const flushEvery = 2_000;

interface KeyUse {
  readonly organizationId: string;
  count: number;
  address: string;
}

/**
 * Notes when sessions and API keys were last used, and how often keys were. Off the request's path: in memory, written
 * every other second in one statement for all of them, and when the server stops.
 */
@Injectable()
export class CredentialUseService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(CredentialUseService.name);
  #sessions = new Set<string>();
  #keys = new Map<string, KeyUse>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly platform: PlatformPool) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.flush(), flushEvery);
    this.#timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  ofSession(sessionId: string, lastUsedAt: Date): void {
    if (Date.now() - lastUsedAt.getTime() > sessionGrain) this.#sessions.add(sessionId);
  }

  ofKey(organizationId: string, keyId: string, address: string): void {
    const use = this.#keys.get(keyId) ?? { organizationId, count: 0, address };
    use.count += 1;
    use.address = address;
    this.#keys.set(keyId, use);
  }

  /** Writes what was noted. What cannot be written now is noted again. */
  async flush(): Promise<void> {
    const sessions = this.#sessions;
    const keys = this.#keys;
    this.#sessions = new Set();
    this.#keys = new Map();
    try {
      if (sessions.size > 0) await this.platform.query('update sessions set last_used_at = now() where id = any($1::uuid[]) and revoked_at is null', [[...sessions]]);
      if (keys.size > 0) await this.#writeKeys(keys);
    } catch (error) {
      this.#logger.warn({ err: error }, 'the use of sessions and keys could not be written; trying again');
      for (const session of sessions) this.#sessions.add(session);
      for (const [id, { organizationId, count, address }] of keys) {
        this.ofKey(organizationId, id, address);
        const use = this.#keys.get(id);
        if (use !== undefined) use.count += count - 1;
      }
    }
  }

  async #writeKeys(keys: ReadonlyMap<string, KeyUse>): Promise<void> {
    const uses = [...keys.values()];
    await this.platform.query(
      `update api_keys k set last_used_at = now(), last_used_ip = n.address, use_count = k.use_count + n.count
         from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[]) as n (organization_id, id, count, address)
        where k.organization_id = n.organization_id and k.id = n.id`,
      [uses.map(({ organizationId }) => organizationId), [...keys.keys()], uses.map(({ count }) => count), uses.map(({ address }) => address)],
    );
  }
}
