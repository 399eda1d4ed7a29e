import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer } from '../support/client.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword, type Person } from '../support/world.js';

// Which new passwords are accepted (docs/accounts.md, Passwords).

const stolen = 'nobody would guess this phrase';
const padded = 'a phrase that only fills an answer';

/** A list of breached passwords with the range protocol. What it is asked is kept. */
const list = { asked: [] as { path: string; padding: unknown }[], answers: true };
const hashOf = (text: string): string => createHash('sha1').update(text.normalize('NFC')).digest('hex').toUpperCase();
const listServer = http.createServer(({ url = '', headers }, response) => {
  list.asked.push({ path: url, padding: headers['add-padding'] });
  if (!list.answers) return void response.destroy();
  const lines = [`${hashOf(stolen).slice(5)}:17`, `${hashOf(padded).slice(5)}:0`];
  response.end(lines.join('\r\n'));
});

let server: TestServer;
beforeAll(async () => {
  await new Promise<void>((resolve) => void listServer.listen(0, '127.0.0.1', resolve));
  server = await startTestServer({ BREACHED_PASSWORDS_URL: `http://127.0.0.1:${(listServer.address() as AddressInfo).port}` });
});
afterAll(async () => {
  await server.close();
  listServer.close();
});

const signUp = (password: string, name = 'Ada Lovelace', email = server.world.email('ada')): Promise<Answer> =>
  server.api.post('/auth/signup', { email, password, name, organization: { name: 'Acme' } });
const change = ({ api }: Person, newPassword: string): Promise<Answer> => api.post('/auth/password/change', { currentPassword: goodPassword, newPassword });
const outcome = ({ status, body }: Answer): unknown => (status < 300 ? status : { status, code: body.code, message: body.errors?.[0]?.message });
const weak = (message: string): unknown => ({ status: 400, code: 'weak_password', message: expect.stringContaining(message) });

async function require(length: number, { api }: Person): Promise<void> {
  expect((await api.patch('/tenant/settings', { password_min_length: length })).status).toBe(200);
}

describe('strength', () => {
  it.each([
    ['password123', 'common'],
    ['P4ssw0rd2026', 'common'],
    ['iloveyou123', 'common'],
    ['qwertyuiop1', 'similar to a common one'],
    ['zxcvbnm,./', 'row of keys'],
    ['aaaaaaaaaaaaaaaa', 'repeats itself'],
    ['abcabcabcabc', 'repeats itself'],
    ['p4ssw0rd'.repeat(25), 'repeats itself'],
    ['abcdefghijklm', 'sequence'],
    ['ada.lovelace', 'your name or email address'],
    ['LovelaceAda', 'your name or email address'],
  ])('%s is refused', async (password, message) => {
    expect(outcome(await signUp(password))).toEqual(weak(message));
  });

  it.each([
    ['four words', 'correct horse battery staple'],
    ['random characters', 'x8&Kq2!vLw'],
    ['a script without words', 'пароль который никто'],
    ['a common beginning in a longer phrase', 'password of the third grey harbour'],
    ['200 characters', 'unlikely phrase of many words '.repeat(7).slice(0, 200)],
  ])('%s are accepted', async (_, password) => {
    expect(outcome(await signUp(password))).toBe(201);
  });

  it('the long phrase works, and no shorter beginning of it', async () => {
    const email = server.world.email('ada');
    const password = `${goodPassword} `.repeat(5).trim();
    expect(outcome(await signUp(password, 'Ada', email))).toBe(201);
    expect((await server.api.post('/auth/login', { email, password })).status).toBe(200);
    expect((await server.api.post('/auth/login', { email, password: password.slice(0, 40) })).status).toBe(401);
  });
});

describe('password_min_length', () => {
  const nineteen = 'grey harbour of tin';

  it('is required of a new password, and not of the present one', async () => {
    const owner = await server.world.owner();
    await require(20, owner);
    expect((await owner.api.get(owner.home)).status).toBe(200);
    expect(outcome(await change(owner, nineteen))).toEqual(weak('at least 20 characters'));
    expect(outcome(await change(owner, `${nineteen}s`))).toBe(200);
  });

  it('counts characters, not the units of their encoding', async () => {
    const owner = await server.world.owner();
    await require(20, owner);
    expect(outcome(await change(owner, '🦀🌵🚲🎻🧭🪁🛶🏺🧶🪴🥁'))).toEqual(weak('at least 20 characters'));
    expect(outcome(await change(owner, 'é'.normalize('NFD').repeat(3) + 'grey harbour'))).toEqual(weak('at least 20 characters'));
  });

  it('the greatest of the organizations of a user applies', async () => {
    const [strict, strictest, member] = [await server.world.owner(), await server.world.owner(), await server.world.owner({ verified: true })];
    await require(20, strict);
    await require(24, strictest);
    await server.world.join(strictest, member);
    await server.world.join(strict, member);
    expect(outcome(await change(member, 'another grey harbour'))).toEqual(weak('at least 24 characters'));
    expect(outcome(await change(member, 'yet another grey harbour'))).toBe(200);
  });

  it('applies to a new account that joins by an invitation', async () => {
    const owner = await server.world.owner();
    await require(20, owner);
    const token = await server.world.invitationToken(owner, server.world.email());
    const accept = (password: string): Promise<Answer> => server.api.post('/invitations/accept', { token, name: 'Grace', password });
    expect(outcome(await accept(nineteen))).toEqual(weak('at least 20 characters'));
    expect(outcome(await accept(`${nineteen}s`))).toBe(201);
  });

  it('a sign-up, which makes an organization of its own, needs the default of the catalog', async () => {
    expect(outcome(await signUp(nineteen))).toBe(201);
  });

  it.each([9, 33, 20.5, '20'])('cannot be %p', async (length) => {
    const owner = await server.world.owner();
    expect((await owner.api.patch('/tenant/settings', { password_min_length: length })).body).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: '/password_min_length' }],
    });
  });
});

describe('breached passwords', () => {
  it('one of the list is refused, wherever a password is set', async () => {
    const owner = await server.world.owner();
    const refused = { status: 400, code: 'breached_password', message: expect.stringContaining('stolen') };
    expect(outcome(await signUp(stolen))).toEqual(refused);
    expect(outcome(await change(owner, stolen))).toEqual(refused);
    expect((await owner.api.get(owner.home)).status).toBe(200);
  });

  it('the list gets five digits of the hash, and pads its answers', async () => {
    list.asked.length = 0;
    expect(outcome(await signUp(padded))).toBe(201);
    expect(list.asked).toEqual([{ path: `/range/${hashOf(padded).slice(0, 5)}?mode=sha1`, padding: 'true' }]);
  });

  it('a list that does not answer keeps nobody out', async () => {
    list.answers = false;
    expect(outcome(await signUp('the list is away at this time'))).toBe(201);
    list.answers = true;
  });

  it('is not asked about a password that is refused anyway', async () => {
    list.asked.length = 0;
    expect(outcome(await signUp('password123'))).toEqual(weak('common'));
    expect(list.asked).toEqual([]);
  });
});
