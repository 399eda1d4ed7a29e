import { Injectable } from '@nestjs/common';
import { emailDomainOf } from '../../common/text/internet-names.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import type { User } from '../../generated/prisma/client.js';
import { UsersService } from '../auth/users.service.js';
import { OutboxService } from '../mail/outbox.service.js';
import { MembershipsService } from '../members/memberships.service.js';
import type { AddedMemberDto, AddMemberDto } from './invitations.dto.js';
import { InvitationsService } from './invitations.service.js';

/**
 * Adds members by their email address. Nobody becomes a member without their consent, except at a domain that the
 * organization owns: its addresses are the organization's own. For other addresses no account is looked up, so that the
 * answer and its timing do not depend on it.
 */
@Injectable()
export class MemberAdditionsService {
  constructor(
    private readonly db: TenantDb,
    private readonly memberships: MembershipsService,
    private readonly invitations: InvitationsService,
    private readonly users: UsersService,
    private readonly outbox: OutboxService,
  ) {}

  /**
   * Adds the account at a domain of the organization, or invites the address.
   *
   * @throws {UnknownRoleError | RoleTooHighError | AlreadyMemberError | AlreadyMembersError | AddressOutsideDomainsError | NoSeatLeftError}
   */
  async addMember(actorId: string, { email, role }: AddMemberDto): Promise<AddedMemberDto> {
    const user = (await isAtOwnDomain(this.db, email)) ? await this.users.findVerifiedUser(email) : null;
    if (user !== null && (await this.#addDirectly(actorId, { ...user, email }, role))) return { status: 'added', email, role, userId: user.id, invitationId: null };
    const [invitation] = await this.invitations.createInvitations(actorId, [{ email, role }]);
    return { status: 'invited', email, role, userId: null, invitationId: invitation?.id ?? null };
  }

  /** @returns false when the domain has ceased to be the organization's */
  async #addDirectly(actorId: string, user: User & { readonly email: string }, role: string): Promise<boolean> {
    return this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      if (!(await isAtOwnDomain(tx, user.email))) return false;
      await this.memberships.addMembership(tx, actor, user, role);
      const { name } = await tx.organization.findFirstOrThrow({ select: { name: true } });
      await this.outbox.addMail(tx, { template: 'member-added', to: user.email, data: { name: user.name, organization: name, role } });
      return true;
    });
  }
}

/** Only the DNS proves that the domain, and so every address at it, belongs to the organization, and only while the record is there. A mailed code proves one mailbox. */
async function isAtOwnDomain(db: Pick<TenantDb | TenantTransaction, 'domain'>, email: string): Promise<boolean> {
  return (await db.domain.count({ where: { kind: 'email', name: emailDomainOf(email), grade: 'ownership', failingSince: null } })) > 0;
}
