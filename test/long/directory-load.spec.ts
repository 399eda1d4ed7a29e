import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { testDatabase } from '../support/database.js';
import { coreGroup, makeCompany, type Company } from '../support/directories/directories.js';
import { startTestServer, type TestServer } from '../support/http.js';

const size = 20_000;
let server: TestServer;
let database: pg.Pool;
let firm: Company;
let ids: string[];
beforeAll(async () => {
  server = await startTestServer();
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
  firm = await makeCompany(server, database);
  const { owner, domain, scim } = firm;
  const organization = owner.organizationId;
  await database.query(`insert into entitlement_overrides (organization_id, id, kind, key, units) values ($1, $2, 'limit', 'seats', null)`, [organization, randomUUID()]);
  await database.query(`insert into users (id, email, name, email_verified_at) select gen_random_uuid(), 'm' || n || '@' || $1, 'M', now() from generate_series(1, $2::int) n`, [
    domain,
    size,
  ]);
  await database.query(`insert into memberships (organization_id, id, user_id, role) select $1, gen_random_uuid(), id, 'member' from users where email like '%@' || $2`, [
    organization,
    domain,
  ]);
  await database.query(
    `insert into directory_users (organization_id, id, directory_id, user_name, external_id, email, user_id, given_role, attributes)
     select $1, gen_random_uuid(), $2, email, email, email, id, 'member', jsonb_build_object('userName', email) from users where email like '%@' || $3`,
    [organization, scim.directoryId, domain],
  );
  await database.query('analyze directory_users, memberships, users');
  ids = (await database.query<{ id: string }>('select id from directory_users where organization_id = $1', [organization])).rows.map(({ id }) => id);
}, 120_000);
afterAll(async () => {
  await database.end();
  await server.close();
});

const members = (of: readonly string[]): object[] => of.map((value) => ({ value }));
const admins = async (): Promise<number> =>
  Number((await database.query(`select count(*) from memberships where organization_id = $1 and role = 'admin'`, [firm.owner.organizationId])).rows[0].count);

it('a group of 20,000 members is created, mapped, replaced and deleted', async () => {
  const { owner, path, scim } = firm;
  const made = await scim.post('/Groups', { schemas: [coreGroup], displayName: 'Everybody', members: members(ids) });
  expect([made.status, made.body.members.length]).toEqual([201, size]);
  const mapping = `${path}/groups/${made.body.id}/mapping`;
  expect((await owner.api.put(mapping, { role: 'admin' })).status).toBe(200);
  expect(await admins()).toBe(size);
  expect((await scim.put(`/Groups/${made.body.id}`, { displayName: 'Everybody', members: members(ids.slice(1)) })).status).toBe(200);
  expect(await admins()).toBe(size - 1);
  expect((await scim.delete(`/Groups/${made.body.id}`)).status).toBe(204);
  expect(await admins()).toBe(0);
}, 120_000);

it('a page of groups ends before its members are too many, and the next one begins after it', async () => {
  const { scim } = firm;
  for (const [displayName, of] of [
    ['A', 12_000],
    ['B', 7000],
    ['C', 20_000],
    ['D', 5],
  ] as const)
    await scim.post('/Groups', { schemas: [coreGroup], displayName, members: members(ids.slice(0, of)) });
  const pages: unknown[] = [];
  for (let startIndex = 1; ;) {
    const { body } = await scim.get(`/Groups?startIndex=${startIndex}`);
    pages.push(body.Resources.map(({ displayName, members: shown }: { displayName: string; members: unknown[] }) => [displayName, shown.length]));
    startIndex += body.itemsPerPage;
    if (startIndex > body.totalResults) break;
  }
  expect(pages).toEqual([
    [
      ['A', 12_000],
      ['B', 7000],
    ],
    [['C', 20_000]],
    [['D', 5]],
  ]);
  const { body } = await scim.get('/Groups?excludedAttributes=members');
  expect([body.itemsPerPage, body.Resources[2].members]).toEqual([4, undefined]);
  const filtered = await scim.get(`/Groups?filter=${encodeURIComponent(`members.value co "${ids[12_500]}" and displayName pr`)}&attributes=displayName`);
  expect(filtered.body.Resources.map(({ displayName }: { displayName: string }) => displayName)).toEqual(['C']);
}, 120_000);
