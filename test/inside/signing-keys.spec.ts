import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SystemClock } from '../../src/common/clock.js';
import { PlatformDb } from '../../src/database/platform-db.js';
import { JwtStrategy } from '../../src/modules/auth/tokens/jwt.strategy.js';
import { SigningKeysService } from '../../src/modules/auth/tokens/signing-keys.service.js';
import { startTestServer, type TestServer } from '../support/server.js';
import type { Person } from '../support/world.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer({ DATABASE_POOL_SIZE: '2' })));
afterAll(() => server.close());

/** Sets the clock of sessions and keys ahead while something is done: the keys that are known are older than their cache allows. */
async function later<Result>(seconds: number, use: () => Promise<Result>): Promise<Result> {
  const clock = jest.spyOn(server.app.get(SystemClock), 'now').mockImplementation(() => new Date(Date.now() + 1000 * seconds));
  try {
    return await use();
  } finally {
    clock.mockRestore();
  }
}

describe('signing keys', () => {
  it('more parallel refreshes than connections succeed after the keys were not read for a minute', async () => {
    const people: Person[] = [];
    for (let index = 0; index < 8; index += 1) people.push(await server.world.owner());
    const answers = await later(61, () => Promise.all(people.map(({ refreshToken }) => server.api.post('/auth/refresh', { refreshToken }))));
    expect(answers.map(({ status }) => status)).toEqual(people.map(() => 200));
  });

  it('signing with old keys reads them again in the background', async () => {
    const keys = server.app.get(SigningKeysService);
    const read = jest.spyOn(server.app.get(PlatformDb).signingKey, 'findMany');
    try {
      await later(3600, async () => {
        expect((await keys.getSigningKey()).kid).toEqual((await keys.getSigningKey()).kid);
        expect(read).toHaveBeenCalledTimes(1);
        await read.mock.results[0]?.value;
        await keys.listPublicKeys();
        expect(read).toHaveBeenCalledTimes(1);
      });
    } finally {
      read.mockRestore();
    }
  });

  it('many tokens of a key that another server has just made are verified at once, also after a search for one that does not exist', async () => {
    const keys = server.app.get(SigningKeysService);
    const platform = server.app.get(PlatformDb);
    const read = jest.spyOn(platform.signingKey, 'findMany');
    const known = await platform.signingKey.findFirstOrThrow();
    /** Copies a key under another id, as another server would create one. */
    const create = async (): Promise<string> => {
      const { id } = await platform.signingKey.create({
        data: { algorithm: known.algorithm, publicJwk: known.publicJwk as object, privateKey: known.privateKey, id: randomUUID(), retiredAt: new Date() },
      });
      return id;
    };
    const findAtOnce = async (kid: string): Promise<unknown[]> => Promise.all(Array.from({ length: 20 }, async () => (await keys.findVerificationKey(kid)) !== undefined));
    try {
      const [first, unknown] = [await create(), randomUUID()];
      expect(new Set(await findAtOnce(first))).toEqual(new Set([true]));
      expect(new Set(await findAtOnce(unknown))).toEqual(new Set([false]));
      expect(new Set(await findAtOnce(await create()))).toEqual(new Set([true]));
      expect(read.mock.calls.length).toBeLessThan(6);
    } finally {
      read.mockRestore();
    }
  });

  it('a token is verified once, and no longer accepted after its key was deleted', async () => {
    const keys = server.app.get(SigningKeysService);
    const platform = server.app.get(PlatformDb);
    const { api, accessToken } = await server.world.owner();
    const { kid } = JSON.parse(Buffer.from(accessToken.split('.', 1)[0] ?? '', 'base64url').toString()) as { kid: string };
    const row = await platform.signingKey.findUniqueOrThrow({ where: { id: kid } });
    const verify = jest.spyOn(server.app.get(JwtStrategy), 'validate');
    try {
      expect((await api.get('/auth/me')).status).toBe(200);
      verify.mockClear();
      expect((await later(61, () => api.get('/auth/me'))).status).toBe(200);
      expect(verify).not.toHaveBeenCalled();
      await platform.signingKey.delete({ where: { id: kid } });
      await later(122, () => keys.listPublicKeys());
      expect((await later(183, () => api.get('/auth/me'))).status).toBe(401);
      expect(verify).not.toHaveBeenCalled();
      await platform.signingKey.create({ data: { ...row, publicJwk: row.publicJwk as object } });
      await later(244, () => keys.listPublicKeys());
      expect((await later(244, () => api.get('/auth/me'))).status).toBe(200);
      expect(verify).toHaveBeenCalledTimes(1);
    } finally {
      verify.mockRestore();
    }
  });

  it('a token that was verified before is refused with 503 while its key cannot be read', async () => {
    const { api } = await server.world.owner();
    expect((await api.get('/auth/me')).status).toBe(200);
    const read = jest.spyOn(server.app.get(PlatformDb).signingKey, 'findMany').mockRejectedValue(new Error('no connection'));
    try {
      const { status, body } = await later(600, () => api.get('/auth/me'));
      expect({ status, detail: body.detail }).toEqual({ status: 503, detail: 'Access tokens cannot be verified at the moment. Try again shortly.' });
    } finally {
      read.mockRestore();
    }
  });
});
