import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { Answer, Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { presetWith } from '../support/preset.js';
import { codeOf } from '../support/totp.js';
import { goodPassword, type Person } from '../support/world.js';
import pg from 'pg';

// Sign-in with a mailed link or code (docs/accounts.md, Sign-in by mail).

const withMail = () => ({ CATALOG: presetWith('default', [[['signIn'], { mail: true }]]) });

let server: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer({ ...withMail(), TRUSTED_PROXIES: '1' });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 2 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

const invalid = { status: 401, body: { code: 'invalid_mail_sign_in' } };
const from = (address: string): Client => server.api.with({ 'x-forwarded-for': address });
const complete = (proof: object, api: Client = server.api): Promise<Answer> => api.post('/auth/mail/complete', proof);
const owner = (): Promise<Person> => server.world.owner({ verified: true });

async function begin(email: string, api: Client = server.api): Promise<string> {
  const { status, body } = await api.post('/auth/mail/start', { email });
  expect({ status, body }).toEqual({ status: 200, body: { requestToken: expect.any(String), expiresIn: 900 } });
  return body.requestToken;
}

/** Asks for a mail, and returns what it contains. */
async function mailed(email: string, count = 1): Promise<{ token: string; code: string; requestToken: string; text: string }> {
  const requestToken = await begin(email);
  const { token = '', mail } = await server.mailbox.waitFor(email, 'Sign in', count);
  return { token, code: /^(\d{4} \d{4})$/m.exec(mail.text ?? '')?.[1] ?? '', requestToken, text: mail.text ?? '' };
}

/** Waits until so many requests for an address were stored: they are after their answer. */
async function stored(email: string, count = 1): Promise<{ user_id: string | null }[]> {
  for (;;) {
    const { rows } = await database.query<{ user_id: string | null }>('select user_id from mail_sign_ins where email = $1', [email]);
    if (rows.length >= count) return rows;
  }
}

const otherCode = (code: string): string => code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));

describe('a sign-in by mail', () => {
  it('takes the link on any device, or the code on the page that asked', async () => {
    const { email, userId } = await owner();
    const byLink = await mailed(email);
    const signedIn = await complete({ token: byLink.token }, from('203.0.113.9'));
    expect(signedIn).toMatchObject({ status: 200, body: { accessToken: expect.any(String), refreshToken: expect.any(String) } });
    expect((await server.api.as(signedIn.body.accessToken).get('/auth/me')).body.user.id).toBe(userId);
    const { requestToken, code } = await mailed(email, 2);
    expect(await complete({ requestToken, code })).toMatchObject({ status: 200 });
  });

  it('is remembered as the page wants that completes it, and a link never because of who asked for the mail', async () => {
    const remembered = async (asked: boolean, proofOf: (mail: { token: string; code: string; requestToken: string }) => object): Promise<unknown> => {
      const { email, userId } = await owner();
      const { requestToken } = (await server.api.post('/auth/mail/start', { email, rememberMe: asked })).body;
      const { token = '', mail } = await server.mailbox.waitFor(email, 'Sign in');
      const code = /^(\d{4} \d{4})$/m.exec(mail.text ?? '')?.[1] ?? '';
      expect((await complete(proofOf({ token, code, requestToken }))).status).toBe(200);
      const { rows } = await database.query<{ remembers: boolean }>('select remember_me as remembers from sessions where user_id = $1 order by created_at desc limit 1', [userId]);
      return rows[0]?.remembers;
    };
    expect(await remembered(true, ({ token }) => ({ token }))).toBe(false);
    expect(await remembered(false, ({ token }) => ({ token, rememberMe: true }))).toBe(true);
    expect(await remembered(true, ({ token }) => ({ token, rememberMe: false }))).toBe(false);
    expect(await remembered(true, ({ code, requestToken }) => ({ code, requestToken }))).toBe(true);
    expect(await remembered(false, ({ code, requestToken }) => ({ code, requestToken }))).toBe(false);
    expect(await remembered(true, ({ code, requestToken }) => ({ code, requestToken, rememberMe: false }))).toBe(false);
  });

  it('works in the organization that the page wants that completes it, and after a link never in that of who asked for the mail', async () => {
    const [person, elsewhere] = [await owner(), await owner()];
    await server.world.join(elsewhere, person);
    const { email, organizationId: own } = person;
    const { organizationId: other } = elsewhere;
    let mails = 0;
    const worksIn = async (asked: string, proofOf: (mail: { token: string; code: string; requestToken: string }) => object): Promise<unknown> => {
      const { requestToken } = (await server.api.post('/auth/mail/start', { email, organizationId: asked })).body;
      const { token = '', mail } = await server.mailbox.waitFor(email, 'Sign in', (mails += 1));
      const code = /^(\d{4} \d{4})$/m.exec(mail.text ?? '')?.[1] ?? '';
      const { body } = await complete(proofOf({ token, code, requestToken }));
      return (await server.api.as(body.accessToken).get('/auth/me')).body.activeOrganization.id;
    };
    expect(await worksIn(other, ({ token }) => ({ token }))).toBe(own);
    expect(await worksIn(own, ({ token }) => ({ token, organizationId: other }))).toBe(other);
    expect(await worksIn(other, ({ code, requestToken }) => ({ code, requestToken }))).toBe(other);
    expect(await worksIn(other, ({ code, requestToken }) => ({ code, requestToken, organizationId: own }))).toBe(own);
  });

  it('works once, also when it is used 8 times at once, and ends the others', async () => {
    const { email, userId } = await owner();
    const [first, second] = [await mailed(email), await mailed(email, 2)];
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => complete(index % 2 === 0 ? { token: second.token } : { requestToken: second.requestToken, code: second.code })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401, 401, 401, 401, 401]);
    expect(await complete({ token: first.token })).toMatchObject(invalid);
    expect((await database.query('select from sessions where user_id = $1 and with_password = false', [userId])).rowCount).toBe(1);
  });

  it('refuses a code with the request of another page, and five wrong codes end it', async () => {
    const { email } = await owner();
    const { code, requestToken, token } = await mailed(email);
    const strangers = await begin(email);
    await server.mailbox.waitFor(email, 'Sign in', 2);
    expect(await complete({ requestToken: strangers, code })).toMatchObject(invalid);
    expect(await complete({ code })).toMatchObject({ status: 400 });
    expect(await complete({ code, requestToken, token })).toMatchObject({ status: 400 });
    for (let tries = 0; tries < 5; tries++) expect(await complete({ requestToken, code: otherCode(code) })).toMatchObject(invalid);
    expect(await complete({ requestToken, code })).toMatchObject(invalid);
    expect(await complete({ token })).toMatchObject({ status: 200 });
  });

  it('parallel wrong codes are not tried more often than five times', async () => {
    const { email } = await owner();
    const { code, requestToken } = await mailed(email);
    await Promise.all(Array.from({ length: 12 }, () => complete({ requestToken, code: otherCode(code) })));
    const { rows } = await database.query('select attempts from mail_sign_ins where email = $1', [email]);
    expect(rows).toEqual([{ attempts: 5 }]);
  });

  it('expires after 15 minutes', async () => {
    const { email } = await owner();
    const { token, requestToken, code } = await mailed(email);
    await server.control.after(15 * 60_000, async () => {
      expect(await complete({ token })).toMatchObject(invalid);
      expect(await complete({ requestToken, code })).toMatchObject(invalid);
    });
  });

  it('answers an unknown address as a known one, and locks its codes in the same way', async () => {
    const [known, unknown] = [(await owner()).email, server.world.email('nobody')];
    const outcomes = async (email: string): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for (let requests = 0; requests < 3; requests++) {
        const requestToken = await begin(email, from('198.51.100.20'));
        await stored(email, requests + 1);
        for (let tries = 0; tries < 5; tries++) {
          const { status, body } = await complete({ requestToken, code: '0000 0000' }, from('198.51.100.20'));
          seen.push({ status, code: body.code });
        }
      }
      return seen;
    };
    const seen = await outcomes(unknown);
    expect(seen).toContainEqual({ status: 429, code: 'account_locked' });
    expect(await outcomes(known)).toEqual(seen);
    expect(await stored(unknown, 3)).toEqual([{ user_id: null }, { user_id: null }, { user_id: null }]);
    expect(server.mailbox.to(unknown)).toEqual([]);
    const { token } = await server.mailbox.waitFor(known, 'Sign in', 3);
    expect(await complete({ token })).toMatchObject({ status: 200 });
  });

  it('strangers who use up the mails to an address do not keep its user from getting one', async () => {
    const { email } = await owner();
    await from('203.0.113.30').post('/auth/login', { email, password: goodPassword });
    for (let requests = 0; requests < 8; requests++) await begin(email, from('198.51.100.30'));
    await begin(email, from('203.0.113.30'));
    await server.mailbox.waitFor(email, 'Sign in', 6);
    expect((await stored(email, 9)).filter(({ user_id }) => user_id !== null)).toHaveLength(6);
  });

  it('strangers who lock the codes of an address in all networks do not lock those of its user at home', async () => {
    const { email } = await owner();
    const home = from('203.0.113.31');
    await home.post('/auth/login', { email, password: goodPassword });
    const { rows } = await database.query<{ account_key: Buffer }>('select account_key from login_attempts');
    const guess = async (number: number): Promise<Answer> => {
      const stranger = from(`198.51.100.${40 + number}`);
      const requestToken = await begin(email, stranger);
      await stored(email, number);
      return complete({ requestToken, code: '00000000' }, stranger);
    };
    expect(await guess(1)).toMatchObject(invalid);
    // As after 99 wrong codes from as many networks.
    await database.query('update login_attempts set failures = 99 where account_key <> all($1)', [rows.map(({ account_key: key }) => key)]);
    expect(await guess(2)).toMatchObject(invalid);
    const requestToken = await begin(email, home);
    const { mail } = await server.mailbox.waitFor(email, 'Sign in', 3);
    const code = /^(\d{4} \d{4})$/m.exec(mail.text ?? '')?.[1];
    expect(await complete({ requestToken, code }, from('203.0.113.32'))).toMatchObject({ status: 429, body: { code: 'account_locked' } });
    expect(await complete({ requestToken, code }, home)).toMatchObject({ status: 200 });
  });

  it.each<[string, (person: Person) => Promise<unknown>]>([
    ['a change of the password', ({ api }) => api.post('/auth/password/change', { currentPassword: goodPassword, newPassword: `${goodPassword} again` })],
    [
      'a reset of the password',
      async ({ email }) => {
        await server.api.post('/auth/password/forgot', { email });
        const { token } = await server.mailbox.waitFor(email, 'Reset');
        return server.api.post('/auth/password/reset', { token, newPassword: `${goodPassword} again` });
      },
    ],
    [
      'the end of the account while it is disabled',
      async ({ userId }) => {
        const operator = await server.control.createOperator(server.world.email('operator'));
        const api = server.api.as((await server.api.post('/auth/login', { email: operator.email, password: goodPassword })).body.accessToken);
        await api.post(`/platform/users/${userId}/disable`);
        return api.post(`/platform/users/${userId}/enable`);
      },
    ],
  ])('%s ends the mails that were not used', async (_, change) => {
    const person = await owner();
    const { token, code, requestToken } = await mailed(person.email);
    expect(await change(person)).toMatchObject({ status: expect.any(Number) });
    expect(await complete({ token })).toMatchObject(invalid);
    expect(await complete({ requestToken, code })).toMatchObject(invalid);
    expect(await complete({ token: (await mailed(person.email, 2)).token })).toMatchObject({ status: 200 });
  });

  it('asks for the second factor, and not on a trusted device', async () => {
    const { api, email } = await owner();
    const { secret } = (await api.post('/auth/mfa/totp')).body;
    await api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) });
    const first = await complete({ token: (await mailed(email)).token });
    expect(first).toMatchObject({ status: 200, body: { mfaRequired: true, mfaToken: expect.any(String) } });
    expect(first.body.accessToken).toBeUndefined();
    await server.control.after(60_000, async () => {
      const code = codeOf(secret, 2);
      const done = await server.api.post('/auth/mfa/verify', { mfaToken: first.body.mfaToken, code, trustDevice: true });
      expect(done).toMatchObject({ status: 200, body: { accessToken: expect.any(String) } });
      const { token } = await mailed(email, 2);
      expect(await complete({ token, deviceToken: done.body.deviceToken })).toMatchObject({ status: 200, body: { accessToken: expect.any(String) } });
    });
  });

  it('verifies an account, and removes what gave access to it before', async () => {
    const intruder = await server.world.owner();
    const { token } = await mailed(intruder.email);
    const { body } = await complete({ token });
    const me = (await server.api.as(body.accessToken).get('/auth/me')).body;
    expect(me.user).toMatchObject({ id: intruder.userId, emailVerified: true });
    expect(await intruder.api.get('/auth/me')).toMatchObject({ status: 401, body: { code: 'session_ended' } });
    expect(await server.api.post('/auth/login', { email: intruder.email, password: goodPassword })).toMatchObject({ status: 401 });
  });

  it('lets the owner of the mailbox choose among unverified accounts, and ends the others', async () => {
    const first = await server.world.owner();
    const second = await server.world.owner({ email: first.email });
    await begin(first.email);
    await server.mailbox.waitFor(first.email, 'Sign in', 2);
    const mails = server.mailbox.to(first.email).filter(({ mail }) => mail.subject === 'Sign in to tenantry');
    expect(mails.map(({ mail }) => mail.text?.includes('Several unconfirmed accounts'))).toEqual([true, true]);
    const { body } = await complete({ token: mails[1]?.token });
    expect((await server.api.as(body.accessToken).get('/auth/me')).body.user.id).toBe(second.userId);
    expect(await complete({ token: mails[0]?.token })).toMatchObject(invalid);
  });

  it('is refused where the organization requires single sign-on, as a password is', async () => {
    const { api, email, organizationId, home } = await owner();
    await database.query(`update organizations set plan = 'enterprise' where id = $1`, [organizationId]);
    expect((await api.patch('/tenant/security', { ssoRequired: true })).body).toMatchObject({ code: 'policy_refuses_you' });
    // Only a session of single sign-on may set it: the test sets it in the database.
    await database.query(
      `insert into settings_documents (id, organization_id, section, document) values (gen_random_uuid(), $1, 'security', '{"ssoRequired": true}')
       on conflict (organization_id, section) do update set document = excluded.document`,
      [organizationId],
    );
    const { body } = await complete({ token: (await mailed(email)).token });
    const refused = { status: 403, body: { code: 'sso_required' } };
    expect(await server.api.as(body.accessToken).get(`${home}/teams`)).toMatchObject(refused);
    expect(await api.get(`${home}/teams`)).toMatchObject(refused);
  });

  it('is announced when the device is new, and is refused for a disabled user', async () => {
    const { email, userId } = await owner();
    await from('203.0.113.40').post('/auth/login', { email, password: goodPassword });
    const { token } = await mailed(email);
    expect((await complete({ token }, from('198.51.100.41'))).status).toBe(200);
    await server.mailbox.waitFor(email, 'New sign-in');
    const next = await mailed(email, 2);
    await database.query('update users set disabled_at = now() where id = $1', [userId]);
    expect(await complete({ token: next.token })).toMatchObject(invalid);
  });

  it('gives operators a mail only if they have a second factor', async () => {
    const email = server.world.email('operator');
    await server.control.createOperator(email, 'Olga Operator', goodPassword);
    await begin(email);
    expect(await stored(email)).toEqual([{ user_id: null }]);
    const user = await owner();
    const { token } = await mailed(user.email);
    await database.query('insert into platform_admins (user_id) values ($1)', [user.userId]);
    expect(await complete({ token })).toMatchObject(invalid);
  });

  it('is refused unless the catalog offers it', async () => {
    const other = await startTestServer({});
    const off = { status: 403, body: { code: 'sign_in_method_off', methods: ['password', 'passkey', 'sso'] } };
    expect(await other.api.post('/auth/mail/start', { email: 'ada@example.com' })).toMatchObject(off);
    expect(await other.api.post('/auth/mail/complete', { token: 'a'.repeat(43) })).toMatchObject(off);
    await other.close();
  });
});

it('access tokens name how the user was authenticated, also after a refresh and with a second factor', async () => {
  const { api, email, organizationId, accessToken, refreshToken } = await owner();
  const amr = (token: string): unknown => decodeJwt(token)['amr'];
  expect(amr(accessToken)).toEqual(['pwd']);
  const { body } = await complete({ token: (await mailed(email)).token });
  expect(amr(body.accessToken)).toEqual(['otp']);
  expect(amr((await server.api.post('/auth/refresh', { refreshToken: body.refreshToken })).body.accessToken)).toEqual(['otp']);
  expect(amr((await server.api.as(body.accessToken).post('/auth/switch-organization', { organizationId })).body.accessToken)).toEqual(['otp']);
  const { secret } = (await api.post('/auth/mfa/totp')).body;
  await api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) });
  expect(amr((await server.api.post('/auth/refresh', { refreshToken })).body.accessToken)).toEqual(['pwd', 'mfa']);
});

describe('signInMethods of an organization', () => {
  const security = '/tenant/security';
  const refused = { status: 403, body: { code: 'sign_in_method_not_allowed', methods: ['mail'] } };

  /** An organization on the plan enterprise, with its owner in a session that began with a password and one that began with a mail. */
  async function enterprise(): Promise<{ boss: Person; byMail: Client }> {
    const boss = await owner();
    await database.query(`update organizations set plan = 'enterprise' where id = $1`, [boss.organizationId]);
    const { body } = await complete({ token: (await mailed(boss.email)).token });
    return { boss, byMail: server.api.as(body.accessToken) };
  }

  it('refuses sessions that began in another way with the next request on every replica, and in this organization alone', async () => {
    const replica = await startTestServer(withMail());
    const { boss, byMail } = await enterprise();
    const member = await server.world.member(boss);
    const there = replica.api.as(member.accessToken);
    const key = (await boss.api.post(`${boss.home}/api-keys`, { name: 'Key', permissions: ['teams:read'] })).body.key;
    expect((await there.get(`${boss.home}/teams`)).status).toBe(200);
    expect(await byMail.patch(security, { signInMethods: ['mail'] })).toMatchObject({ status: 200, body: { signInMethods: ['mail'] } });
    expect(await there.get(`${boss.home}/teams`)).toMatchObject(refused);
    expect(await member.api.get(`${boss.home}/teams`)).toMatchObject(refused);
    expect(await boss.api.get(`${boss.home}/teams`)).toMatchObject(refused);
    expect((await byMail.get(`${boss.home}/teams`)).status).toBe(200);
    expect((await server.api.with({ 'x-api-key': key }).get(`${boss.home}/teams`)).status).toBe(200);
    expect((await member.api.get('/auth/me')).status).toBe(200);
    const { body } = await server.api.post('/auth/refresh', { refreshToken: member.refreshToken });
    expect(await server.api.as(body.accessToken).get(`${boss.home}/teams`)).toMatchObject(refused);
    expect((await byMail.patch(security, { signInMethods: [] })).status).toBe(200);
    expect((await member.api.get(`${boss.home}/teams`)).status).toBe(200);
    await replica.close();
  });

  it('must accept the session of its author, and needs advanced_security', async () => {
    const { boss, byMail } = await enterprise();
    expect(await boss.api.patch(security, { signInMethods: ['mail'] })).toMatchObject({ status: 409, body: { code: 'policy_refuses_you', reason: 'sign_in_method_not_allowed' } });
    expect(await boss.api.post(`${security}/preview`, { signInMethods: ['passkey', 'sso'] })).toMatchObject({ body: { refused: true, refusal: { code: 'policy_refuses_you' } } });
    expect((await boss.api.patch(security, { signInMethods: ['password', 'sso'] })).status).toBe(200);
    expect(await byMail.get(`${boss.home}/teams`)).toMatchObject({ status: 403, body: { methods: ['password', 'sso'] } });
    const small = await owner();
    expect(await small.api.patch(security, { signInMethods: ['password'] })).toMatchObject({ status: 402, body: { code: 'feature_not_in_plan' } });
    expect((await small.api.patch(security, { signInMethods: ['telepathy'] })).status).toBe(400);
  });

  it('lets an owner regain access from a session of any way', async () => {
    const { boss, byMail } = await enterprise();
    await byMail.patch(security, { signInMethods: ['mail'] });
    expect((await boss.api.post(`${security}/break-glass`)).status).toBe(204);
    const { token } = await server.mailbox.waitFor(boss.email, 'Regain access');
    expect(await boss.api.post(`${security}/break-glass/use`, { token })).toMatchObject({ status: 200, body: { signInMethods: [] } });
    expect((await boss.api.get(`${boss.home}/teams`)).status).toBe(200);
  });

  it('counts a session of the version before by its password, and as none if it had no password', async () => {
    const { boss } = await enterprise();
    await boss.api.patch(security, { signInMethods: ['password'] });
    const before = (withPassword: boolean): Promise<unknown> =>
      database.query('update sessions set sign_in_method = null, with_password = $2 where user_id = $1', [boss.userId, withPassword]);
    await before(true);
    expect((await boss.api.get(`${boss.home}/teams`)).status).toBe(200);
    await before(false);
    expect(await boss.api.get(`${boss.home}/teams`)).toMatchObject({ status: 403, body: { code: 'sign_in_method_not_allowed' } });
  });

  it('asks for the first proof, also after the second factor', async () => {
    const { boss, byMail } = await enterprise();
    const { secret } = (await boss.api.post('/auth/mfa/totp')).body;
    await boss.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) });
    await byMail.patch(security, { signInMethods: ['mail'] });
    const code = codeOf(secret, 2);
    await server.control.after(60_000, async () => {
      const { mfaToken } = (await complete({ token: (await mailed(boss.email, 2)).token })).body;
      const { accessToken } = (await server.api.post('/auth/mfa/verify', { mfaToken, code })).body;
      expect((await server.api.as(accessToken).get(`${boss.home}/teams`)).status).toBe(200);
    });
  });
});
