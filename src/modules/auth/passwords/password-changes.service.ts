import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { hashOpaqueToken, newOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { InvalidResetTokenError, WeakPasswordError, WrongPasswordError } from '../auth.errors.js';
import type { Device } from '../sessions/device.js';
import { LoginAttemptsService } from './login-attempts.service.js';
import { SessionsService, type TokenPair } from '../sessions/sessions.service.js';
import { UsersService } from '../users.service.js';

const purpose = 'reset_password';

/** Changes passwords: with the current password, or by a mailed link. Every session of the user ends. */
@Injectable()
export class PasswordChangesService implements OnApplicationShutdown {
  readonly #logger = new Logger(PasswordChangesService.name);
  readonly #pendingMails = new Set<Promise<void>>();

  constructor(
    private readonly platform: PlatformDb,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly attempts: LoginAttemptsService,
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.#pendingMails);
  }

  /**
   * @returns the tokens of a new session, which replaces the caller's session
   * @throws {WrongPasswordError | WeakPasswordError | AccountLockedError}
   */
  async changePassword(userId: string, sessionId: string, { currentPassword, newPassword }: { currentPassword: string; newPassword: string }, device: Device): Promise<TokenPair> {
    const user = await this.platform.user.findUniqueOrThrow({ where: { id: userId } });
    const attempt = await this.attempts.beginAttempt(user.email);
    if (!(await this.users.hasPassword(userId, currentPassword))) {
      await attempt.failed();
      throw new WrongPasswordError();
    }
    await attempt.succeeded();
    if (currentPassword === newPassword) throw new WeakPasswordError('The new password equals the current one. Choose another one.', '/newPassword');
    const passwordHash = await this.users.hashNewPassword(newPassword, user);
    return this.platform.$transaction(async (tx) => {
      await this.sessions.lockUser(tx, userId);
      const { activeOrganizationId, rememberMe, secondFactorAt } = await this.sessions.lockLiveSession(tx, sessionId);
      await this.#setPassword(tx, userId, passwordHash);
      return this.sessions.startSession(tx, { userId, organizationId: activeOrganizationId, rememberMe, device, secondFactor: secondFactorAt !== null });
    });
  }

  /** Sends a link to the user with this address, if one exists. Returns before the lookup, so that the response time does not reveal whether the address is known. */
  requestPasswordReset(email: string): void {
    const pending = this.#sendResetLink(email)
      .catch((error: unknown) => this.#logger.error({ err: error }, 'the mail with the link to reset a password could not be created'))
      .finally(() => this.#pendingMails.delete(pending));
    this.#pendingMails.add(pending);
  }

  /** @throws {InvalidResetTokenError | WeakPasswordError} */
  async resetPassword(token: string, newPassword: string): Promise<void> {
    const tokenHash = hashOpaqueToken(token);
    const validToken = { tokenHash, purpose, usedAt: null, expiresAt: { gt: this.clock.now() } } as const;
    const known = await this.platform.userToken.findFirst({ where: validToken, include: { user: true } });
    if (known === null) throw new InvalidResetTokenError();
    const passwordHash = await this.users.hashNewPassword(newPassword, known.user);
    await this.platform.$transaction(async (tx) => {
      const { count } = await tx.userToken.updateMany({ where: validToken, data: { usedAt: this.clock.now() } });
      if (count === 0) throw new InvalidResetTokenError();
      await this.#setPassword(tx, known.userId, passwordHash);
    });
    await this.attempts.unlockAccount(known.user.email);
  }

  async #sendResetLink(email: string): Promise<void> {
    const user = await this.users.findVerifiedUser(email);
    if (user === null) return;
    const token = newOpaqueToken();
    await this.platform.$transaction(async (tx) => {
      await tx.userToken.updateMany({ where: { userId: user.id, purpose, usedAt: null }, data: { usedAt: this.clock.now() } });
      await tx.userToken.create({
        data: { userId: user.id, purpose, tokenHash: hashOpaqueToken(token), expiresAt: new Date(this.clock.now().getTime() + 1000 * lifetimes.passwordReset) },
      });
      await this.outbox.addMail(tx, { template: 'reset-password', to: user.email, data: { name: user.name, link: `${this.config.appUrl}/reset-password?token=${token}` } });
    });
  }

  async #setPassword(tx: PlatformTransaction, userId: string, passwordHash: string): Promise<void> {
    await tx.credential.upsert({ where: { userId }, create: { userId, passwordHash }, update: { passwordHash } });
    await tx.user.update({ where: { id: userId }, data: { passwordChangedAt: this.clock.now() } });
    await tx.userToken.updateMany({ where: { userId, purpose, usedAt: null }, data: { usedAt: this.clock.now() } });
    await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: this.clock.now(), revokedReason: 'password_changed' } });
  }
}
