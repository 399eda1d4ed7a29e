import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { presetOnPlan } from '../../support/preset.js';
import { startTestServer, type TestServer } from '../../support/http.js';
import type { Person } from '../../support/world.js';

// The day of a school on the toolboxai preset. Parts that need billing are added with it.

let server: TestServer;
let owner: Person;
let admin: Person;
let teacher: Person;
let student: Person;
let parent: Person;

beforeAll(async () => {
  server = await startTestServer({ CATALOG: 'toolboxai', RATE_LIMITS_ENABLED: 'true' });
  owner = await server.world.owner({ organization: 'Lincoln School' });
  admin = await server.world.member(owner, 'admin');
  teacher = await server.world.member(admin, 'teacher');
  student = await server.world.member(admin, 'student');
  parent = await server.world.member(admin, 'parent');
});
afterAll(() => server.close());

const may = async ({ api }: Person, permission: string): Promise<boolean> => (await api.post('/access/check', { permission })).body.allowed;

describe('a school signs up', () => {
  it('a new school has the default settings of the product', async () => {
    expect((await owner.api.get('/tenant/settings')).body).toEqual({
      email_notifications: true,
      weekly_reports: true,
      allow_student_registration: true,
      allow_parent_access: true,
      require_parental_consent: true,
      session_timeout_minutes: 60,
      password_expiry_days: 90,
      max_login_attempts: 5,
      enable_two_factor: false,
      default_theme: 'roblox',
      default_language: 'en-US',
    });
  });

  it('a new school has five roles, highest first', async () => {
    const { body } = await owner.api.get(`${owner.home}/roles`);
    expect(body.data.map(({ key }: { key: string }) => key)).toEqual(['owner', 'admin', 'teacher', 'student', 'parent']);
  });

  it('a new school has five limits, and its members are counted', async () => {
    const { body } = await owner.api.get('/tenant/limits');
    expect(body.plan).toBe('free');
    expect(body.data.map(({ meter, kind }: { meter: string; kind: string }) => `${meter} ${kind}`)).toEqual([
      'users gauge',
      'classes gauge',
      'storage_gb gauge',
      'api_calls counter',
      'roblox_sessions concurrent',
    ]);
    expect(body.data[0]).toMatchObject({ limit: 10, used: 5, remaining: 5, resetsAt: null });
    expect(new Date(body.data[3].resetsAt).getUTCDate()).toBe(1);
  });
});

describe('the five quotas', () => {
  const limit = async (meter: string): Promise<any> => (await owner.api.get('/tenant/limits')).body.data.find((each: { meter: string }) => each.meter === meter);

  it('classes and storage stop at the limit of the tier, and released units are available again', async () => {
    const take = async (meter: string, quantity = 1): Promise<number> => (await admin.api.post('/usage/consume', { meter, quantity })).status;
    const classes = await Promise.all(Array.from({ length: 6 }, () => take('classes')));
    expect(classes.sort()).toEqual([200, 200, 402, 402, 402, 402]);
    expect([await take('storage_gb'), await take('storage_gb')]).toEqual([200, 402]);
    expect((await admin.api.post('/usage/release', { meter: 'classes' })).body).toMatchObject({ used: 1, remaining: 1 });
    expect(await take('classes')).toBe(200);
    expect(await admin.api.post('/usage/consume', { meter: 'classes' })).toMatchObject({
      status: 402,
      body: { code: 'quota_exceeded', limit: 2, used: 2, upgrade: { plan: 'basic' } },
    });
    expect(await limit('classes')).toMatchObject({ used: 2, remaining: 0 });
  });

  it('one session can run at a time, and ends when it is released or its heartbeats stop', async () => {
    const sessions = await Promise.all(Array.from({ length: 5 }, () => admin.api.post('/usage/leases', { meter: 'roblox_sessions', ttlSeconds: 60, subject: 'Algebra' })));
    const [session, ...more] = sessions.filter(({ status }) => status === 201);
    expect(more).toEqual([]);
    expect(await limit('roblox_sessions')).toMatchObject({ limit: 1, used: 1, remaining: 0 });
    expect((await admin.api.patch(`/usage/leases/${session?.body.id}`, {})).status).toBe(200);
    expect((await admin.api.delete(`/usage/leases/${session?.body.id}`)).status).toBe(204);
    const next = await admin.api.post('/usage/leases', { meter: 'roblox_sessions', ttlSeconds: 1 });
    expect(next.status).toBe(201);
    const again = await eventually(
      () => admin.api.post('/usage/leases', { meter: 'roblox_sessions' }),
      ({ status }) => status !== 402,
    );
    expect(again.status).toBe(201);
  });

  it('usage reports require a permission that teachers, students and parents lack', async () => {
    const report = await admin.api.get(`${owner.home}/usage?meter=classes,roblox_sessions&groupBy=day`);
    expect(report.body.meters).toMatchObject([
      { meter: 'classes', kind: 'gauge', used: 2, period: { limit: 2, remaining: 0, resetsAt: null } },
      { meter: 'roblox_sessions', kind: 'concurrent', used: 1, period: { limit: 1 } },
    ]);
    for (const person of [teacher, student, parent]) {
      expect((await person.api.get(`${owner.home}/usage`)).status).toBe(403);
      expect((await person.api.post('/usage/consume', { meter: 'classes' })).status).toBe(403);
    }
  });
});

describe('teacher, student and parent', () => {
  const expected = {
    teacher: {
      can: ['classes:write', 'lessons:write', 'assessments:write', 'grades:write', 'members:read'],
      cannot: ['members:write', 'settings:write', 'assessments:take', 'consent:give', 'roles:read'],
    },
    student: {
      can: ['classes:read', 'lessons:read', 'assessments:take'],
      cannot: ['classes:write', 'grades:read', 'grades:write', 'members:read', 'assessments:write', 'children:read'],
    },
    parent: { can: ['grades:read', 'children:read', 'consent:give'], cannot: ['grades:write', 'classes:read', 'assessments:take', 'members:read', 'lessons:read'] },
  };

  it.each(Object.keys(expected) as (keyof typeof expected)[])('the role %s has exactly the permissions that the product defines', async (role) => {
    const person = { teacher, student, parent }[role];
    for (const permission of expected[role].can) expect({ permission, may: await may(person, permission) }).toEqual({ permission, may: true });
    for (const permission of expected[role].cannot) expect({ permission, may: await may(person, permission) }).toEqual({ permission, may: false });
  });

  it('the routes for members, projects, settings and invitations enforce the roles', async () => {
    const statuses = async (person: Person): Promise<number[]> => [
      (await person.api.get(owner.home)).status,
      (await person.api.get(`${owner.home}/members`)).status,
      (await person.api.post(`${owner.home}/projects`, { name: 'Algebra' })).status,
      (await person.api.get('/tenant/settings')).status,
      (await person.api.post(`${owner.home}/invitations`, { email: server.world.email(), role: 'student' })).status,
    ];
    expect(await statuses(teacher)).toEqual([200, 200, 201, 403, 403]);
    expect(await statuses(student)).toEqual([200, 403, 403, 403, 403]);
    expect(await statuses(parent)).toEqual([200, 403, 403, 403, 403]);
    expect(await statuses(admin)).toEqual([200, 200, 201, 200, 201]);
  });

  it('an explained access check names the role that grants the permission, or reports that none does', async () => {
    const granted = await teacher.api.post('/access/check', { permission: 'grades:write', explain: true });
    expect(granted.body.trace.at(-1)).toEqual({ step: 'permission', passed: true, source: 'role teacher', detail: 'grades:write' });
    const refused = await student.api.post('/access/check', { permission: 'grades:write', explain: true });
    expect(refused.body).toMatchObject({ allowed: false, code: 'access_denied' });
    expect(refused.body.trace.at(-1)).toMatchObject({ step: 'permission', passed: false, source: 'none of the roles' });
  });

  it('an admin can invite teachers and parents, but no owner', async () => {
    for (const role of ['admin', 'teacher', 'student', 'parent'])
      expect((await admin.api.post(`${owner.home}/invitations`, { email: server.world.email(), role })).status).toBe(201);
    expect(await admin.api.post(`${owner.home}/invitations`, { email: server.world.email(), role: 'owner' })).toMatchObject({ status: 403, body: { code: 'role_too_high' } });
    expect(await admin.api.post(`${owner.home}/invitations`, { email: server.world.email(), role: 'member' })).toMatchObject({ status: 422, body: { code: 'unknown_role' } });
  });

  it('a student who is in a grading team has its permissions until they leave it', async () => {
    await owner.api.post(`${owner.home}/roles`, { key: 'grading_help', name: 'Grading help', permissions: ['grades:read'] });
    const { body: team } = await owner.api.post(`${owner.home}/teams`, { name: 'Helpers', roles: ['grading_help'] });
    expect(await may(student, 'grades:read')).toBe(false);
    await owner.api.request('PUT', `${owner.home}/teams/${team.id}/members/${student.userId}`);
    const { body } = await student.api.post('/access/check', { permission: 'grades:read', explain: true });
    expect(body.trace.at(-1)).toMatchObject({ passed: true, source: 'team Helpers (role grading_help)' });
    await owner.api.delete(`${owner.home}/teams/${team.id}/members/${student.userId}`);
    expect(await may(student, 'grades:read')).toBe(false);
  });
});

describe('compliance', () => {
  it('a school can set COPPA, FERPA, consent and data retention', async () => {
    const { headers, body } = await owner.api.get('/tenant/compliance');
    expect(body).toEqual({ coppa: false, ferpa: false, gdpr: false, parentalConsentRequired: false, dataRetentionDays: null });
    const wanted = { coppa: true, ferpa: true, parentalConsentRequired: true, dataRetentionDays: 365 };
    const changed = await owner.api.patch('/tenant/compliance', wanted, { headers: { 'if-match': headers.get('etag') ?? '' } });
    expect(changed).toMatchObject({ status: 200, body: { ...wanted, gdpr: false } });
    expect((await admin.api.patch('/tenant/compliance', { gdpr: true }, { headers: { 'if-match': headers.get('etag') ?? '' } })).status).toBe(412);
  });

  it('a retention of zero days is refused, and only administrators can change compliance settings', async () => {
    for (const dataRetentionDays of [0, -1, 1.5, '30']) expect((await owner.api.patch('/tenant/compliance', { dataRetentionDays })).status).toBe(400);
    for (const person of [teacher, student, parent]) expect((await person.api.patch('/tenant/compliance', { coppa: false })).status).toBe(403);
  });
});

describe('the settings of the school', () => {
  it('the settings of a school accept only allowed values', async () => {
    expect((await owner.api.patch('/tenant/settings', { default_theme: 'dark', allow_student_registration: false })).status).toBe(200);
    const { status, body } = await owner.api.patch('/tenant/settings', { default_theme: 'neon', weekly_reports: 'yes', colour: 'red' });
    expect(status).toBe(400);
    expect(body.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`).sort()).toEqual([
      '/colour unknown_field',
      '/default_theme is_in',
      '/weekly_reports is_boolean',
    ]);
  });

  it('after five wrong passwords, the account is locked, also for the correct password', async () => {
    const email = server.world.email('victim');
    const victim = await server.world.owner({ email });
    const attempt = (password: string) => server.api.post('/auth/login', { email: victim.email, password });
    for (let time = 0; time < 5; time += 1) expect((await attempt('not the password at all')).status).toBe(401);
    expect(await attempt('correct horse battery staple')).toMatchObject({ status: 429, body: { code: 'account_locked' } });
  });
});

describe('the tiers', () => {
  const features = {
    free: ['ai_chat', 'gamification'],
    basic: ['ai_chat', 'gamification', 'roblox_integration', 'parent_portal'],
    professional: ['ai_chat', 'gamification', 'roblox_integration', 'parent_portal', 'advanced_analytics', 'custom_branding', 'api_access', 'mobile_app'],
    enterprise: [
      'ai_chat',
      'gamification',
      'roblox_integration',
      'parent_portal',
      'advanced_analytics',
      'custom_branding',
      'api_access',
      'mobile_app',
      'advanced_security',
      'live_classes',
    ],
    education: ['ai_chat', 'roblox_integration', 'advanced_analytics', 'custom_branding', 'gamification', 'parent_portal', 'mobile_app', 'live_classes'],
  };

  it.each(Object.keys(features) as (keyof typeof features)[])('the tier %s has exactly its features, which can be disabled and enabled', async (plan) => {
    const tier = await startTestServer({ CATALOG: presetOnPlan('toolboxai', plan) });
    try {
      const school = await tier.world.owner();
      const { body } = await school.api.get('/tenant/features');
      expect({ plan: body.plan, available: [...body.available].sort() }).toEqual({ plan, available: [...features[plan]].sort() });
      expect(body.data).toHaveLength(15);
      for (const { key, available } of body.data as { key: string; available: boolean }[]) {
        const off = await school.api.patch('/tenant/features', { feature: key, enabled: false });
        expect({ key, status: off.status }).toEqual({ key, status: available ? 200 : 402 });
        const check = (await school.api.post('/access/check', { feature: key })).body;
        expect({ key, ...check }).toMatchObject({ key, allowed: false, code: available ? 'feature_disabled' : 'feature_not_in_plan' });
        if (available) await school.api.patch('/tenant/features', { feature: key, enabled: true });
      }
      expect((await school.api.get('/tenant/features')).body.enabled.sort()).toEqual([...features[plan]].sort());
      const gates = [
        await school.api.patch('/tenant/branding', { primaryColor: '#aa0000' }),
        await school.api.post(`${school.home}/api-keys`, { name: 'key', permissions: ['classes:read'] }),
      ];
      const sold = [features[plan].includes('custom_branding') ? 200 : 402, features[plan].includes('api_access') ? 201 : 402];
      expect(gates.map(({ status }) => status)).toEqual(sold);
    } finally {
      await tier.close();
    }
  });
});
