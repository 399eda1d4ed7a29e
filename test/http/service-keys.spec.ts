import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { serviceKeyFormat } from '../../src/access/principal/key-token.js';
import { serviceScopeNames, type ServiceScope } from '../../src/access/service-scopes.js';
import { needsTenant } from '../../src/access/access.decorators.js';
import { chained } from '../support/audit.js';
import { targetOf, type Answer, type Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { itInLongRun } from '../support/rounds.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
let replica: TestServer;
let database: pg.Pool;
let operator: Client;
let operatorId: string;
let owner: Person;
let other: Person;
beforeAll(async () => {
  [server, replica] = await Promise.all([startTestServer({ TRUSTED_PROXIES: '1' }), startTestServer({ TRUSTED_PROXIES: '1', LOG_LEVEL: 'silent' })]);
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 2 });
  const email = server.world.email('operator');
  operatorId = (await server.control.createOperator(email)).userId;
  const signedIn = await server.api.post('/auth/login', { email, password: goodPassword });
  operator = server.api.as(signedIn.body.accessToken);
  [owner, other] = await Promise.all([server.world.owner(), server.world.owner()]);
});
afterAll(async () => {
  await database.end();
  await Promise.all([server.close(), replica.close()]);
});

interface Key {
  readonly id: string;
  readonly key: string;
  readonly path: string;
}

async function keyWith(scopes: readonly ServiceScope[], body: object = {}): Promise<Key> {
  const made = await operator.post('/platform/service-keys', { name: 'Backend', scopes, ...body });
  if (made.status !== 201) throw new Error(`making a service key answered ${made.status}: ${made.text}`);
  return { id: made.body.id, key: made.body.key, path: `/platform/service-keys/${made.body.id}` };
}

const using = (key: string, organizationId?: string, on: TestServer = server): Client =>
  on.api.with({ 'x-api-key': key, ...(organizationId === undefined ? {} : { 'x-tenant-id': organizationId }) });

const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
const invalid = { status: 401, code: 'invalid_api_key' };

describe('a new service key', () => {
  it('is made by an operator, and its secret is shown only once and stored as a hash', async () => {
    const made = await operator.post('/platform/service-keys', { name: 'Backend', scopes: ['usage:report'], allowedIps: ['10.0.0.0/8'], rateLimit: 60 });
    const { key, ...rest } = made.body;
    expect(key).toMatch(/^tsk_[0-9A-Za-z]{71}$/);
    expect({ status: made.status, location: made.headers.get('location') }).toEqual({ status: 201, location: `/api/v1/platform/service-keys/${rest.id}` });
    expect(rest).toMatchObject({ name: 'Backend', hint: `tsk_…${key.slice(-4)}`, status: 'active', scopes: ['usage:report'], allowedIps: ['10.0.0.0/8'], createdById: operatorId });
    expect((await operator.get(`/platform/service-keys/${rest.id}`)).body).toEqual(rest);
    expect((await operator.get('/platform/service-keys?limit=100')).body.data).toContainEqual(rest);
    const { rows } = await database.query('select token_hash from service_keys where id = $1', [rest.id]);
    expect(rows).toEqual([
      {
        token_hash: createHash('sha256')
          .update(key as string)
          .digest(),
      },
    ]);
  });

  it.each([
    ['no scope', { scopes: [] }],
    ['an unknown scope', { scopes: ['members:write'] }],
    ['a scope twice', { scopes: ['usage:read', 'usage:read'] }],
    ['an address that is none', { scopes: ['usage:read'], allowedIps: ['10.0.0.300'] }],
  ])('%s is refused', async (_, body) => expect((await operator.post('/platform/service-keys', { name: 'Backend', ...body })).status).toBe(400));

  it('owners, API keys and service keys cannot manage service keys', async () => {
    const { key, path } = await keyWith(serviceScopeNames);
    for (const api of [owner.api, using(key, owner.organizationId)]) {
      expect([(await api.get('/platform/service-keys')).status, (await api.post(`${path}/rotate`, {})).status, (await api.delete(path)).status]).toEqual([403, 403, 403]);
    }
  });
});

describe('a service key and its scopes', () => {
  itInLongRun(
    'reaches the routes of each scope, and no other route of an organization',
    async () => {
      const routes = (await server.control.routes()).filter(({ rule }) => rule !== undefined && rule.kind !== 'public');
      const scopeOf = ({ rule }: (typeof routes)[number]): ServiceScope | undefined => (rule !== undefined && 'service' in rule ? rule.service : undefined);
      const call = (api: Client, { method, path }: (typeof routes)[number]): Promise<Answer> =>
        api.request(method, targetOf(path).replace(':organizationId', owner.organizationId).replaceAll(/:\w+/g, randomUUID()), method === 'GET' ? undefined : {});
      const wrong: unknown[] = [];
      const walk = async (scopes: readonly ServiceScope[], walked: typeof routes): Promise<void> => {
        const api = using((await keyWith(scopes)).key, owner.organizationId);
        const compare = async (route: (typeof routes)[number]): Promise<void> => {
          const [{ status, body }, scope] = [await call(api, route), scopeOf(route)];
          const open = ![401, 403].includes(status);
          if (open !== (scope !== undefined && scopes.includes(scope))) wrong.push({ scopes, route: `${route.method} ${route.path}`, status, code: body?.code });
        };
        await Promise.all(walked.map(compare));
      };
      const opened = routes.filter((route) => scopeOf(route) !== undefined);
      for (const scope of serviceScopeNames) await walk([scope], opened);
      await walk(serviceScopeNames, routes);
      expect(wrong).toEqual([]);
    },
    60_000,
  );

  it('says which scope is missing, or that no scope opens the route', async () => {
    const api = using((await keyWith(['usage:read'])).key, owner.organizationId);
    const missing = await api.get(`${owner.home}/members`);
    expect(missing.body).toMatchObject({ status: 403, code: 'access_denied', needed: 'scope members:read' });
    expect(refusal(await api.get(`${owner.home}/invitations`))).toEqual({ status: 403, code: 'service_key_refused' });
    expect(refusal(await api.get('/organizations'))).toEqual({ status: 403, code: 'user_required' });
  });

  it('reads and reports in the organization that the request names', async () => {
    const { key } = await keyWith(['members:read', 'usage:report', 'entitlements:read']);
    for (const person of [owner, other]) {
      const { body } = await using(key, person.organizationId).get(`${person.home}/members`);
      expect(body.data.map(({ userId }: { userId: string }) => userId)).toEqual([person.userId]);
      expect((await using(key).get(`${person.home}/members`)).status).toBe(200);
      expect((await using(key, person.organizationId).get('/tenant/entitlements')).status).toBe(200);
    }
    expect((await server.api.as(key).with({ 'x-tenant-id': owner.organizationId }).get('/tenant/entitlements')).status).toBe(200);
  });

  it('needs no feature of the plan, unlike an API key', async () => {
    const { key } = await keyWith(['entitlements:read']);
    const feature = (enabled: boolean): Promise<Answer> => owner.api.patch('/tenant/features', { feature: 'api_access', enabled });
    expect((await feature(false)).status).toBe(200);
    expect((await using(key, owner.organizationId).get('/tenant/entitlements')).status).toBe(200);
    await feature(true);
  });
});

describe('the organization of a request with a service key', () => {
  it('must be named', async () => {
    const { key } = await keyWith(['entitlements:read']);
    expect(refusal(await using(key).get('/tenant/entitlements'))).toEqual({ status: 400, code: 'tenant_required' });
  });

  it.each([
    ['two organizations in path and header', () => [owner.organizationId, `${other.home}/members`], { status: 400, code: 'tenant_mismatch' }],
    ['an organization that does not exist', () => [randomUUID(), '/organizations/current'], { status: 404, code: 'organization_not_found' }],
    ['no id', () => ['everything', '/organizations/current'], { status: 400, code: 'invalid_tenant' }],
    ['two ids', () => [`${owner.organizationId},${other.organizationId}`, '/organizations/current'], { status: 400, code: 'invalid_tenant' }],
  ] as const)('%s is refused', async (_, request, wanted) => {
    const [organizationId = '', path = ''] = request();
    const { key } = await keyWith(['members:read', 'tenant:read']);
    expect(refusal(await using(key, organizationId).get(path))).toEqual(wanted);
  });

  it('can be named by its slug, and id and slug must agree', async () => {
    const { key } = await keyWith(['tenant:read']);
    const { slug } = (await owner.api.get(owner.home)).body;
    const bySlug = using(key).with({ 'x-tenant-slug': slug });
    expect((await bySlug.get('/organizations/current')).body.id).toBe(owner.organizationId);
    expect(refusal(await bySlug.with({ 'x-tenant-id': other.organizationId }).get('/organizations/current'))).toEqual({ status: 400, code: 'tenant_mismatch' });
    expect(refusal(await using(key).with({ 'x-tenant-slug': 'no-such-organization' }).get('/organizations/current'))).toEqual({ status: 404, code: 'organization_not_found' });
  });

  it('shows nothing of another organization by its ids', async () => {
    const { key } = await keyWith(['members:read']);
    const foreign = await using(key, owner.organizationId).get(`${owner.home}/members/${other.userId}`);
    const unknown = await using(key, owner.organizationId).get(`${owner.home}/members/${randomUUID()}`);
    expect(refusal(foreign)).toEqual(refusal(unknown));
    expect(foreign.status).toBe(404);
  });

  it('is refused while it is suspended', async () => {
    const { key } = await keyWith(['entitlements:read', 'usage:report']);
    const person = await server.world.owner();
    await database.query(`update organizations set status = 'suspended' where id = $1`, [person.organizationId]);
    expect(refusal(await using(key, person.organizationId).get('/tenant/entitlements'))).toEqual({ status: 403, code: 'organization_suspended' });
    await database.query(`update organizations set status = 'active', deleted_at = now(), erase_after = now() + interval '1 day' where id = $1`, [person.organizationId]);
    expect(refusal(await using(key, person.organizationId).get('/tenant/entitlements'))).toEqual({ status: 403, code: 'organization_deleted' });
  });
});

describe('the end of a service key', () => {
  it('a revoked key is refused by the next request on another replica', async () => {
    const { key, path } = await keyWith(['tenant:read']);
    const there = using(key, owner.organizationId, replica);
    expect((await there.get('/organizations/current')).status).toBe(200);
    expect((await operator.delete(path)).status).toBe(204);
    expect(refusal(await there.get('/organizations/current'))).toEqual(invalid);
    expect(refusal(await operator.delete(path))).toEqual({ status: 404, code: 'service_key_not_found' });
  });

  it('a scope that is taken away is missing in the next request on another replica', async () => {
    const { key, path } = await keyWith(['tenant:read', 'members:read']);
    const there = using(key, owner.organizationId, replica);
    expect((await there.get(`${owner.home}/members`)).status).toBe(200);
    expect((await operator.patch(path, { scopes: ['tenant:read'] })).status).toBe(200);
    expect(refusal(await there.get(`${owner.home}/members`))).toEqual({ status: 403, code: 'access_denied' });
  });

  it('an expired key is refused', async () => {
    const { key, id } = await keyWith(['tenant:read'], { expiresAt: '2099-01-01T00:00:00Z' });
    await database.query(`update service_keys set expires_at = now() - interval '1 second' where id = $1`, [id]);
    expect(refusal(await using(key, owner.organizationId).get('/organizations/current'))).toEqual({ status: 401, code: 'api_key_expired' });
    expect((await operator.post('/platform/service-keys', { name: 'Late', scopes: ['tenant:read'], expiresAt: '2020-01-01T00:00:00Z' })).body.code).toBe('expiry_in_the_past');
  });

  it('a rotated key works with both secrets during the overlap, then with the new one only', async () => {
    const { key, path } = await keyWith(['tenant:read']);
    const rotated = await operator.post(`${path}/rotate`, { overlapSeconds: 60 });
    const status = async (secret: string): Promise<number> => (await using(secret, owner.organizationId).get('/organizations/current')).status;
    expect([await status(key), await status(rotated.body.key as string)]).toEqual([200, 200]);
    const again = await operator.post(`${path}/rotate`, { overlapSeconds: 0 });
    expect([await status(key), await status(rotated.body.key as string), await status(again.body.key as string)]).toEqual([401, 401, 200]);
  });

  it('an invented key, and the key of another id, are refused', async () => {
    const { id, key } = await keyWith(['tenant:read']);
    for (const text of [serviceKeyFormat.newKey(id), serviceKeyFormat.newKey(randomUUID()), key.replace('tsk_', 'tk_'), `${key}0`, 'tsk_'])
      expect(refusal(await using(text, owner.organizationId).get('/organizations/current'))).toEqual(invalid);
  });

  itInLongRun('no write of the key commits once another replica has answered that the key was revoked', async () => {
    const { key, path } = await keyWith(['usage:report']);
    const events = async (): Promise<number> =>
      (await database.query<{ n: number }>('select count(*)::int as n from usage_events where organization_id = $1', [other.organizationId])).rows[0]?.n ?? 0;
    expect((await operator.patch(`/tenants/${other.organizationId}/limits`, { limits: { storage_gb: 1_000_000 } })).status).toBe(200);
    const writing = new AbortController();
    const statuses = new Set<number>();
    const write = async (): Promise<void> => {
      while (!writing.signal.aborted) statuses.add((await using(key, other.organizationId).post('/usage/consume', { meter: 'storage_gb', quantity: 1 })).status);
    };
    const writers = Array.from({ length: 8 }, write);
    await eventually(events, (count) => count > 20, 20_000);
    const revoked = await operator.on(replica.url).delete(path);
    const count = await events();
    writing.abort();
    await Promise.all(writers);
    expect({ revoked: revoked.status, after: await events() }).toEqual({ revoked: 204, after: count });
    expect([...statuses].filter((status) => ![200, 201, 401].includes(status))).toEqual([]);
  });
});

describe('where and how often a service key is used', () => {
  it('only the allowed addresses reach it, as a trusted proxy reports them', async () => {
    const { key, id } = await keyWith(['tenant:read'], { allowedIps: ['203.0.113.0/24', '2001:db8::/32'] });
    const from = async (address: string): Promise<number> => (await using(key, owner.organizationId).with({ 'x-forwarded-for': address }).get('/organizations/current')).status;
    expect([await from('203.0.113.9'), await from('2001:db8::9'), await from('::ffff:203.0.113.9'), await from('198.51.100.1'), await from('203.0.113.9, 198.51.100.1')]).toEqual([
      200, 200, 200, 403, 403,
    ]);
    await server.control.flush();
    expect((await operator.get(`/platform/service-keys/${id}`)).body).toMatchObject({ useCount: 3, lastUsedIp: '203.0.113.9' });
  });

  it('the allow-list of an organization is about its people and its API keys, not about service keys', async () => {
    const { key } = await keyWith(['tenant:read']);
    const person = await server.world.owner({ verified: true });
    await database.query(
      `insert into settings_documents (organization_id, id, section, document, version) values ($1, gen_random_uuid(), 'security', '{"ipAllowList": ["203.0.113.1"]}', 1)`,
      [person.organizationId],
    );
    expect(refusal(await person.api.get(person.home))).toEqual({ status: 403, code: 'address_not_allowed' });
    expect((await using(key, person.organizationId).get('/organizations/current')).status).toBe(200);
  });
});

describe('the audit log', () => {
  it('names the service key as the actor of what it has read, with its name', async () => {
    const { key, id } = await keyWith(['members:read'], { name: 'Grading backend' });
    const person = await server.world.owner();
    expect((await person.api.patch('/tenant/compliance', { ferpa: true })).status).toBe(200);
    expect((await using(key, person.organizationId).get(`${person.home}/members/${person.userId}`)).status).toBe(200);
    await server.control.flush();
    const { data } = (await person.api.get(`${person.home}/access-logs?actorId=${id}`)).body;
    expect(data).toEqual([expect.objectContaining({ actor: { kind: 'service', id, name: 'Grading backend' }, action: 'getMember' })]);
  });

  it('names the service key as the actor of a change of settings, and a setting that decides about security stays with people', async () => {
    const { key, id } = await keyWith(['settings:write'], { name: 'Grading backend' });
    const person = await server.world.owner();
    const api = using(key, person.organizationId);
    expect(await api.patch('/tenant/custom-settings', { grading: { scale: 'A-F' } })).toMatchObject({ status: 200, body: { grading: { scale: 'A-F' } } });
    expect(await api.patch('/tenant/settings', { weekly_reports: true })).toMatchObject({ status: 200, body: { weekly_reports: true } });
    expect(refusal(await api.patch('/tenant/settings', { session_timeout_minutes: 60 }))).toEqual({ status: 403, code: 'security_setting' });
    expect(refusal(await api.patch('/tenant/security', { mfaRequired: true }))).toEqual({ status: 403, code: 'service_key_refused' });
    expect(refusal(await api.get('/tenant/settings'))).toEqual({ status: 403, code: 'access_denied' });
    await server.control.flush();
    const { data } = (await person.api.get(`${person.home}/audit-logs?action=updateCustomSettings`)).body;
    expect(data).toMatchObject([{ actor: { kind: 'service', id, name: 'Grading backend' }, action: 'updateCustomSettings', outcome: 'done' }]);
    const { rows } = await database.query('select section, updated_by_id from settings_documents where organization_id = $1 order by section', [person.organizationId]);
    expect(rows).toEqual([
      { section: 'custom', updated_by_id: null },
      { section: 'settings', updated_by_id: null },
    ]);
  });

  it('is not needed to say who reported usage: the ledger does', async () => {
    const { key, id, path } = await keyWith(['usage:report']);
    const person = await server.world.owner();
    expect((await using(key, person.organizationId).post('/usage/consume', { meter: 'storage_gb', quantity: 1 })).status).toBeLessThan(300);
    expect((await database.query('select api_key_id, user_id from usage_events where organization_id = $1', [person.organizationId])).rows).toEqual([
      { api_key_id: id, user_id: null },
    ]);
    const groups = async (): Promise<unknown> => (await person.api.get(`${person.home}/usage?groupBy=key&meter=storage_gb`)).body.groups;
    expect(await groups()).toMatchObject([{ apiKeyId: id, name: 'Backend', meters: { storage_gb: 1 } }]);
    await operator.delete(path);
    expect(await groups()).toMatchObject([{ apiKeyId: id, name: null, meters: { storage_gb: 1 } }]);
  });

  it('names the service key as the actor of a refusal, in the organization that the request names', async () => {
    const { key, id } = await keyWith(['usage:read']);
    const requestId = randomUUID();
    await using(key, owner.organizationId).with({ 'x-request-id': requestId }).delete(`${owner.home}/members/${owner.userId}`);
    await server.control.flush();
    const { rows } = await (
      await chained(database)
    ).query('select organization_id, actor_kind, actor_id, code from audit.events where action = $1 and actor_id = $2', ['removeMember', id]);
    expect(rows).toEqual([{ organization_id: owner.organizationId, actor_kind: 'service', actor_id: id, code: 'service_key_refused' }]);
  });
});

it('metrics count requests by the kind of the caller', async () => {
  const { key } = await keyWith(['tenant:read']);
  const { key: apiKey } = (await owner.api.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['organization:read'] })).body;
  await Promise.all([using(key, owner.organizationId), server.api.with({ 'x-api-key': apiKey }), owner.api, server.api].map((api) => api.get('/tenant')));
  const { text } = await server.api.get('//metrics');
  const counted = [...text.matchAll(/^tenantry_requests_total\{actor="(\w+)",status="(?:200|201|401)"\} [1-9]/gm)].map(([, actor]) => actor);
  expect([...new Set(counted)].sort()).toEqual(['anonymous', 'key', 'operator', 'service', 'user']);
});

describe('the tenant in one document', () => {
  it('needs the scope tenant:read, and shows the settings that are not for every member with settings:read only', async () => {
    const [none, one, both] = await Promise.all(([['usage:read'], ['tenant:read'], ['tenant:read', 'settings:read']] as const).map(async (scopes) => (await keyWith(scopes)).key));
    const read = (key = ''): Promise<Answer> => using(key, other.organizationId).get('/tenant');
    expect((await read(none)).body).toMatchObject({ code: 'access_denied', needed: 'scope tenant:read' });
    const [narrow, wide] = await Promise.all([read(one), read(both)]);
    expect(narrow.body).toMatchObject({ id: other.organizationId, settings: { default_language: 'en-US' } });
    expect([Object.keys(narrow.body.settings), wide.body.settings]).toEqual([['default_language'], (await other.api.get('/tenant/settings')).body]);
    expect((await using(one ?? '', other.organizationId).get('/tenant', { headers: { 'if-none-match': narrow.headers.get('etag') ?? '' } })).status).toBe(304);
  });
});

describe('POST /access/checks', () => {
  const checked = async (key: string, organizationId: string, checks: readonly object[], more: object = {}): Promise<Answer> =>
    using(key, organizationId).post('/access/checks', { checks, ...more });

  it('answers for several members at once as the guards would', async () => {
    const { key } = await keyWith(['access:check']);
    const member = await server.world.member(owner, 'member');
    const answer = await checked(key, owner.organizationId, [
      { userId: owner.userId, permission: 'members:write' },
      { userId: member.userId, permission: 'members:write' },
      { userId: member.userId, permission: 'teams:read' },
      { userId: other.userId, permission: 'teams:read' },
      { userId: randomUUID(), permission: 'teams:read' },
      { userId: owner.userId, feature: 'api_access' },
    ]);
    expect(answer.status).toBe(200);
    expect(answer.body.data.map(({ allowed, code }: { allowed: boolean; code?: string }) => [allowed, code])).toEqual([
      [true, undefined],
      [false, 'access_denied'],
      [true, undefined],
      [false, 'organization_not_found'],
      [false, 'organization_not_found'],
      [true, undefined],
    ]);
  });

  it('considers the end of the session that it names', async () => {
    const { key } = await keyWith(['access:check']);
    const member = await server.world.member(owner, 'member');
    const { data } = (await member.api.get('/auth/sessions')).body;
    const sessionId = data[0].id as string;
    const ask = async (session: string): Promise<unknown> =>
      (await checked(key, owner.organizationId, [{ userId: member.userId, sessionId: session, permission: 'teams:read' }])).body.data[0];
    expect(await ask(sessionId)).toEqual({ allowed: true });
    expect(await ask(randomUUID())).toMatchObject({ allowed: false, code: 'session_ended' });
    expect((await member.api.post('/auth/logout')).status).toBeLessThan(300);
    expect(await ask(sessionId)).toMatchObject({ allowed: false, code: 'session_ended' });
  });

  it('refuses more than 100 checks, none, unknown permissions, and every other caller', async () => {
    const { key } = await keyWith(['access:check']);
    const check = { userId: owner.userId, permission: 'teams:read' };
    expect(
      (
        await checked(
          key,
          owner.organizationId,
          Array.from({ length: 100 }, () => check),
        )
      ).body.data,
    ).toHaveLength(100);
    expect(
      (
        await checked(
          key,
          owner.organizationId,
          Array.from({ length: 101 }, () => check),
        )
      ).status,
    ).toBe(400);
    expect((await checked(key, owner.organizationId, [])).status).toBe(400);
    expect((await checked(key, owner.organizationId, [check, { ...check, permission: 'no:such' }])).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/checks/1/permission' }],
    });
    expect((await checked(key, owner.organizationId, [check, { ...check, meter: 'storage_gb', quantity: 0.5 }])).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/checks/1/quantity' }],
    });
    expect(refusal(await owner.api.post('/access/checks', { checks: [check] }))).toEqual({ status: 403, code: 'access_denied' });
  });
});

it('every scope opens at least one route, and only routes that need an organization', async () => {
  const opened = (await server.control.routes()).filter(({ rule }) => rule !== undefined && 'service' in rule && rule.service !== undefined);
  expect(opened.every(({ rule }) => rule !== undefined && needsTenant(rule))).toBe(true);
  expect(new Set(opened.flatMap(({ rule }) => (rule !== undefined && 'service' in rule ? [rule.service] : [])))).toEqual(new Set(serviceScopeNames));
});
