import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { periodBeginnings, periodOf } from '../../../src/modules/usage/metering/meter-period.js';
import { PlatformResetsService } from '../../../src/modules/usage/grants/platform-resets.service.js';
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
const announced = async (who: Person, type = 'usage.period_closed'): Promise<any[]> =>
  (await look.query(`select data from domain_events where organization_id = $1 and type = $2 order by id`, [who.organizationId, type])).rows.map(({ data }) => data);

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
    expect((await close()).result).toEqual({ totals: 0, organizations: 0, events: 0, corrected: 0 });
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

  it('a closed total that a late event or a correction changes is announced again, once, with the total announced before', async () => {
    const owner = await server.world.owner();
    const id = randomUUID();
    await report(owner, { id, meter: 'quizzes', quantity: 4 });
    clock.time = new Date('2026-12-02T05:02:00Z');
    await close();
    await report(
      owner,
      { id: randomUUID(), meter: 'quizzes', quantity: 100, occurredAt: '2026-11-30T22:00:00Z' },
      { id: randomUUID(), meter: 'quizzes', quantity: -1, corrects: id },
      { id: randomUUID(), meter: 'tokens', quantity: 9, occurredAt: '2026-11-30T22:00:00Z' },
    );
    clock.forward(3600_000);
    expect((await close()).result).toMatchObject({ totals: 1, corrected: 1 });
    const period = { periodStart: '2026-11-01T00:00:00.000Z', periodEnd: '2026-12-01T00:00:00.000Z' };
    expect(await announced(owner, 'usage.period_corrected')).toEqual([{ ...period, meters: [{ meter: 'quizzes', used: 103, usedBefore: 4, held: 0, fromGrants: 0, limit: 10 }] }]);
    // A total that the period did not have yet is closed for the first time.
    expect((await announced(owner)).map(({ meters }) => meters.map(({ meter, used: units }: any) => `${meter} ${units}`))).toEqual([['quizzes 4'], ['tokens 9']]);
    clock.forward(3600_000);
    expect((await close()).result).toMatchObject({ totals: 0, corrected: 0 });
    await report(owner, { id: randomUUID(), meter: 'quizzes', occurredAt: '2026-11-30T22:00:00Z' });
    clock.forward(3600_000);
    await Promise.all([close(), close()]);
    expect((await announced(owner, 'usage.period_corrected'))[1]).toMatchObject({ meters: [{ used: 104, usedBefore: 103 }] });
    expect(await announced(owner, 'usage.period_corrected')).toHaveLength(2);
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

  const monthsOf = async (who: Person): Promise<string[]> =>
    (
      await look.query(`select period_start, period_end, used::int from meter_totals where organization_id = $1 and meter = 'quizzes' order by period_start`, [who.organizationId])
    ).rows.map(({ period_start: start, period_end: end, used: units }) => `${start.toISOString()} ${end.toISOString()} ${units}`);

  it('a new anchor day ends the period and begins the next, and a late event counts in the period in which it happened', async () => {
    const owner = await server.world.owner();
    await consume(owner, 3);
    await report(owner, { id: randomUUID(), meter: 'runs' });
    clock.time = new Date('2026-12-03T10:00:00Z');
    await report(owner, { id: randomUUID(), meter: 'quizzes', quantity: 2 });
    clock.time = new Date('2026-12-05T12:00:00Z');
    expect((await operator.patch(`/tenants/${owner.organizationId}`, { usageAnchorDay: 2 })).status).toBe(200);
    expect(await used(owner)).toBe(0);
    await report(
      owner,
      { id: randomUUID(), meter: 'quizzes', quantity: 10, occurredAt: '2026-12-05T11:59:59Z' },
      { id: randomUUID(), meter: 'quizzes', quantity: 20, occurredAt: '2026-12-01T00:00:00Z' },
      { id: randomUUID(), meter: 'quizzes', quantity: 30, occurredAt: '2026-11-30T23:59:59Z' },
      { id: randomUUID(), meter: 'quizzes', quantity: 1, occurredAt: '2026-12-05T12:00:00Z' },
    );
    expect(await monthsOf(owner)).toEqual([
      '2026-11-01T00:00:00.000Z 2026-12-01T00:00:00.000Z 33',
      '2026-12-01T00:00:00.000Z 2026-12-05T12:00:00.000Z 32',
      '2026-12-05T12:00:00.000Z 2027-01-02T00:00:00.000Z 1',
    ]);
    expect(await used(owner)).toBe(1);
    const listed = (await operator.get(`/tenants/usage?meter=quizzes&limit=100`)).body.data.find((row: any) => row.tenantId === owner.organizationId);
    expect(listed).toMatchObject({ used: 1, resetsAt: '2027-01-02T00:00:00.000Z' });
    clock.forward(120_000);
    await close();
    expect((await announced(owner)).map(({ periodEnd }) => periodEnd).sort()).toEqual(['2026-12-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z', '2026-12-05T12:00:00.000Z']);
  });

  it('an anchor day that changes back and forth leaves a period for each time, and setting it again changes nothing', async () => {
    const owner = await server.world.owner();
    const set = (usageAnchorDay: number | null): Promise<unknown> => operator.patch(`/tenants/${owner.organizationId}`, { usageAnchorDay });
    clock.time = new Date('2026-12-10T08:00:00Z');
    await consume(owner, 1);
    for (const [time, day] of [
      ['2026-12-10T09:00:00Z', 15],
      ['2026-12-10T10:00:00Z', 15],
      ['2026-12-10T11:00:00Z', null],
      ['2026-12-10T12:00:00Z', 1],
    ] as const) {
      clock.time = new Date(time);
      await set(day);
      await consume(owner, 2);
    }
    const at = (time: string): object => ({ id: randomUUID(), meter: 'quizzes', occurredAt: `2026-12-10T${time}:30Z` });
    await report(owner, at('08:59'), at('09:00'), at('10:59'), at('11:00'));
    expect(await monthsOf(owner)).toEqual([
      '2026-12-01T00:00:00.000Z 2026-12-10T09:00:00.000Z 2',
      '2026-12-10T09:00:00.000Z 2026-12-10T11:00:00.000Z 6',
      '2026-12-10T11:00:00.000Z 2027-01-01T00:00:00.000Z 5',
    ]);
  });

  it('a replica whose clock is behind a new anchor day reads, lists and resets the period in which it counts', async () => {
    const owner = await server.world.owner();
    await consume(owner, 2);
    clock.time = new Date('2026-12-10T08:00:00Z');
    await consume(owner, 3);
    clock.time = new Date('2026-12-10T09:00:00Z');
    await operator.patch(`/tenants/${owner.organizationId}`, { usageAnchorDay: 5 });
    await consume(owner, 1);
    const listed = async (): Promise<unknown> => {
      const { body } = await operator.get(`/tenants/usage?meter=quizzes&sort=-used&limit=100`);
      const { used: units, resetsAt } = body.data.find((row: any) => row.tenantId === owner.organizationId);
      return [units, resetsAt];
    };
    expect([await used(owner), await listed()]).toEqual([1, [1, '2027-01-05T00:00:00.000Z']]);
    clock.time = new Date('2026-12-10T08:59:58Z');
    await consume(owner, 4);
    expect([await used(owner), await listed()]).toEqual([7, [7, '2026-12-10T09:00:00.000Z']]);
    expect(await server.app.get(PlatformResetsService).resetCounters(owner.organizationId, 'quizzes', 'test')).toEqual([{ meter: 'quizzes', units: 7 }]);
    expect(await monthsOf(owner)).toEqual([
      '2026-11-01T00:00:00.000Z 2026-12-01T00:00:00.000Z 2',
      '2026-12-01T00:00:00.000Z 2026-12-10T09:00:00.000Z 0',
      '2026-12-10T09:00:00.000Z 2027-01-05T00:00:00.000Z 1',
    ]);
  });

  it('a reservation and a correction of the time before a new anchor day stay in their period', async () => {
    const owner = await server.world.owner();
    clock.time = new Date('2026-12-10T08:00:00Z');
    const { body } = await owner.api.post('/usage/reservations', { meter: 'quizzes', quantity: 4, ttlSeconds: 7200 });
    await report(owner, { id: 'early', meter: 'quizzes', quantity: 5 });
    clock.forward(60_000);
    await operator.patch(`/tenants/${owner.organizationId}`, { usageAnchorDay: 20 });
    expect((await owner.api.post(`/usage/reservations/${body.id}/commit`, { quantity: 3 })).status).toBe(200);
    await report(owner, { id: 'fix', meter: 'quizzes', quantity: -1, corrects: 'early' });
    expect(await monthsOf(owner)).toEqual(['2026-12-01T00:00:00.000Z 2026-12-10T08:01:00.000Z 7']);
    expect(await used(owner)).toBe(0);
  });

  it('the readings of all organizations choose the periods in which the application counts, whatever the anchor day', async () => {
    const days = Array.from({ length: 80 }, (_, index) => new Date(Date.UTC(2027, 0, 1) + index * 9 * 24 * 3600_000 - (index % 3)));
    const meters = JSON.stringify([
      { key: 'month', kind: 'counter', period: 'month' },
      { key: 'day', kind: 'counter', period: 'day' },
      { key: 'ever', kind: 'gauge' },
    ]);
    const owner = await server.world.owner();
    for (const anchor of [1, 15, 28, 29, 30, 31]) {
      // Another time for each day: the database replaces a time that stays as it is by the present.
      const since = new Date(Date.UTC(2026, 0, anchor));
      await look.query('update organizations set usage_anchor_day = $2, usage_anchor_since = $3 where id = $1', [owner.organizationId, anchor, since]);
      const { rows } = await look.query<{ at: Date; meter: 'month' | 'day' | 'ever'; starts: Date }>(
        `select at, meter, period_start as starts from unnest($1::timestamptz[], $2::jsonb[]) given (at, periods)
          cross join lateral usage.readings(array[$3::uuid], $4, '{"": {}}', at, periods)`,
        [days, days.map(periodBeginnings), owner.organizationId, meters],
      );
      expect(rows).toHaveLength(80 * 3);
      const differing = rows.filter(({ at, meter, starts }) => periodOf({ period: meter === 'ever' ? undefined : meter }, at, anchor).start.getTime() !== starts.getTime());
      expect({ anchor, differing }).toEqual({ anchor, differing: [] });
    }
  });
});
