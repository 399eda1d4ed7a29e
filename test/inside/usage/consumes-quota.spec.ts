import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import { ConsumesQuota, ReleasesQuota } from '../../../src/access/consumes-quota.js';
import { QuotaInterceptor } from '../../../src/access/guards/quota.interceptor.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import type { Person } from '../../support/world.js';
import { countedRoutes, CountedRoutesModule, handled } from '../../control/counted-routes.js';

let server: TestServer;
let database: ScratchDatabase;
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({ CATALOG: 'test/catalogs/usage.yaml' }, database, { modules: [CountedRoutesModule] });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const make = (who: Person, title: unknown): Promise<{ status: number; body: any }> => who.api.post(countedRoutes.quizzes, { title });
const used = async (who: Person): Promise<number> => (await who.api.get('/tenant/limits')).body.data.find(({ meter }: { meter: string }) => meter === 'quizzes').used;

it('a route that takes units of one meter and releases those of another has one interceptor', () => {
  class Routes {
    @ConsumesQuota('quizzes')
    @ReleasesQuota('drafts')
    publish(this: void): void {}
  }
  expect(Reflect.getMetadata(INTERCEPTORS_METADATA, Routes.prototype.publish)).toEqual([QuotaInterceptor]);
});

describe('@ConsumesQuota', () => {
  it('@ConsumesQuota consumes the units before the handler runs, and refuses without calling it', async () => {
    const owner = await server.world.owner();
    expect([(await make(owner, 'one')).status, (await make(owner, 'two')).status]).toEqual([201, 201]);
    const before = handled.quizzes;
    expect(await make(owner, 'three')).toMatchObject({ status: 402, body: { code: 'quota_exceeded', meter: 'quizzes', limit: 10, used: 8, requested: 4, remaining: 2 } });
    expect(handled.quizzes).toBe(before);
    expect(await used(owner)).toBe(8);
  });

  it.each([
    ['the handler refuses', 'broken', 404],
    ['the handler has a bug', 'bug', 500],
    ['the body is not valid', 7, 400],
    ['the body is too long', 'x'.repeat(21), 400],
  ])('@ConsumesQuota returns the units when %s', async (_, title, status) => {
    const owner = await server.world.owner();
    for (let time = 0; time < 3; time += 1) expect((await make(owner, title)).status).toBe(status);
    expect(await used(owner)).toBe(0);
    expect((await make(owner, 'good')).status).toBe(201);
    expect(await used(owner)).toBe(4);
  });

  it('@ConsumesQuota consumes the units once for an Idempotency-Key, also when the handler writes nothing, and none when it refuses', async () => {
    const owner = await server.world.owner();
    const twice = async (title: string): Promise<unknown[]> => {
      const [before, api] = [handled.quizzes, owner.api.with({ 'idempotency-key': title })];
      const answers = [await api.post(countedRoutes.quizzes, { title }), await api.post(countedRoutes.quizzes, { title })];
      return [...answers.map(({ status }) => status), handled.quizzes - before, await used(owner)];
    };
    expect(await twice('broken')).toEqual([404, 404, 2, 0]);
    expect(await twice('good')).toEqual([201, 201, 1, 4]);
  });

  it('@ConsumesQuota never exceeds the limit under concurrency, and does not count failed requests', async () => {
    const owner = await server.world.owner();
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => make(owner, index % 2 === 0 ? 'good' : 'broken')));
    const good = answers.filter(({ status }) => status === 201).length;
    expect(good).toBeLessThanOrEqual(2);
    expect(await used(owner)).toBe(good * 4);
    while ((await make(owner, 'good')).status === 201);
    expect(await used(owner)).toBe(8);
  });

  it('@ConsumesQuota allows every request if the catalog does not define the meter', async () => {
    const owner = await server.world.owner();
    expect((await owner.api.post('/test/unknown')).status).toBe(201);
  });
});
