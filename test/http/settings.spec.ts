import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Answer } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { itInBothRuns, some } from '../support/rounds.js';
import type { Person } from '../support/world.js';
import { tagOf, versionOf } from '../support/versions.js';

let server: TestServer;
let school: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer();
  school = await startTestServer({ CATALOG: 'toolboxai' });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await school.close();
  await server.close();
});

const settings = '/tenant/settings';
const features = '/tenant/features';
const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
const setPlan = (person: Person, plan: string): Promise<unknown> => database.query('update organizations set plan = $2 where id = $1', [person.organizationId, plan]);
const defaults = {
  email_notifications: true,
  weekly_reports: false,
  session_timeout_minutes: 10080,
  session_max_age_hours: 0,
  password_expiry_days: 0,
  max_login_attempts: 10,
  password_min_length: 10,
  enable_two_factor: false,
  new_device_mail: true,
  trusted_device_days: 30,
  default_language: 'en-US',
};

/** Whom no refused change has changed. */
let unchanged: Promise<Person> | undefined;
const unchangedOwner = (): Promise<Person> => (unchanged ??= server.world.owner());

describe('settings', () => {
  it('settings have the defaults of the catalog until they are changed', async () => {
    const { api } = await server.world.owner();
    const answer = await api.get(settings);
    expect(answer).toMatchObject({ status: 200, body: defaults });
    expect(Object.keys(answer.body)).toEqual(Object.keys(defaults));
    expect(versionOf(answer)).toBe(0);
  });

  it('a setting is changed without the others, and null resets it to its default', async () => {
    const { api } = await server.world.owner();
    const changed = { weekly_reports: true, session_timeout_minutes: 5, default_language: 'de-DE' };
    expect(await api.patch(settings, changed)).toMatchObject({ status: 200, body: { ...defaults, ...changed } });
    expect((await api.patch(settings, { max_login_attempts: 100 })).body).toEqual({ ...defaults, ...changed, max_login_attempts: 100 });
    expect((await api.patch(settings, { weekly_reports: null, default_language: null })).body).toEqual({ ...defaults, session_timeout_minutes: 5, max_login_attempts: 100 });
    expect((await api.get(settings)).body).toEqual({ ...defaults, session_timeout_minutes: 5, max_login_attempts: 100 });
    expect((await api.patch(settings, {})).body.session_timeout_minutes).toBe(5);
  });

  it.each([
    [{ email_notifications: 'true' }, '/email_notifications', 'is_boolean'],
    [{ email_notifications: 1 }, '/email_notifications', 'is_boolean'],
    [{ session_timeout_minutes: '60' }, '/session_timeout_minutes', 'is_integer'],
    [{ session_timeout_minutes: 60.5 }, '/session_timeout_minutes', 'is_integer'],
    [{ session_timeout_minutes: 1e300 }, '/session_timeout_minutes', 'is_integer'],
    [{ session_timeout_minutes: 4 }, '/session_timeout_minutes', 'min'],
    [{ session_timeout_minutes: -60 }, '/session_timeout_minutes', 'min'],
    [{ session_timeout_minutes: 86_401 }, '/session_timeout_minutes', 'max'],
    [{ default_language: 5 }, '/default_language', 'is_string'],
    [{ default_language: ['en'] }, '/default_language', 'is_string'],
    [{ default_language: { en: 1 } }, '/default_language', 'is_string'],
    [{ default_language: 'x'.repeat(1001) }, '/default_language', 'max_length'],
    [{ no_such_setting: 1 }, '/no_such_setting', 'unknown_field'],
    [{ no_such_setting: null }, '/no_such_setting', 'unknown_field'],
    [{ 'a/b~c': 1 }, '/a~1b~0c', 'unknown_field'],
    [{ toString: 1 }, '/toString', 'unknown_field'],
    [{ organizationId: 'x' }, '/organizationId', 'unknown_field'],
  ])('settings refuse the body %j', async (patch, pointer, code) => {
    const { api } = await unchangedOwner();
    const answer = await api.patch(settings, { weekly_reports: true, ...patch });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ pointer, code }] } });
    expect((await api.get(settings)).body).toEqual(defaults);
  });

  it('a refused change lists every invalid setting', async () => {
    const { api } = await unchangedOwner();
    const { body } = await api.patch(settings, { weekly_reports: 1, max_login_attempts: 0, nonsense: true });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/weekly_reports', '/max_login_attempts', '/nonsense']);
  });

  it.each(['[]', '"x"', '1', 'null', 'true', '{"__proto__":{"weekly_reports":true}}', '{"constructor":1}', '{"weekly_reports":true,"weekly_reports":false}', '{', ''])(
    'settings refuse the body %s',
    async (raw) => {
      const { api } = await unchangedOwner();
      expect((await api.patch(settings, undefined, { raw })).status).toBe(400);
      expect((await api.get(settings)).body).toEqual(defaults);
    },
  );

  it.each(['\\u0000', 'a\\u0000b', '\\ud800', '\\udc00x'])('a text that PostgreSQL cannot store is refused: %s', async (text) => {
    const { api } = await unchangedOwner();
    expect((await api.patch(settings, undefined, { raw: `{"default_language":"${text}"}` })).status).toBe(400);
  });

  it('a setting with allowed values in the catalog accepts only these', async () => {
    const { api } = await school.world.owner();
    expect((await api.get(settings)).body.default_theme).toBe('roblox');
    expect((await api.patch(settings, { default_theme: 'dark' })).body.default_theme).toBe('dark');
    expect(await api.patch(settings, { default_theme: 'pink' })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/default_theme', code: 'is_in' }] } });
    expect((await api.patch(settings, { default_theme: 'Dark' })).status).toBe(400);
    expect((await api.get(settings)).body.default_theme).toBe('dark');
  });

  it('settings are described by a JSON Schema', async () => {
    const { body } = await (await school.world.owner()).api.get(`${settings}/schema`);
    expect(body).toMatchObject({ type: 'object', additionalProperties: false });
    expect(body.properties.default_theme).toEqual({ type: 'string', default: 'roblox', enum: ['roblox', 'light', 'dark'], 'x-visible-to': 'members' });
    expect(body.properties.session_timeout_minutes).toMatchObject({ type: 'integer', default: 60, minimum: 5, maximum: 1440, 'x-enforced-by': 'auth' });
  });
});

describe('writers of settings', () => {
  it('a concurrent change of settings is detected by If-Match', async () => {
    const owner = await server.world.owner();
    const { api } = owner;
    const etag = (await api.get(settings)).headers.get('etag') ?? '';
    const first = await api.patch(settings, { weekly_reports: true }, { headers: { 'if-match': etag } });
    expect(first).toMatchObject({ status: 200 });
    expect(versionOf(first)).toBe(1);
    const present = tagOf(1, owner);
    expect(refusal(await api.patch(settings, { max_login_attempts: 5 }, { headers: { 'if-match': etag } }))).toEqual({ status: 412, code: 'version_conflict' });
    for (const nonsense of [present.slice(0, -1), `W/${present}`, tagOf(2, owner), '"v1"', '"x"', 'v1', `${tagOf(7, owner)}, ${tagOf(0, owner)}`, '"a,*,b"', '"a", *', ''])
      expect({ nonsense, status: (await api.patch(settings, { max_login_attempts: 5 }, { headers: { 'if-match': nonsense } })).status }).toEqual({ nonsense, status: 412 });
    expect((await api.get(settings)).body).toEqual({ ...defaults, weekly_reports: true });
    for (const good of [`${tagOf(9, owner)}, ${present}`, '*']) expect((await api.patch(settings, { max_login_attempts: 5 }, { headers: { 'if-match': good } })).status).toBe(200);
  });

  it('a version of a document is not one of the same document of another organization', async () => {
    const [a, b] = [await server.world.owner(), await server.world.owner()];
    const headersOfA = await Promise.all(
      ['settings', 'custom-settings', 'security', 'compliance'].map(async (path) => [path, (await a.api.get(`/tenant/${path}`)).headers] as const),
    );
    for (const [path, headers] of headersOfA)
      expect([path, (await b.api.patch(`/tenant/${path}`, {}, { headers: { 'if-match': headers.get('etag') ?? '' } })).status]).toEqual([path, 412]);
  });

  it('features that a plan adds are sent to a caller who has the list of the plan before', async () => {
    const owner = await server.world.owner();
    const before = await owner.api.get(features);
    await setPlan(owner, 'enterprise');
    const after = await owner.api.get(features, { headers: { 'if-none-match': before.headers.get('etag') ?? '' } });
    expect(after).toMatchObject({ status: 200, body: { plan: 'enterprise' } });
    const headers = { 'if-match': before.headers.get('etag') ?? '' };
    expect((await owner.api.patch(features, { feature: 'custom_roles', enabled: false }, { headers })).status).toBe(200);
  });

  it('of concurrent changes with the same ETag, one succeeds', async () => {
    const owner = await server.world.owner();
    const { api } = owner;
    for (const etag of [tagOf(0, owner), tagOf(1, owner)]) {
      const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => api.patch(settings, { max_login_attempts: 20 + index }, { headers: { 'if-match': etag } })));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412, 412, 412, 412, 412]);
      const [winner] = answers.filter(({ status }) => status === 200);
      expect((await api.get(settings)).body.max_login_attempts).toBe(winner?.body.max_login_attempts);
    }
  });

  itInBothRuns.each(some([1, 2, 3], 1))('twenty concurrent changes of different keys without an ETag all succeed (%i)', async () => {
    const { api } = await server.world.owner();
    const keys = Array.from({ length: 20 }, (_, index) => `key${index}`);
    const answers = await Promise.all(keys.map((key, index) => api.patch('/tenant/custom-settings', { [key]: index })));
    expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 200));
    const { body, headers } = await api.get('/tenant/custom-settings');
    expect(body).toEqual(Object.fromEntries(keys.map((key, index) => [key, index])));
    expect(versionOf({ headers })).toBe(20);
    const changes = { weekly_reports: true, email_notifications: false, max_login_attempts: 7, default_language: 'fr', session_timeout_minutes: 99 };
    const patched = await Promise.all(Object.entries(changes).map(([key, value]) => api.patch(settings, { [key]: value })));
    expect(patched.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect((await api.get(settings)).body).toMatchObject(changes);
  });

  it('after concurrent changes of one secret, one of the values is stored', async () => {
    const { api } = await server.world.owner();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => api.patch('/tenant/integrations', { slack: { secrets: { token: `secret ${index}` } } })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(Object.keys((await api.get('/tenant/integrations')).body.slack.secrets)).toEqual(['token']);
  });
});

describe('features', () => {
  it('features are listed with whether they are available and enabled', async () => {
    const { api } = await server.world.owner();
    const { body } = await api.get(features);
    expect(body).toMatchObject({ plan: 'free', available: ['custom_roles', 'api_access'], enabled: ['custom_roles', 'api_access'] });
    expect(body.data).toContainEqual({ key: 'sso', name: 'Single sign-on', description: null, available: false, enabled: false, security: true });
    expect(body.data).toHaveLength(8);
  });

  it('disabling or enabling a feature takes effect immediately in access checks and routes', async () => {
    const { api, home } = await server.world.owner();
    const check = async (): Promise<unknown> => (await api.post('/access/check', { feature: 'custom_roles' })).body;
    const makeRole = (): Promise<Answer> => api.post(`${home}/roles`, { name: server.world.unique('role'), permissions: [] });
    expect(await check()).toEqual({ allowed: true });
    expect((await api.patch(features, { feature: 'custom_roles', enabled: false })).body).toMatchObject({ available: ['custom_roles', 'api_access'], enabled: ['api_access'] });
    expect(await check()).toMatchObject({ allowed: false, code: 'feature_disabled' });
    expect(refusal(await makeRole())).toEqual({ status: 403, code: 'feature_disabled' });
    expect((await api.get('/tenant/entitlements')).body.features).toContainEqual({ key: 'custom_roles', available: true, enabled: false, source: 'organization' });
    expect((await api.patch(features, { feature: 'custom_roles', enabled: true })).body.enabled).toEqual(['custom_roles', 'api_access']);
    expect(await check()).toEqual({ allowed: true });
    expect((await makeRole()).status).toBe(201);
  });

  it('a feature that the plan lacks cannot be enabled or disabled, and the refusal lists the available features', async () => {
    const { api } = await server.world.owner();
    for (const enabled of [true, false])
      expect(await api.patch(features, { feature: 'sso', enabled })).toMatchObject({
        status: 402,
        body: { code: 'feature_not_in_plan', feature: 'sso', plan: 'free', available: ['custom_roles', 'api_access'] },
      });
    expect(versionOf(await api.get(features))).toBe(0);
  });

  it.each([
    [{ feature: 'flying', enabled: true }, 422, 'unknown_feature'],
    [{ feature: '__proto__', enabled: true }, 422, 'unknown_feature'],
    [{ feature: 'custom_roles' }, 400, 'validation_failed'],
    [{ feature: 'custom_roles', enabled: 'yes' }, 400, 'validation_failed'],
    [{ feature: 'custom_roles', enabled: null }, 400, 'validation_failed'],
    [{ feature: ['custom_roles'], enabled: true }, 400, 'validation_failed'],
    [{ custom_roles: false }, 400, 'validation_failed'],
  ])('features refuse the body %j', async (body, status, code) => {
    const { api } = await unchangedOwner();
    expect(refusal(await api.patch(features, body))).toEqual({ status, code });
    expect((await api.get(features)).body.enabled).toEqual(['custom_roles', 'api_access']);
  });

  it('features follow the plan on the next request, and disabled features stay disabled', async () => {
    const owner = await server.world.owner();
    await setPlan(owner, 'enterprise');
    expect((await owner.api.get(features)).body).toMatchObject({ plan: 'enterprise', available: expect.arrayContaining(['advanced_security', 'custom_branding']) });
    await owner.api.patch(features, { feature: 'custom_branding', enabled: false });
    await setPlan(owner, 'free');
    expect((await owner.api.get(features)).body.available).toEqual(['custom_roles', 'api_access']);
    expect((await owner.api.post('/access/check', { feature: 'sso' })).body).toMatchObject({ allowed: false, code: 'feature_not_in_plan' });
    await setPlan(owner, 'pro');
    const { body } = await owner.api.get(features);
    expect(body.available).toContain('custom_branding');
    expect(body.enabled).not.toContain('custom_branding');
  });
});

describe('limits and entitlements', () => {
  it('limits report the allowance, the usage, the remaining units and the time of the reset', async () => {
    const owner = await server.world.owner();
    await server.world.member(owner);
    const { body } = await owner.api.get('/tenant/limits');
    const now = new Date();
    const nextMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString();
    expect(body).toEqual({
      plan: 'free',
      nextCursor: null,
      data: [
        { meter: 'seats', name: expect.any(String), kind: 'gauge', unit: 'member', limit: 25, decimals: 0, used: 2, held: 0, remaining: 23, granted: 0, resetsAt: null },
        { meter: 'storage_gb', name: 'Storage', kind: 'gauge', unit: 'GB', limit: 1, decimals: 0, used: 0, held: 0, remaining: 1, granted: 0, resetsAt: null },
        expect.objectContaining({ meter: 'api_calls', name: 'API calls', kind: 'counter', unit: 'call', limit: 10_000, granted: 0, resetsAt: nextMonth }),
      ],
    });
    // Requests are counted meanwhile, and held by the server for those to come.
    const { used, held, remaining } = body.data[2];
    expect(used + held + remaining).toBe(10_000);
    await setPlan(owner, 'enterprise');
    const { data } = (await owner.api.get('/tenant/limits')).body;
    expect(data[0]).toMatchObject({ limit: null, used: 2, remaining: null });
    expect(data[1]).toMatchObject({ limit: 1000, remaining: 1000 });
  });

  it('limits count only the usage of the organization', async () => {
    const [a, b] = await server.world.twoTenants();
    await server.world.member(a);
    await database.query(`insert into meter_totals (organization_id, id, meter, period_start, used) values ($1, gen_random_uuid(), 'storage_gb', 'epoch', 3)`, [a.organizationId]);
    const used = async (person: Person): Promise<number[]> => (await person.api.get('/tenant/limits')).body.data.slice(0, 2).map((limit: { used: number }) => limit.used);
    expect(await used(a)).toEqual([2, 3]);
    expect(await used(b)).toEqual([1, 0]);
    expect((await a.api.get('/tenant/limits')).body.data[1]).toMatchObject({ limit: 1, remaining: 0 });
  });

  it('entitlements name the source of each value', async () => {
    const owner = await server.world.owner();
    await setPlan(owner, 'enterprise');
    await owner.api.patch(features, { feature: 'advanced_security', enabled: false });
    const { body } = await owner.api.get('/tenant/entitlements');
    expect(body).toMatchObject({ plan: 'enterprise', seats: { limit: null, source: 'plan' }, rateLimit: { requests: 12_000, seconds: 60, source: 'plan' } });
    expect(body.limits).toContainEqual({ meter: 'api_calls', limit: null, source: 'plan' });
    expect(body.features).toContainEqual({ key: 'advanced_security', available: true, enabled: false, source: 'organization' });
    expect(body.features).toContainEqual({ key: 'custom_domains', available: true, enabled: true, source: 'plan' });
  });
});

describe('the tenant in one document', () => {
  const tenant = '/tenant';
  const forMembers = { default_language: 'en-US' };

  it('has the settings, features, limits, branding and compliance of the other routes', async () => {
    const owner = await server.world.owner();
    const { api, home } = owner;
    await setPlan(owner, 'enterprise');
    for (const [path, change] of [
      [settings, { weekly_reports: true }],
      ['/tenant/compliance', { gdpr: true }],
      [features, { feature: 'advanced_security', enabled: false }],
      ['/tenant/branding', { primaryColor: '#123456' }],
    ] as const)
      expect((await api.patch(path, change)).status).toBe(200);
    const paths = [home, settings, '/tenant/entitlements', '/tenant/branding', '/tenant/compliance'];
    const [organization, own, entitlements, branding, compliance] = (await Promise.all(paths.map((path) => api.get(path)))).map(({ body }) => body);
    const { id, slug, name, timezone, locale } = organization;
    expect((await api.get(tenant)).body).toEqual({ id, slug, name, timezone, locale, ...entitlements, settings: own, branding, compliance });
  });

  it('shows members the settings that the catalog shows them, and the others to those with settings:read', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner, 'member');
    expect((await member.api.get(tenant)).body.settings).toEqual(forMembers);
    expect((await owner.api.get(tenant)).body.settings).toEqual(defaults);
    expect(refusal(await member.api.get(settings))).toEqual({ status: 403, code: 'access_denied' });
    const principal = await school.world.owner();
    const student = await school.world.member(principal, 'student');
    await principal.api.post(`${principal.home}/members/${student.userId}/consents`, { guardianName: 'Mary', relation: 'mother', textVersion: 'form' });
    const shown = { allow_parent_access: true, require_parental_consent: true, default_theme: 'roblox', default_language: 'en-US' };
    expect((await student.api.get(tenant)).body.settings).toEqual(shown);
  });

  it('a setting that does not say so is not shown to members, and the schema marks those that are', async () => {
    const { properties } = (await (await server.world.owner()).api.get('/tenant/settings/schema')).body;
    expect(Object.keys(properties).filter((key) => properties[key]['x-visible-to'] === 'members')).toEqual(Object.keys(forMembers));
  });

  it('has the branding only while the organization is entitled to it', async () => {
    const owner = await server.world.owner();
    await setPlan(owner, 'enterprise');
    await owner.api.patch('/tenant/branding', { primaryColor: '#123456' });
    const color = async (): Promise<unknown> => (await owner.api.get(tenant)).body.branding.primaryColor;
    expect(await color()).toBe('#123456');
    await setPlan(owner, 'free');
    expect(await color()).toBeNull();
  });

  it('has another ETag after each change of what the caller sees, and no other one', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner, 'member');
    const tags = async (): Promise<unknown[]> => (await Promise.all([owner, member].map(({ api }) => api.get(tenant)))).map(({ headers }) => headers.get('etag'));
    const first = await tags();
    expect(await tags()).toEqual(first);
    expect(new Set(first).size).toBe(2);
    await owner.api.patch(settings, { weekly_reports: true });
    const second = await tags();
    expect(second.map((tag, index) => tag === first[index])).toEqual([false, true]);
    for (const change of [
      { path: settings, body: { default_language: 'de-DE' } },
      { path: owner.home, body: { name: 'Renamed' } },
      { path: '/tenant/compliance', body: { gdpr: true } },
    ]) {
      const before = await tags();
      expect((await owner.api.patch(change.path, change.body)).status).toBe(200);
      expect((await tags()).some((tag, index) => tag === before[index])).toBe(false);
    }
  });
});

/** Every settings document, a change of it, and the roles that may read it in addition to admins and owners. */
const documents = [
  ['settings', { default_language: 'xx-secret' }, false],
  ['features', { feature: 'custom_roles', enabled: false }, true],
  ['custom-settings', { secret: 'xx-secret' }, false],
  ['integrations', { 'xx-secret': { config: { a: 1 } } }, false],
  ['compliance', { gdpr: true }, true],
  ['branding', { displayName: 'xx-secret' }, true],
  ['security', { auditLogsEnabled: false }, false],
] as const;

describe('who may read and write what', () => {
  it.each(documents)('%s can be changed by admins and owners only', async (path, change, membersRead) => {
    const owner = await server.world.owner();
    const [admin, member] = [await server.world.member(owner, 'admin'), await server.world.member(owner)];
    await setPlan(owner, 'enterprise');
    const before = (await owner.api.get(`/tenant/${path}`)).text;
    expect((await member.api.get(`/tenant/${path}`)).status).toBe(membersRead ? 200 : 403);
    expect(refusal(await member.api.patch(`/tenant/${path}`, change))).toEqual({ status: 403, code: 'access_denied' });
    expect(refusal(await server.api.get(`/tenant/${path}`))).toEqual({ status: 401, code: 'authentication_required' });
    expect((await server.api.patch(`/tenant/${path}`, change)).status).toBe(401);
    expect((await owner.api.get(`/tenant/${path}`)).text).toBe(before);
    expect((await admin.api.patch(`/tenant/${path}`, change)).status).toBe(200);
    expect((await owner.api.get(`/tenant/${path}`)).text).not.toBe(before);
    const { rows } = await database.query('select updated_by_id from settings_documents where organization_id = $1', [owner.organizationId]);
    expect(rows).toEqual([{ updated_by_id: admin.userId }]);
  });

  it.each(documents.map(([path, change]) => [path, change] as const))('%s of one organization cannot be read or changed by another', async (path, change) => {
    const [a, b] = await server.world.twoTenants();
    for (const person of [a, b]) await setPlan(person, 'enterprise');
    const untouched = (await b.api.get(`/tenant/${path}`)).text;
    const changed = await a.api.patch(`/tenant/${path}`, change);
    expect(changed.status).toBe(200);
    const answer = await b.api.get(`/tenant/${path}`);
    expect(answer.text).toBe(untouched);
    expect(answer.text).not.toContain('xx-secret');
    expect(versionOf(answer)).toBe(0);
    expect(refusal(await b.api.with({ 'x-tenant-id': a.organizationId }).get(`/tenant/${path}`))).toEqual({ status: 400, code: 'tenant_mismatch' });
    const stranger = b.api.as((await b.api.post('/auth/switch-organization', { organizationId: null })).body.accessToken).with({ 'x-tenant-id': a.organizationId });
    expect(refusal(await stranger.get(`/tenant/${path}`))).toEqual({ status: 404, code: 'organization_not_found' });
    expect(refusal(await stranger.patch(`/tenant/${path}`, change))).toEqual({ status: 404, code: 'organization_not_found' });
    expect(versionOf(await a.api.get(`/tenant/${path}`))).toBe(1);
  });

  it('a setting or feature that decides about security cannot be changed with an API key, wherever it is stored', async () => {
    const owner = await server.world.owner();
    await setPlan(owner, 'enterprise');
    const { body } = await owner.api.post(`${owner.home}/api-keys`, { name: 'x', permissions: ['organization:read', 'settings:read', 'settings:write', 'security:read'] });
    const api = server.api.with({ 'x-api-key': body.key });
    const { body: schema } = await api.get(`${settings}/schema`);
    const decisive = Object.entries(schema.properties as Record<string, { default: unknown; 'x-permission'?: string }>).filter(
      ([, each]) => each['x-permission'] === 'security:write',
    );
    expect(decisive.map(([key]) => key)).toEqual([
      'session_timeout_minutes',
      'session_max_age_hours',
      'password_expiry_days',
      'max_login_attempts',
      'password_min_length',
      'enable_two_factor',
      'new_device_mail',
      'trusted_device_days',
    ]);
    for (const [key, { default: value }] of decisive)
      for (const patch of [{ [key]: value }, { [key]: null }, { weekly_reports: true, [key]: value }])
        expect(await api.patch(settings, patch)).toMatchObject({ status: 403, body: { code: 'security_setting', settings: [key], detail: expect.stringContaining(key) } });
    const { body: listed } = await api.get(features);
    const switches = (listed.data as { key: string; security: boolean }[]).filter(({ security }) => security).map(({ key }) => key);
    expect(switches).toEqual(['custom_roles', 'api_access', 'advanced_security', 'directory_sync', 'sso']);
    for (const feature of switches)
      for (const enabled of [false, true])
        expect(await api.patch(features, { feature, enabled })).toMatchObject({ status: 403, body: { code: 'security_setting', settings: [feature] } });
    for (const path of ['security', 'compliance']) expect(refusal(await api.patch(`/tenant/${path}`, {}))).toEqual({ status: 403, code: 'access_denied' });
    expect((await owner.api.get(settings)).body).toEqual(defaults);
    expect((await api.patch(features, { feature: 'custom_branding', enabled: false })).status).toBe(200);
    expect((await api.patch(settings, { weekly_reports: true })).status).toBe(200);
  });

  it('a custom role with settings:write but without security:write cannot change security settings', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner);
    const role = await owner.api.post(`${owner.home}/roles`, { name: 'Settings', permissions: ['settings:read', 'settings:write'] });
    expect((await owner.api.patch(`${owner.home}/members/${member.userId}`, { customRoles: [role.body.key] })).status).toBe(200);
    expect((await member.api.patch(settings, { weekly_reports: true })).status).toBe(200);
    for (const [path, patch] of [
      [settings, { max_login_attempts: 100 }],
      [settings, { enable_two_factor: false }],
      [features, { feature: 'api_access', enabled: false }],
    ] as const)
      expect(refusal(await member.api.patch(path, patch))).toEqual({ status: 403, code: 'security_setting' });
    expect(refusal(await member.api.patch('/tenant/compliance', { ferpa: false }))).toEqual({ status: 403, code: 'access_denied' });
  });

  it('an API key with the permission can change settings, and no user is recorded as the author', async () => {
    const owner = await server.world.owner();
    const { body } = await owner.api.post(`${owner.home}/api-keys`, { name: 'x', permissions: ['settings:read', 'settings:write'] });
    const api = server.api.with({ 'x-api-key': body.key });
    expect((await api.patch(settings, { weekly_reports: true })).body.weekly_reports).toBe(true);
    expect((await api.get(settings)).body.weekly_reports).toBe(true);
    const { rows } = await database.query('select updated_by_id from settings_documents where organization_id = $1', [owner.organizationId]);
    expect(rows).toEqual([{ updated_by_id: null }]);
  });
});
