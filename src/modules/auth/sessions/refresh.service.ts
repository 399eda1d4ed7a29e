import { Injectable } from '@nestjs/common';
import { SystemClock } from '../../../common/clock.js';
import { OrganizationNotFoundError } from '../../../access/access.errors.js';
import { hashOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { PlatformDb } from '../../../database/platform-db.js';
import type { Session } from '../../../generated/prisma/client.js';
import { InvalidRefreshTokenError, RefreshTokenReusedError } from '../auth.errors.js';
import type { Device } from './device.js';
import { SessionsService, type TokenPair } from './sessions.service.js';

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
   * @throws {SessionTimedOutError} when the session was idle for longer than its organization allows
   * @throws {OrganizationClosedError} when the session's organization is deleted, suspended or cancelled
   */
  async refreshTokens(refreshToken: string, device: Device): Promise<TokenPair> {
    const tokenHash = hashOpaqueToken(refreshToken);
    const known = await this.platform.refreshToken.findUnique({ where: { tokenHash }, include: { session: { include: { user: true } } } });
    if (known === null || known.session.revokedAt !== null || known.session.expiresAt <= this.clock.now() || known.session.user.disabledAt !== null)
      throw new InvalidRefreshTokenError();
    // Read before the transaction: on a cache miss it takes another connection, and parallel refreshes could hold all of them.
    const [organization] = await Promise.allSettled([this.#activeOrganizationOf(known.session)]);
    const pair = await this.platform.$transaction(async (tx) => {
      // One statement checks and marks the token, so that of two parallel requests with the same token only one succeeds.
      const { count } = await tx.refreshToken.updateMany({ where: { tokenHash, usedAt: null }, data: { usedAt: this.clock.now() } });
      if (count === 0) return undefined;
      if (organization.status === 'rejected') throw organization.reason;
      const session = await this.sessions.extendSession(tx, known.session, device, organization.value);
      return this.sessions.issueTokens(tx, session);
    });
    if (pair !== undefined) return pair;
    await this.sessions.revokeSession(known.session.userId, known.session.id, 'reuse').catch(() => undefined);
    throw new RefreshTokenReusedError();
  }

  /** Returns the session's organization, or null when the user is no longer a member of it. The session then continues without an organization. */
  async #activeOrganizationOf(session: Session): Promise<string | null> {
    if (session.activeOrganizationId === null) return null;
    try {
      const organization = await this.sessions.assertMayWorkIn(session.userId, session.activeOrganizationId);
      await this.sessions.assertNotTimedOut(session, organization);
      return organization.id;
    } catch (error) {
      if (error instanceof OrganizationNotFoundError) return null;
      throw error;
    }
  }
}
