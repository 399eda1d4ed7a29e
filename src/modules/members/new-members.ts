import { owned } from '../../access/organization/organization-entitlements.service.js';
import type { TenantTransaction } from '../../database/tenant-db.js';
import type { Invitation } from '../../generated/prisma/client.js';

/** The tables in which somebody becomes a member, in the tenant's transaction and in the platform's transaction. */
interface AdmissionTables {
  readonly membership: Pick<TenantTransaction['membership'], 'createMany'>;
  readonly invitation: Pick<TenantTransaction['invitation'], 'updateManyAndReturn'>;
  readonly joinRequest: Pick<TenantTransaction['joinRequest'], 'updateMany'>;
}

interface AdmittedMember {
  /** Required on the platform's transaction; a tenant's transaction knows its own. */
  readonly organizationId?: string;
  readonly userId: string;
  /** The address of the user; null for a managed account. */
  readonly email: string | null;
  readonly role: string;
  readonly invitedById?: string | null;
}

/**
 * Makes a user a member, and ends their pending invitation and join request: otherwise they could come back with them after
 * their removal. Call it under the organization's lock.
 *
 * @param decidedById the member who decides, if any
 * @returns false when the user is a member already
 */
export async function insertMembership(tx: AdmissionTables, { email, ...member }: AdmittedMember, now: Date, decidedById?: string): Promise<boolean> {
  const { count } = await tx.membership.createMany({ data: { ...member }, skipDuplicates: true });
  const { organizationId, userId } = member;
  await tx.joinRequest.updateMany({
    where: { ...owned(organizationId), userId, status: 'pending' },
    data: { status: 'approved', decidedAt: now, ...(decidedById === undefined ? {} : { decidedById }) },
  });
  if (email !== null) await endInvitations(tx, [email], now, organizationId);
  return count > 0;
}

/** Revokes the pending invitations of addresses, and returns them. */
export async function endInvitations(tx: Pick<AdmissionTables, 'invitation'>, emails: readonly string[], now: Date, organizationId?: string): Promise<Invitation[]> {
  return tx.invitation.updateManyAndReturn({ where: { ...owned(organizationId), email: { in: [...emails] }, status: 'pending' }, data: { status: 'revoked', closedAt: now } });
}
