import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/http.js';
import type { Person } from '../../support/world.js';

let server: TestServer;
let database: ScratchDatabase;
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({ CATALOG: 'test/catalogs/usage.yaml' }, database);
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const consume = (who: Person, body: object): Promise<{ status: number; body: any }> => who.api.post('/usage/consume', body);
const report = (who: Person, ...events: object[]): Promise<{ status: number; body: any }> => who.api.post('/usage/events', { events });
const used = async (who: Person, meter: string): Promise<number> => (await who.api.get('/tenant/limits')).body.data.find((limit: { meter: string }) => limit.meter === meter).used;
const newId = (): string => randomUUID();

describe('consuming', () => {
  it('consuming succeeds until no units remain, and the refusal names the remedies', async () => {
    const owner = await server.world.owner();
    expect((await consume(owner, { meter: 'quizzes', quantity: 9 })).body).toMatchObject({ meter: 'quizzes', used: 9, limit: 10, remaining: 1, repeated: false });
    const refused = await consume(owner, { meter: 'quizzes', quantity: 2 });
    expect(refused).toMatchObject({
      status: 402,
      body: {
        code: 'quota_exceeded',
        meter: 'quizzes',
        limit: 10,
        used: 9,
        requested: 2,
        remaining: 1,
        resetsAt: expect.stringMatching(/-01T00:00:00.000Z$/),
        upgrade: { plan: 'big', limit: 100 },
      },
    });
    expect((await consume(owner, { meter: 'quizzes' })).body).toMatchObject({ used: 10, remaining: 0 });
    expect(await used(owner, 'quizzes')).toBe(10);
  });

  it('concurrent calls never consume more than the limit', async () => {
    const owner = await server.world.owner();
    const answers = await Promise.all(Array.from({ length: 60 }, () => consume(owner, { meter: 'quizzes' })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 402)).toHaveLength(50);
    expect(await used(owner, 'quizzes')).toBe(10);
  });

  it('a repeated call counts once, and an id that is reused for another call is refused', async () => {
    const owner = await server.world.owner();
    const id = newId();
    const answers = await Promise.all(Array.from({ length: 10 }, () => consume(owner, { id, meter: 'quizzes', quantity: 6 })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(answers.filter(({ body }) => !body.repeated)).toHaveLength(1);
    expect(await used(owner, 'quizzes')).toBe(6);
    expect(await consume(owner, { id, meter: 'quizzes', quantity: 5 })).toMatchObject({ status: 409, body: { code: 'event_id_reused' } });
    expect(await used(owner, 'quizzes')).toBe(6);
  });

  it('consuming refuses metadata larger than 4 kB', async () => {
    const owner = await server.world.owner();
    const noting = (bytes: number): object => ({ meter: 'quizzes', metadata: { note: 'x'.repeat(bytes - '{"note":""}'.length) } });
    expect((await consume(owner, noting(4096))).status).toBe(200);
    expect(await consume(owner, noting(4097))).toMatchObject({
      status: 400,
      body: { errors: [{ message: 'metadata must be at most 4096 bytes as JSON' }] },
    });
  });

  it.each([-1, 0, 1.5, '3', 1e13, Number.MAX_SAFE_INTEGER + 2, null])('consuming %p units is refused', async (quantity) => {
    const owner = await server.world.owner();
    expect((await consume(owner, { meter: 'tokens', quantity })).status).toBe(400);
    expect(await used(owner, 'tokens')).toBe(0);
  });

  it('consuming an unknown meter or one of another kind is refused', async () => {
    const owner = await server.world.owner();
    const code = async (meter: string): Promise<unknown> => (await consume(owner, { meter })).body.code;
    expect(await Promise.all(['nothing', 'users', 'calls', 'sessions', 'peak', 'visitors'].map(code))).toEqual([
      'unknown_meter',
      ...Array.from({ length: 5 }, () => 'wrong_meter'),
    ]);
  });

  it('a usage check consumes nothing', async () => {
    const owner = await server.world.owner();
    const check = async (quantity: number): Promise<unknown> => (await owner.api.post('/usage/check', { meter: 'quizzes', quantity })).body;
    expect(await check(10)).toMatchObject({ allowed: true, used: 0, remaining: 10 });
    expect(await check(11)).toMatchObject({ allowed: false });
    expect(await used(owner, 'quizzes')).toBe(0);
  });

  it('a gauge rises and falls, but not below zero', async () => {
    const owner = await server.world.owner();
    const release = (body: object): Promise<{ status: number; body: any }> => owner.api.post('/usage/release', body);
    await consume(owner, { meter: 'disk', quantity: 5 });
    expect((await consume(owner, { meter: 'disk' })).status).toBe(402);
    const id = newId();
    expect((await release({ id, meter: 'disk', quantity: 2 })).body).toMatchObject({ used: 3, remaining: 2 });
    expect((await release({ id, meter: 'disk', quantity: 2 })).body).toMatchObject({ used: 3 });
    expect(await release({ meter: 'disk', quantity: 4 })).toMatchObject({ status: 409, body: { code: 'gauge_too_low' } });
    expect((await release({ meter: 'quizzes' })).body.code).toBe('wrong_meter');
  });
});

describe('events', () => {
  it('events count once by their id, within a batch and across batches', async () => {
    const owner = await server.world.owner();
    const [a, b] = [newId(), newId()];
    expect((await report(owner, { id: a, meter: 'tokens', quantity: 100 }, { id: b, meter: 'tokens', quantity: 20 }, { id: a, meter: 'tokens', quantity: 100 })).body).toEqual({
      accepted: 2,
      repeated: 1,
      conflicts: [],
      refused: [],
    });
    expect((await report(owner, { id: b, meter: 'tokens', quantity: 20 }, { id: newId(), meter: 'tokens', quantity: 3 })).body).toMatchObject({ accepted: 1, repeated: 1 });
    expect(await used(owner, 'tokens')).toBe(123);
  });

  it('events are aggregated as the meter defines: sum, count, unique or max', async () => {
    const owner = await server.world.owner();
    const events = [5, 900, 30].flatMap((quantity, index) => [
      { id: newId(), meter: 'runs', quantity },
      { id: newId(), meter: 'peak', quantity },
      { id: newId(), meter: 'visitors', subject: `v${index % 2}` },
    ]);
    expect((await report(owner, ...events)).body).toMatchObject({ accepted: 9, repeated: 0 });
    expect(
      (await report(owner, { id: newId(), meter: 'peak', quantity: 40 }, { id: newId(), meter: 'visitors', subject: 'v1' }, { id: newId(), meter: 'visitors', subject: 'v2' })).body
        .accepted,
    ).toBe(3);
    expect([await used(owner, 'runs'), await used(owner, 'peak'), await used(owner, 'visitors')]).toEqual([3, 900, 3]);
  });

  it('composed and decomposed spellings of a subject are one subject of a unique meter', async () => {
    const owner = await server.world.owner();
    const subjects = ['Jos\u00e9', 'Jose\u0301', ' Jose\u0301 '];
    expect((await report(owner, ...subjects.map((subject) => ({ id: newId(), meter: 'visitors', subject })))).body.accepted).toBe(3);
    expect(await used(owner, 'visitors')).toBe(1);
  });

  it('events are counted beyond the limit, after which consuming is refused', async () => {
    const owner = await server.world.owner();
    expect((await report(owner, { id: newId(), meter: 'quizzes', quantity: 12 })).body.accepted).toBe(1);
    expect(await used(owner, 'quizzes')).toBe(12);
    expect((await consume(owner, { meter: 'quizzes' })).status).toBe(402);
  });

  it('a batch with invalid events is refused completely and lists each of them', async () => {
    const owner = await server.world.owner();
    const days = (count: number): string => new Date(Date.now() + count * 24 * 3600_000).toISOString();
    const answer = await report(
      owner,
      { id: newId(), meter: 'tokens' },
      { id: newId(), meter: 'nothing' },
      { id: newId(), meter: 'disk' },
      { id: newId(), meter: 'tokens', quantity: -1 },
      { id: newId(), meter: 'visitors' },
      { id: newId(), meter: 'tokens', occurredAt: days(-8) },
      { id: newId(), meter: 'tokens', occurredAt: days(1) },
      { id: newId(), meter: 'tokens', quantity: 1, corrects: 'x' },
    );
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_events' } });
    expect(answer.body.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)).toEqual([
      '/events/1/meter unknown_meter',
      '/events/2/meter wrong_meter',
      '/events/3/quantity not_positive',
      '/events/4/subject subject_required',
      '/events/5/occurredAt too_late',
      '/events/6/occurredAt in_the_future',
      '/events/7/quantity not_negative',
    ]);
    expect(await used(owner, 'tokens')).toBe(0);
    expect((await report(owner, { id: newId(), meter: 'tokens' }, { id: newId(), meter: 'tokens', quantity: -1, corrects: 'nowhere' })).body.errors[0]).toMatchObject({
      pointer: '/events/1/corrects',
      code: 'correction_unknown',
    });
    expect(await used(owner, 'tokens')).toBe(0);
  });

  it.each([[[]], [Array.from({ length: 1001 }, () => ({ id: newId(), meter: 'tokens' }))]])('a batch of fewer than 1 or more than 1000 events is refused', async (events) => {
    const owner = await server.world.owner();
    expect((await report(owner, ...events)).status).toBe(400);
  });

  it('a correction cannot exceed the quantity of the event', async () => {
    const owner = await server.world.owner();
    const id = newId();
    await report(owner, { id, meter: 'tokens', quantity: 100 });
    const correction = { id: newId(), meter: 'tokens', corrects: id, quantity: -30 };
    expect((await report(owner, correction)).body).toMatchObject({ accepted: 1, repeated: 0 });
    expect((await report(owner, correction)).body).toMatchObject({ accepted: 0, repeated: 1 });
    expect(await used(owner, 'tokens')).toBe(70);
    const refused = await report(owner, { id: newId(), meter: 'tokens', quantity: 5 }, { id: newId(), meter: 'tokens', corrects: id, quantity: -71 });
    expect(refused.body.errors[0]).toMatchObject({ pointer: '/events/1/corrects', code: 'correction_too_much' });
    expect(await used(owner, 'tokens')).toBe(70);
    await report(owner, { id: newId(), meter: 'tokens', corrects: id, quantity: -70 });
    expect(await used(owner, 'tokens')).toBe(0);
  });

  it('events of meters that do not add up can be corrected only entirely', async () => {
    const owner = await server.world.owner();
    const [high, low, first, second] = [newId(), newId(), newId(), newId()];
    await report(
      owner,
      { id: high, meter: 'peak', quantity: 900 },
      { id: low, meter: 'peak', quantity: 30 },
      { id: first, meter: 'visitors', subject: 'v' },
      { id: second, meter: 'visitors', subject: 'v' },
    );
    expect((await report(owner, { id: newId(), meter: 'peak', corrects: high, quantity: -1 })).body.errors[0].code).toBe('correction_whole_only');
    await report(owner, { id: newId(), meter: 'peak', corrects: high, quantity: -900 }, { id: newId(), meter: 'visitors', corrects: first, quantity: -1 });
    expect([await used(owner, 'peak'), await used(owner, 'visitors')]).toEqual([30, 1]);
    await report(owner, { id: newId(), meter: 'visitors', corrects: second, quantity: -1 });
    expect(await used(owner, 'visitors')).toBe(0);
  });
});

describe('a lease', () => {
  const acquire = (who: Person, body: object = {}): Promise<{ status: number; body: any }> => who.api.post('/usage/leases', { meter: 'sessions', ...body });

  it('a lease takes one unit until it is released', async () => {
    const owner = await server.world.owner();
    const answers = await Promise.all(Array.from({ length: 20 }, () => acquire(owner)));
    const given = answers.filter(({ status }) => status === 201);
    expect(given).toHaveLength(2);
    expect(answers.find(({ status }) => status === 402)?.body).toMatchObject({ code: 'quota_exceeded', limit: 2, used: 2, resetsAt: null });
    expect(await used(owner, 'sessions')).toBe(2);
    expect((await owner.api.delete(`/usage/leases/${given[0]?.body.id}`)).status).toBe(204);
    expect((await owner.api.delete(`/usage/leases/${given[0]?.body.id}`)).status).toBe(204);
    expect((await acquire(owner)).status).toBe(201);
  });

  it('a lease lasts as long as its heartbeats', async () => {
    const owner = await server.world.owner();
    const [one, two] = [await acquire(owner, { ttlSeconds: 60 }), await acquire(owner, { ttlSeconds: 60 })];
    expect((await owner.api.patch(`/usage/leases/${one.body.id}`, { ttlSeconds: 600 })).status).toBe(200);
    await server.control.after(61_000, async () => {
      expect(await used(owner, 'sessions')).toBe(1);
      expect(await owner.api.patch(`/usage/leases/${two.body.id}`, {})).toMatchObject({ status: 410, body: { code: 'lease_over' } });
      expect((await acquire(owner)).status).toBe(201);
      expect((await acquire(owner)).status).toBe(402);
    });
  });
});

describe('a reservation', () => {
  const reserve = (who: Person, quantity: number): Promise<{ status: number; body: any }> => who.api.post('/usage/reservations', { meter: 'quizzes', quantity, ttlSeconds: 60 });
  const commit = (who: Person, id: string, quantity: number): Promise<{ status: number; body: any }> => who.api.post(`/usage/reservations/${id}/commit`, { quantity });

  it('a reservation holds units, and its commit returns the unused ones', async () => {
    const owner = await server.world.owner();
    const { body } = await reserve(owner, 8);
    expect(body).toMatchObject({ meter: 'quizzes', quantity: 8, status: 'open', committed: null });
    expect((await consume(owner, { meter: 'quizzes', quantity: 3 })).status).toBe(402);
    expect(await used(owner, 'quizzes')).toBe(0);
    expect((await commit(owner, body.id, 5)).body).toMatchObject({ status: 'committed', committed: 5 });
    expect((await commit(owner, body.id, 5)).status).toBe(200);
    expect(await commit(owner, body.id, 6)).toMatchObject({ status: 409, body: { code: 'reservation_closed' } });
    expect(await used(owner, 'quizzes')).toBe(5);
    expect((await consume(owner, { meter: 'quizzes', quantity: 5 })).status).toBe(200);
  });

  it('a commit can use more than the reservation if units are available', async () => {
    const owner = await server.world.owner();
    const { body } = await reserve(owner, 4);
    expect((await commit(owner, body.id, 11)).body).toMatchObject({ code: 'quota_exceeded' });
    expect((await commit(owner, body.id, 10)).body).toMatchObject({ status: 'committed', committed: 10 });
    expect(await used(owner, 'quizzes')).toBe(10);
  });

  it('a reservation ends when it is released or expires', async () => {
    const owner = await server.world.owner();
    const [one, two] = [await reserve(owner, 5), await reserve(owner, 5)];
    expect((await reserve(owner, 1)).status).toBe(402);
    expect((await owner.api.delete(`/usage/reservations/${one.body.id}`)).status).toBe(204);
    expect((await commit(owner, one.body.id, 1)).status).toBe(409);
    await server.control.after(61_000, async () => {
      expect((await consume(owner, { meter: 'quizzes', quantity: 10 })).status).toBe(200);
      expect((await commit(owner, two.body.id, 1)).status).toBe(402);
      expect((await owner.api.get(`/usage/reservations/${two.body.id}`)).body.status).toBe('expired');
    });
  });
});
