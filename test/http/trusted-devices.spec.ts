import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { codeOf } from '../support/totp.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

interface Enrolled {
  readonly person: Person;
  /** Each works once. */
  readonly codes: string[];
  /** That of the authenticator app. */
  readonly secret: string;
}

async function enrol(person: Person): Promise<Enrolled> {
  const { secret } = (await person.api.post('/auth/mfa/totp')).body;
  const { status, body } = await person.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) });
  expect(status).toBe(200);
  return { person, codes: body.recoveryCodes, secret };
}

const enrolled = async (): Promise<Enrolled> => enrol(await server.world.owner({ verified: true }));

const logIn = async (email: string, deviceToken?: string, password = goodPassword): Promise<any> =>
  (await server.api.post('/auth/login', { email, password, ...(deviceToken === undefined ? {} : { deviceToken }) })).body;

/** Signs in with a code. */
async function complete({ person, codes }: Enrolled, options: object = { trustDevice: true }): Promise<any> {
  const { mfaToken } = await logIn(person.email);
  const { status, body } = await server.api.post('/auth/mfa/verify', { mfaToken, code: codes.pop(), ...options });
  expect(status).toBe(200);
  return body;
}

const asked = { mfaRequired: true, mfaToken: expect.any(String) };
const signedIn = { accessToken: expect.any(String), refreshToken: expect.any(String), expiresIn: expect.any(Number) };
const devicesOf = async (api: Client): Promise<any[]> => (await api.get('/auth/trusted-devices')).body.data;

describe('a trusted device', () => {
  it('is not asked for the second factor, and its sessions count as ones with it', async () => {
    const user = await enrolled();
    const { deviceToken } = await complete(user);
    expect((await user.person.api.patch('/tenant/security', { mfaRequired: true })).status).toBe(200);
    const tokens = await logIn(user.person.email, deviceToken);
    expect(tokens).toEqual(signedIn);
    expect((await server.api.as(tokens.accessToken).get('/organizations/current')).status).toBe(200);
    expect(await logIn(user.person.email, deviceToken)).toEqual(signedIn);
  });

  it('is one only when the user says so', async () => {
    const user = await enrolled();
    for (const options of [{}, { trustDevice: false }]) expect(await complete(user, options)).toEqual({ ...signedIn, deviceToken: null });
    expect(await devicesOf(user.person.api)).toEqual([]);
  });

  it('needs the password as before', async () => {
    const user = await enrolled();
    const { deviceToken } = await complete(user);
    expect(await logIn(user.person.email, deviceToken, 'certainly not the passphrase')).toMatchObject({ status: 401, code: 'invalid_credentials' });
  });

  it('is none with another token', async () => {
    const user = await enrolled();
    expect(await logIn(user.person.email, 'nonsense')).toEqual(asked);
  });

  it('is one for its own account only', async () => {
    const [user, other] = [await enrolled(), await enrolled()];
    const { deviceToken } = await complete(user);
    expect(await logIn(other.person.email, deviceToken)).toEqual(asked);
  });

  it('is listed until the user ends the trust in it', async () => {
    const [user, other] = [await enrolled(), await enrolled()];
    const tokens = [(await complete(user)).deviceToken, (await complete(user)).deviceToken];
    const listed = await devicesOf(user.person.api);
    expect(listed).toHaveLength(2);
    const [{ id, client, secondFactorAt, trustedUntil }] = listed;
    expect(client).toBe('node');
    expect(Date.parse(trustedUntil) - Date.parse(secondFactorAt)).toBe(30 * 86_400_000);
    expect((await other.person.api.delete(`/auth/trusted-devices/${id}`)).status).toBe(404);
    expect((await user.person.api.delete(`/auth/trusted-devices/${id}`)).status).toBe(204);
    expect((await user.person.api.delete(`/auth/trusted-devices/${id}`)).status).toBe(404);
    expect(await devicesOf(user.person.api)).toHaveLength(1);
    const answers = await Promise.all(tokens.map((token) => logIn(user.person.email, token)));
    expect(answers.filter(({ mfaRequired }) => mfaRequired === true)).toHaveLength(1);
    expect((await user.person.api.delete('/auth/trusted-devices')).status).toBe(204);
    for (const token of tokens) expect(await logIn(user.person.email, token)).toEqual(asked);
  });

  it.each<[change: string, change: (user: Enrolled) => Promise<{ readonly status: number }>, password?: string]>([
    [
      'a change of the password',
      ({ person }) => person.api.post('/auth/password/change', { currentPassword: goodPassword, newPassword: `${goodPassword} again` }),
      `${goodPassword} again`,
    ],
    ['new recovery codes', ({ person, codes }) => person.api.post('/auth/mfa/recovery-codes', { code: codes.pop() })],
    [
      'another second factor',
      async ({ person, codes }) => {
        const removed = await person.api.request('DELETE', '/auth/mfa/totp', { code: codes.pop() });
        await enrol(person);
        return removed;
      },
    ],
  ])('is none after %s', async (_, change, password = goodPassword) => {
    const user = await enrolled();
    const { deviceToken } = await complete(user);
    expect((await change(user)).status).toBeLessThan(300);
    expect(await logIn(user.person.email, deviceToken, password)).toEqual(asked);
  });

  it('is forgotten when there are twenty later ones', async () => {
    const user = await enrolled();
    const { deviceToken } = await complete(user);
    // Each code works once.
    for (let later = 1; later <= 20; later += 1) await server.control.after(later * 60_000, () => complete({ ...user, codes: [codeOf(user.secret, later * 2)] }));
    expect(await devicesOf(user.person.api)).toHaveLength(20);
    expect(await logIn(user.person.email, deviceToken)).toEqual(asked);
  });

  it('is asked again after thirty days, however often it was used', async () => {
    const user = await enrolled();
    const { deviceToken } = await complete(user);
    const day = 86_400_000;
    await server.control.after(29 * day, async () => expect(await logIn(user.person.email, deviceToken)).toEqual(signedIn));
    await server.control.after(31 * day, async () => expect(await logIn(user.person.email, deviceToken)).toEqual(asked));
  });
});

describe('trusted_device_days', () => {
  const set = async ({ api }: Person, days: number): Promise<void> => expect((await api.patch('/tenant/settings', { trusted_device_days: days })).status).toBe(200);

  it('0 trusts no device, also none that was trusted before', async () => {
    const user = await enrolled();
    const { deviceToken } = await complete(user);
    await set(user.person, 0);
    expect(await logIn(user.person.email, deviceToken)).toEqual(asked);
    expect(await devicesOf(user.person.api)).toEqual([]);
    expect((await complete(user)).deviceToken).toBe(null);
    await set(user.person, 30);
    expect(await logIn(user.person.email, deviceToken)).toEqual(signedIn);
  });

  it('the least of the organizations applies', async () => {
    const user = await enrolled();
    const { deviceToken } = await complete(user);
    const strict = await server.world.owner();
    await set(strict, 0);
    await server.world.join(strict, user.person);
    expect(await logIn(user.person.email, deviceToken)).toEqual(asked);
  });
});

it('an operator is always asked', async () => {
  const user = await enrolled();
  const { deviceToken } = await complete(user);
  const database = new pg.Client({ connectionString: testDatabase().platform });
  await database.connect();
  await database.query('insert into platform_admins (user_id) values ($1)', [user.person.userId]);
  await database.end();
  expect(await logIn(user.person.email, deviceToken)).toEqual(asked);
  expect((await complete(user)).deviceToken).toBe(null);
});
