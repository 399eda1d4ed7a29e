import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { deprecation, DeprecatedRoutesModule } from '../control/deprecated-routes.js';
import { ElsewhereRoutesModule } from '../control/elsewhere-routes.js';
import { OwnExceptionsModule } from '../control/own-exceptions.js';
import { StreamedAnswers, StreamedRoutesModule } from '../control/streamed-routes.js';
import type { Answer } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { lockWaiters, sessionOf } from '../support/lock-waiters.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(
  async () => void (server = await startTestServer({ JOBS_ENABLED: 'false' }, testDatabase(), { modules: [OwnExceptionsModule, DeprecatedRoutesModule, ElsewhereRoutesModule] })),
);
afterAll(() => server.close());

it('the exceptions of NestJS keep their status in a problem document, which has not their text', async () => {
  expect(await server.api.get('/test/exceptions/not-found')).toMatchObject({ status: 404, body: { code: 'not_found', title: 'Not found' } });
  expect(await server.api.get('/test/exceptions/conflict')).toMatchObject({ status: 409, body: { code: 'http_error' } });
});

it('another method of their path is answered with 405', async () => {
  const answer = await server.api.post('/test/exceptions/not-found', {});
  expect(answer).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
  expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
});

it('a deprecated operation says so in all of its answers, and others do not', async () => {
  const owner = await server.world.owner();
  const answers = [await server.api.post('/test/old', { title: 'x' }), await owner.api.post('/test/old', { title: 1 }), await owner.api.post('/test/old', { title: 'x' })];
  expect(answers.map(({ status }) => status)).toEqual([401, 400, 201]);
  for (const { headers } of answers) {
    expect(headers.get('deprecation')).toBe(`@${Date.UTC(2026, 11, 1) / 1000}`);
    expect(headers.get('sunset')).toBe('Wed, 01 Dec 2027 00:00:00 GMT');
    expect(headers.get('link')).toBe(`<${deprecation.link}>; rel="deprecation"; type="text/html"`);
  }
  const { headers } = await server.api.get('/billing/plans');
  expect(['deprecation', 'sunset', 'link'].map((name) => headers.get(name))).toEqual([null, null, null]);
});

it('the document says which operation, parameter and field are deprecated, and what replaces them', async () => {
  const { body: document } = await server.api.get('//openapi.json');
  const operation = document.paths['/api/v1/test/old'].post;
  const notice = 'Deprecated since 2026-12-01, and removed on 2027-12-01 or later. [Use its replacement](https://example.com/replacement).';
  expect(operation).toMatchObject({ deprecated: true, 'x-sunset': '2027-12-01', description: expect.stringContaining(notice) });
  expect(Object.keys(operation.responses[201].headers)).toEqual(expect.arrayContaining(['Deprecation', 'Sunset', 'Link']));
  const color = operation.parameters.find(({ name }: { name: string }) => name === 'color');
  expect(color).toMatchObject({ deprecated: true, 'x-sunset': '2027-12-01', description: `An old parameter. ${notice}` });
  expect(document.components.schemas.Old.properties.title).toMatchObject({ deprecated: true, 'x-sunset': '2027-12-01', description: `An old field. ${notice}` });
  expect(document.paths['/api/v1/billing/plans'].get).not.toHaveProperty('deprecated');
});

it('a request that writes in another organization than its own has its effect once for its Idempotency-Key, at any moment', async () => {
  const owner = await server.world.owner();
  const send = (): Promise<Answer> => owner.api.with({ 'idempotency-key': key }).post('/test/elsewhere', { organizationId: owner.organizationId });
  const key = randomUUID();
  const holder = new pg.Client({ connectionString: testDatabase().platform });
  await holder.connect();
  let first: Promise<Answer>;
  try {
    await holder.query('begin; lock table idempotency_keys in share mode');
    const session = await sessionOf(holder);
    first = send();
    await eventually(
      () => lockWaiters(holder, session),
      (count) => count > 0,
    );
    expect(await send()).toMatchObject({ status: 409, body: { code: 'request_running' } });
  } finally {
    await holder.end();
  }
  const [answer, repeated] = [await first, await send()];
  expect([answer.status, repeated.status, repeated.text, repeated.headers.get('idempotency-replayed')]).toEqual([201, 201, answer.text, 'true']);
  expect((await owner.api.get(`${owner.home}/teams`)).body.data.map(({ name }: { name: string }) => name)).toEqual([answer.body.name]);
});

it('a server that stops waits for an answer that has begun, and then not for its connection', async () => {
  const stopping = await startTestServer({ JOBS_ENABLED: 'false' }, testDatabase(), { modules: [StreamedRoutesModule] });
  const { content } = stopping.app.get(StreamedAnswers);
  content.write('begun, ');
  const answer = await fetch(`${stopping.url}/api/v1/test/streamed`);
  expect(answer.status).toBe(200);
  const stopped = stopping.close();
  const { listening } = await eventually(
    () => Promise.resolve(stopping.app.getHttpServer() as { listening: boolean }),
    (server) => !server.listening,
  );
  expect(listening).toBe(false);
  content.end('and ended');
  // The client neither reads the answer nor closes its connection.
  await expect(Promise.race([stopped, setTimeout(20_000, 'waits', { ref: false })])).resolves.toBeUndefined();
  expect(await answer.text()).toBe('begun, and ended');
});
