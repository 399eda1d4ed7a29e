import { Injectable } from '@nestjs/common';
import type { PermissionGrant, PermissionHolder } from '../../access/permission-ceiling.js';
import { ownerRole, Roles } from '../../access/roles.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import { Clock } from '../../common/clock.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import { UnknownRoleError } from '../../access/access.errors.js';
import { SecurityNoticesService } from '../mail/security-notices.service.js';
import { deleteMembership } from './ended-memberships.js';
import { AlreadyMemberError, LastOwnerError, NotAMemberError } from './members.errors.js';
import { assertMayChangeRole, assertMayGrantRole, assertMayRemove, assertWithinCeiling, type MemberPermissions } from './members.policy.js';
import { assertMayOwn, countOtherOwners } from './members.queries.js';
import { endInvitations, insertMembership } from './new-members.js';
import { MemberCeilingsService } from './member-ceilings.service.js';
import { MembershipRulesService } from './membership-rules.service.js';

export interface MemberChanges {
  readonly role?: string;
  /** The keys of all custom roles that the member has after the change. */
  readonly customRoles?: readonly string[];
}

/**
 * Adds, changes and removes memberships. Every change takes the organization's lock and reads the roles again under it,
 * because they may have changed since the guard read them.
 */
@Injectable()
export class MembershipsService {
  constructor(
    private readonly db: TenantDb,
    private readonly roles: Roles,
    private readonly catalog: Catalog,
    private readonly rules: MembershipRulesService,
    private readonly ceilings: MemberCeilingsService,
    private readonly notices: SecurityNoticesService,
    private readonly clock: Clock,
  ) {}

  /** @throws {UnknownRoleError | RoleTooHighError | AlreadyMemberError | AddressOutsideDomainsError | NoSeatLeftError} */
  async addMembership(tx: TenantTransaction, actor: MemberPermissions, user: { readonly id: string; readonly email: string }, role: string): Promise<void> {
    assertMayGrantRole(this.roles, actor, role);
    await this.rules.assertMayJoin(tx, user.email);
    await this.endInvitations(tx, actor, [user.email]);
    const member = { userId: user.id, email: user.email, role, invitedById: actor.userId };
    if (!(await insertMembership(tx, member, this.clock.now(), actor.userId))) throw new AlreadyMemberError();
    if (role === ownerRole) await this.notices.announceOwner(tx, actor.userId, 'owner_granted', user.id);
  }

  /** @throws {NotFoundError | OwnRoleError | UnknownRoleError | RoleTooHighError | LastOwnerError | ManagedAccountError} */
  async updateMembership(actorId: string, userId: string, { role, customRoles }: MemberChanges): Promise<void> {
    await this.withMembershipLock(actorId, async (tx, actor) => {
      const target = await this.#get(tx, userId);
      if (role !== undefined && role !== target.role) {
        assertMayChangeRole(this.roles, actor, target, role);
        if (role === ownerRole) await assertMayOwn(tx, userId);
        if (target.role === ownerRole) {
          await this.#assertAnotherOwner(tx, userId);
          await this.notices.announceOwner(tx, actorId, 'owner_taken', userId);
        }
        await tx.membership.updateMany({ where: { userId }, data: { role } });
        if (role === ownerRole) await this.notices.announceOwner(tx, actorId, 'owner_granted', userId);
      } else if (customRoles !== undefined) {
        // The membership has the version of the member.
        await tx.membership.updateMany({ where: { userId }, data: { role: target.role } });
      }
      if (customRoles !== undefined) await this.#setCustomRoles(tx, actor, target, customRoles);
    });
  }

  /** @throws {NotFoundError | RemoveYourselfError | RoleTooHighError | LastOwnerError} */
  async removeMembership(actorId: string, userId: string): Promise<void> {
    await this.withMembershipLock(actorId, async (tx, actor) => {
      const target = await this.#get(tx, userId);
      assertMayRemove(actor, target);
      await this.#endMembership(tx, actorId, target);
    });
  }

  /** @throws {LastOwnerError} */
  async leaveOrganization(userId: string): Promise<void> {
    await this.withMembershipLock(userId, async (tx, actor) => this.#endMembership(tx, userId, actor));
  }

  async #endMembership(tx: TenantTransaction, actorId: string, { userId, role }: MemberPermissions): Promise<void> {
    if (role === ownerRole) await this.notices.announceOwner(tx, actorId, 'owner_taken', userId);
    await deleteMembership(tx, userId, this.clock.now());
  }

  /** Makes the successor an owner and gives the actor the next lower role, in one transaction. @throws {NotAMemberError | ManagedAccountError} */
  async transferOwnership(actorId: string, successorId: string): Promise<void> {
    await this.withMembershipLock(actorId, async (tx, actor) => {
      assertMayGrantRole(this.roles, actor, ownerRole);
      if (actorId === successorId) return;
      await assertMayOwn(tx, successorId);
      const { count } = await tx.membership.updateMany({ where: { userId: successorId }, data: { role: ownerRole } });
      if (count === 0) throw new NotAMemberError();
      await this.notices.announceOwner(tx, actorId, 'owner_granted', successorId);
      await this.notices.announceOwner(tx, actorId, 'owner_taken', actorId);
      await tx.membership.updateMany({ where: { userId: actorId }, data: { role: this.catalog.successorRole } });
    });
  }

  /**
   * Runs a change of memberships, roles, teams, invitations or API keys under the organization's lock.
   *
   * @param change receives the actor with their current permissions
   * @param options.timeout milliseconds after which the change is rolled back, for one that can concern very many members
   * @throws {NotFoundError} when the actor is no longer a member
   */
  async withMembershipLock<Result>(
    actorId: string,
    change: (tx: TenantTransaction, actor: MemberPermissions) => Promise<Result>,
    options: { readonly timeout?: number } = {},
  ): Promise<Result> {
    return this.db.$transaction(
      async (tx) => {
        const actor = (await this.ceilings.readCeilings(tx, [actorId])).get(actorId);
        if (actor === undefined) throw new NotFoundError();
        return change(tx, actor);
      },
      { ...options, locksOrganization: true },
    );
  }

  /**
   * @param pointer the JSON pointer of the role in the request body
   * @throws {UnknownRoleError | RoleTooHighError} when the actor cannot grant this base role
   */
  assertMayGrantRole(actor: PermissionHolder, role: string, pointer?: string): void {
    assertMayGrantRole(this.roles, actor, role, pointer);
  }

  /**
   * For changes of a grant that was made earlier. A role that the catalog no longer defines grants nothing.
   *
   * @throws {RoleTooHighError} when the base role exceeds the actor's permissions
   */
  assertRoleWithinCeiling(actor: PermissionHolder, role: string): void {
    assertWithinCeiling(actor, this.ceilings.grantOfRole(role));
  }

  /**
   * Revokes the pending invitations of addresses. The ceiling applies to them as well, unless they have expired.
   *
   * @throws {RoleTooHighError} when the role of one exceeds the actor's permissions; the transaction must then be rolled back
   */
  async endInvitations(tx: TenantTransaction, actor: PermissionHolder, emails: readonly string[]): Promise<void> {
    const now = this.clock.now();
    for (const { role, expiresAt } of await endInvitations(tx, emails, now)) if (expiresAt > now) this.assertRoleWithinCeiling(actor, role);
  }

  /**
   * Ignores permissions that the catalog no longer defines, because they have no effect.
   *
   * @throws {RoleTooHighError} when the grant has permissions that the actor does not hold
   */
  assertWithinCeiling(actor: MemberPermissions, grant: PermissionGrant): void {
    const permissions = [...grant.permissions].filter((permission) => this.catalog.permissions.has(permission));
    assertWithinCeiling(actor, { ...grant, permissions });
  }

  /** Returns a member with all permissions. @throws {NotAMemberError} */
  async getMemberPermissions(tx: TenantTransaction, userId: string): Promise<MemberPermissions> {
    const standing = await this.ceilings.readHeldPermissions(tx, userId);
    if (standing === undefined) throw new NotAMemberError();
    return standing;
  }

  async #get(tx: TenantTransaction, userId: string): Promise<MemberPermissions> {
    const standing = await this.ceilings.readHeldPermissions(tx, userId);
    if (standing === undefined) throw new NotFoundError();
    return standing;
  }

  async #setCustomRoles(tx: TenantTransaction, actor: MemberPermissions, target: MemberPermissions, keys: readonly string[]): Promise<void> {
    const wanted = await tx.customRole.findMany({ where: { key: { in: [...keys] } }, select: { id: true, key: true, permissions: true } });
    const unknown = keys.find((key) => wanted.every((role) => role.key !== key));
    if (unknown !== undefined) throw new UnknownRoleError(unknown, '/customRoles');
    const held = await tx.memberRole.findMany({ where: { userId: target.userId }, select: { roleId: true, role: { select: { permissions: true } } } });
    const added = wanted.filter(({ id }) => held.every(({ roleId }) => roleId !== id));
    const revoked = held.filter(({ roleId }) => wanted.every(({ id }) => id !== roleId));
    this.assertWithinCeiling(actor, { rank: target.rank, permissions: [...added.flatMap(({ permissions }) => permissions), ...revoked.flatMap(({ role }) => role.permissions)] });
    await tx.memberRole.deleteMany({ where: { userId: target.userId, roleId: { in: revoked.map(({ roleId }) => roleId) } } });
    if (added.length > 0) await tx.memberRole.createMany({ data: added.map(({ id }) => ({ userId: target.userId, roleId: id })) });
  }

  async #assertAnotherOwner(tx: TenantTransaction, userId: string): Promise<void> {
    if ((await countOtherOwners(tx, userId)) === 0) throw new LastOwnerError();
  }
}
