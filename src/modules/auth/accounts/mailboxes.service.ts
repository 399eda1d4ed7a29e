import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { isUniqueViolation } from '../../../database/database-errors.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { User } from '../../../generated/prisma/client.js';
import { AccountEndingsService } from './account-endings.service.js';
import { EmailTakenError, TooManyClaimsError } from '../auth.errors.js';
import { SecondFactorNoticesService } from '../second-factors/second-factor-notices.service.js';
import { SessionsService } from '../sessions/sessions.service.js';

/**
 * The timeout of a transaction that proves a mailbox, in milliseconds. It waits for the writes of every organization in which a claim on
 * the address is a member, one after another.
 */
const proofTimeoutMs = 30_000;

/** The maximum of unverified accounts with one address. */
const maxClaims = 100;

/** The account that a proof of a mailbox concerns, and what its transaction changes. */
export interface ProofChanges {
  /** The account that is proved; undefined for one that the transaction creates. */
  readonly userId?: string;
  /** Whether the account loses access, so that its organizations are locked, too. */
  readonly losesAccess?: boolean;
  /** Another organization that the transaction changes. */
  readonly organizationId?: string;
}

/**
 * Gives an address to the account that has proved it. At most one account has verified an address; every other account with
 * it is a claim, which ends when the address is verified.
 */
@Injectable()
export class MailboxesService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly endings: AccountEndingsService,
    private readonly sessions: SessionsService,
    private readonly notices: SecondFactorNoticesService,
    private readonly clock: Clock,
  ) {}

  /** Locks addresses, with their mailboxes, until the transaction ends. Lock them before anything else (docs/database.md#order-of-locks). */
  async lockAddresses(tx: PlatformTransaction, ...emails: readonly string[]): Promise<void> {
    const mailboxes = [...new Set(emails.map((email) => email.replace(/[+][^@]*@/, '@')))].sort();
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('tenantry:address:' || mailbox, 0)) from unnest(${mailboxes}::text[]) mailbox`;
  }

  /**
   * Proves a mailbox: runs `work` in a transaction of its own under {@link lockForProof}.
   *
   * @throws {SessionEndedError} when the account was deleted or disabled in the meantime
   */
  async proveMailbox<Result>(email: string, changes: ProofChanges, work: (tx: PlatformTransaction) => Promise<Result>): Promise<Result> {
    return this.platform.$transaction(
      async (tx) => {
        await this.lockForProof(tx, email, changes);
        return work(tx);
      },
      { timeout: proofTimeoutMs, locksOrganizationLater: changes.organizationId },
    );
  }

  /**
   * Locks whatever a proof of a mailbox changes: the address, the organizations of the claims that it ends, and the users.
   *
   * @throws {SessionEndedError} when the account was deleted or disabled in the meantime
   */
  async lockForProof(tx: PlatformTransaction, email: string, { userId, losesAccess = false, organizationId }: ProofChanges = {}): Promise<void> {
    const own = userId === undefined ? [] : [userId];
    const present = userId === undefined ? null : await tx.user.findUnique({ where: { id: userId }, select: { email: true } });
    await this.lockAddresses(tx, email, present?.email ?? email);
    const claims = (await tx.user.findMany({ where: { email, emailVerifiedAt: null }, select: { id: true } })).map(({ id }) => id).filter((id) => id !== userId);
    await this.endings.lockAccounts(tx, { claims, organizations: organizationId === undefined ? [] : [organizationId], ...(losesAccess ? { accounts: own } : { users: own }) });
    if (userId !== undefined) await this.sessions.lockUser(tx, userId);
  }

  /**
   * Locks an address for an account that claims it.
   *
   * @throws {TooManyClaimsError} when very many accounts claim it: the work of a verification, which ends them, is limited
   */
  async lockForClaim(tx: PlatformTransaction, email: string): Promise<void> {
    await this.lockAddresses(tx, email);
    if ((await tx.user.count({ where: { email, emailVerifiedAt: null } })) >= maxClaims) throw new TooManyClaimsError();
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
    if (known !== null) await this.lockAddresses(tx, ...(known.email === null ? [] : [known.email]), ...otherEmails);
    await this.sessions.lockUser(tx, userId);
    return tx.user.findUniqueOrThrow({ where: { id: userId } });
  }

  /**
   * Records that the user has proved the mailbox and the account, and ends every other claim on the address. Pending requests
   * to join an organization end with the address with which they were made. A second factor that the account set up before the
   * proof of its address is announced now. Call it under {@link lockForProof}.
   *
   * @throws {EmailTakenError} when another account has verified the address
   */
  async verifyAddress(tx: PlatformTransaction, userId: string, email: string): Promise<User> {
    const known = await tx.user.findMany({ where: { OR: [{ id: userId }, { email }] } });
    const others = known.filter(({ id }) => id !== userId);
    if (others.some(({ emailVerifiedAt }) => emailVerifiedAt !== null)) throw new EmailTakenError();
    await this.endings.endClaims(
      tx,
      others.map(({ id }) => id),
    );
    const user = known.find(({ id }) => id === userId);
    if (user?.email === email && user.emailVerifiedAt !== null) return user;
    // A request to join was made with the former address, which the account no longer proves.
    if (user !== undefined && user.email !== email) await tx.joinRequest.deleteMany({ where: { userId, status: 'pending' } });
    const verified = await this.#setAddress(tx, userId, email);
    if (user?.email === email) await this.notices.announceSecondFactor(tx, verified);
    return verified;
  }

  async #setAddress(tx: PlatformTransaction, userId: string, email: string): Promise<User> {
    try {
      return await tx.user.update({ where: { id: userId }, data: { email, emailVerifiedAt: this.clock.now() } });
    } catch (error) {
      if (isUniqueViolation(error, 'email')) throw new EmailTakenError();
      throw error;
    }
  }
}
