import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword } from '../support/world.js';

describe('sessions in cookies', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  interface Sent {
    readonly body?: object;
    readonly headers?: Readonly<Record<string, string>>;
    readonly method?: string;
  }

  /** Sends a request as a page of the server's own origin does, unless its header fields say otherwise. */
  async function send(path: string, { body = {}, headers = {}, method = 'POST' }: Sent = {}) {
    const own = { origin: server.url, 'x-session-cookie': 'true', 'content-type': 'application/json' };
    const response = await fetch(`${server.url}/api/v1${path}`, { method, headers: { ...own, ...headers }, ...(method === 'GET' ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    const answer = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    return { status: response.status, answer, cookies: response.headers.getSetCookie() };
  }

  const pairOf = ([cookie = '']: readonly string[]): string => cookie.split(';', 1)[0] ?? '';

  async function signIn() {
    const { email } = await server.world.owner();
    const signedIn = await send('/auth/login', { body: { email, password: goodPassword } });
    return { ...signedIn, email, cookie: pairOf(signedIn.cookies) };
  }

  it('keeps the refresh token in a cookie that no script and no other host gets', async () => {
    const { status, answer, cookies } = await signIn();
    expect([status, answer['refreshToken'], cookies.length]).toEqual([200, 'cookie', 1]);
    expect(cookies[0]).toMatch(/^__Host-tenantry-session=[\w-]{43}; Max-Age=5184000; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  });

  it('refreshes with the cookie, and replaces it', async () => {
    const { cookie } = await signIn();
    const refreshed = await send('/auth/refresh', { body: { refreshToken: 'cookie' }, headers: { cookie } });
    expect([refreshed.status, refreshed.answer['refreshToken'], typeof refreshed.answer['accessToken']]).toEqual([200, 'cookie', 'string']);
    expect(pairOf(refreshed.cookies)).not.toBe(cookie);
    expect((await send('/auth/refresh', { body: { refreshToken: 'cookie' }, headers: { cookie: pairOf(refreshed.cookies) } })).status).toBe(200);
  });

  it('deletes the cookie at the sign-out, and when it no longer works', async () => {
    const { answer, cookie } = await signIn();
    const out = await send('/auth/logout', { headers: { authorization: `Bearer ${String(answer['accessToken'])}` } });
    expect([out.status, out.cookies[0]]).toEqual([204, '__Host-tenantry-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict']);
    const after = await send('/auth/refresh', { body: { refreshToken: 'cookie' }, headers: { cookie } });
    expect([after.status, after.answer['code'], pairOf(after.cookies)]).toEqual([401, 'invalid_refresh_token', '__Host-tenantry-session=']);
    expect((await send('/auth/refresh', { body: { refreshToken: 'cookie' } })).answer['code']).toBe('invalid_refresh_token');
  });

  it.each([
    ['of another origin', { origin: 'https://evil.example' }],
    ['of another port', { origin: 'http://127.0.0.1:1' }],
    ['without an origin', { origin: 'null' }],
    ['that the browser says come from another site', { 'sec-fetch-site': 'cross-site' }],
    ['of a subdomain', { 'sec-fetch-site': 'same-site' }],
  ])('refuses requests %s before they have an effect', async (_, headers) => {
    const { cookie, email } = await signIn();
    const refused = await send('/auth/refresh', { body: { refreshToken: 'cookie' }, headers: { cookie, ...headers } });
    expect([refused.status, refused.answer['code'], refused.cookies]).toEqual([403, 'origin_not_allowed', []]);
    const login = await send('/auth/login', { body: { email, password: goodPassword }, headers });
    expect([login.status, login.answer['accessToken'], login.cookies]).toEqual([403, undefined, []]);
    // The cookie was not used.
    expect((await send('/auth/refresh', { body: { refreshToken: 'cookie' }, headers: { cookie } })).status).toBe(200);
  });

  it('has no effect without the header field: the cookie is no credential', async () => {
    const { cookie } = await signIn();
    const headers = { cookie, 'x-session-cookie': 'false' };
    expect((await send('/auth/refresh', { body: { refreshToken: 'cookie' }, headers })).answer['code']).toBe('invalid_refresh_token');
    expect((await send('/auth/me', { method: 'GET', headers: { cookie } })).status).toBe(401);
  });

  it('is not offered to pages of other origins by CORS', async () => {
    const preflight = await fetch(`${server.url}/api/v1/auth/refresh`, {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:5173', 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-session-cookie' },
    });
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).not.toContain('x-session-cookie');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('gives a repetition of a sign-up its cookie, too', async () => {
    const sent = {
      body: { email: server.world.email(), password: goodPassword, name: 'Ada', organization: { name: 'Acme' } },
      headers: { 'idempotency-key': server.world.unique('key') },
    };
    const [first, second] = [await send('/auth/signup', sent), await send('/auth/signup', sent)];
    expect([first.status, second.status, second.answer]).toEqual([201, 201, first.answer]);
    expect(second.cookies).toEqual(first.cookies);
  });
});
