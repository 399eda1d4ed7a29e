import { Injectable } from '@nestjs/common';

/** What a role may do. Namespaced `<resource>:<action>`. */
export type Permission =
  | 'organization:read'
  | 'organization:update'
  | 'organization:delete'
  | 'organization:transfer'
  | 'members:read'
  | 'members:write'
  | 'invitations:read'
  | 'invitations:write'
  | 'projects:read'
  | 'projects:write';

export interface Role {
  readonly key: string;
  /** Higher may do more; nobody grants a role of a higher rank than their own. */
  readonly rank: number;
  readonly permissions: readonly Permission[];
}

const member: readonly Permission[] = ['organization:read', 'members:read', 'projects:read', 'projects:write'];
const admin: readonly Permission[] = [...member, 'organization:update', 'members:write', 'invitations:read', 'invitations:write'];
const owner: readonly Permission[] = [...admin, 'organization:delete', 'organization:transfer'];

/** The key of the role that an organization always has at least one of. */
export const ownerRole = 'owner';

/** The roles, highest first. */
export const builtInRoles: readonly Role[] = [
  { key: ownerRole, rank: 30, permissions: owner },
  { key: 'admin', rank: 20, permissions: admin },
  { key: 'member', rank: 10, permissions: member },
];

export const roleKeys: readonly string[] = builtInRoles.map((role) => role.key);

/** Looks roles up by their key. */
@Injectable()
export class Roles {
  readonly #byKey = new Map(builtInRoles.map((role) => [role.key, role]));

  find(key: string): Role | undefined {
    return this.#byKey.get(key);
  }

  /** The rank of a role; an unknown one ranks below all. */
  rankOf(key: string): number {
    return this.find(key)?.rank ?? -1;
  }

  /** What a role may do; an unknown one may do nothing. */
  permissionsOf(key: string): ReadonlySet<string> {
    return new Set(this.find(key)?.permissions);
  }

  /** Whether `role` may do all that `wanted` may. */
  atLeast(role: string, wanted: string): boolean {
    return this.rankOf(role) >= 0 && this.rankOf(role) >= this.rankOf(wanted);
  }

  /**
   * The ceiling: whether a holder of `actor` may give, take or touch `role`. Nobody reaches above their own rank, so
   * only an owner makes an owner.
   */
  withinReach(actor: string, role: string): boolean {
    return this.find(role) !== undefined && this.atLeast(actor, role);
  }
}
