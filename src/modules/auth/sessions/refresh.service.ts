import { Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { SystemClock } from '../../../common/clock.js';
import { OrganizationNotFoundError, SessionEndedError } from '../../../access/access.errors.js';
import { deriveKey } from '../../../common/crypto/derived-key.js';
import { hashOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { AppConfig } from '../../../config/app-config.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import { InvalidRefreshTokenError, RefreshTokenReusedError } from '../auth.errors.js';
import type { Device } from './device.js';
import { SessionsService, type LockedSession, type TokenPair } from './sessions.service.js';

/** A refresh token that was presented, and its row. */
interface Presented {
  readonly id: string;
  readonly sessionId: string;
  readonly tokenHash: Uint8Array<ArrayBuffer>;
  /** The refresh token that replaces it. */
  readonly next: string;
}

/**
 * Rotates refresh tokens. The reuse of a token ends the session (RFC 9700, section 4.14.2), unless its answer may have been lost (docs/accounts.md#sessions).
 *
 * A token is replaced by one that is computed from it, with a key of the installation: a repeated request gets the same token again, although only hashes are
 * stored. The id of the row is part of it, so that the key and an old token are not enough to compute the present one.
 */
@Injectable()
export class RefreshService {
  readonly #key: Buffer;

  constructor(
    private readonly platform: PlatformDb,
    private readonly sessions: SessionsService,
    private readonly clock: SystemClock,
    private readonly config: AppConfig,
  ) {
    this.#key = deriveKey(config.appSecret, 'refresh-token');
  }

  /**
   * @throws {InvalidRefreshTokenError} when the token is unknown or its session has ended
   * @throws {RefreshTokenReusedError} when the token was used before, and its answer was not lost just now
   * @throws {SessionTimedOutError} when the session was idle for longer than an organization of the user allows
   * @throws {OrganizationClosedError} when the session's organization is deleted, suspended or cancelled
   */
  async refreshTokens(refreshToken: string, device: Device): Promise<TokenPair> {
    const tokenHash = hashOpaqueToken(refreshToken);
    const known = await this.platform.refreshToken.findUnique({ where: { tokenHash }, select: { id: true, sessionId: true } });
    if (known === null) throw new InvalidRefreshTokenError();
    const presented = { ...known, tokenHash, next: createHmac('sha256', this.#key).update(`${known.id} ${refreshToken}`).digest('base64url') };
    const pair = await this.platform.$transaction(async (tx) => {
      const session = await this.#lockSession(tx, presented.sessionId);
      if (!(await this.#take(tx, presented))) {
        await this.sessions.endSession(tx, session.id, 'reuse');
        return undefined;
      }
      const extended = await this.sessions.extendSession(tx, session, device, await this.#activeOrganizationOf(tx, session));
      return { ...(await this.sessions.issueAccessToken(tx, extended)), refreshToken: presented.next };
    });
    if (pair === undefined) throw new RefreshTokenReusedError();
    return pair;
  }

  /** Replaces a token by the next one. The session is locked, so that of two requests with the same token the second one repeats the first. Returns false for a reuse. */
  async #take(tx: PlatformTransaction, presented: Presented): Promise<boolean> {
    const { sessionId, tokenHash, next } = presented;
    const { count } = await tx.refreshToken.updateMany({ where: { tokenHash, usedAt: null }, data: { usedAt: this.clock.now() } });
    if (count === 0) return this.#isRepeated(tx, presented);
    await tx.refreshToken.create({ data: { sessionId, tokenHash: hashOpaqueToken(next) } });
    return true;
  }

  /** Whether a token was used a moment ago, and nobody has used the next one. */
  async #isRepeated(tx: PlatformTransaction, { sessionId, tokenHash, next }: Presented): Promise<boolean> {
    const { refreshGrace } = this.config;
    const since = new Date(this.clock.now().getTime() - 1000 * refreshGrace);
    return (
      refreshGrace > 0 &&
      (await tx.refreshToken.count({ where: { tokenHash, usedAt: { gt: since } } })) > 0 &&
      (await tx.refreshToken.count({ where: { tokenHash: hashOpaqueToken(next), sessionId, usedAt: null } })) > 0
    );
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
