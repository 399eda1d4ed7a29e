import { Injectable } from '@nestjs/common';
import { emailDomainOf } from '../../common/text/internet-names.js';
import { Clock } from '../../common/clock.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import type { JoinRequest } from '../../generated/prisma/client.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { OutboxService } from '../mail/outbox.service.js';
import { MembershipRulesService } from '../members/membership-rules.service.js';
import { insertMembership } from '../members/new-members.js';
import { MembershipsService } from '../members/memberships.service.js';
import { toJoinRequestDto, type JoinRequestDto, type ListJoinRequestsQuery } from './domains.dto.js';
import { JoinRequestDecidedError } from './domains.errors.js';

/** Lists, approves and declines join requests, for members with the permission to invite. */
@Injectable()
export class JoinRequestsService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly catalog: Catalog,
    private readonly pages: Pages,
    private readonly memberships: MembershipsService,
    private readonly rules: MembershipRulesService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
  ) {}

  async listJoinRequests(request: ListJoinRequestsQuery): Promise<Page<JoinRequestDto>> {
    const { status } = request;
    const filter = status === undefined ? {} : { status };
    const page = await this.pages.list(request, {
      scope: `join-requests ${this.context.organizationId}`,
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.db.joinRequest.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      count: () => this.db.joinRequest.count({ where: filter }),
    });
    return mapPage(page, toJoinRequestDto);
  }

  /** @throws {NotFoundError | JoinRequestDecidedError | UnknownRoleError | RoleTooHighError | AddressOutsideDomainsError | NoSeatLeftError} */
  async approveJoinRequest(actorId: string, id: string, wanted: string | undefined): Promise<JoinRequestDto> {
    return this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      const request = await this.#decide(tx, actorId, id, 'approved');
      const role = wanted ?? (await this.#defaultRoleFor(tx, request.email));
      this.memberships.assertMayGrantRole(actor, role);
      await this.rules.assertMayJoin(tx, request.email);
      await this.memberships.endInvitations(tx, actor, [request.email]);
      // A user who has become a member in another way keeps their role.
      await insertMembership(tx, { userId: request.userId, email: request.email, role, invitedById: actorId }, this.clock.now());
      const { name } = await tx.organization.findFirstOrThrow({ select: { name: true } });
      await this.outbox.addMail(tx, { template: 'join-approved', to: request.email, data: { name: request.name, organization: name, role } });
      return toJoinRequestDto(request);
    });
  }

  /** The same ceiling as for an approval in the default role. @throws {NotFoundError | JoinRequestDecidedError | RoleTooHighError} */
  async declineJoinRequest(actorId: string, id: string): Promise<JoinRequestDto> {
    return this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      const request = await this.#decide(tx, actorId, id, 'declined');
      this.memberships.assertRoleWithinCeiling(actor, await this.#defaultRoleFor(tx, request.email));
      return toJoinRequestDto(request);
    });
  }

  async #decide(tx: TenantTransaction, actorId: string, id: string, status: 'approved' | 'declined'): Promise<JoinRequest> {
    const data = { status, decidedById: actorId, decidedAt: this.clock.now() };
    const [decided] = await tx.joinRequest.updateManyAndReturn({ where: { id, status: 'pending' }, data });
    if (decided !== undefined) return decided;
    const known = await tx.joinRequest.findFirst({ where: { id } });
    throw known === null ? new NotFoundError() : new JoinRequestDecidedError(known.status);
  }

  async #defaultRoleFor(tx: TenantTransaction, email: string): Promise<string> {
    const domain = await tx.domain.findFirst({ where: { kind: 'email', name: emailDomainOf(email) }, select: { joinRole: true } });
    return domain?.joinRole ?? this.catalog.defaultRole;
  }
}
