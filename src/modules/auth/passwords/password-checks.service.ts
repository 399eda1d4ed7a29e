import { Injectable } from '@nestjs/common';
import { SessionEndedError } from '../../../access/access.errors.js';
import type { UserPrincipal } from '../../../access/principal/principal.js';
import { RecentLogins } from '../../../access/recent-logins.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { AccountLockedError, InvalidCredentialsError, PasswordNeededError, WrongPasswordError } from '../auth.errors.js';
import type { Device } from '../sessions/device.js';
import { SignInMethodsService } from '../sign-in-methods.service.js';
import { SignInQueries, textOf, type SignInCandidate, type SignInName } from '../sign-in.queries.js';
import { LoginAttemptsService, type AttemptSubject, type LoginAttempt } from './login-attempts.service.js';
import { DecoyHashesService } from './decoy-hashes.service.js';
import { PasswordsService } from './passwords.service.js';

/** The number of hashes that a login checks, however many accounts have or claim the address. Only the login of the verified account needs one. */
const hashesChecked = 3;

/** Checks passwords and counts the attempts. */
@Injectable()
export class PasswordChecksService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly queries: SignInQueries,
    private readonly passwords: PasswordsService,
    private readonly decoys: DecoyHashesService,
    private readonly attempts: LoginAttemptsService,
    private readonly methods: SignInMethodsService,
    private readonly recentLogins: RecentLogins,
  ) {}

  /**
   * Returns the account with this name and password, as it was when the password was read. An unknown name takes the same time and is locked in the same way.
   *
   * @throws {InvalidCredentialsError | AccountLockedError | SignInMethodOffError}
   */
  async signIn(name: SignInName, password: string, device: Device): Promise<SignInCandidate> {
    this.methods.assertOffered('password');
    const candidates = await this.#candidatesOf(name, device);
    const attempts = await this.#beginAttempts(name, candidates);
    const tried = [...attempts.values()];
    // The first account decides about the answer, without a verified one also the counter of the address: a lock of a later claim must not show.
    const lockedFor = tried[0]?.lockedFor ?? attempts.get(candidates[0]?.id ?? '')?.lockedFor;
    if (lockedFor !== undefined && tried.every((attempt) => attempt.lockedFor !== undefined)) throw new AccountLockedError(lockedFor);
    const match = await this.#compare({ name: textOf(name), password }, candidates, attempts);
    await this.#report([...attempts], match);
    if (match === undefined) throw lockedFor === undefined ? new InvalidCredentialsError() : new AccountLockedError(lockedFor);
    if (match.imported) await this.#replaceImportedHash(match.id, password, match.passwordHash);
    return match;
  }

  /**
   * Checks the password of a known account.
   *
   * @param pointer the JSON pointer of the password in the request body
   * @throws {WrongPasswordError | AccountLockedError | SignInMethodOffError}
   * @throws {SessionEndedError} when the account was deleted in the meantime
   */
  async assertPassword(userId: string, password: string, pointer: string): Promise<void> {
    this.methods.assertOffered('password');
    const [account] = await this.platform.$queryRaw<{ since: Date; passwordHash: string | null; imported: boolean }[]>`
      select u.password_changed_at as since, c.password_hash as "passwordHash", c.imported_kind is not null as imported
        from users u left join credentials c on c.user_id = u.id where u.id = ${userId}::uuid`;
    if (account === undefined) throw new SessionEndedError();
    const { since, passwordHash, imported } = account;
    const attempt = await this.attempts.beginAttempt({ passwordOf: userId, since });
    if (!(await this.passwords.verifyPassword(password, passwordHash ?? undefined))) {
      await attempt.failed();
      throw new WrongPasswordError(pointer);
    }
    await attempt.succeeded();
    if (imported) await this.#replaceImportedHash(userId, password, passwordHash);
  }

  /**
   * Checks that a signed-in user is still the one who signed in: by the current password, or by a login in the last ten minutes if the product offers no passwords.
   *
   * @throws {PasswordNeededError | WrongPasswordError | AccountLockedError | SignInMethodOffError | RecentLoginRequiredError}
   */
  async assertProved(user: UserPrincipal, currentPassword: string | undefined): Promise<void> {
    if (currentPassword !== undefined) return this.assertPassword(user.userId, currentPassword, '/currentPassword');
    if (this.methods.offers('password')) throw new PasswordNeededError();
    this.recentLogins.assertRecentLogin(user, 10);
  }

  /**
   * Returns the first account that has the password. The owner of the verified account waits for one hash. Everybody else waits for all of them: the
   * time of a failed login, and of one to a claim that the caller has just made, must not tell whether there is a verified account.
   */
  async #compare(
    { name, password }: { readonly name: string; readonly password: string },
    candidates: readonly SignInCandidate[],
    attempts: ReadonlyMap<string, LoginAttempt>,
  ): Promise<SignInCandidate | undefined> {
    const [first, ...others] = Array.from({ length: hashesChecked }, (_, index) => candidates[index]?.passwordHash ?? undefined);
    const matchesFirst = await this.passwords.verifyPassword(password, first, await this.decoys.decoyOf(name));
    // A locked account is not compared: with the password of another claim, the answer would tell whether it is also its own.
    const isOpen = ({ id }: SignInCandidate): boolean => attempts.get(id)?.lockedFor === undefined;
    const [owner] = candidates;
    if (matchesFirst && owner?.verified === true && isOpen(owner)) return owner;
    const matches = [matchesFirst, ...(await Promise.all(others.map((passwordHash) => this.passwords.verifyPassword(password, passwordHash))))];
    return candidates.find((candidate, index) => matches[index] === true && isOpen(candidate));
  }

  /** Replaces a hash of another application by one of this application, unless the password has changed in the meantime. */
  async #replaceImportedHash(userId: string, password: string, imported: string | null): Promise<void> {
    if (imported === null) return;
    const passwordHash = await this.passwords.hashPassword(password);
    await this.platform.credential.updateMany({ where: { userId, passwordHash: imported }, data: { passwordHash, importedKind: null } });
  }

  async #candidatesOf(name: SignInName, device: Device): Promise<SignInCandidate[]> {
    if ('email' in name) return this.queries.findSignInCandidates(name.email, device);
    return name.organizationId === null ? [] : this.queries.findManagedCandidates(name.organizationId, name.userName, device);
  }

  /** Counts the attempt for every account that the password is compared with, highest precedence first. */
  async #beginAttempts(name: SignInName, candidates: readonly SignInCandidate[]): Promise<ReadonlyMap<string, LoginAttempt>> {
    const accounts = candidates.map(({ id, passwordChangedAt: since, knowsNetwork }): [string, AttemptSubject] => [id, { passwordOf: id, since, knowsNetwork }]);
    const unknown = { unknownName: textOf(name), organizationId: 'email' in name ? null : name.organizationId };
    const subjects: [string, AttemptSubject][] = candidates[0]?.verified === true ? accounts : [['', unknown], ...accounts];
    const attempts = await this.attempts.beginAttempts(subjects.map(([, subject]) => subject));
    return new Map(subjects.flatMap(([id], index) => (attempts[index] === undefined ? [] : [[id, attempts[index]] as const])));
  }

  /**
   * Reports the result to each account. The login of an account is a failed attempt on those of higher precedence: their
   * passwords were compared first and did not match. It reveals nothing about those of lower precedence.
   */
  async #report(attempts: readonly (readonly [string, LoginAttempt])[], match: SignInCandidate | undefined): Promise<void> {
    const position = match === undefined ? attempts.length : attempts.findIndex(([id]) => id === match.id);
    for (const [index, [, attempt]] of attempts.entries()) {
      if (index < position) await attempt.failed();
      else if (index > position) await attempt.withdrawn();
      else await attempt.succeeded();
    }
  }
}
