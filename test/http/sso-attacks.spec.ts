import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair } from 'jose';
import pg from 'pg';
import type { Answer } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { ForgingProvider, type Forgery } from '../support/forging-provider.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { newPage } from '../support/identity-provider.js';
import type { Person } from '../support/world.js';

const connections = '/tenant/sso-connections';

let server: TestServer;
let replica: TestServer;
let database: pg.Pool;
let mallory: ForgingProvider;
let victims: ForgingProvider;
let attacked: Company;
let rival: Company;
beforeAll(async () => {
  [mallory, victims] = await Promise.all([ForgingProvider.open(), ForgingProvider.open()]);
  server = await startTestServer({ SSO_ALLOW_LOOPBACK: 'true' });
  replica = await startTestServer({ SSO_ALLOW_LOOPBACK: 'true' });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
  [attacked, rival] = [await company(mallory), await company(victims)];
});
afterAll(async () => {
  await database.end();
  await Promise.all([server.close(), replica.close()]);
  await Promise.all([mallory.close(), victims.close()]);
});

interface Company {
  readonly owner: Person;
  readonly domain: string;
  readonly id: string;
}

/** Creates an organization with a proved domain, and an enabled connection to a provider. */
async function company({ issuer, clientId, clientSecret }: ForgingProvider): Promise<Company> {
  const owner = await server.world.owner({ verified: true });
  await database.query(`update organizations set plan = 'enterprise' where id = $1`, [owner.organizationId]);
  const domain = `${server.world.unique('company')}.example`;
  const proof = `insert into domains (organization_id, id, kind, name, dns_token, grade, verified_at, updated_at) values ($1, gen_random_uuid(), 'email', $2, 'token', 'ownership', now(), now())`;
  await database.query(proof, [owner.organizationId, domain]);
  const { id } = (await owner.api.post(connections, { name: 'Acme', issuer, clientId, clientSecret })).body;
  await database.query('update sso_connections set tested_at = now(), enabled = true where id = $1', [id]);
  return { owner, domain, id };
}

const person = ({ domain }: Company): { sub: string; email: string } => {
  const sub = server.world.unique('sub');
  return { sub, email: `${sub}@${domain}` };
};
const complete = (id: string, returned: object, at = server): Promise<Answer> => at.api.post(`/auth/sso/${id}/complete`, returned);
const visit = (forgery?: Forgery): Promise<Record<string, unknown>> => mallory.visit(server.api, `/auth/sso/${attacked.id}/start`, person(attacked), forgery);
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const withoutSignature = (token: string): string => `${token.split('.').slice(0, 2).join('.')}.`;
const forged =
  (change: object): Required<Forgery>['token'] =>
  (right) =>
    mallory.sign({ ...right, ...change });
/** Signs with a key that is not published, and points at it with members of the header. */
const byStranger =
  (headerOf: (stranger: ForgingProvider['publicKey']) => object): Required<Forgery>['token'] =>
  async (right) => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    return mallory.sign(right, headerOf(await exportJWK(publicKey)), privateKey);
  };

describe('a return of OpenID Connect is refused with its own code', () => {
  it('a right one is accepted', async () => {
    expect((await complete(attacked.id, await visit())).status).toBe(200);
  });

  it.each<[string, string, Forgery]>([
    ['wrong audience', 'identity_wrong_audience', { token: forged({ aud: 'another-client' }) }],
    ['several audiences of which another one is authorized', 'identity_wrong_audience', { token: forged({ aud: ['forged-client', 'another'], azp: 'another' }) }],
    ['several audiences of which none is authorized', 'identity_wrong_audience', { token: forged({ aud: ['forged-client', 'another'] }) }],
    ['wrong issuer', 'identity_wrong_issuer', { token: forged({ iss: 'https://login.other.example' }) }],
    ['mix-up of issuers', 'identity_mixed_up_issuer', { returned: { iss: 'https://login.other.example' } }],
    [
      'mix-up of issuers, by a provider that always names itself',
      'identity_mixed_up_issuer',
      { description: { authorization_response_iss_parameter_supported: true }, returned: { iss: undefined } },
    ],
    ['wrong nonce', 'identity_wrong_nonce', { token: forged({ nonce: 'of-another-visit' }) }],
    ['no nonce', 'identity_incomplete', { token: forged({ nonce: undefined }) }],
    ['expired', 'identity_expired', { token: forged({ exp: 1_000_000_000 }) }],
    ['not valid yet', 'identity_not_valid_yet', { token: forged({ nbf: 9_000_000_000 }) }],
    ['unsigned', 'identity_unsigned', { token: (right) => `${part({ alg: 'none' })}.${part(right)}.` }],
    ['unsigned, as if it were signed', 'identity_wrong_signature', { token: async (right) => withoutSignature(await mallory.sign(right)) }],
    [
      'changed after it was signed',
      'identity_wrong_signature',
      { token: async (right) => (await mallory.sign(right)).replace(/\.[^.]+\./, `.${part({ ...right, sub: 'the-owner' })}.`) },
    ],
    [
      'algorithm confusion: the client secret as the key',
      'identity_wrong_algorithm',
      { token: (right) => mallory.sign(right, { alg: 'HS256' }, Buffer.from(mallory.clientSecret)) },
    ],
    [
      'algorithm confusion: the public key as the secret',
      'identity_wrong_algorithm',
      { token: async (right) => mallory.sign(right, { alg: 'HS256' }, Buffer.from(await exportSPKI((await generateKeyPair('RS256')).publicKey))) },
    ],
    [
      'algorithm confusion: one that the provider does not announce',
      'identity_wrong_algorithm',
      { token: async (right) => mallory.sign(right, { alg: 'ES256' }, (await generateKeyPair('ES256')).privateKey) },
    ],
    ["another tenant's key", 'identity_wrong_signature', { token: (right) => mallory.sign(right, {}, victims.privateKey) }],
    ["another tenant's key, under its own name", 'identity_unknown_key', { token: (right) => mallory.sign(right, { kid: 'of-the-rival' }, victims.privateKey) }],
    ['a key in the token', 'identity_unknown_key', { token: byStranger((jwk) => ({ kid: 'stranger', jwk })) }],
    [
      'the address of a key in the token',
      'identity_unknown_key',
      { token: byStranger(() => ({ kid: 'stranger', jku: 'http://127.0.0.1:1/jwks', x5u: 'http://127.0.0.1:1/x5u' })) },
    ],
    ['a path as the name of the key', 'identity_unknown_key', { token: byStranger(() => ({ kid: '../../../dev/null' })) }],
    ['an extension that must be understood', 'identity_malformed', { token: (right) => `${part({ alg: 'RS256', kid: 'known', crit: ['x'], x: 1 })}.${part(right)}.c2ln` }],
    ['no user', 'identity_incomplete', { token: forged({ sub: undefined }) }],
    ['no ID token', 'identity_incomplete', { tokenEndpoint: { body: { access_token: 'x', token_type: 'Bearer' } } }],
    ['an ID token that is none', 'identity_malformed', { token: () => 'not-a-token' }],
    [
      'another user in the answer about the user',
      'identity_wrong_subject',
      { token: forged({ email: undefined }), userInfo: { body: { sub: 'the-owner', email: 'owner@rival.example' } } },
    ],
    ['a code that the provider refuses', 'identity_wrong_code', { tokenEndpoint: { status: 400, body: { error: 'invalid_grant' } } }],
    ['a client that the provider refuses', 'identity_client_refused', { tokenEndpoint: { status: 401, body: { error: 'invalid_client' } } }],
    ['a user whom the provider refuses', 'identity_declined', { returned: { code: undefined, error: 'access_denied' } }],
    ['no code', 'identity_wrong_code', { returned: { code: undefined } }],
  ])('%s: %s', async (_, code, forgery) => {
    expect(await complete(attacked.id, await visit(forgery))).toMatchObject({ status: 401, body: { code } });
    const [attempt] = (await attacked.owner.api.get(`${connections}/${attacked.id}`)).body.attempts;
    expect(attempt).toMatchObject({ outcome: code });
  });

  it.each<[string, Forgery]>([
    ['an enormous answer of the token endpoint', { tokenEndpoint: { body: { access_token: 'a'.repeat(1_500_000) } } }],
    ['an enormous set of keys', { keys: { body: { keys: [], padding: 'a'.repeat(1_500_000) } } }],
    ['a description of another issuer', { description: { issuer: 'https://login.other.example' } }],
    ['a token endpoint that fails', { tokenEndpoint: { status: 503, body: {} } }],
  ])('%s is answered as a provider that fails', async (_, forgery) => {
    const { description, ...later } = forgery;
    const returned = await visit(later);
    if (description !== undefined) await mallory.visit(server.api, `/auth/sso/${attacked.id}/start`, person(attacked), forgery);
    expect(await complete(attacked.id, returned)).toMatchObject({ status: 503, body: { code: 'identity_provider_unavailable' } });
  });

  const refusals: readonly [string, string, () => Promise<Answer>][] = [
    ['wrong state', 'provider_visit_unknown_state', async () => complete(attacked.id, { ...(await visit()), state: 'invented' })],
    [
      'a state with another time',
      'provider_visit_unknown_state',
      async () => visit().then((returned) => complete(attacked.id, { ...returned, state: String(returned['state']).replace(/\.\w+\./, '.zzzzzzz.') })),
    ],
    [
      'replayed',
      'provider_visit_used',
      async () => {
        const returned = await visit();
        await complete(attacked.id, returned, replica);
        return complete(attacked.id, returned);
      },
    ],
    [
      'expired',
      'provider_visit_expired',
      async () => {
        const returned = await visit();
        let answer: Answer | undefined;
        await server.control.after(601_000, async () => void (answer = await complete(attacked.id, returned)));
        return answer as Answer;
      },
    ],
    ["another tenant's connection", 'provider_visit_other_provider', async () => complete(rival.id, await visit())],
    ['another page', 'provider_visit_other_page', async () => complete(attacked.id, { ...(await visit()), verifier: newPage().verifier })],
    ['a sign-in as a test', 'provider_visit_other_purpose', async () => attacked.owner.api.post(`${connections}/${attacked.id}/test/complete`, await visit())],
    [
      'the link of another session',
      'provider_visit_other_session',
      async () => {
        const [one, two] = [await server.world.member(attacked.owner), await server.world.member(attacked.owner)];
        return two.api.post(`/auth/sso/${attacked.id}/link/complete`, await mallory.visit(one.api, `/auth/sso/${attacked.id}/link`, person(attacked)));
      },
    ],
    [
      'a connection that was changed',
      'provider_visit_connection_changed',
      async () => {
        const returned = await visit();
        await attacked.owner.api.patch(`${connections}/${attacked.id}`, { name: 'Changed' });
        return complete(attacked.id, returned);
      },
    ],
  ];
  it.each(refusals)('%s: %s', async (_, code, attack) => {
    expect(await attack()).toMatchObject({ status: 410, body: { code } });
  });

  it('an open redirect: no request names the page to which a provider sends people back', async () => {
    const path = `/auth/sso/${attacked.id}/start`;
    const { challenge } = newPage();
    for (const name of ['redirectUri', 'redirect_uri', 'returnTo'])
      expect(await server.api.post(path, { challenge, [name]: 'https://evil.example' })).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(await attacked.owner.api.post('/auth/sso/logout', { returnTo: 'https://evil.example' })).toMatchObject({ status: 422, body: { code: 'return_address_not_allowed' } });
    const { body } = await server.api.with({ 'x-forwarded-host': 'evil.example', origin: 'https://app.tenantry.test' }).post(path, { challenge });
    expect(new URL(body.url as string).searchParams.get('redirect_uri')).toBe(`https://app.tenantry.test/sign-in/sso/${attacked.id}`);
  });
});
