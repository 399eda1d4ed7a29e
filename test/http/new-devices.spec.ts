import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { toolboxaiWithoutConsent } from '../support/preset.js';
import { codeOf } from '../support/totp.js';
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

const firefox = (version: number, system = 'X11; Linux x86_64'): string => `Mozilla/5.0 (${system}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`;
const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

const at = (address: string, agent: string): Client => server.api.with({ 'x-forwarded-for': address, 'user-agent': agent });
const logIn = async (client: Client, email: string): Promise<any> => {
  const { status, body } = await client.post('/auth/login', { email, password: goodPassword });
  expect(status).toBe(200);
  return body;
};

/** The mail is written before the sign-in is answered, and delivered later: the mails that were written are counted. */
async function expectNotices(email: string, expected: number): Promise<void> {
  const { rows } = await database.query(`select count(*)::int as notices from mail_messages where template = 'new-device' and recipient = $1`, [email]);
  expect(rows).toEqual([{ notices: expected }]);
}

async function knownUser(): Promise<Person> {
  const owner = await server.world.owner({ verified: true });
  await logIn(at('203.0.113.5', firefox(120)), owner.email);
  return owner;
}

describe('a sign-in with a new device', () => {
  it('is announced with the program, the address and the time', async () => {
    const { email } = await server.world.owner({ verified: true });
    await logIn(at('203.0.113.5', chrome), email);
    const { mail } = await server.mailbox.waitFor(email, 'New sign-in');
    expect(mail.text).toMatch(/with Chrome on Windows, from the address 203\.0\.113\.5, on \w+ \d+, \d{4} at \d+:\d\d\s[AP]M UTC\./);
  });

  it.each([
    ['the same device', '203.0.113.5', firefox(120)],
    ['a new version of the program', '203.0.113.5', firefox(131)],
  ])('%s is known', async (_, address, agent) => {
    const { email } = await knownUser();
    await logIn(at(address, agent), email);
    await expectNotices(email, 1);
  });

  it.each([
    ['another network', '203.0.113.6', firefox(120)],
    ['another program', '203.0.113.5', chrome],
    ['another system', '203.0.113.5', firefox(120, 'Windows NT 10.0; Win64; x64')],
  ])('%s is announced, once', async (_, address, agent) => {
    const { email } = await knownUser();
    await logIn(at(address, agent), email);
    await logIn(at(address, agent), email);
    await expectNotices(email, 2);
  });

  it('all addresses of an IPv6 network are one place', async () => {
    const { email } = await server.world.owner({ verified: true });
    for (const host of ['1', 'abcd', 'ffff:1:2']) await logIn(at(`2001:db8:1:2::${host}`, chrome), email);
    await expectNotices(email, 1);
  });

  it('the device of a session that the user has ended is new again', async () => {
    const owner = await knownUser();
    expect((await owner.api.delete('/auth/sessions')).status).toBe(204);
    await logIn(at('203.0.113.5', firefox(120)), owner.email);
    await expectNotices(owner.email, 2);
  });

  it('the device that was signed out is known', async () => {
    const owner = await knownUser();
    const device = at('203.0.113.5', firefox(120));
    const { accessToken } = await logIn(device, owner.email);
    expect((await device.as(accessToken).post('/auth/logout')).status).toBe(204);
    await logIn(device, owner.email);
    await expectNotices(owner.email, 1);
  });

  it('the device that changes the password stays known', async () => {
    const owner = await knownUser();
    const device = at('203.0.113.5', firefox(120));
    const { accessToken } = await logIn(device, owner.email);
    expect((await device.as(accessToken).post('/auth/password/change', { currentPassword: goodPassword, newPassword: goodPassword.repeat(2) })).status).toBe(200);
    const { status } = await device.post('/auth/login', { email: owner.email, password: goodPassword.repeat(2) });
    expect(status).toBe(200);
    await server.api.with({ 'x-forwarded-for': '198.51.100.77' }).post('/auth/login', { email: owner.email, password: goodPassword.repeat(2) });
    await expectNotices(owner.email, 2);
  });

  it('an address that is not verified gets no mail', async () => {
    const { email } = await server.world.owner();
    await logIn(at('203.0.113.5', chrome), email);
    await expectNotices(email, 0);
  });

  it('a second factor comes first: a login that waits for it announces nothing, and makes no device known', async () => {
    const owner = await server.world.owner({ verified: true });
    const { secret } = (await owner.api.post('/auth/mfa/totp')).body;
    const { status, body } = await owner.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) });
    expect(status).toBe(200);
    const device = at('203.0.113.5', chrome);
    await logIn(device, owner.email);
    const { mfaToken } = await logIn(device, owner.email);
    await expectNotices(owner.email, 0);
    expect((await device.post('/auth/mfa/verify', { mfaToken, code: body.recoveryCodes[0] })).status).toBe(200);
    await expectNotices(owner.email, 1);
  });
});

describe('new_device_mail', () => {
  it('switches the mails off for users whose organizations all have switched it off', async () => {
    const owner = await server.world.owner({ verified: true });
    expect((await owner.api.patch('/tenant/settings', { new_device_mail: false })).status).toBe(200);
    await logIn(at('203.0.113.5', chrome), owner.email);
    const second = (await owner.api.post('/organizations', { name: server.world.unique('second') })).body;
    expect(second.id).toEqual(expect.any(String));
    await logIn(at('203.0.113.6', firefox(120)), owner.email);
    const { mail } = await server.mailbox.waitFor(owner.email, 'New sign-in');
    expect(mail.text).toContain('Firefox on Linux');
    await expectNotices(owner.email, 1);
  });
});
