import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { MalformedRequestError, NotFoundError } from '../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../common/http/page.js';
import { lifetimes } from '../../config/app-config.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import type { Invitation } from '../../generated/prisma/client.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { MembershipRulesService } from '../members/membership-rules.service.js';
import { MembershipsService } from '../members/memberships.service.js';
import { hashInvitationToken, newInvitationToken } from './invitation-token.js';
import { InvitationMailService } from './invitation-mail.service.js';
import { toInvitationDto, type InvitationDto, type InvitationRequestDto, type ListInvitationsQuery } from './invitations.dto.js';
import { AlreadyMembersError, InvitationClosedError } from './invitations.errors.js';

const day = 24 * 3600 * 1000;
const defaultDays = lifetimes.invitation / (24 * 3600);

/** Creates, lists, resends and revokes the invitations of an organization, for members with the permission to invite. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
    private readonly memberships: MembershipsService,
    private readonly rules: MembershipRulesService,
    private readonly mail: InvitationMailService,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates all invitations or none. A pending invitation of the same address is revoked.
   *
   * @throws {MalformedRequestError} when an address occurs twice
   * @throws {UnknownRoleError | RoleTooHighError | AlreadyMembersError | AddressOutsideDomainsError | NoSeatLeftError}
   */
  async createInvitations(actorId: string, wanted: readonly InvitationRequestDto[]): Promise<InvitationDto[]> {
    const emails = wanted.map(({ email }) => email);
    if (new Set(emails).size < emails.length) throw new MalformedRequestError('An email address occurs more than once. Send each address once.', [], 'duplicate_address');
    return this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      for (const { role } of wanted) this.memberships.assertMayGrantRole(actor, role);
      await this.rules.assertAddressesAllowed(tx, emails);
      await this.#assertNotMembers(tx, emails);
      await tx.invitation.updateMany({ where: { email: { in: emails }, status: 'pending' }, data: { status: 'revoked', closedAt: this.clock.now() } });
      const created: InvitationDto[] = [];
      for (const request of wanted) created.push(await this.#createOne(tx, actorId, request));
      await this.rules.assertSeatsForInvitations(tx);
      return created;
    });
  }

  async listInvitations({ status, ...request }: ListInvitationsQuery): Promise<Page<InvitationDto>> {
    const now = this.clock.now();
    const expiry = status === 'expired' ? { expiresAt: { lte: now } } : status === 'pending' ? { expiresAt: { gt: now } } : {};
    const filter = status === undefined ? {} : { status: status === 'expired' ? ('pending' as const) : status, ...expiry };
    const page = await this.pages.list(request, {
      scope: `invitations ${this.context.organizationId}`,
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.db.invitation.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      count: () => this.db.invitation.count({ where: filter }),
    });
    return mapPage(page, (row) => toInvitationDto(row, now));
  }

  /** Replaces the link and restarts its lifetime. @throws {NotFoundError | InvitationClosedError | RoleTooHighError} */
  async resendInvitation(actorId: string, id: string): Promise<InvitationDto> {
    return this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      const known = await this.#getPending(tx, id);
      this.memberships.assertMayGrantRole(actor, known.role);
      const token = newInvitationToken(this.context.organizationId);
      const lifetime = known.expiresAt.getTime() - known.sentAt.getTime();
      const data = { tokenHash: hashInvitationToken(token), sentAt: this.clock.now(), expiresAt: new Date(this.clock.now().getTime() + lifetime) };
      const [renewed] = await tx.invitation.updateManyAndReturn({ where: { id, status: 'pending' }, data });
      if (renewed === undefined) throw new InvitationClosedError('closed');
      // An expired invitation takes a seat again.
      await this.rules.assertSeatsForInvitations(tx);
      return this.#deliver(tx, renewed, token, actorId);
    });
  }

  /** @throws {NotFoundError | InvitationClosedError} */
  async revokeInvitation(id: string): Promise<void> {
    const { count } = await this.db.invitation.updateMany({ where: { id, status: 'pending' }, data: { status: 'revoked', closedAt: this.clock.now() } });
    if (count === 0) await this.#getPending(this.db, id);
  }

  async #createOne(tx: TenantTransaction, actorId: string, request: InvitationRequestDto): Promise<InvitationDto> {
    const { email, role, message = null, expiresInDays = defaultDays, delivery = 'mail' } = request;
    const token = newInvitationToken(this.context.organizationId);
    const data = {
      email,
      role,
      message,
      delivery,
      tokenHash: hashInvitationToken(token),
      invitedById: actorId,
      expiresAt: new Date(this.clock.now().getTime() + expiresInDays * day),
    };
    const [invitation] = await tx.invitation.createManyAndReturn({ data });
    if (invitation === undefined) throw new NotFoundError();
    return this.#deliver(tx, invitation, token, actorId);
  }

  async #deliver(tx: TenantTransaction, invitation: Invitation, token: string, actorId: string): Promise<InvitationDto> {
    if (invitation.delivery === 'link') return toInvitationDto(invitation, this.clock.now(), this.mail.invitationLink(token));
    await this.mail.sendInvitation(tx, invitation, token, actorId);
    return toInvitationDto(invitation, this.clock.now());
  }

  async #assertNotMembers(tx: TenantTransaction, emails: readonly string[]): Promise<void> {
    const where = { user: { is: { email: { in: [...emails] } } } };
    const members = await tx.membership.findMany({ where, select: { user: { select: { email: true } } } });
    if (members.length > 0) throw new AlreadyMembersError(members.map(({ user }) => user.email));
  }

  /** @throws {NotFoundError | InvitationClosedError} when the invitation does not exist, or is no longer pending */
  async #getPending(db: TenantDb | TenantTransaction, id: string): Promise<Invitation> {
    const invitation = await db.invitation.findFirst({ where: { id } });
    if (invitation === null) throw new NotFoundError();
    if (invitation.status !== 'pending') throw new InvitationClosedError(invitation.status);
    return invitation;
  }
}
