import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import pg from 'pg';
import type { Answer, Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { registerPasskey, SoftwareAuthenticator, type Faults } from '../support/software-authenticator.js';
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
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  expect((await owner.api.post('/auth/mfa/totp/confirm', { code })).status).toBe(200);
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
    expect(refusal(await signIn(device, { counter: 1 }))).toEqual({ status: 401, code: 'passkey_counter_regressed' });
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
