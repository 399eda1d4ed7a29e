import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { hashOpaqueToken, newOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { lifetimes } from '../../../config/app-config.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { User, UserToken, UserTokenPurpose } from '../../../generated/prisma/client.js';

const lifetimeOf: Readonly<Record<UserTokenPurpose, number>> = {
  verify_email: lifetimes.emailVerification,
  reset_password: lifetimes.passwordReset,
  undo_email_change: lifetimes.emailChangeUndo,
  enrol_second_factor: lifetimes.secondFactorEnrolment,
  undo_second_factor: lifetimes.secondFactorUndo,
  undo_passkey: lifetimes.secondFactorUndo,
};

/** A new token, for a link. */
export interface IssuedToken {
  readonly token: string;
  readonly linkExpiresAt: Date;
}

export type MailedToken = UserToken & { readonly user: User };

/** Issues and accepts the single-use tokens of mailed links. A token proves the mailbox that it was mailed to. Only its hash is stored. */
@Injectable()
export class MailedTokensService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates a token. Earlier tokens keep working until one of them is used or they expire: mails arrive in any order, and a
   * stranger who asks for further links must not end the one that the user has.
   */
  async issueToken(tx: PlatformTransaction, purpose: UserTokenPurpose, userId: string, email: string): Promise<IssuedToken> {
    const token = newOpaqueToken();
    const linkExpiresAt = new Date(this.clock.now().getTime() + 1000 * lifetimeOf[purpose]);
    await tx.userToken.create({ data: { userId, purpose, email, tokenHash: hashOpaqueToken(token), expiresAt: linkExpiresAt } });
    return { token, linkExpiresAt };
  }

  /** Returns a token that can still be used, with its user, or null. */
  async findToken(purpose: UserTokenPurpose, token: string): Promise<MailedToken | null> {
    return this.platform.userToken.findFirst({ where: this.#usable(purpose, token), include: { user: true } });
  }

  /**
   * Marks a token as used. @returns false when it can no longer be used: of several parallel calls only one succeeds
   *
   * @param owner the user, with the address, that the token must have been mailed to
   */
  async useToken(tx: PlatformTransaction, purpose: UserTokenPurpose, token: string, owner: { readonly userId?: string; readonly email?: string } = {}): Promise<boolean> {
    const { count } = await tx.userToken.updateMany({ where: { ...this.#usable(purpose, token), ...owner }, data: { usedAt: this.clock.now() } });
    return count > 0;
  }

  async endTokens(tx: PlatformTransaction, userId: string, purposes: readonly UserTokenPurpose[]): Promise<void> {
    await tx.userToken.updateMany({ where: { userId, purpose: { in: [...purposes] }, usedAt: null }, data: { usedAt: this.clock.now() } });
  }

  #usable(purpose: UserTokenPurpose, token: string) {
    return { tokenHash: hashOpaqueToken(token), purpose, usedAt: null, expiresAt: { gt: this.clock.now() }, user: { disabledAt: null } };
  }
}
