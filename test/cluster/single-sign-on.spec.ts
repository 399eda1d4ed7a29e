import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type Answer } from '../support/client.js';
import { IdentityProvider, newPage, visitProvider, type Claims, type Return } from '../support/identity-provider.js';
import { Replicas } from '../support/replicas.js';
import { SamlIdentityProvider, sendForm, visitSaml } from '../support/saml-identity-provider.js';
import { goodPassword } from '../support/world.js';

// Two processes of the server, two organizations, and an identity provider of each protocol in the process of this file.

const connections = '/tenant/sso-connections';
const times = 25;

interface Company {
  readonly owner: Client;
  readonly home: string;
  readonly domain: string;
  /** Its connection. */
  readonly id: string;
}

let replicas: Replicas;
let [here, there]: Client[] = [];
let oidc: IdentityProvider;
let saml: SamlIdentityProvider;
/** Signs in by OpenID Connect. */
let acme: Company;
/** Signs in by SAML. */
let beta: Company;

async function companyOf(owner: Client, organizationId: string, domain: string, path: string, body: object): Promise<Company> {
  await replicas.rows(`update organizations set plan = 'enterprise' where id = $1`, organizationId);
  const proof = `insert into domains (organization_id, id, kind, name, dns_token, grade, verified_at, updated_at) values ($1, gen_random_uuid(), 'email', $2, 'token', 'ownership', now(), now())`;
  await replicas.rows(proof, organizationId, domain);
  const { status, text, body: created } = await owner.post(path, body);
  if (status !== 201) throw new Error(`${path} answered ${status}: ${text}`);
  await replicas.rows('update sso_connections set tested_at = now(), enabled = true where id = $1', created.id);
  return { owner, home: `/organizations/${organizationId}`, domain, id: created.id };
}

beforeAll(async () => {
  [replicas, oidc, saml] = await Promise.all([Replicas.start(2, { SSO_ALLOW_LOOPBACK: 'true' }), IdentityProvider.open('acme'), SamlIdentityProvider.open()]);
  [here, there] = [0, 1].map((number) => replicas.owner(number).as(undefined)) as [Client, Client];
  const { body } = await here.post('/auth/signup', { email: 'ben@beta.example', password: goodPassword, name: 'Ben', organization: { name: 'Beta' } });
  const connection = { name: 'Acme', issuer: oidc.issuer, clientId: 'tenantry', clientSecret: oidc.clientSecret };
  acme = await companyOf(replicas.owner(0), replicas.organizationId, 'acme.example', connections, connection);
  const samlConnection = { name: 'Beta', entityId: saml.entityId, signInUrl: saml.signInUrl, certificates: [{ pem: saml.key.certificate }] };
  beta = await companyOf(here.as(body.accessToken), body.organization.id, 'beta.example', `${connections}/saml`, samlConnection);
}, 60_000);

afterAll(async () => {
  await Promise.all([replicas.end(), oidc.close(), saml.close()]);
});

const complete = (at: Client, { id }: Company, returned: object): Promise<Answer> => at.post(`/auth/sso/${id}/complete`, returned);
const claimsOf = (sub: string): Claims => ({ sub, email: `${sub}@${acme.domain}`, name: 'Pat Person' });
const visit = (at: Client, sub: string): Promise<Return> => visitProvider(at, oidc, claimsOf(sub), `/auth/sso/${acme.id}/start`);
const samlPerson = (nameId: string) => ({ nameId, attributes: { email: [`${nameId}@${beta.domain}`], displayName: ['Sam Person'] } });
const organizationOf = async (at: Client, { body }: Answer): Promise<unknown> => (await at.as(body.accessToken as string).get('/organizations/current')).body.id;

describe('a sign-in that begins on one replica', () => {
  it('by OpenID Connect ends on another, in its organization, and once', async () => {
    const returned = await visit(here as Client, 'ann');
    const signedIn = await complete(there as Client, acme, returned);
    expect(signedIn.status).toBe(200);
    expect(await organizationOf(here as Client, signedIn)).toBe(replicas.organizationId);
    for (const replica of [here, there]) expect(await complete(replica as Client, acme, returned)).toMatchObject({ status: 410, body: { code: 'provider_visit_used' } });
  });

  it('by SAML sends its form to another, ends on the first, in its organization, and once', async () => {
    const { verifier, challenge } = newPage();
    const begun = await (here as Client).post(`/auth/sso/${beta.id}/start`, { challenge });
    const { acs, fields } = await saml.signIn(begun.body.url as string, samlPerson('sam'));
    const pageAfter = async (at: Client): Promise<URLSearchParams> => new URL((await sendForm(at, acs, fields)).headers.get('location') as string).searchParams;
    const returned = { state: (await pageAfter(there as Client)).get('state'), verifier };
    const signedIn = await complete(here as Client, beta, returned);
    expect(signedIn.status).toBe(200);
    expect(`/organizations/${String(await organizationOf(there as Client, signedIn))}`).toBe(beta.home);
    expect(await complete(there as Client, beta, returned)).toMatchObject({ status: 410, body: { code: 'provider_visit_used' } });
    for (const replica of [here, there]) expect((await pageAfter(replica as Client)).get('error')).toBe('unsolicited_response');
  });

  it('at the connection of one organization does not end at that of another', async () => {
    expect(await complete(there as Client, beta, await visit(here as Client, 'ann'))).toMatchObject({
      status: 410,
      body: { code: 'provider_visit_other_provider' },
    });
    const returned = await visitSaml(here as Client, saml, samlPerson('sam'), `/auth/sso/${beta.id}/start`);
    expect(await complete(there as Client, acme, { ...returned, code: 'x', iss: oidc.issuer })).toMatchObject({
      status: 410,
      body: { code: 'provider_visit_other_provider' },
    });
  });
});

describe('on the very next request to another replica', () => {
  it(`a session is refused after the identity provider has ended it, ${times} times in a row`, async () => {
    for (let n = 0; n < times; n += 1) {
      const sub = `leaver-${n}`;
      const session = (there as Client).as((await complete(here as Client, acme, await visit(here as Client, sub))).body.accessToken as string);
      expect((await session.get('/auth/me')).status).toBe(200);
      expect(await oidc.signOut(sub, `${(here as Client).url}/api/v1/auth/sso/${acme.id}/backchannel-logout`)).toBe(204);
      expect((await session.get('/auth/me')).status).toBe(401);
    }
  }, 60_000);

  it('a connection that was disabled signs nobody in', async () => {
    const returned = await visit(there as Client, 'ann');
    expect((await acme.owner.patch(`${connections}/${acme.id}`, { enabled: false })).status).toBe(200);
    expect((await complete(there as Client, acme, returned)).status).toBeGreaterThanOrEqual(400);
    expect((await (there as Client).post(`/auth/sso/${acme.id}/start`, { challenge: newPage().challenge })).status).toBe(404);
  });
});
