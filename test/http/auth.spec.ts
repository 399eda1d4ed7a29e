import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, jwtVerify, SignJWT, generateKeyPair, decodeJwt, decodeProtectedHeader, importJWK } from 'jose';
import pg from 'pg';
import type { Answer } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { goodPassword } from '../support/world.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';

let server: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer();
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

describe('signing up', () => {
  it('sign-up creates a user, an organization and its owner, and signs the user in', async () => {
    const email = server.world.email();
    const { status, body } = await server.api.post('/auth/signup', {
      email: ` ${email.toUpperCase()} `,
      password: goodPassword,
      name: 'Ada',
      organization: { name: 'Äpfel & Co.' },
    });
    expect(status).toBe(201);
    expect(body.user).toMatchObject({ email, name: 'Ada', emailVerified: false });
    expect(body.organization.slug).toMatch(/^apfel-co(-\d+)?$/);
    expect(body.expiresIn).toBe(900);
    const me = await server.api.as(body.accessToken).get('/auth/me');
    expect(me.body).toMatchObject({ activeOrganization: { id: body.organization.id }, role: 'owner', platformAdmin: false });
    expect(me.body.memberships).toHaveLength(1);
    expect(me.body.permissions).toContain('organization:delete');
  });

  it('a taken slug creates nothing', async () => {
    const { slug } = await server.world.owner();
    const email = server.world.email();
    const refused = await server.api.post('/auth/signup', { email, password: goodPassword, name: 'Ada', organization: { name: 'Acme', slug } });
    expect(refused).toMatchObject({ status: 409, body: { code: 'slug_taken', errors: [{ pointer: '/slug' }] } });
    expect((await server.api.post('/auth/login', { email, password: goodPassword })).status).toBe(401);
  });

  it.each(['admin', 'www', 'api', 'auth'])('the reserved slug %s is refused', async (slug) => {
    const { status, body } = await server.api.post('/auth/signup', { email: server.world.email(), password: goodPassword, name: 'Ada', organization: { name: 'Acme', slug } });
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'reserved_slug' });
  });

  it.each(['password123', 'qwertyuiop1', '1234567890', 'aaaaaaaaaaaa', 'ada.lovelace1'])('the weak password %s is refused', async (password) => {
    const { status, body } = await server.api.post('/auth/signup', { email: server.world.email('ada'), password, name: 'Ada Lovelace', organization: { name: 'Acme' } });
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'weak_password' });
  });

  it.each([
    { role: 'owner' },
    { isAdmin: true },
    { emailVerified: true },
    { userId: '00000000-0000-4000-8000-000000000000' },
    { organizationId: '00000000-0000-4000-8000-000000000000' },
  ])('the unknown field %j is refused', async (extra) => {
    const { status, body } = await server.api.post('/auth/signup', { email: server.world.email(), password: goodPassword, name: 'Ada', organization: { name: 'Acme' }, ...extra });
    expect(status).toBe(400);
    expect(body.errors[0]).toMatchObject({ pointer: `/${Object.keys(extra)[0]}`, code: 'unknown_field' });
  });

  it('another spelling of a mailbox with quotation marks is refused', async () => {
    const [name] = server.world.email().split('@');
    for (const email of [`"${name}"@example.com`, `"\\${name}"@example.com`]) {
      const { status, body } = await server.api.post('/auth/signup', { email, password: goodPassword, name: 'Ada', organization: { name: 'Acme' } });
      expect({ status, pointer: body.errors?.[0]?.pointer }).toEqual({ status: 400, pointer: '/email' });
    }
  });

  it('a known address gets the same answer, and both accounts stay separate', async () => {
    const email = server.world.email();
    const first = await server.api.post('/auth/signup', { email, password: goodPassword, name: 'First', organization: { name: 'First' } });
    const second = await server.api.post('/auth/signup', { email, password: 'another long passphrase', name: 'Second', organization: { name: 'Second' } });
    expect(second.status).toBe(first.status);
    expect(Object.keys(second.body).sort()).toEqual(Object.keys(first.body).sort());
    expect(second.body.user.id).not.toBe(first.body.user.id);
    const login = await server.api.post('/auth/login', { email, password: 'another long passphrase' });
    expect(decodeJwt(login.body.accessToken).sub).toBe(second.body.user.id);
  });
});

describe('verifying an address', () => {
  it('the mailed link works once and starts with APP_URL, not with the Host header', async () => {
    const email = server.world.email();
    const headers = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', 'x-forwarded-proto': 'gopher' };
    const { body } = await server.api.with(headers).post('/auth/signup', { email, password: goodPassword, name: 'Ada', organization: { name: 'Acme' } });
    const { token, mail } = await server.mailbox.waitFor(email, 'Confirm');
    expect(mail.text).toContain('https://app.tenantry.test/verify-email?token=');
    expect(mail.text).not.toContain('evil.example');
    const attempts = await Promise.all([1, 2, 3].map(() => server.api.post('/auth/email/verify', { token, password: goodPassword })));
    expect(attempts.map(({ status }) => status).sort()).toEqual([204, 410, 410]);
    expect((await server.api.as(body.accessToken).get('/auth/me')).body.user.emailVerified).toBe(true);
  });

  it('each mailed link works until one is used', async () => {
    const { api, email } = await server.world.signUp();
    const { token: old } = await server.mailbox.waitFor(email, 'Confirm');
    expect((await api.post('/auth/email/resend')).status).toBe(204);
    const { token: renewed } = await server.mailbox.waitFor(email, 'Confirm', 2);
    expect((await api.post('/auth/email/verify', { token: old })).status).toBe(204);
    expect((await api.post('/auth/email/verify', { token: renewed })).status).toBe(410);
  });
});

describe('signing in', () => {
  it('a wrong password and an unknown address get the same answer', async () => {
    const { email } = await server.world.owner();
    const wrong = await server.api.post('/auth/login', { email, password: 'not the right password' });
    const unknown = await server.api.post('/auth/login', { email: server.world.email(), password: 'not the right password' });
    expect(wrong.status).toBe(401);
    expect({ ...wrong.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
  });

  it('a login selects the requested organization only for its members', async () => {
    const [a, b] = await server.world.twoTenants();
    const foreign = await server.api.post('/auth/login', { email: a.email, password: goodPassword, organizationId: b.organizationId });
    expect(foreign).toMatchObject({ status: 404, body: { code: 'organization_not_found' } });
    const own = await server.api.post('/auth/login', { email: a.email, password: goodPassword, organizationId: a.organizationId });
    expect(decodeJwt(own.body.accessToken)).toMatchObject({ org: a.organizationId });
  });

  it('access tokens are signed with a published ES256 key', async () => {
    const { accessToken } = await server.world.owner();
    const { body: jwks, headers } = await server.api.get('//.well-known/jwks.json');
    expect(headers.get('cache-control')).toContain('public');
    expect(JSON.stringify(jwks)).not.toContain('"d"');
    const { payload, protectedHeader } = await jwtVerify(accessToken, createLocalJWKSet(jwks), { issuer: 'https://app.tenantry.test', audience: 'tenantry' });
    expect(protectedHeader.alg).toBe('ES256');
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
  });
});

describe('access tokens', () => {
  const forged = async (token: string, change: (claims: Record<string, unknown>, header: Record<string, unknown>) => void): Promise<string> => {
    const claims = decodeJwt(token) as Record<string, unknown>;
    const header = decodeProtectedHeader(token) as Record<string, unknown>;
    change(claims, header);
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${encode(header)}.${encode(claims)}.${header['alg'] === 'none' ? '' : token.split('.')[2]}`;
  };

  it('a token with a changed claim, algorithm none or another key is refused', async () => {
    const [a, b] = await server.world.twoTenants();
    const stranger = await generateKeyPair('ES256');
    const claims = decodeJwt(a.accessToken);
    const { kid } = decodeProtectedHeader(a.accessToken);
    const jwks = (await server.api.get('//.well-known/jwks.json')).body;
    const publicPem = Buffer.from(JSON.stringify(jwks.keys[0]));
    const tokens = [
      await forged(a.accessToken, (c) => (c['org'] = b.organizationId)),
      await forged(a.accessToken, (c) => (c['sub'] = b.userId)),
      await forged(a.accessToken, (_, header) => (header['alg'] = 'none')),
      await forged(a.accessToken, (_, header) => (header['kid'] = 'another')),
      await forged(a.accessToken, (_, header) => (header['kid'] = "' or 1=1--")),
      await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: kid as string }).sign(stranger.privateKey),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: kid as string }).sign(publicPem),
      a.refreshToken,
      'garbage',
      `${a.accessToken}x`,
    ];
    for (const token of tokens) {
      expect(await server.api.as(token).get('/auth/me')).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    }
    expect(await server.api.get('/auth/me')).toMatchObject({ status: 401, body: { code: 'authentication_required' } });
  });

  it('a token is accepted only alone in its header', async () => {
    const { accessToken } = await server.world.owner();
    const answers = await Promise.all(
      ['Bearer ', 'bearer ', 'Bearer  ', 'Bearer x ', 'x Bearer '].flatMap((before) =>
        ['', ' x', '.x', ','].map(async (after) => `${before}${after}: ${(await server.api.with({ authorization: `${before}${accessToken}${after}` }).get('/auth/me')).status}`),
      ),
    );
    expect(answers.filter((answer) => answer.endsWith('200'))).toEqual(['Bearer : 200', 'bearer : 200']);
    expect(answers.filter((answer) => answer.endsWith('401'))).toHaveLength(18);
  });

  it('a token with a wrong audience, time or session is refused despite a valid signature', async () => {
    const { accessToken } = await server.world.owner();
    const { kid, jwk } = await server.control.signingKey();
    const key = await importJWK(jwk, 'ES256');
    const claims = decodeJwt(accessToken);
    const sign = (change: object): Promise<string> => new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid }).sign(key);
    expect((await server.api.as(await sign({})).get('/auth/me')).status).toBe(200);
    const now = Math.floor(Date.now() / 1000);
    for (const change of [
      { iss: 'https://evil.example' },
      { aud: 'another' },
      { nbf: now + 3600 },
      { sid: undefined },
      { sub: 'x' },
      { sid: '0192b8a0-0000-7000-8000-000000000000' },
    ]) {
      expect((await server.api.as(await sign(change)).get('/auth/me')).status).toBe(401);
    }
    expect(await server.api.as(await sign({ exp: now - 1 })).get('/auth/me')).toMatchObject({ status: 401, body: { code: 'token_expired' } });
  });

  it('an access token is not accepted as refresh token', async () => {
    const { accessToken } = await server.world.owner();
    expect((await server.api.post('/auth/refresh', { refreshToken: accessToken.slice(0, 200) })).status).toBe(401);
  });
});

describe('refreshing', () => {
  const refresh = (refreshToken: string): Promise<Answer> => server.api.post('/auth/refresh', { refreshToken });
  const me = ({ body }: Answer): Promise<Answer> => server.api.as(body.accessToken).get('/auth/me');
  const reused = { status: 401, body: { code: 'refresh_token_reused' } };

  /** Expects that a token counts as stolen, which ends the session of an answer. */
  async function expectTheft(refreshToken: string, session: Answer): Promise<void> {
    expect(await refresh(refreshToken)).toMatchObject(reused);
    expect(await refresh(session.body.refreshToken)).toMatchObject({ status: 401, body: { code: 'invalid_refresh_token' } });
    expect(await me(session)).toMatchObject({ status: 401, body: { code: 'session_ended' } });
  }

  it('a refresh token whose answer was lost gives the same new one again, until that is used', async () => {
    const { refreshToken } = await server.world.owner();
    const [lost, kept] = [await refresh(refreshToken), await refresh(refreshToken)];
    expect([lost.status, kept.status, kept.body.refreshToken === lost.body.refreshToken, lost.body.refreshToken === refreshToken]).toEqual([200, 200, true, false]);
    for (const answer of [lost, kept]) expect((await me(answer)).status).toBe(200);
    const next = await refresh(kept.body.refreshToken);
    expect([next.status, next.body.refreshToken === kept.body.refreshToken]).toEqual([200, false]);
    await expectTheft(refreshToken, next);
  });

  it('a refresh token that was replaced twice ends the session, however soon it is used again', async () => {
    const { refreshToken } = await server.world.owner();
    const second = await refresh((await refresh(refreshToken)).body.refreshToken);
    await expectTheft(refreshToken, second);
  });

  it('a refresh token that is used again after the grace ends the session', async () => {
    const { refreshToken, userId } = await server.world.owner();
    const answer = await refresh(refreshToken);
    const age = (seconds: number): Promise<unknown> =>
      database.query(
        `update refresh_tokens set used_at = now() - $2 * interval '1 second' where used_at is not null and session_id in (select id from sessions where user_id = $1)`,
        [userId, seconds],
      );
    await age(15);
    expect((await refresh(refreshToken)).body.refreshToken).toBe(answer.body.refreshToken);
    await age(31);
    await expectTheft(refreshToken, answer);
  });

  it('a second use of a refresh token ends the session of an installation without a grace', async () => {
    const strict = await startTestServer({ REFRESH_GRACE: '0' });
    try {
      const { refreshToken } = await server.world.owner();
      expect((await strict.api.post('/auth/refresh', { refreshToken })).status).toBe(200);
      expect(await strict.api.post('/auth/refresh', { refreshToken })).toMatchObject(reused);
    } finally {
      await strict.close();
    }
  });

  it('parallel refreshes with one token all get the same new token, which works', async () => {
    const { refreshToken, userId } = await server.world.owner();
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ body }) => body.refreshToken as string)).size).toBe(1);
    const { rows } = await database.query('select count(*)::int as tokens from refresh_tokens t join sessions s on s.id = t.session_id where s.user_id = $1', [userId]);
    expect(rows).toEqual([{ tokens: 2 }]);
    expect((await refresh(answers[0]?.body.refreshToken)).status).toBe(200);
  });

  it('no token of a session that has ended works again within the grace', async () => {
    const owner = await server.world.owner();
    const answer = await refresh(owner.refreshToken);
    await server.api.as(answer.body.accessToken).post('/auth/logout');
    for (const token of [owner.refreshToken, answer.body.refreshToken as string])
      expect(await refresh(token)).toMatchObject({ status: 401, body: { code: 'invalid_refresh_token' } });
  });

  it('refresh keeps the selected organization', async () => {
    const owner = await server.world.owner();
    const { body: other } = await owner.api.post('/organizations', { name: 'Second' });
    await owner.api.post('/auth/switch-organization', { organizationId: other.id });
    const refreshed = await server.api.post('/auth/refresh', { refreshToken: owner.refreshToken });
    expect(decodeJwt(refreshed.body.accessToken)).toMatchObject({ org: other.id });
  });
});

describe('the purge of ended sessions', () => {
  it('ended sessions with refresh tokens, expired tokens and delivered mail are deleted after a month', async () => {
    const { api, email, refreshToken, userId } = await server.world.signUp({ verified: true });
    await server.api.post('/auth/login', { email, password: goodPassword });
    await api.post('/auth/logout');
    const count = async (sql: string): Promise<number> => Number((await database.query<{ count: string }>(sql, [sql.includes('recipient') ? email : userId])).rows[0]?.count);
    const left = async (): Promise<number[]> => [
      await count('select count(*) from sessions where user_id = $1'),
      await count('select count(*) from refresh_tokens t join sessions s on s.id = t.session_id where s.user_id = $1'),
      await count('select count(*) from user_tokens where user_id = $1'),
      await count('select count(*) from mail_messages where recipient = $1'),
    ];
    await server.control.runJob('purge-sessions', new Date('2026-01-01T03:40:00Z'));
    expect(await left()).toEqual([2, 2, 1, 1]);
    // That a mail was sent is written after its delivery.
    const sent = (): Promise<number> => count(`select count(*) from mail_messages where recipient = $1 and status = 'sent'`);
    expect(await eventually(sent, Boolean)).toBe(1);
    const ahead = new Date(Date.now() + 35 * 24 * 3600 * 1000);
    await Promise.all(['purge-sessions', 'purge-mail'].map((name) => server.control.runJob(name, ahead)));
    expect(await left()).toEqual([1, 1, 0, 0]);
    expect((await server.api.post('/auth/refresh', { refreshToken })).body.code).toBe('invalid_refresh_token');
  });
});

describe('the current user', () => {
  it('is described with all organizations that are not deleted, oldest first, however many they are', async () => {
    const owner = await server.world.owner();
    await database.query(
      `with added as (insert into organizations (id, name, slug, plan, deleted_at)
         select gen_random_uuid(), n, 'listed-' || n || '-' || gen_random_uuid(), 'free', case when n = 7 then now() end from generate_series(1, 150) n returning id, name)
       insert into memberships (organization_id, id, user_id, role, created_at) select id, gen_random_uuid(), $1, 'member', now() - make_interval(days => name::int) from added`,
      [owner.userId],
    );
    const { body } = await owner.api.get('/auth/me');
    const others = Array.from({ length: 150 }, (_, index) => String(150 - index)).filter((name) => name !== '7');
    expect(body.memberships.map(({ organization }: { organization: { name: string } }) => organization.name)).toEqual([...others, body.activeOrganization.name]);
    expect(body).toMatchObject({ role: 'owner', activeOrganization: { id: owner.organizationId }, twoFactorEnabled: false });
  });
});

describe('sessions', () => {
  it('sessions are listed with their device, and end individually or all except the current one', async () => {
    const { email, api } = await server.world.owner();
    const logIn = async (agent: string): Promise<string> =>
      (await server.api.with({ 'user-agent': agent }).post('/auth/login', { email, password: goodPassword })).body.accessToken;
    const [phone, tablet] = [await logIn('Phone'), await logIn('Tablet')];
    const { body } = await api.get('/auth/sessions');
    expect(body.data.map(({ userAgent }: { userAgent: string }) => userAgent)).toEqual(expect.arrayContaining(['Phone', 'Tablet']));
    expect(body.data.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    const phoneSession = body.data.find(({ userAgent }: { userAgent: string }) => userAgent === 'Phone');
    expect((await api.delete(`/auth/sessions/${phoneSession.id}`)).status).toBe(204);
    expect((await server.api.as(phone).get('/auth/me')).status).toBe(401);
    expect((await server.api.as(tablet).delete('/auth/sessions')).status).toBe(204);
    expect((await api.get('/auth/me')).status).toBe(401);
    expect((await server.api.as(tablet).get('/auth/me')).status).toBe(200);
  });

  it('sessions of another user cannot be ended', async () => {
    const [a, b] = await server.world.twoTenants();
    const session = (await b.api.get('/auth/sessions')).body.data[0];
    expect((await a.api.delete(`/auth/sessions/${session.id}`)).status).toBe(404);
    expect((await b.api.get('/auth/me')).status).toBe(200);
  });

  it('logout ends the session', async () => {
    const { api, refreshToken } = await server.world.owner();
    expect((await api.post('/auth/logout')).status).toBe(204);
    expect((await api.get('/auth/me')).status).toBe(401);
    expect((await server.api.post('/auth/refresh', { refreshToken })).status).toBe(401);
  });
});
