import { NotFoundError } from '../../common/errors/app-error.js';
import type { TenantTransaction } from '../../database/tenant-db.js';
import { Prisma } from '../../generated/prisma/client.js';

/** The facts that decide whether addresses can be invited. */
export interface InviteeFacts {
  /** Those of the addresses that belong to members. */
  readonly members: readonly string[];
  /** Whether one of the addresses has a pending invitation. */
  readonly invited: boolean;
  /** The seats in use, without those of pending invitations of the addresses; null when they were not counted. */
  readonly inUse: number | null;
}

const uncounted = Prisma.sql`null`;

/**
 * Reads {@link InviteeFacts} in one statement: the organization is locked meanwhile. `offset 0` keeps PostgreSQL from joining: it would read all members
 * and all pending invitations of the organization, instead of one entry of an index for each address.
 *
 * @param seats counts the seats in use, of the organization `o`
 */
export async function readInviteeFacts(tx: TenantTransaction, emails: readonly string[], seats: Prisma.Sql | undefined): Promise<InviteeFacts> {
  const [facts] = await tx.$queryRaw<InviteeFacts[]>`
    select array(select e.email from unnest(${emails}::text[]) e (email)
                  where exists (select from users u join memberships m on m.organization_id = o.id and m.user_id = u.id where u.email = e.email offset 0)) as members,
           exists (select from unnest(${emails}::text[]) e (email)
                    where exists (select from invitations i where i.organization_id = o.id and i.email = e.email and i.status = 'pending' offset 0)) as invited,
           (${seats ?? uncounted})::integer as "inUse"
      from organizations o where o.id = app.current_organization_id()`;
  if (facts === undefined) throw new NotFoundError();
  return facts;
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
