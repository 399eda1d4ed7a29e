import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { RequestMeter } from '../../../src/access/guards/metering.guard.js';
import type { RequestMeteringService } from '../../../src/modules/usage/requests/request-metering.service.js';
import { eventually } from '../../support/eventually.js';
import { lockWaiters, sessionOf } from '../../support/lock-waiters.js';
import { SetClock } from '../../support/jobs.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import type { Person } from '../../support/world.js';
import { CountedRoutesModule } from '../../control/counted-routes.js';
import { chained } from '../../support/audit.js';

let server: TestServer;
let database: ScratchDatabase;
let platform: pg.Client;
const clock = new SetClock(new Date());
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({ CATALOG: 'test/catalogs/usage.yaml' }, database, { clock, modules: [CountedRoutesModule] });
  platform = new pg.Client({ connectionString: database.platform });
  await platform.connect();
});
afterAll(async () => {
  await platform.end();
  await server.close();
  await database.drop();
});

const rows = async (sql: string, ...values: unknown[]): Promise<any[]> => (await platform.query(sql, values)).rows;
const limit = async (who: Person, units: number | null): Promise<void> => {
  await rows(
    `insert into entitlement_overrides (organization_id, id, kind, key, units, updated_at) values ($1, gen_random_uuid(), 'limit', 'calls', $2, now())
     on conflict (organization_id, kind, key) do update set units = excluded.units`,
    who.organizationId,
    units,
  );
};
const plan = (who: Person, key: string): Promise<any[]> => rows('update organizations set plan = $2 where id = $1', who.organizationId, key);
const call = (who: Person): Promise<{ status: number; body: any }> => who.api.get('/test/metered');
const calls = async (who: Person, count: number): Promise<number> => {
  const answers = await Promise.all(Array.from({ length: count }, () => call(who)));
  return answers.filter(({ status }) => status === 200).length;
};
const total = async (who: Person): Promise<{ used: number; held: number; from_grants: number } | undefined> => {
  const [row] = await rows(
    `select used::int, held::int, from_grants::int from meter_totals where organization_id = $1 and meter = 'calls' order by period_start desc`,
    who.organizationId,
  );
  return row;
};
const settled = (who: Person, used: number): Promise<unknown> =>
  eventually(
    () => total(who),
    (row) => row?.used === used && row.held === 0,
    20_000,
  );

describe('requests of an organization', () => {
  it('requests are counted and refused at the limit, except for unmetered routes', async () => {
    const owner = await server.world.owner();
    await limit(owner, 7);
    expect(await calls(owner, 20)).toBe(7);
    expect(await call(owner)).toMatchObject({
      status: 402,
      body: {
        code: 'quota_exceeded',
        meter: 'calls',
        limit: 7,
        used: 7,
        requested: 1,
        remaining: 0,
        resetsAt: expect.stringMatching(/T00:00:00.000Z$/),
        // The operator has set the limit: no plan would raise it.
        upgrade: null,
        addOn: null,
      },
    });
    const { status, body } = await owner.api.get('/tenant/limits');
    expect(status).toBe(200);
    expect((await owner.api.get('/tenant/entitlements')).status).toBe(200);
    expect((await owner.api.post('/usage/consume', { meter: 'quizzes' })).status).toBe(200);
    expect((await owner.api.get('/auth/me')).status).toBe(200);
    expect(body.data.find(({ meter }: { meter: string }) => meter === 'calls')).toMatchObject({ limit: 7 });
    await settled(owner, 7);
    expect(await total(owner)).toEqual({ used: 7, held: 0, from_grants: 0 });
  });

  it('requests are counted by caller, and refused requests are not counted', async () => {
    const owner = await server.world.owner();
    const { body } = await owner.api.post(`${owner.home}/api-keys`, { name: 'key', permissions: ['teams:read'] });
    const key = server.api.as(body.key);
    expect((await key.get(`${owner.home}/teams`)).status).toBe(200);
    expect((await key.get(`${owner.home}/members`)).status).toBe(403);
    expect((await owner.api.post(`${owner.home}/teams`, { wrong: true })).status).toBe(400);
    // The counts of one caller may be written in several batches.
    await server.app.get<RequestMeter, RequestMeteringService>(RequestMeter).settleCounts();
    const days = await rows(`select reporter, quantity::int from usage_days where organization_id = $1 and meter = 'calls' order by reporter`, owner.organizationId);
    expect(days).toEqual([
      { reporter: `key:${body.id}`, quantity: 1 },
      { reporter: `user:${owner.userId}`, quantity: 2 },
    ]);
  });

  it('a higher limit, a grant, another plan or a new period allows the next request', async () => {
    const owner = await server.world.owner();
    await limit(owner, 2);
    expect(await calls(owner, 5)).toBe(2);
    await limit(owner, 3);
    expect([(await call(owner)).status, (await call(owner)).status]).toEqual([200, 402]);
    await rows(`insert into usage_grants (organization_id, id, meter, amount, source) values ($1, gen_random_uuid(), 'calls', 2, 'given')`, owner.organizationId);
    expect(await calls(owner, 5)).toBe(2);
    expect((await call(owner)).body).toMatchObject({ limit: 5, used: 5 });
    clock.forward(32 * 24 * 3600 * 1000);
    expect(await calls(owner, 9)).toBe(3);
    await rows(`delete from entitlement_overrides where organization_id = $1`, owner.organizationId);
    await plan(owner, 'big');
    expect(await calls(owner, 9)).toBe(9);
    await settled(owner, 12);
    expect(await total(owner)).toEqual({ used: 12, held: 0, from_grants: 0 });
    expect(await rows('select burnt::int from usage_grants where organization_id = $1', owner.organizationId)).toEqual([{ burnt: 2 }]);
  });

  it('requests are refused on the next request after the limit falls below the usage', async () => {
    const owner = await server.world.owner();
    expect(await calls(owner, 50)).toBe(50);
    await limit(owner, 52);
    expect(await calls(owner, 9)).toBe(2);
    await limit(owner, 40);
    expect((await call(owner)).body).toMatchObject({ code: 'quota_exceeded', limit: 40, used: 52 });
    // Usage beyond the lower limit is taken from the grant first.
    await rows(`insert into usage_grants (organization_id, id, meter, amount, source) values ($1, gen_random_uuid(), 'calls', 14, 'given')`, owner.organizationId);
    expect(await calls(owner, 5)).toBe(2);
    expect((await call(owner)).body).toMatchObject({ code: 'quota_exceeded', limit: 54, used: 54 });
    await plan(owner, 'big');
    await limit(owner, null);
    expect((await call(owner)).status).toBe(200);
    // 14 of the 55 are the grant's.
    await limit(owner, 41);
    expect((await call(owner)).status).toBe(402);
    await limit(owner, 42);
    expect(await calls(owner, 3)).toBe(1);
  });

  it('requests report a reached threshold once', async () => {
    const owner = await server.world.owner();
    await limit(owner, 10);
    expect(await calls(owner, 12)).toBe(10);
    const reached = await eventually(
      () => rows('select percent, used::int from usage_thresholds where organization_id = $1 order by percent', owner.organizationId),
      (found) => found.length === 2,
    );
    expect(reached.map(({ percent }) => percent)).toEqual([80, 100]);
    await chained(platform);
    const told = await rows(`select actor_kind, actor_id from audit.events where organization_id = $1 and target_table = 'usage_thresholds'`, owner.organizationId);
    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told.map(({ actor_kind, actor_id }) => `${actor_kind} ${actor_id}`))).toEqual(new Set(['job usage']));
  });

  it('the deletion of an organization and the partition of another month do not wait in a circle', async () => {
    const owner = await server.world.owner();
    const deletion = new pg.Client({ connectionString: database.platform });
    await deletion.connect();
    try {
      await deletion.query('begin');
      // A deletion locks the organization, and then the rows that reference it.
      await deletion.query('update organizations set name = name where id = $1', [owner.organizationId]);
      const making = rows(`select usage.make_partition('2031-05-01') as made`);
      const session = await sessionOf(deletion);
      await eventually(
        () => lockWaiters(deletion, session),
        (count) => count === 1,
      );
      await deletion.query('delete from organizations where id = $1', [owner.organizationId]);
      await deletion.query('commit');
      expect(await making).toEqual([{ made: true }]);
    } finally {
      await deletion.end();
    }
  });
});
