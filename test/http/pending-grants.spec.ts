import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Client, type Answer } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { itInBothRuns, rounds } from '../support/rounds.js';
import { goodPassword, type Person } from '../support/world.js';

// An invitation and a key of the organization are judged when they are used, by what their granter holds at that moment.

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

const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
const isVoid = { status: 410, code: 'invitation_void' };
const tooHigh = { status: 403, code: 'role_too_high' };
const underReview = { status: 403, code: 'api_key_needs_review' };
const ok = { status: 200, code: undefined };

const accept = (token: string, api: Client = server.api): Promise<Answer> => api.post('/invitations/accept', { token, name: 'Nell New', password: goodPassword });
const setRole = async (owner: Person, { userId }: Person, role: string): Promise<void> => {
  expect((await owner.api.patch(`${owner.home}/members/${userId}`, { role })).status).toBe(200);
};
const remove = async (owner: Person, { userId }: Person): Promise<void> => {
  expect((await owner.api.delete(`${owner.home}/members/${userId}`)).status).toBe(204);
};
const disable = (person: Person, at: string): Promise<unknown> => database.query(`update users set disabled_at = ${at} where id = $1`, [person.userId]);

/** A member with a custom role of these permissions. */
async function memberWith(owner: Person, ...permissions: string[]): Promise<Person & { role: string }> {
  const member = await server.world.member(owner);
  const role = server.world.unique('role').replace('-', '_');
  await owner.api.post(`${owner.home}/roles`, { key: role, name: role, permissions });
  expect((await owner.api.patch(`${owner.home}/members/${member.userId}`, { customRoles: [role] })).status).toBe(200);
  return { ...member, role };
}

const clerkPermissions = ['invitations:read', 'invitations:write', 'members:write'] as const;
async function cast(): Promise<{ owner: Person; admin: Person; home: string }> {
  const owner = await server.world.owner();
  return { owner, admin: await server.world.member(owner, 'admin'), home: owner.home };
}

async function invitationOf(person: Person, role: string, email = server.world.email()): Promise<{ id: string; email: string; token: string; path: string }> {
  const { status, body, text } = await person.api.post(`${person.home}/invitations`, { email, role, delivery: 'link' });
  if (status !== 201) throw new Error(`inviting answered ${status}: ${text}`);
  const [{ id, link }] = body.data;
  return { id, email, token: new URL(link).searchParams.get('token') ?? '', path: `${person.home}/invitations/${id}` };
}

interface Key {
  readonly id: string;
  readonly path: string;
  readonly api: Client;
}
async function keyOf(person: Person, body: object = {}): Promise<Key> {
  const made = await person.api.post(`${person.home}/api-keys`, { name: 'Key', permissions: ['teams:read', 'settings:read'], ...body });
  if (made.status !== 201) throw new Error(`making a key answered ${made.status}: ${made.text}`);
  return { id: made.body.id, path: `${person.home}/api-keys/${made.body.id}`, api: server.api.as(made.body.key) };
}
const use = async ({ api }: Pick<Key, 'api'>): Promise<unknown> => refusal(await api.get('/tenant/settings'));

describe('a pending invitation', () => {
  it('a removed admin cannot come back with their own invitation', async () => {
    const { owner, admin, home } = await cast();
    const invitation = await invitationOf(admin, 'admin');
    expect((await owner.api.get(`${home}/invitations?status=void&count=true`)).body).toMatchObject({ data: [], total: 0 });
    await remove(owner, admin);
    expect(refusal(await server.api.post('/invitations/preview', { token: invitation.token }))).toEqual(isVoid);
    expect(refusal(await accept(invitation.token))).toEqual(isVoid);
    expect((await owner.api.get(`${home}/members?count=true`)).body.total).toBe(1);
    expect((await owner.api.get(`${home}/invitations?status=void`)).body.data).toMatchObject([{ id: invitation.id, status: 'void', closedAt: null }]);
    expect((await owner.api.get(`${home}/invitations`)).body.data[0]).toMatchObject({ id: invitation.id, status: 'void' });
    expect((await owner.api.get(`${home}/invitations?status=pending&count=true`)).body).toMatchObject({ data: [], total: 0 });
  });

  it('an invitation follows the present role of its sender, and is valid again after a promotion', async () => {
    const { owner, admin } = await cast();
    const [high, low] = [await invitationOf(admin, 'admin'), await invitationOf(admin, 'member')];
    await setRole(owner, admin, 'member');
    // A member cannot invite, so the invitation to the role member is void as well.
    for (const { token } of [high, low]) expect(refusal(await accept(token))).toEqual(isVoid);
    expect((await owner.api.get(`${owner.home}/invitations?status=void&count=true`)).body.total).toBe(2);
    const inviting = await memberWith(owner, ...clerkPermissions);
    await owner.api.patch(`${owner.home}/members/${admin.userId}`, { customRoles: [inviting.role] });
    expect(refusal(await accept(high.token))).toEqual(isVoid);
    expect((await owner.api.get(`${owner.home}/invitations?status=pending`)).body.data).toMatchObject([{ id: low.id, status: 'pending' }]);
    expect((await accept(low.token)).status).toBe(201);
    await setRole(owner, admin, 'admin');
    expect(await accept(high.token)).toMatchObject({ status: 201, body: { role: 'admin' } });
  });

  it('an invitation is void while its sender cannot invite, whether a role, a team or the plan gave the permission', async () => {
    const owner = await server.world.owner();
    const [clerk, teammate] = [await memberWith(owner, ...clerkPermissions), await server.world.member(owner)];
    const team = await owner.api.post(`${owner.home}/teams`, { name: 'Clerks', roles: [clerk.role] });
    const seat = `${owner.home}/teams/${team.body.id}/members/${teammate.userId}`;
    await owner.api.put(seat);
    const [byRole, byTeam] = [await invitationOf(clerk, 'member'), await invitationOf(teammate, 'member')];
    const shown = async ({ token }: { token: string }): Promise<unknown> => refusal(await server.api.post('/invitations/preview', { token }));
    await owner.api.delete(seat);
    expect(await Promise.all([shown(byRole), shown(byTeam)])).toEqual([ok, isVoid]);
    await owner.api.put(seat);
    await owner.api.patch(`${owner.home}/roles/${clerk.role}`, { permissions: ['invitations:read'] });
    expect(await Promise.all([shown(byRole), shown(byTeam)])).toEqual([isVoid, isVoid]);
    await owner.api.patch(`${owner.home}/roles/${clerk.role}`, { permissions: ['members:write'] });
    expect(await Promise.all([shown(byRole), shown(byTeam)])).toEqual([ok, ok]);
    await database.query(`insert into entitlement_overrides (organization_id, id, kind, key, available) values ($1, gen_random_uuid(), 'feature', 'custom_roles', false)`, [
      owner.organizationId,
    ]);
    expect(await Promise.all([shown(byRole), shown(byTeam)])).toEqual([isVoid, isVoid]);
    expect((await owner.api.get(`${owner.home}/invitations?status=void&count=true`)).body.total).toBe(2);
  });

  it('an invitation is void while the sender’s account is disabled', async () => {
    const { owner, admin } = await cast();
    const invitation = await invitationOf(admin, 'member');
    await disable(admin, 'now()');
    expect(refusal(await accept(invitation.token))).toEqual(isVoid);
    expect((await owner.api.get(`${owner.home}/invitations?status=void&count=true`)).body.total).toBe(1);
    await disable(admin, 'null');
    expect((await accept(invitation.token)).status).toBe(201);
  });

  it('resending makes the actor the sender, within their ceiling', async () => {
    const { owner, admin, home } = await cast();
    const clerk = await memberWith(owner, ...clerkPermissions);
    const invitation = await invitationOf(admin, 'admin');
    await remove(owner, admin);
    expect(refusal(await clerk.api.post(`${invitation.path}/resend`))).toEqual(tooHigh);
    expect(refusal(await accept(invitation.token))).toEqual(isVoid);
    const { body } = await owner.api.post(`${invitation.path}/resend`);
    expect(body).toMatchObject({ status: 'pending', invitedById: owner.userId });
    expect((await accept(invitation.token)).status).toBe(404);
    expect((await accept(new URL(body.link).searchParams.get('token') ?? '')).status).toBe(201);
    const other = await invitationOf(owner, 'admin');
    const second = await server.world.member(owner, 'admin');
    const renewed = await second.api.post(`${other.path}/resend`);
    await setRole(owner, second, 'member');
    expect(refusal(await accept(new URL(renewed.body.link).searchParams.get('token') ?? ''))).toEqual(isVoid);
    expect((await owner.api.get(`${home}/invitations?status=void&count=true`)).body.total).toBe(1);
  });

  it('nobody revokes or replaces an invitation above their own role', async () => {
    const { owner, admin } = await cast();
    const clerk = await memberWith(owner, ...clerkPermissions);
    const [toOwner, toAdmin, toMember] = [await invitationOf(owner, 'owner'), await invitationOf(owner, 'admin'), await invitationOf(owner, 'member')];
    const replace = (person: Person, { email }: { email: string }, path = 'invitations'): Promise<Answer> => person.api.post(`${owner.home}/${path}`, { email, role: 'member' });
    for (const answer of [
      await clerk.api.delete(toAdmin.path),
      await admin.api.delete(toOwner.path),
      await clerk.api.post(`${toAdmin.path}/resend`),
      await replace(clerk, toAdmin),
      await replace(clerk, toAdmin, 'members'),
      await replace(admin, toOwner),
    ])
      expect(refusal(answer)).toEqual(tooHigh);
    expect((await owner.api.get(`${owner.home}/invitations?status=pending&count=true`)).body.total).toBe(3);
    expect((await clerk.api.delete(toMember.path)).status).toBe(204);
    expect((await admin.api.delete(toAdmin.path)).status).toBe(204);
    expect((await owner.api.delete(toOwner.path)).status).toBe(204);
  });

  itInBothRuns('of parallel acceptances during the removal of the sender none succeeds after it, on two replicas', async () => {
    const replica = await startTestServer();
    const { owner, admin, home } = await cast();
    await owner.api.patch(`${home}/subscription`, { plan: 'enterprise' });
    const invitations = [];
    for (let count = 0; count < rounds(6, 20); count += 1) invitations.push(await invitationOf(admin, 'admin'));
    const [removed, ...answers] = await Promise.all([
      owner.api.delete(`${home}/members/${admin.userId}`),
      ...invitations.map(({ token }, index) => accept(token, index % 2 === 0 ? server.api : new Client(replica.url))),
    ]);
    expect(removed?.status).toBe(204);
    for (const answer of answers) expect([{ status: 201, code: undefined }, isVoid]).toContainEqual(refusal(answer));
    const { rows } = await database.query(
      `select (select max(closed_at) from invitations where organization_id = $1 and status = 'accepted') as accepted,
              (select count(*)::int from memberships where organization_id = $1) as members`,
      [owner.organizationId],
    );
    expect(rows[0].members).toBe(1 + answers.filter(({ status }) => status === 201).length);
    expect((await accept((await invitationOf(owner, 'member')).token)).status).toBe(201);
    await replica.close();
  });

  it('an API key cannot invite, however strong it is', async () => {
    const owner = await server.world.owner();
    const { api, id } = await keyOf(owner, { belongsTo: 'me' });
    await database.query(`update api_keys set permissions = permissions || '{invitations:write,members:write}'::text[] where id = $1`, [id]);
    const body = { email: server.world.email(), role: 'member' };
    for (const path of ['invitations', 'members']) expect(refusal(await api.post(`${owner.home}/${path}`, body))).toEqual({ status: 403, code: 'access_denied' });
  });
});

describe('a key of the organization', () => {
  it('a key has no permission that its granter lost, and is listed for review', async () => {
    const { owner, admin, home } = await cast();
    const key = await keyOf(admin);
    expect(await use(key)).toEqual(ok);
    await setRole(owner, admin, 'member');
    expect(await use(key)).toEqual(underReview);
    expect((await key.api.get(`${home}/teams`)).status).toBe(200);
    expect((await key.api.post('/access/check', { permission: 'settings:read' })).body).toMatchObject({ allowed: false, code: 'api_key_needs_review' });
    expect((await owner.api.get(key.path)).body).toMatchObject({ status: 'active', needsReview: true, withheldPermissions: ['settings:read'], grantedById: admin.userId });
    const other = await keyOf(owner);
    const ids = async (query: string): Promise<string[]> => (await owner.api.get(`${home}/api-keys?${query}`)).body.data.map(({ id }: Key) => id);
    expect(await ids('needsReview=true')).toEqual([key.id]);
    expect(await ids('needsReview=false')).toEqual([other.id]);
    expect(await ids(`grantedById=${admin.userId}`)).toEqual([key.id]);
    await setRole(owner, admin, 'admin');
    expect(await use(key)).toEqual(ok);
    expect(await ids('needsReview=true')).toEqual([]);
  });

  it('after the removal of its granter a key works again only with a new secret, which somebody with its permissions receives', async () => {
    const { owner, admin, home } = await cast();
    const keeper = await memberWith(owner, 'api_keys:read', 'api_keys:write');
    const [key, plain] = [await keyOf(admin), await keyOf(admin, { permissions: ['teams:read'], rateLimit: 500 })];
    await remove(owner, admin);
    for (const one of [key, plain]) expect(refusal(await one.api.get(`${home}/teams`))).toEqual(underReview);
    expect(refusal(await keeper.api.post(`${key.path}/rotate`, {}))).toEqual(tooHigh);
    for (const change of [{ name: 'New' }, { permissions: ['teams:read', 'settings:read'] }, { enabled: false }, { enabled: true }])
      expect((await owner.api.patch(key.path, change)).body).toMatchObject({ needsReview: true });
    expect((await owner.api.post(`${key.path}/approve`)).status).toBe(404);
    const [mine, theirs] = [await owner.api.post(`${key.path}/rotate`, {}), await keeper.api.post(`${plain.path}/rotate`, {})];
    expect(mine).toMatchObject({ status: 200, body: { needsReview: false, withheldPermissions: [], grantedById: owner.userId } });
    expect(await use({ api: server.api.as(mine.body.key) })).toEqual(ok);
    expect((await server.api.as(theirs.body.key).get(`${home}/teams`)).status).toBe(200);
    for (const one of [key, plain]) expect(refusal(await one.api.get(`${home}/teams`))).toEqual(underReview);
  });

  it('a member who rotated a key loses it with their permissions, and so does the previous secret of a former granter', async () => {
    const { owner, admin } = await cast();
    const key = await keyOf(owner);
    const rotated = await admin.api.post(`${key.path}/rotate`, {});
    const renewed = { api: server.api.as(rotated.body.key) };
    await remove(owner, admin);
    expect(await use(renewed)).toEqual(underReview);
    expect(await use(key)).toEqual(ok);
    const again = await owner.api.post(`${key.path}/rotate`, {});
    expect(await use(renewed)).toEqual(underReview);
    expect(await use({ api: server.api.as(again.body.key) })).toEqual(ok);
  });

  it('only the member who received the secret of a key can widen it; narrowing, renaming, disabling and enabling do not change its granter', async () => {
    const { owner, admin } = await cast();
    const inDays = (days: number): string => new Date(Date.now() + days * 24 * 3600_000).toISOString();
    const limited = { allowedIps: ['10.0.0.0/8', '2001:db8::/32'], expiresAt: inDays(2), rateLimit: 10 };
    const all = ['teams:read', 'settings:read', 'settings:write'];
    const widening: object[] = [
      { permissions: all },
      { permissions: ['settings:write'] },
      { allowedIps: [] },
      { allowedIps: ['10.0.0.0/7'] },
      { allowedIps: ['10.1.0.0/16', '127.0.0.1'] },
      { allowedIps: ['0.0.0.0/0'], name: 'New' },
      { expiresAt: inDays(3) },
      { expiresAt: null },
      { rateLimit: 11, permissions: [] },
      { rateLimit: null },
      { permissions: all, enabled: false },
    ];
    const other: object[] = [
      {},
      { name: 'New' },
      { ...limited, permissions: ['settings:read', 'teams:read'], enabled: true },
      { permissions: ['teams:read'] },
      { allowedIps: ['10.1.0.0/16', '::ffff:10.2.0.1'], expiresAt: inDays(1), rateLimit: 9 },
      { enabled: false },
      { enabled: true },
    ];
    const { path } = await keyOf(owner, limited);
    const before = (await owner.api.get(path)).body;
    for (const change of widening) expect({ change, ...(refusal(await admin.api.patch(path, change)) as object) }).toEqual({ change, status: 409, code: 'rotation_required' });
    expect((await owner.api.get(path)).body).toEqual(before);
    for (const change of other) expect(await admin.api.patch(path, change)).toMatchObject({ status: 200, body: { grantedById: owner.userId } });
    for (const change of widening) expect((await owner.api.patch((await keyOf(owner, limited)).path, change)).status).toBe(200);
    expect((await admin.api.post(`${path}/rotate`, {})).body.grantedById).toBe(admin.userId);
    expect(refusal(await owner.api.patch(path, { permissions: all }))).toEqual({ status: 409, code: 'rotation_required' });
    expect(await admin.api.patch(path, { permissions: all, expiresAt: null, allowedIps: [], rateLimit: null, enabled: true })).toMatchObject({
      status: 200,
      body: { permissions: all },
    });
  });

  it('a secret that a former member knows gains nothing when somebody else rotates and widens the key', async () => {
    const { owner, admin, home } = await cast();
    const [gone, present] = [await keyOf(admin, { permissions: ['teams:read'] }), await keyOf(admin, { permissions: ['teams:read'] })];
    const wider = { permissions: ['teams:read', 'settings:read'] };
    const renewed = { api: server.api.as((await owner.api.post(`${present.path}/rotate`, {})).body.key) };
    expect((await present.api.get(`${home}/teams`)).status).toBe(200);
    expect((await owner.api.patch(present.path, wider)).body).toMatchObject({ previousExpiresAt: null });
    expect(await use(present)).toEqual({ status: 401, code: 'invalid_api_key' });
    expect(await use(renewed)).toEqual(ok);
    await remove(owner, admin);
    expect(refusal(await owner.api.patch(gone.path, wider))).toEqual({ status: 409, code: 'rotation_required' });
    const fresh = { api: server.api.as((await owner.api.post(`${gone.path}/rotate`, {})).body.key) };
    expect(await use(gone)).not.toEqual(ok);
    expect((await owner.api.patch(gone.path, wider)).status).toBe(200);
    expect(await use(gone)).toEqual({ status: 401, code: 'invalid_api_key' });
    expect(await use(fresh)).toEqual(ok);
  });

  itInBothRuns('a widening and a rotation by another member at the same moment never widen a secret of the other', async () => {
    const { owner, admin } = await cast();
    for (let round = 0; round < rounds(3, 10); round += 1) {
      const key = await keyOf(owner, { permissions: ['teams:read'] });
      const [widened, rotated] = await Promise.all([owner.api.patch(key.path, { permissions: ['teams:read', 'settings:read'] }), admin.api.post(`${key.path}/rotate`, {})]);
      expect(rotated.status).toBe(200);
      const { body } = await owner.api.get(key.path);
      // Whichever was first: the admin has rotated a key that the owner had widened, or the owner could not widen the admin's.
      expect({ widened: widened.status, granter: body.grantedById }).toEqual({ widened: body.permissions.length === 2 ? 200 : 409, granter: admin.userId });
    }
  });

  it('a key follows the custom roles and the account of its granter', async () => {
    const owner = await server.world.owner();
    const keeper = await memberWith(owner, 'api_keys:read', 'api_keys:write', 'settings:read');
    const key = await keyOf(keeper);
    expect(await use(key)).toEqual(ok);
    await owner.api.patch(`${owner.home}/roles/${keeper.role}`, { permissions: ['api_keys:write'] });
    expect(await use(key)).toEqual(underReview);
    await owner.api.patch(`${owner.home}/roles/${keeper.role}`, { permissions: ['settings:read'] });
    expect(await use(key)).toEqual(ok);
    await disable(keeper, 'now()');
    expect(await use(key)).toEqual(underReview);
    expect((await owner.api.get(key.path)).body).toMatchObject({ needsReview: true, withheldPermissions: ['teams:read', 'settings:read'] });
  });
});

describe('a personal key', () => {
  it('only the owner of a personal key can change it and receives its secret; others can disable or revoke it', async () => {
    const { owner, admin, home } = await cast();
    const [key, second] = [await keyOf(owner, { belongsTo: 'me', permissions: ['teams:read'], allowedIps: ['127.0.0.1'] }), await keyOf(owner, { belongsTo: 'me' })];
    const foreign = { status: 403, code: 'personal_key' };
    for (const body of [{}, { overlapSeconds: 0 }]) {
      const answer = await admin.api.post(`${key.path}/rotate`, body);
      expect(refusal(answer)).toEqual(foreign);
      expect(answer.text).not.toContain('tk_');
    }
    for (const change of [{ allowedIps: [] }, { name: 'x' }, { permissions: [] }, { expiresAt: null }, { enabled: true }, { enabled: false, rateLimit: 1 }])
      expect(refusal(await admin.api.patch(key.path, change))).toEqual(foreign);
    expect((await key.api.get(`${home}/teams`)).status).toBe(200);
    expect((await admin.api.patch(key.path, { enabled: false })).body).toMatchObject({ status: 'disabled' });
    expect(refusal(await admin.api.patch(key.path, { enabled: true }))).toEqual(foreign);
    expect((await owner.api.patch(key.path, { enabled: true })).body).toMatchObject({ status: 'active' });
    expect((await admin.api.delete(second.path)).status).toBe(204);
    expect((await owner.api.post(`${key.path}/rotate`, {})).status).toBe(200);
  });
});
