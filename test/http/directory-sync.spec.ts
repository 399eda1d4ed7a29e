import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { testDatabase } from '../support/database.js';
import {
  coreGroup,
  coreUser,
  enterprise,
  errorSchema,
  makeCompany,
  makeDirectory,
  origin,
  patchOp,
  person,
  Scim,
  searchRequest,
  type Company,
  type ScimAnswer,
} from '../support/directories/directories.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { itInBothRuns, rounds } from '../support/rounds.js';
import type { Person } from '../support/world.js';

let server: TestServer;
let replica: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  [server, replica] = [await startTestServer(), await startTestServer()];
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await replica.close();
  await server.close();
});

const company = (): Promise<Company> => makeCompany(server, database);
const directoryOf = (owner: Person): Promise<Scim> => makeDirectory(server, owner);

const membersOf = async ({ owner }: Company): Promise<string[]> => (await owner.api.get(`${owner.home}/members?limit=100`)).body.data.map(({ email }: { email: string }) => email);
const stateOf = async ({ owner, path }: Company, id: string): Promise<unknown> =>
  (await owner.api.get(`${path}/users?limit=100`)).body.data
    .filter((user: { id: string }) => user.id === id)
    .map(({ state, reason }: { state: string; reason: string }) => [state, reason])[0];

describe('provisioning', () => {
  it('a user at a proved domain becomes a member with a verified account', async () => {
    const firm = await company();
    const made = await firm.scim.post('/Users', person(firm.domain, 'ann'));
    expect(made.text).toContain('ann');
    expect([made.status, made.headers.get('content-type'), made.headers.get('location')]).toEqual([201, 'application/scim+json; charset=utf-8', made.body.meta.location]);
    expect(made.body).toMatchObject({
      schemas: [coreUser],
      userName: `ann@${firm.domain}`,
      externalId: 'ext-ann',
      active: true,
      meta: { resourceType: 'User', version: made.headers.get('etag') },
    });
    expect(await membersOf(firm)).toContain(`ann@${firm.domain}`);
    expect(await stateOf(firm, made.body.id)).toEqual(['member', null]);
  });

  it('a user at another domain waits, with a reason, and gets no account', async () => {
    const firm = await company();
    const address = `eve@${server.world
      .unique('x')
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')}.example`;
    const made = await firm.scim.post('/Users', { ...person('other.example', 'eve'), userName: address, emails: [{ value: address, primary: true }] });
    expect(made.status).toBe(201);
    expect(await stateOf(firm, made.body.id)).toEqual(['pending', 'domain_not_proved']);
    expect((await database.query('select 1 from users where email = $1', [address])).rowCount).toBe(0);
  });

  it('an existing account at another domain is never linked by its address', async () => {
    const [firm, other] = [await company(), await server.world.owner()];
    const made = await firm.scim.post('/Users', { schemas: [coreUser], userName: other.email, active: true });
    expect(await stateOf(firm, made.body.id)).toEqual(['pending', 'domain_not_proved']);
    expect(await membersOf(firm)).not.toContain(other.email);
  });

  it.each([false, 'False', 'false'])('active %j ends the membership on every replica, and true restores it', async (active) => {
    const firm = await company();
    const { body } = await firm.scim.post('/Users', person(firm.domain, 'bob'));
    expect((await firm.scim.patch(`/Users/${body.id}`, { op: 'Replace', path: 'active', value: active })).body).toMatchObject({ active: false });
    expect(await membersOf(firm)).not.toContain(`bob@${firm.domain}`);
    expect((await firm.scim.patch(`/Users/${body.id}`, { op: 'Replace', value: { active: 'True' } })).body).toMatchObject({ active: true });
    expect(await membersOf(firm)).toContain(`bob@${firm.domain}`);
  });

  itInBothRuns('a deactivated member is refused by the next request on another replica, with session and personal key, each time', async () => {
    const firm = await company();
    const member = await server.world.member(firm.owner);
    await database.query(`update users set email = $2, email_verified_at = now() where id = $1`, [member.userId, `carl@${firm.domain}`]);
    const { body: user } = await firm.scim.post('/Users', person(firm.domain, 'carl'));
    expect(await stateOf(firm, user.id)).toEqual(['member', null]);
    const path = `${origin(replica)}/api/v1${member.home}/members`;
    const status = async (headers: Record<string, string>): Promise<number> => (await fetch(path, { headers })).status;
    const session = { authorization: `Bearer ${member.accessToken}` };
    const active = (value: boolean): Promise<ScimAnswer> => firm.scim.patch(`/Users/${user.id}`, { op: 'replace', path: 'active', value });
    for (let round = 0; round < rounds(4, 200); round += 1) {
      const key = await member.api.post(`${member.home}/api-keys`, { name: 'Own', permissions: ['members:read'], belongsTo: 'me' });
      const personal = { 'x-api-key': key.body.key as string };
      expect([await status(session), await status(personal)]).toEqual([200, 200]);
      await active(false);
      expect([await status(session), await status(personal)]).toEqual([404, 401]);
      await active(true);
    }
    expect(await status(session)).toBe(200);
  });

  it('a member who was removed by hand is not one in the list, and comes back only when somebody tries again', async () => {
    const firm = await company();
    const { body: user } = await firm.scim.post('/Users', person(firm.domain, 'ida'));
    const [{ userId }] = (await firm.owner.api.get(`${firm.owner.home}/members?search=ida`)).body.data;
    await firm.owner.api.delete(`${firm.owner.home}/members/${userId}`);
    await firm.scim.patch(`/Users/${user.id}`, { op: 'replace', path: 'title', value: 'Lead' });
    expect(await stateOf(firm, user.id)).toEqual(['pending', 'membership_ended']);
    expect((await firm.owner.api.get(`${firm.path}/users?state=pending`)).body.data.map(({ id }: { id: string }) => id)).toEqual([user.id]);
    expect(await firm.owner.api.post(`${firm.path}/users/${user.id}/retry`)).toMatchObject({ status: 200, body: { state: 'member', userId } });
    expect((await firm.owner.api.get(`${firm.path}/users?state=member`)).body.data.map(({ id }: { id: string }) => id)).toEqual([user.id]);
    expect((await firm.owner.api.get(`${firm.path}/users?state=pending`)).body.data).toEqual([]);
  });

  it('a user who is activated again needs a proved domain again', async () => {
    const firm = await company();
    const { body: user } = await firm.scim.post('/Users', person(firm.domain, 'jan'));
    const activate = (value: boolean): Promise<ScimAnswer> => firm.scim.patch(`/Users/${user.id}`, { op: 'replace', path: 'active', value });
    await activate(false);
    await database.query('update domains set failing_since = now() where organization_id = $1', [firm.owner.organizationId]);
    await activate(true);
    expect(await stateOf(firm, user.id)).toEqual(['pending', 'domain_not_proved']);
    expect(await firm.owner.api.post(`${firm.path}/users/${user.id}/retry`)).toMatchObject({ status: 200, body: { reason: 'domain_not_proved' } });
    await database.query('update domains set failing_since = null where organization_id = $1', [firm.owner.organizationId]);
    expect(await firm.owner.api.post(`${firm.path}/users/${user.id}/retry`)).toMatchObject({ status: 200, body: { state: 'member' } });
  });

  it('the last owner cannot be deactivated or deleted', async () => {
    const firm = await company();
    await database.query(`update users set email = $2, email_verified_at = now() where id = $1`, [firm.owner.userId, `boss@${firm.domain}`]);
    const { body } = await firm.scim.post('/Users', person(firm.domain, 'boss'));
    expect(await firm.scim.patch(`/Users/${body.id}`, { op: 'replace', path: 'active', value: false })).toMatchObject({ status: 409, body: { status: '409' } });
    expect((await firm.scim.delete(`/Users/${body.id}`)).status).toBe(409);
    expect(await membersOf(firm)).toContain(`boss@${firm.domain}`);
  });

  it('a deleted user comes back with the same account by its externalId, and never by its address', async () => {
    const firm = await company();
    const first = await firm.scim.post('/Users', person(firm.domain, 'dora'));
    expect([(await firm.scim.delete(`/Users/${first.body.id}`)).status, (await firm.scim.get(`/Users/${first.body.id}`)).status]).toEqual([204, 404]);
    expect(await membersOf(firm)).not.toContain(`dora@${firm.domain}`);
    const other = await firm.scim.post('/Users', person(firm.domain, 'dora', { externalId: 'another' }));
    expect(await stateOf(firm, other.body.id)).toEqual(['pending', 'account_linked']);
    await firm.scim.delete(`/Users/${other.body.id}`);
    const again = await firm.scim.post('/Users', person(firm.domain, 'dora'));
    expect(await stateOf(firm, again.body.id)).toEqual(['member', null]);
  });

  it('an account has one user in all directories of the organization, and moves to another directory when the first one ends', async () => {
    const firm = await company();
    const { owner } = firm;
    const next = await directoryOf(owner);
    const nextFirm = { ...firm, scim: next, path: `${owner.home}/directories/${next.directoryId}` };
    const { body: first } = await firm.scim.post('/Users', person(firm.domain, 'max'));
    const { body: second } = await next.post('/Users', person(firm.domain, 'max'));
    expect([await stateOf(firm, first.id), await stateOf(nextFirm, second.id)]).toEqual([
      ['member', null],
      ['pending', 'account_linked'],
    ]);
    await next.patch(`/Users/${second.id}`, { op: 'replace', path: 'active', value: false });
    expect(await membersOf(firm)).toContain(`max@${firm.domain}`);
    await next.patch(`/Users/${second.id}`, { op: 'replace', path: 'active', value: true });
    await firm.scim.delete(`/Users/${first.id}`);
    await next.patch(`/Users/${second.id}`, { op: 'replace', path: 'title', value: 'Lead' });
    expect(await stateOf(nextFirm, second.id)).toEqual(['member', null]);
    expect(await firm.scim.post('/Users', person(firm.domain, 'max'))).toMatchObject({ status: 409, body: { scimType: 'uniqueness', detail: expect.stringContaining('account') } });
    expect((await next.delete(`/Users/${second.id}`)).status).toBe(204);
    expect(await stateOf(firm, (await firm.scim.post('/Users', person(firm.domain, 'max'))).body.id)).toEqual(['member', null]);
    const { body: back } = await next.post('/Users', person(firm.domain, 'max', { externalId: 'new' }));
    expect(await stateOf(nextFirm, back.id)).toEqual(['pending', 'account_linked']);
    expect((await owner.api.delete(firm.path)).status).toBe(204);
    expect(await membersOf(firm)).toContain(`max@${firm.domain}`);
  });

  it('another address in the directory changes no account, and takes none over', async () => {
    const [firm, other] = [await company(), await server.world.owner()];
    const { body: user } = await firm.scim.post('/Users', person(firm.domain, 'tom'));
    const rename = { op: 'replace', value: { userName: other.email, 'emails[type eq "work"].value': other.email } };
    expect(await firm.scim.patch(`/Users/${user.id}`, rename)).toMatchObject({ status: 200, body: { userName: other.email, emails: [{ value: other.email }] } });
    expect(await membersOf(firm)).toContain(`tom@${firm.domain}`);
    for (const active of [false, true]) await firm.scim.patch(`/Users/${user.id}`, { op: 'replace', path: 'active', value: active });
    expect(await stateOf(firm, user.id)).toEqual(['member', null]);
    expect(await membersOf(firm)).toEqual(expect.not.arrayContaining([other.email]));
    expect((await database.query('select id from users where email = $1', [other.email])).rows).toEqual([{ id: other.userId }]);
  });

  it.each(['suspended', 'cancelled'])('nothing is read or changed while the organization is %s', async (status) => {
    const firm = await company();
    const { body: user } = await firm.scim.post('/Users', person(firm.domain, 'sam'));
    await database.query('update organizations set status = $2, access_version = access_version + 1 where id = $1', [firm.owner.organizationId, status]);
    for (const answer of [await firm.scim.get('/Users'), await firm.scim.delete(`/Users/${user.id}`)])
      expect(answer).toMatchObject({ status: 403, body: { schemas: [errorSchema], status: '403' } });
  });

  it('of parallel creations of one user one succeeds', async () => {
    const firm = await company();
    const answers = await Promise.all(Array.from({ length: 6 }, () => firm.scim.post('/Users', person(firm.domain, 'fay'))));
    expect(answers.map(({ status, body }) => [status, body.scimType]).sort()).toEqual([[201, undefined], ...Array.from({ length: 5 }, () => [409, 'uniqueness'])]);
  });

  it('parallel changes of one user all end, and none is an error of the server', async () => {
    const firm = await company();
    const { body } = await firm.scim.post('/Users', person(firm.domain, 'kim'));
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => firm.scim.patch(`/Users/${body.id}`, { op: 'replace', path: 'active', value: n % 2 === 0 })));
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([]);
  });

  it.each(['userName', 'externalId'])('a very long %s is refused', async (name) => {
    const firm = await company();
    expect(await firm.scim.post('/Users', person(firm.domain, 'lea', { [name]: 'ü'.repeat(501) }))).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
  });

  it('an address that no mail server accepts is none', async () => {
    const firm = await company();
    const { body } = await firm.scim.post('/Users', person(firm.domain, 'lou', { emails: [{ value: `${'a'.repeat(1500)}@${firm.domain}` }] }));
    expect(await stateOf(firm, body.id)).toEqual(['pending', 'no_address']);
  });

  it('a full plan answers a clear error, and changes nothing', async () => {
    const firm = await company();
    await database.query(`insert into entitlement_overrides (organization_id, id, kind, key, units) values ($1, $2, 'limit', 'seats', 1)`, [
      firm.owner.organizationId,
      randomUUID(),
    ]);
    const made = await firm.scim.post('/Users', person(firm.domain, 'gus'));
    expect([made.status, made.body.detail]).toEqual([403, expect.stringContaining('seats are in use')]);
    expect((await firm.scim.get('/Users')).body.totalResults).toBe(0);
  });
});

describe('groups', () => {
  it('give nothing until they are mapped, and then what the mapping says', async () => {
    const firm = await company();
    const { owner, scim, path } = firm;
    const team = await owner.api.post(`${owner.home}/teams`, { name: 'Ops' });
    const role = await owner.api.post(`${owner.home}/roles`, { name: 'Auditor', permissions: ['audit:read'] });
    const { body: ann } = await scim.post('/Users', person(firm.domain, 'ann'));
    const { body: group } = await scim.post('/Groups', { schemas: [coreGroup], displayName: 'Admins', members: [{ value: ann.id }] });
    const member = async (): Promise<unknown> => {
      const { role: base, customRoles, teams } = (await owner.api.get(`${owner.home}/members?search=ann`)).body.data[0];
      return [base, customRoles, teams.map(({ name }: { name: string }) => name)];
    };
    expect(await member()).toEqual(['member', [], []]);
    const mapped = await owner.api.put(`${path}/groups/${group.id}/mapping`, { role: 'admin', customRoles: [role.body.key], teamIds: [team.body.id] });
    expect([mapped.status, mapped.body.members]).toEqual([200, 1]);
    expect(await member()).toEqual(['admin', [role.body.key], ['Ops']]);
    await scim.patch(`/Groups/${group.id}`, { op: 'Remove', path: `members[value eq "${ann.id}"]` });
    expect(await member()).toEqual(['member', [], []]);
    await scim.patch(`/Groups/${group.id}`, { op: 'Add', path: 'members', value: [{ $ref: null, value: ann.id }] });
    expect(await member()).toEqual(['admin', [role.body.key], ['Ops']]);
    await scim.patch(`/Groups/${group.id}`, { op: 'Remove', path: 'members', value: [{ $ref: `https://api.example.com/scim/v2/Users/${ann.id.toUpperCase()}` }] });
    expect(await member()).toEqual(['member', [], []]);
    await scim.patch(`/Groups/${group.id}`, { op: 'Add', path: 'members', value: [{ $ref: `../Users/${ann.id}` }] });
    expect(await member()).toEqual(['admin', [role.body.key], ['Ops']]);
    await scim.delete(`/Groups/${group.id}`);
    expect(await member()).toEqual(['member', [], []]);
  });

  it('a role and a team that were given by hand stay', async () => {
    const firm = await company();
    const { owner, scim, path } = firm;
    const team = await owner.api.post(`${owner.home}/teams`, { name: 'Ops' });
    const { body: ann } = await scim.post('/Users', person(firm.domain, 'ann'));
    const [{ userId }] = (await owner.api.get(`${owner.home}/members?search=ann`)).body.data;
    await owner.api.put(`${owner.home}/teams/${team.body.id}/members/${userId}`, undefined);
    await owner.api.patch(`${owner.home}/members/${userId}`, { role: 'admin' });
    const { body: group } = await scim.post('/Groups', { schemas: [coreGroup], displayName: 'Staff', members: [{ value: ann.id }] });
    expect((await owner.api.put(`${path}/groups/${group.id}/mapping`, { role: 'member', teamIds: [team.body.id] })).status).toBe(200);
    await scim.delete(`/Groups/${group.id}`);
    const [after] = (await owner.api.get(`${owner.home}/members?search=ann`)).body.data;
    expect([after.role, after.teams.length]).toEqual(['admin', 1]);
  });

  it('a member cannot map a role that exceeds their own', async () => {
    const firm = await company();
    const admin = await server.world.member(firm.owner, 'admin');
    const { body: group } = await firm.scim.post('/Groups', { schemas: [coreGroup], displayName: 'Owners' });
    expect(await admin.api.put(`${firm.path}/groups/${group.id}/mapping`, { role: 'owner' })).toMatchObject({ status: 403, body: { code: 'role_too_high' } });
  });

  it('a thousand operations on the members of a group take effect in their order', async () => {
    const firm = await company();
    const [ann, ben] = [(await firm.scim.post('/Users', person(firm.domain, 'ann'))).body.id, (await firm.scim.post('/Users', person(firm.domain, 'ben'))).body.id];
    const { body: group } = await firm.scim.post('/Groups', { schemas: [coreGroup], displayName: 'Staff', members: [{ value: ann }] });
    const members = async (): Promise<string[]> => (await firm.scim.get(`/Groups/${group.id}`)).body.members.map(({ value }: { value: string }) => value);
    const pairs = Array.from({ length: 499 }, () => [
      { op: 'remove', path: `members[value eq "${ann}"]` },
      { op: 'add', path: 'members', value: [{ value: ann }] },
    ]).flat();
    const last = { op: 'add', value: { members: [{ value: ben.toUpperCase() }] } };
    expect((await firm.scim.patch(`/Groups/${group.id}`, ...pairs, last, { op: 'remove', path: `members[value eq "${ann.toUpperCase()}"]` })).status).toBe(204);
    expect(await members()).toEqual([ben]);
    expect((await firm.scim.patch(`/Groups/${group.id}`, { op: 'replace', path: 'members', value: [{ value: ann }] })).status).toBe(204);
    expect(await members()).toEqual([ann]);
    expect((await firm.scim.patch(`/Groups/${group.id}`, { op: 'remove', path: `members[value sw "${ann}"]` })).status).toBe(204);
    expect(await members()).toEqual([]);
    await firm.scim.patch(`/Groups/${group.id}`, { op: 'add', path: 'members', value: [{ value: ann }, { value: ben }] });
    expect((await firm.scim.patch(`/Groups/${group.id}`, { op: 'remove', path: 'members' })).status).toBe(204);
    expect(await members()).toEqual([]);
  });

  it('parallel changes of the members of a group lose none', async () => {
    const firm = await company();
    const users = [];
    for (let n = 0; n < 5; n += 1) users.push((await firm.scim.post('/Users', person(firm.domain, `u${n}`))).body.id as string);
    const { body: group } = await firm.scim.post('/Groups', { schemas: [coreGroup], displayName: 'All' });
    const answers = await Promise.all(users.map((value) => firm.scim.patch(`/Groups/${group.id}`, { op: 'add', path: 'members', value: [{ value }] })));
    expect(answers.map(({ status, text }) => [status, text])).toEqual(users.map(() => [204, '']));
    const { body } = await firm.scim.get(`/Groups/${group.id}`);
    expect(body.members.map(({ value }: { value: string }) => value).sort()).toEqual(users.toSorted());
    expect((await firm.scim.get(`/Groups/${group.id}?excludedAttributes=members`)).body).not.toHaveProperty('members');
  });
});

describe('without the feature', () => {
  const lose = {
    'in the plan': ({ owner }: Company) => database.query(`update organizations set plan = 'free' where id = $1`, [owner.organizationId]),
    'by the choice of the organization': async ({ owner }: Company) =>
      expect((await owner.api.patch('/tenant/features', { feature: 'directory_sync', enabled: false })).status).toBe(200),
  };

  it.each(Object.keys(lose) as (keyof typeof lose)[])('%s, access can be taken away, and none can be given', async (cause) => {
    const firm = await company();
    const { owner, scim, path } = firm;
    const made: Record<string, any> = {};
    for (const name of ['ann', 'ben', 'cid', 'dan']) made[name] = (await scim.post('/Users', person(firm.domain, name))).body;
    const { ann, ben, cid, dan } = made;
    await scim.patch(`/Users/${dan.id}`, { op: 'replace', path: 'active', value: false });
    const group = (await scim.post('/Groups', { schemas: [coreGroup], displayName: 'Staff', members: [ann, ben, cid].map(({ id }) => ({ value: id })) })).body;
    const mapping = `${path}/groups/${group.id}/mapping`;
    expect((await owner.api.put(mapping, { role: 'admin' })).status).toBe(200);
    const roles = async (): Promise<unknown> =>
      Object.fromEntries(
        (await owner.api.get(`${owner.home}/members`)).body.data.flatMap(({ email, role }: { email: string; role: string }) =>
          role === 'owner' ? [] : [[email.split('@')[0], role]],
        ),
      );
    expect(await roles()).toEqual({ ann: 'admin', ben: 'admin', cid: 'admin' });

    await lose[cause](firm);
    const { active: _active, ...withoutActive } = person(firm.domain, 'dan') as { active: boolean };
    const refused = [
      await scim.post('/Users', person(firm.domain, 'eva')),
      await scim.post('/Users', person(firm.domain, 'eva', { active: false })),
      await scim.put(`/Users/${dan.id}`, withoutActive),
      await scim.patch(`/Users/${dan.id}`, { op: 'remove', path: 'active' }),
      await scim.patch(`/Users/${dan.id}`, { op: 'replace', value: { active: true } }),
      await scim.post('/Groups', { schemas: [coreGroup], displayName: 'Empty' }),
      await scim.patch(`/Groups/${group.id}`, { op: 'add', path: 'members', value: [{ value: dan.id }] }),
      await scim.put(`/Groups/${group.id}`, { displayName: 'Staff', members: [{ value: dan.id }] }),
    ];
    const refusal = {
      status: 403,
      body: expect.objectContaining({ schemas: [errorSchema], status: '403', code: expect.stringMatching(/^feature_/), detail: expect.stringContaining('directory_sync') }),
    };
    expect(refused).toEqual(refused.map(() => expect.objectContaining(refusal)));
    expect((await owner.api.put(mapping, { role: 'admin' })).body).toMatchObject({ code: expect.stringMatching(/^feature_/) });
    expect((await owner.api.post(`${path}/users/${dan.id}/retry`)).body).toMatchObject({ code: expect.stringMatching(/^feature_/) });
    expect(await roles()).toEqual({ ann: 'admin', ben: 'admin', cid: 'admin' });

    expect((await scim.get(`/Users?filter=${encodeURIComponent(`userName eq "ann@${firm.domain}"`)}`)).body).toMatchObject({ totalResults: 1, Resources: [{ id: ann.id }] });
    expect((await scim.patch(`/Users/${ann.id}`, { op: 'replace', path: 'title', value: 'Lead' })).status).toBe(200);
    expect((await scim.patch(`/Users/${ann.id}`, { op: 'Replace', path: 'active', value: 'False' })).body).toMatchObject({ active: false });
    expect((await scim.patch(`/Groups/${group.id}`, { op: 'Remove', path: 'members', value: [{ value: ben.id }] })).status).toBe(204);
    expect(await roles()).toEqual({ ben: 'member', cid: 'admin' });
    expect((await owner.api.put(mapping, {})).status).toBe(200);
    expect(await roles()).toEqual({ ben: 'member', cid: 'member' });
    expect((await scim.delete(`/Users/${ben.id}`)).status).toBe(204);
    expect((await scim.delete(`/Groups/${group.id}`)).status).toBe(204);
    expect(await roles()).toEqual({ cid: 'member' });
  });
});

describe('the owners', () => {
  it('get a mail when a directory gives another role, is enabled again, or a group gives something else', async () => {
    const firm = await company();
    const { owner, path, scim } = firm;
    await database.query('update users set email_verified_at = now() where id = $1', [owner.userId]);
    const { body: group } = await scim.post('/Groups', { schemas: [coreGroup], displayName: 'Admins' });
    const written = async (): Promise<number> => {
      const subject = `select count(*)::int from mail_messages where organization_id = $1 and template = 'security-changed'`;
      return (await database.query<{ count: number }>(subject, [owner.organizationId])).rows[0]?.count ?? 0;
    };
    const before = await written();
    const counts: number[] = [];
    for (const body of [{ name: 'Renamed' }, { role: 'admin' }, { role: 'admin', enabled: true }, { enabled: false }, { role: 'member' }, { enabled: true }]) {
      expect((await owner.api.patch(path, body)).status).toBe(200);
      counts.push((await written()) - before);
    }
    expect(counts).toEqual([0, 1, 1, 1, 1, 2]);
    expect((await server.mailbox.waitFor(owner.email, 'The directory Renamed of', 2)).mail.text).toContain('was changed: enabled.');
    for (const body of [{ role: 'admin' }, { role: 'admin' }, {}]) expect((await owner.api.put(`${path}/groups/${group.id}/mapping`, body)).status).toBe(200);
    expect((await server.mailbox.waitFor(owner.email, 'The directory Renamed of', 4)).mail.text).toMatch(/group Admins of the directory Renamed gives .*: role\./);
    expect((await written()) - before).toBe(4);
  });
});

describe('tokens and borders', () => {
  it('two tokens are valid at a time, and a revoked one is refused at once on every replica', async () => {
    const firm = await company();
    const tokens = `${firm.path}/tokens`;
    const second = await firm.owner.api.post(tokens, {});
    expect((await firm.owner.api.post(tokens, {})).body).toMatchObject({ code: 'too_many_directory_tokens' });
    expect((await server.mailbox.waitFor(firm.owner.email, 'A token of a directory', 2)).mail.text).toContain('revoke it now');
    const next = new Scim(firm.scim.directoryId, second.body.token, origin(replica));
    expect([(await firm.scim.get('/Users')).status, (await next.get('/Users')).status]).toEqual([200, 200]);
    expect((await firm.owner.api.delete(`${tokens}/${second.body.id}`)).status).toBe(204);
    expect(await next.get('/Users')).toMatchObject({ status: 401, body: { schemas: [errorSchema], status: '401', code: 'invalid_api_key' } });
    await firm.owner.api.patch(firm.path, { enabled: false });
    expect((await firm.scim.get('/Users')).status).toBe(401);
  });

  it('a token reaches no other route, and no other credential reaches SCIM', async () => {
    const firm = await company();
    const elsewhere = await fetch(`${origin(server)}/api/v1${firm.owner.home}/members`, { headers: { authorization: `Bearer ${firm.scim.token}` } });
    expect([elsewhere.status, ((await elsewhere.json()) as { code: string }).code]).toEqual([403, 'directory_token_refused']);
    const other = await server.world.owner();
    const across = await fetch(`${origin(server)}/scim/v2/Users`, { headers: { authorization: `Bearer ${firm.scim.token}`, 'x-tenant-id': other.organizationId } });
    expect([across.status, ((await across.json()) as { code: string }).code]).toEqual([400, 'tenant_mismatch']);
    const asOwner = await fetch(`${origin(server)}/scim/v2/Users`, { headers: { authorization: `Bearer ${firm.owner.accessToken}` } });
    expect([asOwner.status, ((await asOwner.json()) as { schemas: string[] }).schemas]).toEqual([403, ['urn:ietf:params:scim:api:messages:2.0:Error']]);
  });

  it.each<[string, (firm: Company) => Record<string, string>]>([
    ['without a token', () => ({})],
    ['with a token that nobody has made', () => ({ authorization: `Bearer tscim_${'a'.repeat(60)}` })],
    ['with a text', () => ({ authorization: 'Bearer text' })],
    ['with a password', () => ({ authorization: `Basic ${Buffer.from('a:b').toString('base64')}` })],
    ['with an API key that nobody has made', () => ({ 'x-api-key': 'tk_x' })],
  ])('a request %s is told to send a token of the directory, and not to sign in', async (_, headers) => {
    const answer = await fetch(`${origin(server)}/scim/v2/Users`, { headers: headers(await company()) });
    const { detail } = (await answer.json()) as { detail: string };
    expect([answer.status, detail]).toEqual([401, expect.stringContaining('`Authorization: Bearer tscim_…`')]);
    expect(detail).not.toContain('/auth/');
  });

  it('a directory sees and changes nothing of another directory', async () => {
    const [firm, other] = [await company(), await company()];
    const { body: ann } = await firm.scim.post('/Users', person(firm.domain, 'ann'));
    const { body: group } = await firm.scim.post('/Groups', { schemas: [coreGroup], displayName: 'G' });
    const sibling = await directoryOf(firm.owner);
    for (const stranger of [other.scim, sibling]) {
      expect((await stranger.get(`/Users/${ann.id}`)).status).toBe(404);
      expect((await stranger.delete(`/Users/${ann.id}`)).status).toBe(404);
      expect((await stranger.patch(`/Groups/${group.id}`, { op: 'replace', path: 'displayName', value: 'x' })).status).toBe(404);
      expect(await stranger.post('/Groups', { schemas: [coreGroup], displayName: 'H', members: [{ value: ann.id }] })).toMatchObject({
        status: 400,
        body: { scimType: 'invalidValue' },
      });
    }
  });
});

describe('the protocol', () => {
  let firm: Company;
  let ids: string[];
  beforeAll(async () => {
    firm = await company();
    ids = [];
    for (const name of ['ann', 'ben', 'cid'])
      ids.push((await firm.scim.post('/Users', person(firm.domain, name, { displayName: name.toUpperCase(), title: name === 'ben' ? 'Chief' : undefined }))).body.id);
  });

  it.each([
    ['userName eq "ANN@{domain}"', ['ANN']],
    ['externalId eq "ext-ben"', ['BEN']],
    ['emails[type eq "work"].value eq "cid@{domain}"', ['CID']],
    ['emails.value eq "cid@{domain}"', ['CID']],
    ['emails[type eq "work" and value co "ann"]', ['ANN']],
    ['userName eq "ann@{domain}" and active eq "True"', ['ANN']],
    ['not (displayName sw "A") and title pr', ['BEN']],
    ['displayName eq "ann" or name.familyName eq "cid"', ['ANN', 'CID']],
    [`${coreUser}:userName eq "ben@{domain}"`, ['BEN']],
    ['meta.lastModified gt "2020-01-01T00:00:00Z"', ['ANN', 'BEN', 'CID']],
    ['active eq false', []],
  ])('the filter %s finds %j', async (filter, expected) => {
    const { status, body } = await firm.scim.get(`/Users?filter=${encodeURIComponent(filter.replaceAll('{domain}', firm.domain))}`);
    expect([status, body.Resources?.map(({ displayName }: { displayName: string }) => displayName), body.totalResults]).toEqual([200, expected, expected.length]);
  });

  it.each([
    'userName',
    'userName eq',
    'userName xx "a"',
    'unknown eq "a"',
    '(userName eq "a"',
    'userName eq a',
    'externalId eq "a\\u0000"',
    `${'('.repeat(20)}userName pr${')'.repeat(20)}`,
  ])('the filter %s is refused', async (filter) => {
    expect(await firm.scim.get(`/Users?filter=${encodeURIComponent(filter)}`)).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } });
  });

  it('lists have pages and an order', async () => {
    expect((await firm.scim.get('/Users?startIndex=2&count=1')).body).toMatchObject({ totalResults: 3, startIndex: 2, itemsPerPage: 1, Resources: [{ displayName: 'BEN' }] });
    expect((await firm.scim.get('/Users?count=0')).body).toMatchObject({ totalResults: 3, itemsPerPage: 0, Resources: [] });
    const sorted = await firm.scim.get('/Users?sortBy=name.familyName&sortOrder=descending&attributes=displayName');
    expect(sorted.body.Resources).toEqual(['CID', 'BEN', 'ANN'].map((displayName, index) => ({ schemas: [coreUser], id: ids.toReversed()[index], displayName })));
  });

  it('a query can be in the body', async () => {
    const found = await firm.scim.post('/Users/.search', { schemas: [searchRequest], filter: 'title eq "chief"', attributes: ['displayName', 'title'], startIndex: 1, count: 10 });
    expect(found).toMatchObject({ status: 200, body: { totalResults: 1, Resources: [{ schemas: [coreUser], id: ids[1], displayName: 'BEN', title: 'Chief' }] } });
    expect((await firm.scim.post('/Groups/.search', {})).body).toMatchObject({ totalResults: 0, Resources: [] });
    expect(await firm.scim.post('/Users/.search', { filter: ['userName pr', 'title pr'] })).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
    expect(await firm.scim.post('/Users/.search', { count: { a: 1 } })).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
    expect(await firm.scim.post('/Users/.search', [])).toMatchObject({ status: 400, body: { scimType: 'invalidSyntax' } });
  });

  it('an order compares letters in any case, except in attributes that are case-exact', async () => {
    const own = await company();
    for (const [userName, externalId] of [
      ['Bert', 'b'],
      ['anna', 'C'],
      ['Cleo', 'a'],
    ])
      await own.scim.post('/Users', { userName, externalId });
    const sorted = async (query: string): Promise<string[]> => (await own.scim.get(`/Users?${query}`)).body.Resources.map(({ userName }: { userName: string }) => userName);
    expect(await sorted('sortBy=userName')).toEqual(['anna', 'Bert', 'Cleo']);
    expect(await sorted('sortBy=externalId&sortOrder=Descending')).toEqual(['Bert', 'Cleo', 'anna']);
  });

  it.each([
    ['sortBy=userName&sortOrder=sideways', 'invalidValue'],
    ['sortBy=nobody', 'invalidPath'],
    ['count=many', 'invalidValue'],
    [`attributes=${Array.from({ length: 101 }, (_, n) => `a${n}`).join(',')}`, 'tooMany'],
    [`filter=${encodeURIComponent('emails[emails[type pr]]')}`, 'invalidFilter'],
  ])('the query %s is refused', async (query, scimType) => {
    expect(await firm.scim.get(`/Users?${query}`)).toMatchObject({ status: 400, body: { scimType } });
  });

  it('a request with more comparisons than it may have is refused', async () => {
    const own = await company();
    const emails = Array.from({ length: 20 }, (_, n) => ({ value: `${n}@${own.domain}`, type: 'work' }));
    const { body: user } = await own.scim.post('/Users', person(own.domain, 'ann', { emails }));
    const filter = Array.from({ length: 50 }, (_, n) => `value co "~${n}"`).join(' or ');
    const operations = Array.from({ length: 1000 }, () => ({ op: 'remove', path: `emails[${filter}]` }));
    expect(await own.scim.patch(`/Users/${user.id}`, ...operations)).toMatchObject({ status: 400, body: { scimType: 'tooMany' } });
    const spaces = { op: 'remove', path: `emails[${'( '.repeat(40_000)}${' '.repeat(100_000)}]` };
    expect(await own.scim.patch(`/Users/${user.id}`, spaces)).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } });
  });

  it('ETags guard changes and spare reads', async () => {
    const [id] = ids;
    const { headers } = await firm.scim.get(`/Users/${id}`);
    const etag = headers.get('etag') ?? '';
    expect((await firm.scim.get(`/Users/${id}`, { 'if-none-match': etag })).status).toBe(304);
    const change = { schemas: [patchOp], Operations: [{ op: 'replace', path: 'nickName', value: 'A' }] };
    expect((await firm.scim.send('PATCH', `/Users/${id}`, change, { 'if-match': etag })).status).toBe(200);
    expect((await firm.scim.send('PATCH', `/Users/${id}`, change, { 'if-match': etag })).status).toBe(412);
    expect((await firm.scim.send('DELETE', `/Users/${id}`, undefined, { 'if-match': etag })).status).toBe(412);
  });

  it.each(['Users', 'Groups'])('of parallel changes of one version of %s one succeeds', async (kind) => {
    const own = await company();
    const { body, headers } = await own.scim.post(`/${kind}`, kind === 'Users' ? person(own.domain, 'ann') : { displayName: 'Staff' });
    const change = (n: number): object => ({ Operations: [{ op: 'replace', path: 'displayName', value: `Name ${n}` }] });
    const etag = headers.get('etag') ?? '';
    const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => own.scim.send('PATCH', `/${kind}/${body.id}`, change(n), { 'if-match': etag })));
    expect(answers.map(({ status }) => status).sort()).toEqual([kind === 'Users' ? 200 : 204, 412, 412, 412, 412, 412]);
  });

  it('the ETag changes with what is shown, also when another resource has changed, and If-Match compares the resource itself', async () => {
    const own = await company();
    const { body: ann } = await own.scim.post('/Users', person(own.domain, 'ann', { displayName: 'Ann' }));
    const { body: group } = await own.scim.post('/Groups', { schemas: [coreGroup], displayName: 'Staff', members: [{ value: ann.id }] });
    const tag = async (path: string): Promise<string> => {
      const { headers, body } = await own.scim.get(path);
      expect(body.meta.version).toBe(headers.get('etag'));
      return headers.get('etag') ?? '';
    };
    const [user, staff] = [await tag(`/Users/${ann.id}`), await tag(`/Groups/${group.id}`)];
    expect((await own.scim.get('/Users')).body.Resources[0].meta.version).toBe(user);
    await own.scim.patch(`/Groups/${group.id}`, { op: 'replace', path: 'displayName', value: 'Crew' });
    const [renamed, crew] = [await tag(`/Users/${ann.id}`), await tag(`/Groups/${group.id}`)];
    expect([renamed === user, crew === staff]).toEqual([false, false]);
    expect((await own.scim.get(`/Users/${ann.id}`, { 'if-none-match': user })).status).toBe(200);
    expect((await own.scim.get(`/Users/${ann.id}`, { 'if-none-match': `"other", ${renamed}` })).status).toBe(304);
    const rename = (etag: string, displayName: string): Promise<ScimAnswer> =>
      own.scim.send('PUT', `/Users/${ann.id}`, person(own.domain, 'ann', { displayName }), { 'if-match': etag });
    expect((await rename(user, 'Anna')).status).toBe(200);
    expect([(await rename(user, 'Anne')).status, (await rename('W/"2"', 'Anne')).status, (await rename('*', 'Anna')).status]).toEqual([412, 412, 200]);
    expect((await own.scim.get(`/Groups/${group.id}`, { 'if-none-match': crew })).status).toBe(200);
    const before = await tag(`/Groups/${group.id}`);
    await own.scim.delete(`/Users/${ann.id}`);
    expect((await own.scim.get(`/Groups/${group.id}`, { 'if-none-match': before })).body.members).toEqual([]);
    expect((await own.scim.send('DELETE', `/Groups/${group.id}`, undefined, { 'if-match': before })).status).toBe(412);
  });

  it('describes itself', async () => {
    expect((await firm.scim.get('/ServiceProviderConfig')).body).toMatchObject({ patch: { supported: true }, bulk: { supported: false }, etag: { supported: true } });
    expect((await firm.scim.get('/Schemas')).body.Resources.map(({ id }: { id: string }) => id)).toEqual([coreUser, enterprise, coreGroup]);
    expect((await firm.scim.get(`/Schemas/${coreUser}`)).body.name).toBe('User');
    expect((await firm.scim.get('/ResourceTypes')).body.Resources.map(({ endpoint }: { endpoint: string }) => endpoint)).toEqual(['/Users', '/Groups']);
    for (const answer of [await firm.scim.get('/Me'), await firm.scim.post('/Bulk', {})])
      expect(answer).toMatchObject({ status: 404, body: { schemas: [errorSchema], status: '404' } });
  });

  it.each([
    ['a body that is no JSON', 400, 'invalidSyntax', 'malformed_request', { 'content-type': 'application/scim+json' }, '{'],
    ['another media type', 415, undefined, 'unsupported_media_type', { 'content-type': 'text/plain' }, '{}'],
    ['a body that is too large', 413, undefined, 'body_too_large', { 'content-type': 'application/scim+json' }, `"${'x'.repeat(1_100_000)}"`],
    ['two credentials', 400, 'invalidSyntax', 'two_credentials', { 'content-type': 'application/scim+json', 'x-api-key': 'tk_x' }, '{}'],
  ])('%s is refused with an error of SCIM', async (_title, status, scimType, code, headers, body) => {
    const answer = await fetch(`${firm.scim.url}/scim/v2/Users`, { method: 'POST', headers: { authorization: `Bearer ${firm.scim.token}`, ...headers }, body });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/scim+json; charset=utf-8']);
    expect(await answer.json()).toEqual({ schemas: [errorSchema], status: String(status), ...(scimType === undefined ? {} : { scimType }), detail: expect.any(String), code });
  });

  it.each([
    ['/scim/v2/Users/%FF', 400, 'invalidSyntax', 'malformed_text'],
    ['/scim/v2/Users/%zz?count=1', 400, 'invalidSyntax', 'malformed_text'],
    ['/scim/v2/Users?filter=%FF', 400, 'invalidSyntax', 'malformed_text'],
    [`/scim/v2/Users/${'x'.repeat(257)}`, 404, undefined, 'not_found'],
    ['/scim/%762/Users/x', 404, undefined, undefined],
    ['/scim/v2', 404, undefined, 'not_found'],
    ['/scim/v2?a=b', 404, undefined, 'not_found'],
  ])('%s is refused with an error of SCIM', async (path, status, scimType, code) => {
    const answer = await fetch(`${firm.scim.url}${path}`, { headers: { authorization: `Bearer ${firm.scim.token}` } });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/scim+json; charset=utf-8']);
    expect([answer.headers.get('cache-control'), answer.headers.has('x-request-id')]).toEqual(['private, no-store', true]);
    expect(await answer.json()).toEqual({
      schemas: [errorSchema],
      status: String(status),
      ...(scimType === undefined ? {} : { scimType }),
      detail: expect.any(String),
      ...(code === undefined ? {} : { code }),
    });
  });

  it.each(['/scim/v2x', '/scim/v2x/%FF', '/scim/v1/Users', '/api/v1/scim/v2/Users', '/api/v1/%FF'])('%s is no path of SCIM', async (path) => {
    const answer = await fetch(`${firm.scim.url}${path}`, { headers: { authorization: `Bearer ${firm.scim.token}` } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  });

  it.each([
    ['Entra ID: text booleans and capitals', [{ op: 'Replace', path: 'emails[type eq "work"].primary', value: 'True' }], { emails: [{ primary: true, type: 'work' }] }],
    ['Entra ID: dotted keys without a path', [{ op: 'replace', value: { 'name.givenName': 'Bea', displayName: 'Bea B' } }], { name: { givenName: 'Bea' }, displayName: 'Bea B' }],
    ['Entra ID: an extension in the key', [{ op: 'Add', value: { [`${enterprise}:department`]: 'Ops' } }], { [enterprise]: { department: 'Ops' } }],
    ['Entra ID: a path into the extension', [{ op: 'Add', path: `${enterprise}:employeeNumber`, value: '7' }], { [enterprise]: { employeeNumber: '7' } }],
    [
      'Entra ID: an element that a filter describes',
      [{ op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+49 1' }],
      { phoneNumbers: [{ type: 'mobile', value: '+49 1' }] },
    ],
    ['Entra ID: manager by its id', [{ op: 'Add', path: `${enterprise}:manager`, value: 'm1' }], { [enterprise]: { manager: { value: 'm1' } } }],
    ['Okta: active without a path', [{ op: 'replace', value: { active: true } }], { active: true }],
    ['JumpCloud: several attributes', [{ op: 'replace', value: { title: 'Lead', timezone: 'Europe/Berlin' } }], { title: 'Lead', timezone: 'Europe/Berlin' }],
  ])('%s', async (_title, operations, expected) => {
    expect(await firm.scim.patch(`/Users/${ids[1]}`, ...operations)).toMatchObject({ status: 200, body: expected });
  });

  it.each([
    [[{ op: 'move', path: 'title' }], 'invalidSyntax'],
    [[{ op: 'remove' }], 'noTarget'],
    [[{ op: 'replace', path: 'unknown', value: 1 }], 'invalidPath'],
    [[{ op: 'replace', path: 'id', value: 'x' }], 'mutability'],
    [[{ op: 'replace', path: 'active', value: 'perhaps' }], 'invalidValue'],
    [[{ op: 'remove', path: 'userName' }], 'invalidValue'],
    [[{ op: 'replace', path: 'emails[type sw "x"].value', value: 'y' }], 'noTarget'],
    [[], 'invalidSyntax'],
  ])('the operations %j are refused with %s', async (operations, scimType) => {
    expect(await firm.scim.patch(`/Users/${ids[1]}`, ...operations)).toMatchObject({ status: 400, body: { scimType } });
  });

  it('a PATCH may leave its schemas out, and not name others', async () => {
    const Operations = [{ op: 'replace', path: 'nickName', value: 'Benny' }];
    expect((await firm.scim.send('PATCH', `/Users/${ids[1]}`, { Operations })).body).toMatchObject({ nickName: 'Benny' });
    expect(await firm.scim.send('PATCH', `/Users/${ids[1]}`, { schemas: [coreUser], Operations })).toMatchObject({ status: 400, body: { scimType: 'invalidSyntax' } });
  });

  it('PUT replaces the resource', async () => {
    const answer = await firm.scim.put(`/Users/${ids[2]}`, person(firm.domain, 'cid', { title: 'Only' }));
    expect(answer).toMatchObject({ status: 200, body: { title: 'Only' } });
    expect(answer.body).not.toHaveProperty('displayName');
  });
});
