import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import http from 'node:http';
import pg from 'pg';
import { smallCatalog, startServerWithCatalog } from '../support/catalogs.js';
import type { Answer, Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { toolboxaiWithoutConsent } from '../support/preset.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer({ CATALOG: toolboxaiWithoutConsent(), TRUSTED_PROXIES: '1' });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

const newPassword = 'a quite different passphrase';
const wrong = 'certainly not the passphrase';

const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
const wrongCredentials = { status: 401, code: 'invalid_credentials' };
const locked = { status: 429, code: 'account_locked' };
const ended = { status: 401, code: 'session_ended' };
const deadLink = { status: 410, code: 'invalid_reset_token' };

const logIn = (email: string, password = goodPassword): Promise<Answer> => server.api.post('/auth/login', { email, password });
const refresh = (refreshToken: string): Promise<Answer> => server.api.post('/auth/refresh', { refreshToken });

async function guess(email: string, times: number): Promise<void> {
  for (let tries = 0; tries < times; tries += 1) expect(refusal(await logIn(email, wrong))).toEqual(wrongCredentials);
}

async function set({ api }: Person, settings: object): Promise<void> {
  const { status, text } = await api.patch('/tenant/settings', settings);
  if (status !== 200) throw new Error(`setting ${JSON.stringify(settings)} answered ${status}: ${text}`);
}

/** A second organization of the person, and a client that works in it by a session of its own. */
async function secondOrganization(person: Person): Promise<{ readonly id: string; readonly api: Client; readonly home: string }> {
  const { id } = (await person.api.post('/organizations', { name: server.world.unique('second') })).body;
  const { accessToken } = (await server.api.post('/auth/login', { email: person.email, password: goodPassword, organizationId: id })).body;
  return { id, api: server.api.as(accessToken), home: `/organizations/${id}` };
}

describe('max_login_attempts', () => {
  it('five wrong passwords lock the account for fifteen minutes, also for the correct password', async () => {
    const { email } = await server.world.owner();
    await guess(email, 5);
    for (const password of [goodPassword, wrong]) {
      const answer = await logIn(email, password);
      expect(refusal(answer)).toEqual(locked);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(14 * 60);
      expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(15 * 60);
    }
    expect(refusal(await logIn(email.toUpperCase()))).toEqual(locked);
  });

  it('a lock of an account affects no other account and no session', async () => {
    const [a, b] = await server.world.twoTenants();
    await guess(a.email, 5);
    expect(refusal(await logIn(a.email))).toEqual(locked);
    expect((await logIn(b.email)).status).toBe(200);
    expect((await a.api.get(a.home)).status).toBe(200);
    expect((await refresh(a.refreshToken)).status).toBe(200);
  });

  const from = (address: string): Client => server.api.with({ 'x-forwarded-for': address });
  const logInFrom = (address: string, email: string, password = goodPassword): Promise<Answer> => from(address).post('/auth/login', { email, password });

  it('a stranger locks only their own network, also where one wrong password locks', async () => {
    const owner = await server.world.owner({ verified: true });
    await set(owner, { max_login_attempts: 1 });
    for (const address of ['203.0.113.1', '203.0.113.2', '2001:db8:1:1::1']) {
      expect(refusal(await logInFrom(address, owner.email, wrong))).toEqual(wrongCredentials);
      for (const password of [wrong, goodPassword]) expect(refusal(await logInFrom(address, owner.email, password))).toEqual(locked);
    }
    // Another address of the same /64 network is locked, too.
    expect(refusal(await logInFrom('2001:db8:1:1:ffff::2', owner.email))).toEqual(locked);
    expect((await logInFrom('198.51.100.7', owner.email)).status).toBe(200);
    expect((await logIn(owner.email)).status).toBe(200);
  });

  it('many networks together lock an account for unknown networks only, and a reset by mail unlocks it', async () => {
    const owner = await server.world.owner({ verified: true });
    await logInFrom('198.51.100.7', owner.email);
    const { rows } = await database.query('select count(*)::int as count from login_attempts');
    expect(rows[0].count).toBeGreaterThanOrEqual(0);
    const answers = [];
    for (let index = 0; index < 101; index += 20)
      answers.push(...(await Promise.all(Array.from({ length: 20 }, (_, each) => logInFrom(`203.0.113.${index + each}`, owner.email, wrong)))));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(100);
    expect(refusal(await logInFrom('192.0.2.1', owner.email))).toEqual(locked);
    expect((await logInFrom('198.51.100.7', owner.email)).status).toBe(200);
    await server.api.post('/auth/password/forgot', { email: owner.email });
    const { token } = await server.mailbox.waitFor(owner.email, 'Reset');
    expect((await server.api.post('/auth/password/reset', { token, newPassword })).status).toBe(204);
    expect((await logInFrom('192.0.2.1', owner.email, newPassword)).status).toBe(200);
  });

  it('an unknown address is locked in the same way', async () => {
    const email = server.world.email('nobody');
    await guess(email, 5);
    const unknown = await logIn(email);
    const known = await server.world.owner();
    await guess(known.email, 5);
    const answer = await logIn(known.email);
    const strip = ({ body }: Answer): unknown => ({ ...body, requestId: '', retryAfter: 0, detail: body.detail.replace(/\d+ s/, 'n s') });
    expect(refusal(unknown)).toEqual(locked);
    expect(strip(unknown)).toEqual(strip(answer));
    expect([...unknown.headers.keys()]).toEqual([...answer.headers.keys()]);
    const { rows } = await database.query<{ row: string }>('select login_attempts::text as row from login_attempts');
    for (const { row } of rows) expect(row).not.toContain('@');
  });

  it('of thirty parallel wrong passwords at most five are checked', async () => {
    const { email } = await server.world.owner();
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => logIn(email, `wrong passphrase ${index}`)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    for (const answer of answers.filter(({ status }) => status !== 401)) expect(refusal(answer)).toEqual(locked);
    expect(refusal(await logIn(email))).toEqual(locked);
  });

  it('max_login_attempts starts counting again after a correct password', async () => {
    const { email } = await server.world.owner({ verified: true });
    for (let rounds = 0; rounds < 3; rounds += 1) {
      await guess(email, 4);
      expect((await logIn(email)).status).toBe(200);
    }
  });

  it('the lowest max_login_attempts of the user’s organizations applies', async () => {
    const [patient, strict] = [await server.world.owner(), await server.world.owner()];
    await set(patient, { max_login_attempts: 8 });
    await set(strict, { max_login_attempts: 2 });
    const member = await server.world.owner({ verified: true });
    await set(member, { max_login_attempts: 9 });
    const become = async (organization: Person): Promise<void> => {
      const token = await server.world.invitationToken(organization, member.email, 'student');
      expect((await member.api.post('/invitations/accept', { token })).status).toBe(201);
    };
    await become(patient);
    await guess(member.email, 7);
    expect((await logIn(member.email)).status).toBe(200);
    await become(strict);
    await guess(member.email, 2);
    expect(refusal(await logIn(member.email))).toEqual(locked);
  });

  it('the lock of an account ends, and attempts do not extend it', async () => {
    const { email } = await server.world.owner();
    await guess(email, 5);
    const until = async (): Promise<unknown> =>
      (await database.query('select locked_until from login_attempts where locked_until > now() order by locked_until desc limit 1')).rows[0];
    const first = await until();
    expect(first).toBeDefined();
    for (let tries = 0; tries < 3; tries += 1) expect(refusal(await logIn(email))).toEqual(locked);
    expect(await until()).toEqual(first);
    await database.query(`update login_attempts set locked_until = now() - interval '1 second'`);
    await guess(email, 4);
    expect((await logIn(email)).status).toBe(200);
  });

  it('failed attempts expire after fifteen minutes', async () => {
    const { email } = await server.world.owner();
    await guess(email, 4);
    await database.query(`update login_attempts set updated_at = now() - interval '16 minutes'`);
    await guess(email, 4);
    expect((await logIn(email)).status).toBe(200);
  });

  it('lowering max_login_attempts below the attempts made locks for fifteen minutes, not permanently', async () => {
    const owner = await server.world.owner();
    await guess(owner.email, 4);
    await set(owner, { max_login_attempts: 2 });
    const answer = await logIn(owner.email);
    expect(refusal(answer)).toEqual(locked);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(14 * 60);
    await database.query(`update login_attempts set locked_until = now() - interval '1 second' where locked_until is not null`);
    expect((await logIn(owner.email)).status).toBe(200);
  });

  it('wrong current passwords of a password change also count', async () => {
    const { api, email } = await server.world.owner();
    const change = (currentPassword: string): Promise<Answer> => api.post('/auth/password/change', { currentPassword, newPassword });
    for (let tries = 0; tries < 5; tries += 1) expect(refusal(await change(wrong))).toEqual({ status: 403, code: 'wrong_password' });
    expect(refusal(await change(goodPassword))).toEqual(locked);
    expect(refusal(await logIn(email))).toEqual(locked);
  });

  it('the catalog’s default applies when the organization sets none', async () => {
    const mercura = await startTestServer({ CATALOG: 'mercura' });
    try {
      const { email } = await mercura.world.owner();
      for (let tries = 0; tries < 10; tries += 1) expect((await mercura.api.post('/auth/login', { email, password: wrong })).status).toBe(401);
      expect((await mercura.api.post('/auth/login', { email, password: goodPassword })).status).toBe(429);
    } finally {
      await mercura.close();
    }
  });

  it('without the setting in the catalog nobody is locked', async () => {
    const small = await startServerWithCatalog(smallCatalog());
    try {
      const { email } = await small.world.owner();
      for (let tries = 0; tries < 12; tries += 1) expect((await small.api.post('/auth/login', { email, password: wrong })).status).toBe(401);
      expect((await small.api.post('/auth/login', { email, password: goodPassword })).status).toBe(200);
    } finally {
      await small.close();
    }
  });
});

describe('session_max_age_hours', () => {
  it('asks for another proof in the organization that sets it, with the next request on every replica', async () => {
    const owner = await server.world.owner();
    const [member, replica] = [await server.world.member(owner, 'admin'), await startTestServer({ CATALOG: toolboxaiWithoutConsent() })];
    const second = await secondOrganization(member);
    await database.query(`update sessions set authenticated_at = now() - interval '61 minutes' where user_id = $1`, [member.userId]);
    const there = replica.api.as(member.accessToken);
    expect((await there.get(owner.home)).status).toBe(200);
    await set(owner, { session_max_age_hours: 1 });
    const old = { status: 401, body: { code: 'recent_login_required', maxAge: 3600 } };
    const refused = await there.get(owner.home);
    expect(refused).toMatchObject(old);
    expect(refused.headers.get('www-authenticate')).toContain('max_age="3600"');
    const { accessToken } = (await refresh(member.refreshToken)).body;
    const refreshed = server.api.as(accessToken);
    expect(await refreshed.get(owner.home)).toMatchObject(old);
    expect((await second.api.get(second.home)).status).toBe(200);
    expect((await refreshed.post('/auth/reauthenticate', { password: goodPassword })).status).toBe(204);
    expect((await refreshed.get(owner.home)).status).toBe(200);
    await set(owner, { session_max_age_hours: 0 });
    await database.query(`update sessions set authenticated_at = now() - interval '100 days' where user_id = $1`, [member.userId]);
    expect((await refreshed.get(owner.home)).status).toBe(200);
    await replica.close();
  });
});

describe('session_timeout_minutes', () => {
  const timedOut = { status: 401, code: 'session_timed_out' };
  const age = ({ userId }: Person, minutes: number): Promise<unknown> =>
    database.query(`update sessions set last_used_at = last_used_at - make_interval(mins => $2) where user_id = $1 and revoked_at is null`, [userId, minutes]);
  const flush = (): Promise<unknown> => server.control.flush();

  it('an idle session is refused for requests and refreshes', async () => {
    const owner = await server.world.owner();
    await set(owner, { session_timeout_minutes: 5 });
    await age(owner, 6);
    expect(refusal(await owner.api.get(owner.home))).toEqual(timedOut);
    expect(refusal(await owner.api.get('/tenant/settings'))).toEqual(timedOut);
    expect(refusal(await refresh(owner.refreshToken))).toEqual(timedOut);
    expect((await logIn(owner.email)).status).toBe(200);
  });

  it('the catalog’s default applies when the organization sets none', async () => {
    const owner = await server.world.owner();
    await age(owner, 59);
    expect((await owner.api.get(owner.home)).status).toBe(200);
    await age(owner, 61);
    expect(refusal(await owner.api.get(owner.home))).toEqual(timedOut);
  });

  it('a session that has timed out is refused everywhere, and nothing revives it', async () => {
    const owner = await server.world.owner();
    await set(owner, { session_timeout_minutes: 5 });
    await age(owner, 6);
    expect(refusal(await owner.api.get(owner.home))).toEqual(timedOut);
    expect(refusal(await owner.api.get('/auth/me'))).toEqual(timedOut);
    expect(refusal(await owner.api.post('/invitations/accept', { token: 'none' }))).toEqual(timedOut);
    expect(refusal(await owner.api.post(`/organizations/${(await server.world.owner()).organizationId}/join-requests`, {}))).toEqual(timedOut);
    expect(refusal(await owner.api.post('/auth/logout'))).toEqual(timedOut);
    await flush();
    expect(refusal(await owner.api.get(owner.home))).toEqual(timedOut);
    expect(refusal(await refresh(owner.refreshToken))).toEqual(timedOut);
  });

  it('switching away and back does not revive the session', async () => {
    const owner = await server.world.owner();
    const second = await secondOrganization(owner);
    await set(owner, { session_timeout_minutes: 5 });
    await age(owner, 6);
    expect(refusal(await owner.api.post('/auth/switch-organization', { organizationId: second.id }))).toEqual(timedOut);
    expect(refusal(await owner.api.post('/auth/switch-organization', { organizationId: null }))).toEqual(timedOut);
    expect(refusal(await owner.api.get(owner.home))).toEqual(timedOut);
  });

  it('each request extends the session', async () => {
    const owner = await server.world.owner();
    await set(owner, { session_timeout_minutes: 5 });
    for (let rounds = 0; rounds < 3; rounds += 1) {
      await age(owner, 4);
      expect((await owner.api.get(owner.home)).status).toBe(200);
      await flush();
    }
    await age(owner, 4);
    const { status, body } = await refresh(owner.refreshToken);
    expect(status).toBe(200);
    await age(owner, 4);
    expect((await server.api.as(body.accessToken).get(owner.home)).status).toBe(200);
  });

  it('the shortest timeout of the user’s organizations applies to their sessions, wherever they work', async () => {
    const owner = await server.world.owner();
    const second = await secondOrganization(owner);
    await set(owner, { session_timeout_minutes: 5 });
    await age(owner, 4);
    expect((await second.api.get(second.home)).status).toBe(200);
    await flush();
    await age(owner, 6);
    expect(refusal(await second.api.get(second.home))).toEqual(timedOut);
    await flush();
    expect(refusal(await owner.api.get(owner.home))).toEqual(timedOut);
  });

  it('the timeout of an organization that the user has left no longer applies', async () => {
    const [owner, guest] = [await server.world.owner(), await server.world.owner({ verified: true })];
    await set(owner, { session_timeout_minutes: 5 });
    const token = await server.world.invitationToken(owner, guest.email, 'student');
    expect((await guest.api.post('/invitations/accept', { token })).status).toBe(201);
    await set(guest, { session_timeout_minutes: 1440 });
    expect((await owner.api.delete(`${owner.home}/members/${guest.userId}`)).status).toBe(204);
    await age(guest, 1000);
    expect((await guest.api.get(guest.home)).status).toBe(200);
  });

  it('a use of a session that is written late counts from the time of the use', async () => {
    const owner = await server.world.owner();
    await set(owner, { session_timeout_minutes: 5 });
    await age(owner, 4);
    expect((await owner.api.get(owner.home)).status).toBe(200);
    await database.query("update sessions set last_used_at = now() + interval '1 minute' where user_id = $1", [owner.userId]);
    await flush();
    const { rows } = await database.query('select last_used_at > now() as later from sessions where user_id = $1', [owner.userId]);
    expect(rows).toEqual([{ later: true }]);
  });
});

describe('password_expiry_days', () => {
  const expired = { status: 403, code: 'password_expired' };
  const age = ({ userId }: Person, days: number): Promise<unknown> =>
    database.query(`update users set password_changed_at = now() - make_interval(days => $2) where id = $1`, [userId, days]);

  it('an expired password closes only this organization', async () => {
    const owner = await server.world.owner();
    await age(owner, 89);
    expect((await owner.api.get(owner.home)).status).toBe(200);
    await age(owner, 91);
    expect(refusal(await owner.api.get(owner.home))).toEqual(expired);
    expect(refusal(await owner.api.patch('/tenant/settings', { password_expiry_days: 0 }))).toEqual(expired);
    expect((await owner.api.get('/auth/me')).body.user.id).toBe(owner.userId);
    expect((await refresh(owner.refreshToken)).status).toBe(200);
    expect((await logIn(owner.email)).status).toBe(200);
  });

  it('changing an expired password restores access', async () => {
    const owner = await server.world.owner();
    await age(owner, 91);
    const changed = await owner.api.post('/auth/password/change', { currentPassword: goodPassword, newPassword });
    expect(changed.status).toBe(200);
    expect((await server.api.as(changed.body.accessToken).get(owner.home)).status).toBe(200);
  });

  it('the setting applies to one organization, and 0 means never', async () => {
    const owner = await server.world.owner();
    const second = await secondOrganization(owner);
    expect((await second.api.patch('/tenant/settings', { password_expiry_days: 0 })).status).toBe(200);
    await age(owner, 3000);
    expect(refusal(await owner.api.get(owner.home))).toEqual(expired);
    expect((await second.api.get(second.home)).status).toBe(200);
  });
});

describe('enable_two_factor', () => {
  it('the second factor cannot be made mandatory by a session without one', async () => {
    const owner = await server.world.owner();
    const before = (await owner.api.get('/tenant/settings')).body;
    expect(before.enable_two_factor).toBe(false);
    expect(refusal(await owner.api.patch('/tenant/settings', { enable_two_factor: true, weekly_reports: false }))).toEqual({ status: 409, code: 'policy_refuses_you' });
    expect((await owner.api.get('/tenant/settings')).body).toEqual(before);
    expect((await owner.api.patch('/tenant/settings', { enable_two_factor: false })).status).toBe(200);
  });
});

describe('a changed password', () => {
  it('changing the password ends every session and refresh token, and returns a new session in the same organization', async () => {
    const owner = await server.world.owner();
    const other = (await logIn(owner.email)).body;
    const { status, body } = await owner.api.post('/auth/password/change', { currentPassword: goodPassword, newPassword });
    expect(status).toBe(200);
    for (const token of [owner.accessToken, other.accessToken]) expect(refusal(await server.api.as(token).get('/auth/me'))).toEqual(ended);
    for (const token of [owner.refreshToken, other.refreshToken]) expect(refusal(await refresh(token))).toEqual({ status: 401, code: 'invalid_refresh_token' });
    expect((await server.api.as(body.accessToken).get('/organizations/current')).body.id).toBe(owner.organizationId);
    expect((await refresh(body.refreshToken)).status).toBe(200);
    expect(refusal(await logIn(owner.email))).toEqual(wrongCredentials);
    expect((await logIn(owner.email, newPassword)).status).toBe(200);
  });

  it('changing the password does not end sessions of other users', async () => {
    const [a, b] = await server.world.twoTenants();
    await a.api.post('/auth/password/change', { currentPassword: goodPassword, newPassword });
    expect((await b.api.get(b.home)).status).toBe(200);
    expect((await refresh(b.refreshToken)).status).toBe(200);
  });

  it.each([
    ['with a wrong current one', { currentPassword: wrong, newPassword }, 403, 'wrong_password', '/currentPassword'],
    ['to itself', { currentPassword: goodPassword, newPassword: goodPassword }, 400, 'weak_password', '/newPassword'],
    ['to one that is guessed first', { currentPassword: goodPassword, newPassword: 'password123456' }, 400, 'weak_password', '/newPassword'],
    ['to the name', { currentPassword: goodPassword, newPassword: 'OliveOwner2026' }, 400, 'weak_password', '/newPassword'],
    ['to a short one', { currentPassword: goodPassword, newPassword: 'short' }, 400, 'validation_failed', '/newPassword'],
    ['without the current one', { newPassword }, 400, 'validation_failed', '/currentPassword'],
  ])('the password is not changed %s', async (_, body, status, code, pointer) => {
    const owner = await server.world.owner();
    const answer = await owner.api.post('/auth/password/change', body);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect((await owner.api.get('/auth/me')).status).toBe(200);
    expect((await logIn(owner.email)).status).toBe(200);
    expect(refusal(await logIn(owner.email, newPassword))).toEqual(wrongCredentials);
  });

  it('changing the password ends links that were mailed before', async () => {
    const owner = await server.world.owner({ verified: true });
    const token = await resetToken(owner.email);
    await owner.api.post('/auth/password/change', { currentPassword: goodPassword, newPassword });
    expect(refusal(await reset(token, 'one more good passphrase'))).toEqual(deadLink);
    expect((await logIn(owner.email, newPassword)).status).toBe(200);
  });

  it('a password change requires a session', async () => {
    expect((await server.api.post('/auth/password/change', { currentPassword: goodPassword, newPassword })).status).toBe(401);
  });
});

const forgot = (email: string): Promise<Answer> => server.api.post('/auth/password/forgot', { email });
const reset = (token: string, password = newPassword): Promise<Answer> => server.api.post('/auth/password/reset', { token, newPassword: password });

/** The token of the newest link. */
async function resetToken(email: string, count = 1): Promise<string> {
  await forgot(email);
  return (await server.mailbox.waitFor(email, 'Reset', count)).token ?? '';
}

describe('a forgotten password', () => {
  it('a password reset request has the same answer for every address, and mails only to accounts', async () => {
    const [verified, unverified, disabled] = [await server.world.owner({ verified: true }), await server.world.owner(), await server.world.owner({ verified: true })];
    await database.query('update users set disabled_at = now() where id = $1', [disabled.userId]);
    const others = [disabled.email, server.world.email('nobody')];
    const answers = [];
    for (const email of [...others, unverified.email, verified.email.toUpperCase()]) answers.push(await forgot(email));
    for (const { status, text, headers } of answers) {
      expect({ status, text }).toEqual({ status: 204, text: '' });
      expect([...headers.keys()]).toEqual([...(answers[0]?.headers.keys() ?? [])]);
    }
    for (const { email } of [verified, unverified]) await server.mailbox.waitFor(email, 'Reset');
    const { rows } = await database.query('select 1 from user_tokens where user_id = $1 and purpose = $2', [disabled.userId, 'reset_password']);
    expect(rows).toEqual([]);
    for (const email of others) expect(server.mailbox.to(email).filter(({ mail }) => mail.subject?.includes('Reset'))).toEqual([]);
  });

  it('a reset link starts with APP_URL, not with the Host header', async () => {
    const { email } = await server.world.owner({ verified: true });
    const { port } = new URL(server.url);
    const status = await new Promise((resolve, reject) => {
      const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', origin: 'https://evil.example', 'content-type': 'application/json' };
      const request = http.request({ port, host: '127.0.0.1', method: 'POST', path: '/api/v1/auth/password/forgot', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject).end(JSON.stringify({ email }));
    });
    expect(status).toBe(204);
    const { mail } = await server.mailbox.waitFor(email, 'Reset');
    expect(mail.text?.match(/https?:\S+/g)).toEqual([expect.stringMatching(/^https:\/\/app\.tenantry\.test\/reset-password\?token=[\w-]{43}$/)]);
    expect(`${mail.text} ${mail.html}`).not.toContain('evil');
  });

  it('an older reset link works as well as the newest, until one of them is used', async () => {
    const { email } = await server.world.owner({ verified: true });
    const old = await resetToken(email);
    const fresh = await resetToken(email, 2);
    expect(fresh).not.toBe(old);
    expect((await reset(old)).status).toBe(204);
    expect(refusal(await reset(fresh))).toEqual(deadLink);
  });

  it('a reset ends every session and the link', async () => {
    const owner = await server.world.owner({ verified: true });
    const token = await resetToken(owner.email);
    expect(await reset(token)).toMatchObject({ status: 204, text: '' });
    expect(refusal(await owner.api.get('/auth/me'))).toEqual(ended);
    expect(refusal(await refresh(owner.refreshToken))).toEqual({ status: 401, code: 'invalid_refresh_token' });
    expect(refusal(await logIn(owner.email))).toEqual(wrongCredentials);
    expect((await logIn(owner.email, newPassword)).status).toBe(200);
    expect(refusal(await reset(token, 'one more good passphrase'))).toEqual(deadLink);
  });

  it('of parallel resets with one link only one succeeds', async () => {
    const { email } = await server.world.owner({ verified: true });
    const token = await resetToken(email);
    const passwords = Array.from({ length: 6 }, (_, index) => `a good passphrase, number ${index}`);
    const answers = await Promise.all(passwords.map((password) => reset(token, password)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 410, 410, 410, 410, 410]);
    const winner = answers.findIndex(({ status }) => status === 204);
    expect((await logIn(email, passwords[winner])).status).toBe(200);
    expect(refusal(await logIn(email, passwords[(winner + 1) % 6]))).toEqual(wrongCredentials);
  });

  it('a reset link expires after two hours, later than the mails of its hour are counted', async () => {
    const { email, userId } = await server.world.owner({ verified: true });
    const token = await resetToken(email);
    const { rows } = await database.query<{ minutes: number }>(
      `select extract(epoch from expires_at - now())::float8 / 60 as minutes from user_tokens where user_id = $1 and purpose = 'reset_password'`,
      [userId],
    );
    expect(rows[0]?.minutes).toBeGreaterThan(119);
    expect(rows[0]?.minutes).toBeLessThanOrEqual(120);
    await database.query(`update user_tokens set expires_at = expires_at - interval '2 hours' where user_id = $1`, [userId]);
    expect(refusal(await reset(token))).toEqual(deadLink);
    expect((await logIn(email)).status).toBe(200);
  });

  it('a weak new password does not use up the reset link', async () => {
    const { email } = await server.world.owner({ verified: true });
    const token = await resetToken(email);
    expect(refusal(await reset(token, 'password123456'))).toEqual({ status: 400, code: 'weak_password' });
    expect((await reset(token, 'short')).status).toBe(400);
    expect((await reset(token)).status).toBe(204);
  });

  it('other tokens cannot reset a password', async () => {
    const email = server.world.email('owner');
    const owner = await server.world.signUp({ email });
    const { token = '' } = await server.mailbox.waitFor(email, 'Confirm');
    for (const other of [token, owner.refreshToken, 'x'.repeat(43)]) expect(refusal(await reset(other))).toEqual(deadLink);
    expect((await logIn(email)).status).toBe(200);
  });

  it('a reset unlocks a locked account', async () => {
    const { email } = await server.world.owner({ verified: true });
    await guess(email, 5);
    expect(refusal(await logIn(email))).toEqual(locked);
    await reset(await resetToken(email));
    expect((await logIn(email, newPassword)).status).toBe(200);
  });

  it('a reset affects no other account', async () => {
    const [a, b] = [await server.world.owner({ verified: true }), await server.world.owner({ verified: true })];
    const theirs = await resetToken(b.email);
    await reset(await resetToken(a.email));
    expect((await b.api.get(b.home)).status).toBe(200);
    expect((await reset(theirs)).status).toBe(204);
  });
});
