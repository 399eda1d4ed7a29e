import { Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { deriveKey } from '../../../common/crypto/derived-key.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { AccountLockedError } from '../auth.errors.js';

/** The subject of an attempt: the password or the second factor of an account, or an address without a verified account. */
export type AttemptSubject = { readonly userId: string; readonly secret: 'password' | 'second_factor' } | { readonly unclaimedAddress: string };

interface Counted {
  readonly accountKey: Uint8Array<ArrayBuffer>;
  readonly failures: number;
  readonly lockedFor: number | null;
  readonly allowed: number;
}

/** A counted attempt. The caller reports its result. */
export interface LoginAttempt {
  /** The seconds until the lock ends; undefined when the account is not locked. */
  readonly lockedFor: number | undefined;
  /** Locks the account when the maximum of failures is reached. */
  failed(): Promise<void>;
  succeeded(): Promise<void>;
  /** Takes the attempt back: it did not reveal anything about this account. */
  withdrawn(): Promise<void>;
}

const unlimited: LoginAttempt = { lockedFor: undefined, failed: async () => undefined, succeeded: async () => undefined, withdrawn: async () => undefined };

/**
 * Locks an account temporarily after too many failed attempts. Attempts are counted by the account that is tried, never by
 * the text of an address, so that no other account can add to them or clear them. The maximum is the lowest
 * `max_login_attempts` of the organizations that the account is a member of.
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

  /** Counts an attempt on one account. @throws {AccountLockedError} */
  async beginAttempt(userId: string, secret: 'password' | 'second_factor'): Promise<LoginAttempt> {
    const [attempt = unlimited] = await this.beginAttempts([{ userId, secret }]);
    if (attempt.lockedFor !== undefined) throw new AccountLockedError(attempt.lockedFor);
    return attempt;
  }

  /**
   * Counts an attempt on several accounts, before anything is checked, so that parallel attempts cannot exceed the maximum.
   *
   * @returns the attempts in the order of the subjects
   */
  async beginAttempts(subjects: readonly AttemptSubject[]): Promise<LoginAttempt[]> {
    const setting = this.catalog.settings.get('max_login_attempts');
    if (setting?.enforcedBy !== 'auth') return subjects.map(() => unlimited);
    const keys = subjects.map((subject) => this.#keyOf(subject));
    const users = subjects.map((subject) => ('userId' in subject ? subject.userId : null));
    // The rows are locked in the order of their keys, so that parallel attempts do not wait for each other in a circle.
    const counted = await this.platform.$queryRaw<Counted[]>`
      with tried as (select * from unnest(${keys}::bytea[], ${users}::uuid[]) t (account_key, user_id) order by account_key),
      counted as (
        insert into login_attempts as a (account_key, failures) select account_key, 1 from tried order by account_key
        on conflict (account_key) do update set
          failures = case when a.locked_until > now() then a.failures
                          when a.locked_until <= now() or a.updated_at < now() - make_interval(secs => ${lifetimes.accountLock}) then 1
                          else a.failures + 1 end,
          locked_until = case when a.locked_until > now() then a.locked_until end,
          updated_at = now()
        returning account_key, failures, locked_until)
      select account_key as "accountKey", failures, extract(epoch from locked_until - now())::float8 as "lockedFor",
             coalesce((select min(coalesce((d.document ->> 'max_login_attempts')::int, ${setting.default as number}::int))
                         from memberships m
                         left join settings_documents d on d.organization_id = m.organization_id and d.section = 'settings'
                        where m.user_id = tried.user_id), ${setting.default as number}::int) as allowed
        from counted join tried using (account_key)`;
    const byKey = new Map(counted.map((row) => [Buffer.from(row.accountKey).toString('hex'), row]));
    return Promise.all(keys.map((key) => this.#attemptOf(key, byKey.get(Buffer.from(key).toString('hex')))));
  }

  /** Unlocks an account whose owner has proved the mailbox. */
  async unlockAccount(userId: string): Promise<void> {
    await this.#clearFailures(this.#keyOf({ userId, secret: 'password' }));
  }

  async #attemptOf(accountKey: Uint8Array<ArrayBuffer>, row: Counted | undefined): Promise<LoginAttempt> {
    if (row === undefined) return unlimited;
    // Parallel attempts may still be checked. If one of them succeeds, it unlocks the account.
    const exceeded = row.lockedFor === null && row.failures > row.allowed;
    if (exceeded) await this.#lock(accountKey);
    return {
      lockedFor: exceeded ? lifetimes.accountLock : row.lockedFor === null ? undefined : Math.ceil(row.lockedFor),
      failed: async () => {
        if (row.lockedFor === null && row.failures >= row.allowed) await this.#lock(accountKey);
      },
      succeeded: () => this.#clearFailures(accountKey),
      withdrawn: async () => {
        await this.platform.$executeRaw`update login_attempts set failures = failures - 1 where account_key = ${accountKey} and locked_until is null and failures > 0`;
      },
    };
  }

  #keyOf(subject: AttemptSubject): Uint8Array<ArrayBuffer> {
    const counted = 'userId' in subject ? `${subject.secret} of ${subject.userId}` : `address ${subject.unclaimedAddress}`;
    return new Uint8Array(createHmac('sha256', this.#key).update(counted).digest());
  }

  async #lock(accountKey: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.platform.$executeRaw`update login_attempts set locked_until = now() + make_interval(secs => ${lifetimes.accountLock}) where account_key = ${accountKey}`;
  }

  async #clearFailures(accountKey: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.platform.loginAttempt.deleteMany({ where: { accountKey } });
  }
}
