import { Injectable } from '@nestjs/common';
import { SystemClock } from '../../../common/clock.js';
import { hashOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { apiKeyFormat, serviceKeyFormat } from '../../../access/principal/key-token.js';
import { lifetimes } from '../../../config/app-config.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { Prisma } from '../../../generated/prisma/client.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AccessTokensService } from '../tokens/access-tokens.service.js';
import type { OAuthClient } from './oauth-clients.service.js';
import { OAuthError } from './oauth-errors.js';

/** The most revoked tokens of a key: each request with one of its tokens compares them. */
const mostRevoked = 1000;

/** Returns the least UUID of version 7 of a time. */
function leastIdOf(milliseconds: number): string {
  const time = milliseconds.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}

/** Revokes tokens (RFC 7009): the access tokens of clients, and the refresh tokens of users. */
@Injectable()
export class RevocationService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly tokens: AccessTokensService,
    private readonly sessions: SessionsService,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Revokes a token. An unknown token, and one that has ended, needs no revocation.
   *
   * @param client undefined for a caller that sends none: a user, who revokes the refresh token that they have
   * @throws {OAuthError} `unauthorized_client` for the token of another client, `unsupported_token_type` for a key and for the access token of a user
   */
  async revokeToken(client: OAuthClient | undefined, token: string): Promise<void> {
    if (apiKeyFormat.readKey(token) !== undefined || serviceKeyFormat.readKey(token) !== undefined)
      throw new OAuthError('unsupported_token_type', 'A key is revoked with DELETE of its resource.');
    const verified = await this.tokens.verifyToken(token);
    if (verified === undefined) return client === undefined ? this.#endSession(token) : undefined;
    const { credential } = verified;
    if (credential.kind === 'user') throw new OAuthError('unsupported_token_type', 'Revoke the refresh token: it ends the session with its access tokens.');
    if (client === undefined) throw new OAuthError('invalid_client', 'Only the client of the token can revoke it.');
    const { grant, key } = credential;
    if (grant === undefined || grant.clientId !== client.keyId) throw new OAuthError('unauthorized_client', 'The token was issued to another client.');
    await this.#remember(credential.kind === 'key' ? key.id : undefined, client.keyId, grant.tokenId);
  }

  /**
   * Remembers the token until it has expired, and forgets those that have.
   *
   * @throws {OAuthError} `temporarily_unavailable` when the key remembers too many
   */
  async #remember(organizationId: string | undefined, keyId: string, tokenId: string): Promise<void> {
    const oldest = leastIdOf(this.clock.now().getTime() - 2000 * lifetimes.accessToken);
    const table = Prisma.raw(organizationId === undefined ? 'service_keys' : 'api_keys');
    const isKey = organizationId === undefined ? Prisma.sql`k.id = ${keyId}::uuid` : Prisma.sql`k.organization_id = ${organizationId}::uuid and k.id = ${keyId}::uuid`;
    const count = await this.platform.$executeRaw`
      with live as (select array(select t from unnest(k.revoked_tokens) t where t collate "C" > ${oldest} and t <> ${tokenId}) || ${tokenId}::text as ids
                      from ${table} k where ${isKey} for update)
      update ${table} k set revoked_tokens = live.ids from live where ${isKey} and cardinality(live.ids) <= ${mostRevoked}`;
    // A key that is gone was there when its client was authenticated, and has taken its tokens with it: another attempt says so.
    if (count === 0) throw new OAuthError('temporarily_unavailable', 'The key has too many revoked tokens. Rotate it, or try again when they have expired.');
  }

  async #endSession(refreshToken: string): Promise<void> {
    const known = await this.platform.refreshToken.findUnique({ where: { tokenHash: hashOpaqueToken(refreshToken), usedAt: null }, select: { sessionId: true } });
    if (known !== null) await this.platform.$transaction((tx) => this.sessions.endSession(tx, known.sessionId, 'revoked'));
  }
}
