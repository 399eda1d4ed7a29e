import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { smallCatalog, startServerWithCatalog, type SmallCatalog } from '../support/catalogs.js';
import type { Answer, Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { redisAvailable, startRedis, type TestRedis } from '../support/redis.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword, type Person } from '../support/world.js';

// Each test has a server of its own, so its counters begin at none.
const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function limited(catalog: SmallCatalog, env: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const server = await startServerWithCatalog(smallCatalog(catalog), { RATE_LIMITS_ENABLED: 'true', ...env });
  servers.push(server);
  return server;
}

const logIn = (api: Client, email: string, password = goodPassword): Promise<Answer> => api.post('/auth/login', { email, password });
const signUp = ({ world }: TestServer, api: Client): Promise<Answer> =>
  api.post('/auth/signup', { email: world.email(), password: goodPassword, name: 'New', organization: { name: world.unique('org') } });

/** The statuses of so many calls, one after the other. */
async function statuses(times: number, call: (time: number) => Promise<Answer>): Promise<number[]> {
  const list: number[] = [];
  for (let time = 0; time < times; time += 1) list.push((await call(time)).status);
  return list;
}

/** The remaining requests of a policy, as reported by a response. */
function left({ headers }: Answer, policy: string): number {
  const remaining = new RegExp(`"${policy}";r=(\\d+);t=\\d+`).exec(headers.get('ratelimit') ?? '')?.[1];
  if (remaining === undefined) throw new Error(`no "${policy}" in RateLimit: ${headers.get('ratelimit')}`);
  return Number(remaining);
}

/** A client behind a proxy that reports this address. */
const from = (api: Client, address: string): Client => api.with({ 'x-forwarded-for': address });

describe('a limit', () => {
  const login = '{ per: address, requests: 3, seconds: 600 }';

  it('every response reports the rate limit, and a refusal reports when to retry', async () => {
    const server = await limited({ rateLimits: { login } });
    const { email } = await server.world.owner();
    const first = await logIn(server.api, email, 'wrong');
    expect(first.status).toBe(401);
    expect(first.headers.get('ratelimit-policy')).toBe('"login-address";q=3;w=600');
    expect(first.headers.get('ratelimit')).toBe('"login-address";r=2;t=600');
    expect(first.headers.get('retry-after')).toBeNull();
    expect(await statuses(2, () => logIn(server.api, email))).toEqual([200, 200]);
    const refused = await logIn(server.api, email);
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests', policy: 'login-address' } });
    const after = Number(refused.headers.get('retry-after'));
    expect(after).toBe(refused.body.retryAfter);
    expect(after).toBeGreaterThan(590);
    expect(after).toBeLessThanOrEqual(600);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.headers.get('ratelimit')).toMatch(/^"login-address";r=0;t=\d+$/);
  });

  it('logins are limited by IP address, and a stranger cannot use up the logins of an account', async () => {
    const server = await limited({ rateLimits: { login } }, { TRUSTED_PROXIES: '1' });
    const [a, b] = [await server.world.owner(), await server.world.owner()];
    const stranger = from(server.api, '198.51.100.1');
    expect(await statuses(4, (time) => logIn(stranger, time % 2 === 0 ? a.email : b.email, 'wrong'))).toEqual([401, 401, 401, 429]);
    for (const { email } of [a, b]) expect((await logIn(from(server.api, '198.51.100.2'), email)).status).toBe(200);
  });

  it('a rate limit resets after the reported time', async () => {
    const server = await limited({ rateLimits: { login: '{ per: address, requests: 1, seconds: 1 }' } });
    const { email } = await server.world.owner();
    expect((await logIn(server.api, email)).status).toBe(200);
    const refused = await logIn(server.api, email);
    expect(refused.status).toBe(429);
    // Rate limits count by the real time: the reported second must pass.
    await delay(1000 * Number(refused.headers.get('retry-after')) + 100);
    expect((await logIn(server.api, email)).status).toBe(200);
  });

  it('malformed requests are counted', async () => {
    const server = await limited({ rateLimits: { login } });
    const bodies = [{}, { email: 7, password: 'x' }, { email: ['a@example.com'], password: 'x' }, { email: 'a@example.com', password: 'x' }];
    expect(await statuses(4, (time) => server.api.post('/auth/login', bodies[time]))).toEqual([400, 400, 400, 429]);
  });

  it('sign-ups are limited by IP address', async () => {
    const server = await limited({ rateLimits: { signup: '{ per: address, requests: 2, seconds: 3600 }' } });
    expect(await statuses(3, () => signUp(server, server.api))).toEqual([201, 201, 429]);
  });

  it('the creation of organizations is limited by user across organizations', async () => {
    const server = await limited({ rateLimits: { organizationCreate: '{ per: user, requests: 3, seconds: 3600 }' } });
    const [a, b] = await server.world.twoTenants();
    const create = (api: Client): Promise<Answer> => api.post('/organizations', { name: server.world.unique('more') });
    const made = await create(a.api);
    expect(made.status).toBe(201);
    expect(made.headers.get('ratelimit-policy')).toContain('"organization-create-user";q=3;w=3600');
    const { body } = await a.api.post('/auth/switch-organization', { organizationId: made.body.id });
    expect((await create(server.api.as(body.accessToken))).status).toBe(201);
    const again = await logIn(server.api, a.email);
    expect((await create(server.api.as(again.body.accessToken))).status).toBe(201);
    expect(await create(a.api.with({ 'x-tenant-id': a.organizationId }))).toMatchObject({ status: 429, body: { policy: 'organization-create-user' } });
    expect((await create(b.api)).status).toBe(201);
  });

  it('adding members is limited by user, also for unknown addresses', async () => {
    const server = await limited({ rateLimits: { memberAdd: '{ per: user, requests: 3, seconds: 3600 }' } });
    const [a, b] = await server.world.twoTenants();
    const colleague = await server.world.member(a, 'admin');
    const add = ({ api }: Person): Promise<Answer> => api.post(`${a.home}/members`, { email: server.world.email(), role: 'member' });
    expect(await statuses(4, () => add(a))).toEqual([202, 202, 202, 429]);
    expect((await add(colleague)).status).toBe(202);
    expect((await b.api.post(`${b.home}/members`, { email: server.world.email(), role: 'member' })).status).toBe(202);
  });

  it('each invitation of a list counts toward the limit', async () => {
    const server = await limited({ rateLimits: { invitationCreate: '{ per: user, requests: 5, seconds: 3600 }' } });
    const owner = await server.world.owner();
    const invite = (count: number): Promise<Answer> =>
      owner.api.post(`${owner.home}/invitations`, { invitations: Array.from({ length: count }, () => ({ email: server.world.email(), role: 'member', delivery: 'link' })) });
    const first = await invite(4);
    expect(first.status).toBe(201);
    expect(left(first, 'invitation-create-user')).toBe(1);
    expect((await invite(2)).status).toBe(429);
  });

  it('no limit applies when rate limits are disabled', async () => {
    const server = await limited({ requests: 1, rateLimits: { login } }, { RATE_LIMITS_ENABLED: 'false' });
    const { email } = await server.world.owner();
    const answers = await statuses(8, () => logIn(server.api, email));
    expect(answers).toEqual(Array.from({ length: 8 }, () => 200));
    expect((await logIn(server.api, email)).headers.get('ratelimit')).toBeNull();
  });
});

describe('the address', () => {
  const signup = '{ per: address, requests: 2, seconds: 3600 }';

  it('forwarded headers are ignored when no proxy is trusted', async () => {
    const server = await limited({ rateLimits: { signup } });
    const headers = ['x-forwarded-for', 'forwarded', 'x-real-ip'];
    expect(await statuses(3, (time) => signUp(server, server.api.with({ [headers[time] ?? '']: time === 1 ? 'for=198.51.100.7' : `198.51.100.${time}` })))).toEqual([
      201, 201, 429,
    ]);
  });

  it('the client address is the one from the trusted proxy; forged headers neither evade a limit nor use up another’s', async () => {
    const server = await limited({ rateLimits: { signup } }, { TRUSTED_PROXIES: '1' });
    const victim = '203.0.113.9';
    expect(await statuses(4, (time) => signUp(server, from(server.api, `198.51.100.${time}, ${victim}, 192.0.2.1`)))).toEqual([201, 201, 429, 429]);
    expect(await statuses(3, () => signUp(server, from(server.api, victim)))).toEqual([201, 201, 429]);
    expect((await signUp(server, server.api)).status).toBe(201);
  });

  it('IPv6 addresses are limited by their /64 network', async () => {
    const server = await limited({ rateLimits: { signup } }, { TRUSTED_PROXIES: '1' });
    const one = ['2001:db8:1:2::1', '2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2:3:4:5:6'];
    expect(await statuses(3, (time) => signUp(server, from(server.api, one[time] ?? '')))).toEqual([201, 201, 429]);
    expect(await statuses(3, () => signUp(server, from(server.api, '2001:db8:1:3::1')))).toEqual([201, 201, 429]);
    const zeros = ['2001:db8::1', '2001:db8:0:0:1::', '2001:db8:0::2'];
    expect(await statuses(3, (time) => signUp(server, from(server.api, zeros[time] ?? '')))).toEqual([201, 201, 429]);
    expect(await statuses(2, (time) => signUp(server, from(server.api, `::ffff:198.51.100.${time}`)))).toEqual([201, 201]);
    expect((await signUp(server, from(server.api, '::ffff:198.51.100.9'))).status).toBe(201);
  });
});

describe('the organization’s limit', () => {
  it('the limit of an organization is shared by its members only', async () => {
    const server = await limited({ requests: 12 });
    const [a, b] = await server.world.twoTenants();
    const colleague = await server.world.member(a);
    const before = left(await a.api.get(a.home), 'org');
    expect(left(await colleague.api.get(`${a.home}/teams`), 'org')).toBe(before - 1);
    const exhausted = await statuses(before, () => a.api.get(`${a.home}/teams`));
    expect(exhausted.at(-1)).toBe(429);
    expect(exhausted.filter((status) => status === 429)).toHaveLength(1);
    expect(await colleague.api.get(`${a.home}/teams`)).toMatchObject({ status: 429, body: { code: 'too_many_requests', policy: 'org' } });
    const untouched = await b.api.get(b.home);
    expect({ status: untouched.status, left: left(untouched, 'org') }).toEqual({ status: 200, left: 11 });
  });

  it('a request that is refused for a missing permission counts toward the limit', async () => {
    const server = await limited({ requests: 100 });
    const owner = await server.world.owner();
    const member = await server.world.member(owner);
    const first = await member.api.delete(owner.home);
    expect(first.status).toBe(403);
    expect(left(await member.api.delete(owner.home), 'org')).toBe(left(first, 'org') - 1);
  });

  it('non-members cannot exhaust the limit of an organization by header, path or host', async () => {
    const server = await limited({ requests: 40 }, { APP_DOMAIN: 'tenantry.test', TRUSTED_PROXIES: '1' });
    const [a, b] = await server.world.twoTenants();
    const before = left(await b.api.get(b.home), 'org');
    const attempts = [
      () => a.api.with({ 'x-tenant-id': b.organizationId }).get('/organizations/current'),
      () => a.api.with({ 'x-tenant-slug': b.slug }).get('/organizations/current'),
      () => a.api.with({ 'x-forwarded-host': `${b.slug}.tenantry.test` }).get('/organizations/current'),
      () => a.api.get(b.home),
      () => server.api.with({ 'x-tenant-id': b.organizationId }).get('/organizations/current'),
      () => server.api.as('no token').get(b.home),
    ];
    for (const attempt of attempts) expect([400, 401, 404]).toContain((await attempt()).status);
    expect(left(await b.api.get(b.home), 'org')).toBe(before - 1);
  });

  it('the limit of an organization applies regardless of how the request names it', async () => {
    const server = await limited({ requests: 6 });
    const a = await server.world.owner();
    const ways = [
      () => a.api.get(a.home),
      () => a.api.get('/organizations/current'),
      () => a.api.with({ 'x-tenant-id': a.organizationId }).get('/organizations/current'),
      () => a.api.with({ 'x-tenant-id': a.organizationId.toUpperCase() }).get('/organizations/current'),
      () => a.api.with({ 'x-tenant-slug': a.slug }).get('/organizations/current'),
      () => a.api.get(`/organizations/${a.organizationId.toUpperCase()}`),
    ];
    const remaining: number[] = [];
    for (const way of ways) remaining.push(left(await way(), 'org'));
    expect(remaining).toEqual([5, 4, 3, 2, 1, 0]);
    for (const way of ways) expect((await way()).status).toBe(429);
  });

  it('the limit of an organization comes from its plan', async () => {
    const server = await limited({ requests: 3 });
    const [a, b] = await server.world.twoTenants();
    const database = new pg.Client({ connectionString: testDatabase().platform });
    await database.connect();
    await database.query(`update organizations set plan = 'large' where id = $1`, [a.organizationId]);
    await database.end();
    expect((await a.api.get(a.home)).headers.get('ratelimit-policy')).toBe('"org";q=30;w=60');
    expect(await statuses(9, () => a.api.get(a.home))).toEqual(Array.from({ length: 9 }, () => 200));
    expect(await statuses(4, () => b.api.get(b.home))).toEqual([200, 200, 200, 429]);
  });

  it('the organization’s limit applies in addition to a key’s own limit, which does not affect other callers', async () => {
    const server = await limited({ requests: 100 });
    const owner = await server.world.owner();
    const key = async (rateLimit: number): Promise<Client> => {
      const { body } = await owner.api.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['teams:read'], rateLimit });
      return server.api.with({ 'x-api-key': body.key });
    };
    const [slow, quick] = [await key(2), await key(50)];
    const first = await slow.get(`${owner.home}/teams`);
    expect(first.headers.get('ratelimit-policy')).toBe('"key";q=2;w=60, "org";q=100;w=60');
    expect((await slow.get(`${owner.home}/teams`)).status).toBe(200);
    expect(await slow.get(`${owner.home}/teams`)).toMatchObject({ status: 429, body: { policy: 'key' } });
    expect((await quick.get(`${owner.home}/teams`)).status).toBe(200);
    expect((await owner.api.get(`${owner.home}/teams`)).status).toBe(200);
  });

  it('the limit of an organization applies to concurrent requests', async () => {
    const server = await limited({ requests: 10 });
    const a = await server.world.owner();
    const answers = await Promise.all(Array.from({ length: 30 }, () => a.api.get(a.home)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20);
  });
});

describe('with a REDIS_URL where nobody listens', () => {
  it('if Redis is unreachable, requests are served and the server limits locally', async () => {
    const server = await limited({ requests: 5 }, { REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    const [a, b] = await server.world.twoTenants();
    expect(await statuses(6, () => a.api.get(a.home))).toEqual([200, 200, 200, 200, 200, 429]);
    expect((await b.api.get(b.home)).status).toBe(200);
  });
});

const withRedis = redisAvailable ? describe : describe.skip;
withRedis('servers with one Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => void (redis = await startRedis()));
  afterAll(() => redis.stop());

  it('replicas share a count in Redis, and count separately when Redis is gone', async () => {
    const [one, two] = [await limited({ requests: 5 }, { REDIS_URL: redis.url }), await limited({ requests: 5 }, { REDIS_URL: redis.url })];
    // Connections open with the first count; until then each server counts for itself.
    const remainingAtTwo = async (): Promise<number> => {
      const { api, accessToken, home } = await one.world.owner();
      await api.get(home);
      return left(await two.api.as(accessToken).get(home), 'org');
    };
    expect(await eventually(remainingAtTwo, (count) => count === 3)).toBe(3);
    const a = await one.world.owner();
    const there = two.api.as(a.accessToken);
    const remaining: number[] = [];
    for (const api of [a.api, there, a.api, there, a.api]) remaining.push(left(await api.get(a.home), 'org'));
    expect(remaining).toEqual([4, 3, 2, 1, 0]);
    expect(await Promise.all([a.api.get(a.home), there.get(a.home)])).toMatchObject([{ status: 429 }, { status: 429 }]);
    const b = await two.world.owner();
    expect(left(await b.api.get(b.home), 'org')).toBe(4);
    await redis.stop();
    const afterwards = await statuses(6, () => b.api.get(b.home));
    expect(afterwards.filter((status) => status !== 429)).toEqual(Array.from({ length: redis.own ? 5 : 4 }, () => 200));
  });
});

it('the default catalog limits sign-ups, logins, and what sends mail or finds people', async () => {
  const server = await startTestServer({ RATE_LIMITS_ENABLED: 'true' });
  servers.push(server);
  const owner = await server.world.owner();
  const told = async (answer: Promise<Answer>): Promise<string> => (await answer).headers.get('ratelimit-policy') ?? '';
  expect(await told(logIn(server.api, owner.email))).toMatch(/"login-address";q=\d+;w=\d+/);
  expect(await told(signUp(server, server.api))).toMatch(/"signup-address";q=\d+;w=\d+/);
  expect(await told(owner.api.post('/auth/email/resend'))).toMatch(/"email-resend-user";q=\d+;w=\d+/);
  expect(await told(owner.api.post(`${owner.home}/members`, {}))).toMatch(/"org";.*"member-add-user";q=\d+;w=\d+/);
  expect(await told(owner.api.post(`${owner.home}/invitations`, {}))).toMatch(/"org";.*"invitation-create-user";q=\d+;w=\d+/);
  expect(await told(server.api.post('/invitations/accept', {}))).toMatch(/"invitation-accept-address";q=\d+;w=\d+/);
});
