import { NotFoundError } from '../../common/errors/app-error.js';
import type { TenantTransaction } from '../../database/tenant-db.js';

/** Returns those of these addresses that belong to members. */
export async function findMemberEmails(tx: TenantTransaction, emails: readonly string[]): Promise<string[]> {
  const members = await tx.$queryRaw<{ email: string }[]>`
    select u.email from memberships m join users u on u.id = m.user_id
     where m.organization_id = app.current_organization_id() and u.email = any(${emails}::text[])`;
  return members.map(({ email }) => email);
}

/** The names that an invitation of a member has. */
export interface InvitationNames {
  readonly organization: string;
  readonly inviter: string;
}

/** Reads the name of the organization, and that of the member who invites. */
export async function readInvitationNames(tx: TenantTransaction, userId: string): Promise<InvitationNames> {
  const [names] = await tx.$queryRaw<InvitationNames[]>`
    select coalesce(o.display_name, o.name) as organization, coalesce(u.name, o.display_name, o.name) as inviter
      from organizations o left join memberships m on m.organization_id = o.id and m.user_id = ${userId}::uuid left join users u on u.id = m.user_id
     where o.id = app.current_organization_id()`;
  if (names === undefined) throw new NotFoundError();
  return names;
}
