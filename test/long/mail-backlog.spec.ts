import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../support/http.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

it('mails that are written together are sent together, not one per poll of the queue', async () => {
  const owner = await server.world.owner();
  const emails = Array.from({ length: 15 }, () => server.world.email('together'));
  const invited = await owner.api.post(`${owner.home}/invitations`, { invitations: emails.map((email) => ({ email, role: 'member' })) });
  expect(invited.status).toBe(201);
  // It waits for ten seconds; one at each poll would take thirty.
  const mails = await Promise.all(emails.map((email) => server.mailbox.waitFor(email)));
  expect(mails.map(({ to }) => to)).toEqual(emails);
});
