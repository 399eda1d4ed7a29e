import { featureOf } from '../organization/entitlements.js';
import type { OrganizationFacts } from '../organization/organization-facts.js';
import type { MembershipRow } from './principal.queries.js';
import type { EffectiveRole } from './principal.js';
import type { Roles } from '../roles.js';

/** Whether custom roles are in effect: the plan includes the feature `custom_roles` and it is switched on. */
export const customRolesEnabled = (facts: Pick<OrganizationFacts, 'entitlements'>): boolean => featureOf(facts.entitlements, 'custom_roles').enabled;

/** Returns the effective roles of a member: the base role, then the member's custom roles, then the roles of the member's teams. */
export function effectiveRolesOf({ role, customRoleIds, teamIds }: MembershipRow, facts: OrganizationFacts, roles: Roles): EffectiveRole[] {
  const held: EffectiveRole[] = role === null ? [] : [{ key: role, via: 'base', permissions: roles.permissionsOf(role) }];
  if (!customRolesEnabled(facts)) return held;
  for (const id of customRoleIds) {
    const custom = facts.customRoles.get(id);
    if (custom !== undefined) held.push({ key: custom.key, via: 'direct', permissions: custom.permissions });
  }
  for (const teamId of teamIds) {
    const team = facts.teams.get(teamId);
    for (const id of team?.roleIds ?? []) {
      const custom = facts.customRoles.get(id);
      if (team !== undefined && custom !== undefined) held.push({ key: custom.key, via: 'team', team: team.name, permissions: custom.permissions });
    }
  }
  return held;
}

/** Returns the permissions of all roles together. */
export function permissionsOfRoles(held: readonly EffectiveRole[]): ReadonlySet<string> {
  const [only, ...others] = held;
  if (only === undefined) return new Set();
  return others.length === 0 ? only.permissions : new Set(held.flatMap(({ permissions }) => [...permissions]));
}
