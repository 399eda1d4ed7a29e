import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { IncomingMessage } from 'node:http';
import { Strategy } from 'passport-jwt';
import { InvalidAccessTokenError } from '../../../access/access.errors.js';
import type { TokenCredential } from '../../../access/principal/principal.js';
import { kidOf, TokenKeys } from '../../../access/principal/verified-tokens.js';
import { SystemClock } from '../../../common/clock.js';
import { AppConfig } from '../../../config/app-config.js';
import { accessTokenAudience } from './access-tokens.service.js';
import { credentialOfClaims } from './token-claims.js';

/** The key types that passport-jwt declares. It also accepts a KeyObject, which need not be parsed for each request. */
type Key = string | Buffer;

/** All that follows is the token, and must be valid: a verified token is remembered by the header, so nobody may write the header of a token in many ways. */
const bearerToken = /^Bearer (.+)$/i;

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
    return credentialOfClaims(payload, this.clock.now()) ?? false;
  }
}
