import { Injectable } from '@nestjs/common';
import { customRolesEnabled } from '../../access/principal/effective-roles.js';
import { OrganizationEntitlementsService, type FeatureReader } from '../../access/organization/organization-entitlements.service.js';
import { beyondCeiling, type PermissionGrant } from '../../access/permission-ceiling.js';
import { Roles } from '../../access/roles.js';
import { Catalog } from '../../config/catalog/catalog.js';
import type { MemberPermissions } from './members.policy.js';
import { readMemberPermissions, type MemberPermissionRow } from './members.queries.js';

/** The tables that decide what a member can grant, as the tenant's transaction and the platform's transaction both offer them. */
export type CeilingTables = FeatureReader;

/** The permissions of which one is necessary to let somebody in, by an invitation or by the join policy of a domain. */
const admissionPermissions = { invitation: ['invitations:write', 'members:write'], joinPolicy: ['security:write'] } as const;
export type AdmissionMeans = keyof typeof admissionPermissions;

/**
 * Reads, in the caller's transaction, what members hold at present. Grants that wait (invitations, join policies, keys of
 * the organization) are compared with it when they are used: see `beyondCeiling`.
 */
@Injectable()
export class MemberCeilingsService {
  constructor(
    private readonly roles: Roles,
    private readonly catalog: Catalog,
    private readonly organization: OrganizationEntitlementsService,
  ) {}

  /**
   * Returns what these users can grant, by user id: without users who are not members or are disabled, and without custom
   * roles while these are not in effect.
   *
   * @param organizationId required on the platform's transaction; a tenant's client knows its own
   */
  async readCeilings(tx: CeilingTables, userIds: readonly string[], organizationId?: string): Promise<ReadonlyMap<string, MemberPermissions>> {
    const rows = (await readMemberPermissions(tx, userIds, organizationId)).filter(({ disabled }) => !disabled);
    const custom = rows.some(({ customPermissions }) => customPermissions.length > 0) && (await this.#customRolesInEffect(tx, organizationId));
    return new Map(rows.map((row) => [row.userId, this.#permissionsOf(row, custom)]));
  }

  /** Returns what a member holds, custom roles included even while these are not in effect; undefined for a non-member. */
  async readHeldPermissions(tx: CeilingTables, userId: string): Promise<MemberPermissions | undefined> {
    const [row] = await readMemberPermissions(tx, [userId]);
    return row === undefined ? undefined : this.#permissionsOf(row, true);
  }

  /**
   * Whether a granter could let somebody in at present: they may use the means, and hold everything that the role grants.
   *
   * @param holder undefined when the granter is no longer a member, or is disabled
   */
  mayAdmit(holder: MemberPermissions | undefined, role: string, means: AdmissionMeans): boolean {
    return admissionPermissions[means].some((permission) => holder?.permissions.has(permission)) && beyondCeiling(holder, this.grantOfRole(role)).length === 0;
  }

  /** Returns what a base role grants. A role that the catalog no longer defines grants nothing. */
  grantOfRole(role: string): PermissionGrant & { readonly rank: number } {
    return this.roles.find(role) ?? { rank: -1, permissions: [] };
  }

  #permissionsOf(row: MemberPermissionRow, custom: boolean): MemberPermissions {
    const { userId, role, customPermissions } = row;
    const known = custom ? customPermissions.filter((permission) => this.catalog.permissions.has(permission)) : [];
    return { userId, role, rank: this.roles.rankOf(role), permissions: new Set([...this.roles.permissionsOf(role), ...known]) };
  }

  async #customRolesInEffect(tx: CeilingTables, organizationId: string | undefined): Promise<boolean> {
    const entitlements = await this.organization.readEntitlements(tx, organizationId);
    return entitlements !== undefined && customRolesEnabled({ entitlements });
  }
}
