import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
import { barOf } from '../../access/organization/standing.policy.js';
import { Roles } from '../../access/roles.js';
import { Clock } from '../../common/clock.js';
import { TenantDb } from '../../database/tenant-db.js';
import { membershipOfRequest } from '../../access/principal/request-authority.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { toMemberDto, type ListMembersQuery, type MemberDto, type MemberRow, type UpdateMemberDto } from './members.dto.js';
import { memberColumns, memberFilter } from './members.queries.js';
import { MembershipsService } from './memberships.service.js';

/** Lists and updates members. The rules are in {@link MembershipsService}. */
@Injectable()
export class MembersService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
    private readonly memberships: MembershipsService,
    private readonly roles: Roles,
    private readonly clock: Clock,
  ) {}

  async listMembers(request: ListMembersQuery): Promise<Page<MemberDto>> {
    const filter = memberFilter(request);
    const page = await this.pages.list(request, {
      scope: `members ${this.context.organizationId}`,
      defaultSort: 'createdAt',
      fetch: ({ where, orderBy, take }) => this.db.membership.findMany({ where: { AND: [filter, where] }, orderBy, take, select: memberColumns }),
      count: () => this.db.membership.count({ where: filter }),
    });
    return mapPage(page, (row) => this.#shown(row));
  }

  /** @throws {NotFoundError} */
  async getMember(userId: string): Promise<MemberDto> {
    const member = await this.db.membership.findFirst({ where: { userId }, select: memberColumns });
    if (member === null) throw new NotFoundError();
    return this.#shown(member);
  }

  #shown(row: MemberRow): MemberDto {
    const { facts } = membershipOfRequest(this.context);
    return toMemberDto(row, barOf({ ...row, holders: this.roles.find(row.role)?.holders }, facts.policy, this.clock.now()) ?? 'active');
  }

  /** @throws the errors of {@link MembershipsService.updateMembership} */
  async updateMember(actorId: string, userId: string, changes: UpdateMemberDto): Promise<MemberDto> {
    await this.memberships.updateMembership(actorId, userId, changes);
    return this.getMember(userId);
  }
}
