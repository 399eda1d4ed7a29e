import { beyondCeiling, type PermissionGrant, type PermissionHolder } from '../../access/permission-ceiling.js';
import { ownerRole, type Roles } from '../../access/roles.js';
import { OwnRoleError, RemoveYourselfError, RoleTooHighError, UnknownRoleError } from './members.errors.js';

/** A member as they are now, read under the lock of the organization: their base role, and all that they may do. */
export interface MemberPermissions extends PermissionHolder {
  readonly userId: string;
  readonly role: string;
}

/** @throws {RoleTooHighError} unless all of it is within what the actor holds */
export function assertWithinCeiling(actor: PermissionHolder, grant: PermissionGrant): void {
  const beyond = beyondCeiling(actor, grant);
  if (beyond.length > 0) throw new RoleTooHighError(beyond);
}

/** @throws {UnknownRoleError | RoleTooHighError} unless the actor may give this base role */
export function assertMayGrantRole(roles: Roles, actor: PermissionHolder, key: string, pointer?: string): void {
  const role = roles.find(key);
  if (role === undefined) throw new UnknownRoleError(key, pointer);
  assertWithinCeiling(actor, role);
}

/**
 * An owner may step down; nobody else changes their own role, and nobody touches a member above them.
 *
 * @throws {OwnRoleError | UnknownRoleError | RoleTooHighError}
 */
export function assertMayChangeRole(roles: Roles, actor: MemberPermissions, target: MemberPermissions, role: string): void {
  if (actor.userId === target.userId && actor.role !== ownerRole) throw new OwnRoleError();
  assertWithinCeiling(actor, target);
  assertMayGrantRole(roles, actor, role);
}

/** @throws {RemoveYourselfError | RoleTooHighError} */
export function assertMayRemove(actor: MemberPermissions, target: MemberPermissions): void {
  if (actor.userId === target.userId) throw new RemoveYourselfError();
  assertWithinCeiling(actor, target);
}
