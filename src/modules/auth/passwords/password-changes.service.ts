import { Injectable } from '@nestjs/common';
import { SessionEndedError } from '../../../access/access.errors.js';
import { dayOf } from '../../../common/calendar.js';
import { Clock } from '../../../common/clock.js';
import { AppConfig } from '../../../config/app-config.js';
import { linkTo } from '../../../config/front-end-pages.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { User } from '../../../generated/prisma/client.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { AccountEndingsService } from '../accounts/account-endings.service.js';
import { InvalidResetTokenError, WeakPasswordError } from '../auth.errors.js';
import { LateMailsService } from '../accounts/late-mails.service.js';
import { MailboxesService } from '../accounts/mailboxes.service.js';
import { MailedTokensService } from '../accounts/mailed-tokens.service.js';
import type { Device } from '../sessions/device.js';
import { SessionsService, type TokenPair } from '../sessions/sessions.service.js';
import { SignInMethodsService } from '../sign-in-methods.service.js';
import { SignInQueries } from '../sign-in.queries.js';
import { UsersService } from '../users.service.js';
import { PasswordChecksService } from './password-checks.service.js';

/** Changes passwords: with the current password, or by a mailed link. Every session of the user ends, and failed attempts on the former password no longer count. */
@Injectable()
export class PasswordChangesService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly users: UsersService,
    private readonly queries: SignInQueries,
    private readonly mailboxes: MailboxesService,
    private readonly endings: AccountEndingsService,
    private readonly tokens: MailedTokensService,
    private readonly sessions: SessionsService,
    private readonly checks: PasswordChecksService,
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly mails: LateMailsService,
    private readonly methods: SignInMethodsService,
  ) {}

  /**
   * @returns the tokens of a new session, which replaces the caller's session
   * @throws {WrongPasswordError | WeakPasswordError | BreachedPasswordError | AccountLockedError}
   * @throws {SessionEndedError} when the session has ended or the account was deleted in the meantime
   */
  async changePassword(userId: string, sessionId: string, { currentPassword, newPassword }: { currentPassword: string; newPassword: string }, device: Device): Promise<TokenPair> {
    const user = await this.platform.user.findUnique({ where: { id: userId } });
    if (user === null) throw new SessionEndedError();
    await this.checks.assertPassword(userId, currentPassword, '/currentPassword');
    if (currentPassword === newPassword) throw new WeakPasswordError('The new password equals the current one. Choose another one.', '/newPassword');
    const passwordHash = await this.users.hashNewPassword(newPassword, user);
    return this.platform.$transaction(async (tx) => {
      await this.sessions.lockUser(tx, userId);
      const { activeOrganizationId, rememberMe, secondFactorAt } = await this.sessions.lockLiveSession(tx, sessionId);
      await this.#setPassword(tx, userId, passwordHash);
      return this.sessions.startSession(tx, { userId, organizationId: activeOrganizationId, rememberMe, device, method: 'password', secondFactor: secondFactorAt !== null });
    });
  }

  /**
   * Sets a password for somebody who has lost theirs. The caller has verified who asks.
   *
   * @param options.judge decides in the transaction, before the user is locked, whether the password may be replaced
   * @param options.locksOrganization the organization that the transaction locks first
   * @throws {WeakPasswordError | BreachedPasswordError}
   */
  async replacePassword(
    user: User,
    newPassword: string,
    { judge = async () => undefined, ...locks }: { readonly judge?: (tx: PlatformTransaction) => Promise<void>; readonly locksOrganization?: string } = {},
  ): Promise<void> {
    const passwordHash = await this.users.hashNewPassword(newPassword, user);
    await this.platform.$transaction(async (tx) => {
      await judge(tx);
      await this.sessions.lockUser(tx, user.id);
      await this.#setPassword(tx, user.id, passwordHash);
    }, locks);
  }

  /** Sends a link to the users who can sign in with this address. Returns before the lookup, so that the response time does not reveal whether the address is known. @throws {SignInMethodOffError} */
  requestPasswordReset(email: string): void {
    this.methods.assertOffered('password');
    this.mails.writeLater('the mail with the link to reset a password', () => this.#sendResetLinks(email));
  }

  /**
   * Sets a new password. The link proves the mailbox: it verifies an account that was not verified, removes what was set up
   * for this account before the proof, and ends every other claim on the address.
   *
   * @throws {InvalidResetTokenError | WeakPasswordError | BreachedPasswordError}
   * @throws {EmailTakenError} when another account has verified the address
   */
  async resetPassword(token: string, newPassword: string): Promise<void> {
    this.methods.assertOffered('password');
    const known = await this.tokens.findToken('reset_password', token);
    if (known === null) throw new InvalidResetTokenError();
    const { userId, email } = known;
    const passwordHash = await this.users.hashNewPassword(newPassword, known.user);
    await this.mailboxes.proveMailbox(email, { userId, losesAccess: true }, async (tx) => {
      if (!(await this.tokens.useToken(tx, 'reset_password', token))) throw new InvalidResetTokenError();
      const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
      if (user.email !== email) throw new InvalidResetTokenError();
      if (user.emailVerifiedAt === null) await this.endings.removeCredentials(tx, [userId], 'password_changed');
      await this.#setPassword(tx, userId, passwordHash);
      await this.mailboxes.verifyAddress(tx, userId, email);
    });
  }

  /** Mails a link to the account that has verified the address, or else to the claims that can sign in with it. */
  async #sendResetLinks(email: string): Promise<void> {
    const candidates = await this.queries.findSignInCandidates(email);
    const recoverable = candidates[0]?.verified === true ? candidates.slice(0, 1) : candidates;
    if (recoverable.length === 0) return;
    const users = await this.platform.user.findMany({ where: { id: { in: recoverable.map(({ id }) => id) } }, orderBy: { createdAt: 'asc' } });
    await this.platform.$transaction(async (tx) => {
      await this.mailboxes.lockAddresses(tx, email);
      for (const user of users) await this.#sendResetLink(tx, { ...user, email }, users.length > 1);
    });
  }

  async #sendResetLink(tx: PlatformTransaction, { id, email, name, createdAt }: User & { readonly email: string }, oneOfSeveral: boolean): Promise<void> {
    if (!(await this.outbox.hasBudget(tx, 'reset-password', email))) return;
    const { token, linkExpiresAt } = await this.tokens.issueToken(tx, 'reset_password', id, email);
    const signedUpOn = oneOfSeveral ? dayOf(createdAt) : null;
    await this.outbox.addMail(tx, {
      template: 'reset-password',
      to: email,
      data: { name, signedUpOn, link: linkTo(this.config, 'resetPassword', { token }) },
      linkExpiresAt,
    });
  }

  async #setPassword(tx: PlatformTransaction, userId: string, passwordHash: string): Promise<void> {
    await tx.credential.upsert({ where: { userId }, create: { userId, passwordHash }, update: { passwordHash, importedKind: null } });
    await tx.user.update({ where: { id: userId }, data: { passwordChangedAt: this.clock.now() } });
    await this.tokens.endTokens(tx, userId, ['reset_password', 'enrol_second_factor']);
    await this.sessions.endAllSessions(tx, [userId], 'password_changed');
  }
}
