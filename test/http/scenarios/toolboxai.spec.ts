import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isTenantryError, type Limit, type TenantryClient } from '@tenantry/sdk';
import { eventually } from '../../support/eventually.js';
import { presetOnPlan } from '../../support/preset.js';
import { startTestServer, type TestServer } from '../../support/http.js';
import { outcomeOf, sdkOf } from '../../support/sdk.js';
import type { Answer } from '../../support/client.js';
import type { Person } from '../../support/world.js';

// The day of a school on the toolboxai preset, with the SDK.

let server: TestServer;
let school: Person;
let owner: TenantryClient<true>;
let admin: TenantryClient<true>;
let teacher: TenantryClient<true>;
let student: TenantryClient<true>;
let parent: TenantryClient<true>;
let studentId: string;
let waiting: string;

const codeOf = ({ body }: Answer): string => body.code;

beforeAll(async () => {
  server = await startTestServer({ CATALOG: 'toolboxai', RATE_LIMITS_ENABLED: 'true' });
  school = await server.world.owner({ organization: 'Lincoln School' });
  const principal = await server.world.member(school, 'admin');
  const pupil = await server.world.member(principal, 'student');
  studentId = pupil.userId;
  waiting = codeOf(await pupil.api.get(pupil.home));
  await principal.api.post(`${school.home}/members/${studentId}/consents`, { guardianName: 'Mary Hopper', relation: 'mother', textVersion: 'form-2026' });
  [owner, admin, student] = [sdkOf(school), sdkOf(principal), sdkOf(pupil)];
  teacher = sdkOf(await server.world.member(principal, 'teacher'));
  parent = sdkOf(await server.world.member(principal, 'parent'));
});
afterAll(() => server.close());

const may = async (person: TenantryClient<true>, permission: string): Promise<boolean> => (await person.checkAccess({ body: { permission } })).allowed;

describe('a school signs up', () => {
  it('a new school has the default settings of the product', async () => {
    expect(await owner.getSettings()).toEqual({
      email_notifications: true,
      weekly_reports: true,
      allow_student_registration: true,
      allow_parent_access: true,
      require_parental_consent: true,
      session_timeout_minutes: 60,
      session_max_age_hours: 0,
      password_expiry_days: 90,
      max_login_attempts: 5,
      password_min_length: 10,
      enable_two_factor: false,
      new_device_mail: true,
      trusted_device_days: 30,
      default_theme: 'roblox',
      default_language: 'en-US',
    });
  });

  it('a new school has five roles, highest first', async () => {
    expect((await owner.listRoles()).data.map(({ key }) => key)).toEqual(['owner', 'admin', 'teacher', 'student', 'parent']);
  });

  it('a new school has five limits, and its members are counted', async () => {
    const { plan, data } = await owner.getLimits();
    expect(plan).toBe('free');
    expect(data.map(({ meter, kind }) => `${meter} ${kind}`)).toEqual(['users gauge', 'classes gauge', 'storage_gb gauge', 'api_calls counter', 'roblox_sessions concurrent']);
    expect(data[0]).toMatchObject({ limit: 10, used: 5, remaining: 5, resetsAt: null });
    expect(new Date(data[3]?.resetsAt ?? '').getUTCDate()).toBe(1);
  });
});

describe('the five quotas', () => {
  const limit = async (wanted: string): Promise<Limit | undefined> => (await owner.getLimits()).data.find(({ meter }) => meter === wanted);

  it('classes and storage stop at the limit of the tier, and released units are available again', async () => {
    const take = (meter: string): Promise<string> => outcomeOf(admin.consumeUsage({ body: { meter, quantity: 1 } }));
    const exceeded = '402 quota_exceeded';
    const classes = await Promise.all(Array.from({ length: 6 }, () => take('classes')));
    expect(classes.toSorted()).toEqual([exceeded, exceeded, exceeded, exceeded, 'done', 'done']);
    expect([await take('storage_gb'), await take('storage_gb')]).toEqual(['done', exceeded]);
    expect(await admin.releaseUsage({ body: { meter: 'classes' } })).toMatchObject({ used: 1, remaining: 1 });
    expect(await take('classes')).toBe('done');
    await expect(admin.consumeUsage({ body: { meter: 'classes' } })).rejects.toMatchObject({ code: 'quota_exceeded', problem: { limit: 2, used: 2, upgrade: { plan: 'basic' } } });
    expect(await limit('classes')).toMatchObject({ used: 2, remaining: 0 });
  });

  it('one session can run at a time, and ends when it is released or its heartbeats stop', async () => {
    const meter = 'roblox_sessions';
    const sessions = await Promise.allSettled(Array.from({ length: 5 }, () => admin.acquireLease({ body: { meter, ttlSeconds: 60, subject: 'Algebra' } })));
    const [session, ...more] = sessions.flatMap((each) => (each.status === 'fulfilled' ? each.value.id : []));
    expect(more).toEqual([]);
    expect(await limit(meter)).toMatchObject({ limit: 1, used: 1, remaining: 0 });
    const path = { leaseId: session ?? '' };
    await admin.prolongLease({ path, body: {} });
    await admin.releaseLease({ path });
    await admin.acquireLease({ body: { meter, ttlSeconds: 1 } });
    const again = await eventually(
      () => outcomeOf(admin.acquireLease({ body: { meter } })),
      (outcome) => outcome !== '402 quota_exceeded',
    );
    expect(again).toBe('done');
  });

  it('usage reports require a permission that teachers, students and parents lack', async () => {
    const { meters } = await admin.getUsage({ query: { meter: ['classes', 'roblox_sessions'], groupBy: 'day' } });
    expect(meters).toMatchObject([
      { meter: 'classes', kind: 'gauge', used: 2, period: { limit: 2, remaining: 0, resetsAt: null } },
      { meter: 'roblox_sessions', kind: 'concurrent', used: 1, period: { limit: 1 } },
    ]);
    for (const person of [teacher, student, parent]) {
      expect(await outcomeOf(person.getUsage())).toBe('403 access_denied');
      expect(await outcomeOf(person.consumeUsage({ body: { meter: 'classes' } }))).toBe('403 access_denied');
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

  it('the routes for members, invitations, teams and settings enforce the roles', async () => {
    const outcomes = async (person: TenantryClient<true>): Promise<string[]> => [
      await outcomeOf(person.getOrganization()),
      await outcomeOf(person.listMembers()),
      await outcomeOf(person.listInvitations()),
      await outcomeOf(person.createTeam({ body: { name: 'Algebra' } })),
      await outcomeOf(person.getSettings()),
      await outcomeOf(person.createInvitations({ body: { email: server.world.email(), role: 'student' } })),
    ];
    const denied = '403 access_denied';
    expect(await outcomes(teacher)).toEqual(['done', 'done', 'done', denied, denied, denied]);
    expect(await outcomes(student)).toEqual(['done', denied, denied, denied, denied, denied]);
    expect(await outcomes(parent)).toEqual(['done', denied, denied, denied, denied, denied]);
    expect(await outcomes(admin)).toEqual(['done', 'done', 'done', 'done', 'done', 'done']);
  });

  it('an explained access check names the role that grants the permission, or reports that none does', async () => {
    const body = { permission: 'grades:write', explain: true };
    const granted = await teacher.checkAccess({ body });
    expect(granted.trace?.at(-1)).toEqual({
      step: 'permission',
      passed: true,
      sources: [{ kind: 'role', key: 'teacher', team: null }],
      source: 'role teacher',
      detail: 'grades:write',
    });
    const refused = await student.checkAccess({ body });
    expect(refused).toMatchObject({ allowed: false, code: 'access_denied' });
    expect(refused.trace?.at(-1)).toMatchObject({ step: 'permission', passed: false, source: 'none of the roles' });
  });

  it('an admin can invite teachers and parents, but no owner', async () => {
    const invite = (role: string): Promise<string> => outcomeOf(admin.createInvitations({ body: { email: server.world.email(), role } }));
    for (const role of ['admin', 'teacher', 'student', 'parent']) expect(await invite(role)).toBe('done');
    expect([await invite('owner'), await invite('member')]).toEqual(['403 role_too_high', '422 unknown_role']);
  });

  it('a student who is in a grading team has its permissions until they leave it', async () => {
    await owner.createRole({ body: { key: 'grading_help', name: 'Grading help', permissions: ['grades:read'] } });
    const { id: teamId } = await owner.createTeam({ body: { name: 'Helpers', roles: ['grading_help'] } });
    expect(await may(student, 'grades:read')).toBe(false);
    await owner.addTeamMember({ path: { teamId, userId: studentId } });
    const { trace } = await student.checkAccess({ body: { permission: 'grades:read', explain: true } });
    expect(trace?.at(-1)).toMatchObject({ passed: true, source: 'team Helpers (role grading_help)' });
    await owner.removeTeamMember({ path: { teamId, userId: studentId } });
    expect(await may(student, 'grades:read')).toBe(false);
  });
});

describe('consent', () => {
  it('a student waits for a parent, until the school records the consent', async () => {
    expect(waiting).toBe('awaiting_consent');
    expect(await outcomeOf(student.getOrganization())).toBe('done');
  });
});

describe('compliance', () => {
  it('a school can set COPPA, FERPA and data retention', async () => {
    const { headers, data } = await owner.send('getCompliance');
    expect(data).toEqual({ coppa: false, ferpa: false, gdpr: false, dataRetentionDays: null });
    const header = { 'If-Match': headers.get('etag') ?? '' };
    const wanted = { coppa: true, ferpa: true, dataRetentionDays: 365 };
    expect(await owner.updateCompliance({ header, body: wanted })).toEqual({ ...wanted, gdpr: false });
    expect(await outcomeOf(admin.updateCompliance({ header, body: { gdpr: true } }))).toBe('412 version_conflict');
  });

  it('a retention of zero days is refused, and only administrators can change compliance settings', async () => {
    for (const dataRetentionDays of [0, -1, 1.5, '30' as unknown as number]) {
      expect(await outcomeOf(owner.updateCompliance({ body: { dataRetentionDays } }))).toBe('400 validation_failed');
    }
    for (const person of [teacher, student, parent]) expect(await outcomeOf(person.updateCompliance({ body: { coppa: false } }))).toBe('403 access_denied');
  });
});

describe('the settings of the school', () => {
  it('the settings of a school accept only allowed values', async () => {
    await owner.updateSettings({ body: { default_theme: 'dark', allow_student_registration: false } });
    const wrong = await owner.updateSettings({ body: { default_theme: 'neon', weekly_reports: 'yes', colour: 'red' } }).catch((error: unknown) => error);
    const errors = isTenantryError(wrong, 'validation_failed') ? wrong.problem.errors : [];
    expect(errors?.map(({ pointer, code }) => `${pointer} ${code}`).toSorted()).toEqual(['/colour unknown_field', '/default_theme is_in', '/weekly_reports is_boolean']);
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
      const api = sdkOf(await tier.world.owner());
      const { plan: current, available: included, data } = await api.listFeatures();
      expect({ current, included: included.toSorted() }).toEqual({ current: plan, included: features[plan].toSorted() });
      expect(data).toHaveLength(15);
      for (const { key, available } of data) {
        const off = await outcomeOf(api.toggleFeature({ body: { feature: key, enabled: false } }));
        expect({ key, off }).toEqual({ key, off: available ? 'done' : '402 feature_not_in_plan' });
        const check = await api.checkAccess({ body: { feature: key } });
        expect({ key, ...check }).toMatchObject({ key, allowed: false, code: available ? 'feature_disabled' : 'feature_not_in_plan' });
        if (available) await api.toggleFeature({ body: { feature: key, enabled: true } });
      }
      expect((await api.listFeatures()).enabled.toSorted()).toEqual(features[plan].toSorted());
      const branding = await outcomeOf(api.updateBranding({ body: { primaryColor: '#aa0000' } }));
      const key = await outcomeOf(api.createApiKey({ body: { name: 'key', permissions: ['classes:read'] } }));
      const sold = ['custom_branding', 'api_access'].map((feature) => (features[plan].includes(feature) ? 'done' : '402 feature_not_in_plan'));
      expect([branding, key]).toEqual(sold);
    } finally {
      await tier.close();
    }
  });
});
