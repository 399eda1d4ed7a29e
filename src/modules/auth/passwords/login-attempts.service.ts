import { Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { deriveKey } from '../../../common/crypto/derived-key.js';
import { networkOf } from '../../../common/http/addresses/address.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { AccountLockedError } from '../auth.errors.js';

/** The subject of an attempt: the password or the second factor of an account, an address without a verified account, or the codes that are mailed to an address. */
export type AttemptSubject = PasswordSubject | SecondFactorSubject | UnknownNameSubject | MailedCodesSubject;

/** A name that no verified account has. */
interface UnknownNameSubject {
  readonly unknownName: string;
  /** The organization whose maximum applies, if the name is one of a managed account. */
  readonly organizationId?: string | null;
}

interface MailedCodesSubject {
  readonly mailedCodesTo: string;
  /** Whether an account that was mailed was used from the network of the caller. */
  readonly knowsNetwork: boolean;
}

interface SecondFactorSubject {
  readonly secondFactorOf: string;
}

interface PasswordSubject {
  readonly passwordOf: string;
  /** When the password was set. Another password begins at no failures, in all networks. */
  readonly since: Date;
  /** Whether the account was used from the network of the caller, if it is known already. */
  readonly knowsNetwork?: boolean;
}

/**
 * The failures that one account accepts from all networks together before it refuses those from which it was never used
 * (NIST SP 800-63B-4, section 3.2.2, allows at most 100).
 */
const failuresOfAllNetworks = 100;

interface Counter {
  readonly key: Uint8Array<ArrayBuffer>;
  readonly userId: string | null;
  readonly organizationId: string | null;
  /** The allowed failures; null for `max_login_attempts`. */
  readonly allowed: number | null;
  /** The seconds of the lock, and those after which failures expire. */
  readonly lock: number;
}

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
  /** Clears the failures; in the transaction of the caller if given, whose changes can end the session of the request. */
  succeeded(tx?: PlatformTransaction): Promise<void>;
  /** Takes the attempt back: it did not reveal anything about this account. */
  withdrawn(): Promise<void>;
}

const unlimited: LoginAttempt = { lockedFor: undefined, failed: async () => undefined, succeeded: async () => undefined, withdrawn: async () => undefined };

function nameOf(subject: AttemptSubject): string {
  if ('passwordOf' in subject) return `password of ${subject.passwordOf} since ${subject.since.toISOString()}`;
  if ('secondFactorOf' in subject) return `second_factor of ${subject.secondFactorOf}`;
  return 'mailedCodesTo' in subject ? `codes mailed to ${subject.mailedCodesTo}` : `address ${subject.unknownName}`;
}

const hexOf = (key: Uint8Array): string => Buffer.from(key).toString('hex');

/**
 * Locks an account temporarily after too many failed attempts. Attempts are counted by the account that is tried, never by
 * the text of an address, so that no other account can add to them or clear them.
 *
 * Two counters limit the wrong passwords for an account, and the wrong codes that are mailed to it:
 *
 * - The counter of the account **and the network of the caller**. A stranger locks only their own network. The maximum is the
 *   lowest `max_login_attempts` of the organizations that the account is a member of.
 * - The counter of the account for all networks together. It limits an attack that comes from many networks, each below its
 *   own maximum. Networks in which the account has had a session are exempt: they add nothing to it, and its lock does not
 *   apply to them.
 *
 * Wrong codes of a second factor are counted for the account alone: only somebody who knows its password can try a code.
 */
@Injectable()
export class LoginAttemptsService {
  readonly #key: Buffer;

  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly context: TenantContext,
    config: AppConfig,
  ) {
    this.#key = deriveKey(config.appSecret, 'login-attempts');
  }

  /** Counts an attempt on one account. @throws {AccountLockedError} */
  async beginAttempt(subject: PasswordSubject | SecondFactorSubject): Promise<LoginAttempt> {
    const [attempt = unlimited] = await this.beginAttempts([subject]);
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
    const counters = await Promise.all(subjects.map((subject) => this.#countersOf(subject)));
    const counted = await this.#count(counters.flat(), setting.default as number);
    const found = (counter: Counter) => {
      const row = counted.get(hexOf(counter.key));
      return row === undefined ? [] : [{ counter, row }];
    };
    return Promise.all(counters.map((own) => this.#attemptOf(own.flatMap(found))));
  }

  get #network(): string {
    return networkOf(this.context.work.ip ?? '');
  }

  async #countersOf(subject: AttemptSubject): Promise<Counter[]> {
    const what = nameOf(subject);
    const userId = 'passwordOf' in subject ? subject.passwordOf : 'secondFactorOf' in subject ? subject.secondFactorOf : null;
    const organizationId = 'unknownName' in subject ? (subject.organizationId ?? null) : null;
    const limited = { userId, organizationId, allowed: null, lock: lifetimes.accountLock };
    if ('secondFactorOf' in subject) return [{ ...limited, key: this.#keyOf(what) }];
    const here = { ...limited, key: this.#keyOf(`${what} from ${this.#network}`) };
    const known = 'passwordOf' in subject ? (subject.knowsNetwork ?? (await this.#knowsNetwork(subject.passwordOf))) : 'mailedCodesTo' in subject && subject.knowsNetwork;
    if (known) return [here];
    return [here, { ...limited, key: this.#keyOf(what), allowed: failuresOfAllNetworks, lock: lifetimes.accountLockOfAllNetworks }];
  }

  async #knowsNetwork(userId: string): Promise<boolean> {
    const [row] = await this.platform.$queryRaw<{ known: boolean }[]>`select app.has_signed_in_from(${userId}::uuid, ${this.#network}) as known`;
    return row?.known === true;
  }

  async #count(counters: readonly Counter[], defaultMaximum: number): Promise<ReadonlyMap<string, Counted>> {
    const [keys, users, organizations] = [counters.map(({ key }) => key), counters.map(({ userId }) => userId), counters.map(({ organizationId }) => organizationId)];
    const [maxima, locks] = [counters.map(({ allowed }) => allowed), counters.map(({ lock }) => lock)];
    // The rows are locked in the order of their keys, so that parallel attempts do not wait for each other in a circle.
    const counted = await this.platform.$queryRaw<Counted[]>`
      with tried as (select * from unnest(${keys}::bytea[], ${users}::uuid[], ${organizations}::uuid[], ${maxima}::int[], ${locks}::int[]) t (account_key, user_id, organization_id, allowed, lock)
                      order by account_key),
      counted as (
        insert into login_attempts as a (account_key, failures) select account_key, 1 from tried order by account_key
        on conflict (account_key) do update set
          failures = case when a.locked_until > now() then a.failures
                          when a.locked_until <= now() or a.updated_at < now() - make_interval(secs => (select t.lock from tried t where t.account_key = a.account_key)) then 1
                          else a.failures + 1 end,
          locked_until = case when a.locked_until > now() then a.locked_until end,
          updated_at = now()
        returning account_key, failures, locked_until)
      select account_key as "accountKey", failures, extract(epoch from locked_until - now())::float8 as "lockedFor",
             coalesce(tried.allowed, (select min(coalesce((d.document ->> 'max_login_attempts')::int, ${defaultMaximum}::int))
                                        from memberships m
                                        left join settings_documents d on d.organization_id = m.organization_id and d.section = 'settings'
                                       where m.user_id = tried.user_id),
                        (select (d.document ->> 'max_login_attempts')::int from settings_documents d where d.organization_id = tried.organization_id and d.section = 'settings'),
                        ${defaultMaximum}::int) as allowed
        from counted join tried using (account_key)`;
    return new Map(counted.map((row) => [hexOf(row.accountKey), row]));
  }

  async #attemptOf(counted: readonly { readonly counter: Counter; readonly row: Counted }[]): Promise<LoginAttempt> {
    // Parallel attempts may still be checked. If one of them succeeds, it unlocks the account.
    const exceeded = counted.filter(({ row }) => row.lockedFor === null && row.failures > row.allowed);
    for (const { counter } of exceeded) await this.#lock(counter);
    const locks = [...exceeded.map(({ counter }) => counter.lock), ...counted.flatMap(({ row }) => (row.lockedFor === null ? [] : [Math.ceil(row.lockedFor)]))];
    const keys = counted.map(({ counter }) => counter.key);
    return {
      lockedFor: locks.length === 0 ? undefined : Math.max(...locks),
      failed: async () => {
        for (const { counter, row } of counted) if (row.lockedFor === null && row.failures >= row.allowed) await this.#lock(counter);
      },
      succeeded: (tx) => this.#clearFailures(keys, tx),
      withdrawn: async () => {
        await this.platform.$executeRaw`update login_attempts set failures = failures - 1
          where account_key in (select account_key from login_attempts where account_key = any(${keys}::bytea[]) and locked_until is null and failures > 0 order by account_key for update)`;
      },
    };
  }

  #keyOf(counted: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(createHmac('sha256', this.#key).update(counted).digest());
  }

  async #lock({ key, lock }: Counter): Promise<void> {
    await this.platform.$executeRaw`update login_attempts set locked_until = now() + make_interval(secs => ${lock}) where account_key = ${key}`;
  }

  async #clearFailures(keys: readonly Uint8Array<ArrayBuffer>[], db: PlatformDb | PlatformTransaction = this.platform): Promise<void> {
    await db.$executeRaw`delete from login_attempts
      where account_key in (select account_key from login_attempts where account_key = any(${[...keys]}::bytea[]) order by account_key for update)`;
  }
}
