import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CredentialUseService } from '../../src/access/principal/credential-use.service.js';
import { apiKeyFormat } from '../../src/access/principal/key-token.js';
import { PrincipalQueries } from '../../src/access/principal/principal.queries.js';
import { serviceScopeNames } from '../../src/access/service-scopes.js';
import { SystemClock } from '../../src/common/clock.js';
import { PlatformDb } from '../../src/database/platform-db.js';
import { PlatformPool } from '../../src/database/wire/platform-pool.js';
import { ServiceKeysService } from '../../src/modules/service-keys/service-keys.service.js';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { statementsSentBy } from '../support/sent-statements.js';
import { startTestServer, type TestServer } from '../support/server.js';
import type { Person } from '../support/world.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

it('an API key with a wrong character is refused without a query', async () => {
  const owner = await server.world.owner();
  const made = await owner.api.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['teams:read'] });
  const key: string = made.body.key;
  const use = async (text: string): Promise<unknown> => {
    const { status, body } = await server.api.with({ 'x-api-key': text }).get(`${owner.home}/teams`);
    return { text, status, code: body.code };
  };
  const findKey = jest.spyOn(server.app.get(PrincipalQueries), 'findKey');
  const wrong = [...key].map((character, at) => `${key.slice(0, at)}${character === 'a' ? 'b' : 'a'}${key.slice(at + 1)}`);
  const bad = [...wrong, key.slice(0, -1), `${key}a`, key.toUpperCase(), '', 'tk_', 'undefined', `tk_${'0'.repeat(71)}`, `tk_${'z'.repeat(71)}`];
  for (const text of bad) expect(await use(text)).toEqual({ text, status: 401, code: 'invalid_api_key' });
  expect(findKey).not.toHaveBeenCalled();
  const unknown = apiKeyFormat.newKey(owner.organizationId);
  expect(await use(unknown)).toEqual({ text: unknown, status: 401, code: 'invalid_api_key' });
  expect(findKey).toHaveBeenCalledTimes(1);
  findKey.mockRestore();
});

describe('a service key', () => {
  let owner: Person;
  let service: Client;
  beforeAll(async () => {
    owner = await server.world.owner();
    await server.app.get(PlatformDb).organization.updateMany({ where: { id: owner.organizationId }, data: { plan: 'enterprise' } });
    const { key } = await server.app.get(ServiceKeysService).createServiceKey(undefined, { name: 'Backend', scopes: [...serviceScopeNames] });
    service = server.api.with({ 'x-api-key': key, 'x-tenant-id': owner.organizationId });
  });

  it.each([
    ['GET', '/tenant', 1],
    ['GET', '/tenant/entitlements', 0],
    ['GET', '/tenant/settings', 1],
    ['GET', '/tenant/limits', 1],
    ['GET', '/organizations/current/members', 1],
    ['POST', '/access/checks', 2],
    ['POST', '/usage/consume', 1],
  ])('%s %s sends %i statements in addition to the one that reads the key', async (method, route, statements) => {
    const path = route.replace('current', owner.organizationId);
    const bodies: Readonly<Record<string, object>> = {
      '/access/checks': { checks: Array.from({ length: 20 }, () => ({ userId: owner.userId, permission: 'members:write', meter: 'storage_gb' })) },
      '/usage/consume': { meter: 'storage_gb', quantity: 1 },
    };
    const call = async (): Promise<void> => {
      const { status, text } = await service.request(method, path, bodies[route]);
      if (status >= 300) throw new Error(text);
    };
    const send = async (): Promise<string[]> =>
      (await statementsSentBy(call)).filter((text) => !/last_used_at = |mailed_at = |audit\.(refuse|chain)|job_runs|mail_messages|log_requests|usage.settle/.test(text));
    // The first one reads the facts of the organization, and so does the next one if it has just changed.
    expect(await eventually(send, (sent) => sent.length === 1 + statements)).toHaveLength(1 + statements);
  });
});

it('the access token of a client sends the statements of its key, and another token none more', async () => {
  const owner = await server.world.owner();
  const { body: key } = await owner.api.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['teams:read'] });
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: key.id, client_secret: key.key });
  const { access_token: token } = (await (await fetch(`${server.url}/oauth/token`, { method: 'POST', body: form })).json()) as { access_token: string };
  const statementsOf = async (api: Client): Promise<string[]> => {
    const sent = await statementsSentBy(async () => expect((await api.get(`${owner.home}/teams`)).status).toBe(200));
    return sent.filter((text) => !/last_used_at = |mailed_at = |audit\.(refuse|chain)|job_runs|mail_messages|log_requests|usage.settle/.test(text));
  };
  const ofKey = (): Promise<string[]> => statementsOf(server.api.with({ 'x-api-key': key.key }));
  await ofKey();
  expect(await statementsOf(server.api.as(token))).toEqual(await ofKey());
  expect(await statementsOf(server.api.as(token))).toEqual(await ofKey());
});

describe('a session', () => {
  let owner: Person;
  beforeEach(async () => void (owner = await server.world.owner()));

  /** Whether a request reads only the versions of the rows that its session was judged by, or all of them. */
  async function readsOf(status = 200): Promise<string> {
    const sent = await statementsSentBy(async () => expect((await owner.api.get(owner.home)).status).toBe(status));
    const reads = (start: string): boolean => sent.some((text) => text.trim().startsWith(start));
    return [reads('select s.xmin') ? 'versions' : [], reads('select s.revoked_at') ? 'rows' : []].flat().join(', ');
  }

  const change = (columns: string): Promise<unknown> => server.app.get(PlatformPool).query(`update sessions set ${columns} where user_id = $1`, [owner.userId]);
  const lastUse = async (): Promise<number> => {
    const { rows } = await server.app.get(PlatformPool).query<{ at: Date }>('select last_used_at as at from sessions where user_id = $1', [owner.userId]);
    return (rows[0]?.at ?? new Date(0)).getTime();
  };

  it('is not read again because its last use was written', async () => {
    await change(`last_used_at = now() - interval '40 seconds'`);
    expect(await readsOf()).toBe('rows');
    await server.app.get(CredentialUseService).flush();
    expect(await lastUse()).toBeGreaterThan(Date.now() - 30_000);
    expect(await readsOf()).toBe('versions');
  });

  it('is read again when it has changed before its last use was written', async () => {
    await change(`last_used_at = now() - interval '40 seconds'`);
    expect(await readsOf()).toBe('rows');
    await change('second_factor_at = now()');
    await server.app.get(CredentialUseService).flush();
    expect(await lastUse()).toBeGreaterThan(Date.now() - 30_000);
    expect(await readsOf()).toBe('versions, rows');
    await change('revoked_at = now()');
    await server.app.get(CredentialUseService).flush();
    expect(await readsOf(401)).toBe('versions, rows');
  });

  it('is judged by all rows when it was not used for 30 seconds, and its uses are written meanwhile', async () => {
    const start = Date.now();
    const clock = jest.spyOn(server.app.get(SystemClock), 'now');
    const after = async (seconds: number): Promise<string> => {
      clock.mockReturnValue(new Date(start + seconds * 1000));
      return readsOf();
    };
    try {
      expect(await after(1)).toBe('rows');
      for (const seconds of [25, 50, 75]) expect(await after(seconds)).toBe('versions');
      await server.app.get(CredentialUseService).flush();
      expect(await lastUse()).toBeGreaterThan(start + 45_000);
      for (const seconds of [100, 130]) expect(await after(seconds)).toBe('versions');
      expect(await after(161)).toBe('rows');
    } finally {
      clock.mockRestore();
    }
  });
});
