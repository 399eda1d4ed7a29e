import { containsText } from '../../common/http/pages/text-search.js';
import { owned } from '../../access/organization/organization-entitlements.service.js';
import { ManagedAccountError } from '../../access/access.errors.js';
import { ownerRole } from '../../access/roles.js';
import type { TenantTransaction } from '../../database/tenant-db.js';
import type { PlatformTransaction } from '../../database/transactions.js';
import type { Prisma } from '../../generated/prisma/client.js';
import type { ListMembersQuery } from './members.dto.js';

/**
 * Counts the owners of the organization except this user.
 *
 * @param organizationId required on the platform's transaction; a tenant's transaction knows its own
 */
export async function countOtherOwners(
  tx: Pick<PlatformTransaction, 'membership'> | Pick<TenantTransaction, 'membership'>,
  userId: string,
  organizationId?: string,
): Promise<number> {
  return (tx as Pick<PlatformTransaction, 'membership'>).membership.count({ where: { ...owned(organizationId), role: ownerRole, userId: { not: userId } } });
}

/** @throws {ManagedAccountError} when the member has a managed account, which owns nothing */
export async function assertMayOwn(tx: TenantTransaction, userId: string): Promise<void> {
  const member = await tx.membership.findFirst({ where: { userId }, select: { userName: true } });
  if (member?.userName != null) throw new ManagedAccountError();
}

/** The columns of a member that other members can see. */
export const memberColumns = {
  id: true,
  userId: true,
  userName: true,
  role: true,
  consentedAt: true,
  adultFrom: true,
  createdAt: true,
  updatedAt: true,
  user: { select: { email: true, name: true } },
  customRoles: { select: { role: { select: { key: true } } } },
  teams: { select: { team: { select: { id: true, name: true } } } },
} as const;

/** Returns the condition of the filters of a list of members. */
export const memberFilter = ({ role, search }: Pick<ListMembersQuery, 'role' | 'search'>) => ({
  ...(role === undefined ? {} : { role }),
  ...(search === undefined ? {} : { OR: [{ user: { is: { OR: [{ name: containsText(search) }, { email: containsText(search) }] } } }, { userName: containsText(search) }] }),
});

/** A membership with all permissions that its custom roles and the roles of its teams grant. */
export interface MemberPermissionRow {
  readonly userId: string;
  readonly role: string;
  readonly disabled: boolean;
  readonly customPermissions: readonly string[];
}

/**
 * Reads the permissions of members in one statement: most callers hold the organization's lock.
 *
 * @param organizationId required on the platform's transaction; a tenant's client knows its own
 */
export async function readMemberPermissions(db: Pick<Prisma.TransactionClient, '$queryRaw'>, userIds: readonly string[], organizationId?: string): Promise<MemberPermissionRow[]> {
  if (userIds.length === 0) return [];
  return db.$queryRaw`
    select m.user_id as "userId", m.role, u.disabled_at is not null as disabled,
           array(select distinct permission
                   from custom_roles r cross join unnest(r.permissions) permission
                  where r.organization_id = m.organization_id
                    and (exists (select from member_roles mr where mr.organization_id = m.organization_id and mr.user_id = m.user_id and mr.role_id = r.id)
                         or exists (select from team_members tm join team_roles tr on tr.organization_id = tm.organization_id and tr.team_id = tm.team_id
                                     where tm.organization_id = m.organization_id and tm.user_id = m.user_id and tr.role_id = r.id))) as "customPermissions"
      from memberships m join users u on u.id = m.user_id
     where m.organization_id = coalesce(${organizationId ?? null}::uuid, (select app.current_organization_id())) and m.user_id = any(${[...new Set(userIds)]}::uuid[])`;
}
