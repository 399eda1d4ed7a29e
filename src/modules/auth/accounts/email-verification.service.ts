import { Injectable } from '@nestjs/common';
import type { UserPrincipal } from '../../../access/principal/principal.js';
import { AppConfig } from '../../../config/app-config.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { User } from '../../../generated/prisma/client.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { AccountProofNeededError, InvalidVerificationTokenError } from '../auth.errors.js';
import { MailboxesService } from './mailboxes.service.js';
import { MailedTokensService } from './mailed-tokens.service.js';
import { PasswordChecksService } from '../passwords/password-checks.service.js';

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
   * Mails a link that verifies an address for a user. Earlier links of the user stop working. Without budget left for mails
   * to the address it does nothing, and the earlier link stays valid.
   *
   * @param email the address to verify: that of the user, or the one that it shall be changed to
   */
  async sendVerificationMail(tx: PlatformTransaction, { id, name }: Pick<User, 'id' | 'name'>, email: string): Promise<void> {
    await this.mailboxes.lockAddresses(tx, email);
    if (!(await this.outbox.hasBudget(tx, 'verify-email', email))) return;
    const token = await this.tokens.issueToken(tx, 'verify_email', id, email);
    await this.outbox.addMail(tx, { template: 'verify-email', to: email, data: { name, link: `${this.config.appUrl}/verify-email?token=${token}` } });
  }

  /** Sends a new link in its own transaction. Does nothing when the address is already verified. @throws {SessionEndedError} when the account was deleted */
  async resendVerificationMail(userId: string): Promise<void> {
    await this.platform.$transaction(async (tx) => {
      const user = await this.mailboxes.lockAccount(tx, userId);
      if (user.emailVerifiedAt === null) await this.sendVerificationMail(tx, user, user.email);
    });
  }

  /**
   * Verifies the address that the token was mailed to, and makes it the address of the account.
   *
   * @throws {InvalidVerificationTokenError} when the link was used, replaced or has expired
   * @throws {AccountProofNeededError | WrongPasswordError | AccountLockedError} when the account is not proved
   * @throws {EmailTakenError} when another account has already verified the address
   */
  async verifyEmail(token: string, password: string | undefined, principal: UserPrincipal | undefined): Promise<void> {
    const known = await this.tokens.findToken('verify_email', token);
    if (known === null) throw new InvalidVerificationTokenError();
    if (principal?.userId !== known.userId) {
      if (password === undefined) throw new AccountProofNeededError();
      await this.passwords.assertPassword(known.userId, password, '/password');
    }
    await this.mailboxes.proveMailbox(known.email, { userId: known.userId }, async (tx) => {
      if (!(await this.tokens.useToken(tx, 'verify_email', token))) throw new InvalidVerificationTokenError();
      if (known.email !== known.user.email) await this.tokens.endTokens(tx, known.userId, ['reset_password']);
      await this.mailboxes.verifyAddress(tx, known.userId, known.email);
    });
  }
}
