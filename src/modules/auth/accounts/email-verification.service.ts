import { Injectable } from '@nestjs/common';
import { OperatorSecondFactorRequiredError } from '../../../access/access.errors.js';
import type { UserPrincipal } from '../../../access/principal/principal.js';
import { AppConfig } from '../../../config/app-config.js';
import { linkTo } from '../../../config/front-end-pages.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { User } from '../../../generated/prisma/client.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { AccountProofNeededError, InvalidVerificationTokenError } from '../auth.errors.js';
import { MailboxesService } from './mailboxes.service.js';
import { MailedTokensService, type MailedToken } from './mailed-tokens.service.js';
import { PasswordChecksService } from '../passwords/password-checks.service.js';
import { isOperator } from '../platform/is-operator.js';

/**
 * Verifies email addresses. The mailed link proves the mailbox, and the password or a session proves the account; both are
 * needed, because anybody can sign up with the address of another person.
 */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly mailboxes: MailboxesService,
    private readonly tokens: MailedTokensService,
    private readonly passwords: PasswordChecksService,
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
  ) {}

  /**
   * Mails a link that verifies an address for a user. Links to other addresses of the user stop working. Without budget left
   * for mails to the address it does nothing.
   *
   * @param email the address to verify: that of the user, or the one that it shall be changed to
   */
  async sendVerificationMail(tx: PlatformTransaction, { id, name }: Pick<User, 'id' | 'name'>, email: string): Promise<void> {
    await this.mailboxes.lockAddresses(tx, email);
    if (!(await this.outbox.hasBudget(tx, 'verify-email', email))) return;
    await tx.userToken.deleteMany({ where: { userId: id, purpose: 'verify_email', usedAt: null, email: { not: email } } });
    const { token, linkExpiresAt } = await this.tokens.issueToken(tx, 'verify_email', id, email);
    await this.outbox.addMail(tx, { template: 'verify-email', to: email, data: { name, link: linkTo(this.config, 'verifyEmail', { token }) }, linkExpiresAt });
  }

  /** Sends a new link in its own transaction. Does nothing when the address is already verified, or the account has none. @throws {SessionEndedError} when the account was deleted */
  async resendVerificationMail(userId: string): Promise<void> {
    await this.platform.$transaction(async (tx) => {
      const user = await this.mailboxes.lockAccount(tx, userId);
      if (user.emailVerifiedAt === null && user.email !== null) await this.sendVerificationMail(tx, user, user.email);
    });
  }

  /**
   * Verifies the address that the token was mailed to, and makes it the address of the account for which it was mailed. A token
   * proves the mailbox, whichever account asked for it: a session of another account that claims the address verifies that one.
   * So a stranger who uses up the mails to an address keeps nobody from verifying it.
   *
   * @throws {InvalidVerificationTokenError} when the link was used, replaced or has expired
   * @throws {AccountProofNeededError | WrongPasswordError | AccountLockedError} when the account is not proved
   * @throws {EmailTakenError} when another account has already verified the address
   * @throws {OperatorSecondFactorRequiredError} when the address of an operator would change without the second factor
   */
  async verifyEmail(token: string, password: string | undefined, principal: UserPrincipal | undefined): Promise<void> {
    const known = await this.tokens.findToken('verify_email', token);
    if (known === null) throw new InvalidVerificationTokenError();
    const claims = principal !== undefined && principal.email === known.email && !principal.emailVerified;
    const userId = claims ? principal.userId : known.userId;
    if (principal?.userId !== userId) {
      if (password === undefined) throw new AccountProofNeededError();
      await this.passwords.assertPassword(userId, password, '/password');
    }
    const secondFactor = principal?.userId === userId && principal.secondFactor;
    await this.mailboxes.proveMailbox(known.email, { userId }, async (tx) => {
      if (!(await this.tokens.useToken(tx, 'verify_email', token))) throw new InvalidVerificationTokenError();
      const { email: present } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
      if (present !== known.email) await this.#assertMayChange(tx, userId, known, secondFactor);
      await this.tokens.endTokens(tx, userId, present === known.email ? ['verify_email'] : ['verify_email', 'reset_password', 'undo_second_factor', 'undo_passkey']);
      await this.mailboxes.verifyAddress(tx, userId, known.email);
    });
  }

  /** A token changes the address of the account that asked for it, and the address of an operator only with the second factor. */
  async #assertMayChange(tx: PlatformTransaction, userId: string, token: MailedToken, secondFactor: boolean): Promise<void> {
    if (token.userId !== userId) throw new InvalidVerificationTokenError();
    if (!secondFactor && (await isOperator(tx, userId))) throw new OperatorSecondFactorRequiredError();
  }
}
