import { beyondCeiling, type Grant, type Holder } from '../../access/permission-ceiling.js';
import { ownerRole, type Roles } from '../../access/roles.js';
import { OwnRoleError, RemoveYourselfError, RoleTooHighError, UnknownRoleError } from './members.errors.js';

/** A member as they are now, read under the lock of the organization: their base role, and all that they may do. */
export interface Standing extends Holder {
  readonly userId: string;
  readonly role: string;
}

/** @throws {RoleTooHighError} unless all of it is within what the actor holds */
export function assertWithinCeiling(actor: Holder, grant: Grant): void {
  const beyond = beyondCeiling(actor, grant);
  if (beyond.length > 0) throw new RoleTooHighError(beyond);
}

/** @throws {UnknownRoleError | RoleTooHighError} unless the actor may give this base role */
export function assertMayGrant(roles: Roles, actor: Holder, key: string, pointer?: string): void {
  const role = roles.find(key);
  if (role === undefined) throw new UnknownRoleError(key, pointer);
  assertWithinCeiling(actor, role);
}

/**
 * An owner may step down; nobody else changes their own role, and nobody touches a member above them.
 *
 * @throws {OwnRoleError | UnknownRoleError | RoleTooHighError}
 */
export function assertMayChangeRole(roles: Roles, actor: Standing, target: Standing, role: string): void {
  if (actor.userId === target.userId && actor.role !== ownerRole) throw new OwnRoleError();
  assertWithinCeiling(actor, target);
  assertMayGrant(roles, actor, role);
}

/** @throws {RemoveYourselfError | RoleTooHighError} */
export function assertMayRemove(actor: Standing, target: Standing): void {
  if (actor.userId === target.userId) throw new RemoveYourselfError();
  assertWithinCeiling(actor, target);
}
