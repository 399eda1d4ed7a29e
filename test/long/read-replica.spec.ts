import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReportsDb } from '../../src/database/reports-db.js';
import { TenantContext } from '../../src/tenancy/tenant-context.js';
import { eventually } from '../support/eventually.js';
import { OwnPostgres } from '../support/own-postgres.js';
import { ReadReplica } from '../support/read-replica.js';
import { startTestServer, type TestServer } from '../support/server.js';
import type { Person } from '../support/world.js';

const minutes = 60_000;
const settings = { CATALOG: 'test/catalogs/usage.yaml', JOBS_ENABLED: 'false' };

let primary: OwnPostgres;
let replica: ReadReplica;
let server: TestServer;
let owner: Person;
let other: Person;

beforeAll(async () => {
  primary = await OwnPostgres.start();
  replica = await ReadReplica.start(primary);
  server = await startTestServer({ ...settings, DATABASE_REPORTS_URL: replica.url }, primary.urls);
  owner = await server.world.owner();
  other = await server.world.owner();
}, 2 * minutes);
afterAll(async () => {
  await server.close();
  await replica.end();
  await primary.end();
});

const consume = (who: Person, quantity: number): Promise<{ status: number }> => who.api.post('/usage/consume', { meter: 'visits', quantity });
const reported = async (who: Person): Promise<number> => (await who.api.get(`/organizations/${who.organizationId}/usage?meter=visits`)).body.meters[0].used;
const exported = async (who: Person): Promise<number> =>
  String((await who.api.get(`/organizations/${who.organizationId}/usage/export?what=events&format=csv`)).body)
    .split('\n')
    .filter((line) => line.includes('visits')).length;

describe('with DATABASE_REPORTS_URL', () => {
  it('reports and exports of usage read the replica, and everything else the primary server', async () => {
    await consume(owner, 3);
    expect(
      await eventually(
        () => reported(owner),
        (used) => used === 3,
      ),
    ).toBe(3);
    await replica.run('select pg_wal_replay_pause()');
    await consume(owner, 4);
    expect({ reported: await reported(owner), exported: await exported(owner) }).toEqual({ reported: 3, exported: 1 });
    const { body } = await owner.api.get('/tenant/limits');
    expect(body.data.find(({ meter }: { meter: string }) => meter === 'visits').used).toBe(7);
    await replica.run('select pg_wal_replay_resume()');
    await eventually(
      () => reported(owner),
      (used) => used === 7,
    );
    expect(await exported(owner)).toBe(2);
  });

  it('the replica shows an organization only its own rows, to the same role, within the same limits', async () => {
    await consume(other, 5);
    await eventually(
      () => reported(other),
      (used) => used === 5,
    );
    const days = await server.app.get(TenantContext).run(
      { organizationId: owner.organizationId, actor: { kind: 'job', name: 'test' } },
      async () =>
        server.app.get(ReportsDb).$queryRaw<{ organization: string; role: string; timeout: string }[]>`
        select distinct organization_id::text as organization, current_user::text as role, current_setting('statement_timeout') as timeout from usage_days`,
    );
    expect(days).toEqual([{ organization: owner.organizationId, role: 'tenantry_app_login', timeout: '15s' }]);
  });

  it('nothing can be written through the client of reports', async () => {
    const write = server.app
      .get(TenantContext)
      .run(
        { organizationId: owner.organizationId, actor: { kind: 'job', name: 'test' } },
        async () => server.app.get(ReportsDb).$queryRaw`insert into teams (id, name) values (gen_random_uuid(), 'P') returning id`,
      );
    await expect(write).rejects.toThrow(/read-only transaction/);
  });

  it(
    'another database than a replica is refused',
    async () => {
      const stranger = await OwnPostgres.start();
      try {
        await stranger.run(`alter role tenantry_app_login password '${new URL(primary.urls.app).password}'`);
        const misled = await startTestServer({ ...settings, DATABASE_REPORTS_URL: `postgresql://127.0.0.1:${new URL(stranger.urls.app).port}` }, primary.urls);
        try {
          const { organizationId, api } = await misled.world.owner();
          expect((await api.get(`/organizations/${organizationId}/usage`)).status).toBe(500);
          expect(await stranger.run(`select 1 as one from pg_stat_activity where application_name = 'tenantry reports'`)).toEqual([]);
        } finally {
          await misled.close();
        }
      } finally {
        await stranger.end();
      }
    },
    2 * minutes,
  );

  it('without the replica, only reports and exports are unavailable', async () => {
    await replica.stop();
    expect((await owner.api.get(`/organizations/${owner.organizationId}/usage`)).status).toBe(503);
    expect((await consume(owner, 1)).status).toBe(200);
    expect((await server.api.get('//health/ready')).status).toBe(200);
  });
});
