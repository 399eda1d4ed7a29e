import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { changedToken } from '../support/changed-token.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { presetWith } from '../support/preset.js';
import type { Client } from '../support/client.js';
import type { Person } from '../support/world.js';

let server: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer({
    CATALOG: presetWith('toolboxai', [
      [['defaults', 'plan'], 'enterprise'],
      [['plans', 'enterprise', 'trialDays'], 0],
    ]),
    RATE_LIMITS_ENABLED: 'false',
  });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

interface School {
  readonly owner: Person;
  readonly admin: Person;
}

async function school(): Promise<School> {
  const owner = await server.world.owner({ organization: 'Lincoln School', verified: true });
  return { owner, admin: await server.world.member(owner, 'admin') };
}

const guardian = { guardianName: 'Mary Hopper', relation: 'mother' };
const codeOf = ({ status, body }: { status: number; body: { code?: string } }): string => `${status} ${body?.code ?? ''}`.trim();

/** Asks a guardian, and returns the address and the token of the mailed link. */
async function asked(pupil: Person): Promise<{ email: string; token: string }> {
  const email = server.world.email('guardian');
  expect((await pupil.api.post(`${pupil.home}/consent/request`, { guardianEmail: email })).status).toBe(200);
  const { token = '' } = await server.mailbox.waitFor(email, 'asks for your consent');
  return { email, token };
}

const anonymous = (pupil: Person) => pupil.api.as(undefined);
async function give(pupil: Person, token: string) {
  const { body } = await anonymous(pupil).post('/consent/preview', { token });
  return anonymous(pupil).post('/consent/give', { token, ...guardian, textVersion: body.text?.version ?? 'tenantry-1' });
}

describe('a member with a role for minors', () => {
  it('sees only the state of the membership until a guardian consents by the mailed link', async () => {
    const { owner, admin } = await school();
    const pupil = await server.world.member(admin, 'student');
    for (const path of ['/tenant', pupil.home, '/tenant/limits']) expect({ path, answer: codeOf(await pupil.api.get(path)) }).toEqual({ path, answer: '403 awaiting_consent' });
    expect((await pupil.api.get('/auth/me')).body).toMatchObject({ role: 'student', status: 'awaiting_consent', permissions: [] });
    expect((await pupil.api.get(`${pupil.home}/consent`)).body).toMatchObject({ status: 'awaiting_consent', consentedAt: null, linkExpiresAt: null, asksForAge: false });
    expect((await admin.api.get(`${owner.home}/members/${pupil.userId}`)).body).toMatchObject({ role: 'student', status: 'awaiting_consent' });

    const { email, token } = await asked(pupil);
    const preview = await anonymous(pupil).post('/consent/preview', { token });
    expect(preview.body).toMatchObject({ purpose: 'consent', organization: 'Lincoln School', member: 'Mel Member', text: { version: 'tenantry-1' } });
    expect(preview.body.text.text).toContain('guardian of Mel Member');
    expect(codeOf(await anonymous(pupil).post('/consent/give', { token, ...guardian, textVersion: 'older' }))).toBe('409 consent_text_changed');
    expect((await give(pupil, token)).status).toBe(204);

    expect((await pupil.api.get('/tenant')).status).toBe(200);
    expect((await pupil.api.get('/auth/me')).body).toMatchObject({ status: 'active', permissions: expect.arrayContaining(['assessments:take']) });
    const { data } = (await admin.api.get(`${owner.home}/members/${pupil.userId}/consents`)).body;
    expect(data).toEqual([
      expect.objectContaining({
        ...guardian,
        action: 'given',
        method: 'link',
        guardianEmail: email,
        textVersion: 'tenantry-1',
        textHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        ip: expect.any(String),
        recordedById: null,
        createdAt: expect.any(String),
      }),
    ]);
  });

  it('a link works once, also for parallel calls, and a new link replaces it', async () => {
    const { admin } = await school();
    const pupil = await server.world.member(admin, 'student');
    const first = await asked(pupil);
    const second = await asked(pupil);
    expect(codeOf(await give(pupil, first.token))).toBe('404 guardian_link_not_found');
    const answers = await Promise.all(Array.from({ length: 5 }, () => give(pupil, second.token)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404, 404, 404, 404]);
    const { rows } = await database.query('select count(*)::int as count from consents where user_id = $1', [pupil.userId]);
    expect(rows).toEqual([{ count: 1 }]);
  });

  it('only the hash of the link is stored, and an expired link answers as an unknown one', async () => {
    const { admin } = await school();
    const pupil = await server.world.member(admin, 'student');
    const { token } = await asked(pupil);
    const { rows } = await database.query('select l::text from guardian_links l where user_id = $1', [pupil.userId]);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
    await database.query(`update guardian_links set expires_at = now() where user_id = $1`, [pupil.userId]);
    const [expired, unknown] = [await give(pupil, token), await give(pupil, changedToken(token))];
    expect([codeOf(expired), codeOf(unknown)]).toEqual(['404 guardian_link_not_found', '404 guardian_link_not_found']);
    expect(expired.body.detail).toBe(unknown.body.detail);
  });

  it('cannot consent with their own address, and nobody else in the organization can be asked about', async () => {
    const { owner, admin } = await school();
    const pupil = await server.world.member(admin, 'student');
    expect(codeOf(await pupil.api.post(`${pupil.home}/consent/request`, { guardianEmail: pupil.email }))).toBe('422 own_address');
    const consents = `${owner.home}/members/${pupil.userId}/consents`;
    expect(codeOf(await pupil.api.post(consents, { ...guardian, textVersion: 'form' }))).toBe('403 awaiting_consent');
    expect(codeOf(await admin.api.post(`${owner.home}/members/${admin.userId}/consents`, { ...guardian, textVersion: 'form' }))).toBe('409 consent_not_needed');
    const stranger = await school();
    expect(codeOf(await stranger.admin.api.post(`${stranger.owner.home}/members/${pupil.userId}/consents`, { ...guardian, textVersion: 'form' }))).toBe('404 not_found');
    expect((await stranger.admin.api.get(`${stranger.owner.home}/members/${pupil.userId}/consents`)).body.data).toEqual([]);
  });

  it('an administrator records a consent on paper, which is in the audit log', async () => {
    const { owner, admin } = await school();
    const pupil = await server.world.member(admin, 'student');
    const recorded = await admin.api.post(`${owner.home}/members/${pupil.userId}/consents`, { ...guardian, textVersion: 'form-2026' });
    expect(recorded.status).toBe(201);
    expect(recorded.body).toMatchObject({ ...guardian, action: 'given', method: 'paper', textVersion: 'form-2026', recordedById: admin.userId, ip: null });
    expect((await pupil.api.get('/tenant')).status).toBe(200);
    const { data } = (await owner.api.get(`${owner.home}/audit-logs?action=recordConsent`)).body;
    expect(data[0]).toMatchObject({ action: 'recordConsent', actor: expect.objectContaining({ id: admin.userId }) });
  });

  it('the records can be neither changed nor deleted by the application', async () => {
    const { owner, admin } = await school();
    const pupil = await server.world.member(admin, 'student');
    await admin.api.post(`${owner.home}/members/${pupil.userId}/consents`, { ...guardian, textVersion: 'form' });
    const { rows } = await database.query(`select has_table_privilege('tenantry_app', 'consents', 'update') or has_table_privilege('tenantry_app', 'consents', 'delete') as may`);
    expect(rows).toEqual([{ may: false }]);
  });
});

describe('a withdrawal', () => {
  it('by the link of the confirmation ends the membership, its sessions and keys at once', async () => {
    const { owner, admin } = await school();
    const pupil = await server.world.member(admin, 'student');
    const { email, token } = await asked(pupil);
    expect((await give(pupil, token)).status).toBe(204);
    const { token: withdrawal = '' } = await server.mailbox.waitFor(email, 'You consented');
    expect(codeOf(await give(pupil, withdrawal))).toBe('404 guardian_link_not_found');
    expect((await pupil.api.get('/tenant')).status).toBe(200);
    expect((await anonymous(pupil).post('/consent/withdraw', { token: withdrawal })).status).toBe(204);
    expect((await pupil.api.get('/tenant')).status).toBe(401);
    expect(codeOf(await anonymous(pupil).post('/auth/refresh', { refreshToken: pupil.refreshToken }))).toMatch(/^401/);
    expect(codeOf(await admin.api.get(`${owner.home}/members/${pupil.userId}`))).toBe('404 not_found');
    expect(codeOf(await anonymous(pupil).post('/consent/withdraw', { token: withdrawal }))).toBe('404 guardian_link_not_found');
    const { data } = (await admin.api.get(`${owner.home}/members/${pupil.userId}/consents`)).body;
    expect(data.map(({ action, method }: { action: string; method: string }) => `${action} ${method}`)).toEqual(['given link', 'withdrawn link']);
  });

  it('recorded by an administrator ends the membership; a new membership waits again', async () => {
    const { owner, admin } = await school();
    const pupil = await server.world.member(admin, 'student');
    const consents = `${owner.home}/members/${pupil.userId}/consents`;
    expect(codeOf(await admin.api.post(`${consents}/withdraw`, guardian))).toBe('409 no_consent');
    await admin.api.post(consents, { ...guardian, textVersion: 'form' });
    expect((await admin.api.post(`${consents}/withdraw`, guardian)).status).toBe(204);
    expect((await pupil.api.get('/tenant')).status).toBe(401);
    await database.query('update users set email_verified_at = now() where id = $1', [pupil.userId]);
    const again = (await anonymous(pupil).post('/auth/login', { email: pupil.email, password: 'correct horse battery staple' })).body;
    const back = { ...pupil, api: pupil.api.as(again.accessToken) };
    await server.world.join(admin, back, 'student');
    expect(codeOf(await back.api.get(owner.home))).toBe('403 awaiting_consent');
  });
});

describe('every way into a role for minors', () => {
  it('an invitation, a change of the role, and a change of the setting wait for consent with the next request', async () => {
    const { owner, admin } = await school();
    const invited = await server.world.invited(admin, 'student');
    expect(codeOf(await invited.api.get(owner.home))).toBe('403 awaiting_consent');
    const teacher = await server.world.member(admin, 'teacher');
    expect((await teacher.api.get(owner.home)).status).toBe(200);
    await admin.api.patch(`${owner.home}/members/${teacher.userId}`, { role: 'student' });
    expect(codeOf(await teacher.api.get(owner.home))).toBe('403 awaiting_consent');
    expect((await owner.api.patch('/tenant/settings', { require_parental_consent: false })).status).toBe(200);
    expect((await teacher.api.get(owner.home)).status).toBe(200);
    expect((await owner.api.patch('/tenant/settings', { require_parental_consent: true })).status).toBe(200);
    expect(codeOf(await teacher.api.get(owner.home))).toBe('403 awaiting_consent');
  });

  it('the keys of a member who waits are refused, personal ones and those that the member granted', async () => {
    const { owner, admin } = await school();
    const keyOf = async (kind: 'me' | 'organization'): Promise<Client> => {
      const { body } = await admin.api.post(`${owner.home}/api-keys`, { name: kind, belongsTo: kind, permissions: ['members:read'] });
      return admin.api.as(undefined).with({ 'x-api-key': body.key });
    };
    const [personal, granted] = [await keyOf('me'), await keyOf('organization')];
    expect([(await personal.get(`${owner.home}/members`)).status, (await granted.get(`${owner.home}/members`)).status]).toEqual([200, 200]);
    await owner.api.patch(`${owner.home}/members/${admin.userId}`, { role: 'student' });
    expect(codeOf(await personal.get(`${owner.home}/members`))).toBe('403 awaiting_consent');
    expect(codeOf(await granted.get(`${owner.home}/members`))).toBe('403 api_key_needs_review');
  });
});

describe('the doors', () => {
  it('allow_student_registration: false admits no student by the domain of their address, but one who is invited', async () => {
    const { owner, admin } = await school();
    const domain = `${server.world.unique('lincoln')}.example`;
    await database.query(
      `insert into domains (organization_id, id, kind, name, dns_token, grade, verified_at, join_policy, join_role, created_by_id)
       values ($1, gen_random_uuid(), 'email', $2, 'x', 'ownership', now(), 'join', 'student', $3)`,
      [owner.organizationId, domain, owner.userId],
    );
    const comer = () => server.world.owner({ email: `${server.world.unique('ann')}@${domain}`, verified: true });
    await owner.api.patch('/tenant/settings', { allow_student_registration: false });
    const refused = await comer();
    expect(codeOf(await refused.api.post(`${owner.home}/join-requests`))).toBe('403 registration_closed');
    await server.world.join(admin, refused, 'student');
    await owner.api.patch('/tenant/settings', { allow_student_registration: true });
    const admitted = await comer();
    expect((await admitted.api.post(`${owner.home}/join-requests`)).body).toEqual({ status: 'joined', role: 'student' });
    expect(codeOf(await admitted.api.get(owner.home))).toBe('403 awaiting_consent');
  });

  it('allow_parent_access: false refuses every request of a guardian, and true admits them again', async () => {
    const { owner, admin } = await school();
    const parent = await server.world.member(admin, 'parent');
    expect((await parent.api.get(owner.home)).status).toBe(200);
    await owner.api.patch('/tenant/settings', { allow_parent_access: false });
    expect(codeOf(await parent.api.get(owner.home))).toBe('403 guardian_access_closed');
    expect((await admin.api.get(`${owner.home}/members/${parent.userId}`)).body.status).toBe('guardian_access_closed');
    await owner.api.patch('/tenant/settings', { allow_parent_access: true });
    expect((await parent.api.get(owner.home)).status).toBe(200);
  });

  it('the three settings decide about security: an administrator without security:write cannot change them', async () => {
    const { owner } = await school();
    const role = { key: 'clerk', name: 'Clerk', permissions: ['settings:read', 'settings:write'] };
    await owner.api.post(`${owner.home}/roles`, role);
    const clerk = await server.world.member(owner, 'teacher');
    await owner.api.patch(`${owner.home}/members/${clerk.userId}`, { customRoles: ['clerk'] });
    for (const key of ['require_parental_consent', 'allow_student_registration', 'allow_parent_access'])
      expect({ key, status: (await clerk.api.patch('/tenant/settings', { [key]: false })).status }).toEqual({ key, status: 403 });
  });
});
