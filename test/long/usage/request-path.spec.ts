import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { eventually } from '../../support/eventually.js';
import { sentBy } from '../../support/sent-statements.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import type { Person } from '../../support/world.js';
import { countedRoutes, CountedRoutesModule } from '../../control/counted-routes.js';

let server: TestServer;
let database: ScratchDatabase;
let platform: pg.Client;
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({ CATALOG: 'test/catalogs/usage.yaml', JOBS_ENABLED: 'false' }, database, { modules: [CountedRoutesModule] });
  platform = new pg.Client({ connectionString: database.platform });
  await platform.connect();
});
afterAll(async () => {
  await platform.end();
  await server.close();
  await database.drop();
});

const rows = async (sql: string, ...values: unknown[]): Promise<any[]> => (await platform.query(sql, values)).rows;
const plan = (who: Person, key: string): Promise<any[]> => rows('update organizations set plan = $2 where id = $1', who.organizationId, key);
const limit = async (who: Person, units: number): Promise<void> => {
  await rows(
    `insert into entitlement_overrides (organization_id, id, kind, key, units, updated_at) values ($1, gen_random_uuid(), 'limit', 'calls', $2, now())`,
    who.organizationId,
    units,
  );
};
const call = (who: Person): Promise<{ status: number; body: any }> => who.api.get('/test/metered');
const calls = async (who: Person, count: number): Promise<number> => {
  const answers = await Promise.all(Array.from({ length: count }, () => call(who)));
  return answers.filter(({ status }) => status === 200).length;
};
const total = async (who: Person): Promise<{ used: number; held: number; from_grants: number } | undefined> => {
  const [row] = await rows(
    `select used::int, held::int, from_grants::int from meter_totals where organization_id = $1 and meter = 'calls' order by period_start desc`,
    who.organizationId,
  );
  return row;
};
const settled = (who: Person, used: number): Promise<unknown> =>
  eventually(
    () => total(who),
    (row) => row?.used === used && row.held === 0,
    20_000,
  );

describe('the path of a request', () => {
  /** The statements of all connections of this process during `work`, except for those outside the path of requests. */
  async function statements(work: () => Promise<unknown>): Promise<string[]> {
    const sent = await sentBy(work);
    // The admission of mails, which polls, holds a client for its transaction: `begin`, a lock, and what follows until the `commit`.
    const admitting = new Set<pg.Client>();
    const path = sent.filter(({ client, text }, index) => {
      if (
        text === 'begin' &&
        sent
          .slice(index + 1)
          .find((later) => later.client === client)
          ?.text.includes('tenantry:mail-admission')
      )
        admitting.add(client);
      return !admitting.has(client) || (text === 'commit' && !admitting.delete(client));
    });
    return path.map(({ text }) => text).filter((text) => !/usage\.(settle|log_requests)|last_used_at = |audit\.(refuse|chain)|job_runs|mail_messages/.test(text));
  }

  const hundred = async (who: Person, path: string): Promise<void> => {
    for (let time = 0; time < 100; time += 1) expect((await who.api.get(path)).status).toBe(200);
  };

  it('a metered request sends as many statements as an unmetered one', async () => {
    const owner = await server.world.owner();
    await plan(owner, 'big');
    await hundred(owner, countedRoutes.unmetered);
    const unmetered = await statements(() => hundred(owner, countedRoutes.unmetered));
    const metered = await statements(() => hundred(owner, countedRoutes.metered));
    expect(unmetered.length).toBeGreaterThan(0);
    expect(metered).toEqual(unmetered);
  });

  it('requests with a limit fetch the next lots in the background', async () => {
    const owner = await server.world.owner();
    await hundred(owner, countedRoutes.unmetered);
    const unmetered = await statements(() => hundred(owner, countedRoutes.unmetered));
    const metered = await statements(() => hundred(owner, countedRoutes.metered));
    const lots = metered.filter((text) => text.includes('usage.take_lot'));
    expect(metered.filter((text) => !lots.includes(text))).toEqual(unmetered);
    expect(lots.length).toBeLessThanOrEqual(8);
    process.stdout.write(`100 requests: ${unmetered.length} statements unmetered, ${metered.length} metered, ${lots.length} of them for lots\n`);
  });

  it('a request does not wait for the meter’s row while units are in memory', async () => {
    const owner = await server.world.owner();
    await limit(owner, 5000);
    await calls(owner, 60);
    // All spent units are settled: the held units are in memory.
    const row = await eventually(
      () => total(owner),
      (now) => now !== undefined && now.used - now.held === 60 && now.held > 0,
    );
    const { used, held } = row ?? { used: 0, held: 0 };
    expect([used - held, held > 0]).toEqual([60, true]);
    await platform.query('begin');
    try {
      await platform.query('select from meter_totals where organization_id = $1 for update', [owner.organizationId]);
      for (let unit = 0; unit < held; unit += 1) expect((await call(owner)).status).toBe(200);
    } finally {
      await platform.query('rollback');
    }
    await settled(owner, used);
    expect((await total(owner))?.used).toBe(used);
  });

  it('an organization far from its limit that sends a request now and then takes one lot', async () => {
    const owner = await server.world.owner();
    const lots = (await statements(() => call(owner))).filter((text) => text.includes('usage.take_lot'));
    expect(lots.length).toBe(1);
    await setTimeout(8_000);
    expect((await statements(() => call(owner))).filter((text) => text.includes('usage.take_lot'))).toEqual([]);
    expect(await total(owner)).toMatchObject({ held: expect.any(Number), used: 10 });
  });

  it('a server returns unused units that others would miss', async () => {
    const owner = await server.world.owner();
    await limit(owner, 5000);
    expect(await calls(owner, 3)).toBe(3);
    expect(
      (
        await eventually(
          () => total(owner),
          (row) => (row?.held ?? 0) > 0,
        )
      )?.held,
    ).toBeGreaterThan(0);
    await settled(owner, 3);
    expect(await total(owner)).toEqual({ used: 3, held: 0, from_grants: 0 });
  });
});
