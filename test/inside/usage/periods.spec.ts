import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { periodOf } from '../../../src/modules/usage/metering/meter-period.js';
import { PlatformAdminsService } from '../../../src/modules/auth/platform/platform-admins.service.js';
import type { Client } from '../../support/client.js';
import { runJob, SetClock } from '../../support/jobs.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { goodPassword, type Person } from '../../support/world.js';

const clock = new SetClock(new Date());
let database: ScratchDatabase;
let server: TestServer;
let look: pg.Client;
let operator: Client;
beforeAll(async () => {
  database = await scratchDatabase();
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
  server = await startTestServer({ CATALOG: 'test/catalogs/usage.yaml', JOBS_ENABLED: 'false' }, database, { clock });
  await server.app.get(PlatformAdminsService).createFirstPlatformAdmin('operator@example.com', goodPassword);
  operator = server.api.as((await server.api.post('/auth/login', { email: 'operator@example.com', password: goodPassword })).body.accessToken);
});
beforeEach(() => {
  clock.time = new Date('2026-11-30T23:00:00Z');
});
afterAll(async () => {
  await server.close();
  await look.end();
  await database.drop();
});

const consume = (who: Person, quantity: number, meter = 'quizzes'): Promise<{ status: number; body: any }> => who.api.post('/usage/consume', { meter, quantity });
const report = (who: Person, ...events: object[]): Promise<{ status: number; body: any }> => who.api.post('/usage/events', { events });
const used = async (who: Person, meter = 'quizzes'): Promise<number> =>
  (await who.api.get('/tenant/limits')).body.data.find((limit: { meter: string }) => limit.meter === meter).used;
const close = (at = clock.time): Promise<any> => runJob(server.app, 'usage-close', at);
const totals = async (who: Person, meter = 'quizzes'): Promise<any[]> =>
  (
    await look.query(
      `select period_start as start, used::int, allowance::int, closed_at as closed from meter_totals where organization_id = $1 and meter = $2 order by period_start`,
      [who.organizationId, meter],
    )
  ).rows;
const announced = async (who: Person): Promise<any[]> =>
  (await look.query(`select data from domain_events where organization_id = $1 and type = 'usage.period_closed' order by id`, [who.organizationId])).rows.map(({ data }) => data);

describe('the end of a period', () => {
  it('the quota resets at the exact end of the period, whether or not a job ran', async () => {
    const owner = await server.world.owner();
    await consume(owner, 10);
    clock.time = new Date('2026-11-30T23:59:59.999Z');
    expect(await consume(owner, 1)).toMatchObject({ status: 402, body: { resetsAt: '2026-12-01T00:00:00.000Z' } });
    clock.time = new Date('2026-12-01T00:00:00Z');
    expect((await consume(owner, 10)).body).toMatchObject({ used: 10, resetsAt: '2027-01-01T00:00:00.000Z' });
    expect(await used(owner)).toBe(10);
  });

  it('a period is closed and announced once, with its usage and limit', async () => {
    const [owner, other] = await server.world.twoTenants();
    await consume(owner, 7);
    await report(owner, { id: randomUUID(), meter: 'tokens', quantity: 900 }, { id: randomUUID(), meter: 'runs' });
    await consume(other, 3);
    await operator.patch(`/tenants/${other.organizationId}/limits`, { limits: { quizzes: 77 } });
    clock.time = new Date('2026-12-01T00:02:00Z');
    const first = await close();
    expect(first).toMatchObject({ outcome: 'done' });
    expect(first.result.totals).toBeGreaterThanOrEqual(4);
    expect(await totals(owner)).toEqual([{ start: new Date('2026-11-01T00:00:00Z'), used: 7, allowance: 10, closed: clock.time }]);
    expect(await totals(owner, 'tokens')).toMatchObject([{ used: 900, allowance: null }]);
    expect(await totals(other)).toMatchObject([{ used: 3, allowance: 77 }]);
    const month = (await announced(owner)).find(({ meters }) => meters.length === 2);
    expect(month).toEqual({
      periodStart: '2026-11-01T00:00:00.000Z',
      periodEnd: '2026-12-01T00:00:00.000Z',
      meters: [
        { meter: 'quizzes', used: 7, held: 0, fromGrants: 0, limit: 10 },
        { meter: 'tokens', used: 900, held: 0, fromGrants: 0, limit: null },
      ],
    });
    clock.forward(3600_000);
    expect((await close()).result).toEqual({ totals: 0, organizations: 0, events: 0 });
    expect(await announced(owner)).toHaveLength(2); // the month, and the day of `runs`
  });

  it('late events count in the closed period, not in the current quota', async () => {
    const owner = await server.world.owner();
    const id = randomUUID();
    await report(owner, { id, meter: 'quizzes', quantity: 4 });
    clock.time = new Date('2026-12-02T00:02:00Z');
    await close();
    await report(
      owner,
      { id: randomUUID(), meter: 'quizzes', quantity: 5, occurredAt: '2026-11-30T22:00:00Z' },
      { id: randomUUID(), meter: 'quizzes', quantity: -1, corrects: id },
    );
    expect(await totals(owner)).toMatchObject([{ used: 8, allowance: 10, closed: clock.time }]);
    expect(await used(owner)).toBe(0);
    clock.time = new Date('2026-12-20T00:00:00Z');
    const late = await report(owner, { id: randomUUID(), meter: 'quizzes', occurredAt: '2026-11-30T22:00:00Z' });
    expect(late.body.errors[0].code).toBe('too_late');
  });

  it('reservations stay open after the end of the period, and are committed in their period', async () => {
    clock.time = new Date('2026-12-31T23:00:00Z');
    const owner = await server.world.owner();
    const { body } = await owner.api.post('/usage/reservations', { meter: 'quizzes', quantity: 6, ttlSeconds: 7200 });
    clock.time = new Date('2027-01-01T00:02:00Z');
    await close();
    expect((await announced(owner))[0].meters).toEqual([{ meter: 'quizzes', used: 0, held: 6, fromGrants: 0, limit: 10 }]);
    expect((await owner.api.post(`/usage/reservations/${body.id}/commit`, { quantity: 5 })).status).toBe(200);
    expect(await totals(owner)).toMatchObject([{ start: new Date('2026-12-01T00:00:00Z'), used: 5 }]);
    expect((await consume(owner, 10)).status).toBe(200);
  });
});

describe('the day on which months begin', () => {
  it('only the operator can set the anchor day, which takes effect on the next request', async () => {
    const owner = await server.world.owner();
    const path = `/tenants/${owner.organizationId}`;
    expect((await operator.patch(path, { usageAnchorDay: 31 })).body).toMatchObject({ usageAnchorDay: 31 });
    clock.time = new Date('2027-02-27T12:00:00Z');
    expect((await consume(owner, 10)).body.resetsAt).toBe('2027-02-28T00:00:00.000Z');
    clock.time = new Date('2027-02-28T00:00:00Z');
    expect((await consume(owner, 10)).body.resetsAt).toBe('2027-03-31T00:00:00.000Z');
    for (const usageAnchorDay of [0, 32, 1.5, '3']) expect((await operator.patch(path, { usageAnchorDay })).status).toBe(400);
    expect((await operator.patch(path, { usageAnchorDay: null })).body.usageAnchorDay).toBeNull();
    expect((await owner.api.patch(owner.home, { usageAnchorDay: 2 })).status).toBe(400);
  });

  it('the database and the application compute the same period for an anchor day', async () => {
    const days = Array.from({ length: 800 }, (_, index) => new Date(Date.UTC(2027, 0, 1) + index * 24 * 3600_000 - (index % 3)));
    const { rows } = await look.query<{ at: Date; anchor: number; month: Date; day: Date }>(
      `select at, anchor, usage.period_begins('month', at, anchor) as month, usage.period_begins('day', at, anchor) as day
         from unnest($1::timestamptz[]) at cross join generate_series(1, 31) anchor`,
      [days],
    );
    expect(rows).toHaveLength(800 * 31);
    const differing = rows.filter(
      ({ at, anchor, month, day }) =>
        periodOf({ period: 'month' }, at, anchor).start.getTime() !== month.getTime() || periodOf({ period: 'day' }, at).start.getTime() !== day.getTime(),
    );
    expect(differing).toEqual([]);
  });
});
