import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOTP } from 'otpauth';
import pg from 'pg';
import type { Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { erasureCompletion } from '../support/erasures.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { presetWith } from '../support/preset.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer({
    CATALOG: presetWith('toolboxai', [
      [['defaults', 'plan'], 'enterprise'],
      [['plans', 'enterprise', 'trialDays'], 0],
    ]),
    RATE_LIMITS_ENABLED: 'false',
    APP_DOMAIN: 'schools.example',
    TRUSTED_PROXIES: '1',
  });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

const completeErasures = erasureCompletion(() => server.control);

const password = 'seven green lamps sing';
const codeOf = ({ status, body }: { status: number; body: { code?: string } | null }): string => `${status} ${body?.code ?? ''}`.trim();
const anybody = (): Client => server.api.as(undefined);

interface School {
  readonly owner: Person;
  readonly admin: Person;
}

async function school(): Promise<School> {
  const owner = await server.world.owner({ organization: server.world.unique('school'), verified: true });
  return { owner, admin: await server.world.member(owner, 'admin') };
}

/** A member with a managed account, who is signed in. */
async function managed({ owner, admin }: School, userName = 'ada.l', role = 'teacher') {
  const made = await admin.api.post(`${owner.home}/managed-accounts`, { userName, name: 'Ada Lovelace', role, password });
  expect(codeOf(made)).toBe('201');
  const { userId } = made.body as { userId: string };
  const logIn = (with_ = password) => anybody().post('/auth/login', { userName, organization: owner.slug, password: with_ });
  const tokens = await logIn();
  expect(codeOf(tokens)).toBe('200');
  return { userId, logIn, api: server.api.as(tokens.body.accessToken as string), made: made.body };
}

const existing = async (userId: string): Promise<number> => (await database.query('select 1 from users where id = $1', [userId])).rows.length;

describe('a managed account', () => {
  it('signs in with the organization, the user name and the password, and shows no address', async () => {
    const at = await school();
    const { userId, api, made } = await managed(at);
    expect(made).toEqual({ userId, userName: 'ada.l', name: 'Ada Lovelace', role: 'teacher' });
    expect((await api.get('/auth/me')).body).toMatchObject({
      user: { id: userId, email: null, userName: 'ada.l', emailVerified: false },
      activeOrganization: { slug: at.owner.slug },
    });
    expect((await api.get('/users/me')).body).toMatchObject({ email: null, userName: 'ada.l', pendingEmail: null });
    const { body } = await at.admin.api.get(`${at.owner.home}/members?search=ada.l`);
    expect(body.data).toMatchObject([{ userId, email: null, userName: 'ada.l', role: 'teacher', status: 'active' }]);
  });

  it('is found by the host and by X-Tenant-Slug, and a user name is unique in its organization alone', async () => {
    const [one, other] = [await school(), await school()];
    await managed(one, 'grace');
    const elsewhere = await managed(other, 'grace');
    expect(codeOf(await one.admin.api.post(`${one.owner.home}/managed-accounts`, { userName: 'grace', name: 'Grace', role: 'teacher', password }))).toBe('409 user_name_taken');
    const byHeader = await anybody().with({ 'x-tenant-slug': other.owner.slug }).post('/auth/login', { userName: 'grace', password });
    const byHost = await anybody()
      .with({ 'x-forwarded-host': `${other.owner.slug}.schools.example` })
      .post('/auth/login', { userName: 'grace', password });
    for (const { status, body } of [byHeader, byHost]) {
      expect(status).toBe(200);
      expect((await server.api.as(body.accessToken).get('/auth/me')).body.user.id).toBe(elsewhere.userId);
    }
  });

  it.each([
    ['neither name', { password }],
    ['both names', { email: 'ada@example.com', userName: 'ada.l', organization: 'lincoln', password }],
    ['an address with an organization', { email: 'ada@example.com', organization: 'lincoln', password }],
    ['a user name without an organization', { userName: 'ada.l', password }],
  ])('a sign-in with %s is refused', async (_, body) => {
    expect(codeOf(await anybody().post('/auth/login', body))).toBe('400 malformed_request');
  });

  it('is locked after wrong passwords, and an unknown name and an unknown organization are in the same way', async () => {
    const at = await school();
    await at.owner.api.patch('/tenant/settings', { max_login_attempts: 3 });
    await managed(at);
    const guess = async (userName: string, organization: string): Promise<string[]> => {
      const answers: string[] = [];
      for (let attempt = 0; attempt < 7; attempt += 1) answers.push(codeOf(await anybody().post('/auth/login', { userName, organization, password: 'wrong wrong wrong' })));
      return answers;
    };
    const [known, unknown, nowhere] = [await guess('ada.l', at.owner.slug), await guess('nobody', at.owner.slug), await guess('ada.l', server.world.unique('nowhere'))];
    expect(known).toEqual([...Array.from({ length: 3 }, () => '401 invalid_credentials'), ...Array.from({ length: 4 }, () => '429 account_locked')]);
    // The maximum of the organization applies to names that it does not have: the number of attempts lists no members.
    expect(unknown).toEqual(known);
    expect([nowhere[0], nowhere.at(-1)]).toEqual(['401 invalid_credentials', '429 account_locked']);
  });

  it('has one name, whatever the case in which it is typed', async () => {
    const at = await school();
    const { userId } = await managed(at, 'Ada.L');
    expect((await at.admin.api.get(`${at.owner.home}/members/${userId}`)).body).toMatchObject({ userName: 'ada.l' });
    expect(codeOf(await anybody().post('/auth/login', { userName: ' ADA.l', organization: at.owner.slug.toUpperCase(), password }))).toBe('200');
    expect(codeOf(await at.admin.api.post(`${at.owner.home}/managed-accounts`, { userName: 'ADA.L', name: 'Ada', role: 'teacher', password }))).toBe('409 user_name_taken');
    for (const lookalike of ['\u0430da.l', 'ada\u200b.l', 'ada.l@example.com'])
      expect(codeOf(await at.admin.api.post(`${at.owner.home}/managed-accounts`, { userName: lookalike, name: 'Ada', role: 'teacher', password }))).toBe('400 validation_failed');
  });

  it('is unlocked in every network by the password that an admin sets', async () => {
    const at = await school();
    const { userId } = await managed(at);
    const atHome = (with_: string) => anybody().with({ 'x-forwarded-for': '203.0.113.9' }).post('/auth/login', { userName: 'ada.l', organization: at.owner.slug, password: with_ });
    for (let attempt = 0; attempt < 6; attempt += 1) await atHome('wrong wrong wrong');
    expect(codeOf(await atHome(password))).toBe('429 account_locked');
    expect(codeOf(await at.admin.api.post(`${at.owner.home}/managed-accounts/${userId}/password`, { newPassword: 'nine blue kites dance' }))).toBe('204');
    expect(codeOf(await atHome('nine blue kites dance'))).toBe('200');
  });

  it('has its password set by an admin, which ends its sessions and unlocks it, and changes it itself', async () => {
    const at = await school();
    const { userId, api, logIn } = await managed(at);
    const path = `${at.owner.home}/managed-accounts/${userId}/password`;
    expect(codeOf(await at.admin.api.post(path, { newPassword: 'short' }))).toBe('400 weak_password');
    expect(codeOf(await at.admin.api.post(path, { newPassword: 'nine blue kites dance' }))).toBe('204');
    expect((await api.get('/auth/me')).status).toBe(401);
    expect([codeOf(await logIn()), codeOf(await logIn('nine blue kites dance'))]).toEqual(['401 invalid_credentials', '200']);
    const again = server.api.as((await logIn('nine blue kites dance')).body.accessToken);
    expect((await again.post('/auth/password/change', { currentPassword: 'nine blue kites dance', newPassword: 'ten red boats float' })).status).toBe(200);
    expect(codeOf(await logIn('ten red boats float'))).toBe('200');
    const events = (await at.owner.api.get(`${at.owner.home}/audit-logs?limit=50`)).body.data as { action: string }[];
    expect(events.map(({ action }) => action)).toEqual(expect.arrayContaining(['createManagedAccount', 'setManagedPassword']));
  });

  it('has its password set by nobody who may do less, nobody of another organization, and not by itself', async () => {
    const [at, other] = [await school(), await school()];
    const { userId, api } = await managed(at, 'head', 'admin');
    const teacher = await server.world.member(at.owner, 'teacher');
    const wanted = { newPassword: 'nine blue kites dance' };
    const path = `${at.owner.home}/managed-accounts/${userId}/password`;
    expect(codeOf(await teacher.api.post(path, wanted))).toBe('403 access_denied');
    expect(codeOf(await api.post(path, wanted))).toBe('409 own_password');
    expect(codeOf(await other.owner.api.post(`${other.owner.home}/managed-accounts/${userId}/password`, wanted))).toBe('404 not_found');
    expect(codeOf(await at.owner.api.post(`${at.owner.home}/managed-accounts/${teacher.userId}/password`, wanted))).toBe('404 not_found');
    expect((await anybody().post('/auth/login', { email: teacher.email, password: goodPassword })).status).toBe(200);
  });

  it('has a lost second factor removed by an admin, which ends its sessions, and by nobody who may do less', async () => {
    const [at, other] = [await school(), await school()];
    const { userId, api, logIn } = await managed(at, 'head', 'admin');
    const { secret } = (await api.post('/auth/mfa/totp')).body as { secret: string };
    expect((await api.post('/auth/mfa/totp/confirm', { code: new TOTP({ secret }).generate() })).status).toBe(200);
    expect((await logIn()).body).toMatchObject({ mfaRequired: true });
    const teacher = await server.world.member(at.owner, 'teacher');
    const path = `${at.owner.home}/managed-accounts/${userId}/second-factor`;
    expect(codeOf(await teacher.api.delete(path))).toBe('403 access_denied');
    expect((await at.owner.api.post(`${at.owner.home}/roles`, { key: 'desk', name: 'Front desk', permissions: ['members:read', 'members:write'] })).status).toBe(201);
    expect((await at.owner.api.patch(`${at.owner.home}/members/${teacher.userId}`, { customRoles: ['desk'] })).status).toBe(200);
    expect(codeOf(await teacher.api.delete(path))).toBe('403 role_too_high');
    expect(codeOf(await teacher.api.post(`${at.owner.home}/managed-accounts/${userId}/password`, { newPassword: 'nine blue kites dance' }))).toBe('403 role_too_high');
    expect(codeOf(await api.delete(path))).toBe('409 own_second_factor');
    expect(codeOf(await other.owner.api.delete(`${other.owner.home}/managed-accounts/${userId}/second-factor`))).toBe('404 not_found');
    for (const { userId: unmanaged } of [at.owner, teacher])
      expect(codeOf(await at.admin.api.delete(`${at.owner.home}/managed-accounts/${unmanaged}/second-factor`))).toBe('404 not_found');
    expect((await api.get('/auth/me')).status).toBe(200);
    expect(codeOf(await at.admin.api.delete(path))).toBe('204');
    expect((await api.get('/auth/me')).status).toBe(401);
    expect((await logIn()).body.accessToken).toEqual(expect.any(String));
    expect(codeOf(await at.admin.api.delete(path))).toBe('204');
  });

  it('owns nothing, joins nothing else, and gets no address', async () => {
    const [at, other] = [await school(), await school()];
    const { userId, api } = await managed(at, 'head', 'admin');
    expect(codeOf(await at.admin.api.post(`${at.owner.home}/managed-accounts`, { userName: 'boss', name: 'Boss', role: 'owner', password }))).toBe('403 managed_account');
    expect(codeOf(await at.owner.api.patch(`${at.owner.home}/members/${userId}`, { role: 'owner' }))).toBe('403 managed_account');
    expect(codeOf(await at.owner.api.post(`${at.owner.home}/transfer-ownership`, { userId }))).toBe('403 managed_account');
    expect(codeOf(await api.post('/organizations', { name: 'Mine' }))).toBe('403 managed_account');
    expect(codeOf(await api.post(`${other.owner.home}/join-requests`, {}))).toBe('403 managed_account');
    expect(codeOf(await api.patch('/users/me', { email: 'ada@example.com', currentPassword: password }))).toBe('403 managed_account');
    expect(codeOf(await api.post('/auth/email/resend'))).toBe('204');
    expect((await api.get('/organizations/joinable')).body?.data ?? []).toEqual([]);
    // The last wall: no statement gives it a membership elsewhere, or makes it an owner.
    const insert = database.query("insert into memberships (organization_id, id, user_id, role, updated_at) values ($1, gen_random_uuid(), $2, 'teacher', now())", [
      other.owner.organizationId,
      userId,
    ]);
    await expect(insert).rejects.toThrow('managed_account');
    await expect(database.query("update memberships set role = 'owner' where user_id = $1", [userId])).rejects.toThrow('managed_account');
  });

  it.each([
    ['an admin removes it', (at: School, userId: string) => at.admin.api.delete(`${at.owner.home}/members/${userId}`)],
    ['it leaves', (at: School, _: string, api: Client) => api.post(`${at.owner.home}/leave`)],
    ['it deletes itself', (_: School, __: string, api: Client) => api.delete('/users/me', { raw: JSON.stringify({ currentPassword: password }) })],
  ])('is erased when %s', async (_, end) => {
    const at = await school();
    const { userId, api, logIn } = await managed(at);
    expect((await end(at, userId, api)).status).toBe(204);
    expect(await existing(userId)).toBe(0);
    expect((await api.get('/auth/me')).status).toBe(401);
    expect(codeOf(await logIn())).toBe('401 invalid_credentials');
    await completeErasures();
    const { rows } = await database.query('select completed_at, receipt, email from erasures where user_id = $1', [userId]);
    expect(rows).toEqual([{ completed_at: expect.any(Date), receipt: expect.any(String), email: null }]);
    // The name is free again.
    await managed(at);
  });

  it('in a role for minors waits for a guardian, who can withdraw the consent, which erases it', async () => {
    const at = await school();
    const { userId, api } = await managed(at, 'pupil', 'student');
    expect(codeOf(await api.get('/tenant'))).toBe('403 awaiting_consent');
    const guardian = server.world.email('guardian');
    expect((await api.post(`${at.owner.home}/consent/request`, { guardianEmail: guardian })).status).toBe(200);
    const { token } = await server.mailbox.waitFor(guardian, 'asks for your consent');
    const { body } = await anybody().post('/consent/preview', { token });
    const by = { guardianName: 'Mary Hopper', relation: 'mother' };
    expect((await anybody().post('/consent/give', { token, ...by, textVersion: body.text.version })).status).toBe(204);
    expect((await api.get('/tenant')).status).toBe(200);
    expect((await at.admin.api.post(`${at.owner.home}/members/${userId}/consents/withdraw`, by)).status).toBe(204);
    expect((await api.get('/tenant')).status).toBe(401);
    expect(await existing(userId)).toBe(0);
  });

  it('exports its own data', async () => {
    const at = await school();
    const { userId, api } = await managed(at);
    const { status, text } = await api.post('/users/me/export');
    expect(status).toBe(200);
    expect(text).toContain(`"user_name":"ada.l"`);
    expect(text).toContain(userId);
  });
});
