import { Injectable } from '@nestjs/common';
import { SessionEndedError } from '../../../access/access.errors.js';
import { ownerRole } from '../../../access/roles.js';
import { Clock } from '../../../common/clock.js';
import { assertUsersNotHeld } from '../../../database/legal-holds.js';
import { attempt, lockOrganizations } from '../../../database/locks.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { Prisma, type Erasure } from '../../../generated/prisma/client.js';
import { changesBetween, readTableCounters } from '../../../jobs/table-changes.queries.js';
import { isOperator } from '../platform/is-operator.js';
import { SessionsService, type EndReason } from '../sessions/sessions.service.js';
import { OperatorAccountError, SoleOwnerError } from '../auth.errors.js';

/** The locks that a change of accounts takes. */
export interface AccountLocks {
  /** Users who are locked with all of their organizations, because they lose access there. */
  readonly accounts?: readonly string[];
  /** Claims that end: users who are locked with the organizations that they leave or have personal API keys in. */
  readonly claims?: readonly string[];
  /** Users who are locked alone. */
  readonly users?: readonly string[];
  /** Other organizations that the transaction changes. */
  readonly organizations?: readonly string[];
}

/** An operator who erases a person. */
export interface ErasingOperator {
  readonly userId: string;
  readonly reason: string;
}

/** A user became a member of an organization that is not locked. The code makes it a transient error (isTransient). */
class ChangedMembershipsError extends Error {
  readonly code = '40001';
}

const lockAttempts = 5;

/** The condition under which a membership `m` can end together with all those of these users: its role is not owner, or the organization keeps another owner. */
const leavesAnOwner = (leaving: readonly string[]): Prisma.Sql => Prisma.sql`(m.role <> ${ownerRole} or exists (
  select from memberships o join users u on u.id = o.user_id
   where o.organization_id = m.organization_id and o.role = ${ownerRole} and o.user_id <> all(${[...leaving]}::uuid[]) and u.disabled_at is null))`;

/** Ends accounts: claims on an address that another account has verified, and accounts that their users delete. */
@Injectable()
export class AccountEndingsService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Locks organizations and then users, each in the order of their ids (docs/database.md#order-of-locks). Call it after the
   * locks of addresses and before any other row. Rows of other transactions that refer to the users, such as new memberships,
   * are committed before the locks are granted.
   *
   * The writes that have begun in these organizations are committed, and later ones see that their session has ended.
   *
   * @returns the users who exist
   */
  async lockAccounts(tx: PlatformTransaction, locks: AccountLocks): Promise<string[]> {
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await attempt(tx, () => this.#lock(tx, locks));
      } catch (error) {
        if (!(error instanceof ChangedMembershipsError) || attempts === lockAttempts) throw error;
      }
    }
  }

  async #lock(tx: PlatformTransaction, locks: AccountLocks): Promise<string[]> {
    const { accounts = [], claims = [], users = [], organizations = [] } = locks;
    const changed = await this.#organizationsOf(tx, locks);
    await lockOrganizations(tx, [...changed, ...organizations]);
    const found = await tx.$queryRaw<{ id: string }[]>`select id from users where id = any(${[...accounts, ...claims, ...users]}::uuid[]) order by id for update`;
    // The locks of an organization come before those of users: with another organization, begin again.
    const locked = new Set([...changed, ...organizations]);
    if ((await this.#organizationsOf(tx, locks)).some((id) => !locked.has(id))) throw new ChangedMembershipsError('The memberships of a user change again and again.');
    return found.map(({ id }) => id);
  }

  /** Organizations that keep their only owner do not change and are not listed. */
  async #organizationsOf(tx: PlatformTransaction, { accounts = [], claims = [] }: AccountLocks): Promise<string[]> {
    if (accounts.length + claims.length === 0) return [];
    const listed = await tx.$queryRaw<{ id: string }[]>`
      select distinct m.organization_id as id from memberships m
       where m.user_id = any(${[...accounts]}::uuid[])
          or m.user_id = any(${[...claims]}::uuid[]) and (${leavesAnOwner(claims)}
             or exists (select from api_keys k where k.organization_id = m.organization_id and k.owner_id = m.user_id))`;
    return listed.map(({ id }) => id);
  }

  /**
   * Ends claims on an address: their sessions, credentials, keys and memberships. An organization that would have no owner
   * keeps its ended owner, without an address, and so keeps its data; an operator can give it to somebody else. The audit logs
   * of these organizations do not show who has proved the mailbox.
   *
   * Call it under {@link lockAccounts}. The number of statements does not depend on the number of claims.
   */
  async endClaims(tx: PlatformTransaction, userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return;
    const ids = [...userIds];
    const ended = { userId: { in: ids } };
    await this.removeCredentials(tx, ids, 'claim_ended');
    await tx.credential.deleteMany({ where: ended });
    await this.#leaveOrganizations(tx, ids);
    await tx.joinRequest.deleteMany({ where: { ...ended, status: 'pending' } });
    await tx.$executeRaw`update users u set email = u.id || '@ended.invalid', disabled_at = coalesce(u.disabled_at, ${this.clock.now()}), default_organization_id = null, updated_at = now()
      where u.id = any(${ids}::uuid[]) and (exists (select from memberships m where m.user_id = u.id) or app.is_held(u.id))`;
    await tx.$executeRaw`delete from users u where u.id = any(${ids}::uuid[]) and not exists (select from memberships m where m.user_id = u.id) and not app.is_held(u.id)`;
    await tx.$executeRaw`select audit.conceal(${ids}::uuid[])`;
  }

  /** Locks an account for {@link deleteAccount}. @throws {SessionEndedError} when it was deleted or disabled in the meantime */
  async lockForDeletion(tx: PlatformTransaction, userId: string): Promise<void> {
    // The lock of the organizations keeps a restoration from making one of them live again during the deletion, and that of
    // the user keeps new organizations away (OrganizationDirectoryService.createOrganization).
    await this.lockAccounts(tx, { accounts: [userId] });
    await this.sessions.lockUser(tx, userId);
  }

  /**
   * Deletes an account with its sessions, credentials, keys and memberships, and asks for the rest of the erasure: the job `complete-erasures` removes the person
   * from the audit log, and signs a receipt. Deleted organizations do not keep their owner: an operator can still restore them, until their data is erased.
   * Call it under {@link lockForDeletion}, or {@link lockAccounts}.
   *
   * @param operator the operator who erases the person, and why; undefined if the person does
   * @throws {SoleOwnerError} when an organization would have no owner
   * @throws {OperatorAccountError} when the user is an operator
   * @throws {UnderLegalHoldError} when the user, or one of their organizations, is under a legal hold
   * @throws {SessionEndedError} when the account was deleted in the meantime
   */
  async deleteAccount(tx: PlatformTransaction, userId: string, operator?: ErasingOperator): Promise<Erasure> {
    if (await isOperator(tx, userId)) throw new OperatorAccountError();
    const user = await tx.user.findUnique({ where: { id: userId } });
    if (user === null) throw new SessionEndedError();
    await assertUsersNotHeld(tx, [userId]);
    const before = await readTableCounters(tx);
    await this.#leaveOrganizations(tx, [userId]);
    const organizations = await tx.organization.findMany({
      where: { deletedAt: null, memberships: { some: { userId, role: ownerRole } } },
      select: { id: true, name: true, slug: true },
      orderBy: { id: 'asc' },
    });
    if (organizations.length > 0) throw new SoleOwnerError(organizations, operator === undefined);
    // The account of a managed user is deleted with the membership (app.erase_managed_account).
    await tx.user.deleteMany({ where: { id: userId } });
    const changes = changesBetween(before, await readTableCounters(tx));
    const deleted = Object.fromEntries([...changes].flatMap(([table, change]) => (change.deleted > 0 ? [[table, change.deleted]] : [])));
    const email = user.emailVerifiedAt === null ? null : user.email;
    const facts = { email, deleted, requestedById: operator?.userId ?? null, reason: operator?.reason ?? null };
    return tx.erasure.upsert({ where: { userId }, create: { userId, ...facts }, update: facts });
  }

  /**
   * Removes everything but the password that gives access to the accounts: sessions, second factors, identities at providers, passkeys,
   * mailed links and personal API keys. Call it under {@link lockAccounts}: an enrolment or a new key that is on its way is committed before, and removed.
   */
  async removeCredentials(tx: PlatformTransaction, userIds: readonly string[], reason: EndReason): Promise<void> {
    const where = { userId: { in: [...userIds] } };
    await this.sessions.endAllSessions(tx, userIds, reason);
    await tx.secondFactor.deleteMany({ where });
    await tx.recoveryCode.deleteMany({ where });
    await tx.externalIdentity.deleteMany({ where });
    await tx.passkey.deleteMany({ where });
    await tx.userToken.updateMany({ where: { ...where, usedAt: null }, data: { usedAt: this.clock.now() } });
    await tx.apiKey.deleteMany({ where: { ownerId: { in: [...userIds] } } });
  }

  /**
   * Removes whatever gives access to an account of which an intruder knew the password: the password, sessions, the second
   * factor, passkeys, mailed links and personal API keys, whenever they were set up. The owner of the mailbox resets the password. Call it
   * under {@link lockAccounts}.
   */
  async removeAllAccess(tx: PlatformTransaction, userId: string, reason: EndReason): Promise<void> {
    await this.removeCredentials(tx, [userId], reason);
    await tx.credential.deleteMany({ where: { userId } });
    await tx.user.update({ where: { id: userId }, data: { passwordChangedAt: this.clock.now() } });
  }

  /** Removes the memberships of users, except where an organization would have no owner. */
  async #leaveOrganizations(tx: PlatformTransaction, userIds: readonly string[]): Promise<void> {
    await tx.$executeRaw`delete from memberships m where m.user_id = any(${[...userIds]}::uuid[]) and ${leavesAnOwner(userIds)}`;
  }
}
