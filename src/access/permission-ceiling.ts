/** What somebody holds who gives something away: the rank of their base role, and everything that they may do. */
export interface PermissionHolder {
  readonly rank: number;
  readonly permissions: ReadonlySet<string>;
}

/** What is given, taken or touched. */
export interface PermissionGrant {
  /** Of the base role that is given; undefined where none is (custom roles, teams, keys). */
  readonly rank?: number;
  readonly permissions: Iterable<string>;
}

/**
 * The one ceiling: nobody hands out, or lays hands on, more than they hold themselves. It serves role changes,
 * invitations, requests to join, custom roles, teams and API keys.
 *
 * @returns what the grant has beyond the holder: permissions, and `rank` when it ranks higher, each once; empty when it is within
 */
export function beyondCeiling(holder: PermissionHolder, grant: PermissionGrant): string[] {
  const tooHigh = grant.rank !== undefined && grant.rank > holder.rank ? ['rank'] : [];
  return [...tooHigh, ...[...new Set(grant.permissions)].filter((permission) => !holder.permissions.has(permission))];
}
