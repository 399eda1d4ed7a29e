import { Injectable } from '@nestjs/common';
import { addressOf } from '../../../access/managed-accounts.js';
import { SessionEndedError } from '../../../access/access.errors.js';
import { Clock } from '../../../common/clock.js';
import { AppConfig } from '../../../config/app-config.js';
import { linkTo } from '../../../config/front-end-pages.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { User } from '../../../generated/prisma/client.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { AccountEndingsService } from './account-endings.service.js';
import { InvalidUndoTokenError } from '../auth.errors.js';
import { EmailVerificationService } from './email-verification.service.js';
import { MailboxesService } from './mailboxes.service.js';
import { MailedTokensService } from './mailed-tokens.service.js';

/**
 * Changes email addresses. The new address is proved by a mailed link (see {@link EmailVerificationService}); until then the
 * account keeps the present one, which gets a mail about the change and can undo it.
 */
@Injectable()
export class EmailChangesService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly verification: EmailVerificationService,
    private readonly mailboxes: MailboxesService,
    private readonly tokens: MailedTokensService,
    private readonly endings: AccountEndingsService,
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins a change in the caller's transaction, and locks the addresses and the user. The present address cancels a change
   * that was begun.
   *
   * @throws {ManagedAccountError}
   * @throws {SessionEndedError} when the account was deleted or disabled in the meantime
   */
  async beginChange(tx: PlatformTransaction, userId: string, email: string): Promise<void> {
    const user = await this.mailboxes.lockAccount(tx, userId, email);
    const present = addressOf(user);
    if (email === present) {
      await tx.userToken.deleteMany({ where: { userId: user.id, purpose: 'verify_email', usedAt: null, email: { not: present } } });
      return;
    }
    await this.verification.sendVerificationMail(tx, user, email);
    // An unverified address may belong to somebody else, who must not be able to undo anything.
    if (user.emailVerifiedAt === null) return;
    const { token, linkExpiresAt } = await this.tokens.issueToken(tx, 'undo_email_change', user.id, present);
    await this.outbox.addMail(tx, {
      template: 'email-change',
      to: present,
      data: { name: user.name, email, link: linkTo(this.config, 'undoEmailChange', { token }) },
      linkExpiresAt,
    });
  }

  /** Returns the address that the user has asked to change to, or null. */
  async findPendingAddress(user: Pick<User, 'id' | 'email'>): Promise<string | null> {
    if (user.email === null) return null;
    const where = { userId: user.id, purpose: 'verify_email', usedAt: null, expiresAt: { gt: this.clock.now() }, email: { not: user.email } } as const;
    return (await this.platform.userToken.findFirst({ where, orderBy: { createdAt: 'desc' } }))?.email ?? null;
  }

  /**
   * Restores the former address. The one who changed it knew the password, and may have replaced whatever gives access: the
   * password, every session, the second factor and all personal API keys end, whenever they were set up.
   *
   * @throws {InvalidUndoTokenError} when the link was used or has expired
   * @throws {EmailTakenError} when another account has verified the address since the change
   */
  async undoEmailChange(token: string): Promise<void> {
    const known = await this.tokens.findToken('undo_email_change', token);
    if (known === null) throw new InvalidUndoTokenError();
    const { userId, email } = known;
    const undo = async (tx: PlatformTransaction): Promise<void> => {
      if (!(await this.tokens.useToken(tx, 'undo_email_change', token))) throw new InvalidUndoTokenError();
      await this.endings.removeAllAccess(tx, userId, 'email_change_undone');
      await this.mailboxes.verifyAddress(tx, userId, email);
    };
    try {
      await this.mailboxes.proveMailbox(email, { userId, losesAccess: true }, undo);
    } catch (error) {
      if (error instanceof SessionEndedError) throw new InvalidUndoTokenError(); // the account was deleted or disabled
      throw error;
    }
  }
}
