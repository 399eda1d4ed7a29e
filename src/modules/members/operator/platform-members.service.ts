import { Injectable } from '@nestjs/common';
import { OrganizationFactsService } from '../../../access/organization/organization-facts.service.js';
import { barOf } from '../../../access/organization/standing.policy.js';
import { Roles } from '../../../access/roles.js';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../../common/http/pages/page.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { toMemberDto, type ListMembersQuery, type MemberDto } from '../members.dto.js';
import { memberColumns, memberFilter } from '../members.queries.js';

/** Lists the members of any organization, for operators. */
@Injectable()
export class PlatformMembersService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly pages: Pages,
    private readonly facts: OrganizationFactsService,
    private readonly roles: Roles,
    private readonly clock: Clock,
  ) {}

  /** @throws {NotFoundError} when there is no such organization */
  async listMembers(organizationId: string, request: ListMembersQuery): Promise<Page<MemberDto>> {
    const organization = await this.platform.organization.findUnique({ where: { id: organizationId }, select: { accessVersion: true } });
    if (organization === null) throw new NotFoundError();
    const { policy } = await this.facts.get(organizationId, organization.accessVersion);
    const filter = { organizationId, ...memberFilter(request) };
    const page = await this.pages.list(request, {
      scope: `platform members ${organizationId}`,
      defaultSort: 'createdAt',
      fetch: ({ where, orderBy, take }) => this.platform.membership.findMany({ where: { AND: [filter, where] }, orderBy, take, select: memberColumns }),
      count: () => this.platform.membership.count({ where: filter }),
    });
    const now = this.clock.now();
    return mapPage(page, (row) => toMemberDto(row, barOf({ ...row, holders: this.roles.find(row.role)?.holders }, policy, now) ?? 'active'));
  }
}
