import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { createClient, memoryStore, type TenantryClient, type Tokens, type TokenStore } from '@tenantry/sdk';
import { FaultyProxy } from '../support/faulty-proxy.js';
import { Replicas } from '../support/replicas.js';
import { goodPassword } from '../support/world.js';

// The SDK speaks to two replicas in turn, as through a load balancer.

let replicas: Replicas;
let proxy: FaultyProxy;
let client: TenantryClient;
let acme: TenantryClient<true>;

beforeAll(async () => {
  replicas = await Replicas.start(2);
  proxy = await FaultyProxy.start(...replicas.processes.map(({ url }) => url));
  client = createClient({ url: proxy.url });
  await client.logIn({ body: { email: 'owner@example.com', password: goodPassword } });
  acme = client.forOrganization(replicas.organizationId);
});
afterEach(() => proxy.reset());
afterAll(async () => {
  await proxy.close();
  await replicas.end();
});

const names = async (): Promise<string[]> => (await replicas.rows<{ name: string }>('select name from teams order by name')).map(({ name }) => name);

/** A store that several clients share, of which one at a time may refresh, as the tabs of a browser do. */
function sharedStore(tokens: Tokens | undefined): TokenStore {
  let queue: Promise<unknown> = Promise.resolve();
  const exclusively = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };
  return { ...memoryStore(tokens), exclusively };
}

it('writes whose answers are lost on one replica are repeated on the other, and each happens once', async () => {
  proxy.harm('lost-answer', 10, 'POST');
  const created = await Promise.all(Array.from({ length: 10 }, (_, number) => acme.send('createTeam', { body: { name: `Lost ${number}` } })));
  expect(created.map(({ headers }) => headers.get('idempotency-replayed'))).toEqual(Array.from({ length: 10 }, () => 'true'));
  expect(proxy.count('POST')).toBeGreaterThanOrEqual(20);
  expect(await names()).toEqual(Array.from({ length: 10 }, (_, number) => `Lost ${number}`));
});

it('ten clients that share an expired session refresh it once, and both replicas accept its new token', async () => {
  const tokens = (await client.tokens()) as Tokens;
  const store = sharedStore({ ...tokens, expiresAt: Date.now() });
  const tabs = Array.from({ length: 10 }, () => createClient({ url: proxy.url, store }));
  const people = await Promise.all(tabs.flatMap((tab) => [tab.getMe(), tab.getMe()]));
  expect([people.length, proxy.count('POST /api/v1/auth/refresh'), proxy.count('GET')]).toEqual([20, 1, 20]);
  acme = createClient({ url: proxy.url, store }).forOrganization(replicas.organizationId);
});

it('calls that run while a replica is killed all succeed, and each write happens once', async () => {
  const before = await names();
  const writes = Array.from({ length: 30 }, async (_, number) => {
    if (number === 10) await replicas.processes[0]?.end('SIGKILL');
    return acme.createTeam({ body: { name: `Killed ${String(number).padStart(2, '0')}` } });
  });
  const reads = Array.from({ length: 30 }, () => acme.listTeams({ query: { limit: 1 } }));
  const [created] = await Promise.all([Promise.all(writes), Promise.all(reads)]);
  expect(new Set(created.map(({ id }) => id)).size).toBe(30);
  expect((await names()).length - before.length).toBe(30);
});
