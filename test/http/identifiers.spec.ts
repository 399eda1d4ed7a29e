import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword } from '../support/world.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer({ CATALOG: 'toolboxai' })));
afterAll(() => server.close());

const logIn = (email: string, password = goodPassword): ReturnType<typeof server.api.post> => server.api.post('/auth/login', { email, password });

describe('spellings of one email address', () => {
  it('an internationalized domain, its punycode and decomposed characters are one account', async () => {
    const name = server.world.unique('jos\u00e9');
    const owner = await server.world.signUp({ email: `${name}@b\u00fccher.example`, verified: false });
    expect((await owner.api.get('/auth/me')).body.user.email).toBe(`${name}@xn--bcher-kva.example`);
    const decomposed = name.replace('\u00e9', 'e\u0301');
    for (const spelling of [`${name}@xn--bcher-kva.example`, `${decomposed}@bu\u0308cher.example`, `${decomposed.toUpperCase()}@BÜCHER.example.`, ` ${name}@ｂücher。example `])
      expect({ spelling, status: (await logIn(spelling)).status }).toEqual({ spelling, status: 200 });
  });

  it('an invitation to another spelling is accepted by the account', async () => {
    const [inviter, guest] = [await server.world.owner(), await server.world.signUp({ email: `${server.world.unique()}@b\u00fccher.example`, verified: true })];
    const token = await server.world.invitationToken(inviter, guest.email.replace('b\u00fccher', 'BU\u0308CHER'), 'teacher');
    expect((await guest.api.post('/invitations/accept', { token })).status).toBe(201);
  });

  it.each(['\u200b', '\u200d', '\u200c', '\u2060', '\u00ad', '\u034f', '\u3164', '\ufe0f', '\u{e0061}', '\u202e', '\ufeff'])(
    'an address with the invisible character %j is refused',
    async (hidden) => {
      for (const email of [`ad${hidden}a@example.com`, `ada@exam${hidden}ple.com`]) {
        const body = { email, password: goodPassword, name: 'Ada', organization: { name: 'Ada' } };
        expect((await server.api.post('/auth/signup', body)).body).toMatchObject({
          code: 'validation_failed',
          errors: expect.arrayContaining([expect.objectContaining({ pointer: '/email' })]),
        });
      }
    },
  );

  it('allowed email domains are stored in punycode and admit each spelling', async () => {
    const owner = await server.world.owner();
    const answer = await owner.api.patch('/tenant/security', { allowedEmailDomains: ['B\u00dcCHER.example.', 'example.com'] });
    expect(answer.body.allowedEmailDomains).toEqual(['xn--bcher-kva.example', 'example.com']);
    const invite = (email: string): ReturnType<typeof owner.api.post> => owner.api.post(`${owner.home}/invitations`, { email, role: 'teacher', delivery: 'link' });
    expect((await invite(`${server.world.unique()}@bücher.example`)).status).toBe(201);
    expect((await invite(`${server.world.unique()}@other.example`)).status).toBe(422);
    expect((await owner.api.patch('/tenant/security', { allowedEmailDomains: ['b\u200bcher.example'] })).status).toBe(400);
  });
});

it('a domain that is an IP address in any spelling is none', async () => {
  const owner = await server.world.owner();
  for (const domain of ['127.0.0.1', '0x7f.1', '2130706433.1', '127.1', '１２７.１']) {
    expect((await owner.api.patch('/tenant/security', { allowedEmailDomains: [domain] })).status).toBe(400);
    expect((await server.api.post('/auth/signup', { email: `ada@${domain}`, password: goodPassword, name: 'Ada', organization: { name: 'Ada' } })).status).toBe(400);
  }
});

it('the name of a client is shown as one line of UTF-8', async () => {
  const owner = await server.world.owner();
  const bytes = (text: string): string => Buffer.from(text).toString('latin1');
  const names = ['Zo\u00eb\u202e\u200b Phone', `${'x'.repeat(298)}\u{1f600}\u{1f600}\u{1f600}`, 'Tablet 7'];
  for (const name of names) expect((await server.api.with({ 'user-agent': bytes(name) }).post('/auth/login', { email: owner.email, password: goodPassword })).status).toBe(200);
  const { data } = (await owner.api.get('/auth/sessions')).body;
  expect(data.map(({ userAgent }: { userAgent: string }) => userAgent)).toEqual(expect.arrayContaining(['Zo\u00eb Phone', `${'x'.repeat(298)}\u{1f600}…`, 'Tablet 7']));
});

describe('spellings of one password', () => {
  it('a password can be typed composed or decomposed', async () => {
    const email = server.world.email();
    const [composed, decomposed] = ['zw\u00f6lf b\u00e4ume im garten', 'zwo\u0308lf ba\u0308ume im garten'];
    expect((await server.api.post('/auth/signup', { email, password: decomposed, name: 'Ada', organization: { name: 'Ada' } })).status).toBe(201);
    expect([(await logIn(email, composed)).status, (await logIn(email, decomposed)).status, (await logIn(email, 'zwolf baume im garten')).status]).toEqual([200, 200, 401]);
  });
});

describe('spellings of one name', () => {
  it('a name is stored composed, and found in both spellings', async () => {
    const owner = await server.world.owner();
    const made = await owner.api.post(`${owner.home}/teams`, { name: 'E\u0301quipe' });
    expect(made.body.name).toBe('\u00c9quipe');
  });

  it.each([
    ['Łódź Ørsted', /^lodz-orsted/],
    ['Straße', /^strasse/],
    ['Þórður & Æsir', /^thordur-aesir/],
  ])('the slug of an organization named %s keeps all letters', async (name, slug) => {
    const owner = await server.world.owner();
    expect((await owner.api.post('/organizations', { name })).body.slug).toMatch(slug);
  });
});
