import { Injectable } from '@nestjs/common';
import { SystemClock } from '../../../common/clock.js';
import { closedState } from '../../../access/organization/organization-state.policy.js';
import { OrganizationFactsService } from '../../../access/organization/organization-facts.service.js';
import { OrganizationClosedError, OrganizationNotFoundError, SessionTimedOutError } from '../../../access/access.errors.js';
import { hashOpaqueToken, newOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { lifetimes } from '../../../config/app-config.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { Organization, Session } from '../../../generated/prisma/client.js';
import { AccessTokensService } from '../tokens/access-tokens.service.js';
import { SessionNotFoundError } from '../auth.errors.js';
import type { Device } from './device.js';

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds until the access token expires. */
  readonly expiresIn: number;
}

export interface SessionStart {
  readonly userId: string;
  readonly organizationId: string | null;
  readonly rememberMe: boolean;
  readonly device: Device;
  /** Whether a second factor was shown. */
  readonly secondFactor?: boolean;
}

export interface ImpersonationStart {
  readonly userId: string;
  readonly organizationId: string;
  readonly impersonatorId: string;
  readonly reason: string;
  readonly device: Device;
}

type Database = PlatformDb | PlatformTransaction;

/** Sessions: one for each signed-in device; they survive a restart and can be ended one by one. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly accessTokens: AccessTokensService,
    private readonly facts: OrganizationFactsService,
    private readonly clock: SystemClock,
  ) {}

  async startSession(db: Database, { userId, organizationId, rememberMe, device, secondFactor = false }: SessionStart): Promise<TokenPair> {
    const data = {
      userId,
      activeOrganizationId: organizationId,
      rememberMe,
      expiresAt: this.#sessionEnd(rememberMe),
      secondFactorAt: secondFactor ? this.clock.now() : null,
      ...device,
    };
    const session = await db.session.create({ data });
    return this.issueTokens(db, session);
  }

  /** A session in which an operator acts as the user: it ends by itself, and has no refresh token. */
  async startImpersonation(db: Database, { userId, organizationId, impersonatorId, reason, device }: ImpersonationStart): Promise<string> {
    const expiresAt = new Date(this.clock.now().getTime() + 1000 * lifetimes.impersonation);
    const data = { userId, activeOrganizationId: organizationId, impersonatorId, impersonationReason: reason, expiresAt, ...device };
    const session = await db.session.create({ data });
    return this.accessTokens.issueAccessToken({ userId, sessionId: session.id, organizationId, platformAdmin: false });
  }

  /** A new pair of tokens for a session. The refresh token is stored hashed. */
  async issueTokens(db: Database, session: Session): Promise<TokenPair> {
    const refreshToken = newOpaqueToken();
    await db.refreshToken.create({ data: { sessionId: session.id, tokenHash: hashOpaqueToken(refreshToken) } });
    const platformAdmin = (await db.platformAdmin.count({ where: { userId: session.userId } })) > 0;
    const accessToken = await this.accessTokens.issueAccessToken({ userId: session.userId, sessionId: session.id, organizationId: session.activeOrganizationId, platformAdmin });
    return { accessToken, refreshToken, expiresIn: lifetimes.accessToken };
  }

  /** Puts off the end of a session that is in use, and notes from where. */
  async extendSession(db: Database, session: Session, device: Device, organizationId = session.activeOrganizationId): Promise<Session> {
    return db.session.update({
      where: { id: session.id },
      data: { lastUsedAt: this.clock.now(), expiresAt: this.#sessionEnd(session.rememberMe), activeOrganizationId: organizationId, ...device },
    });
  }

  /**
   * Lets the session work in another organization (null: in none, so that each request names its own).
   *
   * @throws {SessionTimedOutError} when it was left unused for longer than the organization that it leaves, or goes to, allows
   * @throws {OrganizationNotFoundError} when the user has no part in it
   * @throws {OrganizationClosedError} when it is deleted, suspended, cancelled or in maintenance
   */
  async switchOrganization(sessionId: string, organizationId: string | null, device: Device): Promise<TokenPair> {
    return this.platform.$transaction(async (tx) => {
      const session = await tx.session.findUniqueOrThrow({ where: { id: sessionId } });
      for (const id of new Set([session.activeOrganizationId, organizationId])) await this.#assertNotIdle(tx, session, id);
      if (organizationId !== null) await this.assertMayWorkIn(tx, session.userId, organizationId);
      await tx.refreshToken.updateMany({ where: { sessionId, usedAt: null }, data: { usedAt: this.clock.now() } });
      return this.issueTokens(tx, await this.extendSession(tx, session, device, organizationId));
    });
  }

  /** @throws {OrganizationNotFoundError | OrganizationClosedError} unless the user is a member and the organization is open */
  async assertMayWorkIn(db: Database, userId: string, organizationId: string): Promise<Organization> {
    const membership = await db.membership.findUnique({ where: { organizationId_userId: { organizationId, userId } }, include: { organization: true } });
    if (membership === null) throw new OrganizationNotFoundError();
    const state = closedState(membership.organization);
    if (state !== undefined) throw new OrganizationClosedError(state);
    return membership.organization;
  }

  /**
   * The organization may ask that a session that was left unused for a while ends.
   *
   * @throws {SessionTimedOutError}
   */
  async assertNotTimedOut(session: Session, { id, accessVersion }: Pick<Organization, 'id' | 'accessVersion'>): Promise<void> {
    const { policy } = await this.facts.get(id, accessVersion);
    const idle = (this.clock.now().getTime() - session.lastUsedAt.getTime()) / 1000;
    if (policy.sessionTimeout !== undefined && idle > policy.sessionTimeout) throw new SessionTimedOutError();
  }

  /** Switching does not bring back a session that is over for the organization that it leaves, or goes to. */
  async #assertNotIdle(tx: PlatformTransaction, session: Session, organizationId: string | null): Promise<void> {
    const where = { id: organizationId ?? '', memberships: { some: { userId: session.userId } } };
    const organization = organizationId === null ? null : await tx.organization.findFirst({ where, select: { id: true, accessVersion: true } });
    if (organization !== null) await this.assertNotTimedOut(session, organization);
  }

  #sessionEnd(rememberMe: boolean): Date {
    return new Date(this.clock.now().getTime() + 1000 * (rememberMe ? lifetimes.rememberedSession : lifetimes.session));
  }

  /** The live sessions of a user, last used first. */
  async listSessions(userId: string): Promise<Session[]> {
    return this.platform.session.findMany({ where: { userId, revokedAt: null, expiresAt: { gt: this.clock.now() } }, orderBy: [{ lastUsedAt: 'desc' }, { id: 'desc' }] });
  }

  /** @throws {SessionNotFoundError} when it is not a live session of this user */
  async revokeSession(userId: string, sessionId: string, reason: string): Promise<void> {
    const { count } = await this.platform.session.updateMany({ where: { id: sessionId, userId, revokedAt: null }, data: { revokedAt: this.clock.now(), revokedReason: reason } });
    if (count === 0) throw new SessionNotFoundError();
  }

  /** Ends every session of a user but one. */
  async revokeOtherSessions(userId: string, keptSessionId: string): Promise<void> {
    await this.platform.session.updateMany({ where: { userId, id: { not: keptSessionId }, revokedAt: null }, data: { revokedAt: this.clock.now(), revokedReason: 'revoked' } });
  }
}
