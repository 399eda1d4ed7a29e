import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOTP } from 'otpauth';
import pg from 'pg';
import type { Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
let look: pg.Client;
beforeAll(async () => {
  server = await startTestServer();
  look = new pg.Client({ connectionString: testDatabase().platform });
  await look.connect();
});
afterAll(async () => {
  await look.end();
  await server.close();
});

/** Codes of an authenticator app; each step's code is good once, so a test that needs several takes those of other steps. */
const codeOf = (secret: string, steps = 0): string => new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 });

/** Sets a second factor up. @returns its secret and the recovery codes */
async function enrol(api: Client): Promise<{ secret: string; recoveryCodes: string[] }> {
  const { body } = await api.post('/auth/mfa/totp');
  const confirmed = await api.post('/auth/mfa/totp/confirm', { code: codeOf(body.secret, -1) });
  expect(confirmed.status).toBe(200);
  return { secret: body.secret, recoveryCodes: confirmed.body.recoveryCodes };
}

const login = (email: string) => server.api.post('/auth/login', { email, password: goodPassword });
const verify = (mfaToken: string, code: string) => server.api.post('/auth/mfa/verify', { mfaToken, code });

describe('setting up a second factor', () => {
  it('a second factor is active after its first correct code', async () => {
    const { api, email } = await server.world.owner();
    const { body } = await api.post('/auth/mfa/totp');
    expect(body.url).toMatch(/^otpauth:\/\/totp\/.*secret=/);
    expect((await login(email)).body.accessToken).toBeDefined();
    expect(await api.post('/auth/mfa/totp/confirm', { code: '000000' })).toMatchObject({ status: 403, body: { code: 'wrong_code' } });
    expect((await api.post('/auth/mfa/totp/confirm', { code: codeOf(body.secret) })).body.recoveryCodes).toHaveLength(10);
    expect((await login(email)).body).toEqual({ mfaRequired: true, mfaToken: expect.any(String) });
    expect((await api.get('/auth/me')).body.twoFactorEnabled).toBe(true);
  });

  it('a second enrollment is refused, and the secret is stored encrypted', async () => {
    const person = await server.world.owner();
    const { secret, recoveryCodes } = await enrol(person.api);
    expect(await person.api.post('/auth/mfa/totp')).toMatchObject({ status: 409, body: { code: 'second_factor_exists' } });
    const { rows } = await look.query('select * from second_factors f left join recovery_codes r using (user_id) where user_id = $1', [person.userId]);
    const stored = rows.map((row) => Object.values(row as object).map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))).join();
    for (const shown of [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', ''))]) expect(stored).not.toContain(shown);
  });
});

describe('a login with a second factor', () => {
  let person: Person;
  let secret: string;
  let recoveryCodes: string[];
  beforeAll(async () => {
    person = await server.world.owner();
    ({ secret, recoveryCodes } = await enrol(person.api));
  });

  it('a code of the app returns tokens once, also for parallel requests', async () => {
    const { mfaToken } = (await login(person.email)).body;
    const code = codeOf(secret);
    const answers = await Promise.all(Array.from({ length: 5 }, () => verify(mfaToken, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401]);
    const { accessToken } = answers.find(({ status }) => status === 200)?.body ?? {};
    expect((await server.api.as(accessToken).get(person.home)).status).toBe(200);
    expect(await verify(mfaToken, code)).toMatchObject({ status: 401, body: { code: 'invalid_mfa_token' } });
  });

  it('a recovery code works once, in any spelling', async () => {
    const { mfaToken } = (await login(person.email)).body;
    const typed = recoveryCodes[0]?.toUpperCase().replaceAll('-', ' ') ?? '';
    expect((await verify(mfaToken, typed)).status).toBe(200);
    expect((await verify((await login(person.email)).body.mfaToken, typed)).status).toBe(403);
  });

  it('an invented, changed or foreign MFA token is refused', async () => {
    const { mfaToken } = (await login(person.email)).body;
    for (const token of ['x', `${mfaToken.slice(0, -2)}AA`, person.accessToken, person.refreshToken]) {
      expect(await verify(token, codeOf(secret, 1))).toMatchObject({ status: 401, body: { code: 'invalid_mfa_token' } });
    }
    expect((await server.api.as(mfaToken).get('/auth/me')).status).toBe(401);
  });

  it('too many wrong codes lock the account', async () => {
    const other = await server.world.owner();
    await enrol(other.api);
    const { mfaToken } = (await login(other.email)).body;
    const statuses = [];
    for (let attempt = 0; attempt < 11; attempt += 1) statuses.push((await verify(mfaToken, '000000')).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 403), 429]);
  });
});

describe('an organization that requires a second factor', () => {
  it('a second factor can be required only by a session that has used one, and then every session needs it', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner, 'member');
    for (const path of ['/tenant/security', '/tenant/settings']) {
      const body = path.endsWith('security') ? { mfaRequired: true } : { enable_two_factor: true };
      expect(await owner.api.patch(path, body)).toMatchObject({ status: 409, body: { code: 'policy_refuses_you' } });
    }
    const { secret } = await enrol(owner.api);
    expect((await owner.api.post('/tenant/security/preview', { mfaRequired: true })).body).toMatchObject({ refused: false, members: [] });
    expect((await owner.api.patch('/tenant/settings', { enable_two_factor: true })).status).toBe(200);
    expect((await owner.api.get(owner.home)).status).toBe(200);
    expect(await member.api.get(owner.home)).toMatchObject({ status: 403, body: { code: 'second_factor_required' } });
    await enrol(member.api);
    expect((await member.api.get(owner.home)).status).toBe(200);
    expect(await owner.api.request('DELETE', '/auth/mfa/totp', { code: codeOf(secret) })).toMatchObject({ status: 409, body: { code: 'second_factor_needed' } });
    expect((await owner.api.patch('/tenant/settings', { enable_two_factor: false })).status).toBe(200);
    expect((await owner.api.request('DELETE', '/auth/mfa/totp', { code: codeOf(secret) })).status).toBe(204);
    expect((await login(owner.email)).body.accessToken).toBeDefined();
  });

  it('requiring a second factor blocks existing sessions until the user signs in again with it', async () => {
    const owner = await server.world.owner();
    const earlier = server.api.as((await login(owner.email)).body.accessToken);
    const { secret } = await enrol(owner.api);
    expect((await owner.api.patch('/tenant/security', { mfaRequired: true })).status).toBe(200);
    expect((await earlier.get(owner.home)).status).toBe(403);
    const { mfaToken } = (await login(owner.email)).body;
    const { body } = await verify(mfaToken, codeOf(secret));
    expect((await server.api.as(body.accessToken).get(owner.home)).status).toBe(200);
    const refreshed = await server.api.post('/auth/refresh', { refreshToken: body.refreshToken });
    expect((await server.api.as(refreshed.body.accessToken).get(owner.home)).status).toBe(200);
  });
});

describe('recovery codes', () => {
  it('recovery codes can be replaced; the old ones stop working', async () => {
    const person = await server.world.owner();
    const { secret, recoveryCodes } = await enrol(person.api);
    const renewed = await person.api.post('/auth/mfa/recovery-codes', { code: codeOf(secret) });
    expect(renewed.body.recoveryCodes).toHaveLength(10);
    const { mfaToken } = (await login(person.email)).body;
    expect((await verify(mfaToken, recoveryCodes[3] ?? '')).status).toBe(403);
    expect((await verify(mfaToken, renewed.body.recoveryCodes[3])).status).toBe(200);
  });
});
