import { Injectable } from '@nestjs/common';
import { SystemClock } from '../../../common/clock.js';
import { OrganizationNotFoundError, SessionEndedError } from '../../../access/access.errors.js';
import { hashOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import { InvalidRefreshTokenError, RefreshTokenReusedError } from '../auth.errors.js';
import type { Device } from './device.js';
import { SessionsService, type LockedSession, type TokenPair } from './sessions.service.js';

/** Rotates refresh tokens. The reuse of a token ends the session (RFC 9700, section 4.14.2). */
@Injectable()
export class RefreshService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly sessions: SessionsService,
    private readonly clock: SystemClock,
  ) {}

  /**
   * @throws {InvalidRefreshTokenError} when the token is unknown or its session has ended
   * @throws {RefreshTokenReusedError} when the token was used before
   * @throws {SessionTimedOutError} when the session was idle for longer than an organization of the user allows
   * @throws {OrganizationClosedError} when the session's organization is deleted, suspended or cancelled
   */
  async refreshTokens(refreshToken: string, device: Device): Promise<TokenPair> {
    const tokenHash = hashOpaqueToken(refreshToken);
    const known = await this.platform.refreshToken.findUnique({ where: { tokenHash }, select: { sessionId: true } });
    if (known === null) throw new InvalidRefreshTokenError();
    const pair = await this.platform.$transaction(async (tx) => {
      const session = await this.#lockSession(tx, known.sessionId);
      // The session is locked, and the statement checks and marks the token: of two requests with the same token one succeeds.
      const { count } = await tx.refreshToken.updateMany({ where: { tokenHash, usedAt: null }, data: { usedAt: this.clock.now() } });
      if (count === 0) {
        await this.sessions.endSession(tx, session.id, 'reuse');
        return undefined;
      }
      return this.sessions.issueTokens(tx, await this.sessions.extendSession(tx, session, device, await this.#activeOrganizationOf(tx, session)));
    });
    if (pair === undefined) throw new RefreshTokenReusedError();
    return pair;
  }

  async #lockSession(tx: PlatformTransaction, sessionId: string): Promise<LockedSession> {
    try {
      return await this.sessions.lockLiveSession(tx, sessionId);
    } catch (error) {
      if (error instanceof SessionEndedError) throw new InvalidRefreshTokenError();
      throw error;
    }
  }

  /** Returns the session's organization, or null when the user is no longer a member of it. The session then continues without an organization. */
  async #activeOrganizationOf(tx: PlatformTransaction, { userId, activeOrganizationId }: LockedSession): Promise<string | null> {
    if (activeOrganizationId === null) return null;
    try {
      return (await this.sessions.assertMayWorkIn(userId, activeOrganizationId, tx)).id;
    } catch (error) {
      if (error instanceof OrganizationNotFoundError) return null;
      throw error;
    }
  }
}
