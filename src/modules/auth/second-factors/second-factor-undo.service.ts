import { Injectable } from '@nestjs/common';
import { SessionEndedError } from '../../../access/access.errors.js';
import type { PlatformTransaction } from '../../../database/platform-db.js';
import { AccountEndingsService } from '../accounts/account-endings.service.js';
import { MailboxesService } from '../accounts/mailboxes.service.js';
import { MailedTokensService } from '../accounts/mailed-tokens.service.js';
import { InvalidFactorUndoTokenError } from '../auth.errors.js';
import { InvalidPasskeyUndoTokenError } from '../passkeys/passkeys.errors.js';

/** Undoes a second factor or a passkey that somebody else has added, with the token that was mailed about it. */
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
    await this.#undo('undo_second_factor', token, () => new InvalidFactorUndoTokenError());
  }

  /**
   * Removes all passkeys, with everything else that gives access: the one who added the passkey was signed in.
   *
   * @throws {InvalidPasskeyUndoTokenError} when the link was used or has expired, or the address has changed
   */
  async undoPasskey(token: string): Promise<void> {
    await this.#undo('undo_passkey', token, () => new InvalidPasskeyUndoTokenError());
  }

  async #undo(purpose: 'undo_second_factor' | 'undo_passkey', token: string, refusal: () => Error): Promise<void> {
    const known = await this.tokens.findToken(purpose, token);
    if (known === null) throw refusal();
    const { userId } = known;
    const undo = async (tx: PlatformTransaction): Promise<void> => {
      const { email } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
      if (email === null || !(await this.tokens.useToken(tx, purpose, token, { userId, email }))) throw refusal();
      await this.endings.removeAllAccess(tx, userId, 'factor_undone');
    };
    try {
      await this.mailboxes.proveMailbox(known.email, { userId, losesAccess: true }, undo);
    } catch (error) {
      if (error instanceof SessionEndedError) throw refusal(); // the account was deleted or disabled
      throw error;
    }
  }
}
