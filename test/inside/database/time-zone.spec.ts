import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { resolveDatabase } from '../../../src/database/connect/connections.js';
import { assertSafeDatabase, inspectUrl } from '../../../src/database/doctor/doctor.js';
import { PlatformPool } from '../../../src/database/wire/platform-pool.js';
import { TenantPool } from '../../../src/database/wire/tenant-pool.js';
import { runTenantry } from '../../support/command.js';
import { databaseProxy, through, without, type DatabaseProxy } from '../../support/database-proxy.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { testSecret } from '../../support/secret.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import type { Person } from '../../support/world.js';

const organizationId = '01920000-0000-7000-8000-000000000000';
const minutes = 60_000;

let database: ScratchDatabase;
beforeAll(async () => void (database = await scratchDatabase()));
afterAll(() => database.drop());

/** Sets the zone of the database's sessions, and that of its roles. */
const setZone = (zone: string): Promise<void> =>
  database.alter(
    `do $$ begin execute format('alter database %I set timezone = ''${zone}''', current_database()); execute format('alter database %I set datestyle = ''SQL, DMY''', current_database()); end $$`,
  );

describe.each(['Europe/Berlin', 'America/New_York'])('in a database whose sessions are in %s', (zone) => {
  let server: TestServer;
  let owner: Person;
  beforeAll(async () => {
    await setZone(zone);
    server = await startTestServer({ CATALOG: 'quizmarker' }, database);
    owner = await server.world.owner();
  });
  afterAll(() => server.close());

  it('an API key works until it expires, whatever the time zone of the database', async () => {
    const create = async (expiresAt: Date): Promise<{ id: string; key: string }> => {
      const { status, body } = await owner.api.post(`/organizations/${owner.organizationId}/api-keys`, {
        name: 'CI',
        permissions: ['members:read'],
        expiresAt: expiresAt.toISOString(),
      });
      expect({ status, expiresAt: body.expiresAt }).toEqual({ status: 201, expiresAt: expiresAt.toISOString() });
      return body;
    };
    const { id, key: secret } = await create(new Date(Date.now() + 30 * minutes));
    const members = async (): Promise<number> => (await server.api.as(secret).get(`/organizations/${owner.organizationId}/members`)).status;
    expect(await members()).toBe(200);
    const pool = new PlatformPool({ connectionString: database.platform, max: 1 });
    await pool.query(`update api_keys set expires_at = now() - interval '1 minute' where id = $1`, [id]);
    expect(await members()).toBe(401);
    await pool.query('update api_keys set expires_at = $2 where id = $1', [id, new Date(Date.now() + minutes)]);
    expect(await members()).toBe(200);
    await pool.end();
  });

  it('consumed units are counted in the current period, whatever the time zone of the database', async () => {
    const used = async (): Promise<number> => (await owner.api.get('/tenant/limits')).body.data.find((limit: { meter: string }) => limit.meter === 'openai_tokens').used;
    expect((await owner.api.post('/usage/consume', { meter: 'openai_tokens', quantity: 600 })).status).toBe(200);
    expect(await used()).toBe(600);
  });

  it('every session of both pools is in UTC, with dates in ISO form', async () => {
    const query = `select current_setting('TimeZone') as zone, current_setting('DateStyle') as style, '2027-01-31T23:30:00Z'::timestamptz::text as moment`;
    const pools = [new TenantPool({ connectionString: database.app, max: 1 }, () => organizationId), new PlatformPool({ connectionString: database.platform, max: 1 })];
    for (const pool of pools) {
      expect((await pool.query(query)).rows).toEqual([{ zone: 'UTC', style: 'ISO, MDY', moment: '2027-01-31 23:30:00+00' }]);
      await pool.end();
    }
  });
});

it('a session that is put in another zone is closed, and the next one is in UTC again', async () => {
  const pool = new TenantPool({ connectionString: database.app, max: 1 }, () => organizationId);
  pool.on('error', () => undefined);
  const moveAway = { text: `select set_config('timezone', 'Asia/Tokyo', false), pg_sleep(0.01)` };
  await pool.query(moveAway).catch(() => undefined);
  const zone = async (): Promise<unknown> => (await pool.query(`select current_setting('TimeZone') as zone`)).rows;
  expect(await zone().catch(zone)).toEqual([{ zone: 'UTC' }]);
  await pool.end();
});

it('a Date of an early year is written as it is, whatever the zone of the process', async () => {
  const pool = new PlatformPool({ connectionString: database.platform, max: 1 });
  const early = new Date('1850-06-01T12:34:56.789Z');
  expect((await pool.query('select $1::timestamptz as at', [early])).rows).toEqual([{ at: early }]);
  await pool.end();
});

describe('through a proxy', () => {
  let proxy: DatabaseProxy;
  afterEach(() => proxy.close());

  it('every connection of the server and of a command asks for UTC', async () => {
    const starts: string[] = [];
    proxy = await databaseProxy(database.platform, (message) => {
      starts.push(message.toString());
      return { send: message };
    });
    const [app, platform, owner] = [database.app, database.platform, database.owner].map((url) => through(proxy, url)) as [string, string, string];
    await resolveDatabase({ databaseUrl: app, platformUrl: platform, ownerUrl: owner, dataDir: '.data', appSecret: testSecret });
    await assertSafeDatabase(app, { platformUrl: platform });
    // Only with Stripe is there something to do for the queue.
    const stripe = { BILLING_PROVIDER: 'stripe', STRIPE_SECRET_KEY: 'sk_test_12345678', STRIPE_WEBHOOK_SECRET: 'whsec_12345678', STRIPE_API_URL: 'http://127.0.0.1:9' };
    const server = await startTestServer({ CATALOG: 'toolboxai', ...stripe }, { app, platform, owner });
    expect((await (await server.world.owner()).api.get('/tenant/limits')).status).toBe(200);
    await server.close();
    const env = { NODE_ENV: 'test', APP_SECRET: testSecret, DATABASE_URL: app, DATABASE_PLATFORM_URL: platform, DATABASE_OWNER_URL: owner };
    for (const command of [['doctor'], ['db:migrate'], ['tenant:list']]) expect(await runTenantry(env, ...command)).toMatchObject({ code: 0 });
    expect(starts.length).toBeGreaterThan(10);
    expect(starts.filter((start) => !start.includes('\0TimeZone\0UTC\0') || !start.includes('\0DateStyle\0ISO, MDY\0'))).toEqual([]);
    const names = ['tenantry', 'tenantry listener', 'tenantry migrations', 'tenantry platform', 'tenantry queue', 'tenantry set-up'];
    expect(names.filter((name) => starts.some((start) => start.includes(`\0application_name\0${name}\0`)))).toEqual(names);
  });

  it('behind a proxy that drops the time zone, the start, the doctor and the migrations refuse the database and say why', async () => {
    await setZone('Europe/Berlin');
    proxy = await databaseProxy(database.platform, (message) => ({ send: without(message, 'TimeZone') }));
    const [app, platform, owner] = [database.app, database.platform, database.owner].map((url) => through(proxy, url)) as [string, string, string];
    const why = /TimeZone = 'Europe\/Berlin'.*'UTC'.*alter database <name> set timezone = 'UTC'/;
    const settings = { databaseUrl: app, platformUrl: platform, dataDir: '.data', appSecret: testSecret };
    await expect(resolveDatabase(settings)).rejects.toThrow(why);
    await expect(resolveDatabase({ ...settings, ownerUrl: owner })).rejects.toThrow(why);
    await expect(assertSafeDatabase(app, { platformUrl: platform, allowUnsafe: true })).rejects.toThrow(why);
    await expect(inspectUrl(app)).rejects.toThrow(why);
    const { code, err } = await runTenantry({ NODE_ENV: 'test', APP_SECRET: testSecret, DATABASE_URL: app, DATABASE_PLATFORM_URL: platform }, 'doctor');
    expect(code).toBe(1);
    expect(err).toMatch(why);
    await setZone('UTC');
    await expect(inspectUrl(app)).resolves.toMatchObject({ findings: [] });
  });
});
