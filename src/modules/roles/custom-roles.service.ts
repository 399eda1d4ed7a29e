import { Injectable } from '@nestjs/common';
import { asciiWordsOf } from '../../common/text/ascii-words.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { isUniqueViolation } from '../../database/database-errors.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import type { CustomRole } from '../../generated/prisma/client.js';
import { MembershipsService } from '../members/memberships.service.js';
import type { CreateRoleDto, UpdateRoleDto } from './roles.dto.js';
import { BuiltInRoleError, RoleExistsError, RoleInUseError, TooManyRolesError, UnknownCustomRoleError, UnknownPermissionError } from './roles.errors.js';

const maxCustomRoles = 200;
const keyPattern = /^[a-z][a-z0-9_]*$/;

/** Manages the custom roles of an organization. The actor can add only permissions that they hold, and edit only roles whose permissions they hold. */
@Injectable()
export class CustomRolesService {
  constructor(
    private readonly db: TenantDb,
    private readonly catalog: Catalog,
    private readonly memberships: MembershipsService,
  ) {}

  async listCustomRoles(): Promise<CustomRole[]> {
    return this.db.customRole.findMany({ orderBy: [{ key: 'asc' }], take: maxCustomRoles });
  }

  /** @throws {NotFoundError} */
  async getCustomRole(key: string): Promise<CustomRole> {
    const role = keyPattern.test(key) ? await this.db.customRole.findFirst({ where: { key } }) : null;
    if (role === null) throw new NotFoundError();
    return role;
  }

  /** @throws {UnknownPermissionError | RoleTooHighError | RoleExistsError | TooManyRolesError} */
  async createCustomRole(actorId: string, { key, name, description = null, permissions }: CreateRoleDto): Promise<CustomRole> {
    const wanted = key ?? keyFromName(name);
    this.#assertKnown(permissions);
    if (this.catalog.roles.has(wanted)) throw new RoleExistsError(wanted);
    return this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      this.memberships.assertWithinCeiling(actor, { permissions });
      if ((await tx.customRole.count()) >= maxCustomRoles) throw new TooManyRolesError(maxCustomRoles);
      try {
        const [role] = await tx.customRole.createManyAndReturn({ data: { key: wanted, name, description, permissions, createdById: actorId } });
        if (role === undefined) throw new NotFoundError();
        return role;
      } catch (error) {
        if (isUniqueViolation(error, 'key')) throw new RoleExistsError(wanted);
        throw error;
      }
    });
  }

  /** The change takes effect with the next request of each member who has the role. @throws {NotFoundError | BuiltInRoleError | UnknownPermissionError | RoleTooHighError} */
  async updateCustomRole(actorId: string, key: string, changes: UpdateRoleDto): Promise<CustomRole> {
    this.#assertKnown(changes.permissions ?? []);
    return this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      const role = await this.#get(tx, key);
      this.memberships.assertWithinCeiling(actor, { permissions: [...role.permissions, ...(changes.permissions ?? [])] });
      const [updated] = await tx.customRole.updateManyAndReturn({ where: { id: role.id }, data: { ...changes } });
      if (updated === undefined) throw new NotFoundError();
      return updated;
    });
  }

  /**
   * @param replacement the key of the custom role that members and teams get instead; required while the role is in use
   * @throws {NotFoundError | BuiltInRoleError | RoleInUseError | UnknownCustomRoleError | RoleTooHighError}
   */
  async deleteCustomRole(actorId: string, key: string, replacement: string | undefined): Promise<void> {
    await this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      const role = await this.#get(tx, key);
      this.memberships.assertWithinCeiling(actor, role);
      const members = await tx.memberRole.findMany({ where: { roleId: role.id }, select: { userId: true } });
      const teams = await tx.teamRole.findMany({ where: { roleId: role.id }, select: { teamId: true } });
      if (members.length + teams.length > 0) {
        if (replacement === undefined) throw new RoleInUseError(members.length, teams.length);
        const [other] = await this.getCustomRoles(tx, [replacement], '/replacement');
        if (other === undefined || other.id === role.id) throw new UnknownCustomRoleError(replacement, '/replacement');
        this.memberships.assertWithinCeiling(actor, other);
        await tx.memberRole.createMany({ data: members.map(({ userId }) => ({ userId, roleId: other.id })), skipDuplicates: true });
        await tx.teamRole.createMany({ data: teams.map(({ teamId }) => ({ teamId, roleId: other.id })), skipDuplicates: true });
        await tx.memberRole.deleteMany({ where: { roleId: role.id } });
        await tx.teamRole.deleteMany({ where: { roleId: role.id } });
      }
      await tx.customRole.deleteMany({ where: { id: role.id } });
    });
  }

  /** Returns the custom roles with these keys. @throws {UnknownCustomRoleError} when one does not exist */
  async getCustomRoles(tx: TenantTransaction, keys: readonly string[], pointer: string): Promise<CustomRole[]> {
    const found = await tx.customRole.findMany({ where: { key: { in: [...keys] } } });
    const unknown = keys.find((key) => found.every((role) => role.key !== key));
    if (unknown !== undefined) throw new UnknownCustomRoleError(unknown, pointer);
    return found;
  }

  async #get(tx: TenantTransaction, key: string): Promise<CustomRole> {
    if (this.catalog.roles.has(key)) throw new BuiltInRoleError(key);
    const role = keyPattern.test(key) ? await tx.customRole.findFirst({ where: { key } }) : null;
    if (role === null) throw new NotFoundError();
    return role;
  }

  #assertKnown(permissions: readonly string[]): void {
    const unknown = permissions.find((permission) => !this.catalog.permissions.has(permission));
    if (unknown !== undefined) throw new UnknownPermissionError(unknown);
  }
}

/** Generates a key from a name: `Senior Grader (Math)` → `senior_grader_math`. */
function keyFromName(name: string): string {
  const key = asciiWordsOf(name)
    .join('_')
    .replace(/^[^a-z]+/, '')
    .slice(0, 60);
  return key === '' ? 'role' : key;
}
