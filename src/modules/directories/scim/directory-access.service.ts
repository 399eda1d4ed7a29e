import { Injectable } from '@nestjs/common';
import { featureRefusal } from '../../../access/access-decision.js';
import { OrganizationEntitlementsService, type FeatureReader } from '../../../access/organization/organization-entitlements.service.js';
import { beyondCeiling } from '../../../access/permission-ceiling.js';
import { ownerRole, Roles } from '../../../access/roles.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { MemberCeilingsService } from '../../members/member-ceilings.service.js';

/** Milliseconds after which a change of a directory is rolled back. It can concern every member of an organization. */
export const timeout = 30_000;

interface RoleChange {
  readonly userId: string;
  readonly directoryUserId: string;
  readonly present: string;
  readonly wanted: string;
}

/**
 * Gives the members of a directory what their groups are mapped to. It changes only what it has given itself: the base role while it is the one that the
 * directory has set, and custom roles and teams that it has recorded as grants. Roles and teams that were given by hand stay.
 */
@Injectable()
export class DirectoryAccessService {
  constructor(
    private readonly roles: Roles,
    private readonly ceilings: MemberCeilingsService,
    private readonly entitlements: OrganizationEntitlementsService,
  ) {}

  /**
   * Checks that the organization may use directories. Call it in the transaction of a write that adds somebody or something. Writes that take access away do not
   * call it: a member who leaves the company must lose access also when the plan no longer includes directories.
   *
   * @param organizationId required on the platform's transaction; a tenant's client knows its own
   * @throws {FeatureNotInPlanError | FeatureDisabledError}
   */
  async assertMayProvision(tx: FeatureReader, organizationId?: string): Promise<void> {
    const entitlements = await this.entitlements.readEntitlements(tx, organizationId);
    const refusal = entitlements === undefined ? undefined : featureRefusal('directory_sync', { entitlements, plan: entitlements.plan });
    if (refusal !== undefined) throw refusal;
  }

  /**
   * Brings members in line with the mappings of their groups. Call it under the organization's lock, in the transaction that changes the groups or the mappings.
   *
   * @param directoryUserIds users of the directory; those who are not members are left out
   */
  async apply(tx: PlatformTransaction, organizationId: string, directory: { readonly id: string; readonly role: string }, directoryUserIds: readonly string[]): Promise<void> {
    if (directoryUserIds.length === 0) return;
    const ids = [...new Set(directoryUserIds)];
    const mappings = await tx.directoryMapping.findMany({
      where: { organizationId, group: { directoryId: directory.id } },
      include: { customRole: { select: { permissions: true } } },
    });
    const users = await tx.directoryUser.findMany({ where: { organizationId, directoryId: directory.id, id: { in: ids }, userId: { not: null } } });
    const allGrants = await tx.directoryGrant.findMany({ where: { organizationId, directoryUserId: { in: users.map(({ id }) => id) } } });
    const given = allGrants.length > 0 || users.some(({ givenRole }) => givenRole !== null && givenRole !== directory.role);
    if (users.length === 0 || (mappings.length === 0 && !given)) return;
    const accounts = users.flatMap(({ userId }) => userId ?? []);
    const [memberships, groups, roles, teams, ceilings] = [
      await tx.membership.findMany({ where: { organizationId, userId: { in: accounts } }, select: { userId: true, role: true } }),
      await tx.directoryGroupMember.findMany({ where: { organizationId, directoryUserId: { in: ids } }, select: { groupId: true, directoryUserId: true } }),
      await tx.memberRole.findMany({ where: { organizationId, userId: { in: accounts } }, select: { userId: true, roleId: true } }),
      await tx.teamMember.findMany({ where: { organizationId, userId: { in: accounts } }, select: { userId: true, teamId: true } }),
      await this.ceilings.readCeilings(
        tx,
        mappings.flatMap(({ grantedById }) => grantedById ?? []),
        organizationId,
      ),
    ];
    const ofTeams = await tx.teamRole.findMany({
      where: { organizationId, teamId: { in: mappings.flatMap(({ teamId }) => teamId ?? []) } },
      select: { teamId: true, role: { select: { permissions: true } } },
    });
    const permissionsOf = (teamId: string | null): string[] => ofTeams.flatMap((each) => (each.teamId === teamId ? each.role.permissions : []));
    // A mapping gives nothing that its granter does not hold at present.
    const valid = mappings.filter(({ role, customRole, teamId, grantedById }) => {
      const grant = role === null ? { permissions: customRole?.permissions ?? permissionsOf(teamId) } : this.ceilings.grantOfRole(role);
      return beyondCeiling(ceilings.get(grantedById ?? ''), grant).length === 0;
    });
    const roleOf = new Map(memberships.map(({ userId, role }) => [userId, role]));
    const groupsOf = new Map<string, Set<string>>();
    for (const { groupId, directoryUserId } of groups) groupsOf.set(directoryUserId, (groupsOf.get(directoryUserId) ?? new Set()).add(groupId));
    const [hasRole, inTeam] = [new Set(roles.map(({ userId, roleId }) => `${userId} ${roleId}`)), new Set(teams.map(({ userId, teamId }) => `${userId} ${teamId}`))];
    const newRoles: { organizationId: string; userId: string; roleId: string }[] = [];
    const newTeams: { organizationId: string; userId: string; teamId: string }[] = [];
    const newGrants: { organizationId: string; directoryUserId: string; customRoleId: string | null; teamId: string | null }[] = [];
    const grantsOf = new Map<string, (typeof allGrants)[number][]>();
    for (const grant of allGrants) grantsOf.set(grant.directoryUserId, [...(grantsOf.get(grant.directoryUserId) ?? []), grant]);
    const roleChanges: RoleChange[] = [];
    const goneGrants: string[] = [];
    const [goneRoles, goneTeams] = [new Map<string, string[]>(), new Map<string, string[]>()];
    for (const { id, userId, givenRole } of users) {
      const grants = grantsOf.get(id) ?? [];
      const present = userId === null ? undefined : roleOf.get(userId);
      if (userId === null || present === undefined) continue;
      const wanted = valid.filter(({ groupId }) => groupsOf.get(id)?.has(groupId) === true);
      // A role that somebody has changed by hand stays.
      const role = this.#highest(wanted.flatMap(({ role }) => role ?? [])) ?? directory.role;
      if (present === givenRole && role !== present) roleChanges.push({ userId, directoryUserId: id, present, wanted: role });
      const [wantedRoles, wantedTeams] = [new Set(wanted.flatMap(({ customRoleId }) => customRoleId ?? [])), new Set(wanted.flatMap(({ teamId }) => teamId ?? []))];
      for (const roleId of wantedRoles) {
        if (hasRole.has(`${userId} ${roleId}`)) continue;
        newRoles.push({ organizationId, userId, roleId });
        if (!grants.some(({ customRoleId }) => customRoleId === roleId)) newGrants.push({ organizationId, directoryUserId: id, customRoleId: roleId, teamId: null });
      }
      for (const teamId of wantedTeams) {
        if (inTeam.has(`${userId} ${teamId}`)) continue;
        newTeams.push({ organizationId, userId, teamId });
        if (!grants.some((each) => each.teamId === teamId)) newGrants.push({ organizationId, directoryUserId: id, customRoleId: null, teamId });
      }
      const gone = grants.filter(({ customRoleId, teamId }) => (customRoleId === null ? !wantedTeams.has(teamId ?? '') : !wantedRoles.has(customRoleId)));
      for (const grant of gone) {
        goneGrants.push(grant.id);
        const [of, key] = grant.customRoleId === null ? [goneTeams, grant.teamId ?? ''] : [goneRoles, grant.customRoleId];
        const userIds = of.get(key) ?? [];
        of.set(key, userIds);
        userIds.push(userId);
      }
    }
    // One statement for each role and team, however many members there are.
    for (const [roleId, userIds] of goneRoles) await tx.memberRole.deleteMany({ where: { organizationId, roleId, userId: { in: userIds } } });
    for (const [teamId, userIds] of goneTeams) await tx.teamMember.deleteMany({ where: { organizationId, teamId, userId: { in: userIds } } });
    if (goneGrants.length > 0) await tx.directoryGrant.deleteMany({ where: { organizationId, id: { in: goneGrants } } });
    await this.#applyRoles(tx, organizationId, roleChanges);
    if (newRoles.length > 0) await tx.memberRole.createMany({ data: newRoles });
    if (newTeams.length > 0) await tx.teamMember.createMany({ data: newTeams });
    if (newGrants.length > 0) await tx.directoryGrant.createMany({ data: newGrants });
  }

  /** Sets base roles, except that of the last owner. One statement for each role, however many members there are. */
  async #applyRoles(tx: PlatformTransaction, organizationId: string, changes: readonly RoleChange[]): Promise<void> {
    if (changes.length === 0) return;
    const demoted = changes.flatMap(({ userId, present }) => (present === ownerRole ? [userId] : []));
    const keepsOwner = demoted.length === 0 || (await tx.membership.count({ where: { organizationId, role: ownerRole, userId: { notIn: demoted } } })) > 0;
    const made = keepsOwner ? changes : changes.filter(({ userId }) => userId !== demoted[0]);
    for (const role of new Set(made.map(({ wanted }) => wanted))) {
      const those = made.filter(({ wanted }) => wanted === role);
      await tx.membership.updateMany({ where: { organizationId, userId: { in: those.map(({ userId }) => userId) } }, data: { role } });
      await tx.directoryUser.updateMany({ where: { organizationId, id: { in: those.map(({ directoryUserId }) => directoryUserId) } }, data: { givenRole: role } });
    }
  }

  #highest(roles: readonly string[]): string | undefined {
    return roles.toSorted((a, b) => this.roles.rankOf(b) - this.roles.rankOf(a))[0];
  }
}
