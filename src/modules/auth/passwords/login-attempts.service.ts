import { Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { deriveKey } from '../../../common/crypto/derived-key.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { AccountLockedError } from '../auth.errors.js';

interface Attempt {
  readonly failures: number;
  readonly lockedFor: number | null;
  readonly allowed: number | null;
}

/** A login that is being judged: say how it went. */
export interface LoginAttempt {
  /** Locks the account for a while when it was one too many. */
  failed(): Promise<void>;
  succeeded(): Promise<void>;
}

/**
 * Locks an account for a while after too many wrong passwords. An address that nobody has is locked like one that
 * somebody has. How many are too many is the strictest `max_login_attempts` of the user's organizations.
 */
@Injectable()
export class LoginAttemptsService {
  readonly #key: Buffer;

  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    config: AppConfig,
  ) {
    this.#key = deriveKey(config.appSecret, 'login-attempts');
  }

  /**
   * Counts an attempt before its password is looked at, so that attempts at the same time cannot be more than allowed.
   *
   * @param countedAs is tried, when it is not the password of the address
   * @throws {AccountLockedError}
   */
  async beginAttempt(email: string, countedAs = email): Promise<LoginAttempt> {
    const setting = this.catalog.settings.get('max_login_attempts');
    if (setting?.enforcedBy !== 'auth') return { failed: async () => undefined, succeeded: async () => undefined };
    const usual = setting.default as number;
    const accountKey = new Uint8Array(createHmac('sha256', this.#key).update(countedAs).digest());
    const [attempt] = await this.platform.$queryRaw<Attempt[]>`
      with counted as (
        insert into login_attempts as a (account_key, failures) values (${accountKey}, 1)
        on conflict (account_key) do update set
          failures = case when a.locked_until > now() then a.failures
                          when a.locked_until <= now() or a.updated_at < now() - make_interval(secs => ${lifetimes.accountLock}) then 1
                          else a.failures + 1 end,
          locked_until = case when a.locked_until > now() then a.locked_until end,
          updated_at = now()
        returning failures, locked_until)
      select failures, extract(epoch from locked_until - now())::float8 as "lockedFor",
             (select min(coalesce((d.document ->> 'max_login_attempts')::int, ${usual}::int))
                from users u join memberships m on m.user_id = u.id
                left join settings_documents d on d.organization_id = m.organization_id and d.section = 'settings'
               where u.email = ${email}) as allowed
        from counted`;
    const { failures = 1, lockedFor = null, allowed = null } = attempt ?? {};
    const maxFailures = allowed ?? usual;
    if (lockedFor !== null) throw new AccountLockedError(Math.ceil(lockedFor));
    // The others may be judged just now; if one of them is the right one, it opens the account again.
    if (failures > maxFailures) {
      await this.#lock(accountKey);
      throw new AccountLockedError(lifetimes.accountLock);
    }
    return {
      failed: async () => {
        if (failures >= maxFailures) await this.#lock(accountKey);
      },
      succeeded: () => this.#forget(accountKey),
    };
  }

  /** Opens an account again, because its owner has proved the address. */
  async unlockAccount(email: string): Promise<void> {
    await this.#forget(new Uint8Array(createHmac('sha256', this.#key).update(email).digest()));
  }

  async #lock(accountKey: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.platform.$executeRaw`update login_attempts set locked_until = now() + make_interval(secs => ${lifetimes.accountLock}) where account_key = ${accountKey}`;
  }

  async #forget(accountKey: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.platform.loginAttempt.deleteMany({ where: { accountKey } });
  }
}
