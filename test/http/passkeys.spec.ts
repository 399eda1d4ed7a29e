import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Answer, Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { registerPasskey, SoftwareAuthenticator, type Faults } from '../support/software-authenticator.js';
import { codeOf } from '../support/totp.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer();
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 2 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
/** The code of an authenticator app, some milliseconds ahead. */
const invalid = { status: 401, code: 'invalid_passkey' };

const register = ({ api }: Person, name?: string) => registerPasskey(api, name);

async function challenge(api: Client = server.api): Promise<Record<string, unknown>> {
  return (await api.post('/auth/passkeys/challenge')).body.options;
}

const signIn = async (device: SoftwareAuthenticator, faults: Faults = {}): Promise<Answer> =>
  server.api.post('/auth/passkeys/login', { credential: device.get(await challenge(), faults) });

it('registers, lists, renames and removes a passkey, with mails, and signs in without an address', async () => {
  const owner = await server.world.owner({ verified: true });
  const { device, id } = await register(owner);
  await server.mailbox.waitFor(owner.email, 'A passkey was added');
  expect((await owner.api.patch(`/auth/passkeys/${id}`, { name: 'Old phone' })).body.name).toBe('Old phone');
  const signedIn = await signIn(device);
  expect(signedIn.status).toBe(200);
  const me = (await server.api.as(signedIn.body.accessToken).get('/auth/me')).body;
  expect(me).toMatchObject({ user: { id: owner.userId }, activeOrganization: { id: owner.organizationId } });
  const { data } = (await owner.api.get('/auth/passkeys')).body;
  expect(data).toMatchObject([{ id, name: 'Old phone', counterRegressedAt: null }]);
  expect(data[0].lastUsedAt).not.toBeNull();
  expect((await owner.api.delete(`/auth/passkeys/${id}`)).status).toBe(204);
  await server.mailbox.waitFor(owner.email, 'A passkey was removed');
  expect((await server.api.as(signedIn.body.accessToken).get('/auth/me')).status).toBe(401);
  expect(refusal(await signIn(device))).toEqual(invalid);
});

it('proves the user again, in the session that asked, and completes a login with a password', async () => {
  const owner = await server.world.owner({ verified: true });
  const { device } = await register(owner);
  await database.query(`update sessions set authenticated_at = now() - interval '31 minutes' where user_id = $1`, [owner.userId]);
  expect(refusal(await owner.api.post('/auth/passkeys/options'))).toEqual({ status: 401, code: 'recent_login_required' });
  const other = await server.world.owner({ verified: true });
  expect(refusal(await owner.api.post('/auth/reauthenticate', { passkey: device.get(await challenge(other.api)) }))).toEqual(invalid);
  expect(refusal(await owner.api.post('/auth/reauthenticate', { passkey: device.get(await challenge()) }))).toEqual(invalid);
  const { accessToken } = (await signIn(device)).body;
  expect(refusal(await owner.api.post('/auth/reauthenticate', { passkey: device.get(await challenge(server.api.as(accessToken))) }))).toEqual(invalid);
  expect(refusal(await server.api.post('/auth/passkeys/login', { credential: device.get(await challenge(owner.api)) }))).toEqual(invalid);
  const theirs = await register(other);
  expect(refusal(await owner.api.post('/auth/reauthenticate', { passkey: theirs.device.get(await challenge(owner.api)) }))).toEqual(invalid);
  expect(refusal(await owner.api.post('/auth/passkeys/options'))).toEqual({ status: 401, code: 'recent_login_required' });
  expect((await owner.api.post('/auth/reauthenticate', { passkey: device.get(await challenge(owner.api)) })).status).toBe(204);
  const { secret } = (await owner.api.post('/auth/mfa/totp')).body;
  expect((await owner.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) })).status).toBe(200);
  const { mfaToken } = (await server.api.post('/auth/login', { email: owner.email, password: goodPassword })).body;
  expect(refusal(await server.api.post('/auth/mfa/verify', { mfaToken, passkey: theirs.device.get(await challenge()) }))).toEqual(invalid);
  expect(refusal(await server.api.post('/auth/mfa/verify', { mfaToken, passkey: device.get(await challenge(), { userVerified: false }) }))).toEqual(invalid);
  expect(refusal(await server.api.post('/auth/mfa/verify', { mfaToken }))).toEqual({ status: 400, code: 'malformed_request' });
  const completed = await server.api.post('/auth/mfa/verify', { mfaToken, passkey: device.get(await challenge()) });
  expect(completed.status).toBe(200);
  expect((await server.api.as(completed.body.accessToken).get('/auth/me')).body.user.id).toBe(owner.userId);
});

it('a session that a passkey began counts as signed in with a second factor, without a code', async () => {
  const owner = await server.world.owner({ verified: true });
  const { device } = await register(owner);
  const { accessToken } = (await signIn(device)).body;
  const withPasskey = server.api.as(accessToken);
  expect((await withPasskey.patch('/tenant/security', { mfaRequired: true })).status).toBe(200);
  expect(refusal(await owner.api.get(owner.home))).toEqual({ status: 403, code: 'second_factor_required' });
  expect((await withPasskey.get(owner.home)).status).toBe(200);
  const { data } = (await withPasskey.get('/auth/passkeys')).body;
  expect(refusal(await withPasskey.delete(`/auth/passkeys/${data[0].id}`))).toEqual({ status: 409, code: 'second_factor_needed' });
});

it('the passkeys of a user who becomes an operator end', async () => {
  const owner = await server.world.owner({ verified: true });
  const { device } = await register(owner);
  const { email } = await server.control.createOperator(server.world.email('operator'));
  const { accessToken } = (await server.api.post('/auth/login', { email, password: goodPassword })).body;
  expect((await server.api.as(accessToken).post('/platform/admins', { userId: owner.userId })).status).toBe(201);
  expect(refusal(await signIn(device))).toEqual(invalid);
  expect((await owner.api.get('/auth/passkeys')).body.data).toEqual([]);
});

it('the registration is refused for another origin, domain, user, session and purpose, without user verification, and a second time', async () => {
  const [owner, other] = [await server.world.owner({ verified: true }), await server.world.owner({ verified: true })];
  const optionsOf = async ({ api }: Person) => (await api.post('/auth/passkeys/options')).body.options;
  const add = async (credential: object): Promise<unknown> => refusal(await owner.api.post('/auth/passkeys', { name: 'Phone', credential }));
  const wrong = { status: 400, code: 'invalid_passkey_registration' };
  const faults: readonly Faults[] = [{ origin: 'https://evil.example' }, { rpId: 'evil.example' }, { userVerified: false }, { challenge: 'AAAA' }, { type: 'webauthn.get' }];
  for (const fault of faults) expect({ fault, refused: await add(new SoftwareAuthenticator().create(await optionsOf(owner), fault)) }).toEqual({ fault, refused: wrong });
  expect(await add(new SoftwareAuthenticator().create(await optionsOf(other)))).toEqual(wrong);
  const forSignIn = { ...(await optionsOf(owner)), challenge: (await challenge(owner.api))['challenge'] };
  expect(await add(new SoftwareAuthenticator().create(forSignIn))).toEqual(wrong);
  const credential = new SoftwareAuthenticator().create(await optionsOf(owner));
  expect(await add(credential)).toEqual({ status: 201, code: undefined });
  expect(await add(credential)).toEqual(wrong);
});

it('the age of the password does not close a session that a passkey began', async () => {
  const owner = await server.world.owner({ verified: true });
  const { device } = await register(owner);
  const { accessToken } = (await signIn(device)).body;
  expect((await owner.api.patch('/tenant/settings', { password_expiry_days: 90 })).status).toBe(200);
  await database.query(`update users set password_changed_at = now() - interval '91 days' where id = $1`, [owner.userId]);
  expect(refusal(await owner.api.get(owner.home))).toEqual({ status: 403, code: 'password_expired' });
  expect((await server.api.as(accessToken).get(owner.home)).status).toBe(200);
});

it('pages of other origins get no options', async () => {
  const evil = server.api.with({ origin: 'https://evil.example' });
  expect((await evil.post('/auth/passkeys/challenge')).status).toBe(403);
});

it('a verified custom domain has passkeys of its own, and one that is not verified has none', async () => {
  const owner = await server.world.owner({ verified: true });
  await database.query(`update organizations set plan = 'enterprise' where id = $1`, [owner.organizationId]);
  const host = `${server.world.unique('learn')}.example.org`;
  const insert = `insert into domains (organization_id, id, kind, name, dns_token, grade, verified_at) values ($1, gen_random_uuid(), 'host', $2, 'x', $3, $4)`;
  const origin = `https://${host}`;
  const page = server.api.with({ origin });
  await database.query(insert, [owner.organizationId, `pending.${host}`, null, null]);
  expect((await server.api.with({ origin: `https://pending.${host}` }).post('/auth/passkeys/challenge')).status).toBe(403);
  await database.query(insert, [owner.organizationId, host, 'ownership', new Date()]);
  const { device } = await registerPasskey(owner.api.with({ origin }), 'There', origin);
  expect((await owner.api.get('/auth/passkeys')).body.data).toMatchObject([{ rpId: host }]);
  expect((await server.api.post('/auth/passkeys/login', { credential: device.get(await challenge(page)) })).status).toBe(200);
  const elsewhere = await challenge();
  expect(refusal(await server.api.post('/auth/passkeys/login', { credential: device.get(elsewhere) }))).toEqual(invalid);
  const appOrigin = { origin: 'https://app.tenantry.test' };
  expect(refusal(await server.api.post('/auth/passkeys/login', { credential: device.get(await challenge(), appOrigin) }))).toEqual(invalid);
});

it('the passkeys of a custom domain work only while the same organization has the domain', async () => {
  const [owner, next] = [await server.world.owner({ verified: true }), await server.world.owner({ verified: true })];
  await database.query(`update organizations set plan = 'enterprise' where id = any($1)`, [[owner.organizationId, next.organizationId]]);
  // Below the domain of APP_URL, where a custom domain shares no passkeys either.
  const host = `${server.world.unique('learn')}.app.tenantry.test`;
  const origin = `https://${host}`;
  const page = server.api.with({ origin });
  const hand = async ({ organizationId }: Person): Promise<void> => {
    await database.query(`delete from domains where name = $1`, [host]);
    await database.query(
      `insert into domains (organization_id, id, kind, name, dns_token, grade, verified_at) values ($1, gen_random_uuid(), 'host', $2, 'x', 'ownership', now())`,
      [organizationId, host],
    );
  };
  const login = async (): Promise<unknown> => {
    const { body } = await eventually(
      () => page.post('/auth/passkeys/challenge'),
      ({ status }) => status === 200,
    );
    return refusal(await server.api.post('/auth/passkeys/login', { credential: device.get(body.options) }));
  };
  await hand(owner);
  const { device } = await registerPasskey(owner.api.with({ origin }), 'There', origin);
  expect((await owner.api.get('/auth/passkeys')).body.data).toMatchObject([{ rpId: host }]);
  expect(await login()).toEqual({ status: 200, code: undefined });
  const early = await challenge(page);
  await hand(next);
  await eventually(login, (answer) => (answer as { status: number }).status === 401);
  expect(await login()).toEqual(invalid);
  expect(refusal(await server.api.post('/auth/passkeys/login', { credential: device.get(early) }))).toEqual(invalid);
  await hand(owner);
  await eventually(login, (answer) => (answer as { status: number }).status === 200);
});

it('pages of CORS_ORIGINS have passkeys of their own, and those below APP_URL share its passkeys', async () => {
  const own = await startTestServer({ CORS_ORIGINS: 'https://console.example.org,https://help.app.tenantry.test' });
  try {
    const owner = await own.world.owner({ verified: true });
    const [there, below] = ['https://console.example.org', 'https://help.app.tenantry.test'];
    const { device } = await registerPasskey(owner.api.with({ origin: there }), 'There', there);
    await registerPasskey(owner.api.with({ origin: below }), 'Below', below);
    expect((await owner.api.get('/auth/passkeys')).body.data).toMatchObject([{ rpId: 'console.example.org' }, { rpId: 'app.tenantry.test' }]);
    expect((await own.api.post('/auth/passkeys/login', { credential: device.get(await challenge(own.api.with({ origin: there }))) })).status).toBe(200);
  } finally {
    await own.close();
  }
});

it('a user has at most 20 passkeys, also when the options were asked for before', async () => {
  const owner = await server.world.owner({ verified: true });
  await register(owner);
  const { options } = (await owner.api.post('/auth/passkeys/options')).body;
  await database.query(
    `insert into passkeys (id, user_id, name, credential_id, public_key, rp_id, transports, backed_up)
     select gen_random_uuid(), user_id, name, uuid_send(gen_random_uuid()), public_key, rp_id, transports, backed_up from passkeys, generate_series(1, 19) where user_id = $1`,
    [owner.userId],
  );
  const tooMany = { status: 409, code: 'too_many_passkeys' };
  expect(refusal(await owner.api.post('/auth/passkeys/options'))).toEqual(tooMany);
  expect(refusal(await owner.api.post('/auth/passkeys', { name: 'Phone', credential: new SoftwareAuthenticator().create(options) }))).toEqual(tooMany);
});

it('an operator needs a session with a second factor for a passkey', async () => {
  const { email } = await server.control.createOperator(server.world.email('operator'));
  const { accessToken } = (await server.api.post('/auth/login', { email, password: goodPassword })).body;
  const operator = server.api.as(accessToken);
  const needed = { status: 403, code: 'operator_second_factor_required' };
  expect(refusal(await operator.post('/auth/passkeys/options'))).toEqual(needed);
  // The user becomes an operator while a registration is under way.
  const owner = await server.world.owner({ verified: true });
  const { options } = (await owner.api.post('/auth/passkeys/options')).body;
  expect((await operator.post('/platform/admins', { userId: owner.userId })).status).toBe(201);
  expect((await owner.api.post('/auth/passkeys', { name: 'Phone', credential: new SoftwareAuthenticator().create(options) })).status).toBeGreaterThanOrEqual(400);
  expect((await owner.api.get('/auth/passkeys')).body.data).toEqual([]);
});

it('a password reset keeps the passkeys of a verified account', async () => {
  const owner = await server.world.owner({ verified: true });
  const { device } = await register(owner);
  expect((await server.api.post('/auth/password/forgot', { email: owner.email })).status).toBeLessThan(300);
  const { token } = await server.mailbox.waitFor(owner.email, 'Reset your password');
  expect((await server.api.post('/auth/password/reset', { token, newPassword: `${goodPassword} 2` })).status).toBe(204);
  expect((await signIn(device)).status).toBe(200);
});

describe('where a second factor is required', () => {
  async function required(): Promise<{ readonly owner: Person; readonly withPasskey: Client; readonly ids: string[]; readonly secret: string }> {
    const owner = await server.world.owner({ verified: true });
    const { device, id } = await register(owner);
    const other = await register(owner, 'Key');
    const { secret } = (await owner.api.post('/auth/mfa/totp')).body;
    expect((await owner.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) })).status).toBe(200);
    const withPasskey = server.api.as((await signIn(device)).body.accessToken);
    expect((await withPasskey.patch('/tenant/security', { mfaRequired: true })).status).toBe(200);
    return { owner, withPasskey, ids: [id, other.id], secret };
  }

  it('the authenticator app can go while a passkey stays, and the last passkey stays', async () => {
    const { withPasskey, ids, secret } = await required();
    expect((await withPasskey.request('DELETE', '/auth/mfa/totp', { code: codeOf(secret, 1) })).status).toBe(204);
    expect((await withPasskey.delete(`/auth/passkeys/${ids[1]}`)).status).toBe(204);
    expect(refusal(await withPasskey.delete(`/auth/passkeys/${ids[0]}`))).toEqual({ status: 409, code: 'second_factor_needed' });
  });

  it('of parallel removals of all factors, one is refused', async () => {
    const { owner, ids, secret } = await required();
    const statuses = await Promise.all([
      ...ids.map(async (id) => (await owner.api.delete(`/auth/passkeys/${id}`)).status),
      owner.api.request('DELETE', '/auth/mfa/totp', { code: codeOf(secret, 1) }).then(({ status }) => status),
    ]);
    expect(statuses).not.toEqual([204, 204, 204]);
    const { rows } = await database.query(`select (select count(*) from passkeys where user_id = $1) + (select count(*) from second_factors where user_id = $1) as left`, [
      owner.userId,
    ]);
    expect(Number(rows[0].left)).toBeGreaterThan(0);
  });
});

it('a disabled user cannot sign in with a passkey', async () => {
  const owner = await server.world.owner({ verified: true });
  const { device } = await register(owner);
  await database.query('update users set disabled_at = now() where id = $1', [owner.userId]);
  expect(refusal(await signIn(device))).toEqual(invalid);
});

describe('an answer that is refused', () => {
  let owner: Person;
  let device: SoftwareAuthenticator;
  beforeAll(async () => {
    owner = await server.world.owner({ verified: true });
    ({ device } = await register(owner));
  });

  const faults: readonly (readonly [string, Faults])[] = [
    ['of another origin', { origin: 'https://evil.example' }],
    ['for another domain', { rpId: 'evil.example' }],
    ['without a verified user', { userVerified: false }],
    ['with another challenge', { challenge: 'AAAA' }],
    ['of a registration', { type: 'webauthn.create' }],
    ['of another key', { forged: true }],
    ['with another user', { userHandle: 'AAAAAAAAAAAAAAAAAAAAAA' }],
  ];
  it.each(faults)('an answer %s is refused', async (_, fault) => {
    expect(refusal(await signIn(device, fault))).toEqual(invalid);
  });

  it('a challenge is taken once, also by an answer that is refused, and expires', async () => {
    const options = await challenge();
    expect(refusal(await server.api.post('/auth/passkeys/login', { credential: device.get(options, { forged: true }) }))).toEqual(invalid);
    expect(refusal(await server.api.post('/auth/passkeys/login', { credential: device.get(options) }))).toEqual(invalid);
    const late = await challenge();
    await database.query('update passkey_challenges set expires_at = now()');
    expect(refusal(await server.api.post('/auth/passkeys/login', { credential: device.get(late) }))).toEqual(invalid);
  });

  it('of ten equal answers at once, one signs in', async () => {
    const credential = device.get(await challenge());
    const answers = await Promise.all(Array.from({ length: 10 }, () => server.api.post('/auth/passkeys/login', { credential })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('a counter that has not grown is refused, and noted', async () => {
    expect((await signIn(device, { counter: 70 })).status).toBe(200);
    for (const counter of [70, 1, 0]) expect(refusal(await signIn(device, { counter }))).toEqual({ status: 401, code: 'passkey_counter_regressed' });
    expect((await owner.api.get('/auth/passkeys')).body.data[0].counterRegressedAt).not.toBeNull();
  });
});

it('an unverified account cannot add a passkey, and the last means to sign in stays', async () => {
  const claim = await server.world.owner();
  expect(refusal(await claim.api.post('/auth/passkeys/options'))).toEqual({ status: 403, code: 'email_not_verified' });
  const owner = await server.world.owner({ verified: true });
  const { id } = await register(owner);
  await database.query('delete from credentials where user_id = $1', [owner.userId]);
  await database.query(`insert into external_identities (id, user_id, provider, issuer, subject) values (gen_random_uuid(), $1, 'acme', 'https://acme.example', 'sub')`, [
    owner.userId,
  ]);
  const extra = await register(owner, 'Key');
  expect((await owner.api.delete(`/auth/passkeys/${extra.id}`)).status).toBe(204);
  const { data } = (await owner.api.get('/auth/identities')).body;
  expect((await owner.api.delete(`/auth/identities/${data[0].id}`)).status).toBe(204);
  expect(refusal(await owner.api.delete(`/auth/passkeys/${id}`))).toEqual({ status: 409, code: 'last_sign_in_method' });
});

it('the mailed link removes a passkey that somebody else has added', async () => {
  const owner = await server.world.owner({ verified: true });
  const { device } = await register(owner);
  const { token } = await server.mailbox.waitFor(owner.email, 'A passkey was added');
  expect((await server.api.post('/auth/passkeys/undo', { token })).status).toBe(204);
  expect(refusal(await signIn(device))).toEqual(invalid);
  expect((await owner.api.get('/auth/me')).status).toBe(401);
  expect(refusal(await server.api.post('/auth/passkeys/undo', { token }))).toEqual({ status: 410, code: 'invalid_passkey_undo_token' });
});
