import { Injectable } from '@nestjs/common';
import { ManagedAccountError } from '../../access/access.errors.js';
import { ownerRole } from '../../access/roles.js';
import { Clock } from '../../common/clock.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import { isUniqueViolation } from '../../database/database-errors.js';
import { PlatformDb, type PlatformTransaction } from '../../database/platform-db.js';
import type { User } from '../../generated/prisma/client.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { PasswordChangesService } from '../auth/passwords/password-changes.service.js';
import { LostFactorsService } from '../auth/second-factors/lost-factors.service.js';
import { UsersService } from '../auth/users.service.js';
import { MemberCeilingsService } from '../members/member-ceilings.service.js';
import { assertWithinCeiling, type MemberPermissions } from '../members/members.policy.js';
import { MembershipRulesService } from '../members/membership-rules.service.js';
import { MembershipsService } from '../members/memberships.service.js';
import { insertMembership } from '../members/new-members.js';
import type { CreateManagedAccountDto, ManagedAccountDto } from './managed-accounts.dto.js';
import { OwnPasswordError, UserNameTakenError } from './managed-accounts.errors.js';

/** Makes accounts that an organization manages, sets their passwords, and removes their second factors. The database erases one when its membership ends (app.erase_managed_account). */
@Injectable()
export class ManagedAccountsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly context: TenantContext,
    private readonly users: UsersService,
    private readonly passwords: PasswordChangesService,
    private readonly factors: LostFactorsService,
    private readonly memberships: MembershipsService,
    private readonly ceilings: MemberCeilingsService,
    private readonly rules: MembershipRulesService,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates an account with its membership.
   *
   * @throws {SignInMethodOffError | WeakPasswordError | BreachedPasswordError}
   * @throws {ManagedAccountError} for the role of an owner
   * @throws {UserNameTakenError | UnknownRoleError | RoleTooHighError | NoSeatLeftError}
   */
  async createAccount(actorId: string, { userName, name, role, password }: CreateManagedAccountDto): Promise<ManagedAccountDto> {
    const { organizationId } = this.context;
    if (role === ownerRole) throw new ManagedAccountError();
    const passwordHash = await this.users.hashFirstPassword(password, { userName, name, organizationId });
    const create = async (tx: PlatformTransaction): Promise<string> => {
      const [actor] = await this.#readMembers(tx, organizationId, actorId);
      this.memberships.assertMayGrantRole(actor, role, '/role');
      await this.rules.assertMayJoin(tx, null, { organizationId });
      const { id } = await tx.user.create({ data: { managedById: organizationId, userName, name, defaultOrganizationId: organizationId } });
      await tx.credential.create({ data: { userId: id, passwordHash } });
      await insertMembership(tx, { organizationId, userId: id, email: null, role, invitedById: actorId }, this.clock.now());
      return id;
    };
    try {
      const userId = await this.platform.$transaction(create, { locksOrganization: organizationId });
      return { userId, userName, name, role };
    } catch (error) {
      throw isUniqueViolation(error, 'user_name') ? new UserNameTakenError() : error;
    }
  }

  /**
   * Replaces the password of an account that the organization manages. Its sessions end.
   *
   * @throws {NotFoundError} also for a member with an account of their own
   * @throws {OwnPasswordError | RoleTooHighError | SignInMethodOffError | WeakPasswordError | BreachedPasswordError}
   */
  async setPassword(actorId: string, userId: string, newPassword: string): Promise<void> {
    const { organizationId } = this.context;
    if (actorId === userId) throw new OwnPasswordError();
    const user = await this.#getAccount(organizationId, userId);
    const judge = (tx: PlatformTransaction): Promise<void> => this.#assertMayHelp(tx, organizationId, actorId, userId);
    await this.passwords.replacePassword(user, newPassword, { judge, locksOrganization: organizationId });
  }

  /**
   * Removes the second factor of an account that the organization manages. Its sessions end. Does nothing when it has none.
   *
   * @throws {NotFoundError} also for a member with an account of their own
   * @throws {OwnSecondFactorError | RoleTooHighError}
   */
  async removeSecondFactor(actorId: string, userId: string): Promise<void> {
    const { organizationId } = this.context;
    await this.#getAccount(organizationId, userId);
    const remove = async (tx: PlatformTransaction): Promise<void> => {
      await this.#assertMayHelp(tx, organizationId, actorId, userId);
      await this.factors.removeLostFactors(tx, userId, actorId);
    };
    await this.platform.$transaction(remove, { locksOrganization: organizationId });
  }

  /** @throws {NotFoundError} */
  async #getAccount(organizationId: string, id: string): Promise<User> {
    const user = await this.platform.user.findFirst({ where: { id, managedById: organizationId } });
    if (user === null) throw new NotFoundError();
    return user;
  }

  /** Otherwise the actor could sign in as somebody who may do more. @throws {RoleTooHighError | NotFoundError} */
  async #assertMayHelp(tx: PlatformTransaction, organizationId: string, actorId: string, userId: string): Promise<void> {
    const [actor, target] = await this.#readMembers(tx, organizationId, actorId, userId);
    assertWithinCeiling(actor, target);
  }

  /** Returns members with their present permissions. Call it under the organization's lock. @throws {NotFoundError} when one is no member, or is disabled */
  async #readMembers<Ids extends readonly string[]>(tx: PlatformTransaction, organizationId: string, ...ids: Ids): Promise<{ readonly [Index in keyof Ids]: MemberPermissions }>;
  async #readMembers(tx: PlatformTransaction, organizationId: string, ...ids: string[]): Promise<readonly MemberPermissions[]> {
    const found = await this.ceilings.readCeilings(tx, ids, organizationId);
    return ids.map((id) => {
      const member = found.get(id);
      if (member === undefined) throw new NotFoundError();
      return member;
    });
  }
}
