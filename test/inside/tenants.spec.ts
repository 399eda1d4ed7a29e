import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { WebOriginsService } from '../../src/access/principal/web-origins.service.js';
import { PlatformAdminsService } from '../../src/modules/auth/platform/platform-admins.service.js';
import { TenantProvisioningService } from '../../src/modules/tenants/provisioning/tenant-provisioning.service.js';
import { provisioningSteps } from '../../src/modules/tenants/provisioning/tenant-provisioning.policy.js';
import type { Client } from '../support/client.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { goodPassword } from '../support/world.js';

let database: ScratchDatabase;
let server: TestServer;
let operator: Client;

beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({ CATALOG: 'toolboxai' }, database);
  await server.app.get(PlatformAdminsService).createFirstPlatformAdmin('operator@example.com', 'a long operator passphrase');
  operator = server.api.as((await server.api.post('/auth/login', { email: 'operator@example.com', password: 'a long operator passphrase' })).body.accessToken);
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const newTenant = (more: Record<string, unknown> = {}) => ({
  name: 'Lincoln School',
  slug: server.world.unique('school'),
  email: server.world.email('office'),
  plan: 'education',
  ...more,
});
const signIn = async (email: string, password: string): Promise<Client> => server.api.as((await server.api.post('/auth/login', { email, password })).body.accessToken);

describe('a new tenant', () => {
  it('the admin of a new, provisioned tenant can sign in with the password that was shown once', async () => {
    const wanted = newTenant({ trialDays: 7, limits: { classes: 3, roblox_sessions: null } });
    const { status, headers, body } = await operator.post('/tenants', wanted);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/v1/tenants/${body.id}`);
    expect(body).toMatchObject({ slug: wanted.slug, status: 'trial', plan: 'education', isVerified: true, memberCount: 1, overridden: ['classes', 'roblox_sessions'] });
    expect(body.limits).toMatchObject({ classes: 3, roblox_sessions: null, users: 500 });
    expect(body.provisioning).toMatchObject({ status: 'success', stepsCompleted: [...provisioningSteps], errors: [] });
    expect(Math.round((new Date(body.trialEndsAt).getTime() - Date.now()) / 86_400_000)).toBe(7);
    const admin = await signIn(wanted.email, body.provisioning.adminPassword);
    expect((await admin.get('/auth/me')).body).toMatchObject({ role: 'owner', user: { id: body.provisioning.adminUserId, emailVerified: true } });
    expect((await admin.get('/tenant/entitlements')).body.limits).toEqual(expect.arrayContaining([{ meter: 'classes', limit: 3, source: 'override' }]));
    expect((await server.mailbox.waitFor(wanted.email, 'Welcome')).mail.text).toContain('is ready');
  });

  it('creating a tenant with an invalid plan, slug or limit is refused without a trace', async () => {
    const { slug } = (await operator.post('/tenants', newTenant())).body;
    const before = (await operator.get('/tenants?count=true')).body.total;
    const refused: [Record<string, unknown>, number, string][] = [
      [{ plan: 'gold' }, 422, 'unknown_plan'],
      [{ slug }, 409, 'slug_taken'],
      [{ slug: 'admin' }, 400, 'reserved_slug'],
      [{ limits: { unicorns: 1 } }, 422, 'unknown_override'],
      [{ limits: { classes: -1 } }, 422, 'invalid_override'],
      [{ email: 'nowhere' }, 400, 'validation_failed'],
    ];
    for (const [more, status, code] of refused) expect(await operator.post('/tenants', newTenant(more))).toMatchObject({ status, body: { code } });
    expect((await operator.get('/tenants?count=true')).body.total).toBe(before);
  });

  it('a new tenant makes an existing user its owner without a new password', async () => {
    const known = await server.world.owner({ verified: true });
    const { body } = await operator.post('/tenants', newTenant({ adminEmail: known.email.toUpperCase() }));
    expect(body.provisioning).toMatchObject({ status: 'success', adminUserId: known.userId });
    expect(body.provisioning.adminPassword).toBeUndefined();
    expect((await known.api.get('/organizations')).body.data.map(({ id }: { id: string }) => id)).toContain(body.id);
  });
});

describe('provisioning', () => {
  it('a second provisioning completes the missing steps and repeats none', async () => {
    const { body: bare } = await operator.post('/tenants', newTenant({ provision: false }));
    expect(bare).toMatchObject({ status: 'pending', provisioning: null, provisioned: [], memberCount: 0 });
    const first = await operator.post(`/tenants/${bare.id}/provision`, { createAdminUser: false, sendWelcomeEmail: false });
    expect(first.body).toMatchObject({ status: 'success', adminUserId: null, stepsCompleted: ['validate', 'default_settings', 'plan_features', 'verified'] });
    const second = await operator.post(`/tenants/${bare.id}/provision`, { adminUsername: 'Ada Admin' });
    expect(second.body).toMatchObject({ status: 'success', adminPassword: expect.any(String), stepsCompleted: [...provisioningSteps] });
    const third = await operator.post(`/tenants/${bare.id}/provision`, {});
    expect(third.body).toEqual({ status: 'success', adminUserId: second.body.adminUserId, stepsCompleted: [...provisioningSteps], errors: [] });
    expect((await operator.get(`/tenants/${bare.id}`)).body.memberCount).toBe(1);
  });

  it('a later provisioning appoints another owner only while there is no enabled owner', async () => {
    const { body: tenant } = await operator.post('/tenants', newTenant({}));
    const again = { adminEmail: server.world.email('second') };
    const ownersOf = async (): Promise<string[]> => (await operator.get(`/tenants/${tenant.id}`)).body.owners.map(({ email }: { email: string }) => email);
    const [first = ''] = await ownersOf();
    expect((await operator.post(`/tenants/${tenant.id}/provision`, again)).body.adminPassword).toBeUndefined();
    expect(await ownersOf()).toEqual([first]);
    const { data } = (await operator.get(`/platform/users?email=${encodeURIComponent(first)}`)).body;
    expect((await operator.post(`/platform/users/${data[0].id}/disable`)).status).toBe(200);
    const { body } = await operator.post(`/tenants/${tenant.id}/provision`, again);
    expect(body).toMatchObject({ status: 'success', adminPassword: expect.any(String), errors: [] });
    expect(await ownersOf()).toEqual([first, again.adminEmail]);
    expect((await operator.get(`/platform/users/${body.adminUserId}`)).body).toMatchObject({ email: again.adminEmail, emailVerified: true });
    expect((await operator.post(`/tenants/${tenant.id}/provision`, again)).body).toEqual({
      status: 'success',
      adminUserId: body.adminUserId,
      stepsCompleted: [...provisioningSteps],
      errors: [],
    });
  });

  it('provisioning reports a failed step, completes the others, and can be repeated', async () => {
    const { body: tenant } = await operator.post('/tenants', newTenant({ provision: false }));
    const weak = await operator.post(`/tenants/${tenant.id}/provision`, { adminPassword: 'aaaaaaaaaa' });
    expect(weak.body).toMatchObject({ status: 'partial_success', errors: [{ step: 'admin_user', code: 'weak_password' }] });
    expect((await operator.post(`/tenants/${tenant.id}/provision`, {})).body).toMatchObject({ status: 'success', stepsCompleted: [...provisioningSteps] });
    await operator.delete(`/tenants/${tenant.id}`);
    const { body: other } = await operator.post('/tenants', newTenant({ provision: false }));
    await operator.delete(`/tenants/${other.id}`);
    expect((await operator.post(`/tenants/${other.id}/provision`, {})).body).toMatchObject({
      status: 'failed',
      stepsCompleted: [],
      errors: [{ step: 'validate', code: 'wrong_tenant_state' }],
    });
  });

  it('concurrent provisioning runs each step once', async () => {
    const { body: tenant } = await operator.post('/tenants', newTenant({ provision: false }));
    const provisioning = server.app.get(TenantProvisioningService);
    const results = await Promise.all(Array.from({ length: 5 }, () => provisioning.provisionTenant(tenant.id, {})));
    expect(results.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'success'));
    expect(results.filter(({ adminPassword }) => adminPassword !== undefined)).toHaveLength(1);
    expect((await operator.get(`/tenants/${tenant.id}`)).body).toMatchObject({ memberCount: 1, provisioned: [...provisioningSteps] });
    await server.mailbox.waitFor(tenant.email, 'Welcome');
    expect(server.mailbox.received.filter(({ to, mail }) => to === tenant.email && mail.subject?.startsWith('Welcome') === true)).toHaveLength(1);
  });
});

describe('suspension', () => {
  it('suspension immediately blocks access tokens, API keys and refresh tokens, lets owners read, and can be undone', async () => {
    const { body: tenant } = await operator.post('/tenants', newTenant({ plan: 'enterprise', adminPassword: goodPassword }));
    const login = await server.api.post('/auth/login', { email: tenant.email, password: goodPassword });
    const admin = server.api.as(login.body.accessToken);
    const home = `/organizations/${tenant.id}`;
    const key = server.api.as((await admin.post(`${home}/api-keys`, { name: 'key', permissions: ['teams:read'] })).body.key);
    expect([(await admin.get(home)).status, (await key.get(`${home}/teams`)).status]).toEqual([200, 200]);

    const suspended = await operator.post(`/tenants/${tenant.id}/suspend`, { reason: 'unpaid since March' });
    expect(suspended).toMatchObject({ status: 200, body: { status: 'suspended', suspendedReason: 'unpaid since March' } });
    const closed = { status: 403, body: { code: 'organization_suspended' } };
    expect(await admin.post(`${home}/teams`, { name: 'No' })).toMatchObject(closed);
    expect((await admin.get(home)).status).toBe(200);
    expect(await key.get(`${home}/teams`)).toMatchObject(closed);
    expect(await server.api.post('/auth/refresh', { refreshToken: login.body.refreshToken })).toMatchObject(closed);
    expect(await operator.post(`/tenants/${tenant.id}/suspend`, {})).toMatchObject({ status: 409, body: { code: 'wrong_tenant_state' } });

    expect((await operator.post(`/tenants/${tenant.id}/activate`)).body).toMatchObject({ status: 'trial', suspendedAt: null, suspendedReason: null });
    expect([(await admin.post(`${home}/teams`, { name: 'Yes' })).status, (await key.get(`${home}/teams`)).status]).toEqual([201, 200]);
    expect((await operator.post(`/tenants/${tenant.id}/activate`)).status).toBe(409);
  });

  it('maintenance, unlike suspension, also blocks owners', async () => {
    const { body: tenant } = await operator.post('/tenants', newTenant({ adminPassword: goodPassword }));
    const admin = await signIn(tenant.email, goodPassword);
    await operator.post(`/tenants/${tenant.id}/maintenance`, { enabled: true });
    expect(await admin.get(`/organizations/${tenant.id}`)).toMatchObject({ status: 403, body: { code: 'organization_in_maintenance' } });
    await operator.post(`/tenants/${tenant.id}/maintenance`, { enabled: false });
    expect((await admin.get(`/organizations/${tenant.id}`)).status).toBe(200);
  });
});

describe('what the operator grants', () => {
  it('an override replaces the value of the plan on the next request, until it is removed', async () => {
    const { body: tenant } = await operator.post('/tenants', newTenant({ plan: 'free', adminPassword: goodPassword }));
    const admin = await signIn(tenant.email, goodPassword);
    const entitlements = async () => (await admin.get('/tenant/entitlements')).body;
    const change = (body: object) => operator.patch(`/tenants/${tenant.id}/limits`, body);
    expect((await change({ limits: { classes: 99, users: 2 }, features: { sso: true, ai_chat: false } })).body.overridden).toEqual(['ai_chat', 'classes', 'sso', 'users']);
    expect((await entitlements()).features).toEqual(
      expect.arrayContaining([
        { key: 'sso', available: true, enabled: true, source: 'override' },
        { key: 'ai_chat', available: false, enabled: false, source: 'override' },
      ]),
    );
    expect((await entitlements()).seats).toEqual({ limit: 2, source: 'override' });
    const join = async () => {
      const invited = await admin.post(`/organizations/${tenant.id}/invitations`, { email: server.world.email(), role: 'student', delivery: 'link' });
      if (invited.status !== 201) return invited.status;
      const token = new URL(invited.body.data[0].link).searchParams.get('token');
      return (await server.api.post('/invitations/accept', { token, name: 'Stu Dent', password: goodPassword })).status;
    };
    expect([await join(), await join()]).toEqual([201, 402]);
    expect((await change({ limits: { users: 'plan', classes: 'plan' }, features: { sso: 'plan', ai_chat: 'plan' } })).body.overridden).toEqual([]);
    expect(await join()).toBe(201);
    expect((await entitlements()).limits[1]).toEqual({ meter: 'classes', limit: 2, source: 'plan' });
    expect(await change({ features: { unicorns: true } })).toMatchObject({ status: 422, body: { code: 'unknown_override' } });
    expect(await change({ limits: { classes: 'many' } })).toMatchObject({ status: 422, body: { code: 'invalid_override' } });
  });
});

describe('tenants', () => {
  it('tenants can be searched, filtered, paged and counted', async () => {
    const word = server.world.unique('findable');
    const made = [];
    for (const plan of ['free', 'basic', 'free']) made.push((await operator.post('/tenants', newTenant({ name: `${word} ${plan}`, plan, provision: false }))).body.id);
    const ids = async (query: string) => (await operator.get(`/tenants?search=${word}&${query}`)).body.data.map(({ id }: { id: string }) => id);
    expect(await ids('sort=createdAt')).toEqual(made);
    expect(await ids('plan=free&sort=createdAt')).toEqual([made[0], made[2]]);
    expect(await ids('status=active')).toEqual([]);
    const page = (await operator.get(`/tenants?search=${word}&limit=2&sort=createdAt&count=true`)).body;
    expect(page).toMatchObject({ total: 3, nextCursor: expect.any(String) });
    expect(await ids(`limit=2&sort=createdAt&cursor=${page.nextCursor}`)).toEqual([made[2]]);
    const stats = (await operator.get('/tenants/stats')).body;
    expect(stats.tenants).toBe(Object.values(stats.byStatus as Record<string, number>).reduce((sum, count) => sum + count, 0));
  });

  it('tenants can be updated, deleted, restored and erased', async () => {
    const { body: tenant } = await operator.post('/tenants', newTenant({ adminPassword: goodPassword }));
    const admin = await signIn(tenant.email, goodPassword);
    expect((await operator.patch(`/tenants/${tenant.id}`, { plan: 'enterprise', displayName: 'Lincoln', isDemo: true })).body).toMatchObject({
      plan: 'enterprise',
      displayName: 'Lincoln',
      isDemo: true,
    });
    expect((await admin.get('/tenant/features')).body.plan).toBe('enterprise');
    expect((await operator.patch(`/tenants/${tenant.id}`, { status: 'active' })).status).toBe(400);
    expect((await operator.delete(`/tenants/${tenant.id}`)).status).toBe(204);
    expect(await admin.get(`/organizations/${tenant.id}`)).toMatchObject({ status: 403, body: { code: 'organization_deleted' } });
    expect((await operator.delete(`/tenants/${tenant.id}`)).status).toBe(409);
    expect((await operator.post(`/tenants/${tenant.id}/restore`)).body.deletedAt).toBeNull();
    expect((await admin.get(`/organizations/${tenant.id}`)).status).toBe(200);
    expect((await operator.delete(`/tenants/${tenant.id}?hard=true`)).status).toBe(204);
    expect((await operator.get(`/tenants/${tenant.id}`)).status).toBe(404);
    expect((await admin.get(`/organizations/${tenant.id}`)).status).toBe(404);
  });

  it('only operators can manage tenants', async () => {
    const owner = await server.world.owner();
    for (const [method, path] of [
      ['GET', '/tenants'],
      ['GET', `/tenants/${owner.organizationId}`],
      ['POST', `/tenants/${owner.organizationId}/suspend`],
      ['PATCH', `/tenants/${owner.organizationId}/limits`],
    ] as const) {
      expect(await owner.api.request(method, path, method === 'GET' ? undefined : {})).toMatchObject({ status: 403, body: { code: 'access_denied' } });
    }
  });
});

describe('impersonation', () => {
  it('impersonation lasts 15 minutes, is visible, and cannot touch credentials, API keys or other tenants', async () => {
    const { body: tenant } = await operator.post('/tenants', newTenant({ plan: 'enterprise', adminPassword: goodPassword }));
    const home = `/organizations/${tenant.id}`;
    expect((await operator.post(`/tenants/${tenant.id}/impersonate`, {})).status).toBe(400);
    const begun = await operator.post(`/tenants/${tenant.id}/impersonate`, { reason: 'Ticket 4711' });
    expect(begun.body).toEqual({ accessToken: expect.any(String), expiresIn: 900, userId: tenant.provisioning.adminUserId, scope: 'read' });
    const acting = server.api.as(begun.body.accessToken);
    const me = (await acting.get('/auth/me')).body;
    expect(me).toMatchObject({
      user: { email: tenant.email },
      role: 'owner',
      platformAdmin: false,
      impersonatedBy: { operatorId: expect.any(String), reason: 'Ticket 4711', scope: 'read' },
    });
    expect((await acting.get(`${home}/teams`)).status).toBe(200);
    const forbidden = { status: 403, body: { code: 'impersonation_forbidden' } };
    expect(await acting.post('/auth/password/change', { currentPassword: goodPassword, newPassword: 'another long passphrase' })).toMatchObject(forbidden);
    expect(await acting.post('/auth/mfa/totp')).toMatchObject(forbidden);
    expect(await acting.post(`${home}/api-keys`, { name: 'key', permissions: ['teams:read'] })).toMatchObject(forbidden);
    expect(await acting.post('/auth/switch-organization', { organizationId: null })).toMatchObject(forbidden);
    expect(await acting.post(`${home}/transfer-ownership`, { userId: tenant.provisioning.adminUserId })).toMatchObject(forbidden);
    expect((await acting.get('/tenants')).status).toBe(403);
    const admin = await signIn(tenant.email, goodPassword);
    expect((await admin.get('/auth/me')).body.impersonatedBy).toBeNull();
    expect((await admin.get('/auth/sessions')).body.data).toHaveLength(2);
  });

  it('only members can be impersonated, and never an operator', async () => {
    const { body: tenant } = await operator.post('/tenants', newTenant());
    const stranger = await server.world.owner();
    expect(await operator.post(`/tenants/${tenant.id}/impersonate`, { userId: stranger.userId, reason: 'curious' })).toMatchObject({
      status: 422,
      body: { code: 'nobody_to_impersonate' },
    });
    const { body: own } = await operator.post('/tenants', newTenant({ adminEmail: 'operator@example.com' }));
    expect((await operator.post(`/tenants/${own.id}/impersonate`, { reason: 'myself' })).status).toBe(422);
  });
});

describe('pages of other origins', () => {
  it('a page whose origin is removed while its request arrives is refused, because it can read the answer', async () => {
    const owner = await server.world.owner();
    const page = owner.api.with({ origin: 'https://removed.example' });
    // The server knew the origin when it decided whether the page can read the answer, and has heard since that it was removed.
    const known = jest.spyOn(server.app.get(WebOriginsService), 'isKnown').mockReturnValue(true);
    try {
      expect(await page.get(owner.home)).toMatchObject({ status: 403, body: { code: 'origin_not_allowed' } });
    } finally {
      known.mockRestore();
    }
    const { status, headers } = await page.get(owner.home);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, null]);
  });
});
