import { ownerRole, type Roles } from '../../access/roles.js';
import { OwnRoleError, RemoveYourselfError, RoleTooHighError, UnknownRoleError } from './members.errors.js';

/** Who acts: their id and their role as it is now, read under the lock of the organization. */
export interface Actor {
  readonly userId: string;
  readonly role: string;
}

export interface Target {
  readonly userId: string;
  readonly role: string;
}

/** @throws {UnknownRoleError | RoleTooHighError} unless the actor may give this role */
export function assertMayGrant(roles: Roles, actor: Pick<Actor, 'role'>, role: string): void {
  if (roles.find(role) === undefined) throw new UnknownRoleError(role);
  if (!roles.withinReach(actor.role, role)) throw new RoleTooHighError();
}

/**
 * An owner may step down; nobody else changes their own role, and nobody touches a role above theirs.
 *
 * @throws {OwnRoleError | UnknownRoleError | RoleTooHighError}
 */
export function assertMayChangeRole(roles: Roles, actor: Actor, target: Target, role: string): void {
  if (actor.userId === target.userId && actor.role !== ownerRole) throw new OwnRoleError();
  if (!roles.withinReach(actor.role, target.role)) throw new RoleTooHighError();
  assertMayGrant(roles, actor, role);
}

/** @throws {RemoveYourselfError | RoleTooHighError} */
export function assertMayRemove(roles: Roles, actor: Actor, target: Target): void {
  if (actor.userId === target.userId) throw new RemoveYourselfError();
  if (!roles.withinReach(actor.role, target.role)) throw new RoleTooHighError();
}
