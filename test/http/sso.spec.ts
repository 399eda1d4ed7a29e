import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import pg from 'pg';
import type { Answer, Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { IdentityProvider, keyClient, newPage, signedOutPage, visitProvider, type Claims, type Return } from '../support/identity-provider.js';
import { registerPasskey } from '../support/software-authenticator.js';
import { codeOf } from '../support/totp.js';
import { goodPassword, type Person } from '../support/world.js';

const connections = '/tenant/sso-connections';

let server: TestServer;
let database: pg.Pool;
let acme: IdentityProvider;
let other: IdentityProvider;
beforeAll(async () => {
  [acme, other] = await Promise.all([IdentityProvider.open('acme'), IdentityProvider.open('other')]);
  server = await startTestServer({ SSO_ALLOW_LOOPBACK: 'true' });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await server.close();
  await Promise.all([acme.close(), other.close()]);
});

interface Company {
  readonly owner: Person;
  /** Its proved domain. */
  readonly domain: string;
  readonly id: string;
}

/** Creates an organization with the feature and a proved domain. */
async function organization(): Promise<Pick<Company, 'owner' | 'domain'>> {
  const owner = await server.world.owner({ verified: true });
  await database.query(`update organizations set plan = 'enterprise' where id = $1`, [owner.organizationId]);
  const domain = `${server.world.unique('company')}.example`;
  const proof = `insert into domains (organization_id, id, kind, name, dns_token, grade, verified_at, updated_at) values ($1, gen_random_uuid(), 'email', $2, 'token', 'ownership', now(), now())`;
  await database.query(proof, [owner.organizationId, domain]);
  return { owner, domain };
}

const bodyOf = (provider = acme, more: object = {}) => ({ name: 'Acme', issuer: provider.issuer, clientId: 'tenantry', clientSecret: provider.clientSecret, ...more });
const test = async ({ api }: Person, id: string, claims: Claims): Promise<Answer> =>
  api.post(`${connections}/${id}/test/complete`, await visitProvider(api, acme, claims, `${connections}/${id}/test`));

/** Creates an organization with an enabled connection to `acme`. */
async function company(more: object = {}): Promise<Company> {
  const { owner, domain } = await organization();
  const created = await owner.api.post(connections, bodyOf(acme, more));
  expect(created.status).toBe(201);
  const { id } = created.body;
  await database.query('update sso_connections set tested_at = now(), enabled = true where id = $1', [id]);
  return { owner, domain, id };
}

const person = ({ domain }: Pick<Company, 'domain'>, more: Partial<Claims> = {}): Claims => {
  const sub = server.world.unique('sub');
  return { sub, email: `${sub}@${domain}`, name: 'Pat Person', ...more };
};
const visit = (id: string, claims: Claims): Promise<Return> => visitProvider(server.api, acme, claims, `/auth/sso/${id}/start`);
const complete = (id: string, returned: object): Promise<Answer> => server.api.post(`/auth/sso/${id}/complete`, returned);
const signIn = async ({ id }: Pick<Company, 'id'>, claims: Claims): Promise<Answer> => complete(id, await visit(id, claims));
const apiOf = ({ body }: Answer): Client => server.api.as(body.accessToken as string);
const logoutClaims = (sub: string | undefined, more: object = {}) => ({
  iss: acme.issuer,
  aud: 'tenantry',
  ...(sub === undefined ? {} : { sub }),
  iat: Math.floor(Date.now() / 1000),
  jti: server.world.unique('jti'),
  events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  ...more,
});
/** The mails about the connections of a company that were written, by their subject. */
const noticesOf = async ({ owner }: Pick<Company, 'owner'>): Promise<number> => {
  const { rows } = await database.query<{ count: number }>(`select count(*)::int from mail_messages where organization_id = $1 and template = 'security-changed'`, [
    owner.organizationId,
  ]);
  return rows[0]?.count ?? 0;
};
const me = async (answer: Answer) => (await apiOf(answer).get('/auth/me')).body;
const attemptsOf = async ({ owner, id }: Company) => (await owner.api.get(`${connections}/${id}`)).body.attempts;

describe('a connection', () => {
  it('is created, tested and enabled, and never shows its secret', async () => {
    const { owner, domain } = await organization();
    const created = await owner.api.post(connections, bodyOf(acme, { roleMappings: [{ value: 'admins', role: 'admin' }] }));
    const { id } = created.body;
    expect(created).toMatchObject({ status: 201, body: { enabled: false, testedAt: null, redirectUri: `https://app.tenantry.test/sign-in/sso/${id}`, attempts: [] } });
    const start = (): Promise<Answer> => server.api.post(`/auth/sso/${id}/start`, { challenge: newPage().challenge });
    expect(await start()).toMatchObject({ status: 404 });
    expect(await owner.api.patch(`${connections}/${id}`, { enabled: true })).toMatchObject({ status: 409, body: { code: 'sso_connection_not_tested' } });
    const claims = person({ domain }, { groups: ['admins'] });
    expect(await test(owner, id, claims)).toMatchObject({
      status: 200,
      body: { subject: claims.sub, email: claims.email, name: 'Pat Person', role: 'admin', addressProved: true, claims: expect.arrayContaining(['groups', 'sub']) },
    });
    expect(await owner.api.patch(`${connections}/${id}`, { enabled: true })).toMatchObject({ status: 200, body: { enabled: true } });
    expect((await start()).status).toBe(200);
    const shown = await owner.api.get(connections);
    expect(shown.text).not.toContain(acme.clientSecret);
    expect(shown.body.data[0].attempts).toMatchObject([{ outcome: 'tested', email: claims.email, detail: null }]);
    const { rows } = await database.query<{ secret: Buffer }>('select client_secret as secret from sso_connections where id = $1', [id]);
    expect(rows[0]?.secret.toString('latin1')).not.toContain(acme.clientSecret);
  });

  it('without a secret it authenticates with a key of its own, which can be replaced', async () => {
    const { owner, domain } = await organization();
    const { clientSecret: _, ...body } = bodyOf(acme, { clientId: keyClient });
    const created = await owner.api.post(connections, body);
    const [key] = created.body.publicKeys;
    expect(created).toMatchObject({ status: 201, body: { clientAuth: 'private_key_jwt', publicKeys: [{ kty: 'RSA', alg: 'RS256', use: 'sig' }] } });
    expect(Object.keys(key)).not.toContain('d');
    await acme.register(key);
    const { id } = created.body;
    expect(await test(owner, id, person({ domain }))).toMatchObject({ status: 200, body: { addressProved: true } });
    const replaced = await owner.api.patch(`${connections}/${id}`, { clientSecret: null });
    expect(replaced.body.publicKeys[0].kid).not.toBe(key.kid);
    expect(await test(owner, id, person({ domain }))).toMatchObject({ status: 401 });
    await acme.register(replaced.body.publicKeys[0]);
    expect((await test(owner, id, person({ domain }))).status).toBe(200);
    expect(await owner.api.patch(`${connections}/${id}`, { clientSecret: 'a secret' })).toMatchObject({ body: { clientAuth: 'client_secret', publicKeys: [] } });
  });

  it.each([
    'http://login.acme.example',
    'https://10.0.0.1',
    'https://169.254.169.254',
    'https://[::1]',
    'https://[::ffff:7f00:1]',
    'https://[fd00::1]',
    'https://0x7f.1',
    'https://2130706433',
    'https://user:pw@login.acme.example',
    'https://:pw@login.acme.example',
    'ftp://login.acme.example',
    'nothing',
  ])('to %s is refused', async (issuer) => {
    const { owner } = await owners();
    // Loopback addresses are allowed to this server over http; the others are refused to each.
    const strict = await strictServer();
    const answer = await strict.api.as(owner.api.token).with({ 'x-tenant-id': owner.organizationId }).post(connections, bodyOf(acme, { issuer }));
    expect(answer).toMatchObject({ status: 422, body: { code: 'sso_issuer_not_allowed' } });
  });

  it('a name of this machine is refused as an issuer, and a name without public addresses is not connected', async () => {
    const { owner } = await owners();
    const strict = await strictServer();
    const api = strict.api.as(owner.api.token).with({ 'x-tenant-id': owner.organizationId });
    for (const issuer of ['https://localhost', 'https://app.localhost'])
      expect(await api.post(connections, bodyOf(acme, { issuer }))).toMatchObject({ status: 422, body: { code: 'sso_issuer_not_allowed' } });
    const { id } = (await api.post(connections, bodyOf(acme, { issuer: 'https://no-such-host.invalid' }))).body;
    expect(await api.post(`${connections}/${id}/test`, { challenge: newPage().challenge })).toMatchObject({ status: 503, body: { code: 'identity_provider_unavailable' } });
    const [{ outcome, detail }] = (await api.get(`${connections}/${id}`)).body.attempts;
    expect({ outcome, detail }).toEqual({ outcome: 'identity_provider_unavailable', detail: expect.stringContaining('must have public addresses') });
  });

  it('is not made by http to a name that the provider gives for its keys, its tokens or its page', async () => {
    const firm = await company();
    const api = apiOf(await signIn(firm, person(firm)));
    const claims = logoutClaims(person(firm).sub);
    const { owner } = firm;
    const start = (): Promise<Answer> => server.api.post(`/auth/sso/${firm.id}/start`, { challenge: newPage().challenge });
    const logOut = async (): Promise<Answer> => server.api.post(`/auth/sso/${firm.id}/backchannel-logout`, { logout_token: await acme.sign(claims) });
    const uses = { jwks_uri: ['/jwks', logOut], token_endpoint: ['/token', () => signIn(firm, person(firm))], authorization_endpoint: ['/auth', start] } as const;
    const statusWith = async (origin: string, endpoint: keyof typeof uses): Promise<number> => {
      const [path, use] = uses[endpoint];
      // Another version of the connection, of which nothing is known yet.
      await owner.api.patch(`${connections}/${firm.id}`, { name: endpoint });
      return (await acme.whileDescribedBy({ [endpoint]: `${origin}${path}` }, use)).status;
    };
    const named = acme.issuer.replace('127.0.0.1', 'acme.test');
    expect([await statusWith(named, 'jwks_uri'), await statusWith(named, 'token_endpoint'), await statusWith(named, 'authorization_endpoint')]).toEqual([400, 503, 503]);
    for (const page of ['javascript:alert(1)', 'nothing', '']) {
      await owner.api.patch(`${connections}/${firm.id}`, { name: 'Another version' });
      expect(await acme.whileDescribedBy({ authorization_endpoint: page }, start)).toMatchObject({ status: 503, body: { code: 'identity_provider_unavailable' } });
    }
    expect([await statusWith(acme.issuer, 'jwks_uri'), await statusWith(acme.issuer, 'token_endpoint'), await statusWith(acme.issuer, 'authorization_endpoint')]).toEqual([
      204, 200, 200,
    ]);
    expect((await api.get('/auth/me')).status).toBe(200);
  });

  it('needs the feature and the permission, grants no role above that of its author, and is of one organization', async () => {
    const { owner, id } = await company();
    const free = await server.world.owner();
    expect(await free.api.post(connections, bodyOf())).toMatchObject({ status: 402, body: { code: 'feature_not_in_plan' } });
    const member = await server.world.member(owner);
    expect(await member.api.get(connections)).toMatchObject({ status: 403 });
    expect((await owner.api.post(connections, bodyOf(acme, { defaultRole: 'owner' }))).status).toBe(400);
    expect(await free.api.get(`${connections}/${id}`)).toMatchObject({ status: 404 });
    expect(await free.api.delete(`${connections}/${id}`)).toMatchObject({ status: 404 });
    expect((await free.api.get(connections)).body.data).toEqual([]);
  });
});

let sharedOwner: Promise<Pick<Company, 'owner' | 'domain'>> | undefined;
const owners = (): Promise<Pick<Company, 'owner' | 'domain'>> => (sharedOwner ??= organization());
let strictOne: Promise<TestServer> | undefined;
/** A server that allows no loopback addresses, on the same database. */
const strictServer = (): Promise<TestServer> => (strictOne ??= startTestServer());
afterAll(async () => (await strictOne)?.close());

describe('a sign-in with a connection', () => {
  it('a new person becomes a member with the role of their group, and is the same one the next time', async () => {
    const firm = await company({ roleMappings: [{ value: 'admins', role: 'admin' }] });
    const pat = person(firm, { groups: ['admins'] });
    const first = await signIn(firm, pat);
    expect(first.status).toBe(200);
    const { user, role, activeOrganization } = await me(first);
    expect({ user, role, id: activeOrganization.id }).toEqual({
      user: { id: expect.any(String), email: pat.email, name: 'Pat Person', userName: null, emailVerified: true },
      role: 'admin',
      id: firm.owner.organizationId,
    });
    expect((await me(await signIn(firm, { ...pat, email: 'other@elsewhere.example', groups: [] }))).user).toEqual(user);
    expect((await attemptsOf(firm))[0]).toMatchObject({ outcome: 'signed_in', email: 'other@elsewhere.example' });
  });

  it('parallel first sign-ins of one person make one account and one membership', async () => {
    const firm = await company();
    const pat = person(firm);
    const returns = await Promise.all([visit(firm.id, pat), visit(firm.id, pat), visit(firm.id, pat)]);
    const answers = await Promise.all(returns.map((returned) => complete(firm.id, returned)));
    expect(new Set(await Promise.all(answers.map(async (answer) => (await me(answer)).user.id))).size).toBe(1);
  });

  it('an existing account is signed in to only with an address at a proved domain of this organization', async () => {
    const [firm, victim] = [await company(), await server.world.owner({ verified: true })];
    const stolen = await signIn(firm, { sub: server.world.unique('sub'), email: victim.email, email_verified: true });
    expect(stolen).toMatchObject({ status: 403, body: { code: 'sso_address_not_proved' } });
    expect(await signIn(firm, { sub: server.world.unique('sub') })).toMatchObject({ status: 403, body: { code: 'sso_address_not_proved' } });
    const colleague = await server.world.owner({ email: `${server.world.unique('pat')}@${firm.domain}`, verified: true });
    const signedIn = await signIn(firm, { sub: server.world.unique('sub'), email: colleague.email });
    expect((await me(signedIn)).user.id).toBe(colleague.userId);
    expect((await attemptsOf(firm))[1]).toMatchObject({ outcome: 'sso_address_not_proved', detail: expect.stringContaining('verified by DNS') });
  });

  it('a connection of an administrator does not make the administrator an owner: the owner consents, or becomes its author', async () => {
    const { owner, domain } = await organization();
    const [admin, boss] = [await server.world.member(owner, 'admin'), await server.world.member(owner, 'owner', `${server.world.unique('boss')}@${domain}`)];
    await database.query('update users set email_verified_at = now() where id = $1', [boss.userId]);
    const { id } = (await admin.api.post(connections, bodyOf())).body;
    await database.query('update sso_connections set tested_at = now(), enabled = true where id = $1', [id]);
    const asBoss = (): Claims => ({ sub: server.world.unique('sub'), email: boss.email });
    expect(await signIn({ id }, asBoss())).toMatchObject({ status: 403, body: { code: 'sso_member_above_author' } });
    expect((await signIn({ id }, person({ domain }))).status).toBe(200);
    const consented = asBoss();
    expect((await boss.api.post(`/auth/sso/${id}/link/complete`, await visitProvider(boss.api, acme, consented, `/auth/sso/${id}/link`))).status).toBe(204);
    expect((await signIn({ id }, consented)).status).toBe(200);
    expect((await boss.api.patch(`${connections}/${id}`, { defaultRole: 'member' })).status).toBe(200);
    expect((await signIn({ id }, asBoss())).status).toBe(200);
  });

  it('a new client secret must be tested, unless the connection is enabled', async () => {
    const { owner, id } = await company();
    const patch = (body: object): Promise<Answer> => owner.api.patch(`${connections}/${id}`, body);
    expect(await patch({ clientSecret: 'another one' })).toMatchObject({ status: 200, body: { enabled: true, testedAt: expect.any(String) } });
    await patch({ enabled: false });
    expect(await patch({ name: 'Renamed' })).toMatchObject({ body: { testedAt: expect.any(String) } });
    expect(await patch({ clientSecret: 'another one', enabled: true })).toMatchObject({ status: 409, body: { code: 'sso_connection_not_tested' } });
    expect(await patch({ clientSecret: 'another one' })).toMatchObject({ status: 200, body: { testedAt: null } });
    expect(await patch({ enabled: true })).toMatchObject({ status: 409, body: { code: 'sso_connection_not_tested' } });
  });

  it('a test, a sign-in or a link that is under way when the connection changes counts for nothing', async () => {
    const ended = { status: 410, body: { code: 'provider_visit_connection_changed' } };
    const { owner, domain } = await organization();
    const { id } = (await owner.api.post(connections, bodyOf())).body;
    const shown = async (): Promise<unknown> => (await owner.api.get(`${connections}/${id}`)).body;
    const during = (change: object, use: () => Promise<Answer>): Promise<Answer> => acme.whenAskedForToken(() => owner.api.patch(`${connections}/${id}`, change), use);
    expect(await during({ clientSecret: acme.clientSecret }, () => test(owner, id, person({ domain })))).toMatchObject(ended);
    expect(await shown()).toMatchObject({ testedAt: null, attempts: [{ outcome: 'provider_visit_connection_changed' }] });
    expect((await test(owner, id, person({ domain }))).status).toBe(200);
    await owner.api.patch(`${connections}/${id}`, { enabled: true });
    const pat = person({ domain });
    expect(await during({ defaultRole: 'member' }, () => signIn({ id }, pat))).toMatchObject(ended);
    expect(await during({ enabled: false }, () => signIn({ id }, pat))).toMatchObject(ended);
    await owner.api.patch(`${connections}/${id}`, { enabled: true });
    const link = async (): Promise<Answer> => owner.api.post(`/auth/sso/${id}/link/complete`, await visitProvider(owner.api, acme, pat, `/auth/sso/${id}/link`));
    expect(await during({ clientSecret: acme.clientSecret }, link)).toMatchObject(ended);
    const { rows } = await database.query('select from sso_identities where connection_id = $1', [id]);
    expect(rows).toEqual([]);
    // A test changes nothing of the connection: a sign-in goes on.
    const testAgain = (): Promise<Answer> => test(owner, id, person({ domain }));
    expect((await acme.whenAskedForToken(testAgain, () => signIn({ id }, pat))).status).toBe(200);
    expect(await shown()).toMatchObject({ testedAt: expect.any(String), attempts: expect.arrayContaining([expect.objectContaining({ outcome: 'signed_in' })]) });
  });

  it('the owners get a mail when it is enabled, also again, and when its secret is replaced meanwhile', async () => {
    const firm = await company();
    const admin = await server.world.member(firm.owner, 'admin');
    const patch = async (body: object): Promise<number> => {
      expect((await admin.api.patch(`${connections}/${firm.id}`, body)).status).toBe(200);
      return noticesOf(firm);
    };
    expect([await patch({ name: 'Renamed' }), await patch({ enabled: true }), await patch({ clientSecret: null })]).toEqual([0, 0, 1]);
    const { mail } = await server.mailbox.waitFor(firm.owner.email, 'connection Renamed of');
    expect(mail.text).toContain('which is enabled, was changed: clientSecret.');
    expect(mail.text).toContain(` <${admin.email}> on `);
    expect([await patch({ enabled: false }), await patch({ enabled: true })]).toEqual([1, 2]);
    expect((await server.mailbox.waitFor(firm.owner.email, 'Single sign-on with Renamed was enabled')).mail.text).toContain('disable the connection now');
    expect(server.mailbox.to(admin.email).filter(({ mail: { subject } }) => subject?.includes('Renamed'))).toEqual([]);
  });

  it('the owners get a mail when the roles that an enabled one gives are changed, and when a member makes a set-up link', async () => {
    const firm = await company();
    const patch = async (body: object): Promise<number> => {
      expect((await firm.owner.api.patch(`${connections}/${firm.id}`, body)).status).toBe(200);
      return noticesOf(firm);
    };
    const admins = [{ value: 'admins', role: 'admin' }];
    expect([await patch({ roleMappings: admins }), await patch({ roleMappings: admins }), await patch({ roleClaim: 'teams', defaultRole: 'admin' })]).toEqual([1, 1, 2]);
    expect((await server.mailbox.waitFor(firm.owner.email, 'connection Acme of', 2)).mail.text).toContain('was changed: roleClaim, defaultRole.');
    expect((await firm.owner.api.post('/tenant/sso-setup-links', { name: 'Pat in IT' })).status).toBe(201);
    const { mail } = await server.mailbox.waitFor(firm.owner.email, 'A set-up link of single sign-on');
    expect(mail.text).toContain(`<${firm.owner.email}> created the set-up link "Pat in IT" on `);
    expect(mail.text).not.toContain('operator');
    expect(await noticesOf(firm)).toBe(3);
  });

  it('an operator is not signed in, and a second factor is still asked for', async () => {
    const firm = await company();
    const operator = await server.control.createOperator(`${server.world.unique('operator')}@${firm.domain}`);
    expect(await signIn(firm, { sub: server.world.unique('sub'), email: operator.email })).toMatchObject({ status: 401, body: { code: 'identity_account_refused' } });
    const colleague = await server.world.owner({ email: `${server.world.unique('pat')}@${firm.domain}`, verified: true });
    const pat = { sub: server.world.unique('sub'), email: colleague.email };
    const { secret } = (await colleague.api.post('/auth/mfa/totp')).body;
    await colleague.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) });
    const { body } = await signIn(firm, pat);
    expect(body).toEqual({ mfaRequired: true, mfaToken: expect.any(String) });
    const verified = await server.api.post('/auth/mfa/verify', { mfaToken: body.mfaToken, code: codeOf(secret, 1) });
    const { rows } = await database.query('select 1 from sessions s where s.sso_connection_id = $1 and second_factor_at is not null', [firm.id]);
    expect([verified.status, rows.length]).toEqual([200, 1]);
    // The second factor proves the account: the session reaches the other organizations of its user.
    expect((await apiOf(verified).get(colleague.home)).status).toBe(200);
  });

  it('the session reaches no other organization and no credential of the account, until its user proves the account', async () => {
    const firm = await company();
    const colleague = await server.world.owner({ email: `${server.world.unique('pat')}@${firm.domain}`, verified: true });
    const api = apiOf(await signIn(firm, { sub: server.world.unique('sub'), email: colleague.email }));
    const calls: Record<string, () => Promise<Answer>> = {
      'a read elsewhere': () => api.get(colleague.home),
      'a change elsewhere': () => api.patch(colleague.home, { name: 'Taken' }),
      'a switch': () => api.post('/auth/switch-organization', { organizationId: colleague.organizationId }),
      'a new organization': () => api.post('/organizations', { name: server.world.unique('taken') }),
      'its other sessions': () => api.delete('/auth/sessions'),
      'its passkeys': () => api.get('/auth/passkeys'),
      'its account': () => api.patch('/users/me', { name: 'Pat' }),
      'the options of a passkey': () => api.post('/auth/passkeys/options'),
      'a second factor': () => api.post('/auth/mfa/totp'),
      'a linked identity': () => api.post('/auth/providers/acme/link', { challenge: newPage().challenge }),
    };
    const outcomes = async (): Promise<Record<string, unknown>> =>
      Object.fromEntries(await Promise.all(Object.entries(calls).map(async ([name, call]) => [name, await call().then(({ status, body }) => [status, body?.code])])));
    const lists = async () => [
      (await api.get('/organizations')).body.data.map(({ id }: { id: string }) => id).sort(),
      (await api.get('/auth/me')).body.memberships.map(({ organization }: { organization: { id: string } }) => organization.id).sort(),
      (await api.get('/auth/sessions')).body.data.length,
    ];
    const refused = [403, 'account_login_required'];
    expect(await lists()).toEqual([[firm.owner.organizationId], [firm.owner.organizationId], 1]);
    expect(await outcomes()).toEqual(Object.fromEntries(Object.keys(calls).map((name) => [name, refused])));
    expect((await api.get('/organizations/current')).body.id).toBe(firm.owner.organizationId);
    expect((await api.post('/auth/reauthenticate', { password: goodPassword })).status).toBe(204);
    const both = [firm.owner.organizationId, colleague.organizationId].sort();
    expect(await lists()).toEqual([both, both, 2]);
    expect(await outcomes()).toEqual({
      'a read elsewhere': [200, undefined],
      'a change elsewhere': [200, undefined],
      'a switch': [200, undefined],
      'a new organization': [201, undefined],
      'its other sessions': [204, undefined],
      'its passkeys': [200, undefined],
      'its account': [200, undefined],
      'the options of a passkey': [200, undefined],
      'a second factor': [200, undefined],
      'a linked identity': [404, 'not_found'],
    });
  });

  it('a member who becomes an operator is signed out, and not signed in again', async () => {
    const firm = await company();
    const pat = person(firm);
    const signedIn = await signIn(firm, pat);
    const userId = (await me(signedIn)).user.id;
    const { email } = await server.control.createOperator(server.world.email('operator'));
    const { body: operator } = await server.api.post('/auth/login', { email, password: goodPassword });
    expect((await server.api.as(operator.accessToken).post('/platform/admins', { userId })).status).toBe(201);
    expect((await apiOf(signedIn).get('/auth/me')).status).toBe(401);
    expect(await signIn(firm, pat)).toMatchObject({ status: 401, body: { code: 'identity_account_refused' } });
  });

  it('the return of one connection is refused by another, twice, without the secret of the page, and as a test', async () => {
    const [firm, rival] = [await company(), await company()];
    const ended = (cause: string): object => ({ status: 410, body: { code: `provider_visit_${cause}` } });
    expect(await complete(rival.id, await visit(firm.id, person(firm)))).toMatchObject(ended('other_provider'));
    const returned = await visit(firm.id, person(firm));
    expect((await complete(firm.id, returned)).status).toBe(200);
    expect(await complete(firm.id, returned)).toMatchObject(ended('used'));
    expect(await complete(firm.id, { ...(await visit(firm.id, person(firm))), verifier: newPage().verifier })).toMatchObject(ended('other_page'));
    expect(await firm.owner.api.post(`${connections}/${firm.id}/test/complete`, await visit(firm.id, person(firm)))).toMatchObject(ended('other_purpose'));
    expect(await complete(firm.id, { ...(await visit(firm.id, person(firm))), iss: other.issuer })).toMatchObject({ status: 401, body: { code: 'identity_mixed_up_issuer' } });
    // A return without a visit leaves no attempt.
    expect(await attemptsOf(firm)).toMatchObject([
      { outcome: 'identity_mixed_up_issuer', detail: expect.stringContaining('iss') },
      { outcome: 'signed_in', detail: null },
    ]);
  });

  it('a refusal of the identity provider ends the visit, and its reason is noted', async () => {
    const firm = await company();
    const { code: _, ...returned } = await visit(firm.id, person(firm));
    const declined = { ...returned, error: 'access_denied', errorDescription: 'Pat is not assigned to the application' };
    expect(await complete(firm.id, { ...declined, state: 'of nobody' })).toMatchObject({ status: 410 });
    expect(await complete(firm.id, declined)).toMatchObject({ status: 401, body: { code: 'identity_declined' } });
    expect((await complete(firm.id, declined)).status).toBe(410);
    expect(await complete(firm.id, await visit(firm.id, person(firm)).then(({ code: __, ...without }) => without))).toMatchObject({ status: 401 });
    const wrongSecret = await firm.owner.api.patch(`${connections}/${firm.id}`, { clientSecret: 'another one' });
    expect(wrongSecret.status).toBe(200);
    expect(await signIn(firm, person(firm))).toMatchObject({ status: 401 });
    expect((await attemptsOf(firm)).map(({ detail }: { detail: string }) => detail)).toEqual([
      expect.stringContaining('invalid_client'),
      expect.any(String),
      expect.stringContaining('access_denied — Pat is not assigned to the application'),
    ]);
  });

  it('the seats of the organization are respected, and ten attempts are kept', async () => {
    const firm = await company();
    const given = `insert into entitlement_overrides (organization_id, id, kind, key, units, updated_at) values ($1, gen_random_uuid(), 'limit', 'seats', 1, now())`;
    await database.query(given, [firm.owner.organizationId]);
    for (let each = 0; each < 11; each += 1) expect(await signIn(firm, person(firm))).toMatchObject({ status: 402, body: { code: 'no_seat_left' } });
    expect((await attemptsOf(firm)).length).toBe(10);
  });

  it('a connection that is disabled without a request ends its sessions in the same transaction', async () => {
    const firm = await company();
    await signIn(firm, person(firm));
    const alive = 'select count(*)::int as alive from sessions where sso_connection_id = $1 and revoked_at is null';
    await database.query('begin');
    await database.query('update sso_connections set enabled = false where id = $1', [firm.id]);
    expect((await database.query(alive, [firm.id])).rows).toEqual([{ alive: 0 }]);
    await database.query('rollback');
    expect((await database.query(alive, [firm.id])).rows).toEqual([{ alive: 1 }]);
  });

  it('a disabled or deleted connection ends its sessions, and no others', async () => {
    const firm = await company();
    const pat = apiOf(await signIn(firm, person(firm)));
    expect((await pat.get('/auth/me')).status).toBe(200);
    await firm.owner.api.patch(`${connections}/${firm.id}`, { enabled: false });
    expect((await pat.get('/auth/me')).status).toBe(401);
    await firm.owner.api.patch(`${connections}/${firm.id}`, { enabled: true });
    const again = apiOf(await signIn(firm, person(firm)));
    expect((await firm.owner.api.delete(`${connections}/${firm.id}`)).status).toBe(204);
    expect((await again.get('/auth/me')).status).toBe(401);
    expect((await firm.owner.api.get('/auth/me')).status).toBe(200);
    expect((await server.api.post(`/auth/sso/${firm.id}/start`, { challenge: newPage().challenge })).status).toBe(404);
  });
});

describe('a sign-out at the identity provider', () => {
  const forms = { 'content-type': 'application/x-www-form-urlencoded' };
  const addressOf = (id: string): string => `${server.api.url}/api/v1/auth/sso/${id}/backchannel-logout`;

  it('ends the sessions that began with the connection, and no others', async () => {
    const firm = await company();
    const [pat, kim] = [person(firm), person(firm)];
    const [first, second, colleague] = [apiOf(await signIn(firm, pat)), apiOf(await signIn(firm, pat)), apiOf(await signIn(firm, kim))];
    const rival = await company();
    expect(await acme.signOut(pat.sub, addressOf(rival.id))).toBe(204);
    expect((await first.get('/auth/me')).status).toBe(200);
    expect(await acme.signOut(pat.sub, addressOf(firm.id))).toBe(204);
    expect([(await first.get('/auth/me')).status, (await second.get('/auth/me')).status, (await colleague.get('/auth/me')).status]).toEqual([401, 401, 200]);
    expect(await acme.signOut('nobody', addressOf(firm.id))).toBe(204);
  });

  it('ends one session when the token names no user but a session', async () => {
    const [firm, rival] = [await company(), await company()];
    const pat = person(firm);
    const [first, second] = [apiOf(await signIn(firm, pat)), apiOf(await signIn(firm, pat))];
    const { rows } = await database.query<{ sid: string }>('select sso_sid as sid from sessions where sso_connection_id = $1 order by id', [firm.id]);
    const [sid = '', other = ''] = rows.map((row) => row.sid);
    expect(new Set([sid, other, '']).size).toBe(3);
    const send = async (id: string, claims: object): Promise<number> =>
      (await server.api.post(`/auth/sso/${id}/backchannel-logout`, { logout_token: await acme.sign(logoutClaims(undefined, claims)) })).status;
    expect([await send(rival.id, { sid }), await send(firm.id, { sid: 'unknown' }), await send(firm.id, {})]).toEqual([204, 204, 400]);
    expect([(await first.get('/auth/me')).status, (await second.get('/auth/me')).status]).toEqual([200, 200]);
    expect(await send(firm.id, { sid })).toBe(204);
    expect([(await first.get('/auth/me')).status, (await second.get('/auth/me')).status]).toEqual([401, 200]);
  });

  it('does nothing with a token that is late, of another provider, unsigned, or an ID token', async () => {
    const firm = await company();
    const pat = person(firm);
    const api = apiOf(await signIn(firm, pat));
    expect(await other.signOut(pat.sub, addressOf(firm.id))).toBe(400);
    await acme.whileSlow(11 * 60_000, async () => expect(await acme.signOut(pat.sub, addressOf(firm.id))).toBe(400));
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = logoutClaims(pat.sub);
    const unsigned = `${part({ alg: 'none' })}.${part(claims)}.`;
    const bySecret = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(acme.clientSecret));
    const bodies = [
      { logout_token: unsigned },
      { logout_token: bySecret },
      { logout_token: await acme.sign({ ...claims, events: {} }) },
      { logout_token: await acme.sign({ ...claims, nonce: 'one' }) },
    ];
    for (const body of bodies)
      expect(await server.api.post(`/auth/sso/${firm.id}/backchannel-logout`, body)).toMatchObject({ status: 400, body: { code: 'invalid_logout_token' } });
    const send = async (body: string, path = `/auth/sso/${firm.id}/backchannel-logout`): Promise<number> =>
      (await fetch(`${server.api.url}/api/v1${path}`, { method: 'POST', headers: forms, body })).status;
    expect(await send('logout_token=a&logout_token=b')).toBe(400);
    expect(await send('email=a', '/auth/login')).toBe(415);
    expect((await api.get('/auth/me')).status).toBe(200);
    expect(await send(`logout_token=${await acme.sign(claims)}`)).toBe(204);
    expect((await api.get('/auth/me')).status).toBe(401);
  });

  it('ends nothing that has begun since, when the token is sent again', async () => {
    const firm = await company();
    const pat = person(firm);
    await signIn(firm, pat);
    const claims = logoutClaims(pat.sub, { iat: Math.floor(Date.now() / 1000) - 5 });
    const again = apiOf(await signIn(firm, pat));
    expect((await server.api.post(`/auth/sso/${firm.id}/backchannel-logout`, { logout_token: await acme.sign(claims) })).status).toBe(204);
    expect((await again.get('/auth/me')).status).toBe(200);
  });
});

describe('a sign-out that its user begins', () => {
  const signOut = (api: Client, body: object = {}): Promise<Answer> => api.post('/auth/sso/logout', body);

  it('ends the session, and leads to the page of the identity provider, which knows the session and the way back', async () => {
    const firm = await company();
    const answer = await signIn(firm, person(firm));
    const api = apiOf(answer);
    const { body } = await signOut(api, { returnTo: signedOutPage, state: 'back' });
    expect((await api.get('/auth/me')).status).toBe(401);
    expect((await server.api.post('/auth/refresh', { refreshToken: answer.body.refreshToken })).status).toBe(401);
    const url = new URL(body.url as string);
    expect(url.origin).toBe(acme.issuer);
    expect(Object.fromEntries(url.searchParams)).toEqual({ client_id: 'tenantry', id_token_hint: expect.any(String), post_logout_redirect_uri: signedOutPage, state: 'back' });
    expect((await fetch(url)).status).toBe(200);
    url.searchParams.set('id_token_hint', `${url.searchParams.get('id_token_hint') ?? ''}x`);
    expect((await fetch(url)).status).toBe(400);
  });

  it('keeps the ID token encrypted, and only while the session lasts', async () => {
    const firm = await company();
    const pat = person(firm);
    const api = apiOf(await signIn(firm, pat));
    const read = async (): Promise<string | undefined> =>
      (await database.query<{ token: Buffer | null }>('select sso_id_token as token from sessions where sso_connection_id = $1', [firm.id])).rows[0]?.token?.toString('latin1');
    expect(await read()).not.toContain('eyJ');
    await signOut(api);
    expect(await read()).toBeUndefined();
    await signIn(firm, pat);
    await database.query('update sso_connections set enabled = false where id = $1', [firm.id]);
    const { rows } = await database.query('select 1 from sessions where sso_connection_id = $1 and sso_id_token is not null', [firm.id]);
    expect(rows).toEqual([]);
  });

  it('leads to no page of others, and works for other sessions and without an answer of the identity provider', async () => {
    const firm = await company();
    const api = apiOf(await signIn(firm, person(firm)));
    const refused = { status: 422, body: { code: 'return_address_not_allowed' } };
    for (const returnTo of ['https://evil.example/signed-out', 'https://app.tenantry.test@evil.example', 'https://app.tenantry.test.evil.example', 'http://app.tenantry.test/'])
      expect(await signOut(api, { returnTo })).toMatchObject(refused);
    await firm.owner.api.patch(`${connections}/${firm.id}`, { name: 'Not known yet' });
    await acme.whileDown(async () => expect(await signOut(api)).toMatchObject({ status: 200, body: { url: null } }));
    expect((await api.get('/auth/me')).status).toBe(401);
    const other = await server.world.owner();
    expect(await signOut(other.api, { returnTo: signedOutPage })).toMatchObject({ status: 200, body: { url: null } });
    expect((await other.api.get('/auth/me')).status).toBe(401);
  });
});

describe('the organization requires single sign-on', () => {
  it('members get in with its connection alone, and the owner with a link by mail', async () => {
    const firm = await company();
    const { owner } = firm;
    const address = `${server.world.unique('boss')}@${firm.domain}`;
    const boss = await server.world.member(owner, 'owner', address);
    await database.query('update users set email_verified_at = now() where id = $1', [boss.userId]);
    const require = (api: Client): Promise<Answer> => api.patch('/tenant/security', { ssoRequired: true });
    expect(await require(boss.api)).toMatchObject({ body: { code: 'policy_refuses_you' } });
    const api = apiOf(await signIn(firm, { sub: server.world.unique('sub'), email: address }));
    expect(await require(api)).toMatchObject({ status: 200, body: { ssoRequired: true } });
    expect((await api.get('/organizations/current')).status).toBe(200);
    expect(await boss.api.get('/organizations/current')).toMatchObject({ status: 403, body: { code: 'sso_required' } });
    expect(await owner.api.get('/organizations/current')).toMatchObject({ status: 403, body: { code: 'sso_required' } });
    // The single sign-on of another organization does not count.
    const rival = await company();
    await database.query(`insert into memberships (organization_id, id, user_id, role, updated_at) select $1, gen_random_uuid(), id, 'member', now() from users where email = $2`, [
      rival.owner.organizationId,
      address,
    ]);
    const sub = server.world.unique('sub');
    const rivalIdentity = 'insert into sso_identities (organization_id, id, connection_id, user_id, issuer, subject) values ($1, gen_random_uuid(), $2, $3, $4, $5)';
    await database.query(rivalIdentity, [rival.owner.organizationId, rival.id, boss.userId, acme.issuer, sub]);
    const elsewhere = apiOf(await signIn(rival, { sub }));
    expect(await elsewhere.get(owner.home)).toMatchObject({ status: 403, body: { code: 'sso_required' } });
  });

  it('its last enabled connection cannot be disabled or deleted', async () => {
    const firm = await company();
    const { owner, domain } = firm;
    const boss = await server.world.member(owner, 'owner', `${server.world.unique('boss')}@${domain}`);
    await database.query('update users set email_verified_at = now() where id = $1', [boss.userId]);
    const api = apiOf(await signIn(firm, { sub: server.world.unique('sub'), email: boss.email }));
    const { body: spare } = await owner.api.post(connections, bodyOf());
    const last = { status: 409, body: { code: 'last_sso_connection' } };
    const path = `${connections}/${firm.id}`;
    for (const policy of [{ ssoRequired: true }, { ssoRequired: false, signInMethods: ['sso'] }]) {
      expect((await api.patch('/tenant/security', policy)).status).toBe(200);
      expect([await api.patch(path, { enabled: false }), await api.delete(path)]).toMatchObject([last, last]);
      expect((await api.get('/organizations/current')).status).toBe(200);
    }
    // With another one, or another accepted way, it can.
    expect((await api.patch('/tenant/security', { signInMethods: ['sso', 'password'] })).status).toBe(200);
    expect((await owner.api.patch(path, { enabled: false })).status).toBe(200);
    await database.query('update sso_connections set tested_at = now(), enabled = true where id = any($1)', [[firm.id, spare.id]]);
    await database.query(`update settings_documents set document = '{"ssoRequired": true}' where organization_id = $1 and section = 'security'`, [owner.organizationId]);
    const again = apiOf(await signIn(firm, person(firm)));
    await database.query(`update memberships set role = 'admin' where organization_id = $1 and role = 'member'`, [owner.organizationId]);
    expect((await again.delete(`${connections}/${spare.id}`)).status).toBe(204);
    expect(await again.delete(path)).toMatchObject(last);
  });

  it('a preview counts the members whom it would refuse until they link an account', async () => {
    const firm = await company();
    const { owner, domain } = firm;
    await database.query(`update organizations set plan = 'enterprise' where id = $1`, [owner.organizationId]);
    const boss = await server.world.member(owner, 'owner', `${server.world.unique('boss')}@${domain}`);
    await database.query('update users set email_verified_at = now() where id = $1', [boss.userId]);
    const api = apiOf(await signIn(firm, { sub: server.world.unique('sub'), email: boss.email }));
    const linked = apiOf(await signIn(firm, person(firm)));
    const others = [await server.world.member(owner), await server.world.member(owner, 'admin')];
    // A connection that is not enabled signs nobody in.
    const { body: unused } = await owner.api.post(connections, bodyOf());
    const known = `insert into sso_identities (organization_id, id, connection_id, user_id, issuer, subject) values ($1, gen_random_uuid(), $2, $3, 'x', 'x')`;
    await database.query(known, [owner.organizationId, unused.id, others[0]?.userId]);
    const counted = async (body: object): Promise<number> => (await api.post('/tenant/security/preview', body)).body.withoutSignInCount;
    for (const body of [{ ssoRequired: true }, { signInMethods: ['sso'] }, { ssoRequired: true, signInMethods: ['sso', 'password'] }])
      expect(await counted(body)).toBe(others.length);
    // No provider of the installation is configured.
    expect(await counted({ signInMethods: ['provider', 'sso'] })).toBe(others.length);
    // The product offers none of these ways, so that the list has no effect.
    expect(await counted({ signInMethods: ['provider'] })).toBe(0);
    expect(await counted({ ssoRequired: true, signInMethods: ['passkey'] })).toBe(others.length + 1);
    for (const body of [{}, { ssoRequired: false }, { signInMethods: [] }, { signInMethods: ['sso', 'passkey'] }, { signInMethods: ['password'] }])
      expect(await counted(body)).toBe(0);
    expect((await api.patch('/tenant/security', { ssoRequired: true })).status).toBe(200);
    expect((await linked.get('/organizations/current')).status).toBe(200);
    for (const other of others) expect(await other.api.get('/organizations/current')).toMatchObject({ status: 403, body: { code: 'sso_required' } });
  });

  it('single sign-on stays required, and works for present members alone, after the plan has lost it', async () => {
    const firm = await company();
    const { owner, domain } = firm;
    const pat = person(firm);
    expect((await signIn(firm, pat)).status).toBe(200);
    const setPlan = (plan: string) => database.query('update organizations set plan = $2 where id = $1', [owner.organizationId, plan]);
    await setPlan('free');
    expect(await server.api.post(`/auth/sso/${firm.id}/start`, { challenge: newPage().challenge })).toMatchObject({ status: 404 });
    expect((await owner.api.get('/organizations/current')).status).toBe(200);
    await setPlan('enterprise');
    const boss = await server.world.member(owner, 'owner', `${server.world.unique('boss')}@${domain}`);
    await database.query('update users set email_verified_at = now() where id = $1', [boss.userId]);
    const claims = { sub: server.world.unique('sub'), email: boss.email };
    expect(await apiOf(await signIn(firm, claims)).patch('/tenant/security', { ssoRequired: true })).toMatchObject({ status: 200 });
    await setPlan('free');
    expect(await owner.api.get('/organizations/current')).toMatchObject({ status: 403, body: { code: 'sso_required' } });
    expect((await apiOf(await signIn(firm, pat)).get('/organizations/current')).status).toBe(200);
    expect((await server.api.post('/auth/discover', { email: pat.email })).body.connections.length).toBe(1);
    expect(await signIn(firm, person(firm))).toMatchObject({ status: 402, body: { code: 'feature_not_in_plan' } });
    const again = apiOf(await signIn(firm, claims));
    expect(await again.post(connections, bodyOf())).toMatchObject({ status: 402 });
    expect(await again.patch('/tenant/security', { ssoRequired: false })).toMatchObject({ status: 200 });
    expect((await owner.api.get('/organizations/current')).status).toBe(200);
    expect(await server.api.post(`/auth/sso/${firm.id}/start`, { challenge: newPage().challenge })).toMatchObject({ status: 404 });
  });
});

describe('a link of a member whose address is elsewhere', () => {
  const linkOf = async ({ api }: Pick<Person, 'api'>, { id }: Pick<Company, 'id'>, claims: Claims): Promise<Answer> =>
    api.post(`/auth/sso/${id}/link/complete`, await visitProvider(api, acme, claims, `/auth/sso/${id}/link`));
  const claimsElsewhere = (): Claims => ({ sub: server.world.unique('sub'), email: server.world.email() });

  it('signs the member in, with the role that they have, until it is unlinked', async () => {
    const firm = await company({ defaultRole: 'member' });
    const admin = await server.world.member(firm.owner, 'admin');
    await database.query('update users set email_verified_at = now() where id = $1', [admin.userId]);
    const claims = claimsElsewhere();
    expect(await signIn(firm, claims)).toMatchObject({ status: 403, body: { code: 'sso_address_not_proved' } });
    expect((await linkOf(admin, firm, claims)).status).toBe(204);
    await server.mailbox.waitFor(admin.email, 'You can now sign in with the identity provider of');
    expect((await linkOf(admin, firm, claims)).status).toBe(204);
    const signedIn = await signIn(firm, claims);
    expect(await me(signedIn)).toMatchObject({ user: { id: admin.userId }, activeOrganization: { id: firm.owner.organizationId } });
    expect((await firm.owner.api.get(`${firm.owner.home}/members/${admin.userId}`)).body.role).toBe('admin');
    const listed = { connectionId: firm.id, name: 'Acme', organization: { id: firm.owner.organizationId, name: expect.any(String), slug: expect.any(String) } };
    expect((await admin.api.get('/auth/sso/links')).body).toEqual({ data: [{ ...listed, createdAt: expect.any(String), lastUsedAt: expect.any(String) }], nextCursor: null });
    expect((await firm.owner.api.get('/auth/sso/links')).body.data).toEqual([]);
    expect((await attemptsOf(firm)).map(({ outcome }: { outcome: string }) => outcome)).toEqual(['signed_in', 'linked', 'linked', 'sso_address_not_proved']);
    expect((await admin.api.delete(`/auth/sso/${firm.id}/link`)).status).toBe(204);
    expect((await apiOf(signedIn).get('/auth/me')).status).toBe(401);
    expect(await signIn(firm, claims)).toMatchObject({ status: 403, body: { code: 'sso_address_not_proved' } });
    expect(await admin.api.delete(`/auth/sso/${firm.id}/link`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('is refused to strangers, operators, old sessions and sessions of the connection itself', async () => {
    const firm = await company();
    const path = `/auth/sso/${firm.id}/link`;
    const begin = ({ api }: Pick<Person, 'api'>): Promise<Answer> => api.post(path, { challenge: newPage().challenge });
    expect(await begin(await server.world.owner())).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const colleague = await server.world.member(firm.owner);
    await database.query(`update sessions set authenticated_at = now() - interval '11 minutes' where user_id = $1`, [colleague.userId]);
    expect(await begin(colleague)).toMatchObject({ status: 401, body: { code: 'recent_login_required' } });
    const confined = apiOf(await signIn(firm, person(firm)));
    expect(await begin({ api: confined })).toMatchObject({ status: 403, body: { code: 'account_login_required' } });
    const operator = await server.world.member(firm.owner);
    const begun = await visitProvider(operator.api, acme, claimsElsewhere(), path);
    await database.query('insert into platform_admins (user_id) values ($1)', [operator.userId]);
    expect(await operator.api.post(`${path}/complete`, begun)).toMatchObject({ status: 401, body: { code: 'identity_account_refused' } });
    expect(await begin(operator)).toMatchObject({ status: 401, body: { code: 'identity_account_refused' } });
  });

  it('is not removed when it is the last way to sign in', async () => {
    const firm = await company();
    const claims = person(firm);
    const api = apiOf(await signIn(firm, claims));
    await database.query('update sessions set second_factor_at = now() where user_id = (select id from users where email = $1)', [claims.email]);
    const unlink = (): Promise<Answer> => api.delete(`/auth/sso/${firm.id}/link`);
    expect(await unlink()).toMatchObject({ status: 409, body: { code: 'last_sign_in_method' } });
    expect((await signIn(firm, claims)).status).toBe(200);
    await registerPasskey(api);
    expect((await unlink()).status).toBe(204);
  });

  it('belongs to the session that began it, and is no sign-in', async () => {
    const firm = await company();
    const [one, two] = [await server.world.member(firm.owner), await server.world.member(firm.owner)];
    const path = `/auth/sso/${firm.id}/link`;
    const ended = (cause: string): object => ({ status: 410, body: { code: `provider_visit_${cause}` } });
    expect(await two.api.post(`${path}/complete`, await visitProvider(one.api, acme, claimsElsewhere(), path))).toMatchObject(ended('other_session'));
    expect(await complete(firm.id, await visitProvider(one.api, acme, claimsElsewhere(), path))).toMatchObject(ended('other_purpose'));
    expect(await one.api.post(`${path}/complete`, await visit(firm.id, claimsElsewhere()))).toMatchObject(ended('other_purpose'));
    const elsewhere = await company();
    expect(await one.api.post(`/auth/sso/${elsewhere.id}/link/complete`, await visitProvider(one.api, acme, claimsElsewhere(), path))).toMatchObject(ended('other_provider'));
  });

  it('is refused when another member has the account, also of two at once', async () => {
    const firm = await company();
    const people = [await server.world.member(firm.owner), await server.world.member(firm.owner)];
    const path = `/auth/sso/${firm.id}/link`;
    const claims = claimsElsewhere();
    const returns = [await visitProvider(people[0]!.api, acme, claims, path), await visitProvider(people[1]!.api, acme, claims, path)];
    const answers = await Promise.all(people.map(({ api }, at) => api.post(`${path}/complete`, returns[at])));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('identity_taken');
  });

  it('a removed member can neither complete it nor use it', async () => {
    const firm = await company();
    const gone = await server.world.member(firm.owner);
    const path = `/auth/sso/${firm.id}/link`;
    const [claims, other] = [claimsElsewhere(), claimsElsewhere()];
    expect((await linkOf(gone, firm, claims)).status).toBe(204);
    const late = await visitProvider(gone.api, acme, other, path);
    expect((await firm.owner.api.delete(`${firm.owner.home}/members/${gone.userId}`)).status).toBe(204);
    expect(await gone.api.post(`${path}/complete`, late)).toMatchObject({ status: 404 });
    expect(await signIn(firm, claims)).toMatchObject({ status: 403, body: { code: 'sso_address_not_proved' } });
  });
});

describe('a set-up link', () => {
  const links = '/tenant/sso-setup-links';
  const drafts = '/sso-setup/connections';
  const linkOf = async ({ owner }: Pick<Company, 'owner'>, more: object = {}): Promise<{ id: string; token: string; api: Client }> => {
    const { status, body } = await owner.api.post(links, { name: 'Pat, IT', ...more });
    expect(status).toBe(201);
    return { id: body.id, token: body.token, api: server.api.as(body.token as string) };
  };
  const testDraft = async (api: Client, id: string, claims: Claims): Promise<Answer> =>
    api.post(`${drafts}/${id}/test/complete`, await visitProvider(api, acme, claims, `${drafts}/${id}/test`));

  it('sets up a connection from the first field to the first sign-in, without an account, and then ends', async () => {
    const firm = await organization();
    const { owner, domain } = firm;
    const { api, id: linkId } = await linkOf(firm);
    expect((await api.get('/sso-setup')).body).toEqual({ organization: expect.any(String), expiresAt: expect.any(String), connections: [] });
    const created = await api.post(drafts, bodyOf());
    const { id } = created.body;
    expect(created).toMatchObject({ status: 201, body: { enabled: false, redirectUri: `https://app.tenantry.test/sign-in/sso/${id}`, defaultRole: 'member' } });
    expect(await api.patch(`${drafts}/${id}`, { enabled: true })).toMatchObject({ status: 409, body: { code: 'sso_connection_not_tested' } });
    await api.patch(`${drafts}/${id}`, { clientSecret: 'wrong' });
    expect((await testDraft(api, id, person(firm))).status).toBe(401);
    await api.patch(`${drafts}/${id}`, { clientSecret: acme.clientSecret, name: 'Acme login' });
    expect(await testDraft(api, id, person(firm))).toMatchObject({ status: 200, body: { addressProved: true, role: 'member' } });
    expect((await api.get(`${drafts}/${id}`)).body.attempts.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['tested', 'identity_client_refused']);
    const listed = await owner.api.get(links);
    expect(listed.body.data).toMatchObject([{ id: linkId, name: 'Pat, IT', createdById: owner.userId }]);
    expect(listed.text).not.toContain('token');
    expect(await api.patch(`${drafts}/${id}`, { enabled: true })).toMatchObject({ status: 200, body: { enabled: true } });
    expect((await signIn({ id }, { sub: server.world.unique('sub'), email: `pat@${domain}` })).status).toBe(200);
    expect(await api.get('/sso-setup')).toMatchObject({ status: 401, body: { code: 'invalid_api_key' } });
    expect((await owner.api.get(links)).body.data).toEqual([]);
    const { mail } = await server.mailbox.waitFor(owner.email, 'Single sign-on with Acme login was enabled');
    expect(mail.text).toContain('with the set-up link "Pat, IT" of Olive Owner <');
  });

  it('vouches for no member above its default role, until a member sets the roles', async () => {
    const firm = await organization();
    const [pat, boss] = [person(firm), person(firm)];
    const [member] = [await server.world.member(firm.owner, 'member', pat.email), await server.world.member(firm.owner, 'owner', boss.email)];
    await database.query('update users set email_verified_at = now() where email = any($1)', [[pat.email, boss.email]]);
    const { api } = await linkOf(firm);
    const { id } = (await api.post(drafts, bodyOf())).body;
    expect((await testDraft(api, id, person(firm))).status).toBe(200);
    expect((await api.patch(`${drafts}/${id}`, { enabled: true })).status).toBe(200);
    expect((await me(await signIn({ id }, pat))).user.id).toBe(member?.userId);
    expect(await signIn({ id }, boss)).toMatchObject({ status: 403, body: { code: 'sso_member_above_author' } });
    expect((await firm.owner.api.patch(`${connections}/${id}`, { name: 'Acme login' })).status).toBe(200);
    expect(await signIn({ id }, boss)).toMatchObject({ status: 403, body: { code: 'sso_member_above_author' } });
    expect((await firm.owner.api.patch(`${connections}/${id}`, { defaultRole: 'member' })).status).toBe(200);
    expect((await signIn({ id }, boss)).status).toBe(200);
  });

  it('of an operator is in the name of an owner, and the owners are notified of it and of the connection', async () => {
    const firm = await organization();
    const { owner } = firm;
    const { email } = await server.control.createOperator(server.world.email('operator'));
    const operator = server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken as string);
    const create = (of: string): Promise<Answer> => operator.post(`/tenants/${of}/sso-setup-links`, { name: 'Kim, IT', reason: 'Ticket 42' });
    const { status, body } = await create(owner.organizationId);
    expect({ status, body }).toMatchObject({ status: 201, body: { createdById: owner.userId, operatorReason: 'Ticket 42' } });
    expect((await owner.api.get(links)).body.data).toMatchObject([{ id: body.id, operatorReason: 'Ticket 42' }]);
    const told = await server.mailbox.waitFor(owner.email, 'A set-up link of single sign-on');
    expect(told.mail.text).toMatch(/The operator of tenantry created the set-up link "Kim, IT" on .*Reason: Ticket 42.*revoke it now/s);
    const api = server.api.as(body.token as string);
    const { id } = (await api.post(drafts, bodyOf())).body;
    expect((await testDraft(api, id, person(firm))).status).toBe(200);
    expect((await api.patch(`${drafts}/${id}`, { enabled: true })).status).toBe(200);
    expect((await server.mailbox.waitFor(owner.email, 'was enabled')).mail.text).toContain('"Kim, IT", which the operator of tenantry created in the name of Olive Owner');
    expect(await create((await server.world.owner()).organizationId)).toMatchObject({ status: 402, body: { code: 'feature_not_in_plan' } });
    expect(await create(owner.userId)).toMatchObject({ status: 404 });
    expect((await owner.api.post(`/tenants/${owner.organizationId}/sso-setup-links`, { name: 'Kim, IT', reason: 'Ticket 42' })).status).toBe(403);
  });

  it('is stored as a hash, and shown once', async () => {
    const firm = await organization();
    const { id, token } = await linkOf(firm);
    const { rows } = await database.query<{ row: string }>('select l::text as row from sso_setup_links l where id = $1', [id]);
    expect(rows[0]?.row).not.toContain(token);
    expect((await firm.owner.api.get(links)).text).not.toContain(token);
  });

  it('opens no other route, and no route of it is open to others', async () => {
    const firm = await organization();
    const { api } = await linkOf(firm);
    const { id } = (await api.post(drafts, bodyOf())).body;
    const target = (path: string): string =>
      path
        .replace('/api/v1', '')
        .replace(':organizationId', firm.owner.organizationId)
        .replaceAll(/:\w+/g, id as string);
    const passed: string[] = [];
    for (const { method, path, rule } of await server.control.routes()) {
      if (rule === undefined || rule.kind === 'public' || !path.startsWith('/api/v1')) continue;
      const client = rule.kind === 'setup' ? firm.owner.api.with({ 'x-tenant-id': firm.owner.organizationId }) : api;
      const { status } = await client.request(method, target(path), method === 'GET' ? undefined : {});
      if (status !== 403) passed.push(`${method} ${path} ${status}`);
    }
    expect(passed).toEqual([]);
  });

  it('reaches the connections that were created with it, until they are enabled', async () => {
    const firm = await company();
    const [mine, others] = [await linkOf(firm), await linkOf(firm)];
    const { id } = (await mine.api.post(drafts, bodyOf())).body;
    const rival = await linkOf(await organization());
    for (const { api, of } of [
      { ...others, of: id },
      { ...rival, of: id },
      { ...mine, of: firm.id },
    ])
      expect([
        (await api.get(`${drafts}/${of}`)).status,
        (await api.patch(`${drafts}/${of}`, { clientSecret: 'taken' })).status,
        (await api.post(`${drafts}/${of}/test`, { challenge: newPage().challenge })).status,
      ]).toEqual([404, 404, 404]);
    expect((await others.api.get('/sso-setup')).body.connections).toEqual([]);
    // The test of one link, or of a session, is completed by no other.
    const returned = await visitProvider(mine.api, acme, person(firm), `${drafts}/${id}/test`);
    expect(await firm.owner.api.post(`${connections}/${id}/test/complete`, returned)).toMatchObject({ status: 410 });
    expect((await testDraft(mine.api, id, person(firm))).status).toBe(200);
    expect((await firm.owner.api.patch(`${connections}/${id}`, { enabled: true })).status).toBe(200);
    expect((await mine.api.patch(`${drafts}/${id}`, { clientSecret: 'taken' })).status).toBe(404);
    await firm.owner.api.patch(`${connections}/${id}`, { enabled: false });
    expect((await mine.api.get(`${drafts}/${id}`)).status).toBe(404);
  });

  it('grants no role, and takes none of the fields of roles', async () => {
    const { api } = await linkOf(await organization());
    for (const more of [{ defaultRole: 'admin' }, { roleMappings: [{ value: 'all', role: 'admin' }] }, { roleClaim: 'groups' }])
      expect((await api.post(drafts, bodyOf(acme, more))).status).toBe(400);
    const { id } = (await api.post(drafts, bodyOf())).body;
    expect((await api.patch(`${drafts}/${id}`, { defaultRole: 'admin' })).status).toBe(400);
  });

  it('ends when it expires or is revoked, and when its member, the feature or the organization does not allow it any longer', async () => {
    const firm = await organization();
    const { owner } = firm;
    const get = async ({ token }: { token: string }): Promise<unknown[]> => {
      const { status, body } = await server.api.as(token).get('/sso-setup');
      return [status, body.code];
    };
    const short = await linkOf(firm, { expiresInHours: 1 });
    await server.control.after(61 * 60_000, async () => expect(await get(short)).toEqual([401, 'api_key_expired']));
    expect(await get(short)).toEqual([200, undefined]);
    expect((await owner.api.delete(`${links}/${short.id}`)).status).toBe(204);
    expect(await get(short)).toEqual([401, 'invalid_api_key']);
    expect((await owner.api.delete(`${links}/${short.id}`)).status).toBe(404);
    const admin = await server.world.member(owner, 'admin');
    const ofAdmin = await linkOf({ owner: admin });
    await database.query(`update memberships set role = 'member' where organization_id = $1 and user_id = $2`, [owner.organizationId, admin.userId]);
    expect(await get(ofAdmin)).toEqual([401, 'invalid_api_key']);
    const former = await server.world.member(owner, 'admin');
    const ofFormer = await linkOf({ owner: former });
    await database.query('update users set email_verified_at = now() where id = $1', [former.userId]);
    expect((await owner.api.delete(`${owner.home}/members/${former.userId}`)).status).toBe(204);
    expect(await get(ofFormer)).toEqual([401, 'invalid_api_key']);
    await server.world.join(owner, former, 'admin');
    expect(await get(ofFormer)).toEqual([401, 'invalid_api_key']);
    const kept = await linkOf(firm);
    const set = (column: string, value: unknown) => database.query(`update organizations set ${column} = $2 where id = $1`, [owner.organizationId, value]);
    await set('plan', 'free');
    expect(await get(kept)).toEqual([402, 'feature_not_in_plan']);
    await set('plan', 'enterprise');
    await set('status', 'suspended');
    expect(await get(kept)).toEqual([403, 'organization_suspended']);
    await set('status', 'active');
    await set('deleted_at', new Date());
    expect(await get(kept)).toEqual([403, 'organization_deleted']);
    await set('deleted_at', null);
    expect(await get(kept)).toEqual([200, undefined]);
    const member = await server.world.member(owner);
    expect(await member.api.post(links, { name: 'Pat' })).toMatchObject({ status: 403, body: { code: 'access_denied' } });
    expect(await kept.api.post(links, { name: 'Pat' })).toMatchObject({ status: 403, body: { code: 'access_denied' } });
    for (let made = 2; made < 10; made += 1) await linkOf(firm);
    expect(await owner.api.post(links, { name: 'Pat' })).toMatchObject({ status: 409, body: { code: 'too_many_setup_links' } });
  });
});

describe('the discovery of the sign-in of an address', () => {
  it('depends on its domain alone', async () => {
    const firm = await company();
    const discover = async (email: string) => (await server.api.post('/auth/discover', { email })).body;
    const expected = { connections: [{ connectionId: firm.id, name: 'Acme', required: false }], methods: ['password', 'passkey', 'sso'] };
    const elsewhere = { connections: [], methods: ['password', 'passkey'] };
    const pat = person(firm);
    expect(await discover(pat.email ?? '')).toEqual(expected);
    await signIn(firm, pat);
    expect(await discover(pat.email ?? '')).toEqual(expected);
    expect(await discover(firm.owner.email)).toEqual(elsewhere);
    expect(await discover(`nobody@${server.world.unique('elsewhere')}.example`)).toEqual(elsewhere);
    const policy = `insert into settings_documents (id, organization_id, section, document) values (gen_random_uuid(), $1, 'security', '{"ssoRequired": true}')`;
    await database.query(policy, [firm.owner.organizationId]);
    expect(await discover(pat.email ?? '')).toEqual({ ...expected, connections: [{ connectionId: firm.id, name: 'Acme', required: true }] });
    await database.query('delete from settings_documents where organization_id = $1', [firm.owner.organizationId]);
    await firm.owner.api.patch(`${connections}/${firm.id}`, { enabled: false });
    expect(await discover(pat.email ?? '')).toEqual(elsewhere);
  });
});
