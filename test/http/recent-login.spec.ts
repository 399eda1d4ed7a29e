import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Answer } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { codeOf } from '../support/totp.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
let database: pg.Pool;
let owner: Person;
beforeAll(async () => {
  server = await startTestServer();
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 2 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
const changeSecurity = (): Promise<Answer> => server.api.as(owner.accessToken).patch('/tenant/security', {}, { headers: { 'x-tenant-id': owner.organizationId } });
const age = (userId: string, minutes = 31): Promise<unknown> =>
  database.query(`update sessions set authenticated_at = now() - make_interval(mins => $2) where user_id = $1`, [userId, minutes]);

it('asks for a recent login, with the challenge of RFC 9470, until the user authenticates again', async () => {
  owner = await server.world.owner();
  expect((await changeSecurity()).status).toBe(200);
  await age(owner.userId);
  const refused = await changeSecurity();
  expect(refusal(refused)).toEqual({ status: 401, code: 'recent_login_required' });
  expect(refused.headers.get('www-authenticate')).toBe('Bearer error="insufficient_user_authentication", error_description="A more recent login is required", max_age="1800"');
  expect((await owner.api.get('/auth/me')).status).toBe(200);
  expect(refusal(await owner.api.post('/auth/reauthenticate', { password: 'a wrong password' }))).toEqual({ status: 403, code: 'wrong_password' });
  expect(refusal(await owner.api.post('/auth/reauthenticate', {}))).toEqual({ status: 400, code: 'malformed_request' });
  expect(refusal(await owner.api.post('/auth/reauthenticate', { code: '123456' }))).toEqual({ status: 409, code: 'no_second_factor' });
  expect(refusal(await changeSecurity())).toEqual({ status: 401, code: 'recent_login_required' });
  expect((await owner.api.post('/auth/reauthenticate', { password: goodPassword })).status).toBe(204);
  expect((await changeSecurity()).status).toBe(200);
});

it('does not count a refresh as a login', async () => {
  owner = await server.world.owner();
  await age(owner.userId);
  const { accessToken } = (await server.api.post('/auth/refresh', { refreshToken: owner.refreshToken })).body;
  owner = { ...owner, accessToken };
  expect(refusal(await changeSecurity())).toEqual({ status: 401, code: 'recent_login_required' });
});

it('can ask for a later login than the configured one', async () => {
  owner = await server.world.owner();
  await age(owner.userId, 11);
  expect((await changeSecurity()).status).toBe(200);
  const link = (): Promise<Answer> => owner.api.post('/auth/providers/acme/link', { challenge: 'a'.repeat(43) });
  expect(await link()).toMatchObject({ status: 401, body: { code: 'recent_login_required', maxAge: 600 } });
  expect((await owner.api.post('/auth/reauthenticate', { password: goodPassword })).status).toBe(204);
  expect((await link()).status).toBe(404);
});

it('takes a code of the second factor, and notes it in this session only', async () => {
  owner = await server.world.owner();
  const { secret } = (await owner.api.post('/auth/mfa/totp')).body;
  expect((await owner.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) })).status).toBe(200);
  await age(owner.userId);
  expect(refusal(await owner.api.post('/auth/mfa/totp'))).toEqual({ status: 401, code: 'recent_login_required' });
  expect(refusal(await owner.api.post('/auth/reauthenticate', { code: '000000' }))).toEqual({ status: 403, code: 'wrong_code' });
  expect((await owner.api.post('/auth/reauthenticate', { code: codeOf(secret, 1) })).status).toBe(204);
  expect((await changeSecurity()).status).toBe(200);
  await age(owner.userId);
  const { mfaToken } = (await server.api.post('/auth/login', { email: owner.email, password: goodPassword })).body;
  expect(mfaToken).toBeDefined();
  expect(refusal(await changeSecurity())).toEqual({ status: 401, code: 'recent_login_required' });
});

it('asks also where a setting that decides about security is changed with the other settings', async () => {
  owner = await server.world.owner();
  await age(owner.userId);
  expect((await owner.api.patch('/tenant/settings', { weekly_reports: true })).status).toBe(200);
  expect(refusal(await owner.api.patch('/tenant/settings', { max_login_attempts: 20 }))).toEqual({ status: 401, code: 'recent_login_required' });
});

it('does not ask API keys and service keys, which no dangerous route accepts', async () => {
  owner = await server.world.owner();
  const key = (await owner.api.post(`/organizations/${owner.organizationId}/api-keys`, { name: 'CI', permissions: ['settings:write', 'settings:read'] })).body;
  expect(key.key).toBeDefined();
  await age(owner.userId);
  const api = server.api.with({ 'x-api-key': key.key });
  expect((await api.patch('/tenant/settings', { weekly_reports: true })).status).toBe(200);
  expect(refusal(await api.patch('/tenant/settings', { max_login_attempts: 20 }))).toEqual({ status: 403, code: 'security_setting' });
  expect(refusal(await api.patch('/tenant/security', {}))).toEqual({ status: 403, code: 'access_denied' });
  expect(refusal(await api.post('/auth/reauthenticate', { password: goodPassword }))).toEqual({ status: 403, code: 'user_required' });
});
