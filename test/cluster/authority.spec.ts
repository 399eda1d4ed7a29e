import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Client } from '../support/client.js';
import { AttackedReplicas, crowd, outcome, outcomes } from '../support/attacked-replicas.js';
import { eventually } from '../support/eventually.js';
import { goodPassword, type Person } from '../support/world.js';

// Twenty callers, spread over two server processes, meet the end of an authority. test/http/authority.spec.ts walks all routes.

let attacked: AttackedReplicas;
beforeAll(async () => void (attacked = await AttackedReplicas.start()), 60_000);
afterAll(() => attacked.end());

const look = <Row = { count: number }>(sql: string, ...values: unknown[]): Promise<Row[]> => attacked.replicas.rows<Row>(sql, ...values);
const count = async (sql: string, ...values: unknown[]): Promise<number> => (await look(`select count(*)::integer ${sql}`, ...values))[0]?.count ?? 0;

const accept = (api: Client, token: string | undefined): Promise<Answer> => api.post('/invitations/accept', { token, name: 'Nell New', password: goodPassword });

/** The tokens of forty invitations. */
async function invitationsOf({ api, home }: Person, role: string): Promise<string[]> {
  const invitations = Array.from({ length: 2 * crowd }, () => ({ email: attacked.world.email(), role, delivery: 'link' }));
  const { status, body, text } = await api.post(`${home}/invitations`, { invitations });
  if (status !== 201) throw new Error(`inviting answered ${status}: ${text}`);
  return (body.data as { link: string }[]).map(({ link }) => new URL(link).searchParams.get('token') ?? '');
}

type Write = (mark: (client: Client) => Client) => Promise<Answer>;

/** Twenty writes of different routes that an owner may send, at the second replica. */
async function writesOf(owner: Person, actor: Person): Promise<Write[]> {
  const { home } = owner;
  const [victim, team, key, invited, role] = [
    await attacked.world.member(owner),
    (await owner.api.post(`${home}/teams`, { name: attacked.world.unique('team') })).body.id,
    (await owner.api.post(`${home}/api-keys`, { name: 'Key', permissions: ['teams:read'] })).body.id,
    (await owner.api.post(`${home}/invitations`, { email: attacked.world.email(), role: 'member', delivery: 'link' })).body.data[0].id,
    attacked.world.unique('role').replace('-', '_'),
  ];
  await owner.api.post(`${home}/roles`, { key: role, name: role, permissions: ['teams:read'] });
  const writes: [method: string, path: string, body?: object][] = [
    ['PATCH', '/tenant/settings', { session_timeout_minutes: 777 }],
    ['PATCH', '/tenant/custom-settings', { late: true }],
    ['PATCH', '/tenant/branding', { primaryColor: '#112233' }],
    ['PATCH', '/tenant/security', { allowedEmailDomains: ['late.example'] }],
    ['PATCH', '/tenant/compliance', { ferpa: true }],
    ['PATCH', '/tenant/features', { feature: 'custom_roles', enabled: false }],
    ['POST', '/tenant/domains', { kind: 'email', domain: `${attacked.world.unique('late')}.example` }],
    ['PATCH', home, { name: 'Late' }],
    ['POST', `${home}/invitations`, { email: attacked.world.email(), role: 'admin', delivery: 'link' }],
    ['DELETE', `${home}/invitations/${invited}`],
    ['POST', `${home}/members`, { email: attacked.world.email(), role: 'admin' }],
    ['PATCH', `${home}/members/${victim.userId}`, { role: 'admin' }],
    ['DELETE', `${home}/members/${victim.userId}`],
    ['POST', `${home}/roles`, { key: `${role}_late`, name: 'Late', permissions: [] }],
    ['DELETE', `${home}/roles/${role}`],
    ['POST', `${home}/teams`, { name: 'Late' }],
    ['PUT', `${home}/teams/${team}/members/${victim.userId}`],
    ['POST', `${home}/api-keys`, { name: 'Late', permissions: ['settings:write'] }],
    ['POST', `${home}/api-keys/${key}/rotate`, {}],
    ['DELETE', `${home}/api-keys/${key}`],
  ];
  return writes.map(
    ([method, path, body]) =>
      (mark) =>
        mark(attacked.as(actor.api, 1)).request(method, path, body),
  );
}

describe('twenty writes of different routes that wait on one replica', () => {
  const operatorOf = (): Client => attacked.operator(0);
  const endings: Readonly<Record<string, { readonly end: (of: { owner: Person; actor: Person }) => Promise<Answer>; readonly refusals: readonly string[] }>> = {
    'was removed': { end: ({ owner, actor }) => owner.api.delete(`${owner.home}/members/${actor.userId}`), refusals: ['404 organization_not_found'] },
    'was demoted': {
      end: ({ owner, actor }) => owner.api.patch(`${owner.home}/members/${actor.userId}`, { role: 'member' }),
      // A member has own keys, and the key of the organization is none of them.
      refusals: ['403 access_denied', '409 authority_changed', '404 not_found'],
    },
    'was disabled': { end: ({ actor }) => operatorOf().post(`/platform/users/${actor.userId}/disable`), refusals: ['401 session_ended'] },
    'ended their other sessions elsewhere': { end: async ({ actor }) => (await attacked.logIn(actor.email)).delete('/auth/sessions'), refusals: ['401 session_ended'] },
    'works in an organization that was suspended': {
      end: ({ owner }) => operatorOf().post(`/tenants/${owner.organizationId}/suspend`, { reason: 'Unpaid' }),
      refusals: ['403 organization_suspended'],
    },
  };
  it.each(Object.keys(endings))('no write of an owner commits after another replica has answered that the owner %s', async (name) => {
    const { end, refusals } = endings[name] as (typeof endings)[string];
    const owner = await attacked.subscriber();
    const actor = await attacked.world.member(owner, 'owner');
    const before = await count(`from memberships where organization_id = $1`, owner.organizationId);
    const writes = await writesOf(owner, actor);
    const { changed, answers, landed } = await attacked.overtake(owner.organizationId, () => end({ owner, actor }), writes);
    expect(changed.status).toBeLessThan(300);
    expect(landed).toEqual([]);
    expect(answers.map(outcome).filter((each) => !refusals.includes(each))).toEqual([]);
    expect(await count(`from memberships where organization_id = $1`, owner.organizationId)).toBe(before + 1 - (name === 'was removed' ? 1 : 0));
  });

  it('no write commits once another replica has answered that its user is disabled', async () => {
    const owner = await attacked.subscriber();
    const writing = new AbortController();
    const seen = new Set<string>();
    const writers = Array.from({ length: crowd }, async (_, number) => {
      const api = attacked.as(owner.api, number);
      while (!writing.signal.aborted) seen.add(outcome(await api.post(`${owner.home}/teams`, { name: attacked.world.unique('parallel') })));
    });
    const teams = (): Promise<number> => count('from teams where organization_id = $1', owner.organizationId);
    await eventually(teams, (written) => written > 2 * crowd, 20_000);
    const disabled = await attacked.operator(1).post(`/platform/users/${owner.userId}/disable`);
    const written = await teams();
    await eventually(async () => seen.has('401 session_ended'), Boolean);
    writing.abort();
    await Promise.all(writers);
    expect({ status: disabled.status, teams: await teams() }).toEqual({ status: 200, teams: written });
    expect([...seen].toSorted()).toEqual(['201', '401 session_ended']);
  });
});

describe('what a removed member granted', () => {
  it('no invitation of an admin is accepted on either replica after the removal of the admin was answered', async () => {
    const owner = await attacked.subscriber();
    const admin = await attacked.world.member(owner, 'admin');
    const tokens = await invitationsOf(admin, 'admin');
    const [before, after] = [tokens.slice(0, crowd), tokens.slice(crowd)];
    const removal = owner.api.delete(`${owner.home}/members/${admin.userId}`);
    const during = await attacked.crowd((api, number) => accept(api, before[number]));
    expect((await removal).status).toBe(204);
    const late = await attacked.crowd((api, number) => accept(api, after[number]));
    expect(Object.keys(outcomes(during)).filter((each) => !['201', '410 invitation_void'].includes(each))).toEqual([]);
    expect(outcomes(late)).toEqual({ '410 invitation_void': crowd });
    const { 201: accepted = 0 } = outcomes(during);
    expect(await count('from memberships where organization_id = $1', owner.organizationId)).toBe(1 + accepted);
  });

  it('no key of a removed admin works on either replica after the removal was answered', async () => {
    const owner = await attacked.subscriber();
    const admin = await attacked.world.member(owner, 'admin');
    const body = { name: 'Key', permissions: ['usage:write'] };
    const keys = [await admin.api.post(`${owner.home}/api-keys`, body), await admin.api.post(`${owner.home}/api-keys`, { ...body, belongsTo: 'me' })].map(
      (made) => made.body.key as string,
    );
    const write = (): Promise<Answer[]> => attacked.crowd((api, number) => api.as(keys[number % 4 < 2 ? 0 : 1]).post('/usage/consume', { meter: 'storage_gb', quantity: 1 }));
    expect(outcomes(await write())).toEqual({ 200: crowd });
    const [removed] = await Promise.all([owner.api.delete(`${owner.home}/members/${admin.userId}`), write()]);
    const consumed = await count('from usage_events where organization_id = $1', owner.organizationId);
    expect(removed.status).toBe(204);
    expect(outcomes(await write())).toEqual({ '401 invalid_api_key': crowd / 2, '403 api_key_needs_review': crowd / 2 });
    expect(await count('from usage_events where organization_id = $1', owner.organizationId)).toBe(consumed);
  });
});

describe('operators', () => {
  async function impersonate(operator: Person, { organizationId, userId }: Person): Promise<Client> {
    const { status, body, text } = await operator.api.post(`/tenants/${organizationId}/impersonate`, { userId, reason: 'Ticket 4711', scope: 'write' });
    if (status !== 200) throw new Error(`impersonate answered ${status}: ${text}`);
    return attacked.at(0).as(body.accessToken);
  }

  it('an impersonation on both replicas ends with the right of its operator', async () => {
    const [operator, owner] = [await attacked.newOperator(), await attacked.world.owner()];
    const acting = await impersonate(operator, owner);
    const write = (): Promise<Answer[]> => attacked.crowd((_, number) => attacked.as(acting, number).patch('/tenant/custom-settings', { [`help ${number}`]: Math.random() }));
    const settings = async (): Promise<unknown> => (await owner.api.get('/tenant/custom-settings')).body;
    expect(outcomes(await write())).toEqual({ 200: crowd });
    const [during, removed] = await Promise.all([write(), attacked.operator(1).delete(`/platform/admins/${operator.userId}`)]);
    expect(removed.status).toBe(204);
    expect(Object.keys(outcomes(during)).filter((each) => !['200', '401 session_ended'].includes(each))).toEqual([]);
    const before = await settings();
    expect(outcomes(await write())).toEqual({ '401 session_ended': crowd });
    expect(await settings()).toEqual(before);
  });

  it('an operator who is removed begins no impersonation on the other replica', async () => {
    const [operator, owner] = [await attacked.newOperator(), await attacked.world.owner()];
    const begin = (): Promise<Answer[]> =>
      attacked.crowd((_, number) => attacked.as(operator.api, number).post(`/tenants/${owner.organizationId}/impersonate`, { userId: owner.userId, reason: 'Ticket 4711' }));
    const [begun, removed] = await Promise.all([begin(), attacked.operator(1).delete(`/platform/admins/${operator.userId}`)]);
    expect(removed.status).toBe(204);
    const uses = await attacked.crowd((_, number) =>
      attacked
        .at(number)
        .as(begun[number]?.body?.accessToken ?? 'none')
        .get(`${owner.home}/teams`),
    );
    expect(uses.filter(({ status }) => status < 400)).toEqual([]);
    expect(outcomes(await begin())).toEqual({ '403 access_denied': crowd });
  });

  it('of operators who all remove each other on both replicas one remains, who is not refused', async () => {
    const operators = await Promise.all(Array.from({ length: 5 }, () => attacked.newOperator()));
    const first = await attacked.operator().get('/platform/admins');
    const firstId = (first.body.data as { userId: string; email: string }[]).find(({ email }) => email === 'operator@example.com')?.userId;
    const all = [...operators.map(({ userId, api }) => ({ userId, api })), { userId: firstId ?? '', api: attacked.operator() }];
    await attacked.crowd((_, number) => {
      const [actor, target] = [all[number % all.length], all[(number + 1 + Math.floor(number / all.length)) % all.length]] as [(typeof all)[number], (typeof all)[number]];
      const api = attacked.as(actor.api, number);
      return number % 5 === 4 ? api.post(`/platform/users/${target.userId}/disable`) : api.delete(`/platform/admins/${target.userId}`);
    }, 2 * crowd);
    const left = await look<{ id: string }>('select u.id from platform_admins a join users u on u.id = a.user_id where u.disabled_at is null');
    expect(left.length).toBeGreaterThan(0);
    const last = all.find(({ userId }) => userId === left[0]?.id);
    for (const { id } of left.slice(1)) expect((await attacked.as(last?.api ?? {}, 0).delete(`/platform/admins/${id}`)).status).toBe(204);
    const answers = await attacked.crowd((_, number) => attacked.as(last?.api ?? {}, number).delete(`/platform/admins/${last?.userId}`));
    expect(outcomes(answers)).toEqual({ '409 last_operator': crowd });
    // The tests after this one need their operator.
    await look(`update users set disabled_at = null where id = $1`, firstId);
    await look('insert into platform_admins (user_id) values ($1) on conflict do nothing', firstId);
  });
});

describe('owners', () => {
  it('of four owners who demote, remove and leave on both replicas at least one remains', async () => {
    const first = await attacked.subscriber();
    const owners = [first];
    for (let index = 1; index < 4; index += 1) owners.push(await attacked.world.member(first, 'owner'));
    const answers = await attacked.crowd((_, number) => {
      const [actor, target] = [owners[number % 4], owners[(number + Math.floor(number / 4)) % 4]] as [Person, Person];
      const api = attacked.as(actor.api, number);
      const path = `${first.home}/members/${target.userId}`;
      if (number % 3 === 0) return api.patch(path, { role: 'member' });
      return number % 3 === 1 ? api.delete(path) : api.post(`${first.home}/leave`);
    });
    const { rows } = { rows: await look<{ user_id: string }>(`select user_id from memberships where organization_id = $1 and role = 'owner'`, first.organizationId) };
    expect(rows.length).toBeGreaterThan(0);
    expect(answers.some(({ status }) => status < 300)).toBe(true);
    const last = owners.find(({ userId }) => userId === rows[0]?.user_id) as Person;
    for (const { user_id: id } of rows.slice(1)) expect((await last.api.delete(`${first.home}/members/${id}`)).status).toBe(204);
    const demotions = await attacked.crowd((_, number) => attacked.as(last.api, number).patch(`${first.home}/members/${last.userId}`, { role: 'member' }));
    expect(outcomes(demotions)).toEqual({ '409 last_owner': crowd });
  });

  it('nobody becomes a member of an organization after its deletion was answered', async () => {
    const owner = await attacked.subscriber();
    const tokens = await invitationsOf(owner, 'member');
    const [during, deleted] = await Promise.all([attacked.crowd((api, number) => accept(api, tokens[number])), attacked.as(owner.api, 1).delete(owner.home)]);
    expect(deleted.status).toBe(204);
    const members = await count('from memberships where organization_id = $1', owner.organizationId);
    expect(members).toBe(1 + during.filter(({ status }) => status === 201).length);
    const late = await attacked.crowd((api, number) => accept(api, tokens[crowd + number]));
    expect(late.filter(({ status }) => status < 400)).toEqual([]);
    expect(await count('from memberships where organization_id = $1', owner.organizationId)).toBe(members);
    const uses = await attacked.crowd((api, number) => api.as(during[number]?.body?.accessToken ?? owner.api.token).post(`${owner.home}/teams`, { name: 'Late' }));
    expect(uses.filter(({ status }) => status < 400)).toEqual([]);
  });
});
