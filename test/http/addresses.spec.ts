import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../support/client.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword } from '../support/world.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer({ RATE_LIMITS_ENABLED: 'true', TRUSTED_PROXIES: '1' })));
afterAll(() => server.close());

const from = (address: string, api: Client = server.api): Client => api.with({ 'x-forwarded-for': address });

/** Sends 110 malformed logins, which count like others, and returns how many were limited. All wait together, because each refusal is delayed. */
async function limitedLogins(spelling: (time: number) => string): Promise<number> {
  const answers = await Promise.all(Array.from({ length: 110 }, (_, time) => from(spelling(time)).post('/auth/login', {})));
  return answers.filter(({ status }) => status === 429).length;
}

describe('the address of a client behind a proxy', () => {
  it.each([
    ['an IPv4 address with a port', (time: number) => `203.0.113.7:${61_598 + time}`],
    ['an IPv6 address with brackets and a port', (time: number) => `[2001:db8::${time.toString(16)}]:${50_000 + time}`],
    [
      'an IPv4 address in spellings of IPv6',
      (time: number) => ['::ffff:203.0.113.8', '::FFFF:CB00:7108', '[::ffff:203.0.113.8]:443', '203.0.113.8', '0:0:0:0:0:ffff:cb00:7108'][time % 5] ?? '',
    ],
    ['garbage, instead of which the connection counts', (time: number) => `<${time}>`],
  ])('110 logins count for one address if the proxy sends %s', async (_, spelling) => {
    expect(await limitedLogins(spelling)).toBe(10);
  });

  it('sessions show the address without port and brackets', async () => {
    const owner = await server.world.owner();
    for (const address of ['203.0.113.9:61598', '[2001:DB8:9::9]:443', '::ffff:203.0.113.10'])
      expect((await from(address).post('/auth/login', { email: owner.email, password: goodPassword })).status).toBe(200);
    const { data } = (await owner.api.get('/auth/sessions')).body;
    const addresses = data.map(({ ipAddress }: { ipAddress: string }) => ipAddress);
    expect(addresses).toEqual(expect.arrayContaining(['203.0.113.9', '2001:db8:9::9', '203.0.113.10']));
  });
});
