import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRemoteJWKSet, customFetch as jwksFetch, decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import * as oauth from 'openid-client';
import pg from 'pg';
import { serviceKeyFormat } from '../../src/access/principal/key-token.js';
import type { Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword, type Person } from '../support/world.js';

const issuer = 'http://tenantry.test';

let server: TestServer;
let replica: TestServer;
let database: pg.Pool;
let owner: Person;
beforeAll(async () => {
  const settings = { TRUSTED_PROXIES: '1', APP_URL: issuer };
  [server, replica] = [await startTestServer(settings), await startTestServer(settings)];
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
  owner = await server.world.owner();
});
afterAll(async () => {
  await database.end();
  await replica.close();
  await server.close();
});

interface Key {
  readonly id: string;
  readonly key: string;
  readonly path: string;
}

async function keyOf(person: Person, body: object = {}): Promise<Key> {
  const made = await person.api.post(`${person.home}/api-keys`, { name: 'Key', permissions: ['teams:read', 'settings:write'], ...body });
  if (made.status !== 201) throw new Error(made.text);
  return { id: made.body.id, key: made.body.key, path: `${person.home}/api-keys/${made.body.id}` };
}

interface Answered {
  readonly status: number;
  readonly body: any;
  readonly headers: Headers;
}

type Fields = Readonly<Record<string, string>> | URLSearchParams | string;

/** Sends a form, as no library would. */
async function form(path: string, fields: Fields, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
  const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
  const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), headers: answer.headers };
}

const grant = { grant_type: 'client_credentials' } as const;
const basic = (id: string, secret: string): { authorization: string } => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });
const token = ({ id, key }: Key, fields: Readonly<Record<string, string>> = {}, headers = {}): Promise<Answered> =>
  form('/oauth/token', { ...grant, ...fields }, { ...basic(id, key), ...headers });
const refused = ({ status, body }: Answered): unknown => ({ status, error: body.error });

async function tokenOf(key: Key, scope?: string): Promise<string> {
  const { status, body } = await token(key, scope === undefined ? {} : { scope });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body.access_token;
}

const as = (accessToken: string, api: Client = server.api): Client => api.as(accessToken);
const code = ({ status, body }: { readonly status: number; readonly body: any }): unknown => (status < 300 ? status : `${status} ${body.code}`);

/** The server by the address that its issuer has. */
const atServer = (url: string, options: object): Promise<Response> => fetch(url.replace(issuer, server.url), options);

const library = (key: Key, authentication?: oauth.ClientAuth): Promise<oauth.Configuration> =>
  oauth.discovery(new URL(issuer), key.id, key.key, authentication, { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests], [oauth.customFetch]: atServer });

describe('a client with a library', () => {
  it.each([
    ['client_secret_basic', oauth.ClientSecretBasic],
    ['client_secret_post', oauth.ClientSecretPost],
  ] as const)('gets a token by %s, which a resource server verifies with the published keys', async (_, method) => {
    const key = await keyOf(owner);
    const answered = await oauth.clientCredentialsGrant(await library(key, method(key.key)), { scope: 'teams:read' });
    expect(answered).toMatchObject({ token_type: 'bearer', expires_in: 900, scope: 'teams:read' });
    const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), { [jwksFetch]: atServer });
    const { payload, protectedHeader } = await jwtVerify(answered.access_token, keys, {
      issuer,
      audience: 'tenantry',
      typ: 'at+jwt',
      algorithms: ['ES256'],
      requiredClaims: ['sub', 'client_id', 'iat', 'exp', 'jti'],
    });
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(payload).toMatchObject({ sub: key.id, client_id: key.id, org: owner.organizationId, scope: 'teams:read' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
    expect(code(await as(answered.access_token).get(`${owner.home}/teams`))).toBe(200);
  });
});

describe('the token of a client', () => {
  it('has the permissions of its key, and acts as the key', async () => {
    const key = await keyOf(owner);
    const { status, body, headers } = await token(key);
    expect({ status, scope: body.scope, cache: headers.get('cache-control'), pragma: headers.get('pragma') }).toEqual({
      status: 200,
      scope: 'settings:write teams:read',
      cache: 'no-store',
      pragma: 'no-cache',
    });
    const changed = await as(body.access_token).patch('/tenant/custom-settings', { changed: randomUUID() });
    expect(changed.status).toBe(200);
    await server.control.flush();
    const { data } = (await owner.api.get(`${owner.home}/audit-logs?action=updateCustomSettings&limit=1`)).body;
    expect(data[0].actor).toMatchObject({ kind: 'key', id: key.id });
  });

  it('does no more than its scope, and no more than its key does now', async () => {
    const key = await keyOf(owner);
    const [narrow, wide] = [await tokenOf(key, 'teams:read'), await tokenOf(key)];
    const change = async (accessToken: string): Promise<unknown> => code(await as(accessToken).patch('/tenant/custom-settings', { changed: randomUUID() }));
    expect([await change(narrow), await change(wide)]).toEqual(['403 access_denied', 200]);
    await owner.api.patch(key.path, { permissions: ['teams:read', 'members:read'] });
    expect([await change(wide), code(await as(wide).get(`${owner.home}/members`)), code(await as(wide).get(`${owner.home}/teams`))]).toEqual([
      '403 access_denied',
      '403 access_denied',
      200,
    ]);
  });

  it('expires with its key', async () => {
    const key = await keyOf(owner, { expiresAt: new Date(Date.now() + 60_000).toISOString() });
    const { body } = await token(key);
    expect(body.expires_in).toBeGreaterThan(50);
    expect(body.expires_in).toBeLessThanOrEqual(60);
    await database.query('update api_keys set expires_at = now() where id = $1', [key.id]);
    expect(code(await as(body.access_token).get(`${owner.home}/teams`))).toBe('401 api_key_expired');
    expect(refused(await token(key))).toEqual({ status: 401, error: 'invalid_client' });
  });

  const endings: readonly (readonly [string, (key: Key, person: Person) => Promise<unknown>, string])[] = [
    ['revoked', ({ path }) => owner.api.delete(path), '401 invalid_api_key'],
    ['disabled', ({ path }) => owner.api.patch(path, { enabled: false }), '401 api_key_disabled'],
    ['rotated without an overlap', ({ path }) => owner.api.post(`${path}/rotate`, { overlapSeconds: 0 }), '401 invalid_api_key'],
    ['restricted to other addresses', ({ path }) => owner.api.patch(path, { allowedIps: ['10.0.0.0/8'] }), '403 address_not_allowed'],
  ];
  it.each(endings)('is refused on another replica at once when its key is %s', async (_, end, expected) => {
    const key = await keyOf(owner);
    const accessToken = await tokenOf(key);
    const use = async (): Promise<unknown> => code(await as(accessToken, replica.api).get(`${owner.home}/teams`));
    expect([await use(), await use()]).toEqual([200, 200]);
    await end(key, owner);
    expect(await use()).toBe(expected);
    expect((await token(key)).status).not.toBe(200);
  });

  it('of the secret before a rotation lives until the overlap ends', async () => {
    const key = await keyOf(owner);
    await owner.api.post(`${key.path}/rotate`, { overlapSeconds: 60 });
    const { body } = await token(key);
    expect(body.expires_in).toBeLessThanOrEqual(60);
    expect(code(await as(body.access_token).get(`${owner.home}/teams`))).toBe(200);
    await database.query('update api_keys set previous_expires_at = now() where id = $1', [key.id]);
    expect(code(await as(body.access_token).get(`${owner.home}/teams`))).toBe('401 invalid_api_key');
  });

  it('of a personal key ends with the membership', async () => {
    const member = await server.world.member(owner, 'admin');
    const key = await keyOf(member, { belongsTo: 'me' });
    const accessToken = await tokenOf(key);
    expect(code(await as(accessToken).get(`${owner.home}/teams`))).toBe(200);
    await owner.api.delete(`${owner.home}/members/${member.userId}`);
    expect(code(await as(accessToken).get(`${owner.home}/teams`))).toBe('401 invalid_api_key');
    expect(refused(await token(key))).toEqual({ status: 401, error: 'invalid_client' });
  });

  it('does nothing in a suspended organization, or in one whose plan has no API', async () => {
    const other = await server.world.owner();
    const key = await keyOf(other);
    const accessToken = await tokenOf(key);
    await database.query(`update organizations set status = 'suspended' where id = $1`, [other.organizationId]);
    expect([code(await as(accessToken).get(`${other.home}/teams`)), refused(await token(key))]).toEqual([
      '403 organization_suspended',
      { status: 400, error: 'unauthorized_client' },
    ]);
  });

  it('reaches no other organization, however the request names it', async () => {
    const accessToken = await tokenOf(await keyOf(owner));
    const other = await server.world.owner();
    expect(code(await as(accessToken).get(`${other.home}/teams`))).toBe('400 tenant_mismatch');
    expect(code(await as(accessToken).with({ 'x-tenant-id': other.organizationId }).get(`${owner.home}/teams`))).toBe('400 tenant_mismatch');
    expect(code(await as(accessToken).with({ 'x-tenant-id': other.organizationId }).get('/tenant'))).toBe('400 tenant_mismatch');
  });

  it('is no token of a user', async () => {
    const accessToken = await tokenOf(await keyOf(owner));
    for (const path of ['/auth/me', '/organizations', '/auth/sessions'])
      expect({ path, answered: code(await as(accessToken).get(path)) }).toEqual({ path, answered: '403 user_required' });
    expect(code(await as(accessToken).delete(owner.home))).toBe('403 access_denied');
  });

  it('is nobody on public routes, as its key is', async () => {
    const accessToken = await tokenOf(await keyOf(owner));
    expect((await as(accessToken).get('/billing/plans')).status).toBe(200);
    expect(code(await as(accessToken).post('/invitations/preview', { token: 'x'.repeat(43) }))).toBe('404 invitation_not_found');
  });
});

async function operatorOf(): Promise<Client> {
  const email = `${randomUUID()}@example.com`;
  await server.control.createOperator(email);
  return server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken);
}

describe('the token of a service key', () => {
  it('works in the organization that the request names, within its scopes', async () => {
    const api = await operatorOf();
    const made = await api.post('/platform/service-keys', { name: 'Backend', scopes: ['tenant:read', 'members:read'] });
    const key = { id: made.body.id, key: made.body.key, path: `/platform/service-keys/${made.body.id}` };
    const { body } = await token(key, { scope: 'tenant:read' });
    expect(decodeJwt(body.access_token)).not.toHaveProperty('org');
    const tenant = as(body.access_token).with({ 'x-tenant-id': owner.organizationId });
    expect([code(await tenant.get('/tenant')), code(await tenant.get(`${owner.home}/members`)), code(await as(body.access_token).get('/tenant'))]).toEqual([
      200,
      '403 access_denied',
      '400 tenant_required',
    ]);
    expect(refused(await token(key, { scope: 'usage:report' }))).toEqual({ status: 400, error: 'invalid_scope' });
    await api.delete(key.path);
    expect(code(await tenant.get('/tenant'))).toBe('401 invalid_api_key');
    expect(refused(await token({ ...key, key: serviceKeyFormat.newKey(key.id) }))).toEqual({ status: 401, error: 'invalid_client' });
  });
});

const introspect = async (client: Key, subject: string, headers = {}): Promise<any> =>
  (await form('/oauth/introspect', { token: subject }, { ...basic(client.id, client.key), ...headers })).body;
const revoke = (client: Key | undefined, subject: string): Promise<Answered> => form('/oauth/revoke', { token: subject }, client === undefined ? {} : basic(client.id, client.key));
const inactive = { active: false };

async function serviceKey(...scopes: string[]): Promise<Key> {
  const { body } = await (await operatorOf()).post('/platform/service-keys', { name: 'Gateway', scopes });
  return { id: body.id, key: body.key, path: `/platform/service-keys/${body.id}` };
}

describe('introspection', () => {
  let gateway: Key;
  beforeAll(async () => void (gateway = await keyOf(owner)));

  it('says what the token of a client is, to a library', async () => {
    const key = await keyOf(owner);
    const configuration = await library(key);
    const { access_token: accessToken } = await oauth.clientCredentialsGrant(configuration, { scope: 'teams:read' });
    const { key_hash: _hash, ...claims } = decodeJwt(accessToken);
    expect(await oauth.tokenIntrospection(await library(gateway), accessToken)).toEqual({ active: true, token_type: 'Bearer', ...claims });
    await oauth.tokenRevocation(configuration, accessToken);
    expect(await oauth.tokenIntrospection(await library(gateway), accessToken)).toEqual(inactive);
  });

  it('says what a key and the token of a user are', async () => {
    const key = await keyOf(owner, { expiresAt: '2099-01-01T00:00:00Z', allowedIps: ['203.0.113.0/24'] });
    const about = { active: true, client_id: key.id, sub: key.id, org: owner.organizationId, scope: 'settings:write teams:read' };
    expect(await introspect(gateway, key.key)).toEqual({ ...about, exp: Date.parse('2099-01-01T00:00:00Z') / 1000 });
    const member = await server.world.member(owner);
    const { sid, jti } = decodeJwt(member.accessToken);
    expect(jti).toMatch(/^[0-9a-f-]{36}$/);
    const answered = await introspect(gateway, member.accessToken);
    expect(answered).toMatchObject({ active: true, client_id: 'tenantry', jti, sub: member.userId, sid, org: owner.organizationId, iss: issuer, aud: 'tenantry' });
    expect(answered.scope.split(' ')).toContain('teams:read');
    expect(answered.scope.split(' ')).not.toContain('members:write');
    await owner.api.delete(`${owner.home}/members/${member.userId}`);
    expect(await introspect(gateway, member.accessToken)).toEqual(inactive);
  });

  it('knows the state of a key and of a session', async () => {
    const [key, member] = [await keyOf(owner), await server.world.member(owner)];
    const accessToken = await tokenOf(key);
    await owner.api.patch(key.path, { permissions: ['teams:read'] });
    expect(await introspect(gateway, accessToken)).toMatchObject({ active: true, scope: 'teams:read' });
    await owner.api.patch(key.path, { enabled: false });
    expect([await introspect(gateway, accessToken), await introspect(gateway, key.key)]).toEqual([inactive, inactive]);
    await member.api.post('/auth/logout');
    expect(await introspect(gateway, member.accessToken)).toEqual(inactive);
  });

  it('shows an API key nothing of other organizations, of service keys and of what is unknown', async () => {
    const other = await server.world.owner();
    const [key, service] = [await keyOf(other), await serviceKey('tenant:read')];
    const tokens = [
      await tokenOf(key),
      key.key,
      other.accessToken,
      await tokenOf(service),
      service.key,
      serviceKeyFormat.newKey(service.id),
      other.refreshToken,
      'x',
      `${await tokenOf(gateway)}x`,
    ];
    for (const each of tokens) expect({ each, answered: await introspect(gateway, each) }).toEqual({ each, answered: inactive });
  });

  it('shows a service key the tokens of every organization', async () => {
    const [service, key] = [await serviceKey('tenant:read'), await keyOf(owner)];
    expect(await introspect(service, await tokenOf(key))).toMatchObject({ active: true, client_id: key.id });
    expect(await introspect(service, await tokenOf(service))).toMatchObject({ active: true, client_id: service.id, scope: 'tenant:read' });
    expect(await introspect(service, owner.accessToken)).toMatchObject({ active: true, sub: owner.userId, org: owner.organizationId });
    const other = await server.world.owner();
    expect(await introspect(service, owner.accessToken, { 'x-tenant-id': other.organizationId })).toEqual(inactive);
    expect(await introspect(service, owner.accessToken, { 'x-tenant-id': randomUUID() })).toEqual(inactive);
  });

  it('refuses a caller that is no client, and a form without a token', async () => {
    expect(refused(await form('/oauth/introspect', { token: gateway.key }))).toEqual({ status: 401, error: 'invalid_client' });
    expect(refused(await form('/oauth/introspect', {}, basic(gateway.id, gateway.key)))).toEqual({ status: 400, error: 'invalid_request' });
    expect(refused(await form('/oauth/introspect', { token: 'x' }, { authorization: `Bearer ${owner.accessToken}` }))).toEqual({ status: 401, error: 'invalid_client' });
  });
});

describe('revocation', () => {
  it('ends one token of a client on every replica at once, and no other', async () => {
    for (const [key, headers] of [
      [await keyOf(owner), {}],
      [await serviceKey('tenant:read'), { 'x-tenant-id': owner.organizationId }],
    ] as const) {
      const [first, second] = [await tokenOf(key), await tokenOf(key)];
      const use = async (accessToken: string): Promise<unknown> =>
        code(
          await as(accessToken, replica.api)
            .with(headers)
            .get(key.path.startsWith('/platform') ? '/tenant' : `${owner.home}/teams`),
        );
      expect([await use(first), await use(second)]).toEqual([200, 200]);
      expect((await revoke(key, first)).status).toBe(200);
      expect((await revoke(key, first)).status).toBe(200);
      expect([await use(first), await use(second)]).toEqual(['401 invalid_api_key', 200]);
    }
  });

  it('is for the client of the token alone', async () => {
    const key = await keyOf(owner);
    const accessToken = await tokenOf(key);
    expect(refused(await revoke(await keyOf(owner), accessToken))).toEqual({ status: 400, error: 'unauthorized_client' });
    expect(refused(await revoke(undefined, accessToken))).toEqual({ status: 401, error: 'invalid_client' });
    expect(code(await as(accessToken).get(`${owner.home}/teams`))).toBe(200);
  });

  it('forgets tokens that have expired', async () => {
    const key = await keyOf(owner);
    const past = `update api_keys set revoked_tokens = array['0192b8a0-4d3c-7a10-9b5e-2f6f0d1c7e55'] where id = $1`;
    await database.query(past, [key.id]);
    const accessToken = await tokenOf(key);
    await revoke(key, accessToken);
    const { rows } = await database.query('select revoked_tokens from api_keys where id = $1', [key.id]);
    expect(rows).toEqual([{ revoked_tokens: [decodeJwt(accessToken).jti] }]);
  });

  it('is refused when the key has a thousand revoked tokens, until they have expired', async () => {
    const key = await keyOf(owner);
    const [first, second] = [await tokenOf(key), await tokenOf(key)];
    const fill = `update api_keys set revoked_tokens = array(select $2 || lpad(i::text, 12, '0') from generate_series(1, 999) i) where id = $1`;
    await database.query(fill, [key.id, String(decodeJwt(first).jti).slice(0, 24)]);
    expect([(await revoke(key, first)).status, (await revoke(key, first)).status]).toEqual([200, 200]);
    expect(refused(await revoke(key, second))).toEqual({ status: 503, error: 'temporarily_unavailable' });
    const use = async (accessToken: string): Promise<unknown> => code(await as(accessToken).get(`${owner.home}/teams`));
    expect([await use(first), await use(second), (await token(key)).status]).toEqual(['401 invalid_api_key', 200, 200]);
    await database.query(fill, [key.id, '0192b8a0-4d3c-7a10-9b5e-']);
    expect((await revoke(key, second)).status).toBe(200);
    expect(await use(second)).toBe('401 invalid_api_key');
    expect((await database.query('select cardinality(revoked_tokens) as count from api_keys where id = $1', [key.id])).rows).toEqual([{ count: 1 }]);
  });

  it('of a refresh token ends the session, and an unknown token is none', async () => {
    const member = await server.world.member(owner);
    expect([(await revoke(undefined, 'unknown')).status, (await revoke(await keyOf(owner), 'unknown')).status]).toEqual([200, 200]);
    expect(refused(await revoke(undefined, member.accessToken))).toEqual({ status: 400, error: 'unsupported_token_type' });
    expect(code(await member.api.get('/auth/me'))).toBe(200);
    expect((await revoke(undefined, member.refreshToken)).status).toBe(200);
    expect(code(await member.api.get('/auth/me'))).toBe('401 session_ended');
  });

  it('of a key is refused: it has a route of its own', async () => {
    const key = await keyOf(owner);
    expect(refused(await revoke(key, key.key))).toEqual({ status: 400, error: 'unsupported_token_type' });
    expect((await token(key)).status).toBe(200);
  });
});

describe('POST /oauth/token refuses', () => {
  let key: Key;
  beforeAll(async () => void (key = await keyOf(owner)));

  const post = (): Readonly<Record<string, string>> => ({ client_id: key.id, client_secret: key.key });
  const cases: readonly (readonly [string, () => Promise<Answered>, number, string])[] = [
    ['a client that sends no secret', () => form('/oauth/token', grant), 401, 'invalid_client'],
    ['a wrong secret', () => token({ ...key, key: `${key.key.slice(0, -1)}${key.key.endsWith('x') ? 'y' : 'x'}` }), 401, 'invalid_client'],
    ['an access token as the secret', () => token({ ...key, key: owner.api.token ?? '' }), 401, 'invalid_client'],
    ['the secret of another key', async () => token({ ...key, key: (await keyOf(owner)).key }), 401, 'invalid_client'],
    ['the secret of a key of another organization', async () => token({ ...key, key: (await keyOf(await server.world.owner())).key }), 401, 'invalid_client'],
    ['malformed percent-encoding', () => form('/oauth/token', grant, basic(`%zz${key.id}`, key.key)), 401, 'invalid_client'],
    ['Basic that is not base64', () => form('/oauth/token', grant, { authorization: 'Basic ???' }), 401, 'invalid_client'],
    ['another scheme than Basic', () => form('/oauth/token', grant, { authorization: `Bearer ${key.key}` }), 401, 'invalid_client'],
    ['two ways to authenticate', () => token(key, { client_secret: key.key }), 400, 'invalid_request'],
    ['two clients', () => token(key, { client_id: randomUUID() }), 400, 'invalid_request'],
    [
      'a parameter twice',
      () => form('/oauth/token', new URLSearchParams([...Object.entries({ ...grant, ...post() }), ['grant_type', 'client_credentials']])),
      400,
      'invalid_request',
    ],
    ['no grant type', () => form('/oauth/token', post()), 400, 'invalid_request'],
    ['another grant type', () => form('/oauth/token', { ...post(), grant_type: 'password' }), 400, 'unsupported_grant_type'],
    ['a JSON body', () => form('/oauth/token', JSON.stringify({ ...grant, ...post() }), { 'content-type': 'application/json' }), 400, 'invalid_request'],
    ['a body of another type', () => form('/oauth/token', 'x', { 'content-type': 'text/plain' }), 400, 'invalid_request'],
    ['a description that repeats more than it has room for', () => token(key, { scope: 'x'.repeat(10_000) }), 400, 'invalid_scope'],
    ['a body that is not text', () => form('/oauth/token', '%ff%00=1', basic(key.id, key.key)), 400, 'invalid_request'],
    ['a scope that the key does not have', () => token(key, { scope: 'teams:read members:read' }), 400, 'invalid_scope'],
    ['a scope that no key has', () => token(key, { scope: 'members:write' }), 400, 'invalid_scope'],
    ['scopes that are not separated by one space', () => token(key, { scope: 'teams:read  settings:write' }), 400, 'invalid_scope'],
    [
      'GET',
      () => fetch(`${server.url}/oauth/token`).then(async (answer) => ({ status: answer.status, body: await answer.json(), headers: answer.headers })),
      405,
      'invalid_request',
    ],
  ];
  it.each(cases)('%s', async (_, send, status, error) => {
    const answered = await send();
    expect({ ...(refused(answered) as object), members: Object.keys(answered.body) }).toEqual({ status, error, members: ['error', 'error_description'] });
    expect(answered.body.error_description.length).toBeLessThanOrEqual(500);
    expect(answered.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answered.headers.get('cache-control')).toContain('no-store');
    expect(answered.headers.get('www-authenticate')).toBe(status === 401 ? 'Basic realm="tenantry"' : null);
  });

  it('secrets that are form-encoded are decoded, and an empty scope is none', async () => {
    expect((await form('/oauth/token', { ...grant, scope: '' }, basic(key.id.replaceAll('-', '%2D'), key.key.replace('_', '%5F')))).status).toBe(200);
  });

  it('a key outside of its addresses', async () => {
    const bound = await keyOf(owner, { allowedIps: ['203.0.113.0/24'] });
    expect(refused(await token(bound, {}, { 'x-forwarded-for': '198.51.100.7' }))).toEqual({ status: 400, error: 'unauthorized_client' });
    const { status, body } = await token(bound, {}, { 'x-forwarded-for': '203.0.113.9' });
    expect(status).toBe(200);
    const from = async (address: string): Promise<unknown> => code(await as(body.access_token).with({ 'x-forwarded-for': address }).get(`${owner.home}/teams`));
    expect([await from('203.0.113.9'), await from('198.51.100.7')]).toEqual([200, '403 address_not_allowed']);
  });
});

describe('claims of the catalog', () => {
  const wide = Array.from({ length: 60 }, (_, index) => `${'r'.repeat(29)}${String(index).padStart(3, '0')}:read`);
  const fillerLength = 754;
  let claiming: TestServer;
  beforeAll(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'catalog-'));
    const file = path.join(folder, 'claims.yaml');
    // With the filler, the claims take the 1024 bytes that a catalog may have.
    const claims = `tokenClaims:\n  plan: plan\n  role: role\n  'https://acme.example/org': slug\n  tier: { value: gold }\n  filler: { value: ${'x'.repeat(fillerLength)} }\n`;
    const permissions = wide.map((permission) => `  ${permission}: A permission\n`).join('');
    await writeFile(file, `${(await readFile('catalogs/default.yaml', 'utf8')).replace('permissions:\n', `permissions:\n${permissions}`)}\n${claims}`);
    claiming = await startTestServer({ CATALOG: file });
    await rm(folder, { recursive: true });
  });
  afterAll(() => claiming.close());

  it('are in the tokens of users and clients, as they were when the token was issued', async () => {
    const email = claiming.world.email('owner');
    const signedUp = await claiming.api.post('/auth/signup', { email, password: goodPassword, name: 'Ada', organization: { name: 'Acme' } });
    const { slug, id } = signedUp.body.organization;
    const ofOrganization = { plan: 'free', tier: 'gold', 'https://acme.example/org': slug };
    expect(decodeJwt(signedUp.body.accessToken)).toMatchObject({ ...ofOrganization, role: 'owner', org: id, sub: signedUp.body.user.id });
    await database.query(`update organizations set plan = 'pro' where id = $1`, [id]);
    const api = claiming.api.as(signedUp.body.accessToken);
    const refreshed = await api.post('/auth/refresh', { refreshToken: signedUp.body.refreshToken });
    expect(decodeJwt(refreshed.body.accessToken)).toMatchObject({ ...ofOrganization, plan: 'pro', role: 'owner' });
    const left = await api.post('/auth/switch-organization', { organizationId: null });
    expect(Object.keys(decodeJwt(left.body.accessToken))).not.toEqual(expect.arrayContaining(['plan']));
    expect(decodeJwt(left.body.accessToken)).toMatchObject({ tier: 'gold' });
    const made = await api.with({ 'x-tenant-id': id }).post(`/organizations/${id}/api-keys`, { name: 'Key', permissions: ['teams:read'] });
    const body = new URLSearchParams({ ...grant, client_id: made.body.id, client_secret: made.body.key });
    const { access_token: accessToken } = (await (await fetch(`${claiming.url}/oauth/token`, { method: 'POST', body })).json()) as { access_token: string };
    expect(decodeJwt(accessToken)).toMatchObject({ ...ofOrganization, plan: 'pro', sub: made.body.id, scope: 'teams:read' });
    expect(decodeJwt(accessToken)).not.toHaveProperty('role');
    expect(accessToken.length).toBeLessThan(4096);
  });

  it('and the scope make no token of a client larger than 4096 bytes: the client asks for fewer scopes', async () => {
    const person = await claiming.world.owner({ organization: 'a'.repeat(63) });
    expect(person.accessToken.length).toBeLessThan(3000);
    const made = await person.api.post(`${person.home}/api-keys`, { name: 'Key', permissions: wide });
    const ask = async (scope: readonly string[]): Promise<any> => {
      const body = new URLSearchParams({ ...grant, client_id: made.body.id, client_secret: made.body.key, scope: scope.join(' ') });
      return (await fetch(`${claiming.url}/oauth/token`, { method: 'POST', body })).json();
    };
    expect(await ask(wide)).toEqual({ error: 'invalid_scope', error_description: 'The token would be larger than 4096 bytes. Ask for fewer scopes.' });
    expect(await ask([])).toMatchObject({ error: 'invalid_scope' });
    const lengths = await Promise.all([20, 30, 40].map(async (count) => (await ask(wide.slice(0, count))).access_token?.length ?? 0));
    expect(lengths[0]).toBeGreaterThan(2000);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(4096);
  });
});

describe('a forged token is refused', () => {
  /** Signs other claims, with the key of the server unless another one is given. */
  async function forge(change: (claims: JWTPayload) => JWTPayload, header: object = {}): Promise<string> {
    const { kid, jwk } = await server.control.signingKey();
    const claims = change(decodeJwt(await tokenOf(await keyOf(owner))));
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header }).sign(await importJWK(jwk, 'ES256'));
  }
  const use = async (accessToken: string): Promise<unknown> => code(await as(accessToken).get(`${owner.home}/teams`));
  const same = (claims: JWTPayload): JWTPayload => claims;

  it('the same claims are accepted, so that the others are refused for their change', async () => expect(await use(await forge(same))).toBe(200));

  it.each([
    ['another type', same, { typ: 'JWT' }, '401 invalid_token'],
    ['no type', same, { typ: undefined }, '401 invalid_token'],
    ['another audience', (claims: JWTPayload) => ({ ...claims, aud: 'other' }), {}, '401 invalid_token'],
    ['another issuer', (claims: JWTPayload) => ({ ...claims, iss: 'http://other.test' }), {}, '401 invalid_token'],
    ['another client', (claims: JWTPayload) => ({ ...claims, sub: randomUUID() }), {}, '401 invalid_token'],
    ['another key of the organization', (claims: JWTPayload) => ({ ...claims, sub: owner.userId, client_id: owner.userId }), {}, '401 invalid_api_key'],
    ['a session', (claims: JWTPayload) => ({ ...claims, sid: randomUUID() }), {}, '401 invalid_token'],
    ['no scope', (claims: JWTPayload) => ({ ...claims, scope: undefined }), {}, '401 invalid_token'],
    ['the past as its expiry', (claims: JWTPayload) => ({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 }), {}, '401 token_expired'],
    [
      'no expiry',
      ({ sub, client_id, org, scope, key_hash, jti, iss, aud }: JWTPayload) => ({ sub, client_id, org, scope, key_hash, jti, iss, aud }) as JWTPayload,
      {},
      '401 invalid_token',
    ],
    ['another secret', (claims: JWTPayload) => ({ ...claims, key_hash: Buffer.alloc(32).toString('base64url') }), {}, '401 invalid_api_key'],
    ['half of a secret', (claims: JWTPayload) => ({ ...claims, key_hash: Buffer.alloc(16).toString('base64url') }), {}, '401 invalid_token'],
  ])('with %s', async (_, change, header, expected) => expect(await use(await forge(change, header))).toBe(expected));

  it('without a signature, or with the public key as a secret', async () => {
    const accessToken = await tokenOf(await keyOf(owner));
    const [, payload = ''] = accessToken.split('.');
    const { kid = '' } = decodeProtectedHeader(accessToken);
    const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect(await use(`${encoded({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.`)).toBe('401 invalid_token');
    const { keys } = (await (await fetch(`${server.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] };
    const secret = new TextEncoder().encode(JSON.stringify(keys.find((each) => each.kid === kid)));
    expect(await use(await new SignJWT(decodeJwt(accessToken)).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid }).sign(secret))).toBe('401 invalid_token');
  });
});
