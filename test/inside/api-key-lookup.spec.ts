import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { apiKeyFormat } from '../../src/access/principal/key-token.js';
import { PrincipalQueries } from '../../src/access/principal/principal.queries.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

it('an API key with a wrong character is refused without a query', async () => {
  const owner = await server.world.owner();
  const made = await owner.api.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['projects:read'] });
  const key: string = made.body.key;
  const use = async (text: string): Promise<unknown> => {
    const { status, body } = await server.api.with({ 'x-api-key': text }).get(`${owner.home}/projects`);
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
