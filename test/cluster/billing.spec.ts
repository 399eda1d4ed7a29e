import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../support/client.js';
import { ServerProcess } from '../support/process.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { goodPassword } from '../support/world.js';

const times = 50;

let database: ScratchDatabase;
let replicas: ServerProcess[];
let home: string;
let owner: { here: Client; there: Client };
beforeAll(async () => {
  database = await scratchDatabase();
  const env = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    APP_SECRET: testSecret,
    APP_URL: 'https://app.tenantry.test',
    DATABASE_URL: database.app,
    DATABASE_PLATFORM_URL: database.platform,
    RATE_LIMITS_ENABLED: 'false',
    LOAD_LIMITS_ENABLED: 'false',
    JOBS_ENABLED: 'false',
    CATALOG: 'test/catalogs/add-ons.yaml',
  };
  replicas = await Promise.all([ServerProcess.start(env), ServerProcess.start(env)]);
  const [here, there] = replicas.map(({ url }) => new Client(url)) as [Client, Client];
  const { body } = await here.post('/auth/signup', { email: 'owner@example.com', password: goodPassword, name: 'Olive', organization: { name: 'Acme' } });
  owner = { here: here.as(body.accessToken), there: there.as(body.accessToken) };
  home = `/organizations/${body.organization.id}`;
}, 60_000);
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.end('SIGTERM')));
  await database.drop();
});

describe(`a purchase on one replica takes effect on the next request on another, ${times} times in a row:`, () => {
  it('a purchase changes plan, features, limits, seats and add-ons, and a cancellation removes them', async () => {
    for (let time = 0; time < times; time += 1) {
      const seats = 5 + (time % 40);
      const { status, text } = await owner.here.patch(`${home}/subscription`, { plan: 'team', seats });
      expect({ time, status, text: status === 200 ? '' : text }).toEqual({ time, status: 200, text: '' });
      const bought = (await owner.there.get('/tenant/entitlements')).body;
      expect({ time, plan: bought.plan, seats: bought.seats, sso: available(bought, 'sso'), disk: limitOf(bought, 'disk') }).toEqual({
        time,
        plan: 'team',
        seats: { limit: seats, source: 'subscription' },
        sso: true,
        disk: 100,
      });
      const disks = 1 + (time % 4);
      expect((await owner.here.patch(`${home}/subscription`, { addOns: { extra_disk: disks } })).status).toBe(200);
      expect({ time, disk: limitOf((await owner.there.get('/tenant/entitlements')).body, 'disk') }).toEqual({ time, disk: 100 + 5 * disks });
      expect((await owner.here.post(`${home}/subscription/cancel`, { immediately: true })).status).toBe(200);
      const left = (await owner.there.get('/tenant/entitlements')).body;
      expect({ time, plan: left.plan, seats: left.seats, sso: available(left, 'sso'), disk: limitOf(left, 'disk') }).toEqual({
        time,
        plan: 'free',
        seats: { limit: 3, source: 'plan' },
        sso: false,
        disk: 1,
      });
    }
  }, 120_000);
});

interface Entitled {
  readonly features: readonly { readonly key: string; readonly available: boolean }[];
  readonly limits: readonly { readonly meter: string; readonly limit: number | null }[];
}
const available = ({ features }: Entitled, feature: string): boolean | undefined => features.find(({ key }) => key === feature)?.available;
const limitOf = ({ limits }: Entitled, wanted: string): number | null | undefined => limits.find(({ meter }) => meter === wanted)?.limit;
