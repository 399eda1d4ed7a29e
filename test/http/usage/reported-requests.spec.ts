import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startTestServer, type TestServer } from '../../support/http.js';
import type { Person } from '../../support/world.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer({ CATALOG: 'test/catalogs/usage.yaml' })));
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly body: any;
}

const day = 24 * 3600_000;
const request = (more: object = {}): Record<string, unknown> => ({
  id: randomUUID(),
  occurredAt: new Date().toISOString(),
  method: 'POST',
  endpoint: '/v2/quizzes/:quizId',
  status: 201,
  durationMs: 12.5,
  ...more,
});
const log = (who: Pick<Person, 'api'>, ...requests: object[]): Promise<Answer> => who.api.post('/usage/requests', { requests });
const report = async (who: Person, groupBy: string): Promise<any> => (await who.api.get(`${who.home}/usage?groupBy=${groupBy}`)).body;
const ownEndpoint = ({ groups }: any): any => groups.find(({ endpoint }: { endpoint: string }) => endpoint === '/v2/quizzes/:quizId');

describe('requests that a product reports', () => {
  it('reported requests are in the reports by endpoint and by user, like requests of this server', async () => {
    const owner = await server.world.owner();
    const before = await report(owner, 'user');
    expect(
      (await log(owner, request({ tokens: 40 }), request({ status: 500, durationMs: 0, tokens: 2 }), request({ userId: owner.userId, method: 'GET', endpoint: '/v2/home' }))).body,
    ).toEqual({ accepted: 3, repeated: 0, conflicts: [] });
    expect(ownEndpoint(await report(owner, 'endpoint'))).toEqual({
      method: 'POST',
      endpoint: '/v2/quizzes/:quizId',
      meters: {},
      requests: { total: 2, failures: 1, averageDurationMs: 6.25, tokens: 42 },
    });
    const after = await report(owner, 'user');
    const mine = ({ groups }: any): any => groups.find(({ userId }: { userId: string }) => userId === owner.userId)?.requests ?? { total: 0, tokens: 0 };
    expect(mine(after).total - mine(before).total).toBeGreaterThanOrEqual(3);
    expect(mine(after).tokens - mine(before).tokens).toBe(42);
  });

  it('an API key reports requests, which count for the key unless a member is named', async () => {
    const owner = await server.world.owner();
    const { key: secret, id } = (await owner.api.post(`${owner.home}/api-keys`, { name: 'proxy', permissions: ['usage:write'] })).body;
    const api = server.api.as(secret);
    expect((await log({ api }, request(), request({ userId: owner.userId }))).body).toMatchObject({ accepted: 2 });
    const { groups } = await report(owner, 'key');
    expect(groups.find(({ apiKeyId }: { apiKeyId: string }) => apiKeyId === id)).toMatchObject({ name: 'proxy' });
    expect(ownEndpoint(await report(owner, 'endpoint')).requests.total).toBe(2);
  });

  it('a repetition counts once, and an id that is used again for another request is a conflict', async () => {
    const owner = await server.world.owner();
    const first = request({ tokens: 5 });
    const batch = [first, request(), first, { ...first, status: 404 }];
    expect((await log(owner, ...batch)).body).toEqual({
      accepted: 2,
      repeated: 1,
      conflicts: [{ pointer: '/requests/3/id', id: first['id'], code: 'request_id_reused', message: expect.any(String) }],
    });
    expect((await log(owner, ...batch)).body).toMatchObject({ accepted: 0, repeated: 3, conflicts: [{ pointer: '/requests/3/id' }] });
    const answers = await Promise.all(Array.from({ length: 20 }, () => log(owner, ...batch)));
    expect(answers.every(({ body }) => body.accepted === 0 && body.repeated === 3)).toBe(true);
    expect(ownEndpoint(await report(owner, 'endpoint')).requests).toMatchObject({ total: 2, tokens: 5 });
  });

  it('twenty concurrent reports of one request log it once', async () => {
    const owner = await server.world.owner();
    const one = request();
    const answers = await Promise.all(Array.from({ length: 20 }, () => log(owner, one)));
    expect(answers.filter(({ body }) => body.accepted === 1)).toHaveLength(1);
    expect(ownEndpoint(await report(owner, 'endpoint')).requests.total).toBe(1);
  });

  it('the same id in another organization is another request', async () => {
    const [owner, other] = await server.world.twoTenants();
    const one = request();
    expect((await log(owner, one)).body).toMatchObject({ accepted: 1 });
    expect((await log(other, one)).body).toMatchObject({ accepted: 1 });
  });

  it('reported requests do not count against the request quota', async () => {
    const owner = await server.world.owner();
    const calls = async (): Promise<number> => (await owner.api.get('/tenant/limits')).body.data.find(({ meter }: { meter: string }) => meter === 'calls').used;
    const before = await calls();
    await log(owner, ...Array.from({ length: 50 }, () => request()));
    await server.control.flush();
    expect(await calls()).toBeLessThan(before + 50);
  });

  it.each([
    ['occurredAt', { occurredAt: undefined }],
    ['occurredAt', { occurredAt: 'today' }],
    ['method', { method: 'post' }],
    ['endpoint', { endpoint: 'quizzes' }],
    ['endpoint', { endpoint: `/${'x'.repeat(300)}` }],
    ['endpoint', { endpoint: '/v2/quizzes?token=secret' }],
    ['endpoint', { endpoint: '/v2/quizzes#secret' }],
    ['endpoint', { endpoint: '/v2/two words' }],
    ['endpoint', { endpoint: `/v2/quizzes/${randomUUID().toUpperCase()}` }],
    ['endpoint', { endpoint: `/v2/quizzes/${randomUUID()}/answers` }],
    ['endpoint', { endpoint: '/v2/quizzes/65f0c0ffee0000000000beef' }],
    ['endpoint', { endpoint: '/v2/quizzes/123456' }],
    ['endpoint', { endpoint: '/v2/users/ada@example.com' }],
    ['endpoint', { endpoint: '/v2/reset/eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln' }],
    ['status', { status: 99 }],
    ['durationMs', { durationMs: -1 }],
    ['durationMs', { durationMs: 3_000_000 }],
    ['tokens', { tokens: 0.5 }],
    ['userId', { userId: 'ada' }],
    ['organizationId', { organizationId: randomUUID() }],
  ])('an invalid %s refuses the batch and is pointed to', async (field, more) => {
    const owner = await server.world.owner();
    const answer = await log(owner, request(), request(more));
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].pointer).toBe(`/requests/1/${field}`);
    expect(ownEndpoint(await report(owner, 'endpoint'))).toBeUndefined();
  });

  it.each(['/', '/v2/:quizId', '/v2/{quizId}/answers', '/v1.1/oauth2/token', '/.well-known/jwks.json', '/*', '/2024/archive', '/v2/facade'])(
    'the route template %s is accepted',
    async (endpoint) => {
      expect((await log(await server.world.owner(), request({ endpoint }))).body).toMatchObject({ accepted: 1 });
    },
  );

  it('a user of another organization is refused, and a former member is not', async () => {
    const [owner, stranger] = [await server.world.owner(), await server.world.owner()];
    const { body } = await log(owner, request({ userId: owner.userId }), request({ userId: stranger.userId }), request({ userId: randomUUID() }));
    const errors = [1, 2].map((index) => ({ pointer: `/requests/${index}/userId`, code: 'unknown_member' }));
    expect(body).toMatchObject({ code: 'invalid_requests', errors });
    const member = await server.world.member(owner, 'member');
    expect((await log(owner, request({ userId: member.userId }))).body).toMatchObject({ accepted: 1 });
    expect((await owner.api.delete(`${owner.home}/members/${member.userId}`)).status).toBe(204);
    expect((await log(owner, request({ userId: member.userId }))).body).toMatchObject({ accepted: 1 });
  });

  it('too early and future requests are listed, and a batch has 1 to 1000 requests', async () => {
    const owner = await server.world.owner();
    const at = (days: number): object => request({ occurredAt: new Date(Date.now() + days * day).toISOString() });
    expect(await log(owner, at(-8), request(), at(1))).toMatchObject({
      status: 422,
      body: {
        code: 'invalid_requests',
        errors: [
          { pointer: '/requests/0/occurredAt', code: 'too_late' },
          { pointer: '/requests/2/occurredAt', code: 'in_the_future' },
        ],
      },
    });
    expect((await log(owner)).status).toBe(400);
    expect((await log(owner, ...Array.from({ length: 1001 }, () => request()))).status).toBe(400);
    expect((await log(owner, ...Array.from({ length: 1000 }, () => request({ occurredAt: new Date(Date.now() - 6 * day).toISOString() })))).body).toMatchObject({ accepted: 1000 });
  });

  it('a member without usage:write cannot report requests', async () => {
    const owner = await server.world.owner();
    const { key: secret } = (await owner.api.post(`${owner.home}/api-keys`, { name: 'reader', permissions: ['organization:read'] })).body;
    expect((await log({ api: server.api.as(secret) }, request())).status).toBe(403);
  });
});
