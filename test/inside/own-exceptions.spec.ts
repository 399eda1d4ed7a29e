import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { OwnExceptionsModule } from '../control/own-exceptions.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer({ JOBS_ENABLED: 'false' }, testDatabase(), { modules: [OwnExceptionsModule] })));
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
