import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { PlatformAdminsService } from '../../../src/modules/auth/platform/platform-admins.service.js';
import type { Client } from '../../support/client.js';
import { SetClock } from '../../support/jobs.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { goodPassword, type Person } from '../../support/world.js';
import { startTestServer, type TestServer } from '../../support/server.js';

// Two replicas on one database, with one clock: a grant acts on both at once.

const day = 24 * 3600 * 1000;
const clock = new SetClock(new Date('2026-11-10T12:00:00Z'));
let database: ScratchDatabase;
let server: TestServer;
let other: TestServer;
let operator: Client;
beforeAll(async () => {
  database = await scratchDatabase();
  const env = { CATALOG: 'test/catalogs/usage.yaml', JOBS_ENABLED: 'false' };
  [server, other] = [await startTestServer(env, database, { clock }), await startTestServer(env, database, { clock })];
  await server.app.get(PlatformAdminsService).createFirstPlatformAdmin('operator@example.com', goodPassword);
  operator = server.api.as((await server.api.post('/auth/login', { email: 'operator@example.com', password: goodPassword })).body.accessToken);
});
afterAll(async () => {
  await Promise.all([server.close(), other.close()]);
  await database.drop();
});

type Answer = { status: number; body: any };
const grant = (to: Person, body: object): Promise<Answer> => operator.post(`${to.home}/grants`, { source: 'bought', reason: 'a test', ...body });
const inDays = (days: number): string => new Date(clock.time.getTime() + days * day).toISOString();
const consume = (who: Person, quantity: number, meter = 'quizzes'): Promise<Answer> => who.api.post('/usage/consume', { meter, quantity });
const burnt = async (who: Person): Promise<Record<string, number>> =>
  Object.fromEntries((await who.api.get(`${who.home}/grants`)).body.data.map((each: { reason: string; burnt: number }) => [each.reason, each.burnt]));

describe('a grant', () => {
  it('a grant takes effect on the next use on every replica', async () => {
    const owner = await server.world.owner();
    const elsewhere = other.api.as(owner.accessToken);
    expect((await consume(owner, 10)).status).toBe(200);
    expect((await elsewhere.post('/usage/consume', { meter: 'quizzes' })).status).toBe(402);
    const made = await grant(owner, { meter: 'quizzes', amount: 5 });
    expect(made).toMatchObject({ status: 201, body: { meter: 'quizzes', amount: 5, burnt: 0, source: 'bought', expiresAt: null, revokedAt: null } });
    expect((await elsewhere.post('/usage/consume', { meter: 'quizzes', quantity: 2 })).body).toMatchObject({ used: 12, limit: 15, remaining: 3 });
    expect((await operator.delete(`${owner.home}/grants/${made.body.id}`)).status).toBe(204);
    expect(await elsewhere.post('/usage/consume', { meter: 'quizzes' })).toMatchObject({ status: 402, body: { limit: 12, used: 12 } });
    expect((await operator.delete(`${owner.home}/grants/${made.body.id}`)).status).toBe(204);
    expect((await operator.delete(`${owner.home}/grants/${randomUUID()}`)).status).toBe(404);
  });

  it('grants are used after the allowance, soonest-expiring first', async () => {
    const owner = await server.world.owner();
    await grant(owner, { meter: 'quizzes', amount: 3, reason: 'for ever' });
    await grant(owner, { meter: 'quizzes', amount: 3, reason: 'late', expiresAt: inDays(20) });
    await grant(owner, { meter: 'quizzes', amount: 3, reason: 'soon', expiresAt: inDays(2) });
    await consume(owner, 9);
    expect(await burnt(owner)).toEqual({ soon: 0, late: 0, 'for ever': 0 });
    await consume(owner, 3);
    expect(await burnt(owner)).toEqual({ soon: 2, late: 0, 'for ever': 0 });
    await consume(owner, 3);
    expect(await burnt(owner)).toEqual({ soon: 3, late: 2, 'for ever': 0 });
    expect((await consume(owner, 5)).status).toBe(402);
    expect((await consume(owner, 4)).status).toBe(200);
    expect(await burnt(owner)).toEqual({ soon: 3, late: 3, 'for ever': 3 });
  });

  it('concurrent calls never use more than the units of a grant', async () => {
    const owner = await server.world.owner();
    await grant(owner, { meter: 'quizzes', amount: 7 });
    const answers = await Promise.all(Array.from({ length: 30 }, () => consume(owner, 1)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(17);
  });

  it('a grant survives the monthly reset with its remaining units until it expires', async () => {
    const owner = await server.world.owner();
    await grant(owner, { meter: 'quizzes', amount: 5, reason: 'stays' });
    await grant(owner, { meter: 'quizzes', amount: 5, reason: 'goes', expiresAt: inDays(1) });
    await consume(owner, 12);
    const now = clock.time;
    try {
      clock.forward(2 * day);
      expect(await consume(owner, 6)).toMatchObject({ status: 402, body: { limit: 17, used: 12, remaining: 5 } });
      expect((await consume(owner, 2)).status).toBe(200);
      clock.time = new Date('2026-12-01T00:00:00Z');
      expect(await consume(owner, 14)).toMatchObject({ status: 402, body: { limit: 13, used: 0 } });
      expect((await consume(owner, 13)).status).toBe(200);
      expect(await burnt(owner)).toEqual({ stays: 5, goes: 2 });
    } finally {
      clock.time = now;
    }
  });

  it('a grant raises the limit of gauges and concurrent meters until it expires', async () => {
    const owner = await server.world.owner();
    await grant(owner, { meter: 'disk', amount: 2, expiresAt: inDays(1) });
    await grant(owner, { meter: 'sessions', amount: 1, expiresAt: inDays(1) });
    expect((await consume(owner, 7, 'disk')).status).toBe(200);
    expect((await consume(owner, 1, 'disk')).status).toBe(402);
    const leases = await Promise.all(Array.from({ length: 5 }, () => owner.api.post('/usage/leases', { meter: 'sessions', ttlSeconds: 3600 })));
    expect(leases.filter(({ status }) => status === 201)).toHaveLength(3);
    const now = clock.time;
    try {
      clock.forward(2 * day);
      await owner.api.post('/usage/release', { meter: 'disk', quantity: 1 });
      expect((await consume(owner, 1, 'disk')).status).toBe(402);
      const again = await Promise.all(Array.from({ length: 5 }, () => owner.api.post('/usage/leases', { meter: 'sessions' })));
      expect(again.filter(({ status }) => status === 201)).toHaveLength(2);
    } finally {
      clock.time = now;
    }
  });
});

describe('granting', () => {
  it('only operators can grant units; members with usage:read see the grants of their organization', async () => {
    const [owner, stranger] = await server.world.twoTenants();
    const member = await server.world.member(owner);
    const { body } = await grant(owner, { meter: 'quizzes', amount: 5 });
    for (const who of [owner, member, stranger]) {
      expect((await who.api.post(`${owner.home}/grants`, { meter: 'quizzes', amount: 5, source: 'given', reason: 'me' })).status).toBe(403);
      expect((await who.api.delete(`${owner.home}/grants/${body.id}`)).status).toBe(403);
    }
    expect((await owner.api.get(`${owner.home}/grants`)).body).toMatchObject({ data: [{ id: body.id }], nextCursor: null });
    expect((await member.api.get(`${owner.home}/grants`)).status).toBe(403);
    expect((await stranger.api.get(`${owner.home}/grants`)).status).not.toBe(200);
    expect((await stranger.api.get(`${stranger.home}/grants`)).body.data).toEqual([]);
    expect((await operator.delete(`${stranger.home}/grants/${body.id}`)).status).toBe(404);
    expect((await operator.post(`/organizations/${randomUUID()}/grants`, { meter: 'quizzes', amount: 5, source: 'given', reason: 'me' })).status).toBe(404);
  });

  it.each([
    [{ meter: 'nothing', amount: 1 }, 422, 'unknown_meter'],
    [{ meter: 'users', amount: 1 }, 422, 'wrong_meter'],
    [{ meter: 'quizzes', amount: 1, expiresAt: '2026-11-10T11:59:59Z' }, 422, 'expiry_in_the_past'],
    [{ meter: 'quizzes', amount: 0 }, 400, 'validation_failed'],
    [{ meter: 'quizzes', amount: 1e12 + 1 }, 400, 'validation_failed'],
    [{ meter: 'quizzes', amount: 1, source: 'found' }, 400, 'validation_failed'],
  ])('the invalid grant %j is refused', async (body, status, code) => {
    const owner = await server.world.owner();
    expect(await grant(owner, body)).toMatchObject({ status, body: { code } });
    expect((await grant(owner, { meter: 'calls', amount: 1e12 })).status).toBe(201);
  });
});
