import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { presetOnPlan } from '../../support/preset.js';
import { startTestServer, type TestServer } from '../../support/http.js';
import type { Person } from '../../support/world.js';

// The day of a team of graders on the quizmarker preset.

let server: TestServer;
let owner: Person;
let admin: Person;
let member: Person;

beforeAll(async () => {
  server = await startTestServer({ CATALOG: 'quizmarker', RATE_LIMITS_ENABLED: 'true' });
  owner = await server.world.owner();
  admin = await server.world.member(owner, 'admin');
  member = await server.world.member(owner, 'member');
});
afterAll(() => server.close());

describe('owner, admin and member', () => {
  it('owner, admin and member see three roles, no features, limited quizzes and unlimited tokens', async () => {
    expect((await owner.api.get(`${owner.home}/roles`)).body.data.map(({ key }: { key: string }) => key)).toEqual(['owner', 'admin', 'member']);
    expect((await owner.api.get('/tenant/features')).body).toEqual({ plan: 'free', data: [], available: [], enabled: [], nextCursor: null });
    const limits = (await member.api.get('/tenant/limits')).body.data.map(({ meter, limit }: { meter: string; limit: number | null }) => [meter, limit]);
    expect(limits).toEqual([
      ['quizzes', 10],
      ['openai_tokens', null],
      ['api_calls', 10_000],
    ]);
  });

  it('a member can grade but cannot manage members', async () => {
    const check = async (permission: string): Promise<boolean> => (await member.api.post('/access/check', { permission })).body.allowed;
    expect([await check('quizzes:write'), await check('members:write'), await check('settings:write')]).toEqual([true, false, false]);
    expect((await member.api.post(`${owner.home}/invitations`, { email: server.world.email(), role: 'member' })).status).toBe(403);
    expect((await member.api.delete(`${owner.home}/members/${admin.userId}`)).status).toBe(403);
    expect((await member.api.patch('/tenant/settings', { weekly_reports: true })).status).toBe(403);
    expect((await member.api.get(`${owner.home}/members`)).status).toBe(200);
  });

  it('an admin can manage members, but not owners or themselves', async () => {
    expect((await admin.api.post(`${owner.home}/invitations`, { email: server.world.email(), role: 'admin' })).status).toBe(201);
    expect(await admin.api.patch(`${owner.home}/members/${member.userId}`, { role: 'owner' })).toMatchObject({ status: 403, body: { code: 'role_too_high' } });
    expect(await admin.api.patch(`${owner.home}/members/${owner.userId}`, { role: 'member' })).toMatchObject({ status: 403, body: { code: 'role_too_high' } });
    expect(await admin.api.delete(`${owner.home}/members/${owner.userId}`)).toMatchObject({ status: 403, body: { code: 'role_too_high' } });
    expect(await admin.api.patch(`${owner.home}/members/${admin.userId}`, { role: 'member' })).toMatchObject({ status: 403, body: { code: 'own_role' } });
    expect(await admin.api.delete(`${owner.home}/members/${admin.userId}`)).toMatchObject({ status: 409, body: { code: 'remove_yourself' } });
  });

  it('the last owner cannot leave until there is another owner', async () => {
    expect(await owner.api.post(`${owner.home}/leave`)).toMatchObject({ status: 409, body: { code: 'last_owner' } });
    expect((await owner.api.post(`${owner.home}/transfer-ownership`, { userId: admin.userId })).status).toBe(204);
    const roles = Object.fromEntries((await owner.api.get(`${owner.home}/members`)).body.data.map(({ userId, role }: { userId: string; role: string }) => [userId, role]));
    expect([roles[owner.userId], roles[admin.userId]]).toEqual(['admin', 'owner']);
    expect((await admin.api.post(`${owner.home}/transfer-ownership`, { userId: owner.userId })).status).toBe(204);
  });

  it('a removed member loses access immediately', async () => {
    const leaver = await server.world.member(owner, 'member');
    expect((await leaver.api.get(owner.home)).status).toBe(200);
    expect((await owner.api.delete(`${owner.home}/members/${leaver.userId}`)).status).toBe(204);
    expect((await leaver.api.get(owner.home)).status).toBe(404);
  });
});

describe('the two rate limits', () => {
  it('a user can create five organizations per hour, which does not affect other users', async () => {
    const busy = await server.world.owner();
    for (let made = 1; made <= 5; made += 1) {
      const { status, headers } = await busy.api.post('/organizations', { name: `Class ${made}` });
      expect(status).toBe(201);
      expect(headers.get('ratelimit-policy')).toContain('"organization-create-user";q=5;w=3600');
      expect(headers.get('ratelimit')).toContain(`"organization-create-user";r=${5 - made};t=`);
    }
    const sixth = await busy.api.post('/organizations', { name: 'One too many' });
    expect(sixth).toMatchObject({ status: 429, body: { code: 'too_many_requests', policy: 'organization-create-user' } });
    expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(3500);
    expect((await owner.api.post('/organizations', { name: 'Mine' })).status).toBe(201);
  });

  it('a user can add ten members per hour, regardless of the organization in a header', async () => {
    const candidate = await server.world.owner({ verified: true });
    const add = (person: Person, headers = {}) => person.api.with(headers).post(`${owner.home}/members`, { email: candidate.email, role: 'member' });
    for (let added = 1; added <= 10; added += 1) expect((await add(admin)).status).toBe(202);
    expect(await add(admin)).toMatchObject({ status: 429, body: { policy: 'member-add-user' } });
    expect((await add(admin, { 'x-forwarded-for': '203.0.113.7', 'x-tenant-id': owner.organizationId })).status).toBe(429);
    expect((await add(owner)).status).toBe(202);
  });
});

describe('on pro', () => {
  let pro: TestServer;
  let grader: Person;
  beforeAll(async () => {
    pro = await startTestServer({ CATALOG: presetOnPlan('quizmarker', 'pro') });
    grader = await pro.world.owner();
  });
  afterAll(() => pro.close());

  const today = (): string => new Date().toISOString().slice(0, 10);

  it('exactly a hundred quizzes per month are graded, also concurrently', async () => {
    const { body: key } = await grader.api.post(`${grader.home}/api-keys`, { name: 'Grader', permissions: ['usage:write', 'usage:read'] });
    const api = pro.api.as(key.key);
    const answers = await Promise.all(Array.from({ length: 120 }, (_, index) => api.post('/usage/consume', { meter: 'quizzes', id: `quiz-${index}` })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
    expect(answers.find(({ status }) => status === 402)?.body).toMatchObject({
      code: 'quota_exceeded',
      meter: 'quizzes',
      limit: 100,
      used: 100,
      upgrade: { plan: 'enterprise', limit: null },
    });
    const graded = answers.findIndex(({ status }) => status === 200);
    expect((await api.post('/usage/consume', { meter: 'quizzes', id: `quiz-${graded}` })).body).toMatchObject({ repeated: true, used: 100 });
  });

  it('tokens are counted without a limit, once for each call of the model', async () => {
    const events = Array.from({ length: 50 }, () => ({ id: randomUUID(), meter: 'openai_tokens', quantity: 20_000, subject: 'gpt' }));
    const sent = await Promise.all([1, 2, 3].map(() => grader.api.post('/usage/events', { events })));
    expect(sent.map(({ body }) => body.accepted).reduce((sum, accepted) => sum + accepted, 0)).toBe(50);
    expect((await grader.api.post('/usage/check', { meter: 'openai_tokens', quantity: 1e12 })).body).toMatchObject({ allowed: true, limit: null });
  });

  it('the usage report has quizzes with their limit, tokens, and both by day', async () => {
    const { body } = await grader.api.get(`${grader.home}/usage?groupBy=day&meter=quizzes,openai_tokens`);
    expect(body.meters).toMatchObject([
      { meter: 'quizzes', used: 100, period: { used: 100, limit: 100, remaining: 0, resetsAt: expect.stringMatching(/-01T00:00:00.000Z$/) } },
      { meter: 'openai_tokens', used: 1_000_000, period: { used: 1_000_000, limit: null, remaining: null } },
    ]);
    expect(body.groups).toContainEqual(expect.objectContaining({ day: today(), meters: { quizzes: 100, openai_tokens: 1_000_000 } }));
    const stranger = await pro.world.owner();
    expect((await stranger.api.get(`${stranger.home}/usage`)).body.meters).toMatchObject([{ used: 0 }, { used: 0 }, { used: 0 }]);
  });
});

describe('the cap on quizzes', () => {
  it('the free plan refuses the eleventh quiz, and the pro plan immediately raises the limit to a hundred', async () => {
    const teacher = await server.world.owner();
    const mark = (quantity = 1) => teacher.api.post('/usage/consume', { meter: 'quizzes', quantity });
    for (let quiz = 1; quiz <= 10; quiz += 1) expect((await mark()).status).toBe(200);
    expect(await mark()).toMatchObject({ status: 402, body: { code: 'quota_exceeded' } });
    expect((await teacher.api.patch(`${teacher.home}/subscription`, { plan: 'pro' })).body).toMatchObject({ plan: 'pro', status: 'active', amount: 1900, currency: 'USD' });
    expect((await mark()).status).toBe(200);
    const left = (await teacher.api.get('/tenant/limits')).body.data[0].remaining as number;
    expect((await mark(left)).status).toBe(200);
    expect((await mark()).body).toMatchObject({ code: 'quota_exceeded', limit: 100 });
    expect((await teacher.api.post('/usage/consume', { meter: 'openai_tokens', quantity: 1_000_000 })).status).toBe(200);
  });
});
