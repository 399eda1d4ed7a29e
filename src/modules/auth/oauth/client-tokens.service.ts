import { Injectable } from '@nestjs/common';
import { SystemClock } from '../../../common/clock.js';
import { lifetimes } from '../../../config/app-config.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { CatalogClaimsService } from '../tokens/catalog-claims.service.js';
import { AccessTokensService, maxTokenBytes } from '../tokens/access-tokens.service.js';
import type { OAuthClient } from './oauth-clients.service.js';
import { OAuthError } from './oauth-errors.js';

/** An access token, as RFC 6749, section 5.1, describes it. */
export interface ClientToken {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
}

/** The scopes of RFC 6749, section 3.3: words, each separated from the next by one space. */
const scopeList = /^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/;

/** Issues the access tokens of clients (RFC 6749, section 4.4). */
@Injectable()
export class ClientTokensService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly tokens: AccessTokensService,
    private readonly claims: CatalogClaimsService,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Issues a token that lives 15 minutes, and never longer than the secret.
   *
   * @param scope the scopes that the client asks for; all that it has when left out
   * @throws {OAuthError} `invalid_scope` for a scope that the client does not have, or when the token would be too large
   */
  async issueToken({ keyId, organizationId, scopes, key: { tokenHash }, secretExpiresAt }: OAuthClient, scope: string | undefined): Promise<ClientToken> {
    const granted = scope === undefined ? [...scopes].sort() : requested(scope, scopes);
    const now = this.clock.now().getTime();
    const expiresAt = new Date(Math.min(now + 1000 * lifetimes.accessToken, secretExpiresAt?.getTime() ?? Infinity));
    const added = await this.claims.readClaims(this.platform, { organizationId: organizationId ?? null, userId: undefined });
    const token = await this.tokens.issueClientToken({ keyId, tokenHash, organizationId, scopes: granted, added, expiresAt });
    if (token.length > maxTokenBytes) throw new OAuthError('invalid_scope', `The token would be larger than ${maxTokenBytes} bytes. Ask for fewer scopes.`);
    return { access_token: token, token_type: 'Bearer', expires_in: Math.floor((expiresAt.getTime() - now) / 1000), scope: granted.join(' ') };
  }
}

function requested(scope: string, held: ReadonlySet<string>): string[] {
  const names = scopeList.test(scope) ? [...new Set(scope.split(' '))] : undefined;
  if (names === undefined) throw new OAuthError('invalid_scope', 'Separate the scopes by one space each.');
  const missing = names.filter((name) => !held.has(name));
  if (missing.length > 0) throw new OAuthError('invalid_scope', `The key does not have ${missing.slice(0, 10).join(', ')}.`);
  return names.sort();
}
