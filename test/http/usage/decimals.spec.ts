import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { randomUUID } from 'node:crypto';
import type { Client } from '../../support/client.js';
import { startTestServer, type TestServer } from '../../support/http.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { goodPassword, type Person } from '../../support/world.js';

let database: ScratchDatabase;
let server: TestServer;
let look: pg.Client;
let operator: Client;
beforeAll(async () => {
  database = await scratchDatabase();
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
  server = await startTestServer({ CATALOG: 'test/catalogs/readings.yaml' }, database);
  const email = server.world.email('operator');
  await server.control.createOperator(email);
  operator = server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken);
});
afterAll(async () => {
  await server.close();
  await look.end();
  await database.drop();
});

interface Answer {
  readonly status: number;
  readonly body: any;
}

const consume = (who: Person, quantity: number, meter = 'disk', id?: string): Promise<Answer> =>
  who.api.post('/usage/consume', { meter, quantity, ...(id === undefined ? {} : { id }) });
const report = (who: Person, ...events: object[]): Promise<Answer> => who.api.post('/usage/events', { events });
const limit = async (who: Person, meter: string): Promise<any> => (await who.api.get('/tenant/limits')).body.data.find((each: any) => each.meter === meter);

describe('a meter with decimals', () => {
  it('quantities with decimals add up exactly, and the limit is never exceeded by the smallest part', async () => {
    const owner = await server.world.owner();
    for (const quantity of [0.1, 0.2, 0.3]) expect((await consume(owner, quantity)).status).toBe(200);
    expect(await limit(owner, 'disk')).toMatchObject({ used: 0.6, limit: 1.5, remaining: 0.9, decimals: 3 });
    expect(await consume(owner, 0.901)).toMatchObject({
      status: 402,
      body: { limit: 1.5, used: 0.6, held: 0, requested: 0.901, remaining: 0.9, upgrade: { plan: 'big', limit: 2.25 } },
    });
    const answers = await Promise.all(Array.from({ length: 20 }, () => consume(owner, 0.09)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(await limit(owner, 'disk')).toMatchObject({ used: 1.5, remaining: 0 });
    expect((await owner.api.post('/usage/release', { meter: 'disk', quantity: 0.7 })).body).toMatchObject({ used: 0.8, remaining: 0.7 });
  });

  it('a repetition with the same decimals counts once', async () => {
    const owner = await server.world.owner();
    const id = randomUUID();
    expect((await consume(owner, 0.29, 'hours', id)).body).toMatchObject({ used: 0.29, repeated: false });
    expect((await consume(owner, 0.29, 'hours', id)).body).toMatchObject({ used: 0.29, repeated: true });
    expect((await consume(owner, 0.28, 'hours', id)).status).toBe(409);
  });

  it.each([
    ['disk', 0.0001],
    ['disk', 1.0000001],
    ['quizzes', 0.5],
    ['sessions', 1.5],
    ['hours', 1e11],
    ['hours', 0.125],
  ])('a quantity of %s that its meter cannot count, %p, is refused with the number of decimals', async (meter, quantity) => {
    const owner = await server.world.owner();
    const refused = { status: 400, body: { code: 'too_many_decimals', errors: [{ pointer: '/quantity', code: 'too_many_decimals' }] } };
    expect(await owner.api.post('/usage/check', { meter, quantity })).toMatchObject(refused);
    expect(await owner.api.post('/access/check', { meter, quantity })).toMatchObject(refused);
    expect(await operator.post(`${owner.home}/grants`, { meter, amount: quantity, source: 'given', reason: 'x' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/amount' }] },
    });
  });

  it('events of a batch that have too many decimals are listed', async () => {
    const owner = await server.world.owner();
    const answer = await report(owner, { id: 'a', meter: 'hours', quantity: 0.25 }, { id: 'b', meter: 'hours', quantity: 0.255 }, { id: 'c', meter: 'quizzes', quantity: 1.5 });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/events/1/quantity', code: 'too_many_decimals' }, { pointer: '/events/2/quantity' }] } });
    expect(await limit(owner, 'hours')).toMatchObject({ used: 0 });
  });

  it('events, corrections, CloudEvents and a maximum have decimals', async () => {
    const owner = await server.world.owner();
    expect(
      (
        await report(
          owner,
          { id: 'a', meter: 'hours', quantity: 1.15 },
          { id: 'b', meter: 'hours' },
          { id: 'p', meter: 'peak', quantity: 7.3 },
          { id: 'q', meter: 'peak', quantity: 0.1 },
        )
      ).body,
    ).toMatchObject({ accepted: 4 });
    expect((await report(owner, { id: 'fix', meter: 'hours', quantity: -0.05, corrects: 'a' })).body).toMatchObject({ accepted: 1 });
    expect((await report(owner, { id: 'a', meter: 'hours', quantity: 1.16 })).body.conflicts).toHaveLength(1);
    const event = { specversion: '1.0', id: 'x', source: '/s', type: 'hours', data: { quantity: 0.4 } };
    const sent = await owner.api.post('/usage/events', undefined, { raw: JSON.stringify(event), headers: { 'content-type': 'application/cloudevents+json' } });
    expect(sent.body).toMatchObject({ accepted: 1 });
    expect(await limit(owner, 'hours')).toMatchObject({ used: 2.5, remaining: 8 });
    expect(await limit(owner, 'peak')).toMatchObject({ used: 7.3, limit: 9.5 });
    const { body } = await owner.api.get(`${owner.home}/usage?groupBy=day&meter=hours,peak&includeDetails=true`);
    expect(body.meters).toMatchObject([
      { meter: 'peak', used: 7.3, period: { used: 7.3 }, history: [{ used: 7.3 }] },
      { meter: 'hours', used: 2.5, period: { used: 2.5, limit: 10.5 }, history: [{ used: 2.5 }] },
    ]);
    expect(body.groups[0].meters).toEqual({ peak: 7.3, hours: 2.5 });
    const exported = async (what: string): Promise<string> => (await owner.api.get(`${owner.home}/usage/export?what=${what}&format=csv`)).text;
    expect(await exported('events')).toMatch(/^a,hours,1\.15,/m);
    expect(await exported('events')).toMatch(/^fix,hours,-0\.05,/m);
    expect(await exported('days')).toMatch(/,hours,[^,]*,2\.5,/);
  });

  it('reservations, grants, overrides, plans and entitlements have decimals', async () => {
    const owner = await server.world.owner();
    const { body: reservation } = await owner.api.post('/usage/reservations', { meter: 'hours', quantity: 2.75 });
    expect(reservation).toMatchObject({ quantity: 2.75, committed: null });
    expect(await limit(owner, 'hours')).toMatchObject({ used: 0, held: 2.75, remaining: 7.75 });
    expect((await owner.api.post(`/usage/reservations/${reservation.id}/commit`, { quantity: 1.5 })).body).toMatchObject({ quantity: 2.75, committed: 1.5 });
    expect(await owner.api.post(`/usage/reservations/${reservation.id}/commit`, { quantity: 1.505 })).toMatchObject({ status: 400, body: { code: 'too_many_decimals' } });
    const grant = await operator.post(`${owner.home}/grants`, { meter: 'hours', amount: 0.5, source: 'given', reason: 'x' });
    expect(grant).toMatchObject({ status: 201, body: { amount: 0.5, burnt: 0 } });
    expect((await consume(owner, 9.25, 'hours')).body).toMatchObject({ used: 10.75, limit: 11, remaining: 0.25 });
    expect((await owner.api.get(`${owner.home}/grants`)).body.data).toMatchObject([{ amount: 0.5, burnt: 0.25 }]);
    const tenant = `/tenants/${owner.organizationId}`;
    expect((await operator.patch(`${tenant}/limits`, { limits: { hours: 12.34 } })).body.limits).toMatchObject({ hours: 12.34, disk: 1.5 });
    expect(await operator.patch(`${tenant}/limits`, { limits: { hours: 12.345 } })).toMatchObject({ status: 422 });
    expect((await owner.api.get('/tenant/entitlements')).body.limits).toContainEqual({ meter: 'hours', limit: 12.34, source: 'override' });
    const { body: plans } = await server.api.get('/billing/plans');
    expect(plans.data[0].limits).toContainEqual(expect.objectContaining({ meter: 'disk', limit: 1.5 }));
    expect(plans.addOns[0].limits).toEqual([expect.objectContaining({ meter: 'disk', units: 0.25 })]);
    const listed = (await operator.get('/tenants/usage?meter=hours&limit=100')).body.data.find((row: any) => row.tenantId === owner.organizationId);
    expect(listed).toMatchObject({ used: 10.75, limit: 12.84 });
  });

  it('domain events and mails have decimals', async () => {
    const owner = await server.world.owner({ verified: true });
    await report(owner, { id: 'a', meter: 'hours', quantity: 9.45 });
    const { rows } = await look.query(`select data from domain_events where organization_id = $1 and type = 'usage.threshold_reached'`, [owner.organizationId]);
    expect(rows[0].data).toMatchObject({ meter: 'hours', percent: 80, used: 9.45, limit: 10.5 });
    await server.control.runJob('usage-alerts', new Date());
    expect(JSON.stringify(await server.mailbox.waitFor(owner.email, '80'))).toContain('9.45');
    const later = new Date(Date.now() + 40 * 24 * 3600_000);
    await server.control.runJob('usage-close', later);
    const closed = await look.query(`select data from domain_events where organization_id = $1 and type = 'usage.period_closed'`, [owner.organizationId]);
    expect(closed.rows.flatMap(({ data }) => data.meters)).toContainEqual({ meter: 'hours', used: 9.45, held: 0, fromGrants: 0, limit: 10.5 });
  });

  it('quantities are stored as whole parts', async () => {
    const owner = await server.world.owner();
    await report(owner, { id: 'tiny', meter: 'free', quantity: 0.000000001 }, { id: 'large', meter: 'free', quantity: 999.999999999 });
    expect(await limit(owner, 'free')).toMatchObject({ used: 1000, limit: null, decimals: 9 });
    const { rows } = await look.query(`select quantity::text from usage_events where organization_id = $1 order by quantity`, [owner.organizationId]);
    expect(rows.map(({ quantity }) => quantity)).toEqual(['1', '999999999999']);
  });
});
