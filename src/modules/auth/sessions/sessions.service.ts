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
  /** Whether the second factor was verified. */
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

/** Creates, extends, lists and ends sessions. Every signed-in device has its own session in the database. */
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

  /** Creates a session in which an operator impersonates the user. It has no refresh token and cannot be extended. @returns the access token */
  async startImpersonation(db: Database, { userId, organizationId, impersonatorId, reason, device }: ImpersonationStart): Promise<string> {
    const expiresAt = new Date(this.clock.now().getTime() + 1000 * lifetimes.impersonation);
    const data = { userId, activeOrganizationId: organizationId, impersonatorId, impersonationReason: reason, expiresAt, ...device };
    const session = await db.session.create({ data });
    return this.accessTokens.issueAccessToken({ userId, sessionId: session.id, organizationId, platformAdmin: false });
  }

  /** Issues an access token and a refresh token for a session. Only the hash of the refresh token is stored. */
  async issueTokens(db: Database, session: Session): Promise<TokenPair> {
    const refreshToken = newOpaqueToken();
    await db.refreshToken.create({ data: { sessionId: session.id, tokenHash: hashOpaqueToken(refreshToken) } });
    const platformAdmin = (await db.platformAdmin.count({ where: { userId: session.userId } })) > 0;
    const accessToken = await this.accessTokens.issueAccessToken({ userId: session.userId, sessionId: session.id, organizationId: session.activeOrganizationId, platformAdmin });
    return { accessToken, refreshToken, expiresIn: lifetimes.accessToken };
  }

  /** Extends a session that is used, and stores the device and the active organization. */
  async extendSession(db: Database, session: Session, device: Device, organizationId = session.activeOrganizationId): Promise<Session> {
    return db.session.update({
      where: { id: session.id },
      data: { lastUsedAt: this.clock.now(), expiresAt: this.#sessionEnd(session.rememberMe), activeOrganizationId: organizationId, ...device },
    });
  }

  /**
   * Changes the active organization of a session.
   *
   * @param organizationId null for none; each request then names its organization
   * @throws {SessionTimedOutError} when the session was idle for longer than the previous or the new organization allows
   * @throws {OrganizationNotFoundError} when the user is not a member of the organization
   * @throws {OrganizationClosedError} when the organization is deleted, suspended, cancelled or in maintenance
   */
  async switchOrganization(sessionId: string, organizationId: string | null, device: Device): Promise<TokenPair> {
    // Checked before the transaction: a cache miss takes another connection, and parallel requests could hold all of them.
    const session = await this.platform.session.findUniqueOrThrow({ where: { id: sessionId } });
    for (const id of new Set([session.activeOrganizationId, organizationId])) await this.#assertNotTimedOutIn(session, id);
    if (organizationId !== null) await this.assertMayWorkIn(session.userId, organizationId);
    return this.platform.$transaction(async (tx) => {
      await tx.refreshToken.updateMany({ where: { sessionId, usedAt: null }, data: { usedAt: this.clock.now() } });
      return this.issueTokens(tx, await this.extendSession(tx, session, device, organizationId));
    });
  }

  /** @throws {OrganizationNotFoundError | OrganizationClosedError} unless the user is a member and the organization is open */
  async assertMayWorkIn(userId: string, organizationId: string): Promise<Organization> {
    const membership = await this.platform.membership.findUnique({ where: { organizationId_userId: { organizationId, userId } }, include: { organization: true } });
    if (membership === null) throw new OrganizationNotFoundError();
    const state = closedState(membership.organization);
    if (state !== undefined) throw new OrganizationClosedError(state);
    return membership.organization;
  }

  /**
   * Checks the session timeout of an organization.
   *
   * @throws {SessionTimedOutError} when the session was idle for longer than the organization allows
   */
  async assertNotTimedOut(session: Session, { id, accessVersion }: Pick<Organization, 'id' | 'accessVersion'>): Promise<void> {
    const { policy } = await this.facts.get(id, accessVersion);
    const idle = (this.clock.now().getTime() - session.lastUsedAt.getTime()) / 1000;
    if (policy.sessionTimeout !== undefined && idle > policy.sessionTimeout) throw new SessionTimedOutError();
  }

  /** Checks the timeout of the previous and the new organization, so that switching cannot revive a session that has timed out. */
  async #assertNotTimedOutIn(session: Session, organizationId: string | null): Promise<void> {
    const where = { id: organizationId ?? '', memberships: { some: { userId: session.userId } } };
    const organization = organizationId === null ? null : await this.platform.organization.findFirst({ where, select: { id: true, accessVersion: true } });
    if (organization !== null) await this.assertNotTimedOut(session, organization);
  }

  #sessionEnd(rememberMe: boolean): Date {
    return new Date(this.clock.now().getTime() + 1000 * (rememberMe ? lifetimes.rememberedSession : lifetimes.session));
  }

  /** Returns the active sessions of a user, most recently used first. */
  async listSessions(userId: string): Promise<Session[]> {
    return this.platform.session.findMany({ where: { userId, revokedAt: null, expiresAt: { gt: this.clock.now() } }, orderBy: [{ lastUsedAt: 'desc' }, { id: 'desc' }] });
  }

  /** @throws {SessionNotFoundError} when the user has no such active session */
  async revokeSession(userId: string, sessionId: string, reason: string): Promise<void> {
    const { count } = await this.platform.session.updateMany({ where: { id: sessionId, userId, revokedAt: null }, data: { revokedAt: this.clock.now(), revokedReason: reason } });
    if (count === 0) throw new SessionNotFoundError();
  }

  /** Ends all sessions of a user except one. */
  async revokeOtherSessions(userId: string, keptSessionId: string): Promise<void> {
    await this.platform.session.updateMany({ where: { userId, id: { not: keptSessionId }, revokedAt: null }, data: { revokedAt: this.clock.now(), revokedReason: 'revoked' } });
  }
}
