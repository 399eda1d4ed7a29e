import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { apiKeyFormat } from '../../src/access/principal/key-token.js';
import { builtInPermissions, grantableToKeys } from '../../src/config/catalog/built-in-permissions.js';
import { targetOf, type Answer, type Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import type { Person } from '../support/world.js';

let server: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer({ TRUSTED_PROXIES: '1' });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

interface Key {
  readonly id: string;
  readonly key: string;
  /** Sends it as X-API-Key. */
  readonly api: Client;
  readonly path: string;
}

const withKey = (api: Client, key: string): Client => api.as(undefined).with({ 'x-api-key': key });

/** An API key that a person made. Without more it is the organization's, and reads teams. */
async function keyOf(person: Person, body: object = {}): Promise<Key> {
  const made = await person.api.post(`${person.home}/api-keys`, { name: 'Key', permissions: ['teams:read'], ...body });
  if (made.status !== 201) throw new Error(`making a key answered ${made.status}: ${made.text}`);
  return { id: made.body.id, key: made.body.key, api: withKey(person.api, made.body.key), path: `${person.home}/api-keys/${made.body.id}` };
}

const refusal = ({ status, body }: Answer): { status: number; code: unknown } => ({ status, code: body?.code });
const invalid = { status: 401, code: 'invalid_api_key' };
const teams = ({ home }: Person): string => `${home}/teams`;
const customSettings = '/tenant/custom-settings';
const setPlan = (person: Person, plan: string): Promise<unknown> => database.query('update organizations set plan = $2 where id = $1', [person.organizationId, plan]);
const expireAt = (id: string, when: string): Promise<unknown> => database.query(`update api_keys set expires_at = now() + $2::interval where id = $1`, [id, when]);

describe('a new API key', () => {
  it('the secret is shown only in the response to the creation', async () => {
    const owner = await server.world.owner();
    const made = await owner.api.post(`${owner.home}/api-keys`, {
      name: 'Import',
      permissions: ['teams:read'],
      expiresAt: '2099-01-01T00:00:00Z',
      allowedIps: ['10.0.0.0/8'],
      rateLimit: 60,
    });
    const { key, ...rest } = made.body;
    expect(made.status).toBe(201);
    expect(key).toMatch(/^tk_[0-9A-Za-z]{71}$/);
    expect(made.headers.get('location')).toBe(`/api/v1${owner.home}/api-keys/${rest.id}`);
    expect(rest).toMatchObject({
      name: 'Import',
      permissions: ['teams:read'],
      status: 'active',
      ownerId: null,
      createdById: owner.userId,
      hint: `tk_…${key.slice(-4)}`,
      rateLimit: 60,
      useCount: 0,
    });
    const [one, list] = [await owner.api.get(`${owner.home}/api-keys/${rest.id}`), await owner.api.get(`${owner.home}/api-keys`)];
    expect(one.body).toEqual(rest);
    expect(list.body.data).toEqual([rest]);
    const changed = await owner.api.patch(`${owner.home}/api-keys/${rest.id}`, { name: 'Renamed' });
    for (const { text } of [one, list, changed]) for (const part of [key.slice(3, 40), 'tokenHash', 'token_hash', 'previousHash']) expect(text).not.toContain(part);
  });

  it('only the SHA-256 hash of the secret is stored', async () => {
    const owner = await server.world.owner();
    const { id, key } = await keyOf(owner);
    const { rows } = await database.query('select token_hash, to_jsonb(k)::text as all from api_keys k where id = $1', [id]);
    expect(rows[0].token_hash).toEqual(createHash('sha256').update(key).digest());
    expect(rows[0].all).not.toContain(key.slice(3, 20));
    expect(rows[0].all).not.toContain(key.slice(-20));
  });

  it('a key belongs to the organization or to its creator', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner);
    expect((await owner.api.get((await keyOf(owner)).path)).body.ownerId).toBeNull();
    expect((await owner.api.get((await keyOf(owner, { belongsTo: 'me' })).path)).body.ownerId).toBe(owner.userId);
    expect((await member.api.get((await keyOf(member, { belongsTo: 'me' })).path)).body.ownerId).toBe(member.userId);
    expect(refusal(await member.api.post(`${member.home}/api-keys`, { name: 'x', permissions: ['teams:read'] }))).toEqual({ status: 403, code: 'access_denied' });
  });

  it.each([
    [{ name: '' }, '/name'],
    [{ permissions: 'teams:read' }, '/permissions'],
    [{ permissions: ['*'] }, '/permissions'],
    [{ permissions: ['teams:*'] }, '/permissions'],
    [{ permissions: ['teams:read', 'teams:read'] }, '/permissions'],
    [{ permissions: undefined }, '/permissions'],
    [{ belongsTo: 'you' }, '/belongsTo'],
    [{ expiresAt: 'tomorrow' }, '/expiresAt'],
    [{ expiresAt: 4_000_000_000 }, '/expiresAt'],
    [{ allowedIps: ['10.0.0.0/33'] }, '/allowedIps'],
    [{ allowedIps: ['127.0.0.1/032'] }, '/allowedIps'],
    [{ allowedIps: ['localhost'] }, '/allowedIps'],
    [{ allowedIps: '10.0.0.1' }, '/allowedIps'],
    [{ rateLimit: 0 }, '/rateLimit'],
    [{ rateLimit: 1.5 }, '/rateLimit'],
    [{ ownerId: '0192b8a0-0000-7000-8000-000000000000' }, '/ownerId'],
    [{ tokenHash: 'x' }, '/tokenHash'],
    [{ organizationId: '0192b8a0-0000-7000-8000-000000000000' }, '/organizationId'],
    [{ useCount: 5 }, '/useCount'],
  ])('an API key with an invalid field is refused: %j', async (body, pointer) => {
    const owner = await server.world.owner();
    const answer = await owner.api.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['teams:read'], ...body });
    expect(refusal(answer)).toEqual({ status: 400, code: 'validation_failed' });
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect((await owner.api.get(`${owner.home}/api-keys`)).body.data).toEqual([]);
  });

  it('an API key with an expiry in the past is refused', async () => {
    const owner = await server.world.owner();
    const { path } = await keyOf(owner);
    const past = { expiresAt: '2020-01-01T00:00:00Z' };
    for (const answer of [
      await owner.api.post(`${owner.home}/api-keys`, { name: 'x', permissions: [], ...past }),
      await owner.api.patch(path, past),
      await owner.api.post(`${path}/rotate`, past),
    ])
      expect(refusal(answer)).toEqual({ status: 422, code: 'expiry_in_the_past' });
  });
});

describe('the permissions of a key', () => {
  it('a key has only its own permissions', async () => {
    const owner = await server.world.owner();
    const [reads, writes] = [await keyOf(owner), await keyOf(owner, { permissions: ['settings:write'] })];
    expect((await reads.api.get(teams(owner))).status).toBe(200);
    expect(refusal(await reads.api.patch(customSettings, { theme: 'dark' }))).toEqual({ status: 403, code: 'access_denied' });
    expect((await writes.api.patch(customSettings, { theme: 'dark' })).status).toBe(200);
    expect((await writes.api.get(teams(owner))).status).toBe(403);
    expect((await (await keyOf(owner, { permissions: [] })).api.get(teams(owner))).status).toBe(403);
  });

  it('an API key cannot have permissions that manage access, also if an owner creates it', async () => {
    const owner = await server.world.owner();
    const { path } = await keyOf(owner);
    const forPeople = Object.keys(builtInPermissions).filter((permission) => !grantableToKeys(permission));
    expect(forPeople).toEqual(
      expect.arrayContaining(['members:write', 'roles:write', 'teams:write', 'invitations:write', 'api_keys:write', 'security:write', 'organization:delete']),
    );
    for (const permission of forPeople) {
      const expected = { status: 422, code: 'permission_not_for_keys' };
      expect(refusal(await owner.api.post(`${owner.home}/api-keys`, { name: 'x', permissions: ['teams:read', permission] }))).toEqual(expected);
      expect(refusal(await owner.api.patch(path, { permissions: [permission] }))).toEqual(expected);
    }
    expect(refusal(await owner.api.post(`${owner.home}/api-keys`, { name: 'x', permissions: ['teams:burn'] }))).toEqual({ status: 422, code: 'unknown_permission' });
    expect((await owner.api.get(path)).body.permissions).toEqual(['teams:read']);
  });

  it('a key cannot have permissions that its creator lacks', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner);
    const own = { name: 'x', belongsTo: 'me', permissions: ['teams:read', 'settings:write', 'security:read'] };
    expect(await member.api.post(`${member.home}/api-keys`, own)).toMatchObject({ status: 403, body: { code: 'role_too_high', beyond: ['settings:write', 'security:read'] } });
    const mine = await keyOf(member, { belongsTo: 'me' });
    expect(refusal(await member.api.patch(mine.path, { permissions: ['settings:write'] }))).toEqual({ status: 403, code: 'role_too_high' });
  });

  it('a member who manages keys cannot extend a key beyond their own permissions', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner);
    await owner.api.post(`${owner.home}/roles`, { key: 'key_keeper', name: 'Key keeper', permissions: ['api_keys:read', 'api_keys:write'] });
    await owner.api.patch(`${owner.home}/members/${member.userId}`, { customRoles: ['key_keeper'] });
    const strong = await keyOf(owner, { permissions: ['settings:write'], allowedIps: ['10.0.0.1'] });
    const tooHigh = { status: 403, code: 'role_too_high' };
    expect(refusal(await member.api.post(`${member.home}/api-keys`, { name: 'x', permissions: ['settings:write'] }))).toEqual(tooHigh);
    expect(refusal(await member.api.post(`${strong.path}/rotate`, {}))).toEqual(tooHigh);
    expect(refusal(await member.api.patch(strong.path, { allowedIps: [] }))).toEqual(tooHigh);
    expect(refusal(await member.api.patch(strong.path, { enabled: false, allowedIps: [] }))).toEqual(tooHigh);
    expect(refusal(await member.api.patch(strong.path, { enabled: false, expiresAt: null }))).toEqual(tooHigh);
    expect((await member.api.patch(strong.path, { enabled: false })).body.status).toBe('disabled');
    expect(refusal(await member.api.patch(strong.path, { enabled: true }))).toEqual(tooHigh);
    expect((await member.api.delete(strong.path)).status).toBe(204);
  });

  it('a key with every permission cannot call the routes that manage access', async () => {
    const owner = await server.world.owner();
    const everything = (await owner.api.get('/permissions')).body.data
      .filter(({ grantableToKeys: can }: { grantableToKeys: boolean }) => can)
      .map(({ key }: { key: string }) => key);
    const { api, id } = await keyOf(owner, { permissions: everything });
    // The application would never write this: the key has a permission that manages access.
    await database.query('update api_keys set permissions = permissions || $2::text[] where id = $1', [id, Object.keys(builtInPermissions)]);
    const tried: string[] = [];
    for (const { method, path, rule } of await server.control.routes()) {
      if (rule === undefined || rule.kind === 'public' || (rule.kind === 'member' && rule.apiKeys === true) || (rule.kind === 'permission' && grantableToKeys(rule.permission)))
        continue;
      const target = targetOf(path).replace(':organizationId', owner.organizationId).replaceAll(/:\w+/g, randomUUID());
      const code = ['permission', 'service', 'setup', 'directory'].includes(rule.kind) ? 'access_denied' : 'user_required';
      expect({ method, target, ...(refusal(await api.request(method, target, method === 'GET' ? undefined : {})) as object) }).toEqual({ method, target, status: 403, code });
      tried.push(`${method} ${path.replace('/api/v1', '')}`);
    }
    const wanted = ['POST /organizations/:organizationId/members', 'POST /organizations/:organizationId/api-keys', 'PATCH /tenant/security', 'GET /auth/me', 'POST /organizations'];
    expect(tried).toEqual(expect.arrayContaining(wanted));
    expect((await database.query('select count(*)::int as count from api_keys where organization_id = $1', [owner.organizationId])).rows).toEqual([{ count: 1 }]);
  });

  it('an access check with a key decides about the key', async () => {
    const owner = await server.world.owner();
    const { api, id } = await keyOf(owner);
    expect((await api.post('/access/check', { permission: 'teams:read', explain: true })).body).toMatchObject({
      allowed: true,
      trace: expect.arrayContaining([expect.objectContaining({ step: 'membership', source: `API key ${id}` })]),
    });
    expect((await api.post('/access/check', { permission: 'members:write' })).body).toMatchObject({ allowed: false, code: 'access_denied' });
  });
});

describe('sending a key', () => {
  it('a key is accepted in X-API-Key or as a bearer token, but not in both', async () => {
    const owner = await server.world.owner();
    const { key } = await keyOf(owner);
    expect((await withKey(server.api, key).get(teams(owner))).status).toBe(200);
    expect((await server.api.as(key).get(teams(owner))).status).toBe(200);
    expect(refusal(await server.api.as(key).with({ 'x-api-key': key }).get(teams(owner)))).toEqual({ status: 400, code: 'two_credentials' });
    expect(refusal(await owner.api.with({ 'x-api-key': key }).get(teams(owner)))).toEqual({ status: 400, code: 'two_credentials' });
  });

  it('a key in the URL or the body is ignored', async () => {
    const owner = await server.world.owner();
    const { key } = await keyOf(owner);
    expect((await server.api.get(`${teams(owner)}?apiKey=${key}&api_key=${key}&x-api-key=${key}`)).status).toBe(401);
  });
});

describe('a changed key is effective immediately', () => {
  it('disabling and enabling a key is effective immediately', async () => {
    const owner = await server.world.owner();
    const { api, path } = await keyOf(owner);
    expect((await owner.api.patch(path, { enabled: false })).body).toMatchObject({ enabled: false, status: 'disabled' });
    expect(refusal(await api.get(teams(owner)))).toEqual({ status: 401, code: 'api_key_disabled' });
    await owner.api.patch(path, { enabled: true });
    expect((await api.get(teams(owner))).status).toBe(200);
  });

  it('a key is refused as soon as it expires', async () => {
    const owner = await server.world.owner();
    const { api, id, path } = await keyOf(owner, { expiresAt: new Date(Date.now() + 60_000).toISOString() });
    expect((await api.get(teams(owner))).status).toBe(200);
    await expireAt(id, '0 seconds');
    expect(refusal(await api.get(teams(owner)))).toEqual({ status: 401, code: 'api_key_expired' });
    expect((await owner.api.get(path)).body.status).toBe('expired');
    await owner.api.patch(path, { expiresAt: null });
    expect((await api.get(teams(owner))).status).toBe(200);
  });

  it('a key is refused as soon as it is revoked', async () => {
    const owner = await server.world.owner();
    const { api, path } = await keyOf(owner);
    expect((await api.get(teams(owner))).status).toBe(200);
    expect((await owner.api.delete(path)).status).toBe(204);
    expect(refusal(await api.get(teams(owner)))).toEqual(invalid);
    expect((await owner.api.delete(path)).status).toBe(404);
  });

  it('changed permissions and addresses of a key are effective immediately', async () => {
    const owner = await server.world.owner();
    const { api, path } = await keyOf(owner);
    const from = (address: string): Promise<Answer> => api.with({ 'x-forwarded-for': address }).get(teams(owner));
    expect((await from('203.0.113.9')).status).toBe(200);
    await owner.api.patch(path, { allowedIps: ['203.0.113.0/24', '2001:db8::/32'] });
    for (const inside of ['203.0.113.9', '2001:db8::1', '::ffff:203.0.113.9', '198.51.100.1, 203.0.113.9']) expect((await from(inside)).status).toBe(200);
    for (const outside of ['203.0.114.1', '2001:db9::1', '203.0.113.9, 198.51.100.1', 'nonsense', 'fe80::1%eth0'])
      expect({ outside, ...(refusal(await from(outside)) as object) }).toEqual({ outside, status: 403, code: 'address_not_allowed' });
    expect((await api.get(teams(owner))).status).toBe(403);
    await owner.api.patch(path, { allowedIps: [], permissions: ['content:read'] });
    expect(refusal(await api.get(teams(owner)))).toEqual({ status: 403, code: 'access_denied' });
  });
});

describe('lists of keys', () => {
  it('api_keys:read lists all keys; other members see their own', async () => {
    const owner = await server.world.owner();
    const [admin, member] = [await server.world.member(owner, 'admin'), await server.world.member(owner)];
    const [ofOrganization, ofAdmin, ofMember] = [await keyOf(owner), await keyOf(admin, { belongsTo: 'me' }), await keyOf(member, { belongsTo: 'me', name: 'Mine' })];
    const ids = async (person: Person, query = ''): Promise<string[]> => (await person.api.get(`${owner.home}/api-keys${query}`)).body.data.map(({ id }: { id: string }) => id);
    expect(await ids(admin)).toEqual([ofMember.id, ofAdmin.id, ofOrganization.id]);
    expect(await ids(member)).toEqual([ofMember.id]);
    for (const { path } of [ofOrganization, ofAdmin])
      for (const answer of [await member.api.get(path), await member.api.patch(path, { name: 'x' }), await member.api.delete(path), await member.api.post(`${path}/rotate`, {})])
        expect(refusal(answer)).toEqual({ status: 404, code: 'not_found' });
    await admin.api.patch(ofMember.path, { enabled: false });
    await expireAt(ofAdmin.id, '-1 second');
    expect(await ids(admin, '?status=disabled')).toEqual([ofMember.id]);
    expect(await ids(admin, '?status=expired')).toEqual([ofAdmin.id]);
    expect(await ids(admin, '?status=active')).toEqual([ofOrganization.id]);
    expect((await admin.api.get(`${owner.home}/api-keys?sort=tokenHash`)).status).toBe(400);
  });

  it('keys of another organization are not found', async () => {
    const [a, b] = await server.world.twoTenants();
    const [ofA, ofB] = [await keyOf(a, { name: 'Of A' }), await keyOf(b, { name: 'Of B' })];
    expect((await b.api.get(`${b.home}/api-keys?count=exact`)).text).not.toContain(ofA.id);
    const strip = ({ status, body }: Answer): unknown => ({ status, ...body, requestId: '', instance: '' });
    const attempts = (id: string): Promise<Answer>[] => {
      const path = `${b.home}/api-keys/${id}`;
      return [b.api.get(path), b.api.patch(path, { enabled: false }), b.api.delete(path), b.api.post(`${path}/rotate`, {})];
    };
    const [foreign, missing] = [await Promise.all(attempts(ofA.id)), await Promise.all(attempts(randomUUID()))];
    expect(foreign.map(strip)).toEqual(missing.map(strip));
    expect(foreign.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect((await a.api.get(ofA.path)).body).toMatchObject({ name: 'Of A', enabled: true });
    for (const { api } of [ofA, ofB]) expect((await api.get('/organizations/current')).status).toBe(403);
    expect((await ofA.api.get(teams(a))).status).toBe(200);
  });
});

describe('a key and another organization', () => {
  it('a request with a key of organization A that names organization B is refused without effect', async () => {
    const [a, b] = await server.world.twoTenants();
    const { api } = await keyOf(a, { permissions: ['teams:read', 'settings:write', 'organization:read'] });
    const mismatch = { status: 400, code: 'tenant_mismatch' };
    expect(refusal(await api.with({ 'x-tenant-id': b.organizationId }).get(teams(a)))).toEqual(mismatch);
    expect(refusal(await api.with({ 'x-tenant-slug': b.slug }).get(teams(a)))).toEqual(mismatch);
    expect(refusal(await api.get(teams(b)))).toEqual(mismatch);
    expect(refusal(await api.post(teams(b), { name: 'Planted' }))).toEqual(mismatch);
    expect(refusal(await api.with({ 'x-tenant-id': b.organizationId }).patch(customSettings, { planted: true }))).toEqual(mismatch);
    expect(refusal(await api.with({ 'x-tenant-id': b.organizationId }).post('/access/check', {}))).toEqual(mismatch);
    expect((await api.with({ 'x-tenant-id': `${a.organizationId},${b.organizationId}` }).get(teams(a))).status).toBe(400);
    expect([(await b.api.get(teams(b))).body.data, (await b.api.get(customSettings)).body]).toEqual([[], {}]);
    expect((await api.get('/organizations/current')).body.id).toBe(a.organizationId);
    expect((await api.with({ 'x-tenant-id': a.organizationId, 'x-tenant-slug': a.slug }).get(teams(a))).status).toBe(200);
  });

  it('a forged key with the id of B and the secret of A is refused', async () => {
    const [a, b] = await server.world.twoTenants();
    const { id } = await keyOf(a);
    const forged = apiKeyFormat.newKey(b.organizationId);
    await database.query('update api_keys set token_hash = $2 where id = $1', [id, createHash('sha256').update(forged).digest()]);
    expect(refusal(await withKey(server.api, forged).get(teams(b)))).toEqual(invalid);
    expect(refusal(await withKey(server.api, forged).get(teams(a)))).toEqual({ status: 400, code: 'tenant_mismatch' });
  });
});

describe('a personal key', () => {
  it('a personal key ends with the membership; a key of the organization stays and must be rotated', async () => {
    const owner = await server.world.owner();
    const admin = await server.world.member(owner, 'admin');
    const [own, ofOrganization] = [await keyOf(admin, { belongsTo: 'me' }), await keyOf(admin, { permissions: ['teams:read', 'settings:read'] })];
    for (const { api } of [own, ofOrganization]) expect((await api.get(teams(owner))).status).toBe(200);
    expect((await owner.api.delete(`${owner.home}/members/${admin.userId}`)).status).toBe(204);
    expect(refusal(await own.api.get(teams(owner)))).toEqual(invalid);
    expect(refusal(await ofOrganization.api.get('/tenant/settings'))).toEqual({ status: 403, code: 'api_key_needs_review' });
    expect((await owner.api.get(`${owner.home}/api-keys`)).body.data).toEqual([expect.objectContaining({ id: ofOrganization.id, createdById: admin.userId, needsReview: true })]);
    const { body } = await owner.api.post(`${ofOrganization.path}/rotate`, {});
    expect((await server.api.as(body.key).get('/tenant/settings')).status).toBe(200);
    expect(refusal(await ofOrganization.api.get('/tenant/settings'))).toEqual({ status: 403, code: 'api_key_needs_review' });
  });

  it('a personal key ends when its owner leaves, also if they return', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner);
    const { api } = await keyOf(member, { belongsTo: 'me' });
    expect((await member.api.post(`${owner.home}/leave`)).status).toBe(204);
    expect(refusal(await api.get(teams(owner)))).toEqual(invalid);
    await database.query(`insert into memberships (organization_id, id, user_id, role) values ($1, $2, $3, 'member')`, [owner.organizationId, randomUUID(), member.userId]);
    expect((await member.api.get(teams(owner))).status).toBe(200);
    expect(refusal(await api.get(teams(owner)))).toEqual(invalid);
  });

  it('a personal key follows the role of its owner immediately', async () => {
    const owner = await server.world.owner();
    const admin = await server.world.member(owner, 'admin');
    const { api, path } = await keyOf(admin, { belongsTo: 'me', permissions: ['teams:read', 'settings:read'] });
    expect((await api.get('/tenant/settings')).status).toBe(200);
    await owner.api.patch(`${owner.home}/members/${admin.userId}`, { role: 'member' });
    expect(refusal(await api.get('/tenant/settings'))).toEqual({ status: 403, code: 'access_denied' });
    expect((await api.get(teams(owner))).status).toBe(200);
    expect(refusal(await admin.api.post(`${path}/rotate`, {}))).toEqual({ status: 403, code: 'role_too_high' });
    await owner.api.patch(`${owner.home}/members/${admin.userId}`, { role: 'admin' });
    expect((await api.get('/tenant/settings')).status).toBe(200);
  });

  it('a personal key includes permissions of its owner’s custom roles', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner);
    await owner.api.post(`${owner.home}/roles`, { key: 'looker', name: 'Looker', permissions: ['settings:read'] });
    await owner.api.patch(`${owner.home}/members/${member.userId}`, { customRoles: ['looker'] });
    const { api } = await keyOf(member, { belongsTo: 'me', permissions: ['settings:read'] });
    expect((await api.get('/tenant/settings')).status).toBe(200);
    await owner.api.patch(`${owner.home}/members/${member.userId}`, { customRoles: [] });
    expect((await api.get('/tenant/settings')).status).toBe(403);
  });

  it('a personal key is refused while its owner is disabled', async () => {
    const owner = await server.world.owner();
    const { api } = await keyOf(owner, { belongsTo: 'me' });
    await database.query('update users set disabled_at = now() where id = $1', [owner.userId]);
    expect(refusal(await api.get(teams(owner)))).toEqual(invalid);
  });
});

describe('rotating a key', () => {
  const rotated = async (person: Person, { path }: Key, body: object = {}): Promise<Answer> => person.api.post(`${path}/rotate`, body);

  it('rotation creates a new secret, and the previous one works for one day by default', async () => {
    const owner = await server.world.owner();
    const key = await keyOf(owner);
    const answer = await rotated(owner, key);
    expect(answer).toMatchObject({ status: 200, body: { id: key.id, permissions: ['teams:read'] } });
    expect(answer.body.key).not.toBe(key.key);
    const left = new Date(answer.body.previousExpiresAt).getTime() - Date.now();
    expect(Math.round(left / 60_000)).toBe(24 * 60);
    for (const api of [key.api, withKey(server.api, answer.body.key)]) expect((await api.get(teams(owner))).status).toBe(200);
    await database.query(`update api_keys set previous_expires_at = now() where id = $1`, [key.id]);
    expect(refusal(await key.api.get(teams(owner)))).toEqual(invalid);
    expect((await withKey(server.api, answer.body.key).get(teams(owner))).status).toBe(200);
    expect((await owner.api.get(key.path)).body.previousExpiresAt).toBeNull();
  });

  it('an overlap of two seconds ends after two seconds', async () => {
    const owner = await server.world.owner();
    const key = await keyOf(owner);
    const rotatedAt = Date.now();
    const later = async (milliseconds: number): Promise<Answer> => {
      await server.control.setClock(new Date(rotatedAt + milliseconds));
      return key.api.get(teams(owner));
    };
    await server.control.setClock(new Date(rotatedAt));
    try {
      await rotated(owner, key, { overlapSeconds: 2 });
      expect((await later(1999)).status).toBe(200);
      expect(refusal(await later(2001))).toEqual(invalid);
    } finally {
      await server.control.setClock(undefined);
    }
  });

  it('without an overlap the previous secret ends immediately', async () => {
    const owner = await server.world.owner();
    const key = await keyOf(owner);
    const { body } = await rotated(owner, key, { overlapSeconds: 0 });
    expect(body.previousExpiresAt).toBeNull();
    expect(refusal(await key.api.get(teams(owner)))).toEqual(invalid);
    expect((await withKey(server.api, body.key).get(teams(owner))).status).toBe(200);
  });

  it('a second rotation ends the overlap of the first', async () => {
    const owner = await server.world.owner();
    const first = await keyOf(owner);
    const second = (await rotated(owner, first)).body.key;
    const third = (await rotated(owner, first)).body.key;
    expect(refusal(await first.api.get(teams(owner)))).toEqual(invalid);
    for (const key of [second, third]) expect((await withKey(server.api, key).get(teams(owner))).status).toBe(200);
  });

  it('the previous secret never outlives its expiry', async () => {
    const owner = await server.world.owner();
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    for (const body of [{}, { expiresAt: null }, { expiresAt: '2099-01-01T00:00:00Z' }]) {
      const key = await keyOf(owner, { expiresAt });
      const answer = await rotated(owner, key, body);
      expect(answer.body).toMatchObject({
        previousExpiresAt: expiresAt,
        expiresAt: 'expiresAt' in body ? (body.expiresAt === null ? null : '2099-01-01T00:00:00.000Z') : expiresAt,
      });
    }
    const soon = new Date(Date.now() + 60_000).toISOString();
    expect((await rotated(owner, await keyOf(owner, { expiresAt }), { expiresAt: soon })).body).toMatchObject({ previousExpiresAt: soon, expiresAt: soon });
    const shortened = await keyOf(owner, { expiresAt });
    await rotated(owner, shortened);
    expect((await owner.api.patch(shortened.path, { expiresAt: soon })).body).toMatchObject({ previousExpiresAt: soon });
    expect((await owner.api.patch(shortened.path, { expiresAt: null })).body).toMatchObject({ previousExpiresAt: soon, expiresAt: null });
  });

  it('disabling, allowed addresses and revocation also apply to the previous secret', async () => {
    const owner = await server.world.owner();
    const key = await keyOf(owner);
    const fresh = withKey(server.api, (await rotated(owner, key)).body.key);
    await owner.api.patch(key.path, { enabled: false });
    for (const api of [key.api, fresh]) expect(refusal(await api.get(teams(owner)))).toEqual({ status: 401, code: 'api_key_disabled' });
    await owner.api.patch(key.path, { enabled: true, allowedIps: ['203.0.113.9'] });
    for (const api of [key.api, fresh]) expect(refusal(await api.get(teams(owner)))).toEqual({ status: 403, code: 'address_not_allowed' });
    await owner.api.delete(key.path);
    for (const api of [key.api, fresh]) expect(refusal(await api.get(teams(owner)))).toEqual(invalid);
  });

  it('after parallel rotations only the last two secrets work', async () => {
    const owner = await server.world.owner();
    const key = await keyOf(owner);
    const answers = await Promise.all(Array.from({ length: 8 }, () => rotated(owner, key)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    const works = await Promise.all([key.key, ...answers.map(({ body }) => body.key)].map(async (secret) => (await withKey(server.api, secret).get(teams(owner))).status));
    expect(works.toSorted()).toEqual([200, 200, ...Array.from({ length: 7 }, () => 401)]);
  });

  it.each([-1, 30 * 86_400 + 1, 1.5, '60'])('an overlap of %j is refused', async (overlapSeconds) => {
    const owner = await server.world.owner();
    expect((await rotated(owner, await keyOf(owner), { overlapSeconds })).status).toBe(400);
  });
});

describe('the use of a key', () => {
  it('the use count, last use and address are recorded', async () => {
    const owner = await server.world.owner();
    const [used, idle] = [await keyOf(owner), await keyOf(owner)];
    for (const address of ['203.0.113.1', '203.0.113.2', '203.0.113.3']) await used.api.with({ 'x-forwarded-for': address }).get(teams(owner));
    await server.control.flush();
    const { body } = await owner.api.get(used.path);
    expect(body).toMatchObject({ useCount: 3, lastUsedIp: '203.0.113.3' });
    expect(Math.abs(Date.now() - new Date(body.lastUsedAt).getTime())).toBeLessThan(10_000);
    await used.api.get(teams(owner));
    await server.control.flush();
    expect((await owner.api.get(used.path)).body.useCount).toBe(4);
    expect((await owner.api.get(idle.path)).body).toMatchObject({ useCount: 0, lastUsedAt: null, lastUsedIp: null });
  });
});

describe('a closed organization', () => {
  it('keys are refused while the organization is suspended, cancelled, in maintenance or deleted', async () => {
    const owner = await server.world.owner();
    const [own, ofOrganization] = [await keyOf(owner, { belongsTo: 'me' }), await keyOf(owner)];
    const expectCode = async (code: string): Promise<void> => {
      for (const { api } of [own, ofOrganization]) expect(refusal(await api.get(teams(owner)))).toEqual({ status: 403, code });
    };
    const set = (assignment: string): Promise<unknown> => database.query(`update organizations set ${assignment} where id = $1`, [owner.organizationId]);
    await set(`status = 'suspended'`);
    await expectCode('organization_suspended');
    await set(`status = 'cancelled'`);
    await expectCode('organization_cancelled');
    await set(`status = 'active', maintenance_mode = true`);
    await expectCode('organization_in_maintenance');
    await set(`maintenance_mode = false`);
    await owner.api.delete(owner.home);
    await expectCode('organization_deleted');
    await owner.api.post(`${owner.home}/restore`);
    for (const { api } of [own, ofOrganization]) expect((await api.get(teams(owner))).status).toBe(200);
  });
});

describe('API keys as a feature', () => {
  let sold: TestServer;
  beforeAll(async () => void (sold = await startTestServer({ CATALOG: 'toolboxai' })));
  afterAll(() => sold.close());

  it('keys are created and work only while the feature is available and switched on', async () => {
    const owner = await sold.world.owner();
    const notInPlan = { status: 402, code: 'feature_not_in_plan' };
    expect(refusal(await owner.api.post(`${owner.home}/api-keys`, { name: 'x', permissions: ['teams:read'] }))).toEqual(notInPlan);
    await setPlan(owner, 'professional');
    const { api, path } = await keyOf(owner);
    expect((await api.get(teams(owner))).status).toBe(200);
    await owner.api.patch('/tenant/features', { feature: 'api_access', enabled: false });
    const disabled = { status: 403, code: 'feature_disabled' };
    expect(refusal(await api.get(teams(owner)))).toEqual(disabled);
    expect(refusal(await owner.api.post(`${owner.home}/api-keys`, { name: 'x', permissions: [] }))).toEqual(disabled);
    expect(refusal(await owner.api.post(`${path}/rotate`, {}))).toEqual(disabled);
    await owner.api.patch('/tenant/features', { feature: 'api_access', enabled: true });
    expect((await api.get(teams(owner))).status).toBe(200);
    await setPlan(owner, 'free');
    expect(refusal(await api.get(teams(owner)))).toEqual(notInPlan);
    expect((await owner.api.delete(path)).status).toBe(204);
  });
});

describe('with rate limits', () => {
  let limited: TestServer;
  beforeAll(async () => void (limited = await startTestServer({ RATE_LIMITS_ENABLED: 'true', TRUSTED_PROXIES: '1' })));
  afterAll(() => limited.close());

  it('an API key has a rate limit of its own in addition to the organization’s', async () => {
    const owner = await limited.world.owner();
    const [slow, other] = [await keyOf(owner, { rateLimit: 3 }), await keyOf(owner)];
    const answers = [];
    for (let count = 0; count < 5; count += 1) answers.push(await slow.api.with({ 'x-forwarded-for': `203.0.113.${count}` }).get(teams(owner)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[0]?.headers.get('ratelimit-policy')).toContain('"key";q=3;w=60');
    expect(answers[3]?.body).toMatchObject({ code: 'too_many_requests', policy: 'key' });
    expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0);
    for (const api of [other.api, owner.api]) expect((await api.get(teams(owner))).status).toBe(200);
    const { body } = await owner.api.post(`${slow.path}/rotate`, {});
    expect((await withKey(limited.api, body.key).get(teams(owner))).status).toBe(429);
  });

  it('a key is checked in order: exists, enabled, expired, address, rate limit, permission', async () => {
    const owner = await limited.world.owner();
    const { api, id, path } = await keyOf(owner, { rateLimit: 1, allowedIps: ['203.0.113.9'], permissions: ['content:read'] });
    await owner.api.patch(path, { enabled: false });
    await expireAt(id, '-1 hour');
    const attempt = async (address = '198.51.100.1'): Promise<{ status: number; code: unknown }> => refusal(await api.with({ 'x-forwarded-for': address }).get(teams(owner)));
    expect(await attempt()).toEqual({ status: 401, code: 'api_key_disabled' });
    await database.query('update api_keys set enabled = true where id = $1', [id]);
    expect(await attempt()).toEqual({ status: 401, code: 'api_key_expired' });
    await expireAt(id, '1 hour');
    expect(await attempt()).toEqual({ status: 403, code: 'address_not_allowed' });
    expect(await attempt('203.0.113.9')).toEqual({ status: 403, code: 'access_denied' });
    expect(await attempt('203.0.113.9')).toEqual({ status: 429, code: 'too_many_requests' });
    expect((await owner.api.delete(path)).status).toBe(204);
    // A replica answers a credential that it has just refused with the same refusal for up to a second, before it reads the key.
    const refused = await eventually(
      () => attempt('203.0.113.9'),
      ({ status }) => status !== 429,
    );
    expect(refused).toEqual(invalid);
  });
});
