import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
// In tests, `pg` has clients in UTC.
// @ts-expect-error -- the file has no types of its own
import plainPg from 'pg/lib/index.js';
import { assertSafeDatabase, inspectUrl } from '../../src/database/doctor/doctor.js';
import { assertOwnSessions } from '../../src/database/connect/shared-sessions.js';
import { UtcClient } from '../../src/database/utc-client.js';
import { runTenantry } from '../support/command.js';
import { isPgBouncerInstalled, startPgBouncer, type TestPgBouncer } from '../support/pgbouncer.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { startTestServer, type TestServer } from '../support/server.js';
import type { Person } from '../support/world.js';

const { Client: PlainClient } = plainPg as typeof pg;
const minutes = 60_000;
const withPgBouncer = isPgBouncerInstalled ? describe : describe.skip;

withPgBouncer(`through PgBouncer in transaction mode${isPgBouncerInstalled ? '' : ' (skipped: pgbouncer is not installed)'}`, () => {
  let database: ScratchDatabase;
  let bouncer: TestPgBouncer;
  let server: TestServer;
  let owner: Person;
  let app: string;

  beforeAll(async () => {
    database = await scratchDatabase();
    // Sessions of PgBouncer begin in another zone, with dates in another form.
    await database.alter(
      `do $$ begin execute format('alter database %I set timezone = ''America/St_Johns''', current_database()); execute format('alter database %I set datestyle = ''SQL, DMY''', current_database()); end $$`,
    );
    bouncer = await startPgBouncer({}, database.app, database.platform, database.owner);
    app = bouncer.through(database.app);
    server = await startTestServer({ CATALOG: 'quizmarker', DATABASE_PREPARED_STATEMENTS: 'false' }, { ...database, app });
    owner = await server.world.owner();
  });
  afterAll(async () => {
    await server.close();
    await bouncer.stop();
    await database.drop();
  });

  const connected = async <Client extends pg.Client>(client: Client): Promise<Client> => {
    await client.connect();
    return client;
  };
  const state = `select current_setting('TimeZone') as zone, current_setting('DateStyle') as style, '2027-01-31T23:30:00Z'::timestamptz::text as moment`;
  const inUtc = { zone: 'UTC', style: 'ISO, MDY', moment: '2027-01-31 23:30:00+00' };

  it('each statement is in UTC, between those of clients in other zones on the same connections', async () => {
    const ours = await Promise.all(Array.from({ length: 5 }, () => connected(new UtcClient({ connectionString: app }))));
    const others = await Promise.all(
      ['Asia/Tokyo', 'America/New_York', 'Pacific/Kiritimati'].map(async (zone) => {
        const client = await connected(new PlainClient({ connectionString: app }));
        await client.query(`set timezone = '${zone}'`);
        return { client, zone };
      }),
    );
    const sessions = new Set<number>();
    for (let round = 0; round < 20; round += 1) {
      const theirs = others.map(async ({ client, zone }) => expect((await client.query(`select current_setting('TimeZone') as zone, pg_sleep(0.002)`)).rows[0].zone).toBe(zone));
      const own = ours.map(async (client) => {
        const { rows } = await client.query(`${state}, pg_backend_pid() as session`);
        sessions.add(rows[0].session as number);
        expect(rows).toEqual([{ ...inUtc, session: rows[0].session }]);
      });
      await Promise.all([...theirs, ...own]);
    }
    // Eight clients shared two connections.
    expect(sessions.size).toBeLessThanOrEqual(2);
    await Promise.all([...ours, ...others.map(({ client }) => client)].map((client) => client.end()));
  });

  it('a time of a client in another zone that changes the zone within its transaction does not reach the application', async () => {
    const [other, own] = [await connected(new PlainClient({ connectionString: app })), await connected(new UtcClient({ connectionString: app }))];
    for (const statement of [
      `begin; set local timezone = 'Asia/Tokyo'; select pg_sleep(0.01); commit`,
      `begin; set timezone = 'Asia/Tokyo'; rollback`,
      `set datestyle = 'German'`,
    ]) {
      await other.query(statement);
      expect((await own.query(state)).rows).toEqual([inUtc]);
    }
    await Promise.all([other.end(), own.end()]);
  });

  it('a key works until it expires, and what is consumed counts in the current period', async () => {
    const created = await owner.api.post(`${owner.home}/api-keys`, { name: 'CI', permissions: ['members:read'], expiresAt: new Date(Date.now() + 30 * minutes).toISOString() });
    const members = async (): Promise<number> => (await server.api.as(created.body.key as string).get(`${owner.home}/members`)).status;
    expect(await members()).toBe(200);
    const platform = await connected(new UtcClient({ connectionString: database.platform }));
    await platform.query(`update api_keys set expires_at = now() - interval '1 minute' where id = $1`, [created.body.id]);
    await platform.end();
    expect(await members()).toBe(401);
    expect((await owner.api.post('/usage/consume', { meter: 'openai_tokens', quantity: 600 })).status).toBe(200);
    const { data } = (await owner.api.get('/tenant/limits')).body;
    expect(data.find(({ meter }: { meter: string }) => meter === 'openai_tokens').used).toBe(600);
  });

  it('concurrent requests of two tenants on the same connections see only their own rows', async () => {
    const people = [owner, await server.world.owner(), await server.world.owner()];
    const made = await Promise.all(people.map(async (who) => (await who.api.post(`${who.home}/teams`, { name: server.world.unique() })).body.name as string));
    const seen = Array.from({ length: 60 }, async (_, call) => {
      const who = people[call % people.length] as Person;
      const { status, body } = await who.api.get(`${who.home}/teams`);
      expect({ status, names: body.data.map(({ name }: { name: string }) => name) }).toEqual({ status: 200, names: [made[call % people.length]] });
    });
    await Promise.all(seen);
  });

  it('the limits of our statements do not pass to other clients on the same connections, and the server is ready', async () => {
    const limits = `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle`;
    const other = await connected(new PlainClient({ connectionString: app }));
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all([owner.api.patch(owner.home, { name: `Name ${round}` }), owner.api.get(`${owner.home}/members`), owner.api.get('//health/ready')]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect((await other.query(limits)).rows).toEqual([{ statement: '0', lock: '0', idle: '0' }]);
    }
    await other.end();
  });

  it('the start refuses statements that PgBouncer loses, and a platform or an owner without a session, and says what to do', async () => {
    const refusal = (urls: Partial<Parameters<typeof assertOwnSessions>[0]>, prepared: boolean): Promise<string | undefined> =>
      assertOwnSessions({ appUrl: database.app, platformUrl: database.platform, ownerUrl: database.owner, ...urls }, prepared).then(
        () => undefined,
        (error: Error) => error.message,
      );
    expect(await refusal({}, true)).toBeUndefined();
    expect(await refusal({ appUrl: app }, false)).toBeUndefined();
    expect(await refusal({ appUrl: app }, true)).toContain('Set DATABASE_PREPARED_STATEMENTS=false');
    expect(await refusal({ platformUrl: bouncer.through(database.platform) }, true)).toContain('Set DATABASE_PLATFORM_URL to');
    expect(await refusal({ ownerUrl: bouncer.through(database.owner) }, true)).toContain('Set DATABASE_OWNER_URL to');
    const session = await startPgBouncer({ pool_mode: 'session', default_pool_size: 1 }, database.app, database.platform);
    expect(await refusal({ appUrl: session.through(database.app), platformUrl: session.through(database.platform) }, true)).toBeUndefined();
    await session.stop();
  });

  it('the doctor and the check of the start accept the database', async () => {
    await assertSafeDatabase(app, { platformUrl: database.platform });
    const env = { NODE_ENV: 'test', APP_SECRET: testSecret, DATABASE_URL: app, DATABASE_PLATFORM_URL: database.platform, DATABASE_PREPARED_STATEMENTS: 'false' };
    expect(await runTenantry(env, 'doctor')).toMatchObject({ code: 0 });
    expect(await inspectUrl(app)).toEqual({ findings: [], warnings: [] });
  });
});
