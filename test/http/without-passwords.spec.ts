import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import pg from 'pg';
import type { Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { presetWith } from '../support/preset.js';
import { goodPassword } from '../support/world.js';

// A product that offers no passwords (docs/accounts.md, Without passwords).

let server: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer({ CATALOG: presetWith('default', [[['signIn'], { password: false, mail: true }]]) });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

const off = { status: 403, body: { code: 'sign_in_method_off', methods: ['mail', 'passkey', 'sso'] } };
const body = (email: string, rest: object = {}): object => ({ email, name: 'Ada', organization: { name: server.world.unique('org') }, ...rest });

async function signUp(): Promise<{ api: Client; email: string; home: string; organizationId: string; accessToken: string }> {
  const email = server.world.email();
  const { status, body: made } = await server.api.post('/auth/signup', body(email));
  expect(status).toBe(201);
  const { accessToken, organization } = made;
  return { api: server.api.as(accessToken), email, home: `/organizations/${organization.id}`, organizationId: organization.id, accessToken };
}

async function signIn(email: string, count = 1): Promise<Client> {
  await server.api.post('/auth/mail/start', { email });
  const { token } = await server.mailbox.waitFor(email, 'Sign in', count);
  return server.api.as((await server.api.post('/auth/mail/complete', { token })).body.accessToken);
}

describe('without passwords', () => {
  it('users sign up, and sign in by mail later', async () => {
    const { email, api, home } = await signUp();
    expect((await api.get(home)).status).toBe(200);
    const later = await signIn(email);
    expect((await later.get('/auth/me')).body.user).toMatchObject({ email, emailVerified: true });
    expect((await later.get(home)).status).toBe(200);
  });

  it('a new account that has proved nothing counts as no way to sign in', async () => {
    const { email, api, home, organizationId, accessToken } = await signUp();
    await database.query('update users set email_verified_at = now() where email = $1', [email]);
    const owner = await signIn(email);
    const invite = async (delivery: string): Promise<Client> => {
      const guest = server.world.email('guest');
      const { body: made } = await owner.post(`${home}/invitations`, { email: guest, role: 'member', delivery });
      const token = delivery === 'link' ? new URL(made.data[0].link).searchParams.get('token') : (await server.mailbox.waitFor(guest)).token;
      return server.api.as((await server.api.post('/invitations/accept', { token, name: 'Grace' })).body.accessToken);
    };
    const [byLink, byMail] = [await invite('link'), await invite('mail')];
    await database.query(`update organizations set plan = 'enterprise' where id = $1`, [organizationId]);
    expect(await owner.patch('/tenant/security', { signInMethods: ['mail'] })).toMatchObject({ status: 200 });
    const statuses = await Promise.all([api, owner, byLink, byMail].map(async (each) => (await each.get(home)).status));
    expect(statuses).toEqual([403, 200, 403, 200]);
    expect(decodeJwt(accessToken)).not.toHaveProperty('amr');
  });

  it.each([
    ['a sign-up', '/auth/signup', () => body('ada@example.com', { password: goodPassword })],
    ['a login', '/auth/login', () => ({ email: 'ada@example.com', password: goodPassword })],
    ['a forgotten password', '/auth/password/forgot', () => ({ email: 'ada@example.com' })],
    ['a reset', '/auth/password/reset', () => ({ token: 'a'.repeat(43), newPassword: goodPassword })],
  ])('%s with a password is refused', async (_, path, content) => {
    expect(await server.api.post(path, content())).toMatchObject(off);
  });

  it('a signed-in user has no password to change, to prove or to send', async () => {
    const { api } = await signUp();
    expect(await api.post('/auth/password/change', { currentPassword: goodPassword, newPassword: `${goodPassword} 2` })).toMatchObject(off);
    expect(await api.post('/auth/reauthenticate', { password: goodPassword })).toMatchObject(off);
    expect(await api.request('DELETE', '/users/me', { currentPassword: goodPassword })).toMatchObject(off);
  });

  it('another address and the end of the account need a recent login', async () => {
    const { api, email, home } = await signUp();
    await database.query(`update sessions set authenticated_at = now() - interval '11 minutes' where user_id = (select id from users where email = $1)`, [email]);
    const old = { status: 401, body: { code: 'recent_login_required', maxAge: 600 } };
    expect(await api.patch('/users/me', { email: server.world.email() })).toMatchObject(old);
    expect(await api.request('DELETE', '/users/me', {})).toMatchObject(old);
    const fresh = await signIn(email);
    const other = server.world.email();
    expect(await fresh.patch('/users/me', { email: other })).toMatchObject({ status: 200, body: { pendingEmail: other } });
    expect(await fresh.request('DELETE', '/users/me', {})).toMatchObject({ status: 409, body: { code: 'last_owner' } });
    expect((await fresh.delete(home)).status).toBeLessThan(300);
    expect((await fresh.request('DELETE', '/users/me', {})).status).toBe(204);
  });

  it('an invited person joins with a name only', async () => {
    const owner = await signUp();
    const verified = await signIn(owner.email);
    const email = server.world.email('invited');
    const { status, text } = await verified.post(`${owner.home}/invitations`, { email, role: 'member' });
    expect([status, text]).toEqual([201, expect.any(String)]);
    const { token } = await server.mailbox.waitFor(email);
    expect(await server.api.post('/invitations/accept', { token, name: 'Grace', password: goodPassword })).toMatchObject(off);
    const accepted = await server.api.post('/invitations/accept', { token, name: 'Grace' });
    expect(accepted).toMatchObject({ status: 201, body: { role: 'member' } });
    expect((await (await signIn(email)).get(owner.home)).status).toBe(200);
  });
});

describe('without passwords and sign-in by mail', () => {
  const refused = { status: 403, body: { code: 'sign_in_method_off', methods: ['passkey', 'provider', 'sso'] } };
  let alone: TestServer;
  beforeAll(async () => {
    const provider = { LABEL: 'Acme', ISSUER: 'http://127.0.0.1:1', CLIENT_ID: 'tenantry', CLIENT_SECRET: 'secret' };
    const settings = Object.fromEntries(Object.entries(provider).map(([name, value]) => [`AUTH_PROVIDER_ACME_${name}`, value]));
    alone = await startTestServer({ CATALOG: presetWith('default', [[['signIn'], { password: false, mail: false }]]), AUTH_PROVIDERS: 'acme', ...settings });
  });
  afterAll(() => alone.close());

  it('no account is made to which nobody could sign in', async () => {
    expect(await alone.api.post('/auth/signup', body(server.world.email()))).toMatchObject(refused);
    const { api, home } = await signUp();
    const { body: made } = await api.post(`${home}/invitations`, { email: server.world.email('guest'), role: 'member', delivery: 'link' });
    const token = new URL(made.data[0].link).searchParams.get('token');
    expect(await alone.api.post('/invitations/accept', { token, name: 'Grace' })).toMatchObject(refused);
    // It is still open.
    expect((await server.api.post('/invitations/accept', { token, name: 'Grace' })).status).toBe(201);
  });
});
