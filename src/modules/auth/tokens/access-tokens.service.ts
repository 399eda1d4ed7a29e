import { Injectable } from '@nestjs/common';
import { jwtVerify, SignJWT, type JWTPayload } from 'jose';
import type { TokenCredential } from '../../../access/principal/principal.js';
import { kidOf } from '../../../access/principal/verified-tokens.js';
import { timeOrderedId } from '../../../common/crypto/time-ordered-id.js';
import { SystemClock } from '../../../common/clock.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import { credentialOfClaims, secretHashClaim } from './token-claims.js';
import { SigningKeysService } from './signing-keys.service.js';

export const accessTokenAudience = 'tenantry';

/** The `client_id` of the tokens of users (RFC 9068): the application itself, which no key is. */
const ownClient = 'tenantry';

/** The most bytes of an access token: proxies and servers refuse header fields of more than 8 KiB. */
export const maxTokenBytes = 4096;

export interface AccessTokenSubject {
  readonly userId: string;
  readonly sessionId: string;
  readonly organizationId: string | null;
  readonly platformAdmin: boolean;
  /** The operator who acts as the user. */
  readonly impersonatorId?: string | null;
  /** The ways in which the user was authenticated (`amr`, RFC 8176); undefined for an impersonation, empty for a new account that has proved nothing. */
  readonly amr?: readonly string[];
  /** The claims of the catalog. */
  readonly added: JWTPayload;
  /** 15 minutes from now when left out. */
  readonly expiresAt?: Date;
}

/** An API key or a service key that gets an access token. */
export interface ClientTokenSubject {
  readonly keyId: string;
  /** The hash of the secret that the client has sent. */
  readonly tokenHash: Uint8Array;
  /** The organization of an API key; undefined for a service key, whose requests name theirs. */
  readonly organizationId: string | undefined;
  readonly scopes: readonly string[];
  /** The claims of the catalog. */
  readonly added: JWTPayload;
  readonly expiresAt: Date;
}

/** An access token that is valid by itself: its session or key may have ended. */
export interface VerifiedToken {
  readonly credential: TokenCredential;
  readonly claims: JWTPayload;
}

/** Issues access tokens: JWTs (RFC 9068) signed with ES256 that expire after 15 minutes. */
@Injectable()
export class AccessTokensService {
  constructor(
    private readonly keys: SigningKeysService,
    private readonly config: AppConfig,
    private readonly clock: SystemClock,
  ) {}

  /** The token names the user (`sub`) and, in an impersonation, the operator (`act`, RFC 8693). It has no role. Roles are read for every request, so that changes are effective immediately. */
  async issueAccessToken({ userId, sessionId, organizationId, platformAdmin, impersonatorId = null, amr, added, expiresAt }: AccessTokenSubject): Promise<string> {
    const claims = {
      ...added,
      client_id: ownClient,
      sid: sessionId,
      ...(organizationId === null ? {} : { org: organizationId }),
      ...(amr === undefined || amr.length === 0 ? {} : { amr }),
      ...(platformAdmin ? { platform_admin: true } : {}),
      ...(impersonatorId === null ? {} : { act: { sub: impersonatorId } }),
    };
    return this.#sign(claims, userId, expiresAt ?? new Date(this.clock.now().getTime() + 1000 * lifetimes.accessToken));
  }

  /** The token names the key (`sub`, `client_id`), the organization of an API key (`org`), and what the key may do with it (`scope`). */
  async issueClientToken({ keyId, tokenHash, organizationId, scopes, added, expiresAt }: ClientTokenSubject): Promise<string> {
    const claims = {
      ...added,
      client_id: keyId,
      ...(organizationId === undefined ? {} : { org: organizationId }),
      scope: scopes.join(' '),
      [secretHashClaim]: Buffer.from(tokenHash).toString('base64url'),
    };
    return this.#sign(claims, keyId, expiresAt);
  }

  /** Verifies a token that is no credential of the request, as the guards would (`JwtStrategy`). Returns undefined for a token that is not valid. */
  async verifyToken(token: string): Promise<VerifiedToken | undefined> {
    const kid = kidOf(token);
    const key = kid === undefined || token.length > 2 * maxTokenBytes ? undefined : await this.keys.findVerificationKey(kid);
    if (key === undefined) return undefined;
    const now = this.clock.now();
    try {
      const { payload } = await jwtVerify(token, key, { algorithms: ['ES256'], issuer: this.config.tokenIssuer, audience: accessTokenAudience, currentDate: now });
      const credential = credentialOfClaims(payload, now);
      return credential === undefined ? undefined : { credential, claims: payload };
    } catch {
      return undefined;
    }
  }

  async #sign(claims: JWTPayload, subject: string, expiresAt: Date): Promise<string> {
    const { kid, key } = await this.keys.getSigningKey();
    const now = this.clock.now();
    return new SignJWT(claims)
      .setJti(timeOrderedId(now))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
      .setSubject(subject)
      .setIssuer(this.config.tokenIssuer)
      .setAudience(accessTokenAudience)
      .setIssuedAt(now)
      .setExpirationTime(expiresAt)
      .sign(key);
  }
}
