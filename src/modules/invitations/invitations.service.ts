import { Injectable } from '@nestjs/common';
import { dayLength } from '../../common/calendar.js';
import { Clock } from '../../common/clock.js';
import { MalformedRequestError, NotFoundError } from '../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
import { lifetimes } from '../../config/app-config.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import { membershipOfRequest } from '../../access/principal/request-authority.js';
import { lastStatement } from '../../database/transactions.js';
import type { Invitation, Prisma } from '../../generated/prisma/client.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { MailProgressService, type MailProgress } from '../mail/mail-progress.service.js';
import { MemberCeilingsService } from '../members/member-ceilings.service.js';
import { MembershipRulesService } from '../members/membership-rules.service.js';
import { MembershipsService } from '../members/memberships.service.js';
import { hashInvitationToken, newInvitationToken } from './invitation-token.js';
import { InvitationMailService } from './invitation-mail.service.js';
import { toInvitationDto, type InvitationDto, type InvitationRequestDto, type ListInvitationsQuery } from './invitations.dto.js';
import { AlreadyMembersError, InvitationClosedError } from './invitations.errors.js';
import { readInviteeFacts, type InviteeFacts } from './invitations.queries.js';

const defaultDays = lifetimes.invitation / (24 * 3600);

/** A sender of pending invitations and a role that they can no longer grant. */
type VoidGrant = Pick<Invitation, 'invitedById' | 'role'>;

/** The mail of an invitation that was just made. */
const queued: MailProgress = { status: 'queued', failure: null, nextAttemptAt: null };

interface Made {
  readonly invitation: Invitation;
  readonly token: string;
}

/** Creates, lists, resends and revokes the invitations of an organization, for members with the permission to invite. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
    private readonly memberships: MembershipsService,
    private readonly ceilings: MemberCeilingsService,
    private readonly rules: MembershipRulesService,
    private readonly mail: InvitationMailService,
    private readonly progress: MailProgressService,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates all invitations or none. A pending invitation of the same address is revoked, if its role is within the ceiling.
   *
   * @throws {MalformedRequestError} when an address occurs twice
   * @throws {UnknownRoleError | RoleTooHighError | AlreadyMembersError | AddressOutsideDomainsError | NoSeatLeftError}
   */
  async createInvitations(actorId: string, wanted: readonly InvitationRequestDto[]): Promise<InvitationDto[]> {
    const emails = wanted.map(({ email }) => email);
    if (new Set(emails).size < emails.length) throw new MalformedRequestError('An email address occurs more than once. Send each address once.', [], 'duplicate_address');
    const invite = async (tx: TenantTransaction): Promise<InvitationDto[]> => {
      const { members, invited, inUse } = await this.#readInvitees(tx, emails);
      const { facts, ...actor } = membershipOfRequest(this.context);
      for (const { role } of wanted) this.memberships.assertMayGrantRole(actor, role);
      this.rules.assertAtDomains(facts.policy.allowedEmailDomains, emails);
      if (members.length > 0) throw new AlreadyMembersError([...members]);
      if (invited) await this.memberships.endInvitations(tx, actor, emails);
      this.rules.assertSeatsLeft(facts, inUse, wanted.length);
      return this.#deliver(tx, actorId, await this.#create(tx, actorId, wanted));
    };
    return this.db.$transaction(invite, { locksOrganization: true });
  }

  /** Counts the seats in use only if they are limited, also when the limit is newer than the request. */
  async #readInvitees(tx: TenantTransaction, emails: readonly string[]): Promise<InviteeFacts> {
    const seats = (): Prisma.Sql | undefined => this.rules.seatsForInvitations(membershipOfRequest(this.context).facts, emails);
    const facts = await readInviteeFacts(tx, emails, seats());
    return facts.inUse === null && seats() !== undefined ? readInviteeFacts(tx, emails, seats()) : facts;
  }

  async listInvitations(request: ListInvitationsQuery): Promise<Page<InvitationDto>> {
    const { status } = request;
    const now = this.clock.now();
    const voided = await this.#findVoidGrants();
    const filter = status === undefined ? {} : whereStatus(status, now, voided);
    const page = await this.pages.list(request, {
      scope: `invitations ${this.context.organizationId}`,
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.db.invitation.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      count: () => this.db.invitation.count({ where: filter }),
    });
    const show = await this.#shown(page.data, now, voided);
    return mapPage(page, show);
  }

  /** @throws {NotFoundError} */
  async getInvitation(id: string): Promise<InvitationDto> {
    const now = this.clock.now();
    const invitation = await this.#get(this.db, id);
    return (await this.#shown([invitation], now, await this.#findVoidGrants()))(invitation);
  }

  /** Reads the mails of invitations, and returns how one of them is answered. */
  async #shown(rows: readonly Invitation[], now: Date, voided: readonly VoidGrant[]): Promise<(row: Invitation) => InvitationDto> {
    const mails = await this.progress.readProgress(
      this.db,
      rows.filter(({ delivery }) => delivery === 'mail').map(({ id }) => id),
    );
    return (row) =>
      toInvitationDto(row, now, {
        mayGrant: !voided.some(({ invitedById, role }) => invitedById === row.invitedById && role === row.role),
        mail: mails.get(row.id) ?? null,
      });
  }

  /** Replaces the link and the sender, and restarts the lifetime. @throws {NotFoundError | InvitationClosedError | RoleTooHighError} */
  async resendInvitation(actorId: string, id: string): Promise<InvitationDto> {
    return this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      const known = await this.#getPending(tx, id);
      this.memberships.assertMayGrantRole(actor, known.role);
      const token = newInvitationToken(this.context.organizationId);
      const lifetime = known.expiresAt.getTime() - known.linkedAt.getTime();
      const data = {
        tokenHash: hashInvitationToken(token),
        invitedById: actorId,
        linkedAt: this.clock.now(),
        mailedAt: null,
        expiresAt: new Date(this.clock.now().getTime() + lifetime),
      };
      const [renewed] = await tx.invitation.updateManyAndReturn({ where: { id, status: 'pending' }, data });
      if (renewed === undefined) throw new InvitationClosedError('closed');
      // An expired invitation takes a seat again.
      await this.rules.assertSeatsForInvitations(tx);
      const [sent] = await this.#deliver(tx, actorId, [{ invitation: renewed, token }]);
      if (sent === undefined) throw new NotFoundError();
      return sent;
    });
  }

  /** @throws {NotFoundError | InvitationClosedError | RoleTooHighError} */
  async revokeInvitation(actorId: string, id: string): Promise<void> {
    await this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      const { role } = await this.#getPending(tx, id);
      this.memberships.assertRoleWithinCeiling(actor, role);
      await tx.invitation.updateMany({ where: { id, status: 'pending' }, data: { status: 'revoked', closedAt: this.clock.now() } });
    });
  }

  async #create(tx: TenantTransaction, actorId: string, wanted: readonly InvitationRequestDto[]): Promise<Made[]> {
    const now = this.clock.now();
    const tokens = new Map(wanted.map(({ email }) => [email, newInvitationToken(this.context.organizationId)]));
    const data = wanted.map(({ email, role, message = null, expiresInDays = defaultDays, delivery = 'mail' }) => ({
      email,
      role,
      message,
      delivery,
      tokenHash: hashInvitationToken(tokens.get(email) ?? ''),
      invitedById: actorId,
      expiresAt: new Date(now.getTime() + expiresInDays * dayLength),
    }));
    const insert = (): Promise<Invitation[]> => tx.invitation.createManyAndReturn({ data });
    // Mails are added after it.
    const inserted = await (wanted.every(({ delivery }) => delivery === 'link') ? lastStatement(insert) : insert());
    const byEmail = new Map(inserted.map((invitation) => [invitation.email, invitation]));
    return [...tokens].map(([email, token]) => {
      const invitation = byEmail.get(email);
      if (invitation === undefined) throw new NotFoundError();
      return { invitation, token };
    });
  }

  async #deliver(tx: TenantTransaction, actorId: string, made: readonly Made[]): Promise<InvitationDto[]> {
    await this.mail.sendInvitations(
      tx,
      actorId,
      made.filter(({ invitation }) => invitation.delivery === 'mail'),
    );
    return made.map(({ invitation, token }) =>
      toInvitationDto(invitation, this.clock.now(), invitation.delivery === 'link' ? { link: this.mail.invitationLink(token), mail: null } : { mail: queued }),
    );
  }

  /** Returns the senders of pending invitations with the roles that they can no longer grant. */
  async #findVoidGrants(): Promise<VoidGrant[]> {
    const grants = await this.db.invitation.findMany({ where: { status: 'pending' }, distinct: ['invitedById', 'role'], select: { invitedById: true, role: true } });
    const ceilings = await this.ceilings.readCeilings(
      this.db,
      grants.map(({ invitedById }) => invitedById),
    );
    return grants.filter(({ invitedById, role }) => !this.ceilings.mayAdmit(ceilings.get(invitedById), role, 'invitation'));
  }

  /** @throws {NotFoundError} */
  async #get(db: Pick<TenantTransaction, 'invitation'>, id: string): Promise<Invitation> {
    const invitation = await db.invitation.findFirst({ where: { id } });
    if (invitation === null) throw new NotFoundError();
    return invitation;
  }

  /** @throws {NotFoundError | InvitationClosedError} when the invitation does not exist, or is no longer pending */
  async #getPending(tx: TenantTransaction, id: string): Promise<Invitation> {
    const invitation = await this.#get(tx, id);
    if (invitation.status !== 'pending') throw new InvitationClosedError(invitation.status);
    return invitation;
  }
}

function whereStatus(status: InvitationDto['status'], now: Date, voided: readonly VoidGrant[]): Prisma.InvitationWhereInput {
  if (status === 'expired') return { status: 'pending', expiresAt: { lte: now } };
  if (status !== 'pending' && status !== 'void') return { status };
  const ofVoidGrant = { OR: voided.map(({ invitedById, role }) => ({ invitedById, role })) };
  return { status: 'pending', expiresAt: { gt: now }, ...(status === 'void' ? ofVoidGrant : { NOT: ofVoidGrant }) };
}
