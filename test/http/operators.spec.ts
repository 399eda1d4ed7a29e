import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import pg from 'pg';
import { builtInPermissions } from '../../src/config/catalog/built-in-permissions.js';
import { targetOf, type Answer, type Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { itInBothRuns, rounds } from '../support/rounds.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { codeOf } from '../support/totp.js';
import { goodPassword, type Person } from '../support/world.js';
import { chained } from '../support/audit.js';

let server: TestServer;
let database: pg.Pool;
/** An operator who stays one. */
let other: Operator;
beforeAll(async () => {
  server = await startTestServer({ DATABASE_POOL_SIZE: '10' });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 3 });
  other = await newOperator();
});
afterAll(async () => {
  await database.end();
  await server.close();
});

const newPassword = 'a quite different passphrase';
const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
const ended = { status: 401, code: 'session_ended' };
const forbidden = { status: 403, code: 'impersonation_forbidden' };
const readOnly = { status: 403, code: 'impersonation_read_only' };

interface Operator {
  readonly userId: string;
  readonly email: string;
  readonly api: Client;
}

async function signIn(on: TestServer, email: string, password = goodPassword): Promise<Client> {
  const { status, body, text } = await on.api.post('/auth/login', { email, password });
  if (status !== 200) throw new Error(`login answered ${status}: ${text}`);
  return on.api.as(body.accessToken);
}

async function newOperator(on = server): Promise<Operator> {
  const email = on.world.email('operator');
  const { userId } = await on.control.createOperator(email);
  return { userId, email, api: await signIn(on, email) };
}

async function impersonate(operator: Operator, { organizationId, userId }: Person, scope?: 'read' | 'write'): Promise<Client> {
  const { status, body, text } = await operator.api.post(`/tenants/${organizationId}/impersonate`, { userId, reason: 'Ticket 4711', scope });
  if (status !== 200) throw new Error(`impersonate answered ${status}: ${text}`);
  return server.api.as(body.accessToken);
}

describe('an impersonation', () => {
  it('an impersonation only reads unless it was started with the scope write', async () => {
    const [operator, owner] = [other, await server.world.owner()];
    const [reader, writer] = [await impersonate(operator, owner), await impersonate(operator, owner, 'write')];
    expect((await owner.api.post(`${owner.home}/teams`, { name: 'Theirs' })).status).toBe(201);
    for (const path of [`${owner.home}/teams`, `${owner.home}/members`, '/tenant/settings', '/permissions', '/auth/me']) expect((await reader.get(path)).status).toBe(200);
    expect((await reader.post('/access/check', { permission: 'settings:write' })).status).toBe(200);
    expect(refusal(await reader.patch('/tenant/custom-settings', { theme: 'dark' }))).toEqual(readOnly);
    expect((await writer.patch('/tenant/custom-settings', { theme: 'dark' })).status).toBe(200);
    expect((await operator.api.post(`/tenants/${owner.organizationId}/impersonate`, { scope: 'write' })).status).toBe(400);
    expect((await operator.api.post(`/tenants/${owner.organizationId}/impersonate`, { reason: 'Ticket 4711', scope: 'all' })).status).toBe(400);
  });

  it('no route that changes access, the account, billing or security is open to an impersonation', async () => {
    const [operator, owner] = [await newOperator(), await server.world.owner()];
    const writer = await impersonate(operator, owner, 'write');
    const routes = (await server.control.routes()).filter(({ rule }) => rule !== undefined && rule.kind !== 'public' && rule.kind !== 'platform_admin');
    const closed = routes.filter(({ method, rule, whileImpersonating }) => whileImpersonating === undefined && (method !== 'GET' || rule?.kind === 'authenticated'));
    expect(closed.length).toBeGreaterThan(40);
    for (const { method, path } of closed) {
      const target = targetOf(path).replace(':organizationId', owner.organizationId).replace(/:\w+/g, owner.userId);
      expect({ method, path, ...(refusal(await writer.request(method, target, method === 'GET' ? undefined : {})) as object) }).toEqual({ method, path, ...forbidden });
    }
    const changing = routes
      .filter(({ method, whileImpersonating }) => method !== 'GET' && whileImpersonating === 'write')
      .map(({ rule }) => (rule as { permission?: string }).permission ?? 'none');
    // The others are routes of the product.
    expect(new Set(changing.filter((permission) => permission === 'none' || permission in builtInPermissions))).toEqual(new Set(['settings:write']));
  });

  it('no public route that changes something is open to an impersonation', async () => {
    const [operator, owner] = [other, await server.world.owner({ verified: true })];
    const writer = await impersonate(operator, owner, 'write');
    const routes = (await server.control.routes()).filter(({ method, rule }) => rule?.kind === 'public' && method !== 'GET');
    expect(routes.length).toBeGreaterThan(10);
    for (const { method, path } of routes) {
      const { status, body } = await writer.request(method, targetOf(path), {});
      // OAuth has errors of its own.
      const [code, refused] = path.startsWith('/oauth/') ? [body?.error, { status: 400, code: 'unauthorized_client' }] : [body?.code, forbidden];
      expect({ method, path, status, code }).toEqual({ method, path, ...refused });
    }
  });

  it('a public route ignores other tokens, also invalid ones', async () => {
    const owner = await server.world.owner({ verified: true });
    const body = { email: owner.email, password: goodPassword };
    for (const token of [owner.accessToken, 'no-token', `${owner.accessToken}x`]) expect((await server.api.as(token).post('/auth/login', body)).status).toBe(200);
  });

  it('an impersonation cannot accept, decline or preview an invitation of the user elsewhere, and knows no other organization of the user', async () => {
    const [operator, owner, host] = [other, await server.world.owner({ verified: true }), await server.world.owner()];
    const { body: second } = await owner.api.post('/organizations', { name: 'Second' });
    const writer = await impersonate(operator, owner, 'write');
    const token = await server.world.invitationToken(host, owner.email);
    for (const step of ['accept', 'decline', 'preview']) expect(refusal(await writer.post(`/invitations/${step}`, { token }))).toEqual(forbidden);
    expect((await host.api.get(`${host.home}/invitations`)).body.data).toMatchObject([{ status: 'pending' }]);
    expect((await writer.get('/auth/me')).body.memberships).toEqual([expect.objectContaining({ organization: expect.objectContaining({ id: owner.organizationId }) })]);
    expect((await owner.api.get('/auth/me')).body.memberships).toHaveLength(2);
    for (const elsewhere of [host.home, `/organizations/${second.id}`])
      expect(refusal(await writer.get(`${elsewhere}/teams`))).toEqual({ status: 404, code: 'organization_not_found' });
    expect((await writer.get('/tenants')).status).toBe(403);
  });

  it('the token names the operator, the user sees it in the list of sessions and ends it, and the organization sees it in its audit log', async () => {
    const [operator, owner] = [await newOperator(), await server.world.owner()];
    const writer = await impersonate(operator, owner, 'write');
    const claims = decodeJwt(writer.token ?? '');
    expect(claims).toMatchObject({ sub: owner.userId, act: { sub: operator.userId }, org: owner.organizationId });
    expect(claims['platform_admin']).toBeUndefined();
    const by = { operatorId: operator.userId, reason: 'Ticket 4711', scope: 'write' };
    const { data } = (await owner.api.get('/auth/sessions')).body as { data: { id: string; impersonatedBy: unknown }[] };
    expect(data.map(({ impersonatedBy }) => impersonatedBy)).toEqual(expect.arrayContaining([null, by]));
    expect((await owner.api.get(`${owner.home}/audit-logs?action=impersonateMember`)).body.data).toMatchObject([
      { actor: { kind: 'operator', id: operator.userId }, outcome: 'done' },
    ]);
    const session = data.find(({ impersonatedBy }) => impersonatedBy !== null);
    expect((await owner.api.delete(`/auth/sessions/${session?.id}`)).status).toBe(204);
    expect(refusal(await writer.get(`${owner.home}/teams`))).toEqual(ended);
  });

  it('an organization that has switched its audit log off still sees an impersonation and its changes', async () => {
    const [operator, owner] = [await newOperator(), await server.world.owner()];
    expect((await owner.api.patch('/tenant/security', { auditLogsEnabled: false })).status).toBe(200);
    const writer = await impersonate(operator, owner, 'write');
    expect((await writer.patch('/tenant/custom-settings', { theme: 'seen' })).status).toBe(200);
    expect((await owner.api.patch('/tenant/custom-settings', { theme: 'unseen' })).status).toBe(200);
    const { rows } = await (
      await chained(database)
    ).query('select action, actor_kind as kind, actor_id as id from audit.events where organization_id = $1 order by sequence desc limit 2', [owner.organizationId]);
    const by = { kind: 'operator', id: operator.userId };
    expect(rows).toEqual([
      { action: 'updateCustomSettings', ...by },
      { action: 'impersonateMember', ...by },
    ]);
  });

  const endings: Readonly<Record<string, (of: { operator: Operator; owner: Person; writer: Client }) => Promise<Answer>>> = {
    'the operator’s right was removed': ({ operator }) => other.api.delete(`/platform/admins/${operator.userId}`),
    'the operator was disabled': ({ operator }) => other.api.post(`/platform/users/${operator.userId}/disable`),
    'the operator has changed the password': ({ operator }) => operator.api.post('/auth/password/change', { currentPassword: goodPassword, newPassword }),
    'the operator has signed out': ({ operator }) => operator.api.post('/auth/logout'),
    'the operator has ended all other sessions elsewhere': async ({ operator }) => (await signIn(server, operator.email)).delete('/auth/sessions'),
    'the user was disabled': ({ owner }) => other.api.post(`/platform/users/${owner.userId}/disable`),
    'the user has ended all other sessions': ({ owner }) => owner.api.delete('/auth/sessions'),
    'the user has changed the password': ({ owner }) => owner.api.post('/auth/password/change', { currentPassword: goodPassword, newPassword }),
    'the user has become an operator': ({ owner }) => other.api.post('/platform/admins', { userId: owner.userId }),
    'the operator has signed out of it': ({ writer }) => writer.post('/auth/logout'),
  };
  it.each(Object.keys(endings))('an impersonation ends when %s', async (name) => {
    const [operator, owner] = [await newOperator(), await server.world.owner({ verified: true })];
    const writer = await impersonate(operator, owner, 'write');
    expect((await writer.get(`${owner.home}/teams`)).status).toBe(200);
    expect((await endings[name]?.({ operator, owner, writer }))?.status).toBeLessThan(300);
    expect(refusal(await writer.get(`${owner.home}/teams`))).toEqual(ended);
    expect(refusal(await writer.patch('/tenant/custom-settings', { theme: 'late' }))).toEqual(ended);
  });

  it.each(['operator', 'session', 'sign-out'])('a write of an impersonation that ends while it waits does not commit (%s)', async (way) => {
    const [operator, owner] = [await newOperator(), await server.world.owner()];
    const writer = await impersonate(operator, owner, 'write');
    const waiting = async (): Promise<number> => {
      const { rows } = await database.query<{ count: string }>(
        `select count(*) from pg_locks l, app.authority_key($1) k where l.locktype = 'advisory' and not l.granted
            and (l.classid::bigint << 32 | l.objid::bigint) = k`,
        [owner.organizationId],
      );
      return Number(rows[0]?.count);
    };
    const session = (await owner.api.get('/auth/sessions')).body.data.find(({ impersonatedBy }: { impersonatedBy: unknown }) => impersonatedBy !== null);
    const end = {
      operator: () => other.api.delete(`/platform/admins/${operator.userId}`),
      session: () => owner.api.delete(`/auth/sessions/${session.id}`),
      'sign-out': () => operator.api.post('/auth/logout'),
    };
    const holder = await database.connect();
    let answers: Answer[] = [];
    try {
      await holder.query('begin');
      await holder.query('select pg_advisory_xact_lock(app.authority_key($1))', [owner.organizationId]);
      const calls: [() => Promise<Answer>, () => Promise<Answer>] = [end[way as keyof typeof end], () => writer.patch('/tenant/custom-settings', { theme: 'late' })];
      // The removal of an operator waits for the writes of the organization. The end of a session is in effect at once: it comes after the write.
      const [first, second] = way === 'operator' ? calls : [calls[1], calls[0]];
      const earlier = first();
      expect(await eventually(waiting, (count) => count === 1)).toBe(1);
      const later = second();
      await (way === 'operator' ? eventually(waiting, (count) => count === 2) : later);
      await holder.query('commit');
      answers = await Promise.all(way === 'operator' ? [earlier, later] : [later, earlier]);
    } finally {
      holder.release();
    }
    expect(answers[0]?.status).toBe(204);
    expect(refusal(answers[1] as Answer)).toEqual(ended);
    expect((await owner.api.get('/tenant/custom-settings')).body).toEqual({});
  });
});

describe('operators', () => {
  it('an operator adds, lists and removes operators, who gain and lose the right at once', async () => {
    const [operator, person] = [other, await server.world.owner({ verified: true })];
    expect((await person.api.get('/tenants')).status).toBe(403);
    const added = await operator.api.post('/platform/admins', { email: person.email });
    expect(added).toMatchObject({ status: 201, body: { userId: person.userId, email: person.email, disabledAt: null } });
    expect(added.headers.get('location')).toBe(`/api/v1/platform/users/${person.userId}`);
    expect((await operator.api.post('/platform/admins', { userId: person.userId })).body).toEqual(added.body);
    expect((await person.api.get('/platform/admins')).body.data).toContainEqual(added.body);
    expect((await operator.api.delete(`/platform/admins/${person.userId}`)).status).toBe(204);
    expect((await person.api.get('/platform/admins')).status).toBe(403);
    expect(refusal(await operator.api.delete(`/platform/admins/${person.userId}`))).toEqual({ status: 404, code: 'operator_not_found' });
    expect((await person.api.get(`${person.home}/teams`)).status).toBe(200);
  });

  it('only a verified, enabled user becomes an operator', async () => {
    const [operator, unverified, disabled] = [other, await server.world.owner(), await server.world.owner({ verified: true })];
    const notEligible = { status: 422, code: 'operator_not_eligible' };
    expect(refusal(await operator.api.post('/platform/admins', { email: unverified.email }))).toEqual(notEligible);
    expect(refusal(await operator.api.post('/platform/admins', { userId: unverified.userId }))).toEqual(notEligible);
    expect(refusal(await operator.api.post('/platform/admins', { email: server.world.email() }))).toEqual(notEligible);
    expect((await operator.api.post(`/platform/users/${disabled.userId}/disable`)).status).toBe(200);
    expect(refusal(await operator.api.post('/platform/admins', { email: disabled.email }))).toEqual(notEligible);
    for (const body of [{}, { email: unverified.email, userId: unverified.userId }, { email: 'x' }, { userId: 'x' }]) {
      expect((await operator.api.post('/platform/admins', body)).status).toBe(400);
    }
    for (const [method, path] of [
      ['GET', '/platform/admins'],
      ['POST', '/platform/admins'],
      ['GET', `/platform/users?email=${unverified.email}`],
      ['POST', `/platform/users/${operator.userId}/disable`],
    ] as const) {
      expect((await unverified.api.request(method, path, method === 'GET' ? undefined : {})).status).toBe(403);
    }
  });

  it('an operator finds a user by address or id', async () => {
    const [operator, person] = [other, await server.world.owner()];
    const found = await operator.api.get(`/platform/users?email=${person.email}`);
    expect(found.body.data).toMatchObject([
      { id: person.userId, emailVerified: false, platformAdmin: false, twoFactorEnabled: false, memberships: [{ role: 'owner', organization: { id: person.organizationId } }] },
    ]);
    expect((await operator.api.get(`/platform/users/${person.userId}`)).body).toEqual(found.body.data[0]);
    expect((await operator.api.get(`/platform/users?email=${server.world.email()}`)).body).toEqual({ data: [], nextCursor: null });
    expect(refusal(await operator.api.get(`/platform/users/${person.organizationId}`))).toEqual({ status: 404, code: 'user_not_found' });
    expect(refusal(await operator.api.post(`/platform/users/${person.organizationId}/disable`))).toEqual({ status: 404, code: 'user_not_found' });
    expect(refusal(await operator.api.post(`/platform/users/${person.organizationId}/enable`))).toEqual({ status: 404, code: 'user_not_found' });
  });

  it('a disabled user has no way in until they are enabled, and no ended session comes back', async () => {
    const [operator, owner] = [await newOperator(), await server.world.owner()];
    const member = await server.world.member(owner, 'admin');
    const keyOf = async ({ api, home }: Person, belongsTo: string): Promise<Client> => {
      const { body } = await api.post(`${home}/api-keys`, { name: 'Key', permissions: ['teams:read'], belongsTo });
      return server.api.with({ 'x-api-key': body.key });
    };
    expect((await operator.api.patch(`/tenants/${owner.organizationId}`, { plan: 'enterprise' })).status).toBe(200);
    const [own, shared] = [await keyOf(member, 'me'), await keyOf(owner, 'organization')];
    expect((await own.get(`${owner.home}/teams`)).status).toBe(200);
    const disabled = await operator.api.post(`/platform/users/${member.userId}/disable`);
    expect(disabled).toMatchObject({ status: 200, body: { id: member.userId, disabledAt: expect.any(String), memberships: [{ role: 'admin' }] } });
    expect((await operator.api.post(`/platform/users/${member.userId}/disable`)).body).toEqual(disabled.body);
    expect(refusal(await member.api.get(`${owner.home}/teams`))).toEqual(ended);
    expect(refusal(await member.api.get('/auth/me'))).toEqual(ended);
    expect(refusal(await server.api.post('/auth/refresh', { refreshToken: member.refreshToken }))).toEqual({ status: 401, code: 'invalid_refresh_token' });
    expect(refusal(await server.api.post('/auth/login', { email: member.email, password: goodPassword }))).toEqual({ status: 401, code: 'invalid_credentials' });
    expect(refusal(await own.get(`${owner.home}/teams`))).toEqual({ status: 401, code: 'invalid_api_key' });
    expect((await shared.get(`${owner.home}/teams`)).status).toBe(200);
    expect((await owner.api.get(`${owner.home}/members`)).body.data).toHaveLength(2);
    expect((await operator.api.post(`/platform/users/${member.userId}/enable`)).body.disabledAt).toBeNull();
    expect(refusal(await member.api.get('/auth/me'))).toEqual(ended);
    expect((await (await signIn(server, member.email)).get(`${owner.home}/teams`)).status).toBe(200);
    expect((await own.get(`${owner.home}/teams`)).status).toBe(200);
  });
});

describe('the audit logs of the organizations of a user', () => {
  /** The events of operators about a user. */
  const eventsOf = async ({ api, home }: Person, targetId: string): Promise<unknown[]> =>
    (await api.get(`${home}/audit-logs?targetId=${targetId}`)).body.data.filter(({ actor }: { actor: { kind: string } }) => actor.kind === 'operator');

  it('the audit log of each organization of a user records that they are disabled, enabled, or added or removed as an operator, also while it is switched off', async () => {
    const [operator, owner, second] = [await newOperator(), await server.world.owner(), await server.world.owner()];
    const member = await server.world.invited(owner, 'admin');
    await server.world.verify(member.email);
    await server.world.join(second, member);
    expect((await owner.api.patch('/tenant/security', { auditLogsEnabled: false })).status).toBe(200);
    for (const change of ['disable', 'disable', 'enable', 'enable']) await operator.api.post(`/platform/users/${member.userId}/${change}`);
    for (const _ of [1, 2]) expect((await operator.api.post('/platform/admins', { userId: member.userId })).status).toBe(201);
    expect((await operator.api.delete(`/platform/admins/${member.userId}`)).status).toBe(204);
    const [actor, row] = [{ kind: 'operator', id: operator.userId }, { id: member.userId }];
    const expected = [
      { action: 'removeOperator', actor, target: { table: 'platform_admins' }, changeCount: 1, changes: [{ operation: 'delete', after: null }] },
      { action: 'addOperator', actor, target: { table: 'platform_admins' }, changeCount: 1, changes: [{ operation: 'insert', before: null, after: { user_id: member.userId } }] },
      { action: 'enableUser', actor, target: { table: 'users' }, changeCount: 1, changes: [{ ...row, before: { disabled_at: expect.any(String) }, after: { disabled_at: null } }] },
      {
        action: 'disableUser',
        actor,
        target: { table: 'users' },
        changeCount: 1,
        changes: [{ ...row, before: { disabled_at: null }, after: { disabled_at: expect.any(String) } }],
      },
    ];
    for (const place of [owner, second]) expect(await eventsOf(place, member.userId)).toMatchObject(expected);
    for (const { organizationId } of [owner, second]) expect((await server.control.verifyChains(organizationId)).every(({ bad }) => bad === undefined)).toBe(true);
    // The platform's log keeps the whole change, with the sessions that ended.
    const whole = (await operator.api.get(`/tenants/audit-logs?targetId=${member.userId}&limit=100`)).body.data as { action: string; changes: { table: string }[] }[];
    expect(whole.map(({ action }) => action)).toEqual(expect.arrayContaining(['disableUser', 'enableUser', 'addOperator', 'removeOperator']));
    expect(whole.find(({ action }) => action === 'disableUser')?.changes.map(({ table }) => table)).toContain('sessions');
  });

  it('a lost second factor is removed with a reason, which the organization reads, and the user gets a mail', async () => {
    const [operator, owner] = [other, await server.world.owner({ verified: true })];
    const { secret } = (await owner.api.post('/auth/mfa/totp')).body as { secret: string };
    expect((await owner.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) })).status).toBe(200);
    const path = `/platform/users/${owner.userId}/remove-second-factor`;
    const reason = 'Called back at the number in the contract';
    expect((await operator.api.post(path, {})).status).toBe(400);
    expect((await owner.api.post(path, { reason })).status).toBe(403);
    expect(refusal(await operator.api.post(`/platform/users/${operator.userId}/remove-second-factor`, { reason }))).toEqual({ status: 409, code: 'own_second_factor' });
    expect((await operator.api.post(path, { reason })).body).toMatchObject({ id: owner.userId, twoFactorEnabled: false });
    expect((await owner.api.get('/auth/me')).status).toBe(401);
    await server.mailbox.waitFor(owner.email, 'second factor');
    const again = await signIn(server, owner.email);
    expect((await again.get('/auth/me')).body.twoFactorEnabled).toBe(false);
    expect((await operator.api.post(path, { reason })).status).toBe(200);
    const actor = { kind: 'operator', id: operator.userId };
    const event = { action: 'removeUserSecondFactor', actor, changes: [{ id: owner.userId, before: { second_factor: true }, after: { second_factor: false, reason } }] };
    expect(await eventsOf({ ...owner, api: again }, owner.userId)).toMatchObject([event]);
  });

  it('the log of the only organization of a user does not get what belongs to the platform', async () => {
    const [operator, owner] = [other, await server.world.owner()];
    await operator.api.post(`/platform/users/${owner.userId}/disable`);
    await operator.api.post(`/platform/users/${owner.userId}/enable`);
    expect(await eventsOf({ ...owner, api: await signIn(server, owner.email) }, owner.userId)).toMatchObject([{ changeCount: 1 }, { changeCount: 1 }]);
  });

  it('a refused change of an operator leaves no event', async () => {
    const [owner, outsider] = [await server.world.owner(), await server.world.owner()];
    expect((await outsider.api.post(`/platform/users/${owner.userId}/disable`)).status).toBe(403);
    expect(await eventsOf(owner, owner.userId)).toEqual([]);
  });
});

describe('a mailed link', () => {
  it('a link to reset the password from before a user was disabled does not work after they are enabled', async () => {
    const [operator, owner] = [await newOperator(), await server.world.owner({ verified: true })];
    await server.api.post('/auth/password/forgot', { email: owner.email });
    const { token } = await server.mailbox.waitFor(owner.email, 'Reset');
    for (const change of ['disable', 'enable']) expect((await operator.api.post(`/platform/users/${owner.userId}/${change}`)).status).toBe(200);
    expect((await server.api.post('/auth/password/reset', { token, newPassword })).status).toBe(410);
  });
});

describe('the last operator', () => {
  let scratch: ScratchDatabase;
  let replicas: TestServer[];
  beforeAll(async () => {
    scratch = await scratchDatabase();
    replicas = [await startTestServer({ DATABASE_POOL_SIZE: '10' }, scratch), await startTestServer({ DATABASE_POOL_SIZE: '10' }, scratch)];
  });
  afterAll(async () => {
    for (const each of replicas) await each.close();
    await scratch.drop();
  });

  const [lost, last] = [
    { status: 403, code: 'access_denied' },
    { status: 409, code: 'last_operator' },
  ];
  const operators = async (): Promise<string[]> => {
    const look = new pg.Client({ connectionString: scratch.platform });
    await look.connect();
    const { rows } = await look.query<{ id: string }>('select u.id from platform_admins a join users u on u.id = a.user_id where u.disabled_at is null');
    await look.end();
    return rows.map(({ id }) => id);
  };

  itInBothRuns('parallel removals of three operators by each other on two replicas leave one operator', async () => {
    const [first] = replicas as [TestServer];
    const three = [await newOperator(first), await newOperator(first), await newOperator(first)];
    const removals = Array.from({ length: rounds(8, 20) }, (_, index) => {
      const [actor, target] = [three[index % 3] as Operator, three[(index + 1 + (index % 2)) % 3] as Operator];
      const { api } = actor;
      const on = replicas[index % 2] as TestServer;
      const client = on.api.as(api.token);
      return index % 5 === 4 ? client.post(`/platform/users/${target.userId}/disable`) : client.delete(`/platform/admins/${target.userId}`);
    });
    const answers = await Promise.all(removals);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(await operators()).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 204 || status === 200).length).toBeGreaterThanOrEqual(1);
  });

  it('the last operator cannot be removed, disabled, or give up the right, and another one can', async () => {
    const [first] = replicas as [TestServer];
    const mine = await newOperator(first);
    for (const id of (await operators()).filter((each) => each !== mine.userId)) expect((await mine.api.delete(`/platform/admins/${id}`)).status).toBe(204);
    expect(refusal(await mine.api.delete(`/platform/admins/${mine.userId}`))).toEqual(last);
    expect(refusal(await mine.api.post(`/platform/users/${mine.userId}/disable`))).toEqual(last);
    const listed = (await mine.api.get('/platform/admins')).body.data as { disabledAt: string | null }[];
    expect(listed.filter(({ disabledAt }) => disabledAt === null)).toHaveLength(1);
    const next = await newOperator(first);
    expect((await next.api.post(`/platform/users/${mine.userId}/disable`)).status).toBe(200);
    expect(refusal(await next.api.delete(`/platform/admins/${next.userId}`))).toEqual(last);
    expect((await next.api.post(`/platform/users/${mine.userId}/enable`)).status).toBe(200);
    expect((await next.api.delete(`/platform/admins/${next.userId}`)).status).toBe(204);
    expect(refusal(await next.api.get('/platform/admins'))).toEqual(lost);
    expect(await operators()).toEqual([mine.userId]);
  });

  it('no SQL of the platform role removes, disables or deletes the last operator', async () => {
    const look = new pg.Client({ connectionString: scratch.platform });
    await look.connect();
    for (const sql of ['delete from platform_admins', 'update users set disabled_at = now()', 'delete from users where id in (select user_id from platform_admins)']) {
      await expect(look.query(sql)).rejects.toThrow('last_operator');
    }
    await look.end();
    expect(await operators()).toHaveLength(1);
  });
});

describe('an installation that requires a second factor of operators', () => {
  let strict: TestServer;
  beforeAll(async () => {
    strict = await startTestServer({ OPERATORS_REQUIRE_SECOND_FACTOR: 'true' });
  });
  afterAll(() => strict.close());

  const required = { status: 403, code: 'operator_second_factor_required' };

  it('every route of operators is refused until the session has a verified second factor, and again when the factor is removed', async () => {
    const operator = await newOperator(strict);
    const earlier = await signIn(strict, operator.email);
    const routes = (await strict.control.routes()).filter(({ rule }) => rule?.kind === 'platform_admin');
    expect(routes.length).toBeGreaterThan(20);
    for (const { method, path } of routes) {
      const target = targetOf(path).replace(/:\w+/g, operator.userId);
      expect({ method, path, ...(refusal(await operator.api.request(method, target, method === 'GET' ? undefined : {})) as object) }).toEqual({ method, path, ...required });
    }
    const { secret } = (await operator.api.post('/auth/mfa/totp')).body;
    expect(refusal(await operator.api.get('/tenants'))).toEqual(required);
    const { token: mailedToken } = await strict.mailbox.waitFor(operator.email, 'second factor');
    const { body } = await operator.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret), mailedToken });
    expect((await operator.api.get('/tenants')).status).toBe(200);
    // A session that began with the password alone stays what it is, also through its refresh token.
    expect(refusal(await earlier.get('/tenants'))).toEqual(required);
    const pending = await strict.api.post('/auth/login', { email: operator.email, password: goodPassword });
    const verified = await strict.api.post('/auth/mfa/verify', { mfaToken: pending.body.mfaToken, code: body.recoveryCodes[0] });
    const later = strict.api.as(verified.body.accessToken);
    expect((await later.get('/tenants')).status).toBe(200);
    expect((await later.request('DELETE', '/auth/mfa/totp', { code: body.recoveryCodes[1] })).status).toBe(204);
    for (const api of [operator.api, later]) expect(refusal(await api.get('/tenants'))).toEqual(required);
  });

  it('a stolen password of an operator is not enough to set up a second factor, and the owner of the mailbox can end the attempt', async () => {
    const [victim, thief] = [await newOperator(strict), await newOperator(strict)];
    const stolen = await signIn(strict, victim.email);
    const { secret } = (await stolen.post('/auth/mfa/totp')).body;
    const needed = { status: 403, code: 'mailbox_proof_needed' };
    const confirm = (mailedToken?: string, api = stolen): Promise<Answer> => api.post('/auth/mfa/totp/confirm', { code: codeOf(secret), mailedToken });
    // Without a token, with an invented one, with one that was mailed to the thief's own account, and with one of another purpose.
    await thief.api.post('/auth/mfa/totp');
    const own = (await strict.mailbox.waitFor(thief.email, 'second factor')).token;
    await strict.api.post('/auth/password/forgot', { email: victim.email });
    const { token: resetToken } = await strict.mailbox.waitFor(victim.email, 'Reset');
    for (const token of [undefined, 'x'.repeat(43), own, resetToken]) expect(refusal(await confirm(token))).toEqual(needed);
    // A change of the address would move the mailbox to the thief.
    const moved = await stolen.patch('/users/me', { email: strict.world.email('thief'), currentPassword: goodPassword });
    expect(refusal(moved)).toEqual(required);
    expect(refusal(await stolen.get('/tenants'))).toEqual(required);
    expect((await database.query('select 1 from second_factors where user_id = $1 and confirmed_at is not null', [victim.userId])).rowCount).toBe(0);
    // The mail reaches the owner, who resets the password: the session, the enrolment link and the password of the thief end.
    const { token } = await strict.mailbox.waitFor(victim.email, 'second factor');
    expect((await strict.api.post('/auth/password/reset', { token: resetToken, newPassword })).status).toBe(204);
    expect((await confirm(token)).status).toBe(401);
    const back = await signIn(strict, victim.email, newPassword);
    expect(refusal(await confirm(token, back))).toEqual(needed);
    const renewed = (await back.post('/auth/mfa/totp')).body;
    const { token: fresh } = await strict.mailbox.waitFor(victim.email, 'second factor', 2);
    const confirmed = await back.post('/auth/mfa/totp/confirm', { code: codeOf(renewed.secret), mailedToken: fresh });
    expect(confirmed.status).toBe(200);
    expect((await back.patch('/users/me', { email: strict.world.email('moved'), currentPassword: newPassword })).status).toBe(200);
  });

  it('an address change that began before its user became an operator does not complete without a second factor', async () => {
    const [operator, owner] = [await newOperator(), await server.world.owner({ verified: true })];
    const email = server.world.email('thief');
    expect((await owner.api.patch('/users/me', { email, currentPassword: goodPassword })).status).toBe(200);
    const { token } = await server.mailbox.waitFor(email, 'Confirm');
    expect((await operator.api.post('/platform/admins', { userId: owner.userId })).status).toBe(201);
    expect(refusal(await server.api.post('/auth/email/verify', { token, password: goodPassword }))).toEqual(required);
    expect(refusal(await owner.api.post('/auth/email/verify', { token }))).toEqual(required);
    expect((await operator.api.delete(`/platform/admins/${owner.userId}`)).status).toBe(204);
    expect((await owner.api.post('/auth/email/verify', { token })).status).toBe(204);
  });

  it('an enrolment that began before its user became an operator ends', async () => {
    const [operator, owner] = [other, await server.world.owner({ verified: true })];
    const { secret } = (await owner.api.post('/auth/mfa/totp')).body;
    expect((await operator.api.post('/platform/admins', { userId: owner.userId })).status).toBe(201);
    for (const steps of [0, 1]) {
      expect(refusal(await owner.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret, steps) }))).toEqual({ status: 409, code: 'no_second_factor' });
      await operator.api.delete(`/platform/admins/${owner.userId}`);
    }
  });

  it('a second factor that was set up before its user became an operator ends', async () => {
    const [operator, owner] = [other, await server.world.owner({ verified: true })];
    const { secret } = (await owner.api.post('/auth/mfa/totp')).body;
    expect((await owner.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) })).status).toBe(200);
    const { token: former } = await server.mailbox.waitFor(owner.email, 'authenticator app');
    for (let time = 0; time < 2; time += 1) expect((await operator.api.post('/platform/admins', { userId: owner.userId })).status).toBe(201);
    expect(refusal(await strict.api.as(owner.accessToken).get('/tenants'))).toEqual(required);
    expect((await strict.api.post('/auth/login', { email: owner.email, password: goodPassword })).body.accessToken).toEqual(expect.any(String));
    const renewed = (await owner.api.post('/auth/mfa/totp')).body;
    expect(refusal(await owner.api.post('/auth/mfa/totp/confirm', { code: codeOf(renewed.secret) }))).toEqual({ status: 403, code: 'mailbox_proof_needed' });
    const { token: mailedToken } = await server.mailbox.waitFor(owner.email, 'second factor');
    expect((await owner.api.post('/auth/mfa/totp/confirm', { code: codeOf(renewed.secret), mailedToken })).status).toBe(200);
    expect((await operator.api.post('/platform/admins', { userId: owner.userId })).status).toBe(201);
    expect((await strict.api.as(owner.accessToken).get('/tenants')).status).toBe(200);
    // The link of the factor that ended has ended too. The other one leaves the right of the operator.
    const undo = async (token: string | undefined): Promise<number> => (await server.api.post('/auth/mfa/totp/undo', { token })).status;
    expect(await undo(former)).toBe(410);
    expect(await undo((await server.mailbox.waitFor(owner.email, 'authenticator app', 2)).token)).toBe(204);
    expect((await strict.api.as(owner.accessToken).get('/tenants')).status).toBe(401);
    expect((await operator.api.delete(`/platform/admins/${owner.userId}`)).status).toBe(204);
  });

  it('a user who is no operator learns nothing, and the own routes of an operator stay open', async () => {
    const operator = await newOperator(strict);
    const owner = await strict.world.owner();
    expect(refusal(await owner.api.get('/tenants'))).toEqual({ status: 403, code: 'access_denied' });
    expect((await operator.api.get('/auth/me')).status).toBe(200);
    expect((await operator.api.get('/auth/sessions')).status).toBe(200);
  });

  it('no other token, key or spelling of a path goes around the second factor', async () => {
    const operator = await newOperator(strict);
    const { body } = await operator.api.post('/organizations', { name: strict.world.unique('own') });
    const switched = await operator.api.post('/auth/switch-organization', { organizationId: body.id });
    const { body: pair } = await strict.api.post('/auth/login', { email: operator.email, password: goodPassword });
    const refreshed = await strict.api.post('/auth/refresh', { refreshToken: pair.refreshToken });
    for (const { body: tokens } of [switched, refreshed]) expect(refusal(await strict.api.as(tokens.accessToken).get('/tenants'))).toEqual(required);
    const changed = await strict.api.as(refreshed.body.accessToken).post('/auth/password/change', { currentPassword: goodPassword, newPassword });
    expect(refusal(await strict.api.as(changed.body.accessToken).get('/tenants'))).toEqual(required);
    const api = strict.api.as(changed.body.accessToken);
    const { body: made } = await api.post(`/organizations/${body.id}/api-keys`, { name: 'Key', belongsTo: 'me', permissions: ['teams:read'] });
    expect(refusal(await strict.api.with({ 'x-api-key': made.key }).get('/tenants'))).toEqual({ status: 403, code: 'user_required' });
    for (const path of ['/tenants/', '/TENANTS', '/tenants?x=1', '/./tenants', '/%74enants']) expect([403, 404]).toContain((await api.get(path)).status);
    expect((await api.request('HEAD', '/tenants')).status).not.toBe(200);
  });

  it('an impersonation cannot start without a second factor of the operator', async () => {
    const operator = await newOperator(strict);
    const owner = await strict.world.owner();
    expect(refusal(await operator.api.post(`/tenants/${owner.organizationId}/impersonate`, { reason: 'Ticket 4711', scope: 'write' }))).toEqual(required);
  });
});
