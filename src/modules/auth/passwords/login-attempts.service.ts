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

/** A counted login attempt. The caller reports its result. */
export interface LoginAttempt {
  /** Locks the account when the maximum of failures is reached. */
  failed(): Promise<void>;
  succeeded(): Promise<void>;
}

/**
 * Locks an account temporarily after too many failed logins. Unknown addresses are locked in the same way, so that a lock
 * does not reveal whether an account exists. The maximum is the lowest `max_login_attempts` of the user's organizations.
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
   * Counts an attempt before the password is checked, so that parallel attempts cannot exceed the maximum.
   *
   * @param countedAs what the attempts are counted by; the password of the address when omitted
   * @throws {AccountLockedError}
   */
  async beginAttempt(email: string, countedAs = email): Promise<LoginAttempt> {
    const setting = this.catalog.settings.get('max_login_attempts');
    if (setting?.enforcedBy !== 'auth') return { failed: async () => undefined, succeeded: async () => undefined };
    const defaultMaximum = setting.default as number;
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
             (select min(coalesce((d.document ->> 'max_login_attempts')::int, ${defaultMaximum}::int))
                from users u join memberships m on m.user_id = u.id
                left join settings_documents d on d.organization_id = m.organization_id and d.section = 'settings'
               where u.email = ${email}) as allowed
        from counted`;
    const { failures = 1, lockedFor = null, allowed = null } = attempt ?? {};
    const maxFailures = allowed ?? defaultMaximum;
    if (lockedFor !== null) throw new AccountLockedError(Math.ceil(lockedFor));
    // Parallel attempts may still be checked. If one of them succeeds, it unlocks the account.
    if (failures > maxFailures) {
      await this.#lock(accountKey);
      throw new AccountLockedError(lifetimes.accountLock);
    }
    return {
      failed: async () => {
        if (failures >= maxFailures) await this.#lock(accountKey);
      },
      succeeded: () => this.#clearFailures(accountKey),
    };
  }

  /** Unlocks the account after its owner has verified the address. */
  async unlockAccount(email: string): Promise<void> {
    await this.#clearFailures(new Uint8Array(createHmac('sha256', this.#key).update(email).digest()));
  }

  async #lock(accountKey: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.platform.$executeRaw`update login_attempts set locked_until = now() + make_interval(secs => ${lifetimes.accountLock}) where account_key = ${accountKey}`;
  }

  async #clearFailures(accountKey: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.platform.loginAttempt.deleteMany({ where: { accountKey } });
  }
}
