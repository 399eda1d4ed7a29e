import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { emailAddressOf } from '../../../common/text/internet-names.js';
import { Clock } from '../../../common/clock.js';
import { PlatformDb } from '../../../database/platform-db.js';
import type { Erasure, Prisma } from '../../../generated/prisma/client.js';
import { AccountEndingsService } from '../accounts/account-endings.service.js';
import { PlatformAdminsService, type ActingOperator } from './platform-admins.service.js';
import { LostFactorsService } from '../second-factors/lost-factors.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SeveralUsersError, UserNotFoundError } from './platform.errors.js';

const details = {
  platformAdmin: true,
  secondFactor: { select: { confirmedAt: true } },
  memberships: { include: { organization: { select: { id: true, name: true, slug: true } } }, orderBy: { createdAt: 'asc' } },
} satisfies Prisma.UserInclude;

export type UserDetails = Prisma.UserGetPayload<{ include: typeof details }>;

/** Finds users for the operator, and disables and enables them. */
@Injectable()
export class PlatformUsersService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly admins: PlatformAdminsService,
    private readonly sessions: SessionsService,
    private readonly endings: AccountEndingsService,
    private readonly factors: LostFactorsService,
    private readonly clock: Clock,
  ) {}

  /** Returns the users with an address, the one who has verified it first. */
  async findUsers(email: string): Promise<UserDetails[]> {
    return this.platform.user.findMany({ where: { email }, include: details, orderBy: [{ emailVerifiedAt: { sort: 'desc', nulls: 'last' } }, { createdAt: 'asc' }], take: 100 });
  }

  /** @throws {UserNotFoundError} */
  async getUser(id: string): Promise<UserDetails> {
    const user = await this.platform.user.findUnique({ where: { id }, include: details });
    if (user === null) throw new UserNotFoundError();
    return user;
  }

  /**
   * Returns the user that an id or an email address names.
   *
   * @throws {UserNotFoundError}
   * @throws {SeveralUsersError} when the address names several users and none of them has verified it
   */
  async resolveUser(idOrEmail: string): Promise<UserDetails> {
    if (isUUID(idOrEmail)) return this.getUser(idOrEmail);
    const [first, second] = await this.findUsers(emailAddressOf(idOrEmail) ?? idOrEmail);
    if (first === undefined) throw new UserNotFoundError();
    if (second !== undefined && first.emailVerifiedAt === null) throw new SeveralUsersError(idOrEmail);
    return first;
  }

  /**
   * Disables a user: their sessions, half-done logins and mailed links end, and their personal API keys stop working.
   * Memberships stay, without access. Does nothing when the user is disabled.
   *
   * @throws {UserNotFoundError}
   * @throws {LastOperatorError} when the user is the last operator who is not disabled
   */
  async disableUser(id: string, actor: ActingOperator): Promise<UserDetails> {
    await this.admins.changeOperators('disable a user', actor, async (tx) => {
      // The writes of the user's organizations that are on their way land before, or are refused.
      await this.endings.lockAccounts(tx, { accounts: [id] });
      const { count } = await tx.user.updateMany({ where: { id, disabledAt: null }, data: { disabledAt: this.clock.now() } });
      if (count === 0) return;
      await this.sessions.endAllSessions(tx, [id], 'disabled');
      await this.sessions.endImpersonationsBy(tx, id);
      await tx.userToken.updateMany({ where: { userId: id, usedAt: null }, data: { usedAt: this.clock.now() } });
    });
    return this.getUser(id);
  }

  /**
   * Removes the second factor of a user who has lost it. Their sessions end, and they get a mail. Does nothing when they have none.
   *
   * @param reason how the operator has verified who asks; in the audit logs of the platform and of the user's organizations
   * @throws {UserNotFoundError}
   * @throws {OwnSecondFactorError} for the acting operator
   */
  async removeSecondFactor(id: string, reason: string, actor: ActingOperator): Promise<UserDetails> {
    await this.admins.changeOperators('remove the second factor of a user', actor, async (tx) => {
      if (!(await this.factors.removeLostFactors(tx, id, actor?.userId))) return;
      const [was, is] = [JSON.stringify({ second_factor: true }), JSON.stringify({ second_factor: false, reason })];
      await tx.$executeRaw`
        select audit.record_change(o.id, 'users', ${id}, ${was}::jsonb, ${is}::jsonb)
          from (select null::uuid as id union all select m.organization_id from memberships m where m.user_id = ${id}::uuid) o`;
    });
    return this.getUser(id);
  }

  /**
   * Erases a user: deletes the account, and removes the person from the audit log soon after.
   *
   * @throws {UserNotFoundError}
   * @throws {SoleOwnerError} when an organization would have no owner
   * @throws {OperatorAccountError} when the user is an operator
   */
  async eraseUser(id: string, reason: string, actor: { readonly userId: string }): Promise<Erasure> {
    return this.admins.changeOperators('erase a user', actor, async (tx) => {
      const [locked] = await this.endings.lockAccounts(tx, { accounts: [id] });
      if (locked === undefined) throw new UserNotFoundError();
      return this.endings.deleteAccount(tx, id, { userId: actor.userId, reason });
    });
  }

  /** Enables a disabled user. Ended sessions stay ended. Does nothing when the user is enabled. @throws {UserNotFoundError} */
  async enableUser(id: string): Promise<UserDetails> {
    await this.platform.user.updateMany({ where: { id, disabledAt: { not: null } }, data: { disabledAt: null } });
    return this.getUser(id);
  }
}
