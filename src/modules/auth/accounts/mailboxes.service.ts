import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { isUniqueViolation } from '../../../database/database-errors.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { User } from '../../../generated/prisma/client.js';
import { AccountEndingsService } from './account-endings.service.js';
import { EmailTakenError } from '../auth.errors.js';
import { SessionsService } from '../sessions/sessions.service.js';

/**
 * Gives an address to the account that has proved it. At most one account has verified an address; every other account with
 * it is a claim, which ends when the address is verified.
 */
@Injectable()
export class MailboxesService {
  constructor(
    private readonly endings: AccountEndingsService,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /** Locks addresses, with their mailboxes, until the transaction ends. Lock them before any organization. */
  async lockAddresses(tx: PlatformTransaction, ...emails: readonly string[]): Promise<void> {
    const mailboxes = emails.map((email) => email.replace(/[+][^@]*@/, '@'));
    for (const mailbox of [...new Set(mailboxes)].sort()) await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`tenantry:address:${mailbox}`}, 0))`;
  }

  /**
   * Locks an address until the transaction ends, so that the account keeps it.
   *
   * @returns the account; null when it no longer has the address: a request may have begun before the address was changed
   */
  async lockAddressOf(tx: PlatformTransaction, userId: string, email: string): Promise<User | null> {
    await this.lockAddresses(tx, email);
    return tx.user.findFirst({ where: { id: userId, email } });
  }

  /**
   * Locks an account: its address and the others, then the user.
   *
   * @throws {SessionEndedError} when the account was deleted or disabled in the meantime
   */
  async lockAccount(tx: PlatformTransaction, userId: string, ...otherEmails: readonly string[]): Promise<User> {
    const known = await tx.user.findUnique({ where: { id: userId } });
    if (known !== null) await this.lockAddresses(tx, known.email, ...otherEmails);
    await this.sessions.lockUser(tx, userId);
    return tx.user.findUniqueOrThrow({ where: { id: userId } });
  }

  /**
   * Records that the user has proved the mailbox and the account, and ends every other claim on the address. Pending requests
   * to join an organization end with the address with which they were made. Call it under
   * the lock of the address, and under that of the user's present address if it differs.
   *
   * @throws {EmailTakenError} when another account has verified the address
   */
  async verifyAddress(tx: PlatformTransaction, userId: string, email: string): Promise<User> {
    const known = await tx.user.findMany({ where: { OR: [{ id: userId }, { email }] } });
    const others = known.filter(({ id }) => id !== userId);
    if (others.some(({ emailVerifiedAt }) => emailVerifiedAt !== null)) throw new EmailTakenError();
    const ids = others.map(({ id }) => id);
    if (ids.length > 0) await this.endings.endClaims(tx, ids);
    const user = known.find(({ id }) => id === userId);
    if (user?.email === email && user.emailVerifiedAt !== null) return user;
    // A request to join was made with the former address, which the account no longer proves.
    if (user !== undefined && user.email !== email) await tx.joinRequest.deleteMany({ where: { userId, status: 'pending' } });
    try {
      return await tx.user.update({ where: { id: userId }, data: { email, emailVerifiedAt: this.clock.now() } });
    } catch (error) {
      if (isUniqueViolation(error, 'email')) throw new EmailTakenError();
      throw error;
    }
  }
}
