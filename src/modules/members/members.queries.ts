import { ownerRole } from '../../access/roles.js';
import type { TenantTransaction } from '../../database/tenant-db.js';

/** Counts the owners of the organization except this user. */
export async function countOtherOwners(tx: TenantTransaction, userId: string): Promise<number> {
  return tx.membership.count({ where: { role: ownerRole, userId: { not: userId } } });
}

/** The columns of a member that other members can see. */
export const memberColumns = {
  id: true,
  userId: true,
  role: true,
  createdAt: true,
  updatedAt: true,
  user: { select: { email: true, name: true } },
  customRoles: { select: { role: { select: { key: true } } } },
  teams: { select: { team: { select: { id: true, name: true } } } },
} as const;

const rolePermissions = { role: { select: { permissions: true } } } as const;

/** The columns of a membership from which all its permissions follow: base role, custom roles, and the roles of teams. */
export const memberPermissionColumns = {
  userId: true,
  role: true,
  user: { select: { disabledAt: true } },
  customRoles: { select: rolePermissions },
  teams: { select: { team: { select: { roles: { select: rolePermissions } } } } },
} as const;

interface RolePermissionRow {
  readonly role: { readonly permissions: readonly string[] };
}

/** A membership with the columns of {@link memberPermissionColumns}. */
export interface MemberPermissionRow {
  readonly userId: string;
  readonly role: string;
  readonly user: { readonly disabledAt: Date | null };
  readonly customRoles: readonly RolePermissionRow[];
  readonly teams: readonly { readonly team: { readonly roles: readonly RolePermissionRow[] } }[];
}
