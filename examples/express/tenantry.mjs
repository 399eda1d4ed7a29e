// All that the backend needs of tenantry: who is calling, may they do this, and how much do they use.
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { setTimeout } from 'node:timers/promises';

const { TENANTRY_URL = 'http://localhost:3000', TENANTRY_ISSUER = TENANTRY_URL, TENANTRY_KEY = '' } = process.env;
// The keys are fetched when they are needed, and kept. A token with a new key fetches them again.
const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', TENANTRY_URL));

/** An answer for the caller of this backend. */
export class Refusal extends Error {
  constructor(status, code, detail) {
    super(detail);
    Object.assign(this, { status, code });
  }
}

/** Returns the caller that an access token names. The signature, issuer, audience and expiry are verified here, without a call. */
export async function verifyToken(authorization = '') {
  const [, token] = /^Bearer (\S+)$/i.exec(authorization) ?? [];
  if (token === undefined) throw new Refusal(401, 'authentication_required', 'Send an access token.');
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: TENANTRY_ISSUER,
      audience: 'tenantry',
      algorithms: ['ES256'],
      typ: 'at+jwt',
      requiredClaims: ['sub', 'sid', 'exp'],
    });
    return { userId: payload.sub, sessionId: payload.sid, organizationId: payload.org };
  } catch (error) {
    // Keys that cannot be fetched say nothing about the token.
    if (!(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout || error.code === 'ERR_JOSE_GENERIC') throw error;
    throw new Refusal(401, 'invalid_access_token', 'Sign in again.');
  }
}

/** Sends a request with the service key, in an organization. A repetition with the same `idempotencyKey` has no second effect, so it is safe. */
async function post(path, organizationId, body, idempotencyKey, attempt = 1) {
  const headers = { 'x-api-key': TENANTRY_KEY, 'x-tenant-id': organizationId, 'content-type': 'application/json' };
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
  let response;
  try {
    response = await fetch(`${TENANTRY_URL}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(5000) });
  } catch (error) {
    if (attempt === 3) throw error;
  }
  if (response === undefined || (response.status === 503 && attempt < 3)) {
    await setTimeout(200 * attempt);
    return post(path, organizationId, body, idempotencyKey, attempt + 1);
  }
  const answer = await response.json();
  // The quota and the organization concern the user. Everything else is a mistake of this backend, or of its key.
  if ([402, 404].includes(response.status)) throw new Refusal(response.status, answer.code, answer.detail);
  if (!response.ok) throw new Error(`${path} answered ${response.status} ${answer.code}: ${answer.detail}`);
  return answer;
}

/** Asks whether the caller may do something in the organization now: membership, permission, session and allow-list. */
export async function checkAccess({ userId, sessionId, organizationId }, permission, address) {
  const { data } = await post('/access/checks', organizationId, { checks: [{ userId, sessionId, permission, address }] });
  const [{ allowed, code, reason }] = data;
  if (allowed) return;
  throw new Refusal({ session_ended: 401, session_timed_out: 401, organization_not_found: 404 }[code] ?? 403, code, reason);
}

/** Takes units of a meter, or refuses with 402. `id` names the work: the units of one id are taken once. */
export const consume = (organizationId, meter, quantity, id) => post('/usage/consume', organizationId, { meter, quantity }, id);

export const release = (organizationId, meter, quantity, id) => post('/usage/release', organizationId, { meter, quantity }, id);
