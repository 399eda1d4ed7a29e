import { featureOf } from '../organization/entitlements.js';
import type { OrganizationFacts } from '../organization/organization-facts.js';
import type { MembershipRow } from './principal.queries.js';
import type { EffectiveRole } from './principal.js';
import type { Roles } from '../roles.js';

/** Whether custom roles have an effect: while the organization has them by its plan, and they are switched on. */
export const customRolesEnabled = (facts: Pick<OrganizationFacts, 'entitlements'>): boolean => featureOf(facts.entitlements, 'custom_roles').enabled;

/** Every role that counts for a member: the base role, custom ones of their own, and those of their teams, in this order. */
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

/** What all roles together allow. */
export function permissionsOfRoles(held: readonly EffectiveRole[]): ReadonlySet<string> {
  const [only, ...others] = held;
  if (only === undefined) return new Set();
  return others.length === 0 ? only.permissions : new Set(held.flatMap(({ permissions }) => [...permissions]));
}
