import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { smallCatalog, startServerWithCatalog } from '../support/catalogs.js';
import type { Answer } from '../support/client.js';
import { startTestServer, type TestServer } from '../support/http.js';
import type { Person } from '../support/world.js';

let server: TestServer;
const replicas: TestServer[] = [];
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => Promise.all([server, ...replicas].map((one) => one.close())));

/** Another server on the same database. */
async function replicaOf(starting: Promise<TestServer>): Promise<TestServer> {
  const replica = await starting;
  replicas.push(replica);
  return replica;
}

interface Company {
  readonly owner: Person;
  readonly admin: Person;
  readonly member: Person;
  readonly home: string;
}

async function company(): Promise<Company> {
  const owner = await server.world.owner();
  const [admin, member] = [await server.world.member(owner, 'admin'), await server.world.member(owner)];
  return { owner, admin, member, home: owner.home };
}

/** Creates a custom role as the owner, and returns its key. */
async function role({ owner, home }: Pick<Company, 'owner' | 'home'>, permissions: readonly string[], key = server.world.unique('r').replace('-', '_')): Promise<string> {
  const { status, text } = await owner.api.post(`${home}/roles`, { key, name: `Role ${key}`, permissions });
  if (status !== 201) throw new Error(`making a role answered ${status}: ${text}`);
  return key;
}

const give = (giver: Person, to: Person, customRoles: readonly string[]): Promise<Answer> => giver.api.patch(`${giver.home}/members/${to.userId}`, { customRoles });
const permissionsOf = async (person: Person): Promise<string[]> => (await person.api.get('/auth/me')).body.permissions;

describe('permissions', () => {
  it('a signed-in user can list the permissions of tenantry and of the product', async () => {
    const { member } = await company();
    const { status, body } = await member.api.get('/permissions');
    expect(status).toBe(200);
    expect(body.data).toContainEqual({ key: 'members:write', description: 'Add, update and remove members', builtIn: true, grantableToKeys: false });
    expect(body.data).toContainEqual({ key: 'content:read', description: 'Read content', builtIn: false, grantableToKeys: true });
    expect((await server.api.get('/permissions')).status).toBe(401);
  });
});

describe('the list of roles', () => {
  it('base roles come first, highest rank first, then custom roles', async () => {
    const cast = await company();
    await role(cast, ['content:write', 'content:read'], 'writer');
    await role(cast, [], 'nothing');
    const { body } = await cast.member.api.get(`${cast.home}/roles`);
    expect(body.data.map(({ key }: { key: string }) => key)).toEqual(['owner', 'admin', 'member', 'nothing', 'writer']);
    expect(body.data[1]).toMatchObject({ key: 'admin', custom: false, rank: 80 });
    expect(body.data[4]).toEqual({
      key: 'writer',
      name: 'Role writer',
      description: null,
      custom: true,
      rank: null,
      permissions: ['content:read', 'content:write'],
      updatedAt: expect.any(String),
    });
    const everything = (await cast.member.api.get('/permissions')).body.data.map(({ key }: { key: string }) => key);
    expect(body.data[0].permissions).toEqual(everything.toSorted());
  });

  it('roles of another organization are not listed', async () => {
    const [a, b] = await server.world.twoTenants();
    await role({ owner: b, home: b.home }, ['content:read'], 'secret_of_b');
    expect((await a.api.get(`${a.home}/roles`)).text).not.toContain('secret_of_b');
    expect(await a.api.get(`${b.home}/roles`)).toMatchObject({ status: 404, body: { code: 'organization_not_found' } });
  });
});

describe('a custom role', () => {
  it('a custom role is created, updated and deleted', async () => {
    const { owner, home } = await company();
    const made = await owner.api.post(`${home}/roles`, { key: 'grader', name: 'Grader', description: 'Marks', permissions: ['content:read'] });
    expect(made).toMatchObject({ status: 201, body: { key: 'grader', name: 'Grader', description: 'Marks', custom: true, rank: null, permissions: ['content:read'] } });
    const changed = await owner.api.patch(`${home}/roles/grader`, { name: 'Marker', description: null, permissions: ['content:write'] });
    expect(changed).toMatchObject({ status: 200, body: { key: 'grader', name: 'Marker', description: null, permissions: ['content:write'] } });
    expect((await owner.api.delete(`${home}/roles/grader`)).status).toBe(204);
    expect((await owner.api.delete(`${home}/roles/grader`)).status).toBe(404);
    expect((await owner.api.patch(`${home}/roles/grader`, { name: 'x' })).status).toBe(404);
  });

  it.each([
    ['Senior Grader (Math)', 'senior_grader_math'],
    ['  Élève №1  ', 'eleve_no1'],
    ['2nd line', 'nd_line'],
    ['Приём', 'priem'],
    ['!!!', 'role'],
  ])('a key is generated from the name: %s → %s', async (name, key) => {
    const { owner, home } = await company();
    expect(await owner.api.post(`${home}/roles`, { name, permissions: [] })).toMatchObject({ status: 201, body: { key, name: name.trim() } });
    expect(await owner.api.post(`${home}/roles`, { name, permissions: [] })).toMatchObject({ status: 409, body: { code: 'role_exists' } });
  });

  it('a taken key, the key of a base role and an unknown permission are refused', async () => {
    const cast = await company();
    const { owner, home } = cast;
    const key = await role(cast, ['content:read']);
    const attempts = [
      [await owner.api.post(`${home}/roles`, { key, name: 'Twice', permissions: [] }), 409, 'role_exists'],
      [await owner.api.post(`${home}/roles`, { key: 'admin', name: 'Mine', permissions: [] }), 409, 'role_exists'],
      [await owner.api.post(`${home}/roles`, { name: 'Owner', permissions: [] }), 409, 'role_exists'],
      [await owner.api.post(`${home}/roles`, { name: 'Other', permissions: ['content:burn'] }), 422, 'unknown_permission'],
      [await owner.api.post(`${home}/roles`, { name: 'Star', permissions: ['*'] }), 400, 'validation_failed'],
      [await owner.api.post(`${home}/roles`, { name: 'Stars', permissions: ['members:*'] }), 400, 'validation_failed'],
      [await owner.api.post(`${home}/roles`, { name: 'Twice', permissions: ['content:read', 'content:read'] }), 400, 'validation_failed'],
      [await owner.api.post(`${home}/roles`, { key: '__proto__', name: 'Proto', permissions: [] }), 400, 'validation_failed'],
      [await owner.api.patch(`${home}/roles/${key}`, { permissions: ['content:burn'] }), 422, 'unknown_permission'],
      [await owner.api.patch(`${home}/roles/admin`, { permissions: [] }), 403, 'built_in_role'],
      [await owner.api.delete(`${home}/roles/owner`), 403, 'built_in_role'],
      [await owner.api.delete(`${home}/roles/constructor`), 404, 'not_found'],
    ] as const;
    for (const [answer, status, code] of attempts) expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    expect((await owner.api.get(`${home}/roles`)).body.data.filter(({ custom }: { custom: boolean }) => custom)).toEqual([
      expect.objectContaining({ key, permissions: ['content:read'] }),
    ]);
  });

  it('an invalid key answers 404 without a database error', async () => {
    const { owner, home } = await company();
    for (const key of ['%00', 'a%00', '%F0%9F%98%80', 'x'.repeat(200), "'%20or%20''='", '%2e%2e']) {
      for (const { status } of [await owner.api.patch(`${home}/roles/${key}`, { name: 'x' }), await owner.api.delete(`${home}/roles/${key}`)]) {
        expect({ key, status }).toEqual({ key, status: 404 });
      }
      expect((await owner.api.delete(`${home}/roles/some?replacement=${key}`)).status).toBeLessThan(500);
    }
  });

  it('a custom role cannot exceed the permissions of its creator; the refusal names the excess', async () => {
    const cast = await company();
    const { admin, member, home } = cast;
    const beyond = await admin.api.post(`${home}/roles`, { key: 'too_high', name: 'Too high', permissions: ['content:read', 'organization:transfer', 'organization:delete'] });
    expect(beyond).toMatchObject({ status: 403, body: { code: 'role_too_high', beyond: ['organization:transfer', 'organization:delete'] } });
    expect((await admin.api.post(`${home}/roles`, { key: 'within', name: 'Within', permissions: ['members:write'] })).status).toBe(201);
    expect(await admin.api.patch(`${home}/roles/within`, { permissions: ['organization:delete'] })).toMatchObject({
      status: 403,
      body: { code: 'role_too_high', beyond: ['organization:delete'] },
    });
    expect(await member.api.post(`${home}/roles`, { name: 'Mine', permissions: [] })).toMatchObject({ status: 403, body: { code: 'access_denied' } });
  });

  it('a member cannot update, empty or delete a role with permissions that they lack', async () => {
    const cast = await company();
    const { owner, admin, home } = cast;
    const key = await role(cast, ['organization:delete']);
    const other = await role(cast, []);
    for (const answer of [
      await admin.api.patch(`${home}/roles/${key}`, { name: 'Renamed' }),
      await admin.api.patch(`${home}/roles/${key}`, { permissions: [] }),
      await admin.api.delete(`${home}/roles/${key}`),
      await admin.api.delete(`${home}/roles/${key}?replacement=${other}`),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'role_too_high', beyond: ['organization:delete'] } });
    }
    expect((await owner.api.get(`${home}/roles`)).body.data).toContainEqual(expect.objectContaining({ key, name: `Role ${key}`, permissions: ['organization:delete'] }));
  });

  it('without the feature, roles can be deleted but not created or updated', async () => {
    const cast = await company();
    const key = await role(cast, ['content:read']);
    const poor = await replicaOf(startServerWithCatalog(smallCatalog({ features: ['api_access'] })));
    const there = (person: Person): Person['api'] => poor.api.as(person.accessToken);
    for (const answer of [
      await there(cast.owner).post(`${cast.home}/roles`, { name: 'New', permissions: [] }),
      await there(cast.owner).patch(`${cast.home}/roles/${key}`, { name: 'Changed' }),
    ]) {
      expect(answer).toMatchObject({ status: 402, body: { code: 'feature_not_in_plan', feature: 'custom_roles', plan: 'free' } });
    }
    expect(await there(cast.member).post(`${cast.home}/roles`, { name: 'New', permissions: [] })).toMatchObject({ status: 403, body: { code: 'access_denied' } });
    const empty = await cast.owner.api.patch(`${cast.home}/roles/${key}`, { permissions: [] });
    expect(empty.status).toBe(200);
    expect((await there(cast.owner).delete(`${cast.home}/roles/${key}`)).status).toBe(204);
  });

  it('an owner can delete a custom role with a permission that the catalog no longer defines', async () => {
    const cast = await company();
    const key = await role(cast, ['content:read', 'organization:read']);
    await give(cast.owner, cast.member, [key]);
    const later = await replicaOf(startServerWithCatalog(smallCatalog()));
    const owner = later.api.as(cast.owner.accessToken);
    expect((await later.api.as(cast.member.accessToken).get('/auth/me')).body.permissions).not.toContain('content:read');
    expect((await owner.patch(`${cast.home}/members/${cast.member.userId}`, { customRoles: [] })).status).toBe(200);
    expect((await owner.delete(`${cast.home}/roles/${key}`)).status).toBe(204);
  });
});

describe('deleting a role in use', () => {
  it('deleting a role in use is refused with the number of members and teams that have the role', async () => {
    const cast = await company();
    const { owner, admin, member, home } = cast;
    const key = await role(cast, ['content:read']);
    await Promise.all([give(owner, admin, [key]), give(owner, member, [key])]);
    await owner.api.post(`${home}/teams`, { name: 'Graders', roles: [key] });
    expect(await owner.api.delete(`${home}/roles/${key}`)).toMatchObject({ status: 409, body: { code: 'role_in_use', members: 2, teams: 1 } });
    expect((await member.api.get('/auth/me')).body.customRoles).toEqual([key]);
  });

  it('members and teams get the replacement, including those who already have it', async () => {
    const cast = await company();
    const { owner, admin, member, home } = cast;
    const [old, next] = [await role(cast, ['content:read']), await role(cast, ['invitations:read'])];
    await give(owner, admin, [old]);
    await give(owner, member, [old, next]);
    const { body: graders } = await owner.api.post(`${home}/teams`, { name: 'Graders', roles: [old] });
    const { body: both } = await owner.api.post(`${home}/teams`, { name: 'Both', roles: [old, next] });
    expect((await owner.api.delete(`${home}/roles/${old}?replacement=${next}`)).status).toBe(204);
    const members = (await owner.api.get(`${home}/members`)).body.data.map(({ customRoles }: { customRoles: string[] }) => customRoles);
    expect(members).toEqual([[], [next], [next]]);
    for (const { id } of [graders, both]) expect((await owner.api.get(`${home}/teams/${id}`)).body.roles).toEqual([next]);
    expect((await member.api.get(`${home}/invitations`)).status).toBe(200);
    expect((await owner.api.get(`${home}/roles`)).text).not.toContain(old);
  });

  it('an invalid replacement is refused: unknown, the role itself, a base role, a role of another organization', async () => {
    const cast = await company();
    const key = await role(cast, ['content:read']);
    const stranger = await server.world.owner();
    const theirs = await role({ owner: stranger, home: stranger.home }, ['content:read']);
    await give(cast.owner, cast.member, [key]);
    for (const replacement of ['unknown', key, 'member', theirs]) {
      expect(await cast.owner.api.delete(`${cast.home}/roles/${key}?replacement=${replacement}`)).toMatchObject({
        status: 422,
        body: { code: 'unknown_role', errors: [{ pointer: '/replacement' }] },
      });
    }
    expect((await cast.member.api.get('/auth/me')).body.customRoles).toEqual([key]);
  });

  it('a replacement with permissions that the actor lacks is refused', async () => {
    const cast = await company();
    const [low, high] = [await role(cast, ['content:read']), await role(cast, ['organization:delete'])];
    await give(cast.owner, cast.member, [low]);
    expect(await cast.admin.api.delete(`${cast.home}/roles/${low}?replacement=${high}`)).toMatchObject({
      status: 403,
      body: { code: 'role_too_high', beyond: ['organization:delete'] },
    });
    expect(await permissionsOf(cast.member)).not.toContain('organization:delete');
  });
});

describe('custom roles of a member', () => {
  it('custom roles take effect on the next request and end on the next request after removal', async () => {
    const cast = await company();
    const { owner, member, home } = cast;
    const [inviter, editor] = [await role(cast, ['invitations:read']), await role(cast, ['organization:update', 'content:read'])];
    const before = await permissionsOf(member);
    expect(before).not.toContain('invitations:read');
    expect(await give(owner, member, [inviter, editor])).toMatchObject({ status: 200, body: { role: 'member', customRoles: [editor, inviter].sort() } });
    expect((await member.api.get('/auth/me')).body).toMatchObject({
      role: 'member',
      customRoles: [editor, inviter].sort(),
      permissions: [...before, 'invitations:read', 'organization:update'].sort(),
    });
    expect((await member.api.get(`${home}/invitations`)).status).toBe(200);
    expect((await member.api.patch(home, { description: 'by the editor' })).status).toBe(200);
    expect((await give(owner, member, [inviter])).body.customRoles).toEqual([inviter]);
    expect(await member.api.patch(home, { description: 'again' })).toMatchObject({ status: 403, body: { code: 'access_denied' } });
    expect((await member.api.get(`${home}/invitations`)).status).toBe(200);
    expect((await give(owner, member, [])).body.customRoles).toEqual([]);
    expect((await member.api.get(`${home}/invitations`)).status).toBe(403);
    expect(await permissionsOf(member)).toEqual(before);
  });

  it('without the feature, custom roles have no effect for members, teams and keys; they return with the feature', async () => {
    const cast = await company();
    const { owner, member, home } = cast;
    const [inviter, editor] = [await role(cast, ['invitations:read']), await role(cast, ['organization:update'])];
    await give(owner, member, [inviter]);
    const team = (await owner.api.post(`${home}/teams`, { name: 'Editors', roles: [editor] })).body.id as string;
    await owner.api.put(`${home}/teams/${team}/members/${member.userId}`);
    expect(await permissionsOf(member)).toEqual(expect.arrayContaining(['invitations:read', 'organization:update']));
    const switched = (on: boolean): Promise<Answer> => owner.api.patch('/tenant/features', { feature: 'custom_roles', enabled: on });
    expect((await switched(false)).status).toBe(200);
    expect(await permissionsOf(member)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(invitations:read|organization:update)$/)]));
    expect((await member.api.get(`${home}/invitations`)).status).toBe(403);
    const { trace } = (await member.api.post('/access/check', { permission: 'invitations:read', explain: true })).body;
    expect(trace.at(-1)).toMatchObject({ step: 'permission', passed: false, source: 'none of the roles; custom roles are inactive without the feature custom_roles' });
    expect((await owner.api.get(`${home}/members/${member.userId}`)).body.customRoles).toEqual([inviter]);
    expect((await switched(true)).status).toBe(200);
    expect((await member.api.get(`${home}/invitations`)).status).toBe(200);
    expect((await member.api.patch(home, { description: 'by the team' })).status).toBe(200);
  });

  it('an updated role is effective for every holder on every replica', async () => {
    const cast = await company();
    const key = await role(cast, ['invitations:read']);
    await give(cast.owner, cast.member, [key]);
    const replica = await replicaOf(startTestServer());
    const there = replica.api.as(cast.member.accessToken);
    for (let round = 0; round < 5; round += 1) {
      await cast.owner.api.patch(`${cast.home}/roles/${key}`, { permissions: ['invitations:read'] });
      expect((await there.get(`${cast.home}/invitations`)).status).toBe(200);
      await cast.owner.api.patch(`${cast.home}/roles/${key}`, { permissions: [] });
      expect((await there.get(`${cast.home}/invitations`)).status).toBe(403);
    }
  });

  it('changing the base role keeps the custom roles, and the reverse', async () => {
    const cast = await company();
    const key = await role(cast, ['invitations:read']);
    await give(cast.owner, cast.member, [key]);
    expect((await cast.owner.api.patch(`${cast.home}/members/${cast.member.userId}`, { role: 'admin' })).body).toMatchObject({ role: 'admin', customRoles: [key] });
    expect((await cast.owner.api.patch(`${cast.home}/members/${cast.member.userId}`, { role: 'member', customRoles: [] })).body).toMatchObject({ role: 'member', customRoles: [] });
  });

  it('an admin cannot grant or revoke roles with permissions that they lack', async () => {
    const cast = await company();
    const { owner, admin, member } = cast;
    const [high, low] = [await role(cast, ['organization:delete']), await role(cast, ['invitations:read'])];
    for (const to of [member, admin]) {
      expect(await give(admin, to, [high])).toMatchObject({ status: 403, body: { code: 'role_too_high', beyond: ['organization:delete'] } });
    }
    await give(owner, member, [high]);
    expect(await give(admin, member, [])).toMatchObject({ status: 403, body: { code: 'role_too_high' } });
    expect(await give(admin, member, [low])).toMatchObject({ status: 403, body: { code: 'role_too_high' } });
    expect(await give(admin, member, [high, low])).toMatchObject({ status: 200, body: { customRoles: [high, low].sort() } });
  });

  it('roles that are not in effect do not allow granting or revoking', async () => {
    const cast = await company();
    const { owner, admin, member } = cast;
    const high = await role(cast, ['organization:delete']);
    await give(owner, admin, [high]);
    expect((await give(admin, member, [high])).status).toBe(200);
    await owner.api.patch('/tenant/features', { feature: 'custom_roles', enabled: false });
    expect(await give(admin, member, [])).toMatchObject({ status: 403, body: { code: 'role_too_high', beyond: ['organization:delete'] } });
    expect((await give(owner, member, [])).status).toBe(200);
  });

  it('an admin cannot change the custom roles of an owner', async () => {
    const cast = await company();
    const low = await role(cast, ['content:read']);
    expect(await give(cast.admin, cast.owner, [low])).toMatchObject({ status: 403, body: { code: 'role_too_high', beyond: ['rank'] } });
    await give(cast.owner, cast.owner, [low]);
    expect(await give(cast.admin, cast.owner, [])).toMatchObject({ status: 403, body: { code: 'role_too_high', beyond: ['rank'] } });
  });

  it('a member who manages access through a custom role is limited to their own permissions', async () => {
    const cast = await company();
    const { owner, member, home } = cast;
    const manager = await role(cast, ['members:write', 'roles:write']);
    const colleague = await server.world.member(owner);
    await give(owner, member, [manager]);
    expect((await member.api.post(`${home}/roles`, { key: 'copy', name: 'Copy', permissions: ['members:write', 'teams:read'] })).status).toBe(201);
    expect((await give(member, colleague, ['copy'])).status).toBe(200);
    expect(await member.api.post(`${home}/roles`, { name: 'More', permissions: ['organization:update'] })).toMatchObject({
      status: 403,
      body: { beyond: ['organization:update'] },
    });
    expect(await member.api.patch(`${home}/members/${colleague.userId}`, { role: 'admin' })).toMatchObject({ status: 403, body: { code: 'role_too_high' } });
    expect(await member.api.delete(`${home}/members/${cast.admin.userId}`)).toMatchObject({ status: 403, body: { code: 'role_too_high' } });
  });

  it('base roles and roles of another organization cannot be granted as custom roles', async () => {
    const cast = await company();
    const stranger = await server.world.owner();
    const theirs = await role({ owner: stranger, home: stranger.home }, ['content:read']);
    for (const key of [theirs, 'admin', 'nobody_made_it']) {
      expect(await give(cast.owner, cast.member, [key])).toMatchObject({ status: 422, body: { code: 'unknown_role', errors: [{ pointer: '/customRoles' }] } });
    }
    expect((await cast.owner.api.patch(`${cast.home}/roles/${theirs}`, { name: 'Mine now' })).status).toBe(404);
    expect((await cast.owner.api.delete(`${cast.home}/roles/${theirs}`)).status).toBe(404);
    expect((await stranger.api.get(`${stranger.home}/roles`)).body.data).toContainEqual(expect.objectContaining({ key: theirs, name: `Role ${theirs}` }));
  });

  it('roles with the same key in two organizations are independent', async () => {
    const [a, b] = [await company(), await company()];
    await role(a, ['invitations:read'], 'desk');
    await role(b, [], 'desk');
    await Promise.all([give(a.owner, a.member, ['desk']), give(b.owner, b.member, ['desk'])]);
    expect((await a.member.api.get(`${a.home}/invitations`)).status).toBe(200);
    expect((await b.member.api.get(`${b.home}/invitations`)).status).toBe(403);
    expect((await b.owner.api.delete(`${b.home}/roles/desk`)).body).toMatchObject({ code: 'role_in_use', members: 1, teams: 0 });
  });
});
