import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Answer } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { makeCompany, origin } from '../support/directories/directories.js';
import { ForgingProvider, type Forgery } from '../support/forging-provider.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { comment, signatureWrappings } from '../support/saml-forgeries.js';
import { newSamlKey, SamlIdentityProvider, visitSaml, type Oddities, type SamlKey } from '../support/saml-identity-provider.js';
import type { Person } from '../support/world.js';

// The attacks on single sign-on that have a name, by both protocols: each is refused with a code of its own.

let server: TestServer;
let database: pg.Pool;
let oidc: ForgingProvider;
let saml: SamlIdentityProvider;
let rivalKey: SamlKey;
const connections: Record<string, { readonly id: string; readonly domain: string; readonly owner: Person }> = {};
beforeAll(async () => {
  [oidc, saml, rivalKey] = await Promise.all([ForgingProvider.open(), SamlIdentityProvider.open(), newSamlKey()]);
  server = await startTestServer({ SSO_ALLOW_LOOPBACK: 'true' });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
  const byOidc = { name: 'Acme', issuer: oidc.issuer, clientId: oidc.clientId, clientSecret: oidc.clientSecret };
  const bySaml = (key: SamlKey): object => ({ name: 'Acme', entityId: saml.entityId, signInUrl: saml.signInUrl, certificates: [{ pem: key.certificate }] });
  await connect('oidc', '', byOidc);
  await connect('rival of oidc', '', byOidc);
  await connect('saml', '/saml', bySaml(saml.key));
  await connect('rival of saml', '/saml', bySaml(rivalKey));
});
afterAll(async () => {
  await database.end();
  await server.close();
  await Promise.all([oidc.close(), saml.close()]);
});

/** Has an organization of its own enable a connection. */
async function connect(name: string, path: string, body: object): Promise<void> {
  const owner = await server.world.owner({ verified: true });
  await database.query(`update organizations set plan = 'enterprise' where id = $1`, [owner.organizationId]);
  const domain = `${server.world.unique('company')}.example`;
  const proof = `insert into domains (organization_id, id, kind, name, dns_token, grade, verified_at, updated_at) values ($1, gen_random_uuid(), 'email', $2, 'token', 'ownership', now(), now())`;
  await database.query(proof, [owner.organizationId, domain]);
  const { id } = (await owner.api.post(`/tenant/sso-connections${path}`, body)).body;
  await database.query('update sso_connections set tested_at = now(), enabled = true where id = $1', [id]);
  connections[name] = { id, domain, owner };
}

const connection = (name: string) => connections[name] as NonNullable<(typeof connections)[string]>;
const complete = (name: string, returned: object): Promise<Answer> => server.api.post(`/auth/sso/${connection(name).id}/complete`, returned);
function visitOidc(forgery?: Forgery): Promise<Record<string, unknown>> {
  const sub = server.world.unique('sub');
  return oidc.visit(server.api, `/auth/sso/${connection('oidc').id}/start`, { sub, email: `${sub}@${connection('oidc').domain}` }, forgery);
}
const byOidc = async (forgery?: Forgery): Promise<Answer> => complete('oidc', await visitOidc(forgery));
function visitBySaml(oddities?: Oddities): Promise<object> {
  const nameId = server.world.unique('name');
  return visitSaml(server.api, saml, { nameId, attributes: { email: [`${nameId}@${connection('saml').domain}`] } }, `/auth/sso/${connection('saml').id}/start`, oddities);
}
const bySaml = async (oddities?: Oddities): Promise<Answer> => complete('saml', await visitBySaml(oddities));
const claims =
  (change: object): NonNullable<Forgery['token']> =>
  (right) =>
    oidc.sign({ ...right, ...change });
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
async function twice(name: string, visit: () => Promise<object>): Promise<Answer> {
  const returned = await visit();
  expect((await complete(name, returned)).status).toBe(200);
  return complete(name, returned);
}

type Case = readonly [attack: string, protocol: string, code: string, attempt: () => Promise<Answer>];
const cases: readonly Case[] = [
  ['wrong audience', 'OpenID Connect', 'identity_wrong_audience', () => byOidc({ token: claims({ aud: 'another-client' }) })],
  ['wrong audience', 'SAML', 'identity_wrong_audience', () => bySaml({ audience: 'https://other' })],
  ['wrong issuer', 'OpenID Connect', 'identity_wrong_issuer', () => byOidc({ token: claims({ iss: 'https://login.other.example' }) })],
  ['wrong issuer', 'SAML', 'identity_wrong_issuer', () => bySaml({ issuer: 'https://other' })],
  ['wrong nonce', 'OpenID Connect', 'identity_wrong_nonce', () => byOidc({ token: claims({ nonce: 'of-another-visit' }) })],
  ['wrong InResponseTo, the nonce of SAML', 'SAML', 'identity_wrong_request', () => bySaml({ inResponseTo: '_other' })],
  ['wrong state', 'OpenID Connect', 'provider_visit_unknown_state', async () => complete('oidc', { ...(await visitOidc()), state: 'invented' })],
  ['wrong state', 'SAML', 'provider_visit_unknown_state', async () => complete('saml', { ...(await visitBySaml()), state: 'invented' })],
  ['expired', 'OpenID Connect', 'identity_expired', () => byOidc({ token: claims({ exp: 1_000_000_000 }) })],
  ['expired', 'SAML', 'identity_expired', () => bySaml({ notOnOrAfter: -61_000 })],
  ['replayed', 'OpenID Connect', 'provider_visit_used', () => twice('oidc', () => visitOidc())],
  ['replayed', 'SAML', 'provider_visit_used', () => twice('saml', () => visitBySaml())],
  ['unsigned', 'OpenID Connect', 'identity_unsigned', () => byOidc({ token: (right) => `${part({ alg: 'none' })}.${part(right)}.` })],
  ['unsigned', 'SAML', 'identity_unsigned', () => bySaml({ signs: 'none' })],
  ...signatureWrappings.map(([name, signs, changeResponse]): Case => [
    `signature wrapping, ${name}`,
    'SAML',
    'identity_signature_wrapped',
    () => bySaml({ signs, changeResponse }),
  ]),
  ['comment in the NameID', 'SAML', 'identity_xml_comment', () => bySaml({ changeResponse: comment })],
  ['algorithm confusion', 'OpenID Connect', 'identity_wrong_algorithm', () => byOidc({ token: (right) => oidc.sign(right, { alg: 'HS256' }, Buffer.from(oidc.clientSecret)) })],
  [
    'algorithm confusion',
    'SAML',
    'identity_wrong_algorithm',
    () => bySaml({ changeResponse: (text) => text.replace('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2000/09/xmldsig#hmac-sha1') }),
  ],
  ["another tenant's connection", 'OpenID Connect', 'provider_visit_other_provider', async () => complete('rival of oidc', await visitOidc())],
  ["another tenant's connection", 'SAML', 'provider_visit_other_provider', async () => complete('rival of saml', await visitBySaml())],
  ["another tenant's certificate", 'SAML', 'identity_unknown_key', () => bySaml({ key: () => rivalKey })],
  ['open redirect', 'OpenID Connect', 'return_address_not_allowed', () => connection('oidc').owner.api.post('/auth/sso/logout', { returnTo: 'https://evil.example' })],
  ['mix-up of issuers', 'OpenID Connect', 'identity_mixed_up_issuer', () => byOidc({ returned: { iss: 'https://login.other.example' } })],
];

describe('single sign-on refuses', () => {
  it('nothing of a right sign-in', async () => {
    expect([(await byOidc()).status, (await bySaml()).status]).toEqual([200, 200]);
  });

  it.each(cases)('%s by %s: %s', async (_attack, _protocol, code, attempt) => {
    const answer = await attempt();
    expect({ refused: answer.status >= 400 && answer.status < 500, code: answer.body.code }).toEqual({ refused: true, code });
  });

  it('each attack with a code that no other one has', () => {
    const attacksOf = new Map<string, Set<string>>();
    for (const [attack, , code] of cases) attacksOf.set(code, (attacksOf.get(code) ?? new Set()).add(attack.split(',')[0] ?? ''));
    expect([...attacksOf].filter(([, attacks]) => attacks.size > 1)).toEqual([]);
  });
});

describe('SCIM refuses', () => {
  const codeOf = async (path: string, headers: Record<string, string>): Promise<unknown> => {
    const answer = await fetch(`${origin(server)}${path}`, { headers });
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };

  it('a stolen token elsewhere, a revoked one, and one of another tenant, each with its own code', async () => {
    const [firm, other] = [await makeCompany(server, database), await server.world.owner()];
    const bearer = { authorization: `Bearer ${firm.scim.token}` };
    expect(await codeOf(`/api/v1${firm.owner.home}/members`, bearer)).toEqual([403, 'directory_token_refused']);
    expect(await codeOf('/scim/v2/Users', { ...bearer, 'x-tenant-id': other.organizationId })).toEqual([400, 'tenant_mismatch']);
    await database.query('delete from directory_tokens where organization_id = $1', [firm.owner.organizationId]);
    expect(await codeOf('/scim/v2/Users', bearer)).toEqual([401, 'invalid_api_key']);
  });
});
