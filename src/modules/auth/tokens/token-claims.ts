import { isUUID } from 'class-validator';
import { AccessTokenExpiredError } from '../../../access/access.errors.js';
import type { ClientGrant, TokenCredential } from '../../../access/principal/principal.js';

/** The claim that binds the token of a client to one secret of its key: the token ends with it. It is the hash that the database has, from which nobody can compute the secret. */
export const secretHashClaim = 'key_hash';

const hashLength = 32;

const uuid = (value: unknown): string | undefined => (typeof value === 'string' && isUUID(value) ? value.toLowerCase() : undefined);

/**
 * Returns the user, or the key of the client, that an access token names whose signature, issuer and audience were verified; undefined when a required claim is missing.
 *
 * @throws {AccessTokenExpiredError}
 */
export function credentialOfClaims(payload: Readonly<Record<string, unknown>>, now: Date): TokenCredential | undefined {
  const [subject, sessionId, organizationId] = [uuid(payload['sub']), uuid(payload['sid']), uuid(payload['org'])];
  const expiry = payload['exp'];
  if (subject === undefined || typeof expiry !== 'number') return undefined;
  const expiresAt = new Date(1000 * expiry);
  if (!(expiresAt > now)) throw new AccessTokenExpiredError();
  if (secretHashClaim in payload) return clientOf(payload, { clientId: subject, organizationId, expiresAt });
  if (sessionId === undefined) return undefined;
  return { kind: 'user', claims: { userId: subject, sessionId, organizationId, expiresAt, impersonates: payload['act'] !== undefined } };
}

/** @param organizationId undefined for a service key */
function clientOf(
  { scope, [secretHashClaim]: hash, client_id: clientId, sid: sessionId, jti }: Readonly<Record<string, unknown>>,
  { organizationId, ...named }: Pick<ClientGrant, 'clientId' | 'expiresAt'> & { readonly organizationId: string | undefined },
): TokenCredential | undefined {
  const tokenId = uuid(jti);
  if (tokenId === undefined || typeof scope !== 'string' || typeof hash !== 'string' || uuid(clientId) !== named.clientId || sessionId !== undefined) return undefined;
  const tokenHash = new Uint8Array(Buffer.from(hash, 'base64url'));
  if (tokenHash.length !== hashLength) return undefined;
  const grant: ClientGrant = { ...named, tokenId, scopes: new Set(scope.split(' ')) };
  return organizationId === undefined ? { kind: 'service', key: { id: named.clientId, tokenHash }, grant } : { kind: 'key', key: { id: organizationId, tokenHash }, grant };
}
