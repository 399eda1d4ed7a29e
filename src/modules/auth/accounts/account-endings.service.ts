import { Injectable } from '@nestjs/common';
import { ownerRole } from '../../../access/roles.js';
import { Clock } from '../../../common/clock.js';
import { lockOrganization, lockOrganizationsOf } from '../../../database/locks.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { SessionsService, type EndReason } from '../sessions/sessions.service.js';
import { OperatorAccountError, SoleOwnerError } from '../auth.errors.js';

/** Ends accounts: claims on an address that another account has verified, and accounts that their users delete. */
@Injectable()
export class AccountEndingsService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends claims on an address: their sessions, credentials, keys and memberships. An organization that would have no owner
   * keeps its ended owner, without an address, and so keeps its data; an operator can give it to somebody else.
   */
  async endClaims(tx: PlatformTransaction, userIds: readonly string[]): Promise<void> {
    const ended = { userId: { in: [...userIds] } };
    await this.removeCredentials(tx, userIds, 'claim_ended');
    await tx.credential.deleteMany({ where: ended });
    const kept = await this.#leaveOrganizations(tx, userIds);
    await tx.joinRequest.deleteMany({ where: { ...ended, status: 'pending' } });
    await tx.$executeRaw`update users set email = id || '@ended.invalid', disabled_at = coalesce(disabled_at, ${this.clock.now()}), default_organization_id = null, updated_at = now()
      where id = any(${[...kept]}::uuid[])`;
    await tx.user.deleteMany({ where: { id: { in: userIds.filter((id) => !kept.has(id)) } } });
  }

  /**
   * Deletes an account with its sessions, credentials, keys and memberships. Deleted organizations do not keep their owner: an
   * operator can still restore them, until their data is erased.
   *
   * @throws {SoleOwnerError} when an organization would have no owner
   * @throws {OperatorAccountError} when the user is an operator
   * @throws {SessionEndedError} when the account was deleted or disabled in the meantime
   */
  async deleteAccount(tx: PlatformTransaction, userId: string): Promise<void> {
    // The lock of the organizations keeps a restoration from making one of them live again during the deletion, and that of
    // the user keeps new organizations away (OrganizationDirectoryService.createOrganization).
    await lockOrganizationsOf(tx, userId);
    await this.sessions.lockUser(tx, userId);
    if ((await tx.platformAdmin.count({ where: { userId } })) > 0) throw new OperatorAccountError();
    await this.#leaveOrganizations(tx, [userId]);
    // Rows of other transactions that refer to the user, such as new memberships, are committed before this lock is granted.
    await tx.$executeRaw`select from users where id = ${userId}::uuid for update`;
    const organizations = await tx.organization.findMany({
      where: { deletedAt: null, memberships: { some: { userId, role: ownerRole } } },
      select: { id: true, name: true, slug: true },
      orderBy: { id: 'asc' },
    });
    if (organizations.length > 0) throw new SoleOwnerError(organizations);
    await tx.user.delete({ where: { id: userId } });
  }

  /** Removes everything but the password that gives access to the accounts: sessions, second factors, mailed links and personal API keys. */
  async removeCredentials(tx: PlatformTransaction, userIds: readonly string[], reason: EndReason): Promise<void> {
    await tx.$executeRaw`select from users where id = any(${[...userIds]}::uuid[]) order by id for no key update`;
    const where = { userId: { in: [...userIds] } };
    await this.sessions.endAllSessions(tx, userIds, reason);
    await tx.secondFactor.deleteMany({ where });
    await tx.recoveryCode.deleteMany({ where });
    await tx.userToken.updateMany({ where: { ...where, usedAt: null }, data: { usedAt: this.clock.now() } });
    await tx.apiKey.deleteMany({ where: { ownerId: { in: [...userIds] } } });
  }

  /**
   * Removes the memberships of users, except where an organization would have no owner.
   *
   * @returns the users who still own an organization
   */
  async #leaveOrganizations(tx: PlatformTransaction, userIds: readonly string[]): Promise<ReadonlySet<string>> {
    const leaving = [...userIds];
    // Organizations that keep their only owner do not change and are not locked: one address can have very many claims.
    const left = await tx.$queryRaw<{ organizationId: string }[]>`
      select distinct m.organization_id as "organizationId" from memberships m
       where m.user_id = any(${leaving}::uuid[]) and (m.role <> ${ownerRole} or exists (
         select from memberships o join users u on u.id = o.user_id
          where o.organization_id = m.organization_id and o.role = ${ownerRole} and o.user_id <> all(${leaving}::uuid[]) and u.disabled_at is null))
       order by 1`;
    for (const { organizationId } of left) {
      await lockOrganization(tx, organizationId);
      const another = await tx.membership.count({ where: { organizationId, role: ownerRole, userId: { notIn: leaving }, user: { disabledAt: null } } });
      await tx.membership.deleteMany({ where: { organizationId, userId: { in: leaving }, ...(another > 0 ? {} : { role: { not: ownerRole } }) } });
    }
    const kept = await tx.membership.findMany({ where: { userId: { in: leaving } }, select: { userId: true } });
    return new Set(kept.map(({ userId }) => userId));
  }
}
