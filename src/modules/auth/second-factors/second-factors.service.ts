import { Injectable } from '@nestjs/common';
import { addressOf } from '../../../access/managed-accounts.js';
import { Clock } from '../../../common/clock.js';
import { randomInt } from 'node:crypto';
import { needsSecondFactor } from '../../../access/access-decision.js';
import { OrganizationFactsService } from '../../../access/organization/organization-facts.service.js';
import { hashOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { AppConfig } from '../../../config/app-config.js';
import { linkTo } from '../../../config/front-end-pages.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { User } from '../../../generated/prisma/client.js';
import { OrganizationDirectoryService } from '../../organizations/organization-directory.service.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { MailboxesService } from '../accounts/mailboxes.service.js';
import { MailedTokensService } from '../accounts/mailed-tokens.service.js';
import { MailboxProofNeededError, NoSecondFactorError, SecondFactorExistsError, SecondFactorNeededError, WrongCodeError } from '../auth.errors.js';
import { LoginAttemptsService } from '../passwords/login-attempts.service.js';
import { isOperator } from '../platform/is-operator.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SecondFactorNoticesService } from './second-factor-notices.service.js';
import { newTotpSecret, otpauthUrl, findTimeStep } from './totp.js';

const recoveryCodeCount = 10;
const recoveryCodeAlphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

export interface TotpEnrollment {
  /** In base 32, for manual entry. */
  readonly secret: string;
  /** The content of the QR code. */
  readonly url: string;
}

/** Returns a recovery code: 16 characters of an alphabet of 31, which are 79 random bits, in groups of four. */
const newRecoveryCode = (): string =>
  Array.from({ length: 16 }, (_, index) => `${index > 0 && index % 4 === 0 ? '-' : ''}${recoveryCodeAlphabet[randomInt(recoveryCodeAlphabet.length)]}`).join('');
const normalizeCode = (code: string): string => code.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Manages the second factor of a user: an authenticator app (TOTP, RFC 6238) and recovery codes. */
@Injectable()
export class SecondFactorsService {
  readonly #box: SecretBox;

  constructor(
    private readonly platform: PlatformDb,
    private readonly attempts: LoginAttemptsService,
    private readonly organizationDirectory: OrganizationDirectoryService,
    private readonly facts: OrganizationFactsService,
    private readonly sessions: SessionsService,
    private readonly mailboxes: MailboxesService,
    private readonly tokens: MailedTokensService,
    private readonly notices: SecondFactorNoticesService,
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.#box = new SecretBox(config.appSecret, 'totp', config.previousSecrets);
  }

  async hasSecondFactor(userId: string, db: PlatformDb | PlatformTransaction = this.platform): Promise<boolean> {
    return (await db.secondFactor.findUnique({ where: { userId, confirmedAt: { not: null } }, select: { userId: true } })) !== null;
  }

  /**
   * Creates an unconfirmed second factor and replaces a previous unconfirmed one. Mails operators a link, with whose token they
   * confirm it: otherwise a stolen password would be enough to become an operator with a second factor, and to keep the owner of
   * the account out.
   *
   * @throws {SecondFactorExistsError | SessionEndedError}
   */
  async beginTotpEnrollment(userId: string): Promise<TotpEnrollment> {
    const secret = newTotpSecret();
    const sealed = this.#box.seal(secret);
    const account = await this.platform.$transaction(async (tx) => {
      // Whatever removes the factors of a user also locks the user: it removes this one, or this session has ended.
      const user = await this.mailboxes.lockAccount(tx, userId);
      const { count } = await tx.secondFactor.updateMany({ where: { userId, confirmedAt: null }, data: { secret: sealed, lastStep: 0 } });
      const created = count > 0 ? { count } : await tx.secondFactor.createMany({ data: { userId, secret: sealed }, skipDuplicates: true });
      if (created.count === 0) throw new SecondFactorExistsError();
      if (await isOperator(tx, userId)) await this.#mailEnrollmentLink(tx, user);
      return user.email ?? user.userName ?? user.name;
    });
    return { secret, url: otpauthUrl(secret, this.config.catalog.product, account) };
  }

  /**
   * Activates the second factor with a first code. It counts as verified in this session, but not in the user's other sessions.
   * A mail to the verified address announces it, with a link that undoes it.
   *
   * @param mailedToken the token in the link that was mailed to an operator
   * @returns the recovery codes, which cannot be read again
   * @throws {NoSecondFactorError | SecondFactorExistsError | WrongCodeError}
   * @throws {MailboxProofNeededError} when an operator has not proved the mailbox
   */
  async confirmTotpEnrollment(userId: string, sessionId: string, code: string, mailedToken?: string): Promise<string[]> {
    const factor = await this.platform.secondFactor.findUnique({ where: { userId } });
    if (factor === null) throw new NoSecondFactorError();
    if (factor.confirmedAt !== null) throw new SecondFactorExistsError();
    const step = findTimeStep(this.#box.open(factor.secret), code, this.clock.now());
    if (step === undefined) throw new WrongCodeError();
    return this.platform.$transaction(async (tx) => {
      const user = await this.mailboxes.lockAccount(tx, userId);
      if (await isOperator(tx, userId)) await this.#useMailedToken(tx, { userId, email: addressOf(user) }, mailedToken);
      await this.sessions.endPendingSessions(tx, userId);
      const { count } = await tx.secondFactor.updateMany({ where: { userId, confirmedAt: null }, data: { confirmedAt: this.clock.now(), lastStep: step } });
      if (count === 0) throw new SecondFactorExistsError();
      await tx.session.updateMany({ where: { id: sessionId, userId }, data: { secondFactorAt: this.clock.now() } });
      await this.notices.announceSecondFactor(tx, user);
      return this.#newRecoveryCodes(tx, userId);
    });
  }

  /**
   * Checks a code of the authenticator app, or a recovery code. Each code works once. Wrong codes lock the account like wrong
   * passwords.
   *
   * @param onVerified runs in the transaction that marks the code as used
   * @param lock locks the user, and what `onVerified` locks before users (docs/database.md#order-of-locks)
   * @param beforeCode runs before the code is checked, with the user locked; undone when the code is wrong
   * @throws {WrongCodeError | AccountLockedError}
   */
  async verifySecondFactor<Result>(
    { id }: Pick<User, 'id'>,
    code: string,
    onVerified: (tx: PlatformTransaction) => Promise<Result>,
    {
      lock = (tx) => this.sessions.lockUser(tx, id),
      beforeCode = async () => undefined,
    }: { readonly lock?: (tx: PlatformTransaction) => Promise<void>; readonly beforeCode?: (tx: PlatformTransaction) => Promise<unknown> } = {},
  ): Promise<Result> {
    const attempt = await this.attempts.beginAttempt({ secondFactorOf: id });
    try {
      return await this.platform.$transaction(async (tx) => {
        await lock(tx);
        await beforeCode(tx);
        if (!(await this.#useCode(tx, id, code))) throw new WrongCodeError();
        await attempt.succeeded(tx);
        return onVerified(tx);
      });
    } catch (error) {
      if (error instanceof WrongCodeError) await attempt.failed();
      throw error;
    }
  }

  /** Replaces the recovery codes. @throws {NoSecondFactorError | WrongCodeError | AccountLockedError} */
  async renewRecoveryCodes(userId: string, code: string): Promise<string[]> {
    if (!(await this.hasSecondFactor(userId))) throw new NoSecondFactorError();
    return this.verifySecondFactor({ id: userId }, code, async (tx) => {
      await this.sessions.endPendingSessions(tx, userId);
      return this.#newRecoveryCodes(tx, userId);
    });
  }

  /** Removes the second factor. The user's sessions no longer count as verified by it. @throws {NoSecondFactorError | SecondFactorNeededError | WrongCodeError | AccountLockedError} */
  async removeSecondFactor(userId: string, code: string): Promise<void> {
    if (!(await this.hasSecondFactor(userId))) throw new NoSecondFactorError();
    const withoutFactor = await this.judgeWithoutFactor(userId);
    await this.verifySecondFactor({ id: userId }, code, async (tx) => {
      await this.endSecondFactor(tx, userId);
      await withoutFactor(tx);
    });
  }

  /**
   * Finds out whether an organization of the user requires a second factor, before the transaction that removes one.
   *
   * @returns a check for the end of the transaction, with the user locked. It throws a {@link SecondFactorNeededError} when one is required, and the user has
   *   no authenticator app and no passkey left.
   */
  async judgeWithoutFactor(userId: string): Promise<(tx: PlatformTransaction) => Promise<void>> {
    const requiredBy = await this.#organizationThatNeedsFactor(userId);
    return async (tx) => {
      if (requiredBy === undefined) return;
      const factors = [await tx.secondFactor.count({ where: { userId, confirmedAt: { not: null } } }), await tx.passkey.count({ where: { userId } })];
      if (factors.every((count) => count === 0)) throw new SecondFactorNeededError(requiredBy);
    };
  }

  /** Returns the name of an organization of the user that requires a second factor. */
  async #organizationThatNeedsFactor(userId: string): Promise<string | undefined> {
    for (const { organization, role } of await this.organizationDirectory.listOrganizationsOf(userId)) {
      const { policy } = await this.facts.get(organization.id, organization.accessVersion);
      // The custom roles of the user are judged with the next request, which then needs a factor again.
      if (needsSecondFactor(policy, [{ key: role }])) return organization.name;
    }
    return undefined;
  }

  /** Removes the second factor, with the link that undoes it, in the caller's transaction. Call it with the user locked. */
  async endSecondFactor(tx: PlatformTransaction, userId: string): Promise<void> {
    await this.sessions.endPendingSessions(tx, userId);
    await tx.secondFactor.deleteMany({ where: { userId } });
    await tx.recoveryCode.deleteMany({ where: { userId } });
    await this.tokens.endTokens(tx, userId, ['undo_second_factor']);
    await tx.session.updateMany({ where: { userId, secondFactorAt: { not: null } }, data: { secondFactorAt: null } });
  }

  async #mailEnrollmentLink(tx: PlatformTransaction, user: User): Promise<void> {
    const { id, name } = user;
    const email = addressOf(user);
    if (!(await this.outbox.hasBudget(tx, 'operator-second-factor', email))) return;
    const { token, linkExpiresAt } = await this.tokens.issueToken(tx, 'enrol_second_factor', id, email);
    await this.outbox.addMail(tx, {
      template: 'operator-second-factor',
      to: email,
      data: { name, link: linkTo(this.config, 'confirmSecondFactor', { token }) },
      linkExpiresAt,
    });
  }

  async #useMailedToken(tx: PlatformTransaction, owner: { readonly userId: string; readonly email: string }, token: string | undefined): Promise<void> {
    if (token === undefined || !(await this.tokens.useToken(tx, 'enrol_second_factor', token, owner))) throw new MailboxProofNeededError();
    await this.tokens.endTokens(tx, owner.userId, ['enrol_second_factor']);
  }

  async #useCode(tx: PlatformTransaction, userId: string, code: string): Promise<boolean> {
    const factor = await tx.secondFactor.findUnique({ where: { userId } });
    if (factor === null || factor.confirmedAt === null) return false;
    const step = /^\d{6}$/.test(code) ? findTimeStep(this.#box.open(factor.secret), code, this.clock.now()) : undefined;
    const where = { userId, codeHash: hashOpaqueToken(normalizeCode(code)), usedAt: null };
    // The statement that marks a code as used decides, so that of two parallel requests with the same code only one succeeds.
    const { count } =
      step === undefined
        ? await tx.recoveryCode.updateMany({ where, data: { usedAt: this.clock.now() } })
        : await tx.secondFactor.updateMany({ where: { userId, lastStep: { lt: step } }, data: { lastStep: step } });
    return count === 1;
  }

  async #newRecoveryCodes(tx: PlatformTransaction, userId: string): Promise<string[]> {
    const codes = Array.from({ length: recoveryCodeCount }, newRecoveryCode);
    await tx.recoveryCode.deleteMany({ where: { userId } });
    await tx.recoveryCode.createMany({ data: codes.map((code) => ({ userId, codeHash: hashOpaqueToken(normalizeCode(code)) })) });
    return codes;
  }
}
