import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Answer, Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { IdentityProvider, newPage, visitProvider, type Claims } from '../support/identity-provider.js';
import { presetWith } from '../support/preset.js';
import { itInBothRuns, rounds } from '../support/rounds.js';
import { answerOf, registerPasskey } from '../support/software-authenticator.js';
import { codeOf } from '../support/totp.js';
import { goodPassword, type Person } from '../support/world.js';

// Whatever the policy is, somebody gets in: an owner, and a new member by at least one route.

const ways = ['password', 'mail', 'passkey', 'provider', 'sso'] as const;
type Way = (typeof ways)[number];

interface Policy {
  readonly signInMethods: readonly Way[];
  readonly ssoRequired: boolean;
}
const open: Policy = { signInMethods: [], ssoRequired: false };
const policies: readonly Policy[] = [false, true].flatMap((ssoRequired) =>
  Array.from({ length: 2 ** ways.length }, (_, bits) => ({ signInMethods: ways.filter((__, at) => (bits >> at) % 2 === 1), ssoRequired })),
);
/** In `npm test`, every fifth policy: each way is in some of them, and missing in others, with and without single sign-on alone. */
const tried = policies.filter((_, at) => at % rounds(5, 1) === 0);
/** The ways that a policy accepts of those that are possible. */
const acceptedOf = ({ signInMethods, ssoRequired }: Policy, possible: readonly Way[]): Way[] =>
  possible.filter((way) => (!ssoRequired || way === 'sso') && (signInMethods.length === 0 || signInMethods.includes(way)));

/** An account that signs in by any way. */
interface Account {
  readonly email: string;
  readonly signIn: Readonly<Record<Way, () => Promise<Answer>>>;
}
interface Firm {
  readonly owner: Person;
  readonly domain: string;
  /** Its connection; undefined without one. */
  readonly id: string | undefined;
}

let server: TestServer;
/** A replica of the time after the product stopped to offer passwords and providers. */
let later: TestServer;
let database: pg.Pool;
let idp: IdentityProvider;
beforeAll(async () => {
  idp = await IdentityProvider.open('acme');
  const sso = { SSO_ALLOW_LOOPBACK: 'true' };
  server = await startTestServer({ ...sso, CATALOG: presetWith('default', [[['signIn'], { mail: true }]]), AUTH_PROVIDERS: 'acme', ...idp.env('acme') });
  later = await startTestServer({ ...sso, CATALOG: presetWith('default', [[['signIn'], { password: false, mail: true }]]) });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await Promise.all([server.close(), later.close()]);
  await idp.close();
});

async function firm(connected: boolean): Promise<Firm> {
  const owner = await server.world.owner({ verified: true });
  await database.query(`update organizations set plan = 'enterprise' where id = $1`, [owner.organizationId]);
  const domain = `${server.world.unique('company')}.example`;
  const proof = `insert into domains (organization_id, id, kind, name, dns_token, grade, verified_at, updated_at) values ($1, gen_random_uuid(), 'email', $2, 'token', 'ownership', now(), now())`;
  await database.query(proof, [owner.organizationId, domain]);
  if (!connected) return { owner, domain, id: undefined };
  const { id } = (await owner.api.post('/tenant/sso-connections', { name: 'Acme', issuer: idp.issuer, clientId: 'tenantry', clientSecret: idp.clientSecret })).body;
  await database.query('update sso_connections set tested_at = now(), enabled = true where id = $1', [id]);
  return { owner, domain, id };
}

const claimsOf = (email: string): Claims & { readonly email: string } => ({ sub: server.world.unique('sub'), email, email_verified: true, name: 'Pat Person' });
const apiOf = (answer: Answer): Client => {
  if (answer.status !== 200 || answer.body.accessToken === undefined) throw new Error(`a sign-in answered ${answer.status}: ${answer.text}`);
  return server.api.as(answer.body.accessToken as string);
};
const login = (email: string): Promise<Answer> => server.api.post('/auth/login', { email, password: goodPassword });
const ssoSignIn = async (id: string, claims: Claims): Promise<Answer> =>
  server.api.post(`/auth/sso/${id}/complete`, await visitProvider(server.api, idp, claims, `/auth/sso/${id}/start`));

/** Sets up ways for an account that has a password. */
async function account({ email }: Person, id: string | undefined, wanted: readonly Way[] = ways): Promise<Account> {
  const api = apiOf(await login(email));
  const [atProvider, atConnection] = [claimsOf(email), claimsOf(`${server.world.unique('pat')}@elsewhere.example`)];
  const device = wanted.includes('passkey') ? (await registerPasskey(api)).device : undefined;
  const link = async (path: string, claims: Claims): Promise<void> => {
    expect((await api.post(`${path}/complete`, await visitProvider(api, idp, claims, path))).status).toBeLessThan(300);
  };
  if (wanted.includes('provider')) await link('/auth/providers/acme/link', atProvider);
  if (wanted.includes('sso') && id !== undefined) await link(`/auth/sso/${id}/link`, atConnection);
  let mails = 0;
  return {
    email,
    signIn: {
      password: () => login(email),
      mail: async () => {
        // Other servers on the database deliver as well, and have a limit for an hour.
        await database.query(`update mail_messages set created_at = created_at - interval '2 hours' where recipient = $1`, [email]);
        await server.api.post('/auth/mail/start', { email });
        const { token } = await server.mailbox.waitFor(email, 'Sign in', (mails += 1));
        return server.api.post('/auth/mail/complete', { token });
      },
      passkey: async () => server.api.post('/auth/passkeys/login', device === undefined ? {} : { credential: await answerOf(server.api, device) }),
      provider: async () => server.api.post('/auth/providers/acme/complete', await visitProvider(server.api, idp, atProvider, '/auth/providers/acme/start')),
      sso: () => ssoSignIn(id ?? '', atConnection),
    },
  };
}

const security = '/tenant/security';
const status = async (api: Client): Promise<number> => (await api.get('/organizations/current')).status;

/** Has somebody join who has no account yet, and come in by a way. @param api of an owner whom the policy accepts */
async function newcomer({ owner, domain, id }: Firm, api: Client, way: Way): Promise<Client> {
  const email = `${server.world.unique('new')}@${domain}`;
  if (way === 'sso' && id !== undefined) return apiOf(await ssoSignIn(id, claimsOf(email)));
  const invited = await server.world.invited({ ...owner, api }, 'member', email);
  await server.world.verify(email);
  return apiOf(await (await account(invited, id, [way])).signIn[way]());
}

describe.each([
  ['with a connection', true],
  ['without a connection', false],
])('an organization %s', (_, connected) => {
  itInBothRuns(
    'takes from its owner exactly the policies that the owner meets, and one whom it accepts can always have somebody join',
    async () => {
      const of = await firm(connected);
      const possible = ways.filter((way) => way !== 'sso' || connected);
      const boss = await account(of.owner, of.id);
      const sessions = new Map<Way, Client>();
      for (const way of possible) sessions.set(way, apiOf(await boss.signIn[way]()));
      for (const [at, policy] of tried.entries()) {
        const accepted = acceptedOf(policy, possible);
        for (const [way, api] of sessions) {
          const { status: answered, body } = await api.patch(security, policy);
          expect({ policy, way, answered, code: body.code }).toEqual({
            policy,
            way,
            ...(accepted.includes(way) ? { answered: 200 } : { answered: 409, code: 'policy_refuses_you' }),
          });
          expect({ policy, way, inside: await status(api) }).toEqual({ policy, way, inside: 200 });
          if (answered !== 200) continue;
          // For every third policy: an owner signs in again, in some accepted way, and so does somebody new.
          const joins = accepted[at % accepted.length];
          if (way === joins && at % 3 === 0) {
            const again = apiOf(await boss.signIn[joins]());
            expect({ policy, joins, owner: await status(again), newcomer: await status(await newcomer(of, again, joins)) }).toEqual({ policy, joins, owner: 200, newcomer: 200 });
          }
          expect((await api.patch(security, open)).status).toBe(200);
        }
      }
    },
    240_000,
  );
});

it('of a policy that accepts a connection alone and the end of this connection, one is refused', async () => {
  const of = await firm(true);
  const boss = await account(of.owner, of.id);
  const api = apiOf(await boss.signIn.sso());
  for (const policy of [{ ssoRequired: true }, { signInMethods: ['sso'] }]) {
    const [closed, disabled] = await Promise.all([api.patch(security, policy), of.owner.api.patch(`/tenant/sso-connections/${of.id}`, { enabled: false })]);
    expect([closed, disabled].filter((answer) => answer.status === 200)).toHaveLength(1);
    // The session that closed the other ways is in, or they are open.
    expect(await status(closed.status === 200 ? api : of.owner.api)).toBe(200);
    await database.query(`update settings_documents set document = '{}' where organization_id = $1 and section = 'security'`, [of.owner.organizationId]);
    await database.query('update sso_connections set tested_at = now(), enabled = true where id = $1', [of.id]);
  }
});

it('an organization whose plan loses single sign-on keeps its connections while it accepts them alone', async () => {
  const of = await firm(true);
  const boss = await account(of.owner, of.id);
  for (const policy of [
    { signInMethods: [], ssoRequired: true },
    { signInMethods: ['sso'], ssoRequired: false },
  ]) {
    await database.query(`update organizations set plan = 'enterprise' where id = $1`, [of.owner.organizationId]);
    expect((await apiOf(await boss.signIn.sso()).patch(security, policy)).status).toBe(200);
    await database.query(`update organizations set plan = 'free' where id = $1`, [of.owner.organizationId]);
    const again = apiOf(await boss.signIn.sso());
    expect(await status(again)).toBe(200);
    expect((await again.patch(security, open)).status).toBe(200);
    expect((await server.api.post(`/auth/sso/${of.id}/start`, { challenge: newPage().challenge })).status).toBe(404);
  }
});

describe('a way that the product stops to offer', () => {
  it('is accepted no longer as the only one, and does not close an organization that has accepted it alone', async () => {
    const of = await firm(false);
    const boss = await account(of.owner, undefined);
    const byPassword = apiOf(await boss.signIn.password());
    const [before, after] = [byPassword, later.api.as((await boss.signIn.password()).body.accessToken as string)];
    for (const signInMethods of [['password'], ['provider'], ['password', 'provider']])
      expect(await after.patch(security, { signInMethods })).toMatchObject({ status: 409, body: { code: expect.stringMatching(/^(no_way_in|policy_refuses_you)$/) } });
    expect(await after.post(`${security}/preview`, { signInMethods: ['password'] })).toMatchObject({ body: { refused: true, refusal: { code: 'no_way_in' } } });
    expect((await before.patch(security, { signInMethods: ['password'] })).status).toBe(200);
    const byMail = (await boss.signIn.mail()).body.accessToken as string;
    expect([await status(server.api.as(byMail)), await status(later.api.as(byMail))]).toEqual([403, 200]);
    // Other changes are still possible there.
    expect((await later.api.as(byMail).patch(security, { allowedEmailDomains: [of.domain] })).status).toBe(200);
  });
});

describe('a second factor that is required', () => {
  async function enrol(api: Client): Promise<string> {
    const { secret } = (await api.post('/auth/mfa/totp')).body;
    expect((await api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) })).status).toBe(200);
    return secret as string;
  }

  const confirm = ({ body: { mfaToken } }: Answer, secret: string): Promise<Answer> => server.api.post('/auth/mfa/verify', { mfaToken, code: codeOf(secret, 1) });

  it.each<[string, object, Policy]>([
    ['of all', { mfaRequired: true }, open],
    ['of members', { mfaRoles: ['member', 'owner'] }, open],
    ['of all, with single sign-on alone', { mfaRequired: true }, { signInMethods: [], ssoRequired: true }],
  ])('%s can be met by somebody new', async (_, demand, policy) => {
    const of = await firm(true);
    const boss = await account(of.owner, of.id);
    const secret = await enrol(apiOf(await boss.signIn.password()));
    const owner = apiOf(await confirm(await boss.signIn[policy.ssoRequired ? 'sso' : 'password'](), secret));
    expect((await owner.patch(security, { ...policy, ...demand })).status).toBe(200);
    expect(await status(owner)).toBe(200);
    const claims = claimsOf(`${server.world.unique('new')}@${of.domain}`);
    const signIn = (): Promise<Answer> => (policy.ssoRequired ? ssoSignIn(of.id ?? '', claims) : login(claims.email));
    if (!policy.ssoRequired) await server.world.invited({ ...of.owner, api: owner }, 'member', claims.email);
    const first = apiOf(await signIn());
    expect(await first.get('/organizations/current')).toMatchObject({ status: 403, body: { code: 'second_factor_required' } });
    let proved = first;
    if (policy.ssoRequired) {
      // The identity provider does not prove the account, but a mail to the mailbox does.
      await server.api.post('/auth/mail/start', { email: claims.email });
      proved = apiOf(await server.api.post('/auth/mail/complete', { token: (await server.mailbox.waitFor(claims.email, 'Sign in')).token }));
    }
    const own = await enrol(proved);
    expect(await status(apiOf(await confirm(await signIn(), own)))).toBe(200);
  });
});
