import { Injectable } from '@nestjs/common';
import { addressOf } from '../../../access/managed-accounts.js';
import { AccessDeniedError } from '../../../access/access.errors.js';
import { isLastOperatorViolation } from '../../../database/database-errors.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { PlatformAdmin, User } from '../../../generated/prisma/client.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { LastOperatorError, OperatorNotEligibleError, OperatorNotFoundError } from './platform.errors.js';
import { PasswordChangesService } from '../passwords/password-changes.service.js';
import { SecondFactorsService } from '../second-factors/second-factors.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { generatePassword } from '../passwords/password.policy.js';
import { SignInMethodsService } from '../sign-in-methods.service.js';
import { UsersService } from '../users.service.js';

/** The first operator. The password is shown once, when the server starts for the first time. */
export interface FirstAdmin {
  readonly email: string;
  /** Undefined if the product offers no passwords: the operator signs in by mail. */
  readonly password?: string;
}

/** The acting operator; undefined for the command line. */
export type ActingOperator = { readonly userId: string } | undefined;

export type OperatorRow = PlatformAdmin & { readonly user: User };

/** Lists, creates, adds and removes platform operators. */
@Injectable()
export class PlatformAdminsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly factors: SecondFactorsService,
    private readonly passwords: PasswordChangesService,
    private readonly context: TenantContext,
    private readonly methods: SignInMethodsService,
  ) {}

  /** Returns the operators, the longest-serving first. */
  async listOperators(): Promise<OperatorRow[]> {
    return this.platform.platformAdmin.findMany({ include: { user: true }, orderBy: [{ createdAt: 'asc' }, { userId: 'asc' }] });
  }

  /**
   * Makes a user an operator. Does nothing when they are one. Their second factor and passkeys end: an intruder with the password may have set them up, and operators
   * set up theirs with a mailed token. Their sessions of single sign-on end: an organization must not sign in as an operator.
   *
   * @throws {OperatorNotEligibleError}
   */
  async addOperator(wanted: { readonly userId: string } | { readonly email: string }): Promise<OperatorRow> {
    const who = 'userId' in wanted ? { id: wanted.userId } : { email: wanted.email };
    return this.platform.$transaction(async (tx) => {
      const user = await tx.user.findFirst({ where: { ...who, emailVerifiedAt: { not: null }, disabledAt: null } });
      if (user === null) throw new OperatorNotEligibleError('userId' in wanted ? '/userId' : '/email');
      await this.#add(tx, user.id);
      return { ...(await tx.platformAdmin.findUniqueOrThrow({ where: { userId: user.id } })), user };
    });
  }

  /**
   * Removes an operator's right. Their impersonations end; their own sessions and memberships stay.
   *
   * @throws {OperatorNotFoundError | LastOperatorError}
   */
  async removeOperator(userId: string, actor: ActingOperator): Promise<void> {
    await this.changeOperators('remove an operator', actor, async (tx) => {
      const { count } = await tx.platformAdmin.deleteMany({ where: { userId } });
      if (count === 0) throw new OperatorNotFoundError();
      await this.sessions.endImpersonationsBy(tx, userId);
    });
  }

  /**
   * Runs a change that may take the right of an operator away. Such changes run one after another, and each checks that the
   * acting operator still is one: of two operators who remove each other, one stays.
   *
   * @throws {LastOperatorError} when no operator would remain
   * @throws {AccessDeniedError} when the acting operator was removed in the meantime
   */
  async changeOperators<Result>(reason: string, actor: ActingOperator, work: (tx: PlatformTransaction) => Promise<Result>): Promise<Result> {
    const change = (): Promise<Result> =>
      this.platform.$transaction(async (tx) => {
        await tx.$executeRaw`select pg_advisory_xact_lock(app.operators_key())`;
        if (actor !== undefined && (await tx.platformAdmin.count({ where: { userId: actor.userId, user: { is: { disabledAt: null } } } })) === 0)
          throw new AccessDeniedError('platform administrator claim');
        return work(tx);
      });
    try {
      // Other requests of operators share the lock for their whole transaction (app.require_operator). This one takes it
      // alone, so it must not share it first: two changes would wait for each other.
      return actor === undefined ? await change() : await this.context.runAsPlatform(reason, change, { kind: 'operator', userId: actor.userId });
    } catch (error) {
      if (isLastOperatorViolation(error)) throw new LastOperatorError();
      throw error;
    }
  }

  /**
   * Makes the user with this verified address an operator, or creates a new user. The address of a new user counts as
   * verified.
   *
   * @returns the password only when it was generated
   * @throws {WeakPasswordError | BreachedPasswordError | SignInMethodOffError}
   */
  async createPlatformAdmin(email: string, name: string, password?: string): Promise<{ userId: string; email: string; password?: string }> {
    const known = await this.users.findVerifiedUser(email);
    const chosen = password ?? this.users.generatePassword();
    const prepared = known === null ? await this.users.prepareUser({ email, name, password: chosen }) : undefined;
    return this.platform.$transaction(async (tx) => {
      const user = prepared === undefined ? known : await this.users.createUser(tx, prepared, true);
      if (user === null) throw new Error('there is neither a known nor a new user');
      await this.#add(tx, user.id);
      return { userId: user.id, email, ...(prepared === undefined || password !== undefined || chosen === undefined ? {} : { password: chosen }) };
    });
  }

  /**
   * Gives an operator a new password. Their sessions end; a second factor stays.
   *
   * @param password generated when omitted
   * @returns the password only when it was generated
   * @throws {OperatorNotFoundError | WeakPasswordError | BreachedPasswordError | SignInMethodOffError}
   */
  async replacePassword(userId: string, password?: string): Promise<{ userId: string; email: string; password?: string }> {
    const operator = await this.platform.platformAdmin.findUnique({ where: { userId }, include: { user: true } });
    if (operator === null) throw new OperatorNotFoundError();
    this.methods.assertOffered('password');
    const chosen = password ?? generatePassword();
    await this.passwords.replacePassword(operator.user, chosen);
    return { userId, email: addressOf(operator.user), ...(password === undefined ? { password: chosen } : {}) };
  }

  /**
   * Creates the first operator when none exists. Of several replicas that start together only one creates it.
   *
   * @param password generated when omitted
   * @returns the new operator, or undefined when one exists, or when they could sign in neither with a password nor by mail; the password is not stored in plain text
   */
  async createFirstPlatformAdmin(email: string, chosen?: string): Promise<FirstAdmin | undefined> {
    const offersPasswords = this.methods.offers('password');
    if (!offersPasswords && !this.methods.offers('mail')) return undefined;
    const password = offersPasswords ? (chosen ?? this.users.generatePassword()) : undefined;
    if ((await this.platform.platformAdmin.count()) > 0) return undefined;
    const prepared = await this.users.prepareUser({ email, name: 'Platform Admin', password });
    return this.platform.$transaction(async (tx) => {
      await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('tenantry:first-admin'))`;
      if ((await tx.platformAdmin.count()) > 0) return undefined;
      const user = await this.users.createUser(tx, prepared, true);
      await tx.platformAdmin.create({ data: { userId: user.id } });
      return { email: addressOf(user), ...(password === undefined ? {} : { password }) };
    });
  }

  async #add(tx: PlatformTransaction, userId: string): Promise<void> {
    // An enrolment that is on its way is committed before, and removed.
    await tx.$queryRaw`select id from users where id = ${userId}::uuid for no key update`;
    const { count } = await tx.platformAdmin.createMany({ data: { userId }, skipDuplicates: true });
    if (count === 0) return;
    await this.factors.endSecondFactor(tx, userId);
    // A passkey counts as one, and an intruder may have added it.
    await tx.passkey.deleteMany({ where: { userId } });
    await this.sessions.endSsoSessions(tx, userId);
  }
}
