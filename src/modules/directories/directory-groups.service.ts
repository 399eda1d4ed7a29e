import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { NotFoundError } from '../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import type { PlatformTransaction } from '../../database/transactions.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { changedFields, SecurityNoticesService } from '../mail/security-notices.service.js';
import { MembershipsService } from '../members/memberships.service.js';
import { CustomRolesService } from '../roles/custom-roles.service.js';
import { toDirectoryGroupDto, type DirectoryGroupDto, type ListDirectoryGroupsQuery, type MapDirectoryGroupDto } from './directories.dto.js';
import { UnknownMappedTeamError } from './directories.errors.js';
import { DirectoryAccessService, timeout } from './scim/directory-access.service.js';

const columns = {
  id: true,
  displayName: true,
  externalId: true,
  createdAt: true,
  updatedAt: true,
  _count: { select: { members: true } },
  mappings: { select: { role: true, teamId: true, customRole: { select: { key: true } } } },
} as const;

/** Shows the groups of a directory, and maps them to roles and teams. Nobody can map what they do not hold. */
@Injectable()
export class DirectoryGroupsService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
    private readonly memberships: MembershipsService,
    private readonly roles: CustomRolesService,
    private readonly access: DirectoryAccessService,
    private readonly notices: SecurityNoticesService,
  ) {}

  /** @throws {NotFoundError} */
  async listDirectoryGroups(directoryId: string, request: ListDirectoryGroupsQuery): Promise<Page<DirectoryGroupDto>> {
    if ((await this.db.directory.findFirst({ where: { id: directoryId }, select: { id: true } })) === null) throw new NotFoundError();
    const page = await this.pages.list(request, {
      scope: `directory groups ${this.context.organizationId} ${directoryId}`,
      defaultSort: 'createdAt',
      fetch: ({ where, orderBy, take }) => this.db.directoryGroup.findMany({ where: { AND: [{ directoryId }, where] }, orderBy, take, select: columns }),
      count: () => this.db.directoryGroup.count({ where: { directoryId } }),
    });
    return mapPage(page, toDirectoryGroupDto);
  }

  /**
   * Replaces what a group gives, and brings its members in line in the same transaction.
   *
   * @throws {FeatureNotInPlanError | FeatureDisabledError} unless it gives nothing
   * @throws {NotFoundError | UnknownRoleError | UnknownCustomRoleError | UnknownMappedTeamError | RoleTooHighError}
   */
  async mapDirectoryGroup(
    actorId: string,
    directoryId: string,
    groupId: string,
    { role = null, customRoles = [], teamIds = [] }: MapDirectoryGroupDto,
  ): Promise<DirectoryGroupDto> {
    await this.memberships.withMembershipLock(
      actorId,
      async (tx, actor) => {
        const directory = await tx.directory.findFirst({ where: { id: directoryId } });
        const group = await tx.directoryGroup.findFirst({
          where: { id: groupId, directoryId },
          select: { displayName: true, mappings: { select: { role: true, customRole: true, teamId: true } }, members: { select: { directoryUserId: true } } },
        });
        if (directory === null || group === null) throw new NotFoundError();
        // A mapping can be emptied without the feature.
        if (role !== null || customRoles.length > 0 || teamIds.length > 0) await this.access.assertMayProvision(tx);
        const before = group.mappings;
        const wanted = await this.roles.getCustomRoles(tx, customRoles, '/customRoles');
        if (role !== null) this.memberships.assertMayGrantRole(actor, role, '/role');
        for (const { role: present } of before) if (present !== null) this.memberships.assertRoleWithinCeiling(actor, present);
        const teams = await teamsOf(tx, [...teamIds, ...before.flatMap(({ teamId }) => teamId ?? [])]);
        const unknown = teamIds.find((id) => !teams.has(id));
        if (unknown !== undefined) throw new UnknownMappedTeamError(unknown);
        const permissions = [...wanted.flatMap((each) => each.permissions), ...before.flatMap(({ customRole }) => customRole?.permissions ?? []), ...[...teams.values()].flat()];
        this.memberships.assertWithinCeiling(actor, { permissions });
        await tx.directoryMapping.deleteMany({ where: { groupId } });
        const given = { groupId, grantedById: actorId };
        await tx.directoryMapping.createMany({
          data: [
            ...(role === null ? [] : [{ ...given, role }]),
            ...wanted.map(({ id }) => ({ ...given, customRoleId: id })),
            ...[...new Set(teamIds)].map((teamId) => ({ ...given, teamId })),
          ],
        });
        const fields = changedFields(
          {
            role: before.find((mapping) => mapping.role !== null)?.role ?? null,
            customRoles: before.flatMap(({ customRole }) => customRole?.key ?? []).toSorted(),
            teamIds: before.flatMap(({ teamId }) => teamId ?? []).toSorted(),
          },
          { role, customRoles: wanted.map(({ key }) => key).toSorted(), teamIds: [...new Set(teamIds)].toSorted() },
        );
        if (fields.length > 0)
          await this.notices.announce(tx, { userId: actorId, setupLink: null }, { change: 'directory_group', directory: directory.name, group: group.displayName, fields });
        // The service names the organization in each statement, which the tenant's transaction permits.
        await this.access.apply(
          tx as unknown as PlatformTransaction,
          this.context.organizationId,
          directory,
          group.members.map(({ directoryUserId }) => directoryUserId),
        );
      },
      { timeout },
    );
    const group = await this.db.directoryGroup.findFirst({ where: { id: groupId }, select: columns });
    if (group === null) throw new NotFoundError();
    return toDirectoryGroupDto(group);
  }
}

/** Returns the permissions of the roles of teams, by the ids of those that exist. */
async function teamsOf(tx: TenantTransaction, ids: readonly string[]): Promise<Map<string, string[]>> {
  const uuids = ids.filter((id) => isUUID(id));
  const teams = await tx.team.findMany({ where: { id: { in: uuids } }, select: { id: true, roles: { select: { role: { select: { permissions: true } } } } } });
  return new Map(teams.map(({ id, roles }) => [id, roles.flatMap(({ role }) => role.permissions)]));
}
