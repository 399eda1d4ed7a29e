import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { isUUID } from 'class-validator';
import type { IncomingMessage } from 'node:http';
import { Strategy } from 'passport-jwt';
import { AccessTokenExpiredError, InvalidAccessTokenError } from '../../../access/access.errors.js';
import type { ClientGrant, TokenCredential } from '../../../access/principal/principal.js';
import { kidOf, TokenKeys } from '../../../access/principal/verified-tokens.js';
import { SystemClock } from '../../../common/clock.js';
import { AppConfig } from '../../../config/app-config.js';
import { accessTokenAudience, secretHashClaim } from './access-tokens.service.js';

/** The key types that passport-jwt declares. It also accepts a KeyObject, which need not be parsed for each request. */
type Key = string | Buffer;

/** All that follows is the token, and must be valid: a verified token is remembered by the header, so nobody may write the header of a token in many ways. */
const bearerToken = /^Bearer (.+)$/i;

const hashLength = 32;

const uuid = (value: unknown): string | undefined => (typeof value === 'string' && isUUID(value) ? value.toLowerCase() : undefined);

/** Verifies access tokens: the type (`at+jwt`), the signature by the key that `kid` names, only ES256, issuer, audience and expiry. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    keys: TokenKeys,
    config: AppConfig,
    private readonly clock: SystemClock,
  ) {
    super({
      jwtFromRequest: ({ headers }: IncomingMessage) => bearerToken.exec(headers.authorization ?? '')?.[1] ?? null,
      algorithms: ['ES256'],
      // By the clock of the machine. `validate` checks it by the right one.
      ignoreExpiration: true,
      issuer: config.tokenIssuer,
      audience: accessTokenAudience,
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key?: Key) => void) => {
        const kid = kidOf(token);
        const key = kid === undefined ? Promise.resolve(undefined) : keys.findVerificationKey(kid);
        key.then((key) => (key === undefined ? done(new InvalidAccessTokenError()) : done(null, key as unknown as Key)), done);
      },
    });
  }

  /**
   * @returns the user, or the key of the client, or false when a required claim is missing
   * @throws {AccessTokenExpiredError}
   */
  validate(payload: Readonly<Record<string, unknown>>): TokenCredential | false {
    const [subject, sessionId, organizationId] = [uuid(payload['sub']), uuid(payload['sid']), uuid(payload['org'])];
    const expiry = payload['exp'];
    if (subject === undefined || typeof expiry !== 'number') return false;
    const expiresAt = new Date(1000 * expiry);
    if (!(expiresAt > this.clock.now())) throw new AccessTokenExpiredError();
    if (secretHashClaim in payload) return clientOf(payload, { clientId: subject, organizationId, expiresAt });
    if (sessionId === undefined) return false;
    return { kind: 'user', claims: { userId: subject, sessionId, organizationId, expiresAt, impersonates: payload['act'] !== undefined } };
  }
}

/** @param organizationId undefined for a service key */
function clientOf(
  { scope, [secretHashClaim]: hash, client_id: clientId, sid: sessionId }: Readonly<Record<string, unknown>>,
  { organizationId, ...named }: Pick<ClientGrant, 'clientId' | 'expiresAt'> & { readonly organizationId: string | undefined },
): TokenCredential | false {
  if (typeof scope !== 'string' || typeof hash !== 'string' || uuid(clientId) !== named.clientId || sessionId !== undefined) return false;
  const tokenHash = new Uint8Array(Buffer.from(hash, 'base64url'));
  if (tokenHash.length !== hashLength) return false;
  const grant: ClientGrant = { ...named, scopes: new Set(scope.split(' ')) };
  return organizationId === undefined ? { kind: 'service', key: { id: named.clientId, tokenHash }, grant } : { kind: 'key', key: { id: organizationId, tokenHash }, grant };
}
