import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from '../support/database.js';
import type { Answer } from '../support/client.js';
import { startTestServer, type TestServer } from '../support/http.js';
import type { Person } from '../support/world.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

interface Company {
  readonly owner: Person;
  readonly admin: Person;
  readonly member: Person;
  readonly home: string;
  /** Keys of custom roles: one that lets see invitations, one with more than an admin has. */
  readonly desk: string;
  readonly high: string;
}

async function company(): Promise<Company> {
  const owner = await server.world.owner();
  const [admin, member] = [await server.world.member(owner, 'admin'), await server.world.member(owner)];
  for (const [key, permission] of [
    ['desk', 'invitations:read'],
    ['high', 'organization:delete'],
  ] as const) {
    await owner.api.post(`${owner.home}/roles`, { key, name: key, permissions: [permission] });
  }
  return { owner, admin, member, home: owner.home, desk: 'desk', high: 'high' };
}

/** Creates a team as the owner, with a member, and returns its path. */
async function team({ owner, home }: Pick<Company, 'owner' | 'home'>, roles: readonly string[] = [], ...members: readonly Person[]): Promise<string> {
  const { status, body, text } = await owner.api.post(`${home}/teams`, { name: server.world.unique('Team'), roles });
  if (status !== 201) throw new Error(`making a team answered ${status}: ${text}`);
  const path = `${home}/teams/${body.id}`;
  for (const { userId } of members) expect((await owner.api.put(`${path}/members/${userId}`)).status).toBe(204);
  return path;
}

const nobody = '01900000-0000-7000-8000-000000000000';
const mayInvitationsBeSeen = async ({ member, home }: Company): Promise<boolean> => {
  const { status } = await member.api.get(`${home}/invitations`);
  expect([200, 403]).toContain(status);
  return status === 200;
};
const namesOf = ({ body }: Answer): string[] => body.data.map(({ name }: { name: string }) => name);

describe('a team', () => {
  it('a team is created, read, renamed and deleted', async () => {
    const { admin, member, home } = await company();
    const made = await admin.api.post(`${home}/teams`, { name: 'Graders', description: 'Who mark', roles: ['desk'] });
    expect(made).toMatchObject({ status: 201, body: { name: 'Graders', description: 'Who mark', roles: ['desk'], memberCount: 0 } });
    const path = `${home}/teams/${made.body.id}`;
    expect(made.headers.get('location')).toBe(`/api/v1${path}`);
    expect((await member.api.get(path)).body).toEqual(made.body);
    expect(await admin.api.patch(path, { name: 'Markers', description: null })).toMatchObject({ status: 200, body: { name: 'Markers', description: null, roles: ['desk'] } });
    expect((await admin.api.patch(path, { roles: [] })).body).toMatchObject({ name: 'Markers', roles: [] });
    expect((await admin.api.delete(path)).status).toBe(204);
    expect((await admin.api.get(path)).status).toBe(404);
    expect((await admin.api.delete(path)).status).toBe(404);
  });

  it('a team name is unique within the organization only', async () => {
    const [a, b] = [await company(), await company()];
    const { body } = await a.owner.api.post(`${a.home}/teams`, { name: 'Graders' });
    expect(await a.owner.api.post(`${a.home}/teams`, { name: 'Graders' })).toMatchObject({ status: 409, body: { code: 'team_name_taken', errors: [{ pointer: '/name' }] } });
    const other = await team(a);
    expect(await a.owner.api.patch(other, { name: 'Graders' })).toMatchObject({ status: 409, body: { code: 'team_name_taken' } });
    expect((await a.owner.api.patch(`${a.home}/teams/${body.id}`, { name: 'Graders' })).status).toBe(200);
    expect((await b.owner.api.post(`${b.home}/teams`, { name: 'Graders' })).status).toBe(201);
  });

  it('a failed update keeps the roles of the team', async () => {
    const cast = await company();
    await cast.owner.api.post(`${cast.home}/teams`, { name: 'Taken' });
    const path = await team(cast, ['desk']);
    expect((await cast.owner.api.patch(path, { name: 'Taken', roles: [] })).status).toBe(409);
    expect((await cast.owner.api.get(path)).body.roles).toEqual(['desk']);
  });

  it('teams are searched and sorted by name', async () => {
    const { owner, home } = await company();
    for (const name of ['Zebras', 'Ants', 'Ant eaters']) await owner.api.post(`${home}/teams`, { name });
    expect(namesOf(await owner.api.get(`${home}/teams`)).toSorted()).toEqual(['Ant eaters', 'Ants', 'Zebras']);
    expect(namesOf(await owner.api.get(`${home}/teams?search=ant`)).toSorted()).toEqual(['Ant eaters', 'Ants']);
    expect(namesOf(await owner.api.get(`${home}/teams?search=%25`))).toEqual([]);
    const first = await owner.api.get(`${home}/teams?limit=2&count=true`);
    expect(first.body).toMatchObject({ total: 3, data: [{ name: 'Ant eaters' }, { name: 'Ants' }] });
  });

  it('a team can have only existing custom roles', async () => {
    const cast = await company();
    const stranger = await server.world.owner();
    await stranger.api.post(`${stranger.home}/roles`, { key: 'theirs', name: 'Theirs', permissions: [] });
    const path = await team(cast, ['desk']);
    for (const key of ['nobody_made_it', 'admin', 'theirs']) {
      const refused = { status: 422, body: { code: 'unknown_role', errors: [{ pointer: '/roles' }] } };
      expect(await cast.owner.api.post(`${cast.home}/teams`, { name: 'New', roles: [key] })).toMatchObject(refused);
      expect(await cast.owner.api.patch(path, { roles: ['desk', key] })).toMatchObject(refused);
    }
    expect((await cast.owner.api.get(`${cast.home}/teams?count=true`)).body).toMatchObject({ total: 1, data: [{ roles: ['desk'] }] });
  });

  it('a member without teams:write can read teams but not change them', async () => {
    const cast = await company();
    const { member, home } = cast;
    const path = await team(cast, [], member);
    const attempts = [
      await member.api.post(`${home}/teams`, { name: 'Mine' }),
      await member.api.patch(path, { name: 'Mine' }),
      await member.api.delete(path),
      await member.api.put(`${path}/members/${member.userId}`),
      await member.api.delete(`${path}/members/${member.userId}`),
    ];
    for (const answer of attempts) expect(answer).toMatchObject({ status: 403, body: { code: 'access_denied', needed: 'permission teams:write' } });
    expect((await member.api.get(`${path}/members`)).body.data).toEqual([expect.objectContaining({ userId: member.userId })]);
  });
});

describe('members of a team', () => {
  it('adding a member twice has no further effect, and members can be removed', async () => {
    const cast = await company();
    const { owner, member, home } = cast;
    const path = await team(cast);
    for (let time = 0; time < 3; time += 1) expect((await owner.api.put(`${path}/members/${member.userId}`)).status).toBe(204);
    await Promise.all([1, 2, 3, 4].map(() => owner.api.put(`${path}/members/${cast.admin.userId}`)));
    expect((await owner.api.get(`${path}/members?count=true`)).body).toMatchObject({
      total: 2,
      data: [{ userId: member.userId, email: member.email }, { userId: cast.admin.userId }],
    });
    expect((await owner.api.get(path)).body.memberCount).toBe(2);
    expect((await owner.api.get(`${home}/members/${member.userId}`)).body.teams).toEqual([{ id: path.split('/').at(-1), name: expect.any(String) }]);
    expect((await owner.api.delete(`${path}/members/${member.userId}`)).status).toBe(204);
    expect((await owner.api.delete(`${path}/members/${member.userId}`)).status).toBe(404);
    expect((await owner.api.get(path)).body.memberCount).toBe(1);
  });

  it('only members of the organization can be added', async () => {
    const cast = await company();
    const stranger = await server.world.owner();
    const path = await team(cast);
    for (const userId of [stranger.userId, nobody]) {
      expect(await cast.owner.api.put(`${path}/members/${userId}`)).toMatchObject({ status: 422, body: { code: 'not_a_member' } });
      expect((await cast.owner.api.delete(`${path}/members/${userId}`)).status).toBe(404);
    }
    expect(await cast.owner.api.put(`${path}/members/me`)).toMatchObject({ status: 400 });
    expect((await cast.owner.api.get(path)).body.memberCount).toBe(0);
  });

  it('members of an unknown team answer 404', async () => {
    const { owner, member, home } = await company();
    const path = `${home}/teams/${nobody}`;
    const answers = [await owner.api.put(`${path}/members/${member.userId}`), await owner.api.delete(`${path}/members/${member.userId}`), await owner.api.get(`${path}/members`)];
    for (const answer of answers) expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('a removed member leaves all teams, and is in none after returning', async () => {
    const cast = await company();
    const { owner, home } = cast;
    const guest = await server.world.owner({ verified: true });
    await server.world.join(owner, guest);
    const path = await team(cast, ['desk'], guest, cast.member);
    expect((await owner.api.delete(`${home}/members/${guest.userId}`)).status).toBe(204);
    expect((await owner.api.get(`${path}/members`)).body.data).toEqual([expect.objectContaining({ userId: cast.member.userId })]);
    expect((await owner.api.get(path)).body.memberCount).toBe(1);
    await server.world.join(owner, guest);
    expect(await owner.api.get(`${home}/members/${guest.userId}`)).toMatchObject({ status: 200, body: { teams: [], customRoles: [] } });
  });

  it('a member who leaves the organization leaves all teams', async () => {
    const cast = await company();
    const path = await team(cast, [], cast.member);
    expect((await cast.member.api.post(`${cast.home}/leave`)).status).toBe(204);
    expect((await cast.owner.api.get(path)).body.memberCount).toBe(0);
  });
});

describe('the roles of a team', () => {
  it('members have the roles with the next request, and /auth/me lists them', async () => {
    const cast = await company();
    const { owner, member } = cast;
    const path = await team(cast, ['desk']);
    expect(await mayInvitationsBeSeen(cast)).toBe(false);
    await owner.api.put(`${path}/members/${member.userId}`);
    expect(await mayInvitationsBeSeen(cast)).toBe(true);
    expect((await member.api.get('/auth/me')).body).toMatchObject({ role: 'member', customRoles: ['desk'], permissions: expect.arrayContaining(['invitations:read']) });
    expect((await owner.api.get(`${cast.home}/members/${member.userId}`)).body.customRoles).toEqual([]);
  });

  it.each<readonly [string, (cast: Company, path: string) => Promise<Answer>]>([
    ['the member is taken out of the team', ({ owner, member }, path) => owner.api.delete(`${path}/members/${member.userId}`)],
    ['the team is deleted', ({ owner }, path) => owner.api.delete(path)],
    ['the role is taken off the team', ({ owner }, path) => owner.api.patch(path, { roles: ['idle'] })],
    ['the role is emptied', ({ owner, home }) => owner.api.patch(`${home}/roles/desk`, { permissions: [] })],
    ['the role is deleted for another', ({ owner, home }) => owner.api.delete(`${home}/roles/desk?replacement=idle`)],
  ])('the roles end with the next request once %s', async (_, change) => {
    const cast = await company();
    await cast.owner.api.post(`${cast.home}/roles`, { key: 'idle', name: 'Idle', permissions: [] });
    const path = await team(cast, ['desk'], cast.member);
    expect(await mayInvitationsBeSeen(cast)).toBe(true);
    expect((await change(cast, path)).status).toBeLessThan(300);
    expect(await mayInvitationsBeSeen(cast)).toBe(false);
    expect((await cast.member.api.get('/auth/me')).body.permissions).not.toContain('invitations:read');
  });

  it('a role remains while another team or the member also has it', async () => {
    const cast = await company();
    const [first, second] = [await team(cast, ['desk'], cast.member), await team(cast, ['desk'], cast.member)];
    await cast.owner.api.patch(`${cast.home}/members/${cast.member.userId}`, { customRoles: ['desk'] });
    await cast.owner.api.delete(first);
    expect(await mayInvitationsBeSeen(cast)).toBe(true);
    await cast.owner.api.delete(second);
    expect(await mayInvitationsBeSeen(cast)).toBe(true);
    await cast.owner.api.patch(`${cast.home}/members/${cast.member.userId}`, { customRoles: [] });
    expect(await mayInvitationsBeSeen(cast)).toBe(false);
  });

  it('changes are effective immediately on every replica, even without notifications of the database', async () => {
    const cast = await company();
    const path = await team(cast, [], cast.member);
    const replica = await startTestServer();
    const there = replica.api.as(cast.member.accessToken);
    const database = new pg.Client({ connectionString: testDatabase().platform });
    await database.connect();
    const seen: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      for (const roles of [['desk'], []]) {
        await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tenantry listener' and datname = current_database()`);
        await cast.owner.api.patch(path, { roles });
        seen.push((await there.get(`${cast.home}/invitations`)).status);
      }
    }
    await Promise.all([database.end(), replica.close()]);
    expect(seen).toEqual(Array.from({ length: 5 }, () => [200, 403]).flat());
  });
});

describe('an admin', () => {
  it('an admin cannot create, change or delete a team with permissions that they lack', async () => {
    const cast = await company();
    const { owner, admin, member, home } = cast;
    const path = await team(cast, ['high'], member);
    const attempts = [
      await admin.api.post(`${home}/teams`, { name: 'Too high', roles: ['desk', 'high'] }),
      await admin.api.put(`${path}/members/${admin.userId}`),
      await admin.api.put(`${path}/members/${member.userId}`),
      await admin.api.delete(`${path}/members/${member.userId}`),
      await admin.api.patch(path, { roles: ['desk'] }),
      await admin.api.patch(path, { roles: ['high', 'desk'] }),
      await admin.api.delete(path),
    ];
    for (const answer of attempts) expect(answer).toMatchObject({ status: 403, body: { code: 'role_too_high', beyond: ['organization:delete'] } });
    expect((await owner.api.get(path)).body).toMatchObject({ roles: ['high'], memberCount: 1 });
    expect((await owner.api.get(`${home}/teams?count=true`)).body.total).toBe(1);
  });

  it('an admin cannot gain permissions through their own team', async () => {
    const cast = await company();
    const { admin, home } = cast;
    const path = await team(cast, ['desk'], admin);
    expect(await admin.api.patch(path, { roles: ['desk', 'high'] })).toMatchObject({ status: 403, body: { code: 'role_too_high' } });
    expect(await admin.api.patch(`${home}/roles/desk`, { permissions: ['organization:delete'] })).toMatchObject({ status: 403, body: { code: 'role_too_high' } });
    expect((await admin.api.get('/auth/me')).body.permissions).not.toContain('organization:delete');
  });

  it('an admin can grant permissions that they have through a team, until they leave the team', async () => {
    const cast = await company();
    const { owner, admin, member, home } = cast;
    const path = await team(cast, ['high'], admin);
    expect((await admin.api.patch(`${home}/members/${member.userId}`, { customRoles: ['high'] })).status).toBe(200);
    await owner.api.delete(`${path}/members/${admin.userId}`);
    expect(await admin.api.patch(`${home}/members/${member.userId}`, { customRoles: [] })).toMatchObject({ status: 403, body: { code: 'role_too_high' } });
  });
});

describe('a team of another organization', () => {
  it('teams of another organization answer 404 on every route', async () => {
    const [a, b] = [await company(), await company()];
    const theirs = await team(b, ['desk'], b.member);
    const path = `${a.home}/teams/${theirs.split('/').at(-1)}`;
    const missing = `${a.home}/teams/${nobody}`;
    const calls: readonly ((at: string) => Promise<Answer>)[] = [
      (at) => a.owner.api.get(at),
      (at) => a.owner.api.patch(at, { name: 'Mine now', roles: [] }),
      (at) => a.owner.api.patch(at, { name: 'Mine now' }),
      (at) => a.owner.api.delete(at),
      (at) => a.owner.api.get(`${at}/members`),
      (at) => a.owner.api.put(`${at}/members/${a.member.userId}`),
      (at) => a.owner.api.put(`${at}/members/${b.member.userId}`),
      (at) => a.owner.api.delete(`${at}/members/${b.member.userId}`),
    ];
    const told = ({ status, body }: Answer): unknown => ({ status, body: { ...body, requestId: '', instance: '' } });
    for (const call of calls) {
      const [answer, none] = [await call(path), await call(missing)];
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect(told(answer)).toEqual(told(none));
    }
    expect((await a.owner.api.get(`${a.home}/teams`)).body.data).toEqual([]);
    expect((await b.owner.api.get(theirs)).body).toMatchObject({ roles: ['desk'], memberCount: 1 });
    expect(await mayInvitationsBeSeen(b)).toBe(true);
  });

  it('teams of another organization give no permissions here', async () => {
    const [a, b] = [await company(), await company()];
    const guest = await server.world.owner({ verified: true });
    for (const { owner } of [a, b]) await server.world.join(owner, guest);
    await team(b, ['desk'], guest);
    const { body } = await guest.api.post('/auth/switch-organization', { organizationId: a.owner.organizationId });
    const inA = server.api.as(body.accessToken);
    expect((await inA.get(`${a.home}/invitations`)).status).toBe(403);
    const switched = await inA.post('/auth/switch-organization', { organizationId: b.owner.organizationId });
    expect((await server.api.as(switched.body.accessToken).get(`${b.home}/invitations`)).status).toBe(200);
  });
});
