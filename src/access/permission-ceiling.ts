/** A member who grants or revokes permissions: the rank of their base role and all permissions that they hold. */
export interface PermissionHolder {
  readonly rank: number;
  readonly permissions: ReadonlySet<string>;
}

/** The permissions that are granted, revoked or edited. */
export interface PermissionGrant {
  /** The rank of the base role that is granted; undefined for custom roles, teams and API keys. */
  readonly rank?: number;
  readonly permissions: Iterable<string>;
}

/**
 * Applies the permission ceiling: a member can grant, revoke or edit only permissions that they hold. Role changes,
 * invitations, join requests, custom roles, teams and API keys all use it.
 *
 * A grant that waits is judged again when it is used, against the present ceiling of the member who made it: an
 * invitation, the join policy of a domain, and a key of the organization.
 *
 * @param holder undefined for a granter who is no longer a member, or is disabled: everything is beyond their ceiling
 * @returns the permissions of the grant that the holder lacks, and `rank` when the granted role ranks higher; empty when the grant is allowed
 */
export function beyondCeiling(holder: PermissionHolder | undefined, grant: PermissionGrant): string[] {
  const tooHigh = grant.rank !== undefined && (holder === undefined || grant.rank > holder.rank) ? ['rank'] : [];
  return [...tooHigh, ...[...new Set(grant.permissions)].filter((permission) => holder?.permissions.has(permission) !== true)];
}
