import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../../support/eventually.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import type { Person } from '../../support/world.js';
import { RequestBatchesService, type LoggedRequest } from '../../../src/modules/usage/requests/request-batches.service.js';
import { RequestLogService } from '../../../src/modules/usage/requests/request-log.service.js';
import { countedRoutes, CountedRoutesModule } from '../../control/counted-routes.js';

let server: TestServer;
let database: ScratchDatabase;
let platform: pg.Client;
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({ CATALOG: 'test/catalogs/usage.yaml' }, database, { modules: [CountedRoutesModule] });
  platform = new pg.Client({ connectionString: database.platform });
  await platform.connect();
});
afterAll(async () => {
  await platform.end();
  await server.close();
  await database.drop();
});

const rows = async (sql: string, ...values: unknown[]): Promise<any[]> => (await platform.query(sql, values)).rows;
const logged = (who: Person, count: number): Promise<any[]> =>
  eventually(
    () => rows('select *, tokens::int from request_log where organization_id = $1 order by at, id', who.organizationId),
    (found) => found.length >= count,
  );

/** The sums of days, and the same counted from the single requests. */
const sums = `select day::text, method, endpoint, caller, requests, failures, duration::int, tokens::int from request_days where organization_id = $1 order by 1, 2, 3, 4`;
const recounted = `select (at at time zone 'UTC')::date::text as day, method, endpoint, coalesce('key:' || api_key_id, 'user:' || user_id) as caller, count(*)::int as requests,
    count(*) filter (where status >= 400)::int as failures, sum(duration)::int as duration, sum(tokens)::int as tokens
  from request_log where organization_id = $1 group by 1, 2, 3, 4 order by 1, 2, 3, 4`;

describe('the request log', () => {
  it('the request log has each request with template, status, time, caller and tokens, including refused ones', async () => {
    const owner = await server.world.owner();
    const stranger = await server.world.owner();
    const { body: made } = await owner.api.post(`${owner.home}/api-keys`, { name: 'key', permissions: ['teams:read'] });
    const key = server.api.as(made.key);
    await key.get(`${owner.home}/teams?limit=1`, { headers: { 'x-request-id': 'the-request-of-the-key' } });
    await key.get(`${owner.home}/members`);
    await owner.api.post(`${owner.home}/teams`, { wrong: true });
    await owner.api.get(`${owner.home}/teams/${owner.userId}`);
    await owner.api.get(countedRoutes.tokens);
    await owner.api.get(countedRoutes.unmetered);
    await stranger.api.get(`${owner.home}/teams`);
    await server.api.get(`${owner.home}/teams`);
    const found = await logged(owner, 7);
    const O = '/api/v1/organizations/:organizationId';
    expect(found.map(({ method, endpoint, status, tokens, user_id, api_key_id }) => [method, endpoint, status, tokens, user_id ?? api_key_id])).toEqual([
      ['POST', `${O}/api-keys`, 201, 0, owner.userId],
      ['GET', `${O}/teams`, 200, 0, made.id],
      ['GET', `${O}/members`, 403, 0, made.id],
      ['POST', `${O}/teams`, 400, 0, owner.userId],
      ['GET', `${O}/teams/:teamId`, 404, 0, owner.userId],
      ['GET', `/api/v1${countedRoutes.tokens}`, 200, 42, owner.userId],
      ['GET', `/api/v1${countedRoutes.unmetered}`, 200, 0, owner.userId],
    ]);
    expect(found[1].request_id).toBe('the-request-of-the-key');
    for (const { duration, at } of found) {
      expect(duration).toBeGreaterThan(0);
      expect(duration).toBeLessThan(10_000_000);
      expect(Math.abs(Date.now() - at.getTime())).toBeLessThan(60_000);
    }
  });

  it('a request whose client does not wait for the answer is in the request log, with its tokens', async () => {
    const owner = await server.world.owner();
    const { port } = server.app.getHttpServer().address() as AddressInfo;
    await platform.query('begin; lock table sessions in access exclusive mode');
    const client = connect(port, '127.0.0.1').on('error', () => undefined);
    client.write(`GET /api/v1${countedRoutes.tokens} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${owner.accessToken}\r\n\r\n`);
    await sleep(300);
    client.resetAndDestroy();
    await sleep(100);
    await platform.query('commit');
    const found = await logged(owner, 1);
    expect(found.map(({ endpoint, status, tokens, user_id }) => [endpoint, status, tokens, user_id])).toEqual([[`/api/v1${countedRoutes.tokens}`, 499, 42, owner.userId]]);
  });

  it('the daily sums equal the entries of the request log', async () => {
    const owner = await server.world.owner();
    await Promise.all(Array.from({ length: 700 }, (_, index) => owner.api.get(index % 3 === 0 ? `${owner.home}/teams/${owner.userId}` : countedRoutes.tokens)));
    expect(await logged(owner, 700)).toHaveLength(700);
    const days = await rows(sums, owner.organizationId);
    expect(days.reduce((all, { requests }) => all + requests, 0)).toBe(700);
    expect(days.reduce((all, { failures }) => all + failures, 0)).toBe(234);
    expect(days.reduce((all, { tokens }) => all + tokens, 0)).toBe(466 * 42);
    expect(days).toEqual(await rows(recounted, owner.organizationId));
  });

  it('only the organization can read its request log, and no tenant can write it', async () => {
    const [mine, theirs] = await server.world.twoTenants();
    await mine.api.get(countedRoutes.metered);
    await logged(mine, 1);
    const app = new pg.Client({ connectionString: database.app });
    await app.connect();
    const seen = async (who: Person): Promise<unknown> => {
      await app.query(`select set_config('app.current_organization_id', $1, false)`, [who.organizationId]);
      return (await app.query('select distinct organization_id from request_log')).rows;
    };
    expect(await seen(theirs)).toEqual([]);
    expect(await seen(mine)).toEqual([{ organization_id: mine.organizationId }]);
    for (const statement of ['delete from request_log', 'delete from request_days', 'select from partitions.request_log_2026_11', `select usage.make_partition('2031-01-01')`])
      await expect(app.query(statement)).rejects.toThrow(/permission denied/);
    await app.end();
  });
});

const request = (of: Person, at: string, id: string): LoggedRequest => ({
  id,
  organizationId: of.organizationId,
  at: new Date(at),
  method: 'GET',
  endpoint: '/test',
  status: 200,
  duration: 1000,
  tokens: 1,
  userId: of.userId,
  apiKeyId: undefined,
  requestId: 'a-request',
});

describe('a batch of requests', () => {
  it('a batch of requests counts once, even if it is sent repeatedly', async () => {
    const owner = await server.world.owner();
    const batches = server.app.get(RequestBatchesService);
    const ids = ['018f0000-0000-7000-8000-000000000001', '018f0000-0000-7000-8000-000000000002'];
    const batch = ids.map((id) => request(owner, '2026-11-21T10:00:00Z', id));
    await Promise.all([batches.log(batch), batches.log(batch), batches.log([...batch].reverse())]);
    expect(await rows(sums, owner.organizationId)).toEqual([
      { day: '2026-11-21', method: 'GET', endpoint: '/test', caller: `user:${owner.userId}`, requests: 2, failures: 0, duration: 2000, tokens: 2 },
    ]);
  });

  it('a batch of requests skips erased organizations', async () => {
    const [here, gone] = await server.world.twoTenants();
    await rows('delete from organizations where id = $1', gone.organizationId);
    const batch = [request(gone, '2026-11-21T10:00:00Z', '018f0000-0000-7000-8000-000000000003'), request(here, '2026-11-21T10:00:00Z', '018f0000-0000-7000-8000-000000000004')];
    await server.app.get(RequestBatchesService).log(batch);
    expect((await rows(`select organization_id from request_log where endpoint = '/test' and organization_id = any($1)`, [here.organizationId, gone.organizationId])).length).toBe(
      1,
    );
  });

  it('batches of requests are stored for a month without a partition, also those that come at the same moment', async () => {
    const owner = await server.world.owner();
    const batches = server.app.get(RequestBatchesService);
    const logged = Array.from({ length: 8 }, (_, n) => batches.log([request(owner, '2031-05-31T23:59:59.999Z', `018f0000-0000-7000-8000-00000000001${n}`)]));
    expect((await Promise.all(logged)).length).toBe(8);
    expect(await rows(`select tableoid::regclass::text as part from request_log where organization_id = $1 and at > '2031-01-01'`, owner.organizationId)).toEqual(
      logged.map(() => ({ part: 'partitions.request_log_2031_05' })),
    );
  });
});

// Last, since access tokens are checked by the server that started last.
describe('the request log of a server whose database is away', () => {
  it('without a database, the request log is buffered, and the oldest entries are dropped first', async () => {
    const own = await scratchDatabase();
    const lonely = await startTestServer({ CATALOG: 'test/catalogs/usage.yaml' }, own);
    const owner = await lonely.world.owner();
    const log = lonely.app.get(RequestLogService);
    await own.alter('alter table request_log rename to request_log_away');
    const tenant = { organizationId: owner.organizationId, actor: { kind: 'user', userId: owner.userId, sessionId: owner.userId } } as const;
    const noted = (count: number, endpoint: string): void => {
      for (let index = 0; index < count; index += 1)
        log.logRequest(tenant, { method: 'GET', endpoint, status: 200, duration: 1, tokens: 0, userId: owner.userId, apiKeyId: undefined, requestId: 'a-request' });
    };
    noted(1000, '/first');
    noted(49_000, '/then');
    await log.flush();
    expect([log.waiting, log.dropped]).toEqual([50_000, 0]);
    noted(1, '/last');
    await log.flush();
    expect([log.waiting, log.dropped]).toEqual([49_000, 1001]);
    expect((await lonely.api.get('//metrics')).text).toContain('tenantry_request_log_dropped_total 1001');
    await own.alter('alter table request_log_away rename to request_log');
    await log.flush();
    expect([log.waiting, log.dropped]).toEqual([0, 1001]);
    const look = new pg.Client({ connectionString: own.platform });
    await look.connect();
    expect((await look.query(`select endpoint, count(*)::int from request_log group by 1 order by 1`)).rows).toEqual([
      { endpoint: '/last', count: 1 },
      { endpoint: '/then', count: 48_999 },
    ]);
    await look.end();
    await lonely.close();
    await own.drop();
  });
});
