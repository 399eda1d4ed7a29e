import { Injectable } from '@nestjs/common';
import { SessionEndedError } from '../../../access/access.errors.js';
import type { PlatformTransaction } from '../../../database/platform-db.js';
import { AccountEndingsService } from '../accounts/account-endings.service.js';
import { MailboxesService } from '../accounts/mailboxes.service.js';
import { MailedTokensService } from '../accounts/mailed-tokens.service.js';
import { InvalidFactorUndoTokenError } from '../auth.errors.js';

/** Undoes a second factor that somebody else has set up, with the token that was mailed about it. */
@Injectable()
export class SecondFactorUndoService {
  constructor(
    private readonly mailboxes: MailboxesService,
    private readonly tokens: MailedTokensService,
    private readonly endings: AccountEndingsService,
  ) {}

  /**
   * Removes the second factor for which the token was mailed. The one who set it up knew the password, and would set up another
   * factor at once: the password, every session and all personal API keys end, too.
   *
   * @throws {InvalidFactorUndoTokenError} when the link was used or has expired, or the factor or the address has changed
   */
  async undoSecondFactor(token: string): Promise<void> {
    const known = await this.tokens.findToken('undo_second_factor', token);
    if (known === null) throw new InvalidFactorUndoTokenError();
    const { userId } = known;
    const undo = async (tx: PlatformTransaction): Promise<void> => {
      const { email } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
      if (!(await this.tokens.useToken(tx, 'undo_second_factor', token, { userId, email }))) throw new InvalidFactorUndoTokenError();
      await this.endings.removeAllAccess(tx, userId, 'factor_undone');
    };
    try {
      await this.mailboxes.proveMailbox(known.email, { userId, losesAccess: true }, undo);
    } catch (error) {
      if (error instanceof SessionEndedError) throw new InvalidFactorUndoTokenError(); // the account was deleted or disabled
      throw error;
    }
  }
}
