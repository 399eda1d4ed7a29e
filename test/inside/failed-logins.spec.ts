import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PlatformDb } from '../../src/database/platform-db.js';
import { statementsSentBy } from '../support/sent-statements.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

/** Makes accounts of an address, and returns it. */
async function address(...accounts: readonly { readonly verified: boolean; readonly password: boolean; readonly disabled?: boolean }[]): Promise<string> {
  const [email, db] = [server.world.email('somebody'), server.app.get(PlatformDb)];
  for (const { verified, password, disabled = false } of accounts) {
    const { id } = await db.user.create({ data: { email, name: 'Somebody', emailVerifiedAt: verified ? new Date() : null, disabledAt: disabled ? new Date() : null } });
    if (password) await db.credential.create({ data: { userId: id, passwordHash: `$argon2id$v=19$m=8,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}` } });
  }
  return email;
}

it('a failed login sends the same number of statements for every address: a statement takes longer than all else that differs', async () => {
  const fail = (email: string): Promise<string[]> =>
    statementsSentBy(async () =>
      expect(await server.api.post('/auth/login', { email, password: randomUUID() })).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } }),
    );
  const known = { verified: true, password: true };
  const claimed = { verified: false, password: true };
  const addresses = {
    unknown: await address(),
    verified: await address(known),
    'without a password': await address({ verified: true, password: false }),
    disabled: await address({ ...known, disabled: true }),
    claimed: await address(claimed),
    'claimed twice': await address(claimed, claimed),
  };
  const counts: Record<string, number> = {};
  for (const [name, email] of Object.entries(addresses)) {
    const sent = [await fail(email), await fail(email), await fail(email)];
    // What is written in the background comes in addition.
    counts[name] = Math.min(...sent.map(({ length }) => length));
  }
  expect(counts).toEqual(Object.fromEntries(Object.keys(addresses).map((name) => [name, counts['unknown']])));
});
