import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { AuditedRoute } from '../../src/access/route-audit.js';
import { testDatabase } from '../support/database.js';
import { targetOf, type Answer, type Client } from '../support/client.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { itInBothRuns, some } from '../support/rounds.js';
import type { Person } from '../support/world.js';

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

interface Question {
  readonly permission?: string;
  readonly feature?: string;
  readonly meter?: string;
  readonly quantity?: number;
}

const check = (person: Person, question: Question): Promise<Answer> => person.api.post('/access/check', question);
const explain = async (person: Person, question: Question): Promise<Answer['body']> => (await person.api.post('/access/check', { ...question, explain: true })).body;

/** A member with a custom role of their own, `editor`, and with `grader` by the team Graders. */
async function member(): Promise<{ owner: Person; member: Person }> {
  const owner = await server.world.owner();
  const person = await server.world.member(owner);
  await owner.api.post(`${owner.home}/roles`, { key: 'editor', name: 'Editor', permissions: ['organization:update'] });
  await owner.api.post(`${owner.home}/roles`, { key: 'grader', name: 'Grader', permissions: ['invitations:read'] });
  await owner.api.patch(`${owner.home}/members/${person.userId}`, { customRoles: ['editor'] });
  const { body } = await owner.api.post(`${owner.home}/teams`, { name: 'Graders', roles: ['grader'] });
  await owner.api.put(`${owner.home}/teams/${body.id}/members/${person.userId}`);
  return { owner, member: person };
}

describe('a check', () => {
  it('a check returns the decision with the code and reason of a route', async () => {
    const { member: person } = await member();
    expect(await check(person, { permission: 'content:read' })).toMatchObject({ status: 200, body: { allowed: true } });
    expect(Object.keys((await check(person, { permission: 'content:read' })).body)).toEqual(['allowed']);
    const { body } = await check(person, { permission: 'members:write' });
    expect(body).toEqual({ allowed: false, code: 'access_denied', reason: 'This requires the permission members:write.' });
    expect(await person.api.delete(`${person.home}/members/${person.userId}`)).toMatchObject({ status: 403, body: { code: body.code, detail: body.reason } });
  });

  it('a check requires all named conditions', async () => {
    const { owner, member: person } = await member();
    expect((await check(owner, { permission: 'members:write', feature: 'custom_roles', meter: 'api_calls' })).body).toEqual({ allowed: true });
    expect((await check(person, { permission: 'members:write', feature: 'advanced_security', meter: 'api_calls', quantity: 10_001 })).body.code).toBe('access_denied');
    expect((await check(owner, { permission: 'members:write', feature: 'advanced_security', meter: 'api_calls', quantity: 10_001 })).body.code).toBe('feature_not_in_plan');
    expect((await check(owner, { permission: 'members:write', feature: 'custom_roles', meter: 'api_calls', quantity: 10_001 })).body.code).toBe('quota_exceeded');
    expect((await check(owner, {})).body).toEqual({ allowed: true });
  });

  let stranger: Person | undefined;
  it.each([
    ['permission', 'content:burn', 'unknown_permission'],
    ['permission', 'constructor', 'unknown_permission'],
    ['feature', 'flying', 'unknown_feature'],
    ['meter', 'miles', 'unknown_meter'],
  ])('an unknown %s (%s) is refused with 422', async (what, name, code) => {
    stranger ??= await server.world.owner();
    expect(await check(stranger, { [what]: name })).toMatchObject({ status: 422, body: { code, errors: [{ pointer: `/${what}` }] } });
  });

  it.each([{ quantity: 0 }, { quantity: -1 }, { quantity: '1' }, { meter: ['api_calls'] }, { organizationId: 'other' }])('%j is refused as malformed', async (body) => {
    stranger ??= await server.world.owner();
    expect(await stranger.api.post('/access/check', { meter: 'api_calls', ...body })).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });

  it('a quantity with more decimals than the meter has is refused', async () => {
    stranger ??= await server.world.owner();
    expect(await stranger.api.post('/access/check', { meter: 'api_calls', quantity: 1.5 })).toMatchObject({ status: 400, body: { code: 'too_many_decimals' } });
  });

  it('only members of the named organization can run a check', async () => {
    const [a, b] = [await member(), await member()];
    expect((await server.api.post('/access/check', { permission: 'content:read' })).status).toBe(401);
    expect((await a.owner.api.with({ 'x-tenant-id': b.owner.organizationId }).post('/access/check', { permission: 'content:read' })).body.code).toBe('tenant_mismatch');
    const { body } = await server.api.post('/auth/login', { email: a.member.email, password: 'correct horse battery staple' });
    const signedIn = server.api.as(body.accessToken);
    expect((await signedIn.with({ 'x-tenant-id': a.owner.organizationId }).post('/access/check', { permission: 'invitations:read' })).body.allowed).toBe(true);
    await a.owner.api.delete(`${a.owner.home}/members/${a.member.userId}`);
    expect(await check(a.member, { permission: 'content:read' })).toMatchObject({ status: 404, body: { code: 'organization_not_found' } });
    expect((await check(b.member, { permission: 'invitations:read' })).body.allowed).toBe(true);
  });
});

describe('an explanation', () => {
  it('the trace has each step in order and the role that grants the permission', async () => {
    const { owner, member: person } = await member();
    const [built, custom, ofTeam] = [
      { kind: 'role', key: 'member', team: null },
      { kind: 'custom_role', key: 'editor', team: null },
      { kind: 'team_role', key: 'grader', team: 'Graders' },
    ];
    const of = (kind: string, key: string | null = null): object[] => [{ kind, key, team: null }];
    const before = [
      { step: 'tenant', passed: true, source: `organization ${owner.organizationId}`, sources: of('organization', owner.organizationId), detail: expect.any(String) },
      { step: 'membership', passed: true, source: 'membership', sources: of('membership'), detail: 'member' },
      { step: 'policy', passed: true, source: 'security policy', sources: of('security_policy'), detail: 'met' },
      { step: 'roles', passed: true, source: 'role member, custom role editor, team Graders (role grader)', sources: [built, custom, ofTeam], detail: 'no minimum role' },
    ];
    for (const [permission, source, origin] of [
      ['content:read', 'role member', built],
      ['organization:update', 'custom role editor', custom],
      ['invitations:read', 'team Graders (role grader)', ofTeam],
    ] as const) {
      expect(await explain(person, { permission })).toEqual({
        allowed: true,
        trace: [...before, { step: 'permission', passed: true, source, sources: [origin], detail: permission }],
      });
    }
    expect(await explain(person, { permission: 'organization:delete', feature: 'advanced_security' })).toEqual({
      allowed: false,
      code: 'access_denied',
      reason: 'This requires the permission organization:delete.',
      trace: [...before, { step: 'permission', passed: false, source: 'none of the roles', sources: of('no_role'), detail: 'organization:delete' }],
    });
  });

  it('the trace about another member is that of the member, for those who see members and roles', async () => {
    const { owner, member: person } = await member();
    const about = (caller: Person, userId: string, permission: string): Promise<Answer> => caller.api.get(`${owner.home}/members/${userId}/access?permission=${permission}`);
    for (const permission of ['invitations:read', 'members:write']) {
      const { status, body } = await about(owner, person.userId, permission);
      expect([status, body]).toEqual([200, await explain(person, { permission })]);
    }
    expect((await about(owner, person.userId, 'unknown:thing')).body.code).toBe('unknown_permission');
    const stranger = await server.world.owner();
    expect((await about(owner, stranger.userId, 'members:read')).body.code).toBe('not_found');
    expect((await about(stranger, person.userId, 'members:read')).status).toBe(404);
  });

  it('the trace about another member needs both permissions, also of API keys, and does not judge the password', async () => {
    const { owner, member: person } = await member();
    const keyed = async (...permissions: string[]): Promise<Answer> => {
      const { body } = await owner.api.post(`${owner.home}/api-keys`, { name: 'Reader', permissions });
      return server.api.with({ 'x-api-key': body.key as string }).get(`${owner.home}/members/${person.userId}/access?permission=content:read`);
    };
    expect((await keyed('roles:read')).body).toMatchObject({ code: 'access_denied', needed: 'permission members:read' });
    expect((await keyed('members:read')).body).toMatchObject({ code: 'access_denied', needed: 'permission roles:read' });
    expect((await keyed('members:read', 'roles:read')).body).toMatchObject({ allowed: true });
    await owner.api.patch('/tenant/settings', { password_expiry_days: 30 });
    await database.query(`update users set password_changed_at = now() - interval '31 days' where id = $1`, [person.userId]);
    expect((await explain(person, { permission: 'content:read' })).code).toBe('password_expired');
    expect((await owner.api.get(`${owner.home}/members/${person.userId}/access?permission=content:read`)).body).toMatchObject({ allowed: true });
  });

  it('the trace names the plan that includes or lacks a feature', async () => {
    const owner = await server.world.owner();
    expect((await explain(owner, { feature: 'custom_roles' })).trace.at(-1)).toEqual({
      step: 'feature',
      passed: true,
      source: 'plan free',
      sources: [{ kind: 'plan', key: 'free', team: null }],
      detail: 'custom_roles',
    });
    const refused = await explain(owner, { feature: 'advanced_security', meter: 'api_calls' });
    expect(refused).toMatchObject({ allowed: false, code: 'feature_not_in_plan' });
    expect(refused.trace.at(-1)).toEqual({
      step: 'feature',
      passed: false,
      source: 'plan free',
      sources: [{ kind: 'plan', key: 'free', team: null }],
      detail: 'advanced_security',
    });
    await database.query(`update organizations set plan = 'enterprise' where id = $1`, [owner.organizationId]);
    expect((await explain(owner, { feature: 'advanced_security' })).trace.at(-1)).toEqual({
      step: 'feature',
      passed: true,
      source: 'plan enterprise',
      sources: [{ kind: 'plan', key: 'enterprise', team: null }],
      detail: 'advanced_security',
    });
  });

  it('the trace names the organization when it has switched the feature off', async () => {
    const owner = await server.world.owner();
    expect((await owner.api.patch('/tenant/features', { feature: 'custom_roles', enabled: false })).status).toBe(200);
    const refused = await explain(owner, { permission: 'roles:write', feature: 'custom_roles' });
    expect(refused).toMatchObject({ allowed: false, code: 'feature_disabled' });
    expect(refused.trace.at(-1)).toEqual({
      step: 'feature',
      passed: false,
      source: 'organization',
      sources: [{ kind: 'organization', key: null, team: null }],
      detail: 'custom_roles',
    });
    expect(await owner.api.post(`${owner.home}/roles`, { name: 'New', permissions: [] })).toMatchObject({
      status: 403,
      body: { code: 'feature_disabled', detail: refused.reason },
    });
  });

  it('an explanation contains the usage, the limit and the requested quantity of a meter', async () => {
    const owner = await server.world.owner();
    expect((await explain(owner, { meter: 'api_calls', quantity: 10_000 })).trace.at(-1)).toEqual({
      step: 'quota',
      passed: true,
      source: 'plan free',
      sources: [{ kind: 'plan', key: 'free', team: null }],
      detail: 'api_calls: 0 of 10000 used, 10000 requested',
    });
    expect(await explain(owner, { meter: 'api_calls', quantity: 10_001 })).toMatchObject({
      allowed: false,
      code: 'quota_exceeded',
      trace: expect.arrayContaining([
        { step: 'quota', passed: false, source: 'plan free', sources: [{ kind: 'plan', key: 'free', team: null }], detail: 'api_calls: 0 of 10000 used, 10001 requested' },
      ]),
    });
    await server.world.member(owner);
    expect((await explain(owner, { meter: 'seats', quantity: 23 })).trace.at(-1)).toMatchObject({ passed: true, detail: 'seats: 2 of 25 used, 23 requested' });
    expect((await explain(owner, { meter: 'seats', quantity: 24 })).code).toBe('quota_exceeded');
    await database.query(`update organizations set plan = 'enterprise' where id = $1`, [owner.organizationId]);
    expect((await explain(owner, { meter: 'api_calls', quantity: 1_000_000_000_000 })).trace.at(-1)).toMatchObject({
      passed: true,
      detail: expect.stringContaining('of unlimited used'),
    });
  });

  it.each([
    ['suspended', `update organizations set status = 'suspended' where id = $1`, 'organization_suspended'],
    ['cancelled', `update organizations set status = 'cancelled' where id = $1`, 'organization_cancelled'],
    ['maintenance', `update organizations set maintenance_mode = true where id = $1`, 'organization_in_maintenance'],
  ])('a closed organization (%s) is reported with the code of the routes', async (detail, sql, code) => {
    const cast = await member();
    const stranger = await server.world.owner();
    await database.query(sql, [cast.owner.organizationId]);
    for (const person of [cast.owner, cast.member]) {
      expect(await explain(person, { permission: 'teams:write' })).toEqual({
        allowed: false,
        code,
        reason: expect.any(String),
        trace: [
          {
            step: 'tenant',
            passed: false,
            source: `organization ${cast.owner.organizationId}`,
            sources: [{ kind: 'organization', key: cast.owner.organizationId, team: null }],
            detail,
          },
        ],
      });
      expect(await person.api.post(`${person.home}/teams`, { name: 'No' })).toMatchObject({ status: 403, body: { code } });
    }
    expect((await check(stranger, { permission: 'teams:write' })).body.allowed).toBe(true);
  });
});

describe('checks and routes', () => {
  /** The route as somebody calls it who has nothing to say: its guards judge, and then it finds nothing to do. */
  function call(api: Client, { method, path }: AuditedRoute, organizationId: string): Promise<Answer> {
    const filled = targetOf(path).replace(':organizationId', organizationId);
    return api.request(method, filled.replaceAll(/:\w+/g, '0192b8a0-0000-7000-8000-000000000000'), ['POST', 'PATCH', 'PUT'].includes(method) ? {} : undefined);
  }

  const codesOfGuards = ['access_denied', 'feature_not_in_plan', 'feature_disabled', 'user_required'];
  const roles = ['owner', 'nothing', 'member', 'admin', 'everything'] as const;

  /** Somebody in an organization of their own choice of role; the last two have custom roles that leave out, or add, nearly all. */
  async function someone(role: (typeof roles)[number]): Promise<{ readonly owner: Person; readonly person: Person }> {
    const owner = await server.world.owner();
    if (role === 'owner') return { owner, person: owner };
    if (role === 'admin' || role === 'member') return { owner, person: await server.world.member(owner, role) };
    const person = await server.world.member(owner);
    const all = role === 'nothing' ? [] : (await owner.api.get('/permissions')).body.data.map(({ key }: { key: string }) => key);
    await owner.api.post(`${owner.home}/roles`, { key: role, name: role, permissions: all });
    await owner.api.patch(`${owner.home}/members/${person.userId}`, { customRoles: [role] });
    return { owner, person };
  }

  /** What the owner of an organization is told about a member, and the member about themselves. */
  async function explanations(owner: Person, { userId, api }: Person, permission: string): Promise<readonly [unknown, unknown]> {
    const [of, own] = await Promise.all([
      owner.api.get(`${owner.home}/members/${userId}/access?permission=${permission}`),
      api.post('/access/check', { permission, explain: true }),
    ]);
    return [of.body, own.body];
  }

  itInBothRuns.each(some(roles, 3))('checks and routes agree about every permission and feature for %s, and so does the explanation for others', async (role) => {
    const { owner, person } = await someone(role);
    const deletesIt = ({ method, path }: AuditedRoute): boolean => method === 'DELETE' && path.endsWith('/:organizationId');
    const routes = (await server.control.routes()).filter(({ rule, gate }) => rule?.kind === 'permission' && gate?.plans === undefined);
    const ordered = [...routes.filter((route) => !deletesIt(route)), ...routes.filter(deletesIt)];
    for (const permission of new Set(routes.map(({ rule }) => (rule?.kind === 'permission' ? rule.permission : '')))) {
      const [ofOwner, own] = await explanations(owner, person, permission);
      expect(ofOwner).toEqual(own);
    }
    const answers: Record<string, readonly (string | undefined)[]> = {};
    for (const route of ordered) {
      if (route.rule?.kind !== 'permission') continue;
      const { code } = (await check(person, { permission: route.rule.permission, ...route.gate })).body;
      const { status, body } = await call(person.api, route, person.organizationId);
      expect(status).toBeLessThan(500);
      const refused = (status === 403 || status === 402) && codesOfGuards.includes(body.code) ? body.code : undefined;
      answers[`${route.method} ${route.path}`] = [code, refused];
    }
    expect(Object.entries(answers).filter(([, [checked, refused]]) => checked !== refused)).toEqual([]);
    const allowed = Object.values(answers).filter(([code]) => code === undefined).length;
    expect({ role, some: allowed > 0, all: Object.values(answers).every(([code]) => code !== 'access_denied') }).toEqual({
      role,
      some: true,
      all: ['owner', 'everything'].includes(role),
    });
  });

  it.each([
    ['suspended', `update organizations set status = 'suspended' where id = $1`],
    ['maintenance', `update organizations set maintenance_mode = true where id = $1`],
  ])('in a closed organization (%s), a permission is refused exactly if a route that needs it is', async (state, sql) => {
    const { owner, person } = await someone('admin');
    await database.query(sql, [owner.organizationId]);
    const refusal = state === 'suspended' ? 'organization_suspended' : 'organization_in_maintenance';
    const routes = (await server.control.routes()).filter(({ method, gate }) => method === 'GET' && gate === undefined);
    const found: Record<string, boolean> = {};
    const expected: Record<string, boolean> = {};
    for (const caller of [owner, person]) {
      for (const route of routes) {
        if (route.rule?.kind !== 'permission') continue;
        const { permission } = route.rule;
        // A permission to change something also opens reads, in which an owner has more.
        if (caller === owner && !permission.endsWith(':read') && route.rule.evenIf === undefined) continue;
        const key = `${caller === owner ? 'owner' : 'admin'} ${permission}`;
        const { body } = await call(caller.api, route, caller.organizationId);
        found[key] = found[key] === true || body?.code === refusal;
        expected[key] ??= (await check(caller, { permission })).body.code === refusal;
      }
    }
    expect(expected).toEqual(found);
    expect(expected['admin organization:export']).toBe(false);
    expect(expected['admin billing:manage']).toBe(state !== 'suspended');
    expect(expected['owner members:read']).toBe(state !== 'suspended');
  });

  it('the owner of a suspended organization can pay, and the checks say so', async () => {
    const owner = await server.world.owner();
    await database.query(`update organizations set status = 'suspended' where id = $1`, [owner.organizationId]);
    const [ofOwner, own] = await explanations(owner, owner, 'billing:manage');
    expect([ofOwner, own]).toEqual([own, expect.objectContaining({ allowed: true })]);
  });

  it('checks and routes agree on the permissions that /auth/me returns', async () => {
    const { owner, member: person } = await member();
    const all: string[] = (await owner.api.get('/permissions')).body.data.map(({ key }: { key: string }) => key);
    const held: string[] = (await person.api.get('/auth/me')).body.permissions;
    const allowed: string[] = [];
    for (const permission of all) if ((await check(person, { permission })).body.allowed === true) allowed.push(permission);
    expect(allowed.toSorted()).toEqual(held);
    expect(held.length).toBeLessThan(all.length);
  });
});
