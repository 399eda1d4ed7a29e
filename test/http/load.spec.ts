import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Client, type Answer } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { itInLongRun } from '../support/rounds.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
let unlimited: TestServer;
/** With rate limits. */
let rated: TestServer;
let database: pg.Pool;
const settings = { CATALOG: 'test/catalogs/load.yaml', DATABASE_POOL_SIZE: '10', DATABASE_LOCK_TIMEOUT: '15' };
beforeAll(async () => {
  [server, unlimited] = [await startTestServer({ ...settings, LOAD_LIMITS_ENABLED: 'true' }), await startTestServer(settings)];
  rated = await startTestServer({ ...settings, LOAD_LIMITS_ENABLED: 'true', RATE_LIMITS_ENABLED: 'true' });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 4 });
});
afterAll(async () => {
  await database.end();
  await Promise.all([server.close(), unlimited.close(), rated.close()]);
});

/** Somebody whose organization has a plan of `load.yaml`. */
async function ownerOn(plan: 'usual' | 'few' | 'little'): Promise<Person> {
  const owner = await server.world.owner();
  await database.query('update organizations set plan = $1 where id = $2', [plan, owner.organizationId]);
  return owner;
}

/** The number of requests that the server counts as running. */
async function running(): Promise<number> {
  const { text } = await server.api.get('//metrics');
  return Number(/^tenantry_requests_running (\d+)$/m.exec(text)?.[1]);
}
const untilRunning = (count: number): Promise<number> => eventually(running, (found) => found === count);

/** Does something while nobody can write the row of an organization. */
async function whileLocked<Result>({ organizationId }: Pick<Person, 'organizationId'>, work: () => Promise<Result>): Promise<Result> {
  const client = await database.connect();
  await client.query('begin');
  await client.query('select from organizations where id = $1 for update', [organizationId]);
  try {
    return await work();
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const current = '/organizations/current';
const rename = ({ api, home }: Pick<Person, 'api' | 'home'>, signal?: AbortSignal): Promise<number> =>
  fetch(`${api.url}/api/v1${home}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${api.token ?? ''}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: `Org ${Math.random()}` }),
    ...(signal === undefined ? {} : { signal }),
  }).then(
    ({ status }) => status,
    () => 0,
  );

const refusal = ({ status, body, headers }: Answer): object => ({ status, code: body.code, retryAfter: headers.get('retry-after') });
const tooMany = { status: 429, code: 'too_many_running_requests', retryAfter: '1' };

/** Occupies both places of an organization on the plan `few` while something is done, and expects that both requests are answered in the end. */
async function whileBusy(owner: Person, work: () => Promise<void>): Promise<void> {
  const before = await running();
  const busy = await whileLocked(owner, async () => {
    const writes = [rename(owner), rename(owner)];
    expect(await untilRunning(before + 2)).toBe(before + 2);
    await work();
    return writes;
  });
  expect(await Promise.all(busy)).toEqual([200, 200]);
  expect(await untilRunning(before)).toBe(before);
}

describe('the running requests of an organization', () => {
  it('are refused beyond the limit of its plan, with the limit, and not afterwards', async () => {
    const owner = await ownerOn('few');
    await whileBusy(owner, async () => {
      const fromPage = owner.api.with({ origin: 'https://page.example' });
      const answer = await fromPage.get(current);
      expect(refusal(answer)).toEqual(tooMany);
      expect(answer.body).toMatchObject({ limit: 2, instance: '/api/v1/organizations/current', title: 'Too many requests' });
      expect([answer.headers.get('ratelimit-policy'), answer.headers.get('ratelimit')]).toEqual(['"org-running";q=2;qu="concurrent-requests"', '"org-running";r=0;t=1']);
      // The second one is refused before its credential is verified: the answer is the same.
      const again = await fromPage.get(current);
      const names = [...answer.headers.keys()].filter((name) => !['x-request-id', 'date', 'content-length'].includes(name));
      expect(names).toContain('access-control-expose-headers');
      expect(names.map((name) => `${name}: ${again.headers.get(name)}`)).toEqual(names.map((name) => `${name}: ${answer.headers.get(name)}`));
      expect([again.body, again.headers.get('ratelimit-policy'), again.headers.get('content-type')]).toEqual([
        { ...answer.body, requestId: again.headers.get('x-request-id') },
        answer.headers.get('ratelimit-policy'),
        answer.headers.get('content-type'),
      ]);
    });
    expect((await owner.api.get(current)).status).toBe(200);
  });

  it('are those of all its members and API keys together, and of no other organization', async () => {
    const owner = await ownerOn('few');
    const [member, other] = [await server.world.member(owner), await ownerOn('few')];
    const { body: key } = await owner.api.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['organization:read'] });
    await whileBusy(owner, async () => {
      const withKey = new Client(server.url, undefined, { 'x-api-key': key.secret ?? key.key ?? key.token });
      for (const api of [member.api, withKey, withKey, member.api]) expect(refusal(await api.get(current))).toEqual(tooMany);
      expect((await other.api.get(current)).status).toBe(200);
      expect((await server.api.post('/auth/login', { email: owner.email, password: goodPassword })).status).toBe(200);
    });
  });

  itInLongRun('of a user in two organizations count for the one that the request names', async () => {
    const owner = await ownerOn('few');
    const { body: second } = await owner.api.post('/organizations', { name: 'Second' });
    const { body: session } = await owner.api.post('/auth/switch-organization', { organizationId: null });
    const anywhere = owner.api.as(session.accessToken);
    await whileBusy(owner, async () => {
      for (let turn = 0; turn < 3; turn += 1) {
        for (const api of [anywhere, owner.api]) {
          expect(refusal(await api.get(owner.home))).toEqual(tooMany);
          expect((await api.get(`/organizations/${second.id}`)).status).toBe(200);
        }
        expect((await anywhere.get('/auth/me')).status).toBe(200);
      }
    });
  });

  it('do not keep probes and metrics from being answered, whatever credential they carry', async () => {
    const owner = await ownerOn('few');
    await whileBusy(owner, async () => {
      await owner.api.get(current);
      for (const path of ['//health/live', '//health/ready', '//metrics']) expect((await owner.api.get(path)).status).toBe(200);
    });
  });

  it('do not spend the request quota and the rate limit when they are refused', async () => {
    const owner = await ownerOn('few');
    const logged = async (): Promise<number> => {
      await server.control.flush();
      return (await database.query('select from request_log where organization_id = $1 and status = 429', [owner.organizationId])).rowCount ?? 0;
    };
    await whileBusy(owner, async () => void (await owner.api.get(current)));
    expect(await eventually(logged, (count) => count > 0)).toBe(1);
  });

  it('end once, when their work has ended, also if the client has gone away', async () => {
    const owner = await ownerOn('few');
    const before = await running();
    const clients = [new AbortController(), new AbortController()];
    await whileLocked(owner, async () => {
      const writes = clients.map(({ signal }) => rename(owner, signal));
      expect(await untilRunning(before + 2)).toBe(before + 2);
      for (const client of clients) client.abort();
      expect(await Promise.all(writes)).toEqual([0, 0]);
      await pause(300);
      // Their statements still wait: otherwise a client could begin as much work as it likes.
      expect(await running()).toBe(before + 2);
      expect(refusal(await owner.api.get(current))).toEqual(tooMany);
    });
    expect(await untilRunning(before)).toBe(before);
    await whileBusy(owner, async () => expect(refusal(await owner.api.get(current))).toEqual(tooMany));
  });

  it('end once, whatever becomes of them: refused, invalid, unknown, aborted at any moment', async () => {
    const owner = await ownerOn('usual');
    const before = await running();
    const gone = async (delay: number): Promise<number> => {
      const client = new AbortController();
      setTimeout(() => client.abort(), delay);
      return rename(owner, client.signal);
    };
    const aborted = Array.from({ length: 60 }, (_, index) => gone(index / 2));
    const others = [
      owner.api.get('/no/such/route'),
      owner.api.get(`${owner.home}/teams/none`),
      owner.api.patch(owner.home, { unknown: 1 }),
      owner.api.post(`${owner.home}/teams`, undefined, { raw: '{' }),
      owner.api.request('HEAD', current),
      owner.api.as('wrong').get(current),
      server.api.get(current),
      server.api.post('/auth/login', { email: owner.email, password: 'a wrong password' }),
      owner.api.with({ 'x-tenant-id': 'x' }).get(current),
    ];
    await Promise.all([...aborted, ...others]);
    expect(await untilRunning(before)).toBe(before);
  });

  it('end with their connection, also those whose answers wait behind another one', async () => {
    const owner = await ownerOn('usual');
    const before = await running();
    const { port } = new URL(server.url);
    const headers = `host: 127.0.0.1:${port}\r\nauthorization: Bearer ${owner.accessToken}\r\ncontent-type: application/json\r\n`;
    const sent = (method: string, path: string, body: string): string => `${method} /api/v1${path} HTTP/1.1\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;
    const pipelined = [
      sent('PATCH', owner.home, '{"name":"Slow"}'),
      ...Array.from({ length: 10 }, () => sent('GET', current, '')),
      ...Array.from({ length: 10 }, () => sent('POST', '/access/check', '{"permission":"teams:read"}')),
    ];
    await whileLocked(owner, async () => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(pipelined.join(''));
      expect(await untilRunning(before + pipelined.length)).toBe(before + pipelined.length);
      await pause(500);
      socket.destroy();
    });
    expect(await untilRunning(before)).toBe(before);
  });

  it('are not those that wait for their refusal, so that an API key beyond its rate does not keep the others of its organization out', async () => {
    const owner = await ownerOn('usual');
    const on = owner.api.on(rated.url);
    const { body: key } = await on.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['organization:read'], rateLimit: 1 });
    const withKey = new Client(rated.url, undefined, { 'x-api-key': key.secret ?? key.key ?? key.token });
    expect((await withKey.get(current)).status).toBe(200);
    const refused: Promise<Answer>[] = [];
    const own: number[] = [];
    for (let turn = 0; turn < 12; turn += 1) {
      for (let count = 0; count < 10; count += 1) refused.push(withKey.get(current));
      await pause(50);
      own.push((await on.get(current)).status);
    }
    expect(own).toEqual(own.map(() => 200));
    const answers = await Promise.all(refused);
    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(answers.map(() => '429 too_many_requests'));
    for (const { headers } of answers) expect([Number(headers.get('retry-after')) > 0, headers.get('ratelimit-policy')]).toEqual([true, '"key";q=1;w=60']);
  });

  it('of a stream end when it was sent, or its client has gone away', async () => {
    const owner = await ownerOn('few');
    const before = await running();
    for (let batch = 0; batch < 8; batch += 1) {
      const events = Array.from({ length: 1000 }, (_, index) => ({ id: `${owner.organizationId}-${batch}-${index}`, meter: 'tokens', quantity: 1 }));
      expect((await owner.api.post('/usage/events', { events })).status).toBeLessThan(300);
    }
    const path = `/api/v1${owner.home}/usage/export?what=events&format=csv`;
    const begun = (): Promise<{ stop(): void; rest(): Promise<number> }> =>
      new Promise((resolve, reject) => {
        const sending = request(`${server.url}${path}`, { headers: { authorization: `Bearer ${owner.accessToken}` }, agent: false }, (response) => {
          response.once('readable', () =>
            resolve({
              stop: () => response.destroy(),
              rest: async () => {
                let length = 0;
                for await (const chunk of response) length += (chunk as Buffer).length;
                return length;
              },
            }),
          );
        });
        sending.on('error', reject);
        sending.end();
      });
    const [first, second] = [await begun(), await begun()];
    // Their clients do not read on.
    const most = await running();
    expect(most).toBeLessThanOrEqual(before + 2);
    first.stop();
    expect(await second.rest()).toBeGreaterThan(100_000);
    expect(await untilRunning(before)).toBe(before);
  });

  it('are not limited by LOAD_LIMITS_ENABLED=false', async () => {
    const owner = await ownerOn('few');
    const api = owner.api.on(unlimited.url);
    const { writes } = await whileLocked(owner, async () => {
      const begun = [0, 1, 2].map(() => rename({ api, home: owner.home }));
      const text = async (): Promise<string> => (await unlimited.api.get('//metrics')).text;
      await eventually(text, (found) => /^tenantry_requests_running 3$/m.test(found));
      expect((await api.get(current)).status).toBe(200);
      return { writes: begun };
    });
    expect(await Promise.all(writes)).toEqual([200, 200, 200]);
  });
});

describe('the database time of an organization', () => {
  it('is refused when it is used up, says when to try again, and concerns no other organization', async () => {
    const [owner, other] = [await ownerOn('little'), await ownerOn('usual')];
    const create = ({ api, home }: Person): Promise<Answer> => api.post(`${home}/teams`, { name: server.world.unique('team') });
    const waiting = await whileLocked(owner, async () => {
      const before = await running();
      const write = create(owner);
      await untilRunning(before + 1);
      // The connection of the statement is held meanwhile.
      await pause(500);
      return { write };
    });
    expect((await waiting.write).status).toBe(201);
    const answer = await create(owner);
    expect(refusal(answer)).toEqual({ status: 429, code: 'database_time_exceeded', retryAfter: '60' });
    expect(answer.body.limit).toBe(1);
    expect(answer.headers.get('ratelimit-policy')).toBe('"org-database";q=1;w=1;qu="database-milliseconds"');
    expect((await owner.api.get(current)).body.code).toBe('database_time_exceeded');
    expect((await create(other)).status).toBe(201);
    await database.query(`update organizations set plan = 'usual' where id = $1`, [owner.organizationId]);
    const later = await eventually(
      () => create(owner),
      ({ status }) => status === 201,
    );
    expect(later.status).toBe(201);
  });
});

describe('the plan of an organization', () => {
  it('shows its limits, and those of a plan that states none', async () => {
    const load = async (owner: Person): Promise<unknown> => (await owner.api.get('/tenant/entitlements')).body.load;
    expect(await load(await ownerOn('usual'))).toEqual({ requests: 50, databaseTime: 2000, source: 'plan' });
    expect(await load(await ownerOn('few'))).toEqual({ requests: 2, databaseTime: null, source: 'plan' });
    expect(await load(await ownerOn('little'))).toEqual({ requests: null, databaseTime: 1, source: 'plan' });
  });
});

describe('the metrics of the load', () => {
  it('count refusals by reason, and name only some organizations', async () => {
    const owner = await ownerOn('few');
    const count = async (reason: string): Promise<number> =>
      Number(new RegExp(`^tenantry_requests_refused_total\\{reason="${reason}"\\} (\\d+)$`, 'm').exec((await server.api.get('//metrics')).text)?.[1]);
    const before = await count('running_requests');
    await whileBusy(owner, async () => void (await owner.api.get(current)));
    expect(await count('running_requests')).toBe(before + 1);
    expect(await count('pool')).toBe(0);
    for (let number = 0; number < 12; number += 1) await (await server.world.owner()).api.patch('/tenant/settings', { default_language: 'de' }).catch(() => undefined);
    const { text } = await server.api.get('//metrics');
    expect(text).toMatch(/^tenantry_database_held_seconds_total \d/m);
    expect(text).toMatch(/^tenantry_overloaded 0$/m);
    expect(text.match(/^tenantry_organization_database_held_seconds\{/gm)?.length).toBeLessThanOrEqual(10);
  });
});
