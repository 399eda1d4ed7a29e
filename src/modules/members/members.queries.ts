import { ownerRole } from '../../access/roles.js';
import type { TenantTransaction } from '../../database/tenant-db.js';

/** How many owners there are besides this user. */
export async function countOtherOwners(tx: TenantTransaction, userId: string): Promise<number> {
  return tx.membership.count({ where: { role: ownerRole, userId: { not: userId } } });
}

/** What members may see of one another. */
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

/** A membership with the permissions of all its custom roles, direct ones and those of teams. */
export const memberPermissionColumns = {
  userId: true,
  role: true,
  customRoles: { select: rolePermissions },
  teams: { select: { team: { select: { roles: { select: rolePermissions } } } } },
} as const;
