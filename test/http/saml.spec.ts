import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createVerify } from 'node:crypto';
import pg from 'pg';
import type { Answer, Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { newPage } from '../support/identity-provider.js';
import { comment, evilOf, signatureIn, signatureWrappings, withoutSignature, wrapped } from '../support/saml-forgeries.js';
import { newSamlKey, SamlIdentityProvider, sendForm, visitSaml, type Oddities, type SamlKey, type SamlPerson, type SamlRequest } from '../support/saml-identity-provider.js';
import type { Person } from '../support/world.js';

const connections = '/tenant/sso-connections';
const emailFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';

let server: TestServer;
let replica: TestServer;
let database: pg.Pool;
let acme: SamlIdentityProvider;
let stranger: SamlKey;
beforeAll(async () => {
  [acme, stranger] = await Promise.all([SamlIdentityProvider.open(), newSamlKey()]);
  server = await startTestServer({ SSO_ALLOW_LOOPBACK: 'true' });
  replica = await startTestServer();
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await Promise.all([server.close(), replica.close()]);
  await acme.close();
});

interface Company {
  readonly owner: Person;
  /** Its proved domain. */
  readonly domain: string;
  readonly id: string;
}

async function organization(): Promise<Pick<Company, 'owner' | 'domain'>> {
  const owner = await server.world.owner({ verified: true });
  await database.query(`update organizations set plan = 'enterprise' where id = $1`, [owner.organizationId]);
  const domain = `${server.world.unique('company')}.example`;
  const proof = `insert into domains (organization_id, id, kind, name, dns_token, grade, verified_at, updated_at) values ($1, gen_random_uuid(), 'email', $2, 'token', 'ownership', now(), now())`;
  await database.query(proof, [owner.organizationId, domain]);
  return { owner, domain };
}

const settings = (more: object = {}): object => ({ name: 'Acme', entityId: acme.entityId, signInUrl: acme.signInUrl, certificates: [{ pem: acme.key.certificate }], ...more });
const create = ({ api }: Person, body: object): Promise<Answer> => api.post(`${connections}/saml`, body);

/** Creates an organization with an enabled connection to `acme`. */
async function company(more: object = {}): Promise<Company> {
  const { owner, domain } = await organization();
  const created = await create(owner, settings(more));
  expect(created.status).toBe(201);
  const { id } = created.body;
  await database.query('update sso_connections set tested_at = now(), enabled = true where id = $1', [id]);
  return { owner, domain, id };
}
let shared: Promise<Company> | undefined;
/** The organization of tests that change nothing of it. */
const firm = (): Promise<Company> => (shared ??= company());

function person({ domain }: Pick<Company, 'domain'>, attributes: SamlPerson['attributes'] = {}): SamlPerson {
  const nameId = server.world.unique('name');
  return { nameId, attributes: { email: [`${nameId}@${domain}`], displayName: ['Pat Person'], ...attributes } };
}
const visit = (id: string, pat: SamlPerson, oddities?: Oddities) => visitSaml(server.api, acme, pat, `/auth/sso/${id}/start`, oddities);
const complete = (id: string, returned: object, at: TestServer = server): Promise<Answer> => at.api.post(`/auth/sso/${id}/complete`, returned);
const signIn = async ({ id }: Pick<Company, 'id'>, pat: SamlPerson, oddities?: Oddities): Promise<Answer> => complete(id, await visit(id, pat, oddities));
const apiOf = ({ body }: Answer): Client => server.api.as(body.accessToken as string);
const me = async (answer: Answer) => (await apiOf(answer).get('/auth/me')).body;
const connectionOf = async ({ owner, id }: Company) => (await owner.api.get(`${connections}/${id}`)).body;
const lastAttempt = async (of: Company) => (await connectionOf(of)).attempts[0];

/** Expects a sign-in to be refused, with a reason for the administrator. */
async function expectRefused(of: Company, code: string, inWords: string | RegExp, oddities: Oddities, pat = person(of)): Promise<void> {
  expect(await signIn(of, pat, oddities)).toMatchObject({ status: 401, body: { code } });
  const attempt = await lastAttempt(of);
  expect(attempt).toMatchObject({ outcome: code, detail: expect.stringMatching(inWords) });
}

describe('a connection by SAML', () => {
  it('is created from metadata at a URL, tested and enabled, and describes itself to its provider', async () => {
    const { owner, domain } = await organization();
    const created = await create(owner, { name: 'Acme', metadataUrl: `${acme.url}/metadata`, roleMappings: [{ value: 'admins', role: 'admin' }] });
    const { id } = created.body;
    const base = `https://app.tenantry.test/api/v1/auth/sso/${id}`;
    expect(created).toMatchObject({
      status: 201,
      body: {
        protocol: 'saml',
        enabled: false,
        issuer: acme.entityId,
        clientId: `${base}/metadata`,
        redirectUri: `${base}/acs`,
        clientAuth: 'none',
        scope: null,
        publicKeys: [],
        saml: { signInUrl: acme.signInUrl, metadataUrl: `${base}/metadata`, signRequests: false, idpInitiated: false, certificates: [{ pem: `${acme.key.certificate}\n` }] },
      },
    });
    const metadata = await server.api.get(`/auth/sso/${id}/metadata`);
    expect(metadata.headers.get('content-type')).toContain('application/samlmetadata+xml');
    for (const part of [`entityID="${base}/metadata"`, `Location="${base}/acs"`, 'WantAssertionsSigned="true"', 'use="encryption"']) expect(metadata.text).toContain(part);
    expect(await owner.api.patch(`${connections}/${id}`, { enabled: true })).toMatchObject({ status: 409, body: { code: 'sso_connection_not_tested' } });
    const pat = person({ domain }, { groups: ['staff', 'admins'] });
    const tested = await owner.api.post(`${connections}/${id}/test/complete`, await visitSaml(owner.api, acme, pat, `${connections}/${id}/test`));
    expect(tested).toMatchObject({
      status: 200,
      body: { subject: pat.nameId, email: `${pat.nameId}@${domain}`, name: 'Pat Person', role: 'admin', addressProved: true, claims: ['displayName', 'email', 'groups'] },
    });
    expect(await owner.api.patch(`${connections}/${id}`, { enabled: true })).toMatchObject({ status: 200, body: { enabled: true } });
    expect(await lastAttempt({ owner, domain, id })).toMatchObject({ outcome: 'tested', detail: null });
    const { rows } = await database.query<{ key: Buffer }>('select client_secret as key from sso_connections where id = $1', [id]);
    expect(rows[0]?.key.toString('latin1')).not.toContain('PRIVATE');
  });

  it.each<[string, (provider: SamlIdentityProvider) => Promise<object> | object, string | RegExp]>([
    ['a certificate that is none', () => settings({ certificates: [{ pem: 'no certificate' }] }), /not an X\.509 certificate/],
    ['a certificate with a short key', async () => settings({ certificates: [{ pem: (await newSamlKey(1024)).certificate }] }), /at least 2048 bits/],
    ['a sign-in URL that is no https', () => settings({ signInUrl: 'http://login.acme.example/sso' }), /must be an https URL/],
    ['a metadata URL inside of the network', () => ({ name: 'Acme', metadataUrl: 'https://10.0.0.1/metadata' }), /public address/],
    [
      'metadata with a document type',
      (idp) => ({ name: 'Acme', metadata: idp.metadata().replace('<md:Entity', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><md:Entity') }),
      /document type/,
    ],
    [
      'metadata of two providers',
      (idp) => ({
        name: 'Acme',
        metadata: `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${[1, 2].map(() => idp.metadata().replace(/^<\?.*\?>\n.*/, '')).join('')}</md:EntitiesDescriptor>`,
      }),
      /one identity provider/,
    ],
    ['metadata with three certificates', async (idp) => ({ name: 'Acme', metadata: idp.metadata([idp.key, stranger, await newSamlKey()]) }), /3 certificates/],
    ['metadata that is no XML', () => ({ name: 'Acme', metadata: 'metadata' }), /XML/],
  ])('with %s is refused', async (_, body, reason) => {
    const { owner } = await firm();
    expect(await create(owner, await body(acme))).toMatchObject({ status: 422, body: { code: 'saml_settings_refused', detail: expect.stringMatching(reason) } });
  });

  it('needs the feature and the permission, belongs to its organization, and takes no settings of OpenID Connect', async () => {
    const { owner, id } = await firm();
    const [free, member] = await Promise.all([server.world.owner(), server.world.member(owner)]);
    expect(await create(free, settings())).toMatchObject({ status: 402, body: { code: 'feature_not_in_plan' } });
    expect(await create(member, settings())).toMatchObject({ status: 403 });
    expect(await free.api.patch(`${connections}/${id}/saml`, { idpInitiated: true })).toMatchObject({ status: 404 });
    expect(await owner.api.patch(`${connections}/${id}`, { clientSecret: null })).toMatchObject({ status: 400 });
    expect((await create(owner, { name: 'Acme' })).status).toBe(400);
    expect((await create(owner, settings({ metadata: acme.metadata() }))).status).toBe(400);
    expect((await create(owner, settings({ defaultRole: 'owner' }))).status).toBe(400);
    expect(await server.api.post(`/auth/sso/${id}/backchannel-logout`, { logout_token: 'x' })).toMatchObject({ status: 404 });
  });

  it('accepts two certificates while its provider replaces one', async () => {
    const of = await company();
    await expectRefused(of, 'identity_unknown_key', /unknown certificate, whose SHA-256 is [\dA-F:]{95}/, { key: () => stranger });
    const replace = (keys: readonly SamlKey[]): Promise<Answer> =>
      of.owner.api.patch(`${connections}/${of.id}/saml`, { certificates: keys.map(({ certificate: pem }) => ({ pem })) });
    expect((await replace([acme.key, stranger])).status).toBe(200);
    expect([(await signIn(of, person(of), { key: () => stranger })).status, (await signIn(of, person(of))).status]).toEqual([200, 200]);
    await replace([stranger]);
    await expectRefused(of, 'identity_unknown_key', /unknown certificate/, {});
    expect(await of.owner.api.patch(`${connections}/${of.id}/saml`, { metadata: acme.metadata().replaceAll('/entity"', '/other"') })).toMatchObject({
      status: 422,
      body: { code: 'saml_settings_refused' },
    });
  });

  it('with another certificate must be tested again, unless it is enabled', async () => {
    const of = await company();
    const [enable, replace] = [
      (enabled: boolean): Promise<Answer> => of.owner.api.patch(`${connections}/${of.id}`, { enabled }),
      (): Promise<Answer> => of.owner.api.patch(`${connections}/${of.id}/saml`, { certificates: [{ pem: stranger.certificate }] }),
    ];
    expect(await replace()).toMatchObject({ status: 200, body: { enabled: true, testedAt: expect.any(String) } });
    expect((await server.mailbox.waitFor(of.owner.email, 'was changed')).mail.text).toContain('was changed: certificates.');
    await enable(false);
    expect(await replace()).toMatchObject({ status: 200, body: { testedAt: null } });
    expect(await enable(true)).toMatchObject({ status: 409, body: { code: 'sso_connection_not_tested' } });
  });

  it('gets another certificate only from a member who has the permissions of all who sign in with it', async () => {
    const of = await company();
    const boss = await server.world.member(of.owner, 'owner', `${server.world.unique('boss')}@${of.domain}`);
    await database.query('update users set email_verified_at = now() where id = $1', [boss.userId]);
    const admin = await server.world.member(of.owner, 'admin');
    const replace = (by: Person): Promise<Answer> => by.api.patch(`${connections}/${of.id}/saml`, { certificates: [{ pem: acme.key.certificate }, { pem: stranger.certificate }] });
    expect((await replace(admin)).status).toBe(200);
    expect((await signIn(of, { nameId: server.world.unique('name'), attributes: { email: [boss.email] } })).status).toBe(200);
    expect(await replace(admin)).toMatchObject({ status: 403, body: { code: 'role_too_high' } });
    expect((await replace(of.owner)).status).toBe(200);
  });

  it('is set up with a link, which does not reach the connections of others', async () => {
    const of = await company();
    const link = server.api.as((await of.owner.api.post('/tenant/sso-setup-links', { name: 'Pat' })).body.token as string);
    const setUp = '/sso-setup/connections';
    expect((await link.post(`${setUp}/saml`, settings({ defaultRole: 'admin' }))).status).toBe(400);
    const { id } = (await link.post(`${setUp}/saml`, settings())).body;
    expect(await link.patch(`${setUp}/${id}/saml`, { signRequests: true })).toMatchObject({ status: 200, body: { saml: { signRequests: true } } });
    expect(await link.patch(`${setUp}/${of.id}/saml`, { signRequests: true })).toMatchObject({ status: 404 });
    expect((await link.post(`${setUp}/${id}/test/complete`, await visitSaml(link, acme, person(of), `${setUp}/${id}/test`))).status).toBe(200);
    expect((await link.patch(`${setUp}/${id}`, { enabled: true })).status).toBe(200);
    expect((await signIn({ id }, person(of))).status).toBe(200);
    expect((await link.patch(`${setUp}/${id}/saml`, { signRequests: false })).status).toBe(401);
  });

  it('signs its requests if `signRequests` is set', async () => {
    const of = await company({ signRequests: true });
    const { body } = await server.api.post(`/auth/sso/${of.id}/start`, { challenge: newPage().challenge });
    const { request } = await acme.signIn(body.url as string, person(of));
    expect(request.url.searchParams.get('SigAlg')).toBe('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256');
    const { saml } = await connectionOf(of);
    expect(isSignedBy(request, saml.certificate as string)).toBe(true);
    expect((await server.api.get(`/auth/sso/${of.id}/metadata`)).text).toContain('AuthnRequestsSigned="true"');
  });
});

/** Whether a request is signed with the key of a certificate. */
function isSignedBy({ url }: SamlRequest, certificate: string): boolean {
  const [signed = '', signature = ''] = url.search.slice(1).replace('tenant=1&', '').split('&Signature=');
  return createVerify('sha256').update(signed).verify(certificate, decodeURIComponent(signature), 'base64');
}

describe('the key of a connection', () => {
  it('is replaced while the old and the new certificate are published, and assertions are encrypted with either', async () => {
    const of = await company({ signRequests: true });
    const patch = (keyRotation: string): Promise<Answer> => of.owner.api.patch(`${connections}/${of.id}/saml`, { keyRotation });
    const shown = async (): Promise<{ certificate: string; nextCertificate: string | null }> => (await connectionOf(of)).saml;
    const published = async (): Promise<Record<string, string[]>> => {
      const { text } = await server.api.get(`/auth/sso/${of.id}/metadata`);
      const uses = [...text.matchAll(/<KeyDescriptor use="(\w+)">.*?<ds:X509Certificate>([^<]*)</gs)];
      return Object.fromEntries(['signing', 'encryption'].map((use) => [use, uses.filter(([, found]) => found === use).map(([, , pem = '']) => pem.replaceAll(/\s/g, ''))]));
    };
    const base64 = (pem: string | null): string => (pem ?? '').replaceAll(/-----[A-Z ]+-----|\s/g, '');
    const requestOf = async (): Promise<SamlRequest> => {
      const { body } = await server.api.post(`/auth/sso/${of.id}/start`, { challenge: newPage().challenge });
      return (await acme.signIn(body.url as string, person(of))).request;
    };
    const statusWith = async (encryptFor: string): Promise<number> => (await signIn(of, person(of), { encryptFor })).status;

    const { certificate: old, nextCertificate } = await shown();
    expect(nextCertificate).toBeNull();
    expect(await patch('finish')).toMatchObject({ status: 422 });
    expect(await patch('begin')).toMatchObject({ status: 200, body: { saml: { certificate: old, nextCertificate: expect.stringContaining('BEGIN CERTIFICATE') } } });
    const next = (await shown()).nextCertificate ?? '';
    expect(await patch('begin')).toMatchObject({ status: 200, body: { saml: { nextCertificate: next } } });
    expect(await published()).toEqual({ signing: [base64(old), base64(next)], encryption: [base64(next)] });
    expect([isSignedBy(await requestOf(), old), await statusWith(old), await statusWith(next)]).toEqual([true, 200, 200]);

    expect(await patch('finish')).toMatchObject({ status: 200, body: { enabled: true, saml: { certificate: next, nextCertificate: null } } });
    expect(await published()).toEqual({ signing: [base64(next)], encryption: [base64(next)] });
    expect([isSignedBy(await requestOf(), next), await statusWith(next), await statusWith(old)]).toEqual([true, 200, 401]);
    expect((await server.mailbox.waitFor(of.owner.email, 'connection Acme of')).mail.text).toContain('was changed: certificate.');

    const discarded = (await patch('begin')).body.saml.nextCertificate as string;
    expect(discarded).not.toBe(next);
    expect(await patch('cancel')).toMatchObject({ status: 200, body: { saml: { certificate: next, nextCertificate: null } } });
    expect([await statusWith(next), await statusWith(discarded)]).toEqual([200, 401]);
  });

  it('is tested again before a connection that was not enabled is', async () => {
    const { owner } = await organization();
    const { id } = (await create(owner, settings())).body;
    await database.query('update sso_connections set tested_at = now() where id = $1', [id]);
    for (const keyRotation of ['begin', 'finish']) expect((await owner.api.patch(`${connections}/${id}/saml`, { keyRotation })).status).toBe(200);
    expect(await owner.api.patch(`${connections}/${id}`, { enabled: true })).toMatchObject({ status: 409, body: { code: 'sso_connection_not_tested' } });
  });
});

describe('a sign-in with SAML', () => {
  it('a new person becomes a member with the role of their group, and is the same one the next time', async () => {
    const of = await company({ roleMappings: [{ value: 'admins', role: 'admin' }] });
    const pat = person(of, { 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups': ['admins'] });
    const first = await signIn(of, pat);
    expect(first.status).toBe(200);
    const { user, role, activeOrganization } = await me(first);
    expect({ user, role, id: activeOrganization.id }).toEqual({
      user: { id: expect.any(String), email: `${pat.nameId}@${of.domain}`, name: 'Pat Person', userName: null, emailVerified: true },
      role: 'admin',
      id: of.owner.organizationId,
    });
    expect((await me(await signIn(of, { nameId: pat.nameId }))).user).toEqual(user);
    expect(await of.owner.api.patch(`${connections}/${of.id}`, { enabled: false })).toMatchObject({ status: 200 });
    expect((await apiOf(first).get('/auth/me')).status).toBe(401);
  });

  it.each<[string, (domain: string) => SamlPerson]>([
    [
      'Entra ID',
      (domain) => ({
        nameId: 'a',
        attributes: {
          'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress': [`Ada@${domain}`],
          'http://schemas.microsoft.com/identity/claims/displayname': ['Ada Lovelace'],
          'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name': ['ada@upn'],
        },
      }),
    ],
    ['Okta', (domain) => ({ nameId: 'b', attributes: { email: [`ada@${domain}`], firstName: ['Ada'], lastName: ['Lovelace'] } })],
    ['Google', (domain) => ({ nameId: `ada@${domain}`, format: emailFormat, attributes: { name: ['Ada Lovelace'] } })],
    ['LDAP', (domain) => ({ nameId: 'c', attributes: { 'urn:oid:0.9.2342.19200300.100.1.3': [`ada@${domain}`], 'urn:oid:2.5.4.42': ['Ada'], 'urn:oid:2.5.4.4': ['Lovelace'] } })],
  ])('the attributes of %s name the person', async (_, of) => {
    const { owner, domain, id } = await firm();
    const tested = await owner.api.post(`${connections}/${id}/test/complete`, await visitSaml(owner.api, acme, of(domain), `${connections}/${id}/test`));
    expect(tested.body).toMatchObject({ email: `ada@${domain}`, name: 'Ada Lovelace', addressProved: true });
  });

  it('an address elsewhere or none is refused', async () => {
    const of = await firm();
    for (const attributes of [{ email: ['pat@elsewhere.example'] }, {}])
      expect(await signIn(of, { nameId: server.world.unique('name'), attributes })).toMatchObject({ status: 403, body: { code: 'sso_address_not_proved' } });
    expect(await lastAttempt(of)).toMatchObject({ outcome: 'sso_address_not_proved', email: null });
  });

  it.each<[string, Oddities]>([
    ['signs the response', { signs: 'response' }],
    ['signs both', { signs: 'both' }],
    ['signs with SHA-512', { signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha512' }],
  ])('is accepted when the provider %s', async (_, oddities) => {
    const of = await firm();
    expect((await signIn(of, person(of), oddities)).status).toBe(200);
  });

  it('encrypted assertions are read, with any of the signatures', async () => {
    const of = await firm();
    const { saml } = await connectionOf(of);
    const encryptFor = saml.certificate as string;
    const cbc = { content: 'http://www.w3.org/2001/04/xmlenc#aes128-cbc' } as const;
    for (const oddities of [{}, { signs: 'response' }, { signs: 'both' }, { encryption: cbc }] as const)
      expect((await signIn(of, person(of), { encryptFor, ...oddities })).status).toBe(200);
    await expectRefused(of, 'identity_unsigned', /Neither the encrypted assertion nor the response is signed/, { encryptFor, signs: 'none' });
    await expectRefused(of, 'identity_not_decryptable', /cannot be decrypted/, { encryptFor: stranger.certificate });
    await expectRefused(of, 'identity_wrong_algorithm', /EncryptionMethod is .*rsa-1_5/, { encryptFor, encryption: { key: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5' } });
    await expectRefused(of, 'identity_wrong_algorithm', /SignatureMethod is .*rsa-sha1/, { encryptFor, signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' });
    await expectRefused(of, 'identity_unknown_key', /unknown certificate/, { encryptFor, key: () => stranger });
  });

  it('a response is accepted once, on all replicas, and only for the page that asked', async () => {
    const of = await firm();
    const { body } = await server.api.post(`/auth/sso/${of.id}/start`, { challenge: newPage().challenge });
    const { acs, fields } = await acme.signIn(body.url as string, person(of));
    // Another page than that which began the visit: somebody else's browser.
    const sent = await sendForm(server.api, acs, fields);
    const state = new URL(sent.headers.get('location') ?? '').searchParams.get('state');
    expect(await complete(of.id, { state, verifier: newPage().verifier })).toMatchObject({ status: 410, body: { code: 'provider_visit_other_page' } });
    const returned = await visit(of.id, person(of));
    const answers = await Promise.all([complete(of.id, returned), complete(of.id, returned, replica)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410]);
  });

  it('a second answer does not replace the first one, and one without a visit is sent away', async () => {
    const of = await firm();
    const page = newPage();
    const { body } = await server.api.post(`/auth/sso/${of.id}/start`, { challenge: page.challenge });
    const [pat, eve] = [person(of), person(of)];
    const first = await acme.signIn(body.url as string, pat);
    const second = await acme.signIn(body.url as string, eve);
    expect((await sendForm(server.api, first.acs, first.fields)).headers.get('location')).toContain('?state=');
    expect((await sendForm(server.api, second.acs, second.fields)).headers.get('location')).toBe(`https://app.tenantry.test/sign-in/sso/${of.id}?error=unsolicited_response`);
    const completed = await complete(of.id, { state: first.fields['RelayState'], verifier: page.verifier });
    expect((await me(completed)).user.email).toBe(`${pat.nameId}@${of.domain}`);
    // Its answer for another visit.
    const later = await visit(of.id, pat, { changeResponse: () => Buffer.from(first.fields['SAMLResponse'] ?? '', 'base64').toString() });
    expect(await complete(of.id, later)).toMatchObject({ status: 401, body: { code: 'identity_wrong_request' } });
    expect((await lastAttempt(of)).detail).toContain('The response answers the request');
  });

  it('a sign-in can begin at the provider only if the connection allows it, and then continues as one that begins here', async () => {
    const of = await company();
    const { acs, fields } = await acme.signIn((await server.api.post(`/auth/sso/${of.id}/start`, { challenge: newPage().challenge })).body.url as string, person(of), {
      inResponseTo: '',
    });
    const unsolicited = { SAMLResponse: fields['SAMLResponse'] ?? '', RelayState: 'https://evil.example' };
    const page = `https://app.tenantry.test/sign-in/sso/${of.id}`;
    expect(await sendForm(server.api, acs, unsolicited)).toMatchObject({ status: 303 });
    expect((await sendForm(server.api, acs, unsolicited)).headers.get('location')).toBe(`${page}?error=unsolicited_response`);
    await of.owner.api.patch(`${connections}/${of.id}/saml`, { idpInitiated: true });
    expect((await sendForm(server.api, acs, unsolicited)).headers.get('location')).toBe(page);
    expect((await sendForm(server.api, acs, { SAMLResponse: fields['SAMLResponse'] ?? '' })).headers.get('location')).toBe(page);
    // An unsolicited response signs nobody in, also when it is sent for a visit.
    await expectRefused(of, 'identity_wrong_request', /InResponseTo.* is missing/, { inResponseTo: '' });
  });

  it('the response of one connection is not one of another, also with the same provider', async () => {
    const [of, other] = [await firm(), await company()];
    const page = newPage();
    const begun = await server.api.post(`/auth/sso/${of.id}/start`, { challenge: page.challenge });
    const { acs, fields } = await acme.signIn(begun.body.url as string, person(of));
    const elsewhere = await sendForm(server.api, acs.replace(of.id, other.id), fields);
    expect(elsewhere.headers.get('location')).toContain('error=unsolicited_response');
    await sendForm(server.api, acs, fields);
    expect(await complete(other.id, { state: fields['RelayState'], verifier: page.verifier })).toMatchObject({ status: 410, body: { code: 'provider_visit_other_provider' } });
    await expectRefused(of, 'identity_wrong_audience', /audience of the assertion is/, { audience: `https://app.tenantry.test/api/v1/auth/sso/${other.id}/metadata` });
  });
});

const utf16 = (text: string): string => Buffer.from(text, 'utf16le').toString('latin1');

describe('a response is refused', () => {
  it.each<[string, string, RegExp, Oddities]>([
    ['for another audience', 'identity_wrong_audience', /audience of the assertion is "https:\/\/other"\. Expected/, { audience: 'https://other' }],
    ['for another recipient', 'identity_wrong_recipient', /recipient of the assertion is "https:\/\/other"/, { recipient: 'https://other' }],
    ['for another destination', 'identity_wrong_recipient', /destination of the response is "https:\/\/other"/, { destination: 'https://other' }],
    ['to another request', 'identity_wrong_request', /answers the request/, { inResponseTo: '_other' }],
    ['of another issuer', 'identity_wrong_issuer', /issuer of the response is "https:\/\/other"/, { issuer: 'https://other' }],
    ['after it has expired', 'identity_expired', /has expired at/, { notOnOrAfter: -61_000 }],
    ['before it is valid', 'identity_not_valid_yet', /is not valid before/, { notBefore: 90_000 }],
    ['when the provider failed', 'identity_declined', /refused: urn:oasis:names:tc:SAML:2\.0:status:Responder/, { status: 'Responder' }],
    ['without a signature', 'identity_unsigned', /Neither the assertion nor the response is signed/, { signs: 'none' }],
    ['with a signature by SHA-1', 'identity_wrong_algorithm', /SignatureMethod is .*rsa-sha1/, { signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }],
    ['with a digest by SHA-1', 'identity_wrong_algorithm', /DigestMethod is .*sha1/, { digestAlgorithm: 'http://www.w3.org/2000/09/xmldsig#sha1' }],
    ['when its content was changed', 'identity_wrong_signature', /signature of the assertion is wrong/, { changeResponse: (text) => text.replace(/(<saml:NameID[^>]*>)/, '$1x') }],
    [
      'when the signature of the response is wrong, and that of the assertion right',
      'identity_wrong_signature',
      /signature of the response is wrong/,
      { signs: 'both', changeResponse: (text) => text.replace('Version="2.0" IssueInstant', 'Version="2.0"  Consent="x" IssueInstant') },
    ],
    ['with a comment in the NameID', 'identity_xml_comment', /comment/, { changeAssertion: comment }],
    ['with a comment in the NameID after the signature', 'identity_xml_comment', /comment/, { changeResponse: comment }],
    ['with a CDATA section', 'identity_xml_comment', /CDATA/, { changeResponse: (text) => text.replace('<samlp:Status>', '<samlp:Status><![CDATA[x]]>') }],
    ['with a processing instruction', 'identity_malformed', /processing instruction/, { changeResponse: (text) => text.replace('<samlp:Status>', '<?x y?><samlp:Status>') }],
    [
      'with a document type and an external entity',
      'identity_malformed',
      /document type/,
      { changeResponse: (text) => `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>${text.replace(/(<saml:NameID[^>]*>)/, '$1&x;')}` },
    ],
    ['with entities that expand', 'identity_malformed', /document type/, { changeResponse: (text) => `<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>${text}` }],
    ['with an entity that nobody has declared', 'identity_malformed', /entity/, { changeResponse: (text) => text.replace(/(<saml:NameID[^>]*>)/, '$1&x;') }],
    ['with a transient NameID', 'identity_wrong_subject', /transient/, { changeAssertion: (text) => text.replace('nameid-format:persistent', 'nameid-format:transient') }],
    ['with two NameIDs', 'identity_incomplete', /one element NameID/, { changeAssertion: (text) => text.replace(/(<saml:NameID.*?<\/saml:NameID>)/, '$1$1') }],
    ['without an authentication', 'identity_incomplete', /AuthnStatement/, { changeAssertion: (text) => text.replace(/<saml:AuthnStatement.*<\/saml:AuthnStatement>/, '') }],
    ['without an audience', 'identity_wrong_audience', /no audience/, { changeAssertion: (text) => text.replace(/<saml:AudienceRestriction.*<\/saml:AudienceRestriction>/, '') }],
    ['with a confirmation by somebody else', 'identity_incomplete', /method bearer/, { changeAssertion: (text) => text.replace('cm:bearer', 'cm:sender-vouches') }],
    [
      'with an unknown condition',
      'identity_incomplete',
      /unknown condition/,
      { changeAssertion: (text) => text.replace('<saml:AudienceRestriction>', '<saml:Condition/><saml:AudienceRestriction>') },
    ],
    ['with a time without a zone', 'identity_malformed', /not a time/, { changeAssertion: (text) => text.replaceAll(/(NotOnOrAfter="[^"]*)Z"/g, '$1"') }],
    ['with a NUL that is written as its number', 'identity_malformed', /does not allow/, { changeAssertion: (text) => text.replace(/(<saml:NameID[^>]*>)/, '$1&#0;') }],
    ['with half of a surrogate pair', 'identity_malformed', /does not allow/, { changeResponse: (text) => text.replace(/(<saml:NameID[^>]*>)/, '$1&#xD800;') }],
    [
      'nested too deeply',
      'identity_malformed',
      /nested deeper/,
      { changeResponse: (text) => text.replace('<samlp:Status>', `<samlp:Status>${'<a>'.repeat(60)}${'</a>'.repeat(60)}`) },
    ],
    [
      'with too many elements',
      'identity_malformed',
      /more than 1500 elements/,
      { changeResponse: (text) => text.replace('<samlp:Status>', `<samlp:Status>${'<a/>'.repeat(1500)}`) },
    ],
    [
      'with too many attributes',
      'identity_malformed',
      /more than 4000 attributes/,
      { changeResponse: (text) => text.replace('<samlp:Status>', `<samlp:Status>${`<a ${Array.from({ length: 100 }, (_, at) => `a${at}=""`).join(' ')}/>`.repeat(41)}`) },
    ],
    ['with a tag that is not closed', 'identity_malformed', /not well-formed/, { changeResponse: (text) => text.replace('</samlp:Status>', '') }],
    ['with an attribute twice', 'identity_malformed', /attribute twice/, { changeResponse: (text) => text.replace('<samlp:Status>', '<samlp:Status a="1" a="2">') }],
    ['with two roots', 'identity_malformed', /two roots/, { changeResponse: (text) => `${text}<x/>` }],
    ['in another encoding', 'identity_malformed', /not XML in UTF-8|not well-formed|does not allow/, { changeResponse: utf16 }],
    ['of another kind', 'identity_malformed', /not a SAML response/, { changeResponse: (text) => text.replaceAll('samlp:Response', 'samlp:LogoutResponse') }],
    [
      'with an ID twice',
      'identity_signature_wrapped',
      /same ID/,
      { changeResponse: (text) => text.replace('<samlp:Status>', `<samlp:Status ID="${/ ID="([^"]*)"/.exec(text)?.[1]}">`) },
    ],
    ['with two assertions', 'identity_signature_wrapped', /several assertions/, { changeResponse: wrapped((signed, forged, text) => text.replace(signed, `${forged}${signed}`)) }],
    [
      'wrapped: the signed assertion in the extensions',
      'identity_signature_wrapped',
      /several assertions/,
      {
        changeResponse: wrapped((signed, forged, text) =>
          text
            .replace('<samlp:Status>', `<samlp:Extensions>${signed}</samlp:Extensions><samlp:Status>`)
            .replace(new RegExp(`${escape(signed)}</samlp:Response>`), `${forged}</samlp:Response>`),
        ),
      },
    ],
    [
      'wrapped: the signed assertion in the forged one',
      'identity_signature_wrapped',
      /several assertions/,
      { changeResponse: wrapped((signed, forged, text) => text.replace(signed, forged.replace('</saml:Assertion>', `${signed}</saml:Assertion>`))) },
    ],
    [
      'wrapped: the signed assertion in an object of the signature of the forged one',
      'identity_signature_wrapped',
      /several assertions|object/,
      {
        changeResponse: wrapped((signed, forged, text) =>
          text.replace(
            signed,
            forged.replace(
              '<saml:Subject>',
              `${signatureIn(signed).replace('</ds:Signature>', `<ds:Object>${withoutSignature(signed)}</ds:Object></ds:Signature>`)}<saml:Subject>`,
            ),
          ),
        ),
      },
    ],
    [
      'wrapped: the signed response in a forged one',
      'identity_signature_wrapped',
      /several assertions|contains another/,
      { signs: 'response', changeResponse: (text) => evilOf(withoutSignature(text)).replace('</samlp:Status>', `</samlp:Status><samlp:Extensions>${text}</samlp:Extensions>`) },
    ],
    [
      'wrapped: the signature moved to the response',
      'identity_wrong_signature',
      /signature of the response is wrong/,
      { changeResponse: (text) => withoutSignature(text).replace('<samlp:Status>', `${signatureIn(text)}<samlp:Status>`) },
    ],
    [
      'wrapped: a signature beside the assertion',
      'identity_signature_wrapped',
      /neither that of the response/,
      { changeResponse: (text) => text.replace('<samlp:Status>', `<samlp:Status>${signatureIn(text)}`) },
    ],
    [
      'wrapped: the signature of another element',
      'identity_wrong_signature',
      /signature of the assertion is wrong/,
      { changeResponse: (text) => text.replace(/URI="#[^"]*"/, `URI="#${/ ID="([^"]*)"/.exec(text)?.[1]}"`) },
    ],
    [
      'with a signature of the whole document',
      'identity_wrong_signature',
      /signature of the assertion is wrong/,
      { changeResponse: (text) => text.replace(/URI="#[^"]*"/, 'URI=""') },
    ],
    [
      'signed by a stranger who names the known certificate',
      'identity_wrong_signature',
      /signature of the assertion is wrong/,
      { key: () => stranger, changeResponse: (text) => text.replace(/(<ds:X509Certificate>)[^<]*/, `$1${acme.key.certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '')}`) },
    ],
    [
      'signed with the certificate as the secret of an HMAC',
      'identity_wrong_algorithm',
      /SignatureMethod is .*hmac/,
      { changeResponse: (text) => text.replace('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2000/09/xmldsig#hmac-sha1') },
    ],
    [
      'with a transform that selects',
      'identity_wrong_algorithm',
      /Transform is .*xpath/,
      { changeResponse: (text) => text.replace('http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/TR/1999/REC-xpath-19991116') },
    ],
  ])('%s: %s', async (_, code, detail, oddities) => {
    await expectRefused(await firm(), code, detail, oddities);
  });

  it.each(signatureWrappings)('%s', async (_, signs, changeResponse) => {
    await expectRefused(await firm(), 'identity_signature_wrapped', /several assertions|contains another|not directly/, { signs, changeResponse });
  });

  it('when it is deflated, not XML, too large, or sent twice', async () => {
    const of = await firm();
    const { deflateRawSync } = await import('node:zlib');
    const bomb = deflateRawSync(Buffer.alloc(10_000_000, '<a>')).toString('base64');
    for (const response of [bomb, 'not base64!', Buffer.from('<x').toString('base64')]) {
      const page = newPage();
      const { body } = await server.api.post(`/auth/sso/${of.id}/start`, { challenge: page.challenge });
      const state = new URL(body.url as string).searchParams.get('RelayState') ?? '';
      expect((await sendForm(server.api, `https://x.example/api/v1/auth/sso/${of.id}/acs`, { SAMLResponse: response, RelayState: state })).status).toBe(303);
      expect((await complete(of.id, { state, verifier: page.verifier })).status).toBe(401);
      expect((await lastAttempt(of)).detail).toMatch(/not XML in UTF-8|not well-formed/);
    }
    expect((await sendForm(server.api, `https://x.example/api/v1/auth/sso/${of.id}/acs`, { SAMLResponse: 'a'.repeat(300_001) })).status).toBeGreaterThanOrEqual(400);
  });

  it('when none was sent', async () => {
    const of = await firm();
    const page = newPage();
    const { body } = await server.api.post(`/auth/sso/${of.id}/start`, { challenge: page.challenge });
    const state = new URL(body.url as string).searchParams.get('RelayState') ?? '';
    expect((await complete(of.id, { state, verifier: page.verifier })).status).toBe(401);
    expect((await lastAttempt(of)).detail).toContain('has sent no response');
  });

  it("when its assertion is signed by another organization's provider", async () => {
    const [of, rival] = [await firm(), await SamlIdentityProvider.open()];
    await expectRefused(of, 'identity_unknown_key', /unknown certificate/, { key: () => rival.key });
    await rival.close();
  });
});

const escape = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
