// The signed-in owners of organizations, with a session and a token or cookie for each system.
import { createHmac } from 'node:crypto';
import { exportJWK, generateKeyPair, importPKCS8, SignJWT } from 'jose';
import { SecretBox } from '../../dist/common/crypto/secret-box.js';
import { appUrl, secret } from '../servers/systems.mjs';
import { emailOf, idOf, projectNumber, userNumber } from './data.mjs';
import { asSuperuser } from './database.mjs';

/** Longer than a run. */
const lifetime = '8h';

/** The keys with which the limit signs and verifies. */
export async function newLimitKeys() {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { privateKey, publicJwk: JSON.stringify(await exportJWK(publicKey)), privateJwk: JSON.stringify(await exportJWK(privateKey)) };
}

const callersOf = (set, count) =>
  Array.from({ length: count }, (_, index) => {
    // Evenly over the whole set.
    const organization = Math.floor((index * set.organizations) / count);
    const user = userNumber(set, organization);
    return {
      organizationId: idOf('organization', organization),
      userId: idOf('user', user),
      sessionId: idOf('session', user),
      sessionToken: `bench-session-${user}`,
      email: emailOf(user),
      projectId: idOf('project', projectNumber(set, organization, index % set.projects)),
    };
  });

const unnested = (callers, keys) => keys.map((key) => callers.map((caller) => caller[key]));

const signIns = {
  async tenantry({ database, callers }) {
    const key = await asSuperuser(database, 'tenantry', async (client) => {
      await client.query(`set session_replication_role = replica`);
      await client.query(
        `insert into sessions (id, user_id, active_organization_id, expires_at) select *, now() + interval '30 days' from unnest($1::uuid[], $2::uuid[], $3::uuid[])
         on conflict (id) do update set expires_at = excluded.expires_at, last_used_at = now(), revoked_at = null`,
        unnested(callers, ['sessionId', 'userId', 'organizationId']),
      );
      // The server has created its key at its first start. Tokens that it would issue at login are signed here, because one login takes as long as hundreds of reads.
      const { rows } = await client.query('select id, private_key from signing_keys where retired_at is null order by created_at desc limit 1');
      return rows[0];
    });
    const privateKey = await importPKCS8(new SecretBox(secret, 'signing-key').open(key.private_key), 'ES256');
    return Promise.all(
      callers.map(async ({ userId, sessionId, organizationId }) => {
        const token = new SignJWT({ sid: sessionId, org: organizationId }).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.id });
        return `authorization: Bearer ${await token.setSubject(userId).setIssuer(appUrl).setAudience('tenantry').setIssuedAt().setExpirationTime(lifetime).sign(privateKey)}`;
      }),
    );
  },

  async 'better-auth'({ database, callers, server }) {
    await asSuperuser(database, 'better-auth', (client) =>
      client.query(
        `insert into "session" (id, "userId", "activeOrganizationId", token, "expiresAt", "createdAt", "updatedAt")
         select *, now() + interval '7 days', now(), now() from unnest($1::text[], $2::text[], $3::text[], $4::text[])
         on conflict (id) do update set "expiresAt" = excluded."expiresAt", "updatedAt" = now()`,
        unnested(callers, ['sessionId', 'userId', 'organizationId', 'sessionToken']),
      ),
    );
    const cookies = [];
    for (let start = 0; start < callers.length; start += 32) cookies.push(...(await Promise.all(callers.slice(start, start + 32).map((caller) => cachedCookies(server, caller)))));
    return cookies;
  },

  async limit({ database, callers, limitKeys }) {
    await asSuperuser(database, 'limit', (client) =>
      client.query(
        `insert into sessions (id, user_id, expires_at) select *, now() + interval '30 days' from unnest($1::uuid[], $2::uuid[])
         on conflict (id) do update set expires_at = excluded.expires_at`,
        unnested(callers, ['sessionId', 'userId']),
      ),
    );
    return Promise.all(
      callers.map(async ({ userId, sessionId, organizationId }) => {
        const token = new SignJWT({ sid: sessionId, org: organizationId }).setProtectedHeader({ alg: 'ES256' }).setSubject(userId).setExpirationTime(lifetime);
        return `authorization: Bearer ${await token.sign(limitKeys.privateKey)}`;
      }),
    );
  },
};

/** The session cookie, signed as better-auth signs it, and the cookie cache that the server returns for it. */
async function cachedCookies({ base }, { sessionToken }) {
  const signature = createHmac('sha256', secret).update(sessionToken).digest('base64');
  const session = `better-auth.session_token=${encodeURIComponent(`${sessionToken}.${signature}`)}`;
  const response = await fetch(`${base}/api/auth/get-session`, { headers: { cookie: session } });
  const cache = response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .filter((cookie) => cookie.startsWith('better-auth.session_data'));
  if (cache.length === 0) throw new Error(`better-auth has returned no cookie cache: ${response.status} ${await response.text()}`);
  return `cookie: ${[session, ...cache].join('; ')}\r\norigin: ${base}\r\nx-forwarded-for: 127.0.0.1`;
}

/** Signs in the owners of `count` organizations. Each caller has the header lines of each system. */
export async function signIn({ database, set, count, servers, limitKeys }) {
  const callers = callersOf(set, count);
  const headers = {};
  for (const server of servers) headers[server.name] = await signIns[server.name]({ database, callers, server, limitKeys });
  return callers.map((caller, index) => ({ ...caller, headers: Object.fromEntries(Object.entries(headers).map(([system, lines]) => [system, lines[index]])) }));
}
