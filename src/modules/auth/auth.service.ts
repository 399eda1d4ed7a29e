import { Injectable } from '@nestjs/common';
import { SessionEndedError } from '../../access/access.errors.js';
import { closedState } from '../../access/organization/organization-state.policy.js';
import type { UserPrincipal } from '../../access/principal/principal.js';
import { methodOf } from '../../access/sign-in-method.js';
import { PlatformDb, type PlatformTransaction } from '../../database/platform-db.js';
import type { Organization, User } from '../../generated/prisma/client.js';
import { OrganizationDirectoryService, type NewOrganization } from '../organizations/organization-directory.service.js';
import { AuthenticationProofNeededError, InvalidMfaTokenError, NoSecondFactorError, SecondFactorProofNeededError } from './auth.errors.js';
import type { CredentialJson } from './passkeys/authenticator-answers.js';
import { InvalidPasskeyError } from './passkeys/passkeys.errors.js';
import { PasskeysService, reauthenticationOf, type VerifiedPasskey } from './passkeys/passkeys.service.js';
import type { Device } from './sessions/device.js';
import { EmailVerificationService } from './accounts/email-verification.service.js';
import { PasswordChecksService } from './passwords/password-checks.service.js';
import { PendingLoginsService } from './second-factors/pending-logins.service.js';
import { SecondFactorsService } from './second-factors/second-factors.service.js';
import { SessionsService, ssoProofOf, type SessionStart, type TokenPair } from './sessions/sessions.service.js';
import type { SignInCandidate, SignInName } from './sign-in.queries.js';
import { TrustedDevicesService } from './sessions/trusted-devices.service.js';
import { UsersService, type NewUser } from './users.service.js';

export interface SignedUp extends TokenPair {
  readonly user: User;
  readonly organization: Organization;
}

export interface Login {
  readonly name: SignInName;
  readonly password: string;
  readonly rememberMe?: boolean;
  readonly organizationId?: string;
  /** The token of a trusted device. */
  readonly deviceToken?: string;
}

/** The tokens of a session that was started with a second factor. */
export interface CompletedLogin extends TokenPair {
  /** The token of the device, if it is trusted from now on. */
  readonly deviceToken: string | null;
}

/** A proof that the user of a session is still the one who signed in: one of these. */
export interface AuthenticationProof {
  readonly password?: string;
  readonly code?: string;
  readonly passkey?: CredentialJson;
}

/** A proof that completes a login with a correct password: one of these. */
export type SecondFactorProof = Omit<AuthenticationProof, 'password'>;

export interface PasskeyLogin {
  readonly credential: CredentialJson;
  readonly rememberMe?: boolean;
  readonly organizationId?: string;
}

/** The result of a login with a correct password when the user has a second factor. */
export interface MfaChallenge {
  readonly mfaRequired: true;
  readonly mfaToken: string;
}

/** Signs users up and in. */
@Injectable()
export class AuthService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly users: UsersService,
    private readonly organizationDirectory: OrganizationDirectoryService,
    private readonly sessions: SessionsService,
    private readonly verification: EmailVerificationService,
    private readonly passwords: PasswordChecksService,
    private readonly factors: SecondFactorsService,
    private readonly pending: PendingLoginsService,
    private readonly trusted: TrustedDevicesService,
    private readonly passkeys: PasskeysService,
  ) {}

  /**
   * Creates a user, an organization, the owner membership and the first session in one transaction.
   *
   * @throws {WeakPasswordError | BreachedPasswordError | NewPasswordNeededError | SlugTakenError | ReservedSlugError}
   * @throws {SignInMethodOffError} when the account could not be signed in to again
   */
  async signUp(wanted: NewUser, organization: NewOrganization, device: Device): Promise<SignedUp> {
    const prepared = await this.users.prepareUser(wanted);
    return this.platform.$transaction(async (tx) => {
      const created = await this.users.createUser(tx, prepared, false);
      const own = await this.organizationDirectory.createOrganization(tx, created.id, organization);
      const user = await tx.user.update({ where: { id: created.id }, data: { defaultOrganizationId: own.id } });
      await this.verification.sendVerificationMail(tx, user, prepared.email);
      const tokens = await this.sessions.startSession(tx, {
        userId: user.id,
        organizationId: own.id,
        rememberMe: false,
        device,
        method: prepared.passwordHash === undefined ? null : 'password',
      });
      return { user, organization: own, ...tokens };
    });
  }

  /**
   * @throws {InvalidCredentialsError | AccountLockedError}
   * @throws {OrganizationNotFoundError | OrganizationClosedError} when the user cannot work in the requested organization
   */
  async logIn({ name, password, rememberMe = false, organizationId, deviceToken }: Login, device: Device): Promise<TokenPair | MfaChallenge> {
    const user = await this.passwords.signIn(name, password, device);
    if (organizationId !== undefined) await this.sessions.assertMayWorkIn(user.id, organizationId);
    const [worksIn, secondFactor] = await Promise.all([organizationId ?? this.#defaultOrganization(user), this.factors.hasSecondFactor(user.id)]);
    const login = { userId: user.id, passwordChangedAt: user.passwordChangedAt, device, rememberMe, organizationId: worksIn, method: 'password' } as const;
    if (!secondFactor && user.knowsDevice) return this.sessions.startSession(this.platform, login);
    return this.platform.$transaction((tx) => (secondFactor ? this.#continueLogin(tx, login, deviceToken) : this.sessions.startSession(tx, login)));
  }

  /** Starts the session on a device that is trusted, or asks for the second factor. */
  async #continueLogin(tx: PlatformTransaction, login: SessionStart, deviceToken: string | undefined): Promise<TokenPair | MfaChallenge> {
    await this.sessions.lockUser(tx, login.userId, login.passwordChangedAt);
    const verifiedAt = deviceToken === undefined ? undefined : await this.trusted.useDevice(tx, login.userId, deviceToken);
    if (verifiedAt !== undefined) return this.sessions.startSession(tx, { ...login, secondFactor: verifiedAt });
    return { mfaRequired: true, mfaToken: await this.pending.beginLogin(tx, login) };
  }

  /**
   * Signs in a user whom something else than a password has proved.
   *
   * @param start with `secondFactor`, no further one is asked for. Without an organization, the default one of the user
   * @param holds decides in the transaction of the session, with the user locked, whether the proof still holds
   * @param refusal the error when it does not, or the user is disabled
   * @throws {OrganizationNotFoundError | OrganizationClosedError} when the user cannot work in the requested organization
   */
  async logInByProof(
    start: SessionStart,
    { holds, refusal }: { readonly holds: (tx: PlatformTransaction) => Promise<boolean>; readonly refusal: () => Error },
    deviceToken?: string,
  ): Promise<TokenPair | MfaChallenge> {
    const { userId } = start;
    if (start.organizationId !== null) await this.sessions.assertMayWorkIn(userId, start.organizationId);
    const [organizationId, hasFactor] = await Promise.all([start.organizationId ?? this.#defaultOrganizationOf(userId), this.factors.hasSecondFactor(userId)]);
    const login = { ...start, organizationId };
    return this.platform.$transaction(async (tx) => {
      await this.sessions.lockUser(tx, userId).catch((error: unknown) => {
        throw error instanceof SessionEndedError ? refusal() : error;
      });
      if (!(await holds(tx))) throw refusal();
      if (hasFactor && start.secondFactor !== true) return this.#continueLogin(tx, login, deviceToken);
      return this.sessions.startSession(tx, login);
    });
  }

  /**
   * Completes the login of a user with a second factor: a code, or a passkey.
   *
   * @param trustDevice whether the device is not asked for a second factor again
   * @throws {InvalidMfaTokenError | SecondFactorProofNeededError | WrongCodeError | AccountLockedError | InvalidPasskeyError | PasskeyCounterError}
   */
  async completeLogin(mfaToken: string, { code, passkey }: SecondFactorProof, device: Device, trustDevice = false): Promise<CompletedLogin> {
    if ((code === undefined) === (passkey === undefined)) throw new SecondFactorProofNeededError();
    const login = await this.pending.findLogin(mfaToken);
    const user = await this.platform.user.findFirst({ where: { id: login.userId, disabledAt: null } });
    if (user === null) throw new InvalidMfaTokenError();
    const { userId, rememberMe, activeOrganizationId: organizationId } = login;
    const start = { userId, rememberMe, organizationId, device, secondFactor: true, method: methodOf(login), sso: ssoProofOf(login) };
    const complete = async (tx: PlatformTransaction): Promise<CompletedLogin> => {
      const tokens = await this.sessions.startSession(tx, start);
      return { ...tokens, deviceToken: trustDevice ? await this.trusted.trustDevice(tx, userId, device) : null };
    };
    if (code !== undefined) return this.factors.verifySecondFactor(user, code, complete, { beforeCode: (tx) => this.pending.takeLogin(tx, login) });
    const used = await this.passkeys.verifyAnswer(passkey ?? {}, { purpose: 'sign_in' });
    if (used.passkey.userId !== userId) throw new InvalidPasskeyError();
    return this.#usePasskey(used, async (tx) => {
      await this.pending.takeLogin(tx, login);
      return complete(tx);
    });
  }

  /** Stores the use of a passkey, and completes what it proves, with its user locked. */
  #usePasskey<Result>(used: VerifiedPasskey, complete: (tx: PlatformTransaction) => Promise<Result>): Promise<Result> {
    return this.platform.$transaction(async (tx) => {
      await this.sessions.lockUser(tx, used.passkey.userId);
      await this.passkeys.noteUse(tx, used);
      return complete(tx);
    });
  }

  /**
   * Signs the user of a passkey in. Counts as a second factor: the device has verified its user.
   *
   * @throws {InvalidPasskeyError | PasskeyCounterError}
   * @throws {OrganizationNotFoundError | OrganizationClosedError} when the user cannot work in the requested organization
   */
  async logInWithPasskey({ credential, rememberMe = false, organizationId }: PasskeyLogin, device: Device): Promise<TokenPair> {
    const used = await this.passkeys.verifyAnswer(credential, { purpose: 'sign_in' });
    const { userId } = used.passkey;
    if (organizationId !== undefined) await this.sessions.assertMayWorkIn(userId, organizationId);
    const worksIn = organizationId ?? (await this.#defaultOrganizationOf(userId));
    return this.#usePasskey(used, (tx) => this.sessions.startSession(tx, { userId, organizationId: worksIn, rememberMe, device, secondFactor: true, method: 'passkey' }));
  }

  /**
   * Checks the password, a code of the second factor, or a passkey of a signed-in user, and notes the time in the session.
   *
   * @throws {AuthenticationProofNeededError} without exactly one of them
   * @throws {WrongPasswordError | WrongCodeError | NoSecondFactorError | AccountLockedError | InvalidPasskeyError | PasskeyCounterError}
   * @throws {SessionEndedError} when the session has ended in the meantime
   */
  async authenticateAgain({ userId, sessionId }: UserPrincipal, { password, code, passkey }: AuthenticationProof): Promise<void> {
    if ([password, code, passkey].filter((proof) => proof !== undefined).length !== 1) throw new AuthenticationProofNeededError();
    if (passkey !== undefined) {
      const used = await this.passkeys.verifyAnswer(passkey, reauthenticationOf({ userId, sessionId }));
      return this.#usePasskey(used, (tx) => this.sessions.noteAuthentication(tx, sessionId, true));
    }
    if (code !== undefined) {
      if (!(await this.factors.hasSecondFactor(userId))) throw new NoSecondFactorError();
      return this.factors.verifySecondFactor({ id: userId }, code, (tx) => this.sessions.noteAuthentication(tx, sessionId, true));
    }
    await this.passwords.assertPassword(userId, password ?? '', '/password');
    await this.platform.$transaction(async (tx) => {
      await this.sessions.lockUser(tx, userId);
      await this.sessions.noteAuthentication(tx, sessionId, false);
    });
  }

  async #defaultOrganizationOf(id: string): Promise<string | null> {
    const user = await this.platform.user.findUnique({ where: { id }, select: { defaultOrganizationId: true } });
    const where = { userId: id, organizationId: user?.defaultOrganizationId ?? '', organization: { deletedAt: null } };
    const usual = user?.defaultOrganizationId == null ? null : await this.platform.membership.findFirst({ where, include: { organization: true } });
    return this.#defaultOrganization({ id, usualOrganization: usual?.organization ?? null });
  }

  /** Returns the default organization when it is open, otherwise the only open organization of the user, otherwise null. */
  async #defaultOrganization({ id, usualOrganization: usual }: Pick<SignInCandidate, 'id' | 'usualOrganization'>): Promise<string | null> {
    if (usual !== null && closedState({ ...usual, deletedAt: null }) === undefined) return usual.id;
    const open = (await this.organizationDirectory.listOrganizationsOf(id))
      .map(({ organization }) => organization)
      .filter((organization) => closedState(organization) === undefined);
    return open.length === 1 ? (open[0]?.id ?? null) : null;
  }
}
