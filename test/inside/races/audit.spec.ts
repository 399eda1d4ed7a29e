import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { PlatformDb } from '../../../src/database/platform-db.js';
import { PlatformPool } from '../../../src/database/wire/platform-pool.js';
import { OrganizationErasureService } from '../../../src/modules/tenants/lifecycle/organization-erasure.service.js';
import { logVerification } from '../../support/audit.js';
import { eventually } from '../../support/eventually.js';
import { lockWaiters, sessionOf } from '../../support/lock-waiters.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/server.js';

let database: ScratchDatabase;
let server: TestServer;
/** Bypasses row security and triggers, and holds rows. */
let holder: pg.Client;
let first: pg.Client;
let second: pg.Client;
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({ JOBS_ENABLED: 'false' }, database);
  const { url } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string };
  const urls = [Object.assign(new URL(url), { pathname: new URL(database.owner).pathname }).href, database.platform, database.platform];
  [holder, first, second] = (await Promise.all(urls.map(connected))) as [pg.Client, pg.Client, pg.Client];
  await holder.query('set session_replication_role = replica');
});
afterAll(async () => {
  for (const client of [holder, first, second]) await client.end();
  await server.close();
  await database.drop();
});

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

/** Creates an organization. Ids are in the order of `n`, which is not the order in which they are created. */
async function organization(n: number): Promise<string> {
  const id = `0000000${n}${randomUUID().slice(8)}`;
  await first.query(`insert into organizations (id, name, slug, plan, updated_at) values ($1::uuid, 'Org', $1::text, 'free', now())`, [id]);
  return id;
}
/** Adds teams in one transaction, done by somebody. */
async function add(organizationId: string, names: readonly string[], by = 'somebody'): Promise<void> {
  await first.query(`select set_config('app.audit', jsonb_build_object('actorKind', 'user', 'actorId', $1::text)::text, false)`, [by]);
  await first.query(
    `insert into teams (organization_id, id, name, updated_at) select $1, gen_random_uuid(), n, now() from unnest($2::text[]) with ordinality as t (n, at) order by at`,
    [organizationId, names],
  );
  await first.query('reset app.audit');
}
const chain = (): Promise<unknown> => first.query('select from audit.chain()');
const erase = async (person: string): Promise<unknown> =>
  (await second.query('select actors::int, details::int from audit.erase_person(array[$1], array[$2])', [person, `${person}@example.com`])).rows[0];

/**
 * Runs two statements at once: each begins when the one before it waits for a row that is held. Then the row is free.
 *
 * @param hold selects the row
 */
async function meet(hold: string, values: readonly unknown[], ...statements: (() => Promise<unknown>)[]): Promise<unknown[]> {
  await holder.query('begin');
  const running: Promise<unknown>[] = [];
  try {
    expect((await holder.query(`${hold} for update`, [...values])).rowCount).toBe(1);
    const session = await sessionOf(holder);
    for (const statement of statements) {
      const result = statement();
      running.push(result);
      result.catch(() => undefined);
      await eventually(
        () => lockWaiters(holder, session),
        (count) => count >= running.length,
      );
    }
  } finally {
    await holder.query('commit');
  }
  return Promise.all(running);
}

describe('an erasure of a person does not wait in a circle', () => {
  it('with the chaining of events that name the person', async () => {
    const [person, home] = [randomUUID(), await organization(1)];
    await chain();
    await add(home, [`about ${person}@example.com`, 'held']);
    await add(home, ['done by the person'], person);
    const [, erased] = await meet(`select from audit.pending where after ->> 'name' = $1`, ['held'], chain, () => erase(person));
    expect(erased).toEqual({ actors: 1, details: 1 });
  });

  it('with the erasure of an organization, whose events name the person', async () => {
    const [person, home] = [randomUUID(), await organization(1)];
    await add(home, [`about ${person}@example.com`]);
    await add(home, ['held']);
    await add(home, ['done by the person'], person);
    // The rows that the erasure deletes do not name the person.
    await first.query(`update teams set name = 'x' || id where organization_id = $1`, [home]);
    await chain();
    await first.query('delete from organizations where id = $1', [home]);
    const [, erased] = await meet(`select from audit.events where details #>> '{0,after,name}' = $1`, ['held'], chain, () => erase(person));
    // The erasure of the organization was first.
    expect(erased).toEqual({ actors: 0, details: 0 });
  });

  it('with the retention, which removes events that name the person', async () => {
    const [person, home] = [randomUUID(), await organization(1)];
    await add(home, [`about ${person}@example.com`]);
    await add(home, ['held']);
    await add(home, ['done by the person'], person);
    await chain();
    await holder.query(`insert into audit.log_retention (days) values (30) on conflict do nothing`);
    const heads = [{ chain: home, sequence: 4 }];
    await holder.query(`update audit.events set occurred_at = occurred_at - interval '50 days' where organization_id = $1`, [home]);
    const payload = Buffer.from(JSON.stringify({ number: 1, at: new Date(Date.now() - 40 * 24 * 3_600_000), heads })).toString('base64url');
    await holder.query(`insert into audit.checkpoints (number, token, made_at) values (1, $1, now() - interval '40 days')`, [`e30.${payload}.e30`]);
    const [removed] = await meet(
      `select from audit.events where details #>> '{0,after,name}' = $1 and organization_id = $2`,
      ['held', home],
      () => first.query('select from audit.remove_expired(clock_timestamp(), 100)'),
      () => erase(person),
    );
    expect(removed).toMatchObject({ rowCount: 1 });
  });
});

it('a log is valid while events are added and persons erased between the reads of its verification', async () => {
  const [home, person] = [await organization(1), randomUUID()];
  const others = [randomUUID(), randomUUID(), randomUUID()];
  await add(home, ['One'], person);
  await chain();
  await erase(person);
  const pool = server.app.get(PlatformPool);
  const read: typeof pool.read = async (statement) => {
    const other = statement.text.includes('from audit.pending') ? others.pop() : undefined;
    if (other !== undefined) {
      // The erasure that explains what the verification has read gets its place in the chain, and another one waits.
      await add(home, [`Another ${randomUUID()}`], other);
      await chain();
      await erase(other);
    }
    return pool.read(statement);
  };
  const { chains } = await logVerification({ read } as typeof pool).verifyLog(home);
  expect(chains).toMatchObject([{ bad: undefined }]);
  expect(others).toEqual([]);
});

it('an erasure of organizations does not wait in a circle with refused requests of several', async () => {
  const [last, between, home] = [await organization(3), await organization(2), await organization(1)];
  for (const each of [last, between, home]) await add(each, ['one']);
  await chain();
  const refusals = [home, between, last].map((organizationId) => ({ organizationId, code: 'permission_denied', times: 1, actorKind: 'anonymous' }));
  const [, erased] = await meet(
    'select from audit.heads where chain = $1',
    [between],
    () => first.query('select audit.refuse($1::jsonb)', [JSON.stringify(refusals)]),
    () =>
      server.app.get(PlatformDb).$transaction(async (tx) => {
        // As a plan for many organizations reads them: in the order in which they were created.
        await tx.$executeRaw`select set_config(name, 'off', true) from unnest(array['enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan']) name`;
        return server.app.get(OrganizationErasureService).eraseOrganizations(tx, { id: { in: [last, home] } });
      }),
  );
  expect(erased).toBe(2);
});
