import { Injectable } from '@nestjs/common';
import { ownerRole, Roles } from '../../access/roles.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import { isUniqueViolation } from '../../database/database-errors.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import type { Membership } from '../../generated/prisma/client.js';
import { AlreadyMemberError, LastOwnerError, NotAMemberError } from './members.errors.js';
import { assertMayChangeRole, assertMayGrant, assertMayRemove, type Actor } from './members.policy.js';
import { countOtherOwners, lockMemberships } from './members.queries.js';

/**
 * Every change of who is a member, and in which role. Each holds the organization's lock and reads the roles anew under
 * it: what the guard saw may be gone by now.
 */
@Injectable()
export class MembershipsService {
  constructor(
    private readonly db: TenantDb,
    private readonly roles: Roles,
  ) {}

  /** @throws {UnknownRoleError | RoleTooHighError | AlreadyMemberError} */
  async add(actorId: string, userId: string, role: string): Promise<void> {
    await this.underLock(actorId, async (tx, actor) => {
      assertMayGrant(this.roles, actor, role);
      try {
        await tx.membership.createMany({ data: { userId, role, invitedById: actorId } });
      } catch (error) {
        if (isUniqueViolation(error, 'user_id')) throw new AlreadyMemberError();
        throw error;
      }
    });
  }

  /** @throws {NotFoundError | OwnRoleError | UnknownRoleError | RoleTooHighError | LastOwnerError} */
  async changeRole(actorId: string, userId: string, role: string): Promise<void> {
    await this.underLock(actorId, async (tx, actor) => {
      const target = await this.#get(tx, userId);
      assertMayChangeRole(this.roles, actor, target, role);
      if (target.role === ownerRole && role !== ownerRole) await this.#assertAnotherOwner(tx, userId);
      await tx.membership.updateMany({ where: { userId }, data: { role } });
    });
  }

  /** @throws {NotFoundError | RemoveYourselfError | RoleTooHighError | LastOwnerError} */
  async remove(actorId: string, userId: string): Promise<void> {
    await this.underLock(actorId, async (tx, actor) => {
      const target = await this.#get(tx, userId);
      assertMayRemove(this.roles, actor, target);
      await this.#end(tx, target);
    });
  }

  /** @throws {LastOwnerError} */
  async leave(userId: string): Promise<void> {
    await this.underLock(userId, async (tx) => this.#end(tx, await this.#get(tx, userId)));
  }

  /** The successor becomes owner and the giver admin, at once. @throws {NotAMemberError} */
  async transferOwnership(actorId: string, successorId: string): Promise<void> {
    await this.underLock(actorId, async (tx, actor) => {
      assertMayGrant(this.roles, actor, ownerRole);
      if (actorId === successorId) return;
      const { count } = await tx.membership.updateMany({ where: { userId: successorId }, data: { role: ownerRole } });
      if (count === 0) throw new NotAMemberError();
      await tx.membership.updateMany({ where: { userId: actorId }, data: { role: 'admin' } });
    });
  }

  /**
   * Runs a change of memberships, or of what leads to one, while no other runs in this organization.
   *
   * @param change gets the actor with the role that they have now
   * @throws {NotFoundError} when the actor is no member any more
   */
  async underLock<Result>(actorId: string, change: (tx: TenantTransaction, actor: Actor) => Promise<Result>): Promise<Result> {
    return this.db.$transaction(async (tx) => {
      await lockMemberships(tx);
      return change(tx, await this.#get(tx, actorId));
    });
  }

  /** @throws {UnknownRoleError | RoleTooHighError} unless the actor may give this role */
  assertMayGrant(actor: Actor, role: string): void {
    assertMayGrant(this.roles, actor, role);
  }

  async #get(tx: TenantTransaction, userId: string): Promise<Membership> {
    const membership = await tx.membership.findFirst({ where: { userId } });
    if (membership === null) throw new NotFoundError();
    return membership;
  }

  async #end(tx: TenantTransaction, { userId, role }: Membership): Promise<void> {
    if (role === ownerRole) await this.#assertAnotherOwner(tx, userId);
    await tx.membership.deleteMany({ where: { userId } });
  }

  async #assertAnotherOwner(tx: TenantTransaction, userId: string): Promise<void> {
    if ((await countOtherOwners(tx, userId)) === 0) throw new LastOwnerError();
  }
}
