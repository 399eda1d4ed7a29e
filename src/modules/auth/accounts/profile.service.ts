import { Injectable } from '@nestjs/common';
import { OperatorSecondFactorRequiredError, OrganizationNotFoundError, SessionEndedError } from '../../../access/access.errors.js';
import type { UserPrincipal } from '../../../access/principal/principal.js';
import { Clock } from '../../../common/clock.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import { AccountEndingsService } from './account-endings.service.js';
import { CodeNeededError } from '../auth.errors.js';
import { EmailChangesService } from './email-changes.service.js';
import { PasswordChecksService } from '../passwords/password-checks.service.js';
import { toProfileDto, type DeleteAccountDto, type ProfileDto, type UpdateProfileDto } from './profile.dto.js';
import { SecondFactorsService } from '../second-factors/second-factors.service.js';
import { SessionsService } from '../sessions/sessions.service.js';

/** Shows, changes and deletes the account of the current user. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly emailChanges: EmailChangesService,
    private readonly endings: AccountEndingsService,
    private readonly passwords: PasswordChecksService,
    private readonly sessions: SessionsService,
    private readonly factors: SecondFactorsService,
    private readonly clock: Clock,
  ) {}

  /** @throws {SessionEndedError} when the account was deleted in the meantime */
  async getProfile(userId: string): Promise<ProfileDto> {
    const user = await this.platform.user.findUnique({ where: { id: userId } });
    if (user === null) throw new SessionEndedError();
    return toProfileDto(user, await this.emailChanges.findPendingAddress(user));
  }

  /**
   * @throws {PasswordNeededError | WrongPasswordError | AccountLockedError} when the address is changed without the password
   * @throws {OperatorSecondFactorRequiredError} when an operator changes the address in a session without a second factor
   * @throws {OrganizationNotFoundError} when the user is not a member of the default organization
   * @throws {SessionEndedError} when the account was deleted or disabled in the meantime
   */
  async updateProfile(caller: UserPrincipal, { name, defaultOrganizationId, locale, email, currentPassword }: UpdateProfileDto): Promise<ProfileDto> {
    const { userId, platformAdmin, secondFactor } = caller;
    if (email !== undefined) {
      if (platformAdmin && !secondFactor) throw new OperatorSecondFactorRequiredError();
      await this.passwords.assertProved(caller, currentPassword);
    }
    await this.platform.$transaction(async (tx) => {
      if (email === undefined) await this.sessions.lockUser(tx, userId);
      else await this.emailChanges.beginChange(tx, userId, email);
      if (defaultOrganizationId !== undefined && defaultOrganizationId !== null) await this.#assertMember(tx, userId, defaultOrganizationId);
      const changes = {
        ...(name === undefined ? {} : { name }),
        ...(defaultOrganizationId === undefined ? {} : { defaultOrganizationId }),
        ...(locale === undefined ? {} : { locale }),
      };
      // Also for a new address alone: it is part of the profile, whose version is that of the user.
      if (email !== undefined || Object.keys(changes).length > 0) await tx.user.update({ where: { id: userId }, data: { ...changes, updatedAt: this.clock.now() } });
    });
    return this.getProfile(userId);
  }

  /**
   * Deletes the account. The job `complete-erasures` removes the person from the audit log soon after.
   *
   * @throws {WrongPasswordError | PasswordNeededError | RecentLoginRequiredError | CodeNeededError | WrongCodeError | AccountLockedError}
   * @throws {SoleOwnerError | OperatorAccountError}
   */
  async deleteAccount(caller: UserPrincipal, { currentPassword, code }: DeleteAccountDto): Promise<void> {
    const { userId } = caller;
    await this.passwords.assertProved(caller, currentPassword);
    const lock = (tx: PlatformTransaction): Promise<void> => this.endings.lockForDeletion(tx, userId);
    const deletion = async (tx: PlatformTransaction): Promise<void> => {
      await this.endings.deleteAccount(tx, userId);
    };
    if (!(await this.factors.hasSecondFactor(userId)))
      return this.platform.$transaction(async (tx) => {
        await lock(tx);
        await deletion(tx);
      });
    if (code === undefined) throw new CodeNeededError();
    await this.factors.verifySecondFactor({ id: userId }, code, deletion, { lock });
  }

  async #assertMember(tx: PlatformTransaction, userId: string, organizationId: string): Promise<void> {
    const where = { userId, organizationId, organization: { deletedAt: null } };
    if ((await tx.membership.count({ where })) === 0) throw new OrganizationNotFoundError();
  }
}
