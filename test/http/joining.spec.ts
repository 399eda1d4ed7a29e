import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { DomainDto, JoinableOrganizationListDto, JoinRequestPageDto } from '../../src/modules/domains/domains.dto.js';
import type { MemberDto } from '../../src/modules/members/members.dto.js';
import type { Answer, Json } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { TestDns } from '../support/dns.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { lockWaiters, sessionOf } from '../support/lock-waiters.js';
import { itInBothRuns, rounds } from '../support/rounds.js';
import { goodPassword, type Person } from '../support/world.js';

let dns: TestDns;
let server: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  dns = await TestDns.open();
  server = await startTestServer({ DNS_SERVERS: dns.address });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await server.close();
  await dns.close();
});

type Domain = Json<DomainDto>;

const domains = '/tenant/domains';
const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
const wrongCode = { status: 422, code: 'wrong_code' };
const statusesOf = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status).sort();
const withoutIds = ({ body }: Answer): unknown => ({ ...body, requestId: '', instance: '' });

async function claim(person: Person, domain = `${server.world.unique('school')}.example`): Promise<Domain> {
  const made = await person.api.post<DomainDto>(domains, { kind: 'email', domain });
  if (made.status !== 201) throw new Error(`claiming ${domain} answered ${made.status}: ${made.text}`);
  return made.body;
}

const verify = (person: Person, { id }: Domain, body?: object): Promise<Answer> => person.api.post(`${domains}/${id}/verify`, body);
const update = (person: Person, { id }: Domain, body: object): Promise<Answer> => person.api.patch(`${domains}/${id}`, body);

/** The code in the newest mail to an address. */
async function mailedCode(to: string, count = 1): Promise<string> {
  const { mail } = await server.mailbox.waitFor(to, 'Verify', count);
  return /^[A-Z2-9]{8}$/m.exec(mail.text ?? '')?.[0] ?? 'no code';
}

/** Has a code mailed to the domain. */
async function codeFor(person: Person, domain: Domain): Promise<string> {
  const to = `${server.world.unique('office')}@${domain.domain}`;
  const asked = await verify(person, domain, { mailTo: to });
  if (asked.status !== 200) throw new Error(`mailing a code answered ${asked.status}: ${asked.text}`);
  return mailedCode(to);
}

const makeCodeOlder = ({ id }: Domain, age: string): Promise<unknown> =>
  database.query(`update domains set code_expires_at = code_expires_at - $2::interval where id = $1`, [id, age]);

/** A domain of email addresses that its organization owns, with a policy of joining. */
async function openDomain(owner: Person, policy: object = { joinPolicy: 'join' }, name?: string): Promise<Domain> {
  const domain = await claim(owner, name);
  dns.add(domain.dnsRecord.name, domain.dnsRecord.value);
  const answers = [await verify(owner, domain), await update(owner, domain, policy)];
  for (const { status, text } of answers) if (status !== 200) throw new Error(`opening ${domain.domain} answered ${status}: ${text}`);
  return domain;
}

/** Somebody with an address there; they own an organization of their own. */
const somebodyAt = (domain: string, verified = true): Promise<Person> =>
  server.world[verified ? 'owner' : 'signUp']({ email: `${server.world.unique('ann')}@${domain}`, verified });

const join = (person: Person, organization: Person, body?: object): Promise<Answer> => person.api.post(`${organization.home}/join-requests`, body);
const joinable = async (person: Person): Promise<Json<JoinableOrganizationListDto['data']>> =>
  (await person.api.get<JoinableOrganizationListDto>('/organizations/joinable')).body.data;
const roleIn = async (organization: Person, { userId }: Person): Promise<string | undefined> =>
  (await organization.api.get<MemberDto>(`${organization.home}/members/${userId}`)).body.role;
const pendingOf = async (organization: Person): Promise<Json<JoinRequestPageDto['data']>> =>
  (await organization.api.get<JoinRequestPageDto>(`${organization.home}/join-requests?status=pending`)).body.data;

/** Somebody who has asked to join, and the request. */
async function asker(organization: Person, { domain }: Domain): Promise<readonly [Person, string]> {
  const person = await somebodyAt(domain);
  const { status, text } = await join(person, organization);
  if (status !== 201) throw new Error(`asking answered ${status}: ${text}`);
  const request = (await pendingOf(organization)).find(({ userId }) => userId === person.userId);
  return [person, `${organization.home}/join-requests/${request?.id}`];
}

/** Sends a request, and changes the address of its user while the request waits for the lock of the address. */
async function overtaken(person: Person, send: (person: Person) => Promise<Answer>): Promise<Answer> {
  const other = new pg.Client({ connectionString: testDatabase().platform });
  await other.connect();
  try {
    await other.query('begin');
    await other.query(`select pg_advisory_xact_lock(hashtextextended('tenantry:address:' || $1, 0))`, [person.email]);
    const session = await sessionOf(other);
    const answer = send(person);
    expect(await eventually(() => lockWaiters(other, session), Boolean)).toBe(1);
    await other.query('update users set email = $2 where id = $1', [person.userId, server.world.email('elsewhere')]);
    await other.query('commit');
    return await answer;
  } finally {
    await other.end();
  }
}

/** A member with a custom role. */
async function memberWith(owner: Person, ...permissions: string[]): Promise<Person> {
  const member = await server.world.member(owner);
  const key = server.world.unique('role').replace('-', '_');
  await owner.api.post(`${owner.home}/roles`, { key, name: key, permissions });
  const { status, text } = await owner.api.patch(`${owner.home}/members/${member.userId}`, { customRoles: [key] });
  if (status !== 200) throw new Error(`giving a role answered ${status}: ${text}`);
  return member;
}

describe('verification of a domain by a mailed code', () => {
  it('the code verifies affiliation and works once', async () => {
    const owner = await server.world.owner();
    const domain = await claim(owner);
    const to = `office@${domain.domain}`;
    expect(await verify(owner, domain, { mailTo: to.toUpperCase() })).toMatchObject({ status: 200, body: { mailedTo: to, grade: null, verifiedAt: null } });
    const code = await mailedCode(to);
    expect(code).toMatch(/^[A-Z2-9]{8}$/);
    expect(await verify(owner, domain, { code: code.toLowerCase() })).toMatchObject({ status: 200, body: { grade: 'affiliation', verifiedAt: expect.any(String) } });
    expect(refusal(await verify(owner, domain, { code }))).toEqual(wrongCode);
  });

  it('the code appears neither in responses nor in the database', async () => {
    const owner = await server.world.owner();
    const domain = await claim(owner);
    const code = await codeFor(owner, domain);
    expect((await owner.api.get(domains)).text).not.toContain(code);
    const { rows } = await database.query<{ row: string }>('select domains::text as row from domains where id = $1', [domain.id]);
    expect(rows[0]?.row).toContain(domain.domain);
    expect(rows[0]?.row).not.toContain(code);
  });

  it('the code is not sent to an address at another domain', async () => {
    const owner = await server.world.owner();
    const domain = await claim(owner);
    const name = domain.domain;
    const elsewhere = ['me@example.com', `me@sub.${name}`, `me@${name}.evil.example`, `me@evil-${name}`];
    for (const mailTo of elsewhere) expect(refusal(await verify(owner, domain, { mailTo }))).toEqual({ status: 422, code: 'address_elsewhere' });
    for (const mailTo of ['nobody', `@${name}`, `a@${name}, b@evil.example`, `a@${name}\nbcc: b@evil.example`, `"me@${name}"@evil.example`])
      expect((await verify(owner, domain, { mailTo })).status).toBe(400);
    await codeFor(owner, domain);
    for (const mailTo of elsewhere) expect(server.mailbox.to(mailTo)).toEqual([]);
  });

  itInBothRuns('the code allows five attempts, also in parallel', async () => {
    const owner = await server.world.owner();
    const [patient, hasty] = [await claim(owner), await claim(owner)];
    const code = await codeFor(owner, patient);
    for (let tries = 0; tries < 4; tries += 1) expect(refusal(await verify(owner, patient, { code: 'WRONG222' }))).toEqual(wrongCode);
    expect((await verify(owner, patient, { code })).status).toBe(200);

    const other = await codeFor(owner, hasty);
    const guesses = await Promise.all(Array.from({ length: rounds(7, 20) }, (_, index) => verify(owner, hasty, { code: `WRNG${1000 + index}` })));
    for (const guess of guesses) expect(refusal(guess)).toEqual(wrongCode);
    const { rows } = await database.query<{ tries: number }>('select code_tries as tries from domains where id = $1', [hasty.id]);
    expect(rows).toEqual([{ tries: 5 }]);
    expect(refusal(await verify(owner, hasty, { code: other }))).toEqual(wrongCode);
    expect((await owner.api.get(domains)).body.data).toMatchObject([{ grade: 'affiliation' }, { grade: null }]);
  });

  it('the code expires after one hour', async () => {
    const owner = await server.world.owner();
    const [late, early] = [await claim(owner), await claim(owner)];
    const codes = [await codeFor(owner, late), await codeFor(owner, early)] as const;
    await makeCodeOlder(late, '60 minutes');
    await makeCodeOlder(early, '59 minutes');
    expect(refusal(await verify(owner, late, { code: codes[0] }))).toEqual(wrongCode);
    expect((await verify(owner, early, { code: codes[1] })).status).toBe(200);
  });

  itInBothRuns('one code is sent per minute, also for parallel requests, and a new code replaces the previous one', async () => {
    const owner = await server.world.owner();
    const domain = await claim(owner);
    const to = `office@${domain.domain}`;
    const asked = await Promise.all(Array.from({ length: rounds(3, 8) }, () => verify(owner, domain, { mailTo: to })));
    expect(statusesOf(asked)).toEqual([200, ...asked.slice(1).map(() => 409)]);
    const old = await mailedCode(to);
    expect(refusal(await verify(owner, domain, { mailTo: `other@${domain.domain}` }))).toEqual({ status: 409, code: 'code_mailed_recently' });

    await makeCodeOlder(domain, '61 seconds');
    expect((await verify(owner, domain, { mailTo: to })).status).toBe(200);
    const fresh = await mailedCode(to, 2);
    expect(server.mailbox.to(to)).toHaveLength(2);
    expect(refusal(await verify(owner, domain, { code: old }))).toEqual(wrongCode);
    expect((await verify(owner, domain, { code: fresh })).status).toBe(200);
  });

  it('the code does not verify another domain or organization', async () => {
    const [a, b] = await server.world.twoTenants();
    const name = `${server.world.unique('school')}.example`;
    const [mine, theirs, another] = [await claim(a, name), await claim(b, name), await claim(a)];
    const code = await codeFor(b, theirs);
    await codeFor(a, mine);
    await codeFor(a, another);
    expect(refusal(await verify(a, mine, { code }))).toEqual(wrongCode);
    expect(refusal(await verify(a, another, { code }))).toEqual(wrongCode);
    expect((await verify(b, theirs, { code })).status).toBe(200);
  });

  it('DNS verification replaces the code’s grade, and the code never lowers it', async () => {
    const owner = await server.world.owner();
    const domain = await claim(owner);
    await verify(owner, domain, { code: await codeFor(owner, domain) });
    dns.set(domain.dnsRecord.name, domain.dnsRecord.value);
    expect((await verify(owner, domain)).body.grade).toBe('ownership');
    expect((await verify(owner, domain, { code: await codeFor(owner, domain) })).body.grade).toBe('ownership');
  });

  it.each(['gmail.com', 'GoogleMail.com.', 'outlook.com', 'yahoo.co.uk'])('no code is sent to the public provider %s', async (domain) => {
    const owner = await server.world.owner();
    expect(refusal(await owner.api.post(domains, { kind: 'email', domain }))).toEqual({ status: 422, code: 'public_email_domain' });
    expect((await owner.api.get(domains)).body.data).toEqual([]);
  });
});

describe('a join policy', () => {
  it('`request` requires a verified domain, `join` requires DNS verification', async () => {
    const owner = await server.world.owner();
    const domain = await claim(owner);
    const unproved = { status: 409, code: 'domain_not_verified' };
    for (const joinPolicy of ['request', 'join']) expect(refusal(await update(owner, domain, { joinPolicy }))).toEqual(unproved);
    await verify(owner, domain, { code: await codeFor(owner, domain) });
    expect(refusal(await update(owner, domain, { joinPolicy: 'join' }))).toEqual(unproved);
    expect(await update(owner, domain, { joinPolicy: 'request' })).toMatchObject({ status: 200, body: { joinPolicy: 'request', joinRole: 'member' } });
    dns.set(domain.dnsRecord.name, domain.dnsRecord.value);
    await verify(owner, domain);
    expect(await update(owner, domain, { joinPolicy: 'join' })).toMatchObject({ status: 200, body: { joinPolicy: 'join' } });
    expect(await update(owner, domain, { joinRole: 'admin' })).toMatchObject({ status: 200, body: { joinPolicy: 'join', joinRole: 'admin' } });
  });

  it('a host has no join policy', async () => {
    const owner = await server.world.owner();
    await database.query(`update organizations set plan = 'pro' where id = $1`, [owner.organizationId]);
    const { body } = await owner.api.post(domains, { kind: 'host', domain: `${server.world.unique('learn')}.example` });
    expect(refusal(await update(owner, body, { joinPolicy: 'request' }))).toEqual({ status: 422, code: 'only_for_email_domains' });
  });

  it('owner and unknown roles are refused as join role', async () => {
    const owner = await server.world.owner();
    const domain = await openDomain(owner);
    expect(refusal(await update(owner, domain, { joinRole: 'owner' }))).toEqual({ status: 422, code: 'role_not_joinable' });
    expect(refusal(await update(owner, domain, { joinRole: 'captain' }))).toEqual({ status: 422, code: 'unknown_role' });
    expect((await owner.api.get(domains)).body.data).toMatchObject([{ joinRole: 'member' }]);
  });

  it('the join role cannot exceed the permissions of the actor', async () => {
    const owner = await server.world.owner();
    const keeper = await memberWith(owner, 'security:read', 'security:write');
    const domain = await openDomain(owner);
    expect(refusal(await update(keeper, domain, { joinRole: 'admin' }))).toEqual({ status: 403, code: 'role_too_high' });
    expect((await update(keeper, domain, { joinRole: 'member' })).status).toBe(200);
    await update(owner, domain, { joinPolicy: 'none', joinRole: 'admin' });
    expect(refusal(await update(keeper, domain, { joinPolicy: 'join' }))).toEqual({ status: 403, code: 'role_too_high' });
    expect((await owner.api.get(domains)).body.data).toMatchObject([{ joinPolicy: 'none', joinRole: 'admin' }]);
  });
});

describe('joining immediately', () => {
  it('a user becomes a member with the join role and needs no new login', async () => {
    const owner = await server.world.owner({ verified: true });
    const { domain } = await openDomain(owner, { joinPolicy: 'join', joinRole: 'admin' });
    const ann = await somebodyAt(domain);
    expect(await join(ann, owner)).toMatchObject({ status: 201, body: { status: 'joined', role: 'admin' } });
    expect(await roleIn(owner, ann)).toBe('admin');
    const switched = await ann.api.post('/auth/switch-organization', { organizationId: owner.organizationId });
    expect((await server.api.as(switched.body.accessToken).get(`${owner.home}/members`)).status).toBe(200);
    expect(refusal(await join(ann, owner))).toEqual({ status: 409, code: 'already_member' });
    expect(refusal(await join(owner, owner))).toEqual({ status: 409, code: 'already_member' });
  });

  itInBothRuns('parallel requests to join create one membership', async () => {
    const owner = await server.world.owner();
    const { domain } = await openDomain(owner);
    const ann = await somebodyAt(domain);
    const answers = await Promise.all(Array.from({ length: rounds(6, 20) }, () => join(ann, owner)));
    expect(statusesOf(answers)).toEqual([201, ...answers.slice(1).map(() => 409)]);
    for (const answer of answers.filter(({ status }) => status === 409)) expect(answer.body.code).toBe('already_member');
    const { body } = await owner.api.get(`${owner.home}/members`);
    expect(body.data).toHaveLength(2);
  });

  it('pending join requests can be answered after the join policy was changed', async () => {
    const owner = await server.world.owner();
    const domain = await openDomain(owner, { joinPolicy: 'request' });
    const [ann, request] = await asker(owner, domain);
    await update(owner, domain, { joinPolicy: 'join' });
    expect((await join(ann, owner)).body).toEqual({ status: 'joined', role: 'member' });
    expect(await pendingOf(owner)).toEqual([]);
    expect(refusal(await owner.api.post(`${request}/decline`))).toEqual({ status: 409, code: 'join_request_decided' });
    expect(await roleIn(owner, ann)).toBe('member');
  });

  it('only allowed email domains can join', async () => {
    const owner = await server.world.owner();
    const { domain } = await openDomain(owner);
    const ann = await somebodyAt(domain);
    await owner.api.patch('/tenant/security', { allowedEmailDomains: ['elsewhere.example'] });
    expect(refusal(await join(ann, owner))).toEqual({ status: 422, code: 'email_domain_not_allowed' });
    expect((await owner.api.get(`${owner.home}/members/${ann.userId}`)).status).toBe(404);
    await owner.api.patch('/tenant/security', { allowedEmailDomains: ['elsewhere.example', domain] });
    expect((await join(ann, owner)).body.status).toBe('joined');
  });
});

describe('an organization that cannot be joined', () => {
  it('an organization that cannot be joined answers like one that does not exist', async () => {
    const owner = await server.world.owner();
    const { domain } = await openDomain(owner);
    const missing = await (await somebodyAt(domain)).api.post('/organizations/0192b8a0-0000-7000-8000-000000000000/join-requests');
    expect(refusal(missing)).toEqual({ status: 404, code: 'organization_not_found' });

    const closed = await server.world.owner();
    const unproved = await server.world.owner();
    await openDomain(closed, { joinPolicy: 'none' }, domain);
    await claim(unproved, domain);
    const answers = [
      await join(await somebodyAt('example.com'), owner),
      await join(await somebodyAt(`sub.${domain}`), owner),
      await join(await somebodyAt(`not-${domain}`), owner),
      await join(await somebodyAt(domain), closed),
      await join(await somebodyAt(domain), unproved),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(withoutIds(answer)).toEqual(withoutIds(missing));
    }
  });

  it('a suspended, cancelled or deleted organization, or one without the domain, answers 404', async () => {
    const owner = await server.world.owner();
    const domain = await openDomain(owner);
    const ann = await somebodyAt(domain.domain);
    const shut = { status: 404, code: 'organization_not_found' };
    for (const status of ['suspended', 'cancelled']) {
      await database.query('update organizations set status = $2 where id = $1', [owner.organizationId, status]);
      expect(refusal(await join(ann, owner))).toEqual(shut);
      expect(await joinable(ann)).toEqual([]);
    }
    await database.query(`update organizations set status = 'active' where id = $1`, [owner.organizationId]);
    expect(await joinable(ann)).toMatchObject([{ id: owner.organizationId }]);
    await owner.api.delete(`${domains}/${domain.id}`);
    expect(refusal(await join(ann, owner))).toEqual(shut);
    expect(await joinable(ann)).toEqual([]);
  });

  it('users with an unverified address cannot join and see no organizations', async () => {
    const owner = await server.world.owner();
    const { domain } = await openDomain(owner);
    const ann = await somebodyAt(domain, false);
    expect(refusal(await join(ann, owner))).toEqual({ status: 403, code: 'email_not_verified' });
    expect(await joinable(ann)).toEqual([]);
    await server.world.verify(ann.email);
    expect(await joinable(ann)).toMatchObject([{ id: owner.organizationId }]);
    expect((await join(ann, owner)).status).toBe(201);
  });
});

describe('a join policy whose granter lost the join role', () => {
  it('a removed admin cannot come back through the join role of a domain, and users make a join request instead', async () => {
    const owner = await server.world.owner();
    const admin = await server.world.member(owner, 'admin');
    const domain = await openDomain(owner);
    expect((await update(admin, domain, { joinRole: 'admin' })).status).toBe(200);
    const [ann, bob, cem] = [await somebodyAt(domain.domain), await somebodyAt(domain.domain), await somebodyAt(domain.domain)];
    expect((await join(ann, owner)).body).toEqual({ status: 'joined', role: 'admin' });
    await owner.api.patch(`${owner.home}/members/${admin.userId}`, { role: 'member' });
    expect(await join(bob, owner)).toMatchObject({ status: 201, body: { status: 'pending', role: null } });
    await owner.api.delete(`${owner.home}/members/${admin.userId}`);
    expect(await join(cem, owner)).toMatchObject({ status: 201, body: { status: 'pending', role: null } });
    expect((await pendingOf(owner)).map(({ userId }) => userId).sort()).toEqual([bob.userId, cem.userId].sort());
    expect((await update(owner, domain, { joinPolicy: 'join' })).status).toBe(200);
    expect((await join(bob, owner)).body).toEqual({ status: 'joined', role: 'admin' });
    expect((await pendingOf(owner)).map(({ userId }) => userId)).toEqual([cem.userId]);
  });

  it('only a member with the join role can decline a join request', async () => {
    const owner = await server.world.owner();
    const [ann, request] = await asker(owner, await openDomain(owner, { joinPolicy: 'request', joinRole: 'admin' }));
    const clerk = await memberWith(owner, 'invitations:read', 'invitations:write');
    expect(refusal(await clerk.api.post(`${request}/decline`))).toEqual({ status: 403, code: 'role_too_high' });
    expect(await pendingOf(owner)).toMatchObject([{ userId: ann.userId }]);
    expect((await owner.api.post(`${request}/decline`)).status).toBe(200);
  });
});

describe('adding an address at an own domain', () => {
  it('an account at a DNS-verified domain is added at once and notified; at other domains it is invited', async () => {
    const [owner, rival] = await server.world.twoTenants();
    const { domain } = await openDomain(owner);
    const affiliated = await claim(rival, domain);
    await verify(rival, affiliated, { code: await codeFor(rival, affiliated) });
    const [ann, unverified] = [await somebodyAt(domain), await somebodyAt(domain, false)];
    const add = (organization: Person, email: string, role = 'member'): Promise<Answer> => organization.api.post(`${organization.home}/members`, { email, role });
    expect(await add(rival, ann.email)).toMatchObject({ status: 202, body: { status: 'invited', userId: null } });
    const added = await add(owner, ann.email.toUpperCase());
    expect(added).toMatchObject({ status: 201, body: { status: 'added', email: ann.email, role: 'member', userId: ann.userId, invitationId: null } });
    expect(added.headers.get('location')).toBe(`/api/v1${owner.home}/members/${ann.userId}`);
    expect(await roleIn(owner, ann)).toBe('member');
    expect((await server.mailbox.waitFor(ann.email, 'You are now a member of')).mail.text).toContain('Your role is Member.');
    for (const email of [unverified.email, `nobody@${domain}`, `ann@sub.${domain}`, `ann@not-${domain}`]) expect((await add(owner, email)).status).toBe(202);
    expect(refusal(await add(owner, ann.email))).toEqual({ status: 409, code: 'already_member' });
    expect(refusal(await add(await server.world.member(owner, 'admin'), (await somebodyAt(domain)).email, 'owner'))).toEqual({ status: 403, code: 'role_too_high' });
    expect((await owner.api.get(`${owner.home}/members?count=true`)).body.total).toBe(3);
    await database.query('update domains set failing_since = now() where organization_id = $1', [owner.organizationId]);
    expect((await add(owner, (await somebodyAt(domain)).email)).status).toBe(202);
  });
});

describe('an invitation or join request of somebody who has become a member in another way', () => {
  const statusesIn = async (owner: Person): Promise<unknown> =>
    ((await owner.api.get(`${owner.home}/invitations`)).body.data as { email: string; status: string }[]).map(({ email, status }) => ({ email, status }));

  const ways = {
    'added at an own domain': { joinPolicy: 'request', admit: (owner: Person, { email }: Person) => owner.api.post(`${owner.home}/members`, { email, role: 'member' }) },
    approved: { joinPolicy: 'request', admit: async (owner: Person) => owner.api.post(`${owner.home}/join-requests/${(await pendingOf(owner))[0]?.id}/approve`) },
    'joined by the domain': { joinPolicy: 'join', admit: (owner: Person, ann: Person) => join(ann, owner) },
  };

  it.each(Object.entries(ways))(
    'the invitation and join request of a member who is %s end, and do not let them back in after their removal',
    async (_way, { joinPolicy, admit }) => {
      const owner = await server.world.owner();
      const domain = await openDomain(owner, { joinPolicy: 'request' });
      const ann = await somebodyAt(domain.domain);
      expect((await join(ann, owner)).status).toBe(201);
      const token = await server.world.invitationToken(owner, ann.email, 'admin');
      expect((await update(owner, domain, { joinPolicy })).status).toBe(200);
      expect((await admit(owner, ann)).status).toBeLessThan(300);
      expect(await roleIn(owner, ann)).toBe('member');
      expect(await statusesIn(owner)).toEqual([{ email: ann.email, status: 'revoked' }]);
      expect(await pendingOf(owner)).toEqual([]);
      expect((await owner.api.delete(`${owner.home}/members/${ann.userId}`)).status).toBe(204);
      expect(refusal(await ann.api.post('/invitations/accept', { token }))).toEqual({ status: 410, code: 'invitation_revoked' });
    },
  );

  it('an invitation of the address to which a member has changed ends with the membership', async () => {
    const owner = await server.world.owner();
    const [ann, elsewhere] = [await server.world.owner({ verified: true }), server.world.email('elsewhere')];
    await server.world.join(owner, ann);
    const token = await server.world.invitationToken(owner, elsewhere, 'admin');
    expect((await ann.api.patch('/users/me', { email: elsewhere, currentPassword: goodPassword })).status).toBe(200);
    await server.world.verify(elsewhere);
    expect((await owner.api.delete(`${owner.home}/members/${ann.userId}`)).status).toBe(204);
    expect(refusal(await ann.api.post('/invitations/accept', { token }))).toEqual({ status: 410, code: 'invitation_revoked' });
  });

  it('nobody ends an invitation above their own role by admitting the invited person', async () => {
    const owner = await server.world.owner();
    const domain = await openDomain(owner, { joinPolicy: 'request' });
    const [admin, ann] = [await server.world.member(owner, 'admin'), await somebodyAt(domain.domain)];
    expect((await join(ann, owner)).status).toBe(201);
    const token = await server.world.invitationToken(owner, ann.email, 'owner');
    const tooHigh = { status: 403, code: 'role_too_high' };
    expect(refusal(await admin.api.post(`${owner.home}/members`, { email: ann.email, role: 'member' }))).toEqual(tooHigh);
    expect(refusal(await admin.api.post(`${owner.home}/join-requests/${(await pendingOf(owner))[0]?.id}/approve`, { role: 'member' }))).toEqual(tooHigh);
    expect((await ann.api.post('/invitations/accept', { token })).body.role).toBe('owner');
  });
});

describe('the list of joinable organizations', () => {
  it('the list of joinable organizations has those of the domain, the join policy and the time of a pending request', async () => {
    const [open, asked, own] = [await server.world.owner(), await server.world.owner(), await server.world.owner()];
    const { domain } = await openDomain(open);
    await openDomain(asked, { joinPolicy: 'request' }, domain);
    await openDomain(own, { joinPolicy: 'none' }, domain);
    await openDomain(await server.world.owner());
    const ann = await somebodyAt(domain);
    const { body: organization } = await open.api.get(open.home);
    expect(await joinable(ann)).toEqual([
      { id: open.organizationId, name: organization.name, slug: open.slug, joinPolicy: 'join', requestedAt: null },
      expect.objectContaining({ id: asked.organizationId, joinPolicy: 'request', requestedAt: null }),
    ]);
    await join(ann, asked);
    await join(ann, open);
    expect(await joinable(ann)).toEqual([expect.objectContaining({ id: asked.organizationId, requestedAt: expect.any(String) })]);
    expect(await joinable(await somebodyAt(domain))).toMatchObject([{ requestedAt: null }, { requestedAt: null }]);
  });
});

describe('requesting to join', () => {
  it('a join request stays pending and cannot be repeated', async () => {
    const owner = await server.world.owner();
    const { domain } = await openDomain(owner, { joinPolicy: 'request' });
    const ann = await somebodyAt(domain);
    expect(await join(ann, owner, { message: 'I teach maths.' })).toMatchObject({ status: 201, body: { status: 'pending', role: null } });
    expect(refusal(await join(ann, owner))).toEqual({ status: 409, code: 'join_request_pending' });
    expect((await owner.api.get(`${owner.home}/join-requests`)).body.data).toMatchObject([
      { userId: ann.userId, email: ann.email, name: 'Olive Owner', message: 'I teach maths.', status: 'pending', decidedAt: null, decidedById: null },
    ]);
    expect((await owner.api.get(`${owner.home}/members/${ann.userId}`)).status).toBe(404);
    expect(refusal(await ann.api.get(`${owner.home}/join-requests`))).toEqual({ status: 404, code: 'organization_not_found' });
  });

  it('a join request ends when its user gets another address, and nobody joins with an address that they gave up meanwhile', async () => {
    const owner = await server.world.owner();
    const domain = await openDomain(owner, { joinPolicy: 'request' });
    const [ann, path] = await asker(owner, domain);
    const elsewhere = server.world.email('elsewhere');
    expect((await ann.api.patch('/users/me', { email: elsewhere, currentPassword: goodPassword })).status).toBe(200);
    await server.mailbox.waitFor(elsewhere, '');
    await server.world.verify(elsewhere);
    expect(await pendingOf(owner)).toEqual([]);
    expect((await owner.api.post(`${path}/approve`, { role: 'member' })).status).toBe(404);
    for (const joinPolicy of ['request', 'join']) {
      expect((await update(owner, domain, { joinPolicy })).status).toBe(200);
      expect(refusal(await overtaken(await somebodyAt(domain.domain), (person) => join(person, owner)))).toEqual({ status: 403, code: 'email_not_verified' });
    }
    const guest = await somebodyAt(domain.domain);
    const token = await server.world.invitationToken(owner, guest.email);
    expect(refusal(await overtaken(guest, ({ api }) => api.post('/invitations/accept', { token })))).toEqual({ status: 403, code: 'invitation_for_other_address' });
    expect((await owner.api.get(`${owner.home}/members?count=true`)).body.total).toBe(1);
    expect(await pendingOf(owner)).toEqual([]);
  });

  itInBothRuns('parallel requests create one join request', async () => {
    const owner = await server.world.owner();
    const { domain } = await openDomain(owner, { joinPolicy: 'request' });
    const ann = await somebodyAt(domain);
    const answers = await Promise.all(Array.from({ length: rounds(4, 10) }, () => join(ann, owner)));
    expect(statusesOf(answers)).toEqual([201, ...answers.slice(1).map(() => 409)]);
    expect(await pendingOf(owner)).toHaveLength(1);
  });

  it('a join request with unknown fields is refused', async () => {
    const owner = await server.world.owner();
    const { domain } = await openDomain(owner, { joinPolicy: 'request' });
    const ann = await somebodyAt(domain);
    for (const body of [{ role: 'owner' }, { message: 7 }, { message: 'x'.repeat(1001) }, { userId: owner.userId }]) expect((await join(ann, owner, body)).status).toBe(400);
    expect(await pendingOf(owner)).toEqual([]);
  });
});

describe('who asked', () => {
  it('an approved user becomes a member in the chosen role, or the domain’s, and gets a mail', async () => {
    const owner = await server.world.owner();
    const domain = await openDomain(owner, { joinPolicy: 'request', joinRole: 'admin' });
    const [ann, first] = await asker(owner, domain);
    const approved = await owner.api.post(`${first}/approve`, { role: 'member' });
    expect(approved).toMatchObject({ status: 200, body: { userId: ann.userId, status: 'approved', decidedById: owner.userId, decidedAt: expect.any(String) } });
    expect(await roleIn(owner, ann)).toBe('member');
    const { mail } = await server.mailbox.waitFor(ann.email, 'You are now a member of');
    expect(mail.text).toContain('Your role is Member.');

    const [bob, second] = await asker(owner, domain);
    expect((await owner.api.post(`${second}/approve`)).status).toBe(200);
    expect(await roleIn(owner, bob)).toBe('admin');
    expect(refusal(await join(bob, owner))).toEqual({ status: 409, code: 'already_member' });
  });

  it('a declined user is not a member and can request again', async () => {
    const owner = await server.world.owner();
    const domain = await openDomain(owner, { joinPolicy: 'request' });
    const [ann, request] = await asker(owner, domain);
    expect(await owner.api.post(`${request}/decline`)).toMatchObject({ status: 200, body: { status: 'declined', decidedById: owner.userId } });
    expect((await owner.api.get(`${owner.home}/members/${ann.userId}`)).status).toBe(404);
    expect(refusal(await owner.api.post(`${request}/approve`))).toEqual({ status: 409, code: 'join_request_decided' });
    expect(await join(ann, owner)).toMatchObject({ status: 201, body: { status: 'pending' } });
    const all = (await owner.api.get(`${owner.home}/join-requests`)).body.data as { status: string }[];
    expect(all.map(({ status }) => status)).toEqual(['pending', 'declined']);
    expect(server.mailbox.to(ann.email).filter(({ mail }) => mail.subject?.includes('member of'))).toEqual([]);
  });

  itInBothRuns('parallel decisions decide a join request once', async () => {
    const owner = await server.world.owner();
    const [ann, request] = await asker(owner, await openDomain(owner, { joinPolicy: 'request' }));
    const answers = await Promise.all(Array.from({ length: rounds(4, 10) }, (_, index) => owner.api.post(`${request}/${index % 2 === 0 ? 'approve' : 'decline'}`)));
    expect(statusesOf(answers)).toEqual([200, ...answers.slice(1).map(() => 409)]);
    const approved = answers.find(({ status }) => status === 200)?.body.status === 'approved';
    expect((await owner.api.get(`${owner.home}/members/${ann.userId}`)).status).toBe(approved ? 200 : 404);
  });

  it('a user who became a member by an invitation keeps that role', async () => {
    const owner = await server.world.owner();
    const [ann, request] = await asker(owner, await openDomain(owner, { joinPolicy: 'request', joinRole: 'admin' }));
    const token = await server.world.invitationToken(owner, ann.email, 'member');
    expect((await ann.api.post('/invitations/accept', { token })).status).toBe(201);
    expect(await pendingOf(owner)).toEqual([]);
    expect(refusal(await owner.api.post(`${request}/approve`))).toEqual({ status: 409, code: 'join_request_decided' });
    expect(await roleIn(owner, ann)).toBe('member');
  });

  it('only members with invitations:write can decide about a join request', async () => {
    const owner = await server.world.owner();
    const [, request] = await asker(owner, await openDomain(owner, { joinPolicy: 'request' }));
    const [member, admin] = [await server.world.member(owner), await server.world.member(owner, 'admin')];
    const denied = { status: 403, code: 'access_denied' };
    expect(refusal(await member.api.get(`${owner.home}/join-requests`))).toEqual(denied);
    for (const answer of ['approve', 'decline']) expect(refusal(await member.api.post(`${request}/${answer}`))).toEqual(denied);
    expect((await admin.api.post(`${request}/approve`)).status).toBe(200);
  });

  it('a role above the actor’s permissions is refused, and the request stays pending', async () => {
    const owner = await server.world.owner();
    const domain = await openDomain(owner, { joinPolicy: 'request', joinRole: 'admin' });
    const [ann, request] = await asker(owner, domain);
    const [clerk, admin] = [await memberWith(owner, 'invitations:read', 'invitations:write'), await server.world.member(owner, 'admin')];
    const tooHigh = { status: 403, code: 'role_too_high' };
    expect(refusal(await clerk.api.post(`${request}/approve`))).toEqual(tooHigh);
    expect(refusal(await clerk.api.post(`${request}/approve`, { role: 'admin' }))).toEqual(tooHigh);
    expect(refusal(await admin.api.post(`${request}/approve`, { role: 'owner' }))).toEqual(tooHigh);
    expect(refusal(await owner.api.post(`${request}/approve`, { role: 'captain' }))).toEqual({ status: 422, code: 'unknown_role' });
    expect(await pendingOf(owner)).toMatchObject([{ userId: ann.userId }]);
    expect((await clerk.api.post(`${request}/approve`, { role: 'member' })).status).toBe(200);
    expect(await roleIn(owner, ann)).toBe('member');
  });

  it('an address at a domain that is not allowed cannot be approved', async () => {
    const owner = await server.world.owner();
    const [ann, request] = await asker(owner, await openDomain(owner, { joinPolicy: 'request' }));
    await owner.api.patch('/tenant/security', { allowedEmailDomains: ['elsewhere.example'] });
    expect(refusal(await owner.api.post(`${request}/approve`))).toEqual({ status: 422, code: 'email_domain_not_allowed' });
    expect(await pendingOf(owner)).toMatchObject([{ userId: ann.userId }]);
    await owner.api.patch('/tenant/security', { allowedEmailDomains: [] });
    expect((await owner.api.post(`${request}/approve`)).status).toBe(200);
  });

  it('join requests of another organization are not found', async () => {
    const [a, b] = await server.world.twoTenants();
    const [bea, request] = await asker(b, await openDomain(b, { joinPolicy: 'request' }));
    await asker(a, await openDomain(a, { joinPolicy: 'request' }));
    const id = request.split('/').at(-1);
    expect(await pendingOf(a)).toHaveLength(1);
    for (const answer of ['approve', 'decline']) {
      expect(refusal(await a.api.post(`${a.home}/join-requests/${id}/${answer}`))).toEqual({ status: 404, code: 'not_found' });
      expect(refusal(await a.api.post(`${request}/${answer}`))).toEqual({ status: 404, code: 'organization_not_found' });
    }
    expect(await pendingOf(b)).toMatchObject([{ userId: bea.userId, status: 'pending' }]);
  });
});
