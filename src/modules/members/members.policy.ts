import { beyondCeiling, type PermissionGrant, type PermissionHolder } from '../../access/permission-ceiling.js';
import { ownerRole, type Roles } from '../../access/roles.js';
import { UnknownRoleError } from '../../access/access.errors.js';
import { OwnRoleError, RemoveYourselfError, RoleTooHighError } from './members.errors.js';

/** The base role and all permissions of a member, read under the organization's lock. */
export interface MemberPermissions extends PermissionHolder {
  readonly userId: string;
  readonly role: string;
}

/** @throws {RoleTooHighError} when the grant has permissions that the actor does not hold, or ranks above the actor */
export function assertWithinCeiling(actor: PermissionHolder, grant: PermissionGrant): void {
  const beyond = beyondCeiling(actor, grant);
  if (beyond.length > 0) throw new RoleTooHighError(beyond);
}

/** @throws {UnknownRoleError | RoleTooHighError} when the actor cannot grant this base role */
export function assertMayGrantRole(roles: Roles, actor: PermissionHolder, key: string, pointer?: string): void {
  const role = roles.find(key);
  if (role === undefined) throw new UnknownRoleError(key, pointer);
  assertWithinCeiling(actor, role);
}

/**
 * Owners can lower their own role; other members cannot change their own role. Nobody can change the role of a member who
 * has more permissions.
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
