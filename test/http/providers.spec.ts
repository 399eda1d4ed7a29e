import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Client } from '../support/client.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { IdentityProvider, newPage, visitProvider, type Claims, type Return } from '../support/identity-provider.js';
import { codeOf } from '../support/totp.js';
import { goodPassword } from '../support/world.js';

let server: TestServer;
let acme: IdentityProvider;
/** The same provider program with another issuer, which no domain is trusted to, which makes no accounts, and whose second factor counts. */
let other: IdentityProvider;
beforeAll(async () => {
  [acme, other] = await Promise.all([IdentityProvider.open('acme'), IdentityProvider.open('other')]);
  server = await startTestServer({
    AUTH_PROVIDERS: 'acme,other,lost',
    ...acme.env('acme', { TRUSTED_DOMAINS: 'example.com' }),
    ...other.env('other', { LABEL: 'Other', SIGNUP: 'false', SECOND_FACTOR: 'true' }),
    ...other.env('lost', { ISSUER: 'http://127.0.0.1:1' }),
  });
});
afterAll(async () => {
  await server.close();
  await Promise.all([acme.close(), other.close()]);
});

const person = (more: Partial<Claims> = {}): Claims => ({ sub: server.world.unique('sub'), email: server.world.email('pat'), email_verified: true, name: 'Pat Person', ...more });
const providerOf = (name: string): IdentityProvider => (name === 'other' ? other : acme);
const visit = (claims: Claims, name = 'acme', body: object = {}): Promise<Return> => visitProvider(server.api, providerOf(name), claims, `/auth/providers/${name}/start`, body);
const complete = (returned: object, name = 'acme'): Promise<Answer> => server.api.post(`/auth/providers/${name}/complete`, returned);
const signIn = async (claims: Claims, name = 'acme'): Promise<Answer> => complete(await visit(claims, name), name);
const link = async (api: Client, claims: Claims, name = 'acme', body: object = {}): Promise<Answer> =>
  api.post(`/auth/providers/${name}/link/complete`, await visitProvider(api, providerOf(name), claims, `/auth/providers/${name}/link`, body));
const me = async ({ body }: Answer) => (await server.api.as(body.accessToken).get('/auth/me')).body;
const refused = (cause: string): object => ({ status: 401, body: { code: `identity_${cause}` } });
const ended = (cause: string): object => ({ status: 410, body: { code: `provider_visit_${cause}` } });

describe('a sign-in with an identity provider', () => {
  it('the providers are listed without secrets', async () => {
    const { status, body, text } = await server.api.get('/auth/providers');
    expect({ status, first: body.data[0], names: body.data.map(({ provider }: { provider: string }) => provider) }).toEqual({
      status: 200,
      first: { provider: 'acme', label: 'Acme' },
      names: ['acme', 'other', 'lost'],
    });
    expect(text).not.toContain('secret');
  });

  it('a new person gets an account, and the same one the next time, whatever address the provider then names', async () => {
    const pat = person();
    const first = await signIn(pat);
    expect(first.status).toBe(200);
    const { user, memberships } = await me(first);
    expect({ user, memberships }).toEqual({ user: { id: expect.any(String), email: pat.email, name: 'Pat Person', userName: null, emailVerified: true }, memberships: [] });
    expect((await me(await signIn({ ...pat, email: server.world.email('changed') }))).user).toEqual(user);
  });

  it('parallel first sign-ins of one person make one account', async () => {
    const pat = person();
    const returns = await Promise.all([visit(pat), visit(pat), visit(pat)]);
    const answers = await Promise.all(returns.map((returned) => complete(returned)));
    expect(new Set(await Promise.all(answers.map(async (answer) => (await me(answer)).user.id))).size).toBe(1);
  });

  it('works in the organization that the page named', async () => {
    const owner = await server.world.owner();
    const pat = person();
    await link(owner.api, pat);
    const answer = await complete(await visit(pat, 'acme', { organizationId: owner.organizationId }));
    expect((await me(answer)).activeOrganization.id).toBe(owner.organizationId);
    const stranger = await server.world.owner();
    expect(await complete(await visit(pat, 'acme', { organizationId: stranger.organizationId }))).toMatchObject({ status: 404 });
  });

  it('a page without the secret, a second return and an unknown state are refused', async () => {
    const pat = person();
    expect(await complete({ ...(await visit(pat)), verifier: newPage().verifier })).toMatchObject(ended('other_page'));
    const returned = await visit(pat);
    expect(await complete({ ...returned, state: 'another' })).toMatchObject(ended('unknown_state'));
    const answers = await Promise.all([complete(returned), complete(returned), complete(returned)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410]);
    expect(await complete(returned)).toMatchObject(ended('used'));
  });

  it('the code of another visit is refused: the nonce and the PKCE secret belong to one', async () => {
    const pat = person();
    const [own, stolen] = [await visit(pat), await visit(person())];
    expect(await complete({ ...own, code: stolen.code })).toMatchObject(refused('wrong_code'));
    const page = newPage();
    const { url } = (await server.api.post('/auth/providers/acme/start', { challenge: page.challenge })).body;
    const changed = new URL(url);
    changed.searchParams.set('nonce', 'the nonce of somebody else');
    expect(await complete({ ...(await acme.visit(changed.href, pat)), verifier: page.verifier })).toMatchObject(refused('wrong_nonce'));
  });

  it('the return of one provider is refused as that of another', async () => {
    const returned = await visit(person());
    expect(await complete(returned, 'other')).toMatchObject(ended('other_provider'));
    expect(await complete({ ...(await visit(person())), iss: other.issuer })).toMatchObject(refused('mixed_up_issuer'));
    const { iss: _, ...withoutIssuer } = await visit(person());
    expect(await complete(withoutIssuer)).toMatchObject(refused('mixed_up_issuer'));
  });

  it('an expired ID token and a late return are refused', async () => {
    await acme.whileSlow(200_000, async () => expect(await signIn(person())).toMatchObject(refused('expired')));
    const returned = await visit(person());
    await server.control.after(11 * 60_000, async () => expect(await complete(returned)).toMatchObject(ended('expired')));
  });

  it('keys that the provider has replaced since work, and a provider that fails is unavailable', async () => {
    const pat = person();
    await signIn(pat);
    await acme.rotateKeys();
    expect((await signIn(pat)).status).toBe(200);
    const returned = await visit(pat);
    const down = { status: 503, body: { code: 'identity_provider_unavailable' } };
    expect(await acme.whileDown(() => complete(returned))).toMatchObject(down);
    expect(await server.api.post('/auth/providers/lost/start', { challenge: newPage().challenge })).toMatchObject(down);
    expect(await server.api.post('/auth/providers/unknown/start', { challenge: newPage().challenge })).toMatchObject({ status: 404 });
  });

  it('the provider sends people to the page of APP_URL alone', async () => {
    const { body } = await server.api.with({ origin: 'https://app.tenantry.test', 'x-forwarded-host': 'evil.example' }).post('/auth/providers/acme/start', {
      challenge: newPage().challenge,
    });
    expect(new URL(body.url).searchParams.get('redirect_uri')).toBe('https://app.tenantry.test/sign-in/acme');
    const evil = await server.api.post('/auth/providers/acme/start', { challenge: newPage().challenge, redirectUri: 'https://evil.example' });
    expect(evil.status).toBe(400);
  });
});

describe('the address that a provider names', () => {
  it.each([
    ['that it has not verified', { email_verified: false }, {}],
    ['of a domain that it is not trusted with', {}, { email: 'pat@elsewhere.example' }],
  ])('%s makes a claim, which takes nothing from its owner', async (_, unverified, elsewhere) => {
    const email = 'email' in elsewhere ? `${server.world.unique('pat')}@elsewhere.example` : server.world.email('pat');
    const owner = await server.world.owner({ email, verified: true });
    const { user } = await me(await signIn(person({ email, ...unverified })));
    expect({ email: user.email, emailVerified: user.emailVerified, isOwner: user.id === owner.userId }).toEqual({ email, emailVerified: false, isOwner: false });
    expect((await owner.api.get('/auth/me')).body.user.emailVerified).toBe(true);
    const { token } = await server.mailbox.waitFor(email, 'Confirm');
    expect(await server.api.post('/auth/email/verify', { token, password: goodPassword })).toMatchObject({ status: 403 });
  });

  it('an existing account with it is not signed in to: its user links it', async () => {
    const owner = await server.world.owner({ verified: true });
    const pat = person({ email: owner.email });
    expect(await signIn(pat)).toMatchObject({ status: 409, body: { code: 'account_not_linked' } });
    expect((await link(owner.api, pat)).status).toBe(201);
    expect((await me(await signIn(pat))).user.id).toBe(owner.userId);
    await server.mailbox.waitFor(owner.email, 'You can now sign in with Acme');
  });

  it('a verified address ends the claims of others, with what they linked', async () => {
    const email = server.world.email('pat');
    const squatter = await server.world.owner({ email });
    const squatting = person({ sub: server.world.unique('squatter') });
    await link(squatter.api, squatting);
    expect((await signIn(person({ email }))).status).toBe(200);
    expect((await squatter.api.get('/auth/me')).status).toBe(401);
    expect((await me(await signIn(squatting))).user.id).not.toBe(squatter.userId);
  });

  it('a provider that makes no accounts, and one that names no address, make none', async () => {
    expect(await signIn(person(), 'other')).toMatchObject({ status: 403, body: { code: 'provider_sign_up_closed' } });
    expect(await signIn({ sub: server.world.unique('sub') })).toMatchObject({ status: 409, body: { code: 'provider_email_needed' } });
  });
});

describe('the second factor', () => {
  it('is asked for after a provider, unless the provider checked one and is trusted to', async () => {
    const owner = await server.world.owner({ verified: true });
    const pat = person({ amr: ['mfa'] });
    expect((await link(owner.api, pat)).status).toBe(201);
    expect((await link(owner.api, pat, 'other')).status).toBe(201);
    const { secret } = (await owner.api.post('/auth/mfa/totp')).body;
    await owner.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) });
    const { status, body } = await signIn(pat);
    expect({ status, body }).toEqual({ status: 200, body: { mfaRequired: true, mfaToken: expect.any(String) } });
    const verified = await server.api.post('/auth/mfa/verify', { mfaToken: body.mfaToken, code: codeOf(secret, 1) });
    expect((await me(verified)).user.id).toBe(owner.userId);
    expect((await signIn(pat, 'other')).body).toMatchObject({ accessToken: expect.any(String) });
    expect((await signIn({ ...pat, amr: ['pwd'] }, 'other')).body).toMatchObject({ mfaRequired: true });
  });
});

describe('linking', () => {
  it('needs the session that began it', async () => {
    const owner = await server.world.owner();
    const victim = await server.world.owner();
    const begun = await visitProvider(owner.api, acme, person(), '/auth/providers/acme/link');
    expect(await victim.api.post('/auth/providers/acme/link/complete', begun)).toMatchObject(ended('other_session'));
    const forSignIn = await visit(person());
    expect(await victim.api.post('/auth/providers/acme/link/complete', forSignIn)).toMatchObject(ended('other_purpose'));
    expect(await complete(await visitProvider(owner.api, acme, person(), '/auth/providers/acme/link'))).toMatchObject(ended('other_purpose'));
  });

  it('an account at the provider belongs to one user, and linking it again changes nothing', async () => {
    const [first, second] = await server.world.twoTenants();
    const pat = person();
    const { body } = await link(first.api, pat);
    expect(await link(first.api, pat)).toMatchObject({ status: 201, body: { id: body.id } });
    expect(await link(second.api, pat)).toMatchObject({ status: 409, body: { code: 'identity_taken' } });
    expect((await second.api.get('/auth/identities')).body.data).toEqual([]);
    expect(await second.api.delete(`/auth/identities/${body.id}`)).toMatchObject({ status: 404 });
  });

  it('unlinking ends the other sessions and the sign-in, and is refused for the last way to sign in', async () => {
    const owner = await server.world.owner({ verified: true });
    const pat = person();
    const linked = await link(owner.api, pat);
    const session = await signIn(pat);
    expect((await owner.api.get('/auth/identities')).body.data).toEqual([{ ...linked.body, lastUsedAt: expect.any(String) }]);
    expect((await owner.api.delete(`/auth/identities/${linked.body.id}`)).status).toBe(204);
    expect((await server.api.as(session.body.accessToken).get('/auth/me')).status).toBe(401);
    expect((await owner.api.get('/auth/me')).status).toBe(200);
    await server.mailbox.waitFor(owner.email, 'You can no longer sign in with Acme');

    const only = server.api.as((await signIn(person())).body.accessToken);
    const { data } = (await only.get('/auth/identities')).body;
    expect(await only.delete(`/auth/identities/${data[0].id}`)).toMatchObject({ status: 409, body: { code: 'last_sign_in_method' } });
  });

  it('a disabled user gets no session', async () => {
    const pat = person();
    const { user } = await me(await signIn(pat));
    const operator = await server.control.createOperator(server.world.email('operator'));
    const login = await server.api.post('/auth/login', { email: operator.email, password: goodPassword });
    expect((await server.api.as(login.body.accessToken).post(`/platform/users/${user.id}/disable`)).status).toBeLessThan(300);
    expect(await signIn(pat)).toMatchObject(refused('account_refused'));
  });
});
