import { ownerRole } from '../../access/roles.js';
import type { TenantTransaction } from '../../database/tenant-db.js';

/**
 * Lets one transaction at a time change who is a member of the organization, and in which role. Rules over several
 * memberships (there is always an owner) are judged under it. `no key` does not hold up inserts that refer to the row.
 */
export async function lockMemberships(tx: TenantTransaction): Promise<void> {
  await tx.$queryRaw`select id from organizations where id = (select app.current_organization_id()) for no key update`;
}

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
} as const;
