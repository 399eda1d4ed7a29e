import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { catalogFile } from '../../support/catalogs.js';
import { runJob, SetClock } from '../../support/jobs.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import type { Person } from '../../support/world.js';
import { RequestBatchesService, type LoggedRequest } from '../../../src/modules/usage/requests/request-batches.service.js';

let server: TestServer;
let database: ScratchDatabase;
let platform: pg.Client;
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({ CATALOG: 'test/catalogs/usage.yaml', JOBS_ENABLED: 'false' }, database);
  platform = new pg.Client({ connectionString: database.platform });
  await platform.connect();
});
afterAll(async () => {
  await platform.end();
  await server.close();
  await database.drop();
});

const rows = async (sql: string, ...values: unknown[]): Promise<any[]> => (await platform.query(sql, values)).rows;

const request = (of: Person, at: string, id: string): LoggedRequest => ({
  id,
  organizationId: of.organizationId,
  at: new Date(at),
  method: 'GET',
  endpoint: '/test',
  status: 200,
  duration: 1000,
  tokens: 1,
  userId: of.userId,
  apiKeyId: undefined,
  requestId: 'a-request',
});

describe('the jobs of usage', () => {
  const months = async (): Promise<string[]> =>
    (await rows(`select relname from pg_class where relnamespace = 'partitions'::regnamespace and relkind = 'r' order by 1`)).map(({ relname }) => relname.slice(-7));

  it('the jobs create protected partitions for coming months and drop expired ones', async () => {
    const owner = await server.world.owner();
    await server.app.get(RequestBatchesService).log([request(owner, '2030-06-15T12:00:00Z', '018f0000-0000-7000-8000-000000000006')]);
    expect(await runJob(server.app, 'usage-partitions', new Date('2030-10-02T00:10:00Z'))).toMatchObject({ outcome: 'done', result: { made: 3 } });
    // Kept: three months in addition to the current one.
    expect((await months()).filter((month) => month < '2031_01')).toEqual(['2030_10', '2030_11', '2030_12']);
    await server.app.get(RequestBatchesService).log([request(owner, '2030-10-15T12:00:00Z', '018f0000-0000-7000-8000-000000000007')]);
    await runJob(server.app, 'usage-partitions', new Date('2031-01-31T00:10:00Z'));
    expect((await months()).filter((month) => month < '2031_01')).toEqual(['2030_10', '2030_11', '2030_12']);
    await runJob(server.app, 'usage-partitions', new Date('2031-02-01T00:10:00Z'));
    expect((await months()).filter((month) => month < '2031_05')).toEqual(['2030_11', '2030_12', '2031_01', '2031_02', '2031_03', '2031_04']);
    const unprotected = await rows(
      `select relname from pg_class where relnamespace = 'partitions'::regnamespace and relkind = 'r' and not (relrowsecurity and relforcerowsecurity)`,
    );
    expect(unprotected).toEqual([]);
    // The sums of days stay.
    expect(
      (await rows('select distinct day::text from request_days where organization_id = $1 and endpoint = $2 order by 1', owner.organizationId, '/test')).map(({ day }) => day),
    ).toEqual(['2030-06-15', '2030-10-15']);
  });

  it('the jobs end expired leases and reservations', async () => {
    const owner = await server.world.owner();
    await owner.api.post('/usage/reservations', { meter: 'quizzes', quantity: 4, ttlSeconds: 60 });
    await owner.api.post('/usage/leases', { meter: 'sessions', ttlSeconds: 60 });
    const later = new Date(Date.now() + 3600_000);
    expect(await runJob(server.app, 'usage-expiry', later)).toMatchObject({ outcome: 'done', result: { reservations: 1, leases: 1 } });
    expect(await rows(`select used::int, held::int from meter_totals where organization_id = $1 and meter = 'quizzes'`, owner.organizationId)).toEqual([{ used: 0, held: 0 }]);
  });

  it('the jobs store the values of the gauges', async () => {
    const owner = await server.world.owner();
    await server.world.member(owner);
    await owner.api.post('/usage/consume', { meter: 'disk', quantity: 3 });
    for (const evening of ['2032-01-01T23:55:00Z', '2032-01-02T23:55:00Z']) await runJob(server.app, 'usage-gauges', new Date(evening));
    const noted = await rows(`select day::text, meter, quantity::int from usage_days where organization_id = $1 and reporter = '' order by 1, 2`, owner.organizationId);
    expect(noted).toEqual(
      ['2032-01-01', '2032-01-02'].flatMap((day) => [
        { day, meter: 'disk', quantity: 3 },
        { day, meter: 'users', quantity: 2 },
      ]),
    );
  });

  it('the jobs delete events of closed periods after their retention, and keep the sums', async () => {
    const owner = await server.world.owner();
    await owner.api.post('/usage/consume', { meter: 'quizzes', quantity: 3 });
    await owner.api.post('/usage/consume', { meter: 'tokens', quantity: 5 });
    await rows(`update meter_totals set closed_at = now() where organization_id = $1 and meter = 'quizzes'`, owner.organizationId);
    const meters = async (): Promise<string[]> =>
      (await rows('select meter from usage_events where organization_id = $1 order by 1', owner.organizationId)).map(({ meter }) => meter);
    const day = 24 * 3600 * 1000;
    await runJob(server.app, 'usage-purge', new Date(Date.now() + 399 * day));
    expect(await meters()).toEqual(['quizzes', 'tokens']);
    await runJob(server.app, 'usage-purge', new Date(Date.now() + 401 * day));
    expect(await meters()).toEqual(['tokens']);
    expect(await rows(`select quantity::int from usage_days where organization_id = $1 and meter = 'quizzes'`, owner.organizationId)).toEqual([{ quantity: 3 }]);
  });

  it('one run deletes any number of events, and only those whose retention is over', async () => {
    const owner = await server.world.owner();
    await rows(
      `insert into meter_totals (organization_id, id, meter, period_start, period_end, closed_at) values ($1, gen_random_uuid(), 'quizzes', '2033-01-01Z', '2033-02-01Z', '2033-02-01Z')`,
      owner.organizationId,
    );
    // A thousand of each moment, as batches of events are.
    await rows(
      `insert into usage_events (organization_id, id, meter, quantity, occurred_at, received_at, period_start)
       select $1, 'e' || n, 'quizzes', 1, at, at, '2033-01-01Z' from generate_series(0, 30999) n cross join lateral (select timestamptz '2033-01-01Z' + n / 1000 * interval '12 hours') t (at)`,
      owner.organizationId,
    );
    // 400 days after 10 January, before the day has ended.
    expect(await runJob(server.app, 'usage-purge', new Date('2034-02-14T04:00:00Z'))).toMatchObject({ outcome: 'done', result: { events: 19_000 } });
    const kept = await rows('select count(*)::int as events, min(received_at) as first from usage_events where organization_id = $1', owner.organizationId);
    expect(kept).toEqual([{ events: 12_000, first: new Date('2033-01-10T12:00:00Z') }]);
  });

  it('the jobs keep all events of a period while one of them can be corrected', async () => {
    const clock = new SetClock(new Date('2034-03-02T12:00:00Z'));
    const catalog = `${await readFile('test/catalogs/usage.yaml', 'utf8')}usage: { lateDays: 60, keepDays: 62 }\n`;
    const patient = await startTestServer({ CATALOG: await catalogFile(catalog), JOBS_ENABLED: 'false' }, database, { clock });
    try {
      const owner = await patient.world.owner();
      const report = (...events: object[]): Promise<unknown> => owner.api.post('/usage/events', { events });
      const largest = async (): Promise<any[]> => rows(`select used::int from meter_totals where organization_id = $1 and meter = 'peak'`, owner.organizationId);
      await report({ id: 'first', meter: 'peak', quantity: 700 });
      clock.time = new Date('2034-03-31T12:00:00Z');
      await report({ id: 'last', meter: 'peak', quantity: 900 });
      // The first event is 88 days old, the last one can be corrected.
      clock.time = new Date('2034-05-29T12:00:00Z');
      await runJob(patient.app, 'usage-close', clock.time);
      await runJob(patient.app, 'usage-purge', clock.time);
      await report({ id: 'undo', meter: 'peak', quantity: -900, corrects: 'last' });
      expect(await largest()).toEqual([{ used: 700 }]);
      clock.time = new Date('2034-06-05T12:00:00Z');
      await runJob(patient.app, 'usage-purge', clock.time);
      expect(await rows('select id from usage_events where organization_id = $1 order by 1', owner.organizationId)).toEqual([{ id: 'undo' }]);
      expect(await largest()).toEqual([{ used: 700 }]);
    } finally {
      await patient.close();
    }
  });
});
