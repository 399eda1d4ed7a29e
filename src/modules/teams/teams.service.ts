import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
import { containsText } from '../../common/http/pages/text-search.js';
import { isUniqueViolation } from '../../database/database-errors.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { MembershipsService } from '../members/memberships.service.js';
import { CustomRolesService } from '../roles/custom-roles.service.js';
import {
  toTeamDto,
  toTeamMemberDto,
  type CreateTeamDto,
  type ListTeamMembersQuery,
  type ListTeamsQuery,
  type TeamDto,
  type TeamMemberDto,
  type UpdateTeamDto,
} from './teams.dto.js';
import { TeamNameTakenError } from './teams.errors.js';

const teamColumns = {
  id: true,
  name: true,
  description: true,
  createdAt: true,
  updatedAt: true,
  roles: { select: { role: { select: { key: true } } } },
  _count: { select: { members: true } },
} as const;

/**
 * Manages teams: groups of members with custom roles. A member of a team has its roles, so every change of a team or of its
 * members is limited to permissions that the actor holds.
 */
@Injectable()
export class TeamsService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
    private readonly memberships: MembershipsService,
    private readonly roles: CustomRolesService,
  ) {}

  async listTeams(request: ListTeamsQuery): Promise<Page<TeamDto>> {
    const { search } = request;
    const filter = search === undefined ? {} : { name: containsText(search) };
    const page = await this.pages.list(request, {
      scope: `teams ${this.context.organizationId}`,
      defaultSort: 'name',
      fetch: ({ where, orderBy, take }) => this.db.team.findMany({ where: { AND: [filter, where] }, orderBy, take, select: teamColumns }),
      count: () => this.db.team.count({ where: filter }),
    });
    return mapPage(page, toTeamDto);
  }

  /** @throws {NotFoundError} */
  async getTeam(id: string): Promise<TeamDto> {
    const team = await this.db.team.findFirst({ where: { id }, select: teamColumns });
    if (team === null) throw new NotFoundError();
    return toTeamDto(team);
  }

  /** @throws {TeamNameTakenError | UnknownCustomRoleError | RoleTooHighError} */
  async createTeam(actorId: string, { name, description = null, roles = [] }: CreateTeamDto): Promise<TeamDto> {
    const id = await this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      const wanted = await this.roles.getCustomRoles(tx, roles, '/roles');
      this.memberships.assertWithinCeiling(actor, { permissions: wanted.flatMap(({ permissions }) => permissions) });
      const [team] = await withUniqueName(tx.team.createManyAndReturn({ data: { name, description, createdById: actorId }, select: { id: true } }));
      if (team === undefined) throw new NotFoundError();
      await tx.teamRole.createMany({ data: wanted.map((role) => ({ teamId: team.id, roleId: role.id })) });
      return team.id;
    });
    return this.getTeam(id);
  }

  /** @throws {NotFoundError | TeamNameTakenError | UnknownCustomRoleError | RoleTooHighError} */
  async updateTeam(actorId: string, id: string, { roles, ...changes }: UpdateTeamDto): Promise<TeamDto> {
    await this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      this.memberships.assertWithinCeiling(actor, { permissions: await this.#permissionsOf(tx, id) });
      if (roles !== undefined) {
        const wanted = await this.roles.getCustomRoles(tx, roles, '/roles');
        this.memberships.assertWithinCeiling(actor, { permissions: wanted.flatMap(({ permissions }) => permissions) });
        await tx.teamRole.deleteMany({ where: { teamId: id } });
        await tx.teamRole.createMany({ data: wanted.map((role) => ({ teamId: id, roleId: role.id })) });
      }
      await withUniqueName(tx.team.updateMany({ where: { id }, data: { ...changes } }));
    });
    return this.getTeam(id);
  }

  /** @throws {NotFoundError | RoleTooHighError} */
  async deleteTeam(actorId: string, id: string): Promise<void> {
    await this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      this.memberships.assertWithinCeiling(actor, { permissions: await this.#permissionsOf(tx, id) });
      await tx.team.deleteMany({ where: { id } });
    });
  }

  async listTeamMembers(teamId: string, request: ListTeamMembersQuery): Promise<Page<TeamMemberDto>> {
    if ((await this.db.team.findFirst({ where: { id: teamId }, select: { id: true } })) === null) throw new NotFoundError();
    const select = { id: true, userId: true, createdAt: true, membership: { select: { userName: true, user: { select: { email: true, name: true } } } } } as const;
    const page = await this.pages.list(request, {
      scope: `team members ${this.context.organizationId} ${teamId}`,
      defaultSort: 'createdAt',
      fetch: ({ where, orderBy, take }) => this.db.teamMember.findMany({ where: { AND: [{ teamId }, where] }, orderBy, take, select }),
      count: () => this.db.teamMember.count({ where: { teamId } }),
    });
    return mapPage(page, toTeamMemberDto);
  }

  /** Does nothing when the user is already in the team. @throws {NotFoundError | NotAMemberError | RoleTooHighError} */
  async addTeamMember(actorId: string, teamId: string, userId: string): Promise<void> {
    await this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      this.memberships.assertWithinCeiling(actor, { permissions: await this.#permissionsOf(tx, teamId) });
      await this.memberships.getMemberPermissions(tx, userId);
      await tx.teamMember.createMany({ data: { teamId, userId }, skipDuplicates: true });
    });
  }

  /** @throws {NotFoundError | RoleTooHighError} */
  async removeTeamMember(actorId: string, teamId: string, userId: string): Promise<void> {
    await this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      this.memberships.assertWithinCeiling(actor, { permissions: await this.#permissionsOf(tx, teamId) });
      const { count } = await tx.teamMember.deleteMany({ where: { teamId, userId } });
      if (count === 0) throw new NotFoundError();
    });
  }

  /** Returns the permissions of all roles of a team. @throws {NotFoundError} when the team does not exist */
  async #permissionsOf(tx: TenantTransaction, id: string): Promise<string[]> {
    const team = await tx.team.findFirst({ where: { id }, select: { roles: { select: { role: { select: { permissions: true } } } } } });
    if (team === null) throw new NotFoundError();
    return team.roles.flatMap(({ role }) => role.permissions);
  }
}

async function withUniqueName<Result>(write: PromiseLike<Result>): Promise<Result> {
  try {
    return await write;
  } catch (error) {
    if (isUniqueViolation(error, 'name')) throw new TeamNameTakenError();
    throw error;
  }
}
