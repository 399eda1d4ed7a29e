import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { JWTPayload } from 'jose';
import { decideAccess } from '../../../access/access-decision.js';
import { apiKeyFormat, serviceKeyFormat } from '../../../access/principal/key-token.js';
import type { PrincipalMembership, TokenClaims } from '../../../access/principal/principal.js';
import { PrincipalResolverService, type KeyCredential } from '../../../access/principal/principal-resolver.service.js';
import { SystemClock } from '../../../common/clock.js';
import { AppError } from '../../../common/errors/app-error.js';
import { grantableToKeys } from '../../../config/catalog/built-in-permissions.js';
import { AccessTokensService } from '../tokens/access-tokens.service.js';
import type { OAuthClient } from './oauth-clients.service.js';
import { OAuthError } from './oauth-errors.js';

/** What a token is (RFC 7662, section 2.2). */
export type Introspection = { readonly active: false } | ({ readonly active: true; readonly sub: string; readonly scope: string } & Readonly<Record<string, unknown>>);

const inactive = { active: false } as const;

const listOf = (names: Iterable<string>): string => [...names].sort().join(' ');
const secondsOf = (time: Date | null): { readonly exp?: number } => (time === null ? {} : { exp: Math.floor(time.getTime() / 1000) });
const registered = ({ iss, aud, exp, iat, jti }: JWTPayload): object => ({ token_type: 'Bearer', iss, aud, exp, iat, ...(jti === undefined ? {} : { jti }) });

/** Says what tokens are (RFC 7662): the access tokens of users and clients, and keys. Each is judged now, as a request with it would be, except for the address. */
@Injectable()
export class IntrospectionService {
  constructor(
    private readonly principals: PrincipalResolverService,
    private readonly tokens: AccessTokensService,
    private readonly clock: SystemClock,
  ) {}

  /**
   * An API key learns of the tokens of its organization, and a service key of all. Everything else is not active, for whichever reason.
   *
   * @param tenantId the organization in which a service key asks about a user; that of the token when left out
   */
  async introspect(client: OAuthClient, token: string, tenantId: string | undefined, address: string): Promise<Introspection> {
    try {
      return await this.#inspect(client, token, tenantId, address);
    } catch (error) {
      if (error instanceof AppError && error.kind !== 'unavailable') return inactive;
      throw error;
    }
  }

  async #inspect(client: OAuthClient, token: string, tenantId: string | undefined, address: string): Promise<Introspection> {
    const [apiKey, serviceKey] = [apiKeyFormat.readKey(token), serviceKeyFormat.readKey(token)];
    if (apiKey !== undefined) return this.#inspectApiKey(client, { key: apiKey });
    if (serviceKey !== undefined) return this.#inspectServiceKey(client, { key: serviceKey });
    const verified = await this.tokens.verifyToken(token);
    if (verified === undefined) return inactive;
    const { credential, claims } = verified;
    if (credential.kind === 'key') return this.#inspectApiKey(client, credential, claims);
    if (credential.kind === 'service') return this.#inspectServiceKey(client, credential, claims);
    const membership = client.membership ?? (await this.#membershipOf(client, tenantId ?? credential.claims.organizationId, address));
    return membership === undefined ? inactive : this.#inspectUser(membership, credential.claims, claims);
  }

  /** @throws {AppError} */
  async #inspectApiKey({ organizationId }: OAuthClient, credential: KeyCredential, claims?: JWTPayload): Promise<Introspection> {
    // Before anything is read: whether a key of another organization exists takes no time that differs.
    if (organizationId !== undefined && credential.key.id !== organizationId) return inactive;
    const principal = await this.principals.inspectApiKey(credential);
    const { keyId, membership, secretExpiresAt } = principal;
    // Where the token will be used is not known here. For a key, `breakGlass` skips the allow-list alone.
    const { allowed } = decideAccess(principal, { address: '', now: this.clock.now(), breakGlass: true });
    if (!allowed) return inactive;
    const known = claims === undefined ? secondsOf(secretExpiresAt) : registered(claims);
    return { active: true, client_id: keyId, sub: keyId, org: membership.organizationId, scope: listOf(membership.permissions), ...known };
  }

  /** @throws {AppError} */
  async #inspectServiceKey({ organizationId }: OAuthClient, credential: KeyCredential, claims?: JWTPayload): Promise<Introspection> {
    if (organizationId !== undefined) return inactive;
    const { keyId, scopes, secretExpiresAt } = await this.principals.inspectServiceKey(credential);
    const known = claims === undefined ? secondsOf(secretExpiresAt) : registered(claims);
    return { active: true, client_id: keyId, sub: keyId, scope: listOf(scopes), ...known };
  }

  async #inspectUser(organization: PrincipalMembership, { userId, sessionId }: TokenClaims, claims: JWTPayload): Promise<Introspection> {
    const [subject] = await this.principals.resolveSubjects([{ userId, sessionId }], organization);
    if (subject === undefined || subject instanceof AppError) return inactive;
    const { membership, impersonation } = subject;
    const facts = { ...membership.facts, policy: { ...membership.facts.policy, addresses: undefined } };
    if (!decideAccess({ ...subject, membership: { ...membership, facts } }, { address: '', now: this.clock.now(), reads: true }).allowed) return inactive;
    const mayUse = (permission: string): boolean => impersonation === undefined || permission.endsWith(':read') || (impersonation.scope === 'write' && grantableToKeys(permission));
    const scope = listOf([...membership.permissions].filter(mayUse));
    return {
      active: true,
      ...(typeof claims['client_id'] === 'string' ? { client_id: claims['client_id'] } : {}),
      sub: userId,
      sid: sessionId,
      org: membership.organizationId,
      scope,
      ...registered(claims),
      ...(claims['act'] === undefined ? {} : { act: claims['act'] }),
    };
  }

  /** @throws {OAuthError} when the organization is no UUID  @throws {AppError} when there is no such organization */
  async #membershipOf({ key }: OAuthClient, organizationId: string | undefined, address: string): Promise<PrincipalMembership | undefined> {
    if (organizationId === undefined) return undefined;
    if (!isUUID(organizationId)) throw new OAuthError('invalid_request', 'X-Tenant-ID is not the id of an organization.');
    return (await this.principals.resolveServiceKey({ key }, { id: organizationId.toLowerCase(), slug: null }, address)).membership;
  }
}
