import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { randomInt } from 'node:crypto';
import { OrganizationFactsService } from '../../../access/organization/organization-facts.service.js';
import { hashOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { AppConfig } from '../../../config/app-config.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { User } from '../../../generated/prisma/client.js';
import { OrganizationDirectoryService } from '../../organizations/organization-directory.service.js';
import { NoSecondFactorError, SecondFactorExistsError, SecondFactorNeededError, WrongCodeError } from '../auth.errors.js';
import { LoginAttemptsService } from '../passwords/login-attempts.service.js';
import { newTotpSecret, otpauthUrl, findTimeStep } from './totp.js';

const recoveryCodes = 10;
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

export interface TotpEnrolment {
  /** In base 32, for typing it in. */
  readonly secret: string;
  /** For a QR code. */
  readonly url: string;
}

/** 16 characters of 31: 79 random bits, in groups of four. */
const newRecoveryCode = (): string => Array.from({ length: 16 }, (_, index) => `${index > 0 && index % 4 === 0 ? '-' : ''}${alphabet[randomInt(alphabet.length)]}`).join('');
const plain = (code: string): string => code.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The second factor of a user: an authenticator app (TOTP, RFC 6238), with recovery codes for when it is lost. */
@Injectable()
export class SecondFactorsService {
  readonly #box: SecretBox;

  constructor(
    private readonly platform: PlatformDb,
    private readonly attempts: LoginAttemptsService,
    private readonly organizationDirectory: OrganizationDirectoryService,
    private readonly facts: OrganizationFactsService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.#box = new SecretBox(config.appSecret, 'totp', config.previousSecrets);
  }

  async hasSecondFactor(userId: string): Promise<boolean> {
    return (await this.platform.secondFactor.count({ where: { userId, confirmedAt: { not: null } } })) > 0;
  }

  /** Begins; it counts once it is confirmed. An unconfirmed one is replaced. @throws {SecondFactorExistsError} */
  async beginTotpEnrolment(userId: string, email: string): Promise<TotpEnrolment> {
    const secret = newTotpSecret();
    const sealed = this.#box.seal(secret);
    const { count } = await this.platform.secondFactor.updateMany({ where: { userId, confirmedAt: null }, data: { secret: sealed, lastStep: 0 } });
    if (count === 0) {
      const made = await this.platform.secondFactor.createMany({ data: { userId, secret: sealed }, skipDuplicates: true });
      if (made.count === 0) throw new SecondFactorExistsError();
    }
    return { secret, url: otpauthUrl(secret, this.config.catalog.product, email) };
  }

  /**
   * Confirms by a first code. The session that does it has shown the factor; the user's others have not.
   *
   * @returns the recovery codes, shown only this once
   * @throws {NoSecondFactorError | SecondFactorExistsError | WrongCodeError}
   */
  async confirmTotpEnrolment(userId: string, sessionId: string, code: string): Promise<string[]> {
    const factor = await this.platform.secondFactor.findUnique({ where: { userId } });
    if (factor === null) throw new NoSecondFactorError();
    if (factor.confirmedAt !== null) throw new SecondFactorExistsError();
    const step = findTimeStep(this.#box.open(factor.secret), code, this.clock.now());
    if (step === undefined) throw new WrongCodeError();
    return this.platform.$transaction(async (tx) => {
      const { count } = await tx.secondFactor.updateMany({ where: { userId, confirmedAt: null }, data: { confirmedAt: this.clock.now(), lastStep: step } });
      if (count === 0) throw new SecondFactorExistsError();
      await tx.session.updateMany({ where: { id: sessionId, userId }, data: { secondFactorAt: this.clock.now() } });
      return this.#newRecoveryCodes(tx, userId);
    });
  }

  /**
   * Checks a code of the app, or a recovery code, each good once. Wrong ones lock the account like wrong passwords.
   *
   * @param onVerified what the code was needed for; in one transaction with the spending of it
   * @throws {WrongCodeError | AccountLockedError}
   */
  async verifySecondFactor<Result>({ id, email }: Pick<User, 'id' | 'email'>, code: string, onVerified: (tx: PlatformTransaction) => Promise<Result>): Promise<Result> {
    const attempt = await this.attempts.beginAttempt(email, `second factor of ${id}`);
    const proved = await this.platform.$transaction(async (tx) => ((await this.#acceptsOnce(tx, id, code)) ? { result: await onVerified(tx) } : undefined));
    if (proved === undefined) {
      await attempt.failed();
      throw new WrongCodeError();
    }
    await attempt.succeeded();
    return proved.result;
  }

  /** New recovery codes in the place of the old ones. @throws {NoSecondFactorError | WrongCodeError | AccountLockedError} */
  async renewRecoveryCodes(userId: string, email: string, code: string): Promise<string[]> {
    if (!(await this.hasSecondFactor(userId))) throw new NoSecondFactorError();
    return this.verifySecondFactor({ id: userId, email }, code, (tx) => this.#newRecoveryCodes(tx, userId));
  }

  /** @throws {NoSecondFactorError | SecondFactorNeededError | WrongCodeError | AccountLockedError} */
  async removeSecondFactor(userId: string, email: string, code: string): Promise<void> {
    if (!(await this.hasSecondFactor(userId))) throw new NoSecondFactorError();
    for (const { organization } of await this.organizationDirectory.listOrganizationsOf(userId)) {
      const { policy } = await this.facts.get(organization.id, organization.accessVersion);
      if (policy.secondFactorRequired) throw new SecondFactorNeededError(organization.name);
    }
    await this.verifySecondFactor({ id: userId, email }, code, async (tx) => {
      await tx.secondFactor.deleteMany({ where: { userId } });
      await tx.recoveryCode.deleteMany({ where: { userId } });
    });
  }

  async #acceptsOnce(tx: PlatformTransaction, userId: string, code: string): Promise<boolean> {
    const factor = await tx.secondFactor.findUnique({ where: { userId } });
    if (factor === null || factor.confirmedAt === null) return false;
    const step = /^\d{6}$/.test(code) ? findTimeStep(this.#box.open(factor.secret), code, this.clock.now()) : undefined;
    const where = { userId, codeHash: hashOpaqueToken(plain(code)), usedAt: null };
    // The statement that marks a code as used decides, so that of two who send the same one only one gets through.
    const { count } =
      step === undefined
        ? await tx.recoveryCode.updateMany({ where, data: { usedAt: this.clock.now() } })
        : await tx.secondFactor.updateMany({ where: { userId, lastStep: { lt: step } }, data: { lastStep: step } });
    return count === 1;
  }

  async #newRecoveryCodes(tx: PlatformTransaction, userId: string): Promise<string[]> {
    const codes = Array.from({ length: recoveryCodes }, newRecoveryCode);
    await tx.recoveryCode.deleteMany({ where: { userId } });
    await tx.recoveryCode.createMany({ data: codes.map((code) => ({ userId, codeHash: hashOpaqueToken(plain(code)) })) });
    return codes;
  }
}
