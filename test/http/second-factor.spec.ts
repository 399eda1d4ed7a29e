import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { changedToken } from '../support/changed-token.js';
import type { Answer, Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { codeOf } from '../support/totp.js';
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

/** Sets a second factor up. @returns its secret and the recovery codes */
async function enrol(api: Client): Promise<{ secret: string; recoveryCodes: string[] }> {
  const { body } = await api.post('/auth/mfa/totp');
  const confirmed = await api.post('/auth/mfa/totp/confirm', { code: codeOf(body.secret) });
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
    // The last two have as many UTF-16 units as a code.
    for (const code of ['000000', '１２３４５６', '⥹𒔎𑘫〲']) expect(await api.post('/auth/mfa/totp/confirm', { code })).toMatchObject({ status: 403, body: { code: 'wrong_code' } });
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
    const code = codeOf(secret, 1);
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
    for (const token of ['x', changedToken(mfaToken), person.accessToken, person.refreshToken]) {
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
    expect(await owner.api.request('DELETE', '/auth/mfa/totp', { code: codeOf(secret, 1) })).toMatchObject({ status: 409, body: { code: 'second_factor_needed' } });
    expect((await owner.api.patch('/tenant/settings', { enable_two_factor: false })).status).toBe(200);
    expect((await owner.api.request('DELETE', '/auth/mfa/totp', { code: codeOf(secret, 1) })).status).toBe(204);
    expect((await login(owner.email)).body.accessToken).toBeDefined();
  });

  it('a second factor can be required of the holders of some roles', async () => {
    const owner = await server.world.owner();
    const [member, admin] = [await server.world.member(owner, 'member'), await server.world.member(owner, 'admin')];
    const needed = { status: 403, body: { code: 'second_factor_required' } };
    expect(await owner.api.patch('/tenant/security', { mfaRoles: ['owner'] })).toMatchObject({ status: 409, body: { code: 'policy_refuses_you' } });
    const { status, body } = await owner.api.patch('/tenant/security', { mfaRoles: ['admin'] });
    expect({ status, mfaRequired: body.mfaRequired, mfaRoles: body.mfaRoles }).toEqual({ status: 200, mfaRequired: false, mfaRoles: ['admin'] });
    expect((await member.api.get(owner.home)).status).toBe(200);
    expect(await admin.api.get(owner.home)).toMatchObject(needed);
    const { secret } = await enrol(admin.api);
    expect((await admin.api.get(owner.home)).status).toBe(200);
    expect(await admin.api.request('DELETE', '/auth/mfa/totp', { code: codeOf(secret, 1) })).toMatchObject({ status: 409, body: { code: 'second_factor_needed' } });
    // A member who gets the role needs a factor with the next request.
    expect((await owner.api.patch(`${owner.home}/members/${member.userId}`, { role: 'admin' })).status).toBe(200);
    expect(await member.api.get(owner.home)).toMatchObject(needed);
    expect((await owner.api.patch('/tenant/security', { mfaRoles: [] })).status).toBe(200);
    expect((await member.api.get(owner.home)).status).toBe(200);
  });

  it('a custom role can require a second factor, also through a team', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner, 'member');
    const role = (await owner.api.post(`${owner.home}/roles`, { key: 'auditor', name: 'Auditor', permissions: ['audit:read'] })).body;
    const team = (await owner.api.post(`${owner.home}/teams`, { name: server.world.unique('Review'), roles: [role.key] })).body;
    expect((await owner.api.patch('/tenant/security', { mfaRoles: ['auditor'] })).status).toBe(200);
    expect((await member.api.get(owner.home)).status).toBe(200);
    expect((await owner.api.put(`${owner.home}/teams/${team.id}/members/${member.userId}`)).status).toBe(204);
    expect(await member.api.get(owner.home)).toMatchObject({ status: 403, body: { code: 'second_factor_required' } });
  });

  it('a role that the organization does not have is refused', async () => {
    const owner = await server.world.owner();
    const body = { mfaRoles: ['member', 'king'] };
    for (const answer of [await owner.api.patch('/tenant/security', body), await owner.api.post('/tenant/security/preview', body)])
      expect(answer).toMatchObject({ status: 422, body: { code: 'unknown_role', errors: [{ pointer: '/mfaRoles/1' }] } });
  });

  it('requiring a second factor blocks existing sessions until the user signs in again with it', async () => {
    const owner = await server.world.owner();
    const earlier = server.api.as((await login(owner.email)).body.accessToken);
    const { secret } = await enrol(owner.api);
    expect((await owner.api.patch('/tenant/security', { mfaRequired: true })).status).toBe(200);
    expect((await earlier.get(owner.home)).status).toBe(403);
    const { mfaToken } = (await login(owner.email)).body;
    const { body } = await verify(mfaToken, codeOf(secret, 1));
    expect((await server.api.as(body.accessToken).get(owner.home)).status).toBe(200);
    const refreshed = await server.api.post('/auth/refresh', { refreshToken: body.refreshToken });
    expect((await server.api.as(refreshed.body.accessToken).get(owner.home)).status).toBe(200);
  });
});

describe('recovery codes', () => {
  it('recovery codes can be replaced; the old ones stop working', async () => {
    const person = await server.world.owner();
    const { secret, recoveryCodes } = await enrol(person.api);
    const renewed = await person.api.post('/auth/mfa/recovery-codes', { code: codeOf(secret, 1) });
    expect(renewed.body.recoveryCodes).toHaveLength(10);
    const { mfaToken } = (await login(person.email)).body;
    expect((await verify(mfaToken, recoveryCodes[3] ?? '')).status).toBe(403);
    expect((await verify(mfaToken, renewed.body.recoveryCodes[3])).status).toBe(200);
  });
});

describe('a second factor that somebody else set up', () => {
  const undo = (token: string | undefined): Promise<Answer> => server.api.post('/auth/mfa/totp/undo', { token });
  const link = async (email: string, count = 1): Promise<string | undefined> => (await server.mailbox.waitFor(email, 'authenticator app', count)).token;
  const remove = ({ api }: Person, code: string | undefined): Promise<Answer> => api.request('DELETE', '/auth/mfa/totp', { code });
  const gone = { status: 410, body: { code: 'invalid_factor_undo_token' } };
  const newPassword = 'a quite different passphrase';
  const factorsOf = async (userId: string): Promise<unknown> =>
    (
      await look.query('select (select count(*)::int from second_factors where user_id = $1) as factors, (select count(*)::int from recovery_codes where user_id = $1) as codes', [
        userId,
      ])
    ).rows[0];

  it('the owner of the mailbox undoes the factor of a thief who knows the password, and recovers the account', async () => {
    const owner = await server.world.owner({ verified: true });
    const thief = server.api.as((await login(owner.email)).body.accessToken);
    const { recoveryCodes } = await enrol(thief);
    const key = (await thief.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['organization:read'], belongsTo: 'me' })).body.key as string;
    const { mfaToken } = (await login(owner.email)).body;
    const moved = server.world.email('thief');
    expect((await thief.patch('/users/me', { email: moved, currentPassword: goodPassword })).status).toBe(200);
    await server.api.post('/auth/password/forgot', { email: owner.email });
    const { token: resetToken } = await server.mailbox.waitFor(owner.email, 'Reset');
    for (const foreign of ['x'.repeat(43), resetToken, (await server.mailbox.waitFor(owner.email, 'being changed')).token]) expect(await undo(foreign)).toMatchObject(gone);
    const token = await link(owner.email);
    expect((await undo(token)).status).toBe(204);
    expect(await factorsOf(owner.userId)).toEqual({ factors: 0, codes: 0 });
    for (const api of [owner.api, thief, server.api.as(key)]) expect((await api.get(owner.home)).status).toBe(401);
    expect((await verify(mfaToken, recoveryCodes[0] ?? '')).status).toBe(401);
    expect((await login(owner.email)).status).toBe(401);
    expect((await server.api.post('/auth/email/verify', { token: (await server.mailbox.waitFor(moved, 'Confirm')).token, password: goodPassword })).status).toBe(410);
    await server.api.post('/auth/password/forgot', { email: owner.email });
    const fresh = await server.mailbox.waitFor(owner.email, 'Reset', 2);
    expect((await server.api.post('/auth/password/reset', { token: fresh.token, newPassword: goodPassword })).status).toBe(204);
    expect((await login(owner.email)).body.accessToken).toEqual(expect.any(String));
    expect(await undo(token)).toMatchObject(gone);
  });

  it('a link works only for the factor that it was mailed for, and every new factor is announced beyond the limit of mails', async () => {
    const owner = await server.world.owner({ verified: true });
    for (let round = 0; round < 6; round += 1) expect((await remove(owner, (await enrol(owner.api)).recoveryCodes[0])).status).toBe(204);
    const older = await link(owner.email, 6);
    await enrol(owner.api);
    expect(await undo(older)).toMatchObject(gone);
    expect(await factorsOf(owner.userId)).toEqual({ factors: 1, codes: 10 });
    // A reset does not end the link.
    await server.api.post('/auth/password/forgot', { email: owner.email });
    const { token } = await server.mailbox.waitFor(owner.email, 'Reset');
    expect((await server.api.post('/auth/password/reset', { token, newPassword })).status).toBe(204);
    expect((await undo(await link(owner.email, 7))).status).toBe(204);
  });

  it('a link ends after seven days, with a change of address, and with the account', async () => {
    const [owner, host] = [await server.world.signUp({ verified: true }), await server.world.owner()];
    await enrol(owner.api);
    const token = await link(owner.email);
    const { rows } = await look.query(
      `select (expires_at - now()) between '6 days 23 hours' and '7 days' as right from user_tokens where user_id = $1 and purpose = 'undo_second_factor'`,
      [owner.userId],
    );
    expect(rows).toEqual([{ right: true }]);
    const age = (days: number) => look.query(`update user_tokens set expires_at = expires_at - make_interval(days => $2) where user_id = $1`, [owner.userId, days]);
    await age(7);
    expect(await undo(token)).toMatchObject(gone);
    await age(-7);
    for (const email of [server.world.email('new'), owner.email]) {
      expect((await owner.api.patch('/users/me', { email, currentPassword: goodPassword })).status).toBe(200);
      const proof = await server.mailbox.waitFor(email, 'Confirm', email === owner.email ? 2 : 1);
      expect((await owner.api.post('/auth/email/verify', { token: proof.token })).status).toBe(204);
      expect(await undo(token)).toMatchObject(gone);
    }
    expect(await factorsOf(owner.userId)).toEqual({ factors: 1, codes: 10 });
    const member = await server.world.invited(host);
    await server.world.verify(member.email);
    const { recoveryCodes } = await enrol(member.api);
    const last = await link(member.email);
    expect((await member.api.request('DELETE', '/users/me', { currentPassword: goodPassword, code: recoveryCodes[0] })).status).toBe(204);
    expect(await undo(last)).toMatchObject(gone);
  });

  it('an unverified address gets no link, and gets it when it is verified', async () => {
    const owner = await server.world.signUp();
    await enrol(owner.api);
    expect((await look.query(`select from user_tokens where user_id = $1 and purpose = 'undo_second_factor'`, [owner.userId])).rowCount).toBe(0);
    await server.world.verify(owner.email);
    expect((await undo(await link(owner.email))).status).toBe(204);
    expect(await factorsOf(owner.userId)).toEqual({ factors: 0, codes: 0 });
  });

  it('twenty parallel uses of a link remove the factor once, while the thief tries to set up another', async () => {
    const owner = await server.world.owner({ verified: true });
    const { recoveryCodes } = await enrol(owner.api);
    const token = await link(owner.email);
    const attempts = Array.from({ length: 20 }, () => [undo(token), owner.api.post('/auth/mfa/totp')] as const);
    const answers = await Promise.all(attempts.map(([use]) => use));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array.from({ length: 19 }, () => 410)]);
    for (const { status } of await Promise.all(attempts.map(([, enrolment]) => enrolment))) expect([401, 409]).toContain(status);
    for (const path of ['/auth/mfa/totp', '/auth/mfa/recovery-codes']) expect((await owner.api.post(path, { code: recoveryCodes[0] })).status).toBe(401);
    expect(await factorsOf(owner.userId)).toEqual({ factors: 0, codes: 0 });
  });
});
