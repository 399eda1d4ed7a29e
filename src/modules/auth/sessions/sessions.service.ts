import { Injectable } from '@nestjs/common';
import { SystemClock } from '../../../common/clock.js';
import { closedState } from '../../../access/organization/organization-state.policy.js';
import { OrganizationClosedError, OrganizationNotFoundError, SessionEndedError } from '../../../access/access.errors.js';
import type { ImpersonationScope } from '../../../access/access.decorators.js';
import { methodOf, type SignInMethod } from '../../../access/sign-in-method.js';
import { SessionJudgeService, type SessionState } from '../../../access/principal/session-judge.service.js';
import { hashOpaqueToken, newOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { timeOrderedId } from '../../../common/crypto/time-ordered-id.js';
import { lifetimes } from '../../../config/app-config.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { Prisma, type Organization, type Session } from '../../../generated/prisma/client.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { wireBinding } from '../../../tenancy/wire-binding.js';
import { isOperator } from '../platform/is-operator.js';
import { AccessTokensService } from '../tokens/access-tokens.service.js';
import { CatalogClaimsService } from '../tokens/catalog-claims.service.js';
import { SessionNotFoundError } from '../auth.errors.js';
import type { Device } from './device.js';
import { NewDeviceNoticesService } from './new-device-notices.service.js';

export interface AccessToken {
  readonly accessToken: string;
  /** Seconds until the access token expires. */
  readonly expiresIn: number;
}

export interface TokenPair extends AccessToken {
  readonly refreshToken: string;
}

export interface SessionStart {
  readonly userId: string;
  readonly organizationId: string | null;
  readonly rememberMe: boolean;
  readonly device: Device;
  /** Whether the second factor was verified; the time, if that was before this sign-in. */
  readonly secondFactor?: boolean | Date;
  /** The way in which the user proved who they are; null for a new account without a password, which has proved nothing, and if an earlier version has begun the sign-in and not written it down. */
  readonly method: SignInMethod | null;
  /** When the password that was checked was set. The session is refused if the password has changed since. */
  readonly passwordChangedAt?: Date;
  /** The single sign-on that has proved the user; undefined for another proof. */
  readonly sso?: SsoProof | undefined;
}

/** A sign-in with a connection of single sign-on. */
export interface SsoProof {
  readonly organizationId: string;
  readonly connectionId: string;
  /** The session of the identity provider; null if it names none. */
  readonly sid: string | null;
  /** The sealed ID token; null if there is none to send back at the sign-out. */
  readonly idToken: Uint8Array<ArrayBuffer> | null;
}

export interface ImpersonationStart {
  readonly userId: string;
  readonly organizationId: string;
  readonly impersonatorId: string;
  /** The operator's own session, with which the impersonation ends. */
  readonly impersonatorSessionId: string;
  readonly reason: string;
  readonly scope: ImpersonationScope;
  readonly device: Device;
}

/** A session that was locked and is alive. */
export interface LockedSession extends SessionState {
  readonly id: string;
  readonly userId: string;
  readonly activeOrganizationId: string | null;
  readonly rememberMe: boolean;
  readonly secondFactorAt: Date | null;
  readonly signInMethod: string | null;
  readonly withPassword: boolean;
  readonly ssoOrganizationId: string | null;
}

/** Why sessions were ended, as stored with them. */
export type EndReason =
  'logout' | 'revoked' | 'reuse' | 'password_changed' | 'factor_changed' | 'disabled' | 'operator_removed' | 'claim_ended' | 'email_change_undone' | 'factor_undone' | 'sso_ended';

/**
 * Creates, extends, lists and ends sessions. Every signed-in device has its own session in the database, and a login that
 * still needs its second factor has one that is not alive yet. {@link SessionJudgeService} decides which sessions are alive.
 *
 * Lock order: the user ({@link lockUser}), then sessions in the order of their ids (docs/database.md#order-of-locks).
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly pool: PlatformPool,
    private readonly accessTokens: AccessTokensService,
    private readonly claims: CatalogClaimsService,
    private readonly judge: SessionJudgeService,
    private readonly clock: SystemClock,
    private readonly context: TenantContext,
    private readonly notices: NewDeviceNoticesService,
  ) {}

  /**
   * Locks a user until the transaction ends. Sign-ins, and changes of the password, of the second factor and of the user's
   * state, run one after another: a session that is started meanwhile is either seen and ended by the change, or refused.
   *
   * @param passwordChangedAt when the password that was checked was set
   * @throws {SessionEndedError} when the user is disabled, or the password has changed since
   */
  async lockUser(tx: PlatformTransaction, userId: string, passwordChangedAt?: Date): Promise<void> {
    const [user] = await tx.$queryRaw<{ disabledAt: Date | null; passwordChangedAt: Date }[]>`
      select disabled_at as "disabledAt", password_changed_at as "passwordChangedAt" from users where id = ${userId}::uuid for no key update`;
    if (user === undefined || user.disabledAt !== null) throw new SessionEndedError();
    if (passwordChangedAt !== undefined && user.passwordChangedAt.getTime() !== passwordChangedAt.getTime()) throw new SessionEndedError();
    // The session of this request may have ended while it waited for the lock.
    await this.context.authority?.renew();
  }

  /**
   * Locks a session until the transaction ends, and decides whether it is alive. A change that ends the session
   * at the same time is either committed before, and seen, or waits, and then ends what this transaction made.
   *
   * @throws {SessionEndedError | SessionTimedOutError}
   */
  async lockLiveSession(tx: PlatformTransaction, sessionId: string): Promise<LockedSession> {
    const [session] = await tx.$queryRaw<LockedSession[]>`
      select s.id, s.user_id as "userId", s.active_organization_id as "activeOrganizationId", s.remember_me as "rememberMe", s.second_factor_at as "secondFactorAt",
             s.sign_in_method as "signInMethod", s.with_password as "withPassword", s.sso_organization_id as "ssoOrganizationId", ${Prisma.raw(this.judge.columns)}
        from sessions s join users u on u.id = s.user_id
       where s.id = ${sessionId}::uuid
         for no key update of s`;
    if (session === undefined) throw new SessionEndedError();
    this.judge.assertAlive(session);
    return session;
  }

  /**
   * Starts a session with its refresh token, and notes the login, in one statement. As {@link lockUser}, it waits for a change of the user.
   * A sign-in with a new device is announced to the user: give a transaction, unless the device is known.
   *
   * @throws {SessionEndedError} when the user is disabled, or the password has changed since it was checked
   */
  async startSession(
    db: PlatformDb | PlatformTransaction,
    { userId, organizationId, rememberMe, device, passwordChangedAt, secondFactor = false, method, sso }: SessionStart,
  ): Promise<TokenPair> {
    const [refreshToken, now] = [newOpaqueToken(), this.clock.now()];
    const sessionId = timeOrderedId(now);
    const { userAgent, ipAddress, network, client } = device;
    const [started] = await db.$queryRaw<{ operator: boolean; newDevice: boolean }[]>`
      with locked as (
        select id, last_login_at from users
         where id = ${userId}::uuid and disabled_at is null and password_changed_at = coalesce(${passwordChangedAt ?? null}::timestamptz, password_changed_at)
           for no key update),
      session as (
        insert into sessions (id, user_id, active_organization_id, remember_me, created_at, last_used_at, expires_at, authenticated_at, second_factor_at, user_agent, ip_address, network, client, with_password, sign_in_method, sso_organization_id, sso_connection_id, sso_sid, sso_id_token)
        select ${sessionId}::uuid, id, ${organizationId}::uuid, ${rememberMe}::boolean, ${now}::timestamptz, ${now}::timestamptz, ${this.#sessionEnd(rememberMe)}::timestamptz,
               ${now}::timestamptz, ${secondFactor === true ? now : secondFactor || null}::timestamptz, ${userAgent}::text, ${ipAddress}::text, ${network}::text, ${client}::text,
               ${method === 'password'}::boolean, ${method}::text, ${sso?.organizationId ?? null}::uuid, ${sso?.connectionId ?? null}::uuid, ${sso?.sid ?? null}::text, ${sso?.idToken ?? null}::bytea from locked),
      token as (
        insert into refresh_tokens (id, session_id, token_hash, created_at)
        select ${timeOrderedId(now)}::uuid, ${sessionId}::uuid, ${hashOpaqueToken(refreshToken)}::bytea, ${now}::timestamptz from locked),
      noted as (update users set last_login_at = ${now}::timestamptz, updated_at = ${now}::timestamptz where id in (select id from locked))
      select exists (select from platform_admins where user_id = locked.id) as operator,
             last_login_at is not null and not app.has_signed_in_from(locked.id, ${network}::text, ${client}::text) as "newDevice" from locked`;
    if (started === undefined) throw new SessionEndedError();
    if (started.newDevice) await this.notices.announceNewDevice(db, userId, { client, ipAddress });
    const accessToken = await this.accessTokens.issueAccessToken({
      userId,
      sessionId,
      organizationId,
      platformAdmin: started.operator,
      added: await this.claims.readClaims(db, { organizationId, userId }),
      amr: amrOf(method, secondFactor !== false),
    });
    return { accessToken, refreshToken, expiresIn: lifetimes.accessToken };
  }

  /**
   * Creates a session that is not alive: its second factor is still missing. It ends with the user's other sessions.
   *
   * @throws {SessionEndedError} when the user is disabled, or the password has changed since it was checked
   */
  async startPendingSession(tx: PlatformTransaction, { userId, organizationId, rememberMe, device, passwordChangedAt, method, sso }: SessionStart): Promise<Session> {
    await this.lockUser(tx, userId, passwordChangedAt);
    const times = { lastUsedAt: this.clock.now(), expiresAt: this.#after(lifetimes.pendingLogin) };
    const by = { ssoOrganizationId: sso?.organizationId ?? null, ssoConnectionId: sso?.connectionId ?? null, ssoSid: sso?.sid ?? null, ssoIdToken: sso?.idToken ?? null };
    return tx.session.create({
      data: {
        userId,
        activeOrganizationId: organizationId,
        rememberMe,
        ...times,
        ...by,
        withPassword: method === 'password',
        signInMethod: method,
        awaitsSecondFactor: true,
        ...device,
      },
    });
  }

  /**
   * Takes a session that awaits its second factor. It can be taken once.
   *
   * @returns false when it was taken, has ended or has expired
   */
  async takePendingSession(tx: PlatformTransaction, sessionId: string): Promise<boolean> {
    const { count } = await tx.session.deleteMany({ where: this.#pending(sessionId) });
    return count === 1;
  }

  /** Returns the user of a session that awaits its second factor, or undefined. */
  async findPendingSession(sessionId: string): Promise<Session | undefined> {
    return (await this.platform.session.findFirst({ where: this.#pending(sessionId) })) ?? undefined;
  }

  #pending(id: string) {
    return { id, awaitsSecondFactor: true, revokedAt: null, expiresAt: { gt: this.clock.now() } };
  }

  /**
   * Creates a session in which an operator impersonates the user. It has no refresh token and cannot be extended.
   *
   * @returns the access token
   * @throws {SessionEndedError | SessionTimedOutError} when the operator's own session has ended
   */
  async startImpersonation({ userId, organizationId, device, reason, scope, ...operator }: ImpersonationStart): Promise<string> {
    return this.platform.$transaction(async (tx) => {
      await this.lockUser(tx, userId);
      await this.lockLiveSession(tx, operator.impersonatorSessionId);
      const impersonation = { ...operator, impersonationReason: reason, impersonationScope: scope };
      const data = {
        userId,
        activeOrganizationId: organizationId,
        ...impersonation,
        expiresAt: this.#after(lifetimes.impersonation),
        lastUsedAt: this.clock.now(),
        ...device,
      };
      const session = await tx.session.create({ data });
      const added = await this.claims.readClaims(tx, { organizationId, userId });
      return this.accessTokens.issueAccessToken({ userId, sessionId: session.id, organizationId, platformAdmin: false, impersonatorId: operator.impersonatorId, added });
    });
  }

  /** Issues an access token for a session. */
  async issueAccessToken(tx: PlatformTransaction, session: SessionOfTokens): Promise<AccessToken> {
    return { accessToken: await this.#issueAccessToken(tx, session), expiresIn: lifetimes.accessToken };
  }

  async #issueAccessToken(tx: PlatformTransaction, session: SessionOfTokens, expiresAt?: Date): Promise<string> {
    const { id, userId, activeOrganizationId, secondFactorAt } = session;
    const platformAdmin = await isOperator(tx, userId);
    const until = expiresAt === undefined ? {} : { expiresAt };
    return this.accessTokens.issueAccessToken({
      userId,
      sessionId: id,
      organizationId: activeOrganizationId,
      platformAdmin,
      added: await this.claims.readClaims(tx, { organizationId: activeOrganizationId, userId }),
      amr: amrOf(methodOf(session), secondFactorAt !== null),
      ...until,
    });
  }

  /** Extends a session that was locked and is alive, and stores the device and the active organization. */
  async extendSession(tx: PlatformTransaction, { id, rememberMe }: Pick<Session, 'id' | 'rememberMe'>, device: Device, activeOrganizationId: string | null): Promise<Session> {
    return tx.session.update({ where: { id }, data: { lastUsedAt: this.clock.now(), expiresAt: this.#sessionEnd(rememberMe), activeOrganizationId, ...device } });
  }

  /**
   * Changes the active organization of a session. The new access token expires when the caller's does, and the refresh token
   * stays the same: an access token alone cannot be used to stay signed in, and parallel calls cannot end the session.
   *
   * @param organizationId null for none; each request then names its organization
   * @param accessTokenExpiresAt when the access token of the caller expires
   * @throws {SessionEndedError | SessionTimedOutError} when the session has ended in the meantime
   * @throws {OrganizationNotFoundError} when the user is not a member of the organization
   * @throws {OrganizationClosedError} when the organization is deleted, suspended, cancelled or in maintenance
   */
  async switchOrganization(sessionId: string, organizationId: string | null, accessTokenExpiresAt: Date): Promise<AccessToken> {
    return this.platform.$transaction(async (tx) => {
      const session = await this.lockLiveSession(tx, sessionId);
      if (organizationId !== null) await this.assertMayWorkIn(session.userId, organizationId, tx);
      await tx.session.update({ where: { id: sessionId }, data: { activeOrganizationId: organizationId, lastUsedAt: this.clock.now() } });
      const accessToken = await this.#issueAccessToken(tx, { ...session, activeOrganizationId: organizationId }, accessTokenExpiresAt);
      return { accessToken, expiresIn: Math.max(1, Math.floor((accessTokenExpiresAt.getTime() - this.clock.now().getTime()) / 1000)) };
    });
  }

  /** @throws {OrganizationNotFoundError | OrganizationClosedError} unless the user is a member and the organization is open */
  async assertMayWorkIn(userId: string, organizationId: string, db: PlatformDb | PlatformTransaction = this.platform): Promise<Organization> {
    const membership = await db.membership.findUnique({ where: { organizationId_userId: { organizationId, userId } }, include: { organization: true } });
    if (membership === null) throw new OrganizationNotFoundError();
    const state = closedState(membership.organization);
    if (state !== undefined) throw new OrganizationClosedError(state);
    return membership.organization;
  }

  /** Returns the active sessions of a user, most recently used first. */
  async listSessions(userId: string): Promise<Session[]> {
    const where = { userId, revokedAt: null, awaitsSecondFactor: false, expiresAt: { gt: this.clock.now() } };
    return this.platform.session.findMany({ where, orderBy: [{ lastUsedAt: 'desc' }, { id: 'desc' }] });
  }

  /** @throws {SessionNotFoundError} when the user has no such active session */
  async revokeSession(userId: string, sessionId: string, reason: EndReason): Promise<void> {
    if (!(await this.#end(this.platform, { id: sessionId, userId }, reason))) throw new SessionNotFoundError();
  }

  /** Ends a session at the request of its user. @returns the single sign-on with which it began, if so @throws {SessionNotFoundError} */
  async signOut(userId: string, sessionId: string): Promise<SsoProof | undefined> {
    const select = { ssoOrganizationId: true, ssoConnectionId: true, ssoSid: true, ssoIdToken: true } as const;
    const session = await this.platform.session.findFirst({ where: { id: sessionId, userId }, select });
    await this.revokeSession(userId, sessionId, 'logout');
    return session === null ? undefined : ssoProofOf(session);
  }

  /** Notes that the user proved who they are in a session. @throws {SessionEndedError | SessionTimedOutError} */
  async noteAuthentication(tx: PlatformTransaction, sessionId: string, secondFactor: boolean): Promise<void> {
    const { secondFactorAt } = await this.lockLiveSession(tx, sessionId);
    const now = this.clock.now();
    await tx.session.update({ where: { id: sessionId }, data: { authenticatedAt: now, secondFactorAt: secondFactor ? now : secondFactorAt } });
  }

  /** Ends all sessions of a user except one, and the logins that await their second factor. */
  async revokeOtherSessions(userId: string, keptSessionId: string): Promise<void> {
    await this.platform.$transaction((tx) => this.endOtherSessions(tx, userId, keptSessionId));
  }

  /** As {@link revokeOtherSessions}, in the caller's transaction. */
  async endOtherSessions(tx: PlatformTransaction, userId: string, keptSessionId: string): Promise<void> {
    await this.#end(tx, { userId, id: { not: keptSessionId } }, 'revoked');
  }

  /** Ends sessions that began with a connection of single sign-on. @param which of them */
  async endSessionsOfConnection(connectionId: string, which: Pick<Prisma.SessionWhereInput, 'OR' | 'createdAt'>): Promise<void> {
    await this.#end(this.platform, { ...which, ssoConnectionId: connectionId }, 'sso_ended');
  }

  /**
   * For the transaction that disables or deletes a connection, and so ends its sessions (app.sso_connection_ended): after the commit, it waits for the writes that they
   * have begun.
   */
  async awaitWritesOfConnection(connectionId: string): Promise<void> {
    await wireBinding.afterCommit(async () => {
      const users = await this.platform.session.findMany({ where: { ssoConnectionId: connectionId }, distinct: ['userId'], select: { userId: true } });
      await this.#awaitWrites(new Set(users.map(({ userId }) => userId)));
    });
  }

  /** Ends the sessions of a user that began with a connection of any organization. */
  async endSsoSessions(tx: PlatformTransaction, userId: string): Promise<void> {
    await this.#end(tx, { userId, ssoConnectionId: { not: null } }, 'sso_ended');
  }

  /** Ends all sessions of users, the logins that await their second factor or the use of a mail, and the trust in their devices. */
  async endAllSessions(tx: PlatformTransaction, userIds: readonly string[], reason: EndReason): Promise<void> {
    await tx.trustedDevice.deleteMany({ where: { userId: { in: [...userIds] } } });
    await tx.mailSignIn.deleteMany({ where: { userId: { in: [...userIds] } } });
    await this.#end(tx, { userId: { in: [...userIds] } }, reason);
  }

  /** Ends the logins of a user that await their second factor, and the trust in devices on which it was verified: it changes. */
  async endPendingSessions(tx: PlatformTransaction, userId: string): Promise<void> {
    await tx.trustedDevice.deleteMany({ where: { userId } });
    await this.#end(tx, { userId, awaitsSecondFactor: true }, 'factor_changed');
  }

  /** Ends the sessions in which an operator acts as somebody else. */
  async endImpersonationsBy(tx: PlatformTransaction, operatorId: string): Promise<void> {
    await this.#end(tx, { impersonatorId: operatorId }, 'operator_removed');
  }

  /** Ends one session in the caller's transaction. */
  async endSession(tx: PlatformTransaction, sessionId: string, reason: EndReason): Promise<void> {
    await this.#end(tx, { id: sessionId }, reason);
  }

  /**
   * Ends sessions. After the commit, the caller waits for the writes that these sessions have begun: no write of a session
   * commits after its end was answered (docs/authority.md).
   *
   * @returns whether there were any
   */
  async #end(db: PlatformDb | PlatformTransaction, which: Prisma.SessionWhereInput, revokedReason: EndReason): Promise<boolean> {
    const data = { revokedAt: this.clock.now(), revokedReason, ssoIdToken: null };
    const found = await db.session.findMany({ where: { ...which, revokedAt: null }, select: { id: true } });
    const id = { in: found.map((session) => session.id) };
    // Parallel calls can concern the same sessions.
    if (found.length > 1) await db.$executeRaw`select from sessions where id = any(${id.in}::uuid[]) order by id for no key update`;
    const ended = await db.session.updateManyAndReturn({ where: { id, revokedAt: null }, data, select: { userId: true, awaitsSecondFactor: true } });
    const writers = new Set(ended.filter(({ awaitsSecondFactor }) => !awaitsSecondFactor).map(({ userId }) => userId));
    if (writers.size > 0) await wireBinding.afterCommit(() => this.#awaitWrites(writers));
    return ended.length > 0;
  }

  async #awaitWrites(userIds: ReadonlySet<string>): Promise<void> {
    // Without the authority of the request, which may have ended its own session. It waits, so it is not quick.
    await this.pool.read({ text: 'select app.await_writes_of_users($1::uuid[])', values: [[...userIds]] });
  }

  #sessionEnd(rememberMe: boolean): Date {
    return this.#after(rememberMe ? lifetimes.rememberedSession : lifetimes.session);
  }

  #after(seconds: number): Date {
    return new Date(this.clock.now().getTime() + 1000 * seconds);
  }
}

/** Returns the single sign-on with which a session began, or undefined. */
export function ssoProofOf(session: Pick<Session, 'ssoOrganizationId' | 'ssoConnectionId' | 'ssoSid' | 'ssoIdToken'>): SsoProof | undefined {
  const { ssoOrganizationId: organizationId, ssoConnectionId: connectionId, ssoSid: sid, ssoIdToken: idToken } = session;
  return organizationId === null || connectionId === null ? undefined : { organizationId, connectionId, sid, idToken };
}

type SessionOfTokens = Pick<Session, 'id' | 'userId' | 'activeOrganizationId' | 'secondFactorAt' | 'signInMethod' | 'withPassword' | 'ssoOrganizationId'>;

/** The values of RFC 8176, which has none for a sign-in elsewhere. */
const amrValues: Readonly<Record<SignInMethod, string>> = { password: 'pwd', mail: 'otp', passkey: 'pop', provider: 'provider', sso: 'sso' };

const amrOf = (method: SignInMethod | null, secondFactor: boolean): string[] => [...(method === null ? [] : [amrValues[method]]), ...(secondFactor ? ['mfa'] : [])];
