import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { lockWaiters, sessionOf } from '../support/lock-waiters.js';
import { goodPassword } from '../support/world.js';

let server: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer();
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

describe('an organization', () => {
  it('an organization is updated by a merge patch: null clears a field, omitted fields stay', async () => {
    const { api, home } = await server.world.owner();
    const full = {
      displayName: 'ACME',
      email: 'HELLO@acme.test',
      phone: '+49 30 123456',
      website: 'https://acme.example',
      timezone: 'Europe/Berlin',
      locale: 'de-DE',
      address: { city: 'Berlin', postalCode: '10115', country: 'DE' },
      industry: 'Explosives',
    };
    expect((await api.patch(home, full)).body).toMatchObject({ ...full, email: 'hello@acme.test' });
    const { body } = await api.patch(home, { displayName: null, address: null });
    expect(body).toMatchObject({ displayName: null, address: null, timezone: 'Europe/Berlin', industry: 'Explosives' });
  });

  it.each([
    { timezone: 'Mars/Olympus' },
    { locale: 'nonsense_locale' },
    { website: 'javascript:alert(1)' },
    { slug: 'UPPER' },
    { slug: 'ab' },
    { slug: '-a-' },
    { name: '' },
    { name: null },
    { status: 'active' },
    { id: 'x' },
    { deletedAt: null },
    { isVerified: true },
    { version: 7 },
    { address: { country: 'Germany' } },
    { address: { country: 'DE', postalCode: '1011' } },
    { address: { country: 'XK', postalCode: 'anything' } },
    { phone: 'call me' },
  ])('an invalid change is refused: %j', async (change) => {
    const { api, home } = await server.world.owner();
    expect((await api.patch(home, change)).status).toBe(400);
  });

  it('a change with an outdated ETag is refused', async () => {
    const { api, home } = await server.world.owner();
    const etag = (await api.get(home)).headers.get('etag') ?? '';
    expect((await api.patch(home, { name: 'First' }, { headers: { 'if-match': etag } })).status).toBe(200);
    expect(await api.patch(home, { name: 'Second' }, { headers: { 'if-match': etag } })).toMatchObject({ status: 412, body: { code: 'version_conflict' } });
    expect(await api.delete(home, { headers: { 'if-match': etag } })).toMatchObject({ status: 412, body: { code: 'version_conflict' } });
    expect((await api.patch(home, { name: 'First' }, { headers: { 'if-match': '*' } })).status).toBe(200);
    expect(await api.delete('/auth/sessions', { headers: { 'if-match': etag } })).toMatchObject({ status: 412, body: { code: 'no_version' } });
    expect((await api.delete('/auth/sessions', { headers: { 'if-match': '*' } })).status).toBe(204);
    expect((await api.get(home)).body.name).toBe('First');
    const tag = (await api.get(home)).headers.get('etag') ?? '';
    const racers = await Promise.all(Array.from({ length: 10 }, (_, i) => api.patch(home, { name: `Racer ${i}` }, { headers: { 'if-match': tag } })));
    expect(racers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('a signed-in user creates an organization and becomes its owner', async () => {
    const { api } = await server.world.owner();
    const made = await api.post('/organizations', { name: 'Second' });
    expect(made).toMatchObject({ status: 201, body: { name: 'Second', role: 'owner' } });
    expect(made.headers.get('location')).toBe(`/api/v1/organizations/${made.body.id}`);
    expect((await api.get('/organizations')).body.data).toHaveLength(2);
  });

  it('organizations that are created with one name at the same time get different slugs', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, () => server.world.owner()));
    for (let round = 0; round < 3; round += 1) {
      const name = server.world.unique('same');
      const made = await Promise.all(people.map(({ api }) => api.post('/organizations', { name })));
      expect(made.map(({ status }) => status)).toEqual(people.map(() => 201));
      const slugs = made.map(({ body }) => body.slug as string);
      expect(new Set(slugs).size).toBe(people.length);
      expect(slugs).toContain(name);
    }
  });

  it('a new organization gets another slug than the one that somebody gives to theirs at the same time', async () => {
    const [a, b] = await server.world.twoTenants();
    const name = server.world.unique('renamed');
    const changing = new pg.Client({ connectionString: testDatabase().platform });
    await changing.connect();
    try {
      await changing.query('begin');
      await changing.query('update organizations set slug = $2 where id = $1', [b.organizationId, name]);
      const [session, made] = [await sessionOf(changing), a.api.post('/organizations', { name })];
      await eventually(
        () => lockWaiters(changing, session),
        (count) => count > 0,
      );
      await changing.query('commit');
      expect(await made).toMatchObject({ status: 201, body: { slug: expect.stringMatching(new RegExp(`^${name}-\\d{5,6}$`)) } });
    } finally {
      await changing.end();
    }
  });

  it('the slug can be changed only to an unused one', async () => {
    const [a, b] = await server.world.twoTenants();
    const slug = server.world.unique('renamed');
    expect((await a.api.patch(a.home, { slug })).body.slug).toBe(slug);
    expect(await a.api.patch(a.home, { slug: b.slug })).toMatchObject({ status: 409, body: { code: 'slug_taken' } });
    expect(await a.api.patch(a.home, { slug: 'admin' })).toMatchObject({ status: 400, body: { code: 'reserved_slug' } });
  });
});

describe('deleting an organization', () => {
  it('deletion ends access for tokens and refresh tokens immediately, and an owner can restore the organization', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner, 'admin');
    expect((await member.api.delete(owner.home)).status).toBe(403);
    await owner.api.post(`${owner.home}/teams`, { name: 'Kept' });
    expect((await owner.api.delete(owner.home)).status).toBe(204);
    for (const { api, refreshToken } of [owner, member]) {
      expect(await api.get(`${owner.home}/teams`)).toMatchObject({ status: 403, body: { code: 'organization_deleted' } });
      expect(await server.api.post('/auth/refresh', { refreshToken })).toMatchObject({ status: 403, body: { code: 'organization_deleted' } });
    }
    expect((await member.api.post(`${owner.home}/restore`)).status).toBe(403);
    expect((await member.api.get('/auth/me')).body).toMatchObject({ activeOrganization: null, memberships: [] });
    expect((await member.api.post('/auth/switch-organization', { organizationId: null })).status).toBe(200);
    expect((await member.api.post('/auth/logout')).status).toBe(204);
    expect(await server.api.post('/auth/login', { email: owner.email, password: goodPassword, organizationId: owner.organizationId })).toMatchObject({ status: 403 });
    const again = await server.api.post('/auth/login', { email: owner.email, password: goodPassword });
    expect((await server.api.as(again.body.accessToken).get('/organizations')).body.data).toEqual([
      expect.objectContaining({ id: owner.organizationId, deletedAt: expect.any(String) }),
    ]);
    expect(await server.api.as(again.body.accessToken).post(`${owner.home}/restore`)).toMatchObject({ status: 200, body: { deletedAt: null } });
    expect((await owner.api.get(`${owner.home}/teams`)).body.data).toHaveLength(1);
    expect(await owner.api.post(`${owner.home}/restore`)).toMatchObject({ status: 409, body: { code: 'organization_not_deleted' } });
  });

  it('after the grace period one replica erases all rows of the organization and no others', async () => {
    const [gone, stays] = await server.world.twoTenants();
    for (const { api, home, userId } of [gone, stays]) {
      const { body } = await api.post(`${home}/teams`, { name: 'P' });
      await api.put(`${home}/teams/${body.id}/members/${userId}`);
    }
    await gone.api.delete(gone.home);
    const run = (at: Date): Promise<unknown> => server.control.attemptJob('erase-deleted-organizations', at);
    const tomorrow = new Date(Date.now() + 24 * 3_600_000);
    // A run of this file before, against the same test server, has done the periods.
    await database.query(`delete from job_runs where job = 'erase-deleted-organizations'`);
    await run(new Date());
    /** The rows of an organization in each table that has some. */
    const rows = async (id: string): Promise<Map<string, number>> => {
      const { rows: tables } = await database.query<{ name: string }>(
        `select table_name as name from information_schema.columns where column_name = 'organization_id' and table_schema = 'public'
            and table_name not in ('request_log', 'request_days', 'usage_days', 'meter_totals', 'event_changes') -- requests are counted, and events written, meanwhile`,
      );
      const counts = await Promise.all(tables.map(({ name }) => database.query<{ count: string }>(`select count(*) from ${name} where organization_id = $1`, [id])));
      return new Map(tables.map(({ name }, at) => [name, Number(counts[at]?.rows[0]?.count)] as const).filter(([, count]) => count > 0));
    };
    expect((await rows(gone.organizationId)).size).toBeGreaterThan(0);
    await database.query(`update organizations set erase_after = now() - interval '1 second' where id = $1`, [gone.organizationId]);
    const before = await rows(stays.organizationId);
    await Promise.all([1, 2, 3].map(() => run(tomorrow)));
    expect(await rows(gone.organizationId)).toEqual(new Map());
    const after = await rows(stays.organizationId);
    // A webhook of the platform, which another spec file has made, can have added events meanwhile.
    expect([...before.keys()]).toEqual(expect.arrayContaining(['memberships', 'teams', 'team_members']));
    expect([...before].filter(([name, count]) => (after.get(name) ?? 0) < count)).toEqual([]);
    const runs = await database.query(`select result from job_runs where job = 'erase-deleted-organizations' and period = $1`, [tomorrow.toISOString().slice(0, 13)]);
    expect(runs.rows).toEqual([{ result: { erased: expect.any(Number) } }]);
  });
});

describe('a closed organization', () => {
  it.each([
    ['suspended', `update organizations set status = 'suspended' where id = $1`, 'organization_suspended', 200],
    ['cancelled', `update organizations set status = 'cancelled' where id = $1`, 'organization_cancelled', 200],
    ['in maintenance', `update organizations set maintenance_mode = true where id = $1`, 'organization_in_maintenance', 403],
  ])('a %s organization answers with its own code, and owners can read in some states', async (_, sql, code, ownerReads) => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner);
    await database.query(sql, [owner.organizationId]);
    expect(await member.api.get(`${owner.home}/teams`)).toMatchObject({ status: 403, body: { code } });
    expect((await owner.api.get(`${owner.home}/teams`)).status).toBe(ownerReads);
    expect(await owner.api.post(`${owner.home}/teams`, { name: 'No' })).toMatchObject({ status: 403, body: { code } });
  });
});
