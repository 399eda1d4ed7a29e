import { Injectable } from '@nestjs/common';
import { verifiedAddressOf } from '../../../access/managed-accounts.js';
import { AppConfig } from '../../../config/app-config.js';
import { linkTo } from '../../../config/front-end-pages.js';
import type { PlatformTransaction } from '../../../database/platform-db.js';
import type { User } from '../../../generated/prisma/client.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { MailedTokensService } from '../accounts/mailed-tokens.service.js';

/** Mails the owner of an account the link that undoes a new second factor (see SecondFactorUndoService). */
@Injectable()
export class SecondFactorNoticesService {
  constructor(
    private readonly tokens: MailedTokensService,
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
  ) {}

  /**
   * Announces the second factor of a user, if there is a confirmed one. The mail is not limited: an intruder could use the limit
   * up with factors that they remove again. An unverified address may belong to somebody else, who must not be able to undo
   * anything; its verification announces the factor. Call it with the user locked.
   */
  async announceSecondFactor(tx: PlatformTransaction, user: User): Promise<void> {
    const { id, name } = user;
    const email = verifiedAddressOf(user);
    if (email === null) return;
    if ((await tx.secondFactor.count({ where: { userId: id, confirmedAt: { not: null } } })) === 0) return;
    const { token, linkExpiresAt } = await this.tokens.issueToken(tx, 'undo_second_factor', id, email);
    await this.outbox.addMail(tx, { template: 'second-factor-added', to: email, data: { name, link: linkTo(this.config, 'undoSecondFactor', { token }) }, linkExpiresAt });
  }
}
