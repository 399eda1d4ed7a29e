import { owned } from '../../access/organization/organization-entitlements.service.js';
import { ownerRole } from '../../access/roles.js';
import type { TenantTransaction } from '../../database/tenant-db.js';
import type { PlatformTransaction } from '../../database/transactions.js';
import { LastOwnerError } from './members.errors.js';
import { countOtherOwners } from './members.queries.js';
import { endInvitations } from './new-members.js';

/**
 * Ends a membership, if there is one. Call it under the organization's lock.
 *
 * @param organizationId required on the platform's transaction; a tenant's transaction knows its own
 * @throws {LastOwnerError}
 */
export async function deleteMembership(tx: TenantTransaction | PlatformTransaction, userId: string, now: Date, organizationId?: string): Promise<void> {
  const { membership, invitation } = tx as PlatformTransaction;
  const member = await membership.findFirst({ where: { ...owned(organizationId), userId }, select: { role: true, user: { select: { email: true } } } });
  if (member === null) return;
  if (member.role === ownerRole && (await countOtherOwners({ membership }, userId, organizationId)) === 0) throw new LastOwnerError();
  // Their present address can have an invitation from before they changed it.
  const { email } = member.user;
  if (email !== null) await endInvitations({ invitation }, [email], now, organizationId);
  await membership.deleteMany({ where: { ...owned(organizationId), userId } });
}
