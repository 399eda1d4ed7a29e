import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { PlatformAdminsService } from '../../../src/modules/auth/platform/platform-admins.service.js';
import { eventually } from '../../support/eventually.js';
import type { Client } from '../../support/client.js';
import { runJob, SetClock } from '../../support/jobs.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { statementsSentBy } from '../../support/sent-statements.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { goodPassword, type Person } from '../../support/world.js';

const clock = new SetClock(new Date('2026-11-10T12:00:00Z'));
let database: ScratchDatabase;
let server: TestServer;
let look: pg.Client;
let operator: Client;
/** Has used something of everything, on two days; and so has somebody else. */
let owner: Person;
let member: Person;
let stranger: Person;
let keyId: string;

const count = (who: Person, meter: string, quantity = 1, subject?: string): Promise<unknown> =>
  who.api.post('/usage/events', { events: [{ id: randomUUID(), meter, quantity, subject }] });
const consume = async (api: Client, meter: string, quantity: number): Promise<void> => expect((await api.post('/usage/consume', { meter, quantity })).status).toBe(200);
const requests = (who: Person, day: string, caller: string, [endpoint, made, failures, duration, tokens]: readonly [string, number, number, number, number]): Promise<unknown> =>
  look.query(`insert into request_days (organization_id, day, method, endpoint, caller, requests, failures, duration, tokens) values ($1, $2, 'GET', $3, $4, $5, $6, $7, $8)`, [
    who.organizationId,
    day,
    endpoint,
    caller,
    made,
    failures,
    duration,
    tokens,
  ]);

beforeAll(async () => {
  database = await scratchDatabase();
  // The requests of this test are logged as well; what it reports are those that it makes up.
  await database.alter(
    'create function skip() returns trigger language plpgsql as $$ begin return null; end $$',
    ...['request_days', 'request_log'].map((table) => `create trigger skip before insert on ${table} for each row when (new.endpoint like '/api/%') execute function skip()`),
  );
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
  server = await startTestServer({ CATALOG: 'test/catalogs/usage.yaml', JOBS_ENABLED: 'false' }, database, { clock });
  await server.app.get(PlatformAdminsService).createFirstPlatformAdmin('operator@example.com', goodPassword);
  operator = server.api.as((await server.api.post('/auth/login', { email: 'operator@example.com', password: goodPassword })).body.accessToken);
  [owner, stranger] = [await server.world.owner({ organization: 'Mine' }), await server.world.owner({ organization: 'Theirs' })];
  member = await server.world.member(owner);
  const { body: key } = await owner.api.post(`${owner.home}/api-keys`, { name: '=SUM(A1)', permissions: ['usage:write'] });
  keyId = key.id;
  await consume(owner.api, 'quizzes', 3);
  await consume(member.api, 'quizzes', 2);
  await consume(owner.api, 'disk', 4);
  await count(owner, 'peak', 700);
  await count(owner, 'visitors', 1, 'ada');
  await owner.api.post('/usage/leases', { meter: 'sessions' });
  await owner.api.post('/usage/leases', { meter: 'sessions' });
  clock.time = new Date('2026-11-11T12:00:00Z');
  await consume(server.api.as(key.key), 'quizzes', 1);
  await consume(owner.api, 'tokens', 5000);
  await count(owner, 'peak', 300);
  await count(owner, 'visitors', 1, 'ada');
  await count(owner, 'visitors', 1, '=HYPERLINK("x")');
  await requests(owner, '2026-11-10', `user:${owner.userId}`, ['/a', 10, 1, 50_000, 7]);
  await requests(owner, '2026-11-11', `key:${keyId}`, ['/a', 5, 0, 5_000, 0]);
  await requests(owner, '2026-11-11', `user:${member.userId}`, ['/b', 1, 1, 3_000, 0]);
  for (const meter of ['quizzes', 'tokens']) await consume(stranger.api, meter, 9);
  await requests(stranger, '2026-11-11', `user:${stranger.userId}`, ['/secret', 99, 0, 1, 99]);
});
afterAll(async () => {
  await server.close();
  await look.end();
  await database.drop();
});

const usage = (query = '', who: Person = owner): Promise<{ status: number; body: any }> => who.api.get(`${who.home}/usage${query}`);
const meterIn = (body: any, key: string): any => body.meters.find(({ meter }: { meter: string }) => meter === key);
const sums = (total: number, failures: number, averageDurationMs: number, tokens: number): object => ({ total, failures, averageDurationMs, tokens });

describe('GET /organizations/:id/usage', () => {
  it('the report has the usage of this month and the rest of the current period for each meter', async () => {
    const { status, body } = await usage();
    expect(status).toBe(200);
    expect(body).toMatchObject({ from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z', requests: sums(16, 2, 3.625, 7) });
    expect(meterIn(body, 'quizzes')).toEqual({
      meter: 'quizzes',
      name: 'Quizzes',
      kind: 'counter',
      unit: 'quiz',
      used: 6,
      period: { start: '2026-11-01T00:00:00.000Z', end: '2026-12-01T00:00:00.000Z', used: 6, held: 0, limit: 10, remaining: 4, resetsAt: '2026-12-01T00:00:00.000Z' },
    });
    expect(meterIn(body, 'tokens')).toMatchObject({ used: 5000, period: { used: 5000, limit: null, remaining: null } });
    const used = Object.fromEntries(body.meters.map(({ meter, used: units }: { meter: string; used: number }) => [meter, units]));
    expect(used).toEqual({ users: 2, calls: 16, quizzes: 6, visits: 0, tokens: 5000, runs: 0, visitors: 2, peak: 700, disk: 4, sessions: 2 });
    expect(body.groups).toBeUndefined();
    expect(meterIn(body, 'quizzes').history).toBeUndefined();
  });

  it('usage can be grouped by day', async () => {
    const { body } = await usage('?groupBy=day&meter=quizzes,tokens,peak,sessions');
    expect(body.groups).toEqual([
      { day: '2026-11-10', meters: { quizzes: 5, peak: 700, sessions: 2 }, requests: sums(10, 1, 5, 7) },
      { day: '2026-11-11', meters: { quizzes: 1, tokens: 5000, peak: 300 }, requests: sums(6, 1, 1.333, 0) },
    ]);
    expect(body.meters.map(({ meter }: { meter: string }) => meter)).toEqual(['quizzes', 'tokens', 'peak', 'sessions']);
  });

  it('usage can be grouped by endpoint', async () => {
    expect((await usage('?groupBy=endpoint')).body.groups).toEqual([
      { method: 'GET', endpoint: '/a', meters: {}, requests: sums(15, 1, 3.667, 7) },
      { method: 'GET', endpoint: '/b', meters: {}, requests: sums(1, 1, 3, 0) },
    ]);
  });

  it('usage can be grouped by user and by API key, with their names', async () => {
    expect((await usage('?groupBy=user&meter=quizzes&meter=calls')).body.groups).toEqual([
      { userId: owner.userId, name: 'Olive Owner', meters: { calls: 10, quizzes: 3 }, requests: sums(10, 1, 5, 7) },
      { userId: member.userId, name: 'Mel Member', meters: { calls: 1, quizzes: 2 }, requests: sums(1, 1, 3, 0) },
    ]);
    expect((await usage('?groupBy=key&meter=quizzes')).body.groups).toEqual([{ apiKeyId: keyId, name: '=SUM(A1)', meters: { quizzes: 1 }, requests: sums(5, 0, 1, 0) }]);
  });

  it.each(['day', 'endpoint', 'user', 'key'])('a report that is grouped by %s reads all of its sums in one statement', async (by) => {
    const sent = await statementsSentBy(() => usage(`?groupBy=${by}&includeDetails=true`));
    expect(sent.filter((text) => /usage_days|request_days|api_keys k|memberships m join users/.test(text))).toHaveLength(1);
  });

  it('usage can be reported for single days, and with past periods', async () => {
    expect((await usage('?from=2026-11-11&to=2026-11-11')).body).toMatchObject({ from: '2026-11-11T00:00:00.000Z', to: '2026-11-12T00:00:00.000Z' });
    expect(meterIn((await usage('?from=2026-11-11&to=2026-11-11')).body, 'quizzes').used).toBe(1);
    expect(meterIn((await usage('?from=2026-11-10&to=2026-11-11T00:00:00Z')).body, 'quizzes')).toMatchObject({ used: 5, period: { used: 6 } });
    expect((await usage('?from=2026-10-01&to=2026-10-31')).body.requests).toEqual({ total: 0, failures: 0, averageDurationMs: null, tokens: 0 });
    const now = clock.time;
    try {
      clock.time = new Date('2026-12-01T00:02:00Z');
      await runJob(server.app, 'usage-close', clock.time);
      const { body } = await usage('?from=2026-11-01&to=2026-12-01&includeDetails=true');
      expect(meterIn(body, 'quizzes')).toMatchObject({
        used: 6,
        period: { used: 0, limit: 10 },
        history: [{ periodStart: '2026-11-01T00:00:00.000Z', periodEnd: '2026-12-01T00:00:00.000Z', used: 6, allowance: 10, closedAt: '2026-12-01T00:02:00.000Z' }],
      });
    } finally {
      clock.time = now;
    }
  });

  it.each([
    ['?from=2026-11-11&to=2026-11-10', 422, 'invalid_range'],
    ['?from=2025-01-01&to=2026-11-10', 422, 'invalid_range'],
    ['?meter=nothing', 422, 'unknown_meter'],
    ['?from=yesterday', 400, 'validation_failed'],
    ['?from=2026-02-30', 400, 'validation_failed'],
    ['?from=2026-W12', 400, 'validation_failed'],
    ['?groupBy=weather', 400, 'validation_failed'],
    ['?include=everything', 400, 'validation_failed'],
  ])('a report refuses %s', async (query, status, code) => {
    expect(await usage(query)).toMatchObject({ status, body: { code } });
  });

  it('only members with usage:read can read the usage, of their own organization', async () => {
    expect((await member.api.get(`${owner.home}/usage`)).status).toBe(403);
    expect((await stranger.api.get(`${owner.home}/usage`)).status).not.toBe(200);
    for (const query of ['?groupBy=day', '?groupBy=user', '?groupBy=endpoint']) {
      const theirs = await usage(query);
      expect(JSON.stringify(theirs.body)).not.toMatch(/secret/);
      expect(theirs.body.requests.total).toBe(16);
    }
    expect(meterIn((await usage('', stranger)).body, 'quizzes').used).toBe(9);
  });
});

describe('GET /organizations/:id/usage/export', () => {
  const exported = (query: string, who: Person = owner): Promise<{ status: number; text: string; headers: Headers }> => who.api.get(`${who.home}/usage/export?${query}`);
  const lines = (text: string): any[] =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);

  it('the export has the ledger as CSV without formulas', async () => {
    const { text, headers } = await exported('what=events&format=csv');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe('attachment; filename="usage-events.csv"');
    const [titles, ...rest] = text.trim().split('\r\n');
    expect(titles).toBe('id,meter,quantity,occurredAt,receivedAt,periodStart,subject,corrects,userId,apiKeyId,metadata,source');
    expect(rest).toHaveLength(10);
    expect(text).toContain(`"'=HYPERLINK(""x"")"`);
    expect(text).toContain(',tokens,5000,2026-11-11T12:00:00.000Z,');
  });

  it('a CSV file begins with a byte order mark if it is asked for', async () => {
    const beginning = async (query: string): Promise<number[]> => {
      const response = await fetch(`${server.url}/api/v1${owner.home}/usage/export?${query}`, { headers: { authorization: `Bearer ${owner.accessToken}` } });
      return [...new Uint8Array(await response.arrayBuffer()).subarray(0, 5)];
    };
    expect(await beginning('what=events&format=csv&bom=true')).toEqual([0xef, 0xbb, 0xbf, 0x69, 0x64]);
    expect((await beginning('what=events&format=csv')).slice(0, 2)).toEqual([0x69, 0x64]);
    expect((await beginning('what=events&format=ndjson&bom=true'))[0]).toBe(0x7b);
  });

  it('the export has each file as NDJSON, for the own organization only', async () => {
    expect(lines((await exported('what=days&format=ndjson')).text)).toContainEqual({
      day: '2026-11-10',
      meter: 'quizzes',
      reporter: `user:${member.userId}`,
      quantity: 2,
      events: 1,
    });
    const days = lines((await exported('what=request-days&format=ndjson&from=2026-11-11')).text);
    expect(days.map(({ endpoint, requests: made }) => `${endpoint} ${made}`)).toEqual(['/a 5', '/b 1']);
    await look.query(
      `insert into request_log (organization_id, id, at, method, endpoint, status, duration, request_id) values ($1, gen_random_uuid(), '2026-11-10T10:00:00Z', 'GET', '/a', 200, 12, 'r')`,
      [owner.organizationId],
    );
    expect(lines((await exported('what=requests&format=ndjson')).text)).toMatchObject([{ at: '2026-11-10T10:00:00.000Z', endpoint: '/a', status: 200, durationMicroseconds: 12 }]);
    expect((await exported('what=requests&format=ndjson', stranger)).text).toBe('');
    expect((await exported('what=secrets&format=ndjson')).status).toBe(400);
    expect((await exported('what=events&format=csv&from=2026-11-11&to=2026-11-10')).status).toBe(422);
    expect((await member.api.get(`${owner.home}/usage/export?what=events&format=csv`)).status).toBe(403);
  });

  it('the export covers all pages without a gap', async () => {
    const busy = await server.world.owner();
    for (let batch = 0; batch < 3; batch += 1)
      await busy.api.post('/usage/events', { events: Array.from({ length: 1000 }, (_, index) => ({ id: `${batch} ${index}`, meter: index % 2 === 0 ? 'tokens' : 'runs' })) });
    const events = lines((await exported('what=events&format=ndjson', busy)).text);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3000);
    expect(events).toHaveLength(3000);
  });
});

describe('the operator', () => {
  const list = async (query: string): Promise<any[]> => (await operator.get(`/tenants/usage?${query}`)).body.data;

  it('the operator sees the same report for any tenant', async () => {
    const query = '?groupBy=day&includeDetails=true';
    const read = async () => [await operator.get(`/tenants/${owner.organizationId}/usage${query}`), await usage(query)] as const;
    // Requests are settled in the background, also between the two.
    const [seen, own] = await eventually(read, ([one, other]) => JSON.stringify(one.body) === JSON.stringify(other.body));
    expect(seen.status).toBe(200);
    expect(seen.body).toEqual(own.body);
    expect((await operator.get(`/tenants/${randomUUID()}/usage`)).status).toBe(404);
    expect((await owner.api.get(`/tenants/${owner.organizationId}/usage`)).status).toBe(403);
    expect((await owner.api.get('/tenants/usage')).status).toBe(403);
  });

  it('the operator sees all tenants in one list, highest usage first', async () => {
    const rows = await list('meter=quizzes');
    expect(rows.slice(0, 2)).toEqual([
      {
        tenantId: stranger.organizationId,
        slug: stranger.slug,
        name: 'Theirs',
        plan: 'small',
        meter: 'quizzes',
        used: 9,
        limit: 10,
        percent: 90,
        resetsAt: '2026-12-01T00:00:00.000Z',
      },
      expect.objectContaining({ tenantId: owner.organizationId, used: 6, percent: 60 }),
    ]);
    expect((await list('meter=quizzes&minPercent=61')).map(({ name }) => name)).toEqual(['Theirs']);
    expect((await list('meter=tokens&sort=-used')).map(({ used }) => used)).toEqual([5000, 1500, 9]);
    expect(await list('meter=tokens&minPercent=0')).toEqual([]);
    expect(await list('plan=big')).toEqual([]);
    const mine = (await list('limit=100')).filter(({ tenantId }) => tenantId === owner.organizationId);
    expect(Object.fromEntries(mine.map(({ meter, used, limit }) => [meter, [used, limit]]))).toMatchObject({ users: [2, 10], disk: [4, 5], sessions: [0, 2], peak: [700, 1000] });
    expect((await operator.get('/tenants/usage?meter=nothing')).status).toBe(422);
  });

  it('the operator’s list includes overrides and grants', async () => {
    await operator.patch(`/tenants/${owner.organizationId}/limits`, { limits: { quizzes: 20 } });
    await operator.post(`${owner.home}/grants`, { meter: 'quizzes', amount: 4, source: 'given', reason: 'Thanks' });
    expect((await list('meter=quizzes')).find(({ tenantId }) => tenantId === owner.organizationId)).toMatchObject({ used: 6, limit: 24, percent: 25 });
    expect(meterIn((await usage()).body, 'quizzes').period.limit).toBe(24);
  });

  it('the pages of the operator’s list contain each row once, in every order', async () => {
    const pagesOf = async (sort: string): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const { body }: { body: any } = await operator.get(`/tenants/usage?sort=${sort}&limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`);
        seen.push(...body.data);
        cursor = body.nextCursor;
      }
      return seen;
    };
    for (const sort of ['percent', '-percent', 'used', '-used']) {
      // Requests of earlier tests are counted in the background, and move their row.
      for (;;) {
        const [before, seen, whole] = [await list(`sort=${sort}&limit=100`), await pagesOf(sort), await list(`sort=${sort}&limit=100`)];
        if (JSON.stringify(before) !== JSON.stringify(whole)) continue;
        expect(seen).toEqual(whole);
        break;
      }
    }
    const { nextCursor } = (await operator.get('/tenants/usage?sort=used&limit=1')).body;
    expect((await operator.get(`/tenants/usage?sort=percent&cursor=${nextCursor}`)).status).toBe(400);
  });
});
