import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PlatformPool } from '../../../src/database/wire/platform-pool.js';
import { startTestServer, type TestServer } from '../../support/server.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const run = async (text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> => (await server.app.get(PlatformPool).query(text, values)).rows;

it('every table with an id and a time of change that the audit log records compares versions', async () => {
  const rows = await run(`
    select c.relname as table, exists (select from pg_trigger g where g.tgrelid = c.oid and g.tgname = 'version_required') as required,
           exists (select from pg_trigger g where g.tgrelid = c.oid and g.tgname = 'version_raised') as raised
      from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
     where c.relkind = 'r' and exists (select from pg_trigger g where g.tgrelid = c.oid and g.tgname = 'audit')
       and 2 = (select count(*) from pg_attribute a where a.attrelid = c.oid and a.attname in ('id', 'updated_at') and not a.attisdropped)`);
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter(({ required, raised }) => required !== true || raised !== true)).toEqual([]);
});

it('a change gets a later version, also in SQL that sets none, within the same millisecond and with a clock that was set back', async () => {
  const owner = await server.world.owner();
  const { id } = (await owner.api.post(`${owner.home}/teams`, { name: 'First' })).body as { id: string };
  const version = async (): Promise<number> => Number((await run('select extract(epoch from updated_at) * 1000 as version from teams where id = $1', id))[0]?.['version']);
  for (const [name, sql] of [
    ['Second', 'update teams set name = $2 where id = $1'],
    ['Third', 'update teams set name = $2, updated_at = updated_at where id = $1'],
    ['Fourth', `update teams set name = $2, updated_at = updated_at - interval '1 day' where id = $1`],
  ] as const) {
    const before = await version();
    await run(sql, id, name);
    expect([name, await version()]).toEqual([name, before + 1]);
  }
  const before = await version();
  await run('update teams set updated_at = updated_at where id = $1', id);
  expect(await version()).toBe(before);
});

it('a use of a key is no change of its version', async () => {
  const owner = await server.world.owner();
  const { id } = (await owner.api.post(`${owner.home}/api-keys`, { name: 'CI', permissions: ['members:read'] })).body as { id: string };
  const versions = (): Promise<unknown> => run('select updated_at from api_keys where id = $1', id);
  const before = await versions();
  await run('update api_keys set last_used_at = now(), use_count = use_count + 1 where id = $1', id);
  expect(await versions()).toEqual(before);
});
