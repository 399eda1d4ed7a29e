import type pg from 'pg';
import { SecretBox } from '../../src/common/crypto/secret-box.js';
import { testSecret } from '../support/secret.js';
import type { Answer, Client } from '../support/client.js';
import type { TestDns } from '../support/dns.js';
import type { TestServer } from '../support/http.js';
import { newPage, visitProvider, type IdentityProvider } from '../support/identity-provider.js';
import { newSamlKey } from '../support/saml-identity-provider.js';
import { answerOf, registerPasskey, SoftwareAuthenticator } from '../support/software-authenticator.js';
import type { StripeStandIn } from '../support/stripe-stand-in.js';
import { codeOf } from '../support/totp.js';
import { goodPassword, type Person } from '../support/world.js';
import { resourceCalls } from './resource-calls.js';
import { appUrl } from './stage.js';

export interface Stage {
  readonly server: TestServer;
  readonly metering: TestServer;
  /** The same, with Stripe collecting. */
  readonly paid: TestServer;
  readonly stripe: StripeStandIn;
  readonly dns: TestDns;
  /** The identity provider `acme` of the server. */
  readonly provider: IdentityProvider;
  readonly database: pg.Pool;
  /** Owns an organization with every feature; the address is verified. */
  readonly owner: Person;
  /** Owns an organization of a product that meters what its organizations use. */
  readonly metered: Person;
  readonly operator: { readonly userId: string; readonly api: Client };
}

/** Marks a client's requests, so that their events can be found. */
type Mark = (client: Client) => Client;

/** A call of a mutating route, made ready, and what its one event must say. */
export interface Ready {
  readonly send: (mark: Mark) => Promise<Answer>;
  /** The actor; `anonymous` for an unknown caller. */
  readonly actor: string | RegExp;
  /** `user` when left out. */
  readonly actorKind?: 'operator' | 'key';
  /** The row that the event must name among its changes, and what of it was changed. */
  readonly table: string;
  readonly operation: 'insert' | 'update' | 'delete';
  readonly before?: object;
  readonly after?: object;
  /** The organization of the event; the owner's organization when left out, null for the platform. */
  readonly organizationId?: string | null;
  /** Another organization that gets an event of its own. */
  readonly alsoIn?: string;
}

export type Call = (stage: Stage) => Promise<Ready>;

const anybody = /^[0-9a-f-]{36}$/;

async function done(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body, text } = await answer;
  if (status >= 300) throw new Error(`preparing a call answered ${status}: ${text}`);
  return body;
}

const addPhone = (api: Client, name = 'Phone') => registerPasskey(api, name, appUrl);

/** A person with a linked account at the identity provider. */
async function linked({ server, provider }: Stage): Promise<{ person: Person; claims: { sub: string }; id: string }> {
  const [person, claims] = [await server.world.owner(), { sub: server.world.unique('sub') }];
  const body = await visitProvider(person.api, provider, claims, '/auth/providers/acme/link');
  return { person, claims, id: (await done(person.api.post('/auth/providers/acme/link/complete', body))).id as string };
}

/** A connection to the identity provider that was tested and enabled, of an organization that has proved the domain of its owner. */
async function connection({ owner, provider, database }: Stage): Promise<string> {
  const { id } = await done(owner.api.post('/tenant/sso-connections', { name: 'Acme', issuer: provider.issuer, clientId: 'tenantry', clientSecret: provider.clientSecret }));
  await database.query('update sso_connections set tested_at = now(), enabled = true where id = $1', [id]);
  return id as string;
}

/** A member of the organization with a connection, whose address is at another domain. */
async function colleague(stage: Stage): Promise<{ person: Person; path: string; organizationId: string }> {
  const person = await stage.server.world.member(stage.owner);
  return { person, path: `/auth/sso/${await connection(stage)}/link`, organizationId: stage.owner.organizationId };
}

let samlKey: ReturnType<typeof newSamlKey> | undefined;
const samlSettings = async () => ({
  name: 'Acme',
  entityId: 'https://login.acme.example/saml',
  signInUrl: 'https://login.acme.example/sso',
  certificates: [{ pem: (await (samlKey ??= newSamlKey())).certificate }],
});

/** A connection by SAML that was tested and enabled. */
async function samlConnection({ owner, database }: Stage): Promise<string> {
  const { id } = await done(owner.api.post('/tenant/sso-connections/saml', await samlSettings()));
  await database.query('update sso_connections set tested_at = now(), enabled = true where id = $1', [id]);
  return id as string;
}

const serviceKey = ({ operator }: Stage, scopes = ['usage:report']): Promise<Answer['body']> => done(operator.api.post('/platform/service-keys', { name: 'Backend', scopes }));

/** A mail that has failed. */
async function failedMail({ database, owner, server }: Stage): Promise<string> {
  const sql = `insert into mail_messages (id, organization_id, template, recipient, content, status, failure, attempts)
               values (gen_random_uuid(), $1, 'welcome', $2, $3, 'failed', 'recipient_refused', 1) returning id`;
  const content = new SecretBox(testSecret, 'mail').seal(JSON.stringify({ subject: 'Welcome', text: 'Welcome', html: '<p>Welcome</p>' }));
  return (await database.query<{ id: string }>(sql, [owner.organizationId, server.world.email(), content])).rows[0]?.id ?? '';
}
const team = async ({ owner, server }: Stage): Promise<string> =>
  `${owner.home}/teams/${(await done(owner.api.post(`${owner.home}/teams`, { name: server.world.unique('team') }))).id}`;
/** A webhook of the platform, which has no other. */
async function platformWebhook({ database, operator }: Stage): Promise<string> {
  await database.query('delete from platform_webhooks');
  return `/platform/event-endpoints/${(await done(operator.api.post('/platform/event-endpoints', { url: 'https://example.com/before', eventTypes: ['team.deleted'] }))).id}`;
}

/** A webhook of an organization, which has no other. */
async function webhook({ database }: Stage, { api, home, organizationId }: Person): Promise<string> {
  await database.query('delete from webhooks where organization_id = $1', [organizationId]);
  return `${home}/webhooks/${(await done(api.post(`${home}/webhooks`, { url: 'https://example.com/before', eventTypes: ['team.deleted'] }))).id}`;
}
async function role({ owner, server }: Stage): Promise<string> {
  const key = server.world.unique('role').replace('-', '_');
  await done(owner.api.post(`${owner.home}/roles`, { key, name: 'Before', permissions: ['teams:read'] }));
  return `${owner.home}/roles/${key}`;
}
const postForm = (client: Client, path: string, fields: Readonly<Record<string, string>>): Promise<Answer> =>
  client.post(path, undefined, { raw: new URLSearchParams(fields).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } });

async function oauthClient({ owner }: Stage): Promise<{ readonly client_id: string; readonly client_secret: string }> {
  const { id, key } = await done(owner.api.post(`${owner.home}/api-keys`, { name: 'Client', permissions: ['teams:read'] }));
  return { client_id: id as string, client_secret: key as string };
}

const key = async ({ owner }: Stage): Promise<string> =>
  `${owner.home}/api-keys/${(await done(owner.api.post(`${owner.home}/api-keys`, { name: 'Before', permissions: ['teams:read'] }))).id}`;
async function invitation({ owner, server }: Stage): Promise<string> {
  const { data } = await done(owner.api.post(`${owner.home}/invitations`, { email: server.world.email(), role: 'member', delivery: 'link' }));
  return `${owner.home}/invitations/${data[0].id}`;
}
async function domain({ owner, server }: Stage): Promise<{ id: string; domain: string; dnsRecord: { name: string; value: string } }> {
  return done(owner.api.post('/tenant/domains', { kind: 'email', domain: `${server.world.unique('school')}.example` }));
}
async function openDomain(stage: Stage): Promise<string> {
  const { owner, dns } = stage;
  const made = await domain(stage);
  dns.set(made.dnsRecord.name, made.dnsRecord.value);
  await done(owner.api.post(`/tenant/domains/${made.id}/verify`));
  await done(owner.api.patch(`/tenant/domains/${made.id}`, { joinPolicy: 'request' }));
  return made.domain;
}
async function joinRequest(stage: Stage): Promise<string> {
  const { owner, server } = stage;
  const asker = await server.world.owner({ email: `${server.world.unique('ann')}@${await openDomain(stage)}`, verified: true });
  await done(asker.api.post(`${owner.home}/join-requests`));
  const { data } = await done(owner.api.get(`${owner.home}/join-requests?status=pending`));
  return `${owner.home}/join-requests/${(data as { id: string; userId: string }[]).find(({ userId }) => userId === asker.userId)?.id}`;
}
/** A directory with a token of it. */
export async function directory({ owner, server, database }: Stage): Promise<{ path: string; tokenId: string; api: Client }> {
  // An organization has few.
  await database.query('delete from directories where organization_id = $1', [owner.organizationId]);
  const path = `${owner.home}/directories/${(await done(owner.api.post(`${owner.home}/directories`, { name: server.world.unique('directory') }))).id}`;
  const { id, token } = await done(owner.api.post(`${path}/tokens`, {}));
  return { path, tokenId: id, api: server.api.as(token) };
}
export const scimUser = ({ server }: Stage): object => ({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: server.world.unique('user') });
export const scimGroup = ({ server }: Stage): object => ({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: server.world.unique('group') });
const scimPatch = (path: string): object => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [{ op: 'replace', path, value: 'After' }] });
/** A request of a directory, for a new resource or an existing one. */
const ofDirectory =
  (kind: 'Users' | 'Groups', send: (api: Client, path: string, body: object) => Promise<Answer>, operation: Ready['operation']): Call =>
  async (stage) => {
    const { api, tokenId } = await directory(stage);
    const body = kind === 'Users' ? scimUser(stage) : scimGroup(stage);
    const path = operation === 'insert' ? `//scim/v2/${kind}` : `//scim/v2/${kind}/${(await done(api.post(`//scim/v2/${kind}`, body))).id}`;
    return { send: (mark) => send(mark(api), path, body), actor: tokenId, actorKind: 'key', table: kind === 'Users' ? 'directory_users' : 'directory_groups', operation };
  };
/** A set-up link of single sign-on, with a connection that was created with it. */
async function setup({ owner, provider, server, database }: Stage): Promise<{ linkId: string; api: Client; path: string; body: object }> {
  // An organization has few.
  await database.query('delete from sso_setup_links where organization_id = $1', [owner.organizationId]);
  await database.query('delete from sso_connections where organization_id = $1', [owner.organizationId]);
  const { id, token } = await done(owner.api.post('/tenant/sso-setup-links', { name: 'Pat' }));
  const api = server.api.as(token);
  const body = { name: 'Acme', issuer: provider.issuer, clientId: 'tenantry', clientSecret: provider.clientSecret };
  const path = `/sso-setup/connections/${(await done(api.post('/sso-setup/connections', body))).id}`;
  return { linkId: id, api, path, body };
}
/** Somebody who trusts a device. */
async function trusting(stage: Stage): Promise<Person> {
  const { person, recoveryCode } = await factor(stage);
  const { mfaToken } = await done(stage.server.api.post('/auth/login', { email: person.email, password: goodPassword }));
  await done(stage.server.api.post('/auth/mfa/verify', { mfaToken, code: recoveryCode, trustDevice: true }));
  return person;
}

/** Somebody in an organization of their own, with a second factor. */
async function factor({ server }: Stage): Promise<{ person: Person; secret: string; recoveryCode: string }> {
  const person = await server.world.owner();
  const { secret } = await done(person.api.post('/auth/mfa/totp'));
  const { recoveryCodes } = await done(person.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) }));
  return { person, secret, recoveryCode: recoveryCodes[0] };
}

const owned = ({ owner }: Stage, send: Ready['send'], table: string, operation: Ready['operation'], changes: Pick<Ready, 'before' | 'after'> = {}): Ready => ({
  send,
  actor: owner.userId,
  table,
  operation,
  ...changes,
});

const guardian = { guardianName: 'Mary Hopper', relation: 'mother' };
const pupil = ({ server, owner }: Stage): Promise<Person> => server.world.member(owner, 'pupil');
const consentsOf = ({ home, userId }: Person): string => `${home}/members/${userId}/consents`;

/** The token of a link that was mailed to a guardian. */
async function guardianLink(stage: Stage): Promise<{ email: string; token: string }> {
  const [member, email] = [await pupil(stage), stage.server.world.email()];
  await done(member.api.post(`${member.home}/consent/request`, { guardianEmail: email }));
  return { email, token: (await stage.server.mailbox.waitFor(email, 'asks for your consent')).token ?? '' };
}

/** An export of the owner's organization that is ready. */
async function readyExport({ database, owner }: Stage, byOperator: boolean): Promise<string> {
  await database.query('delete from organization_exports where organization_id = $1', [owner.organizationId]);
  const { rows } = await database.query<{ id: string }>(
    `insert into organization_exports (organization_id, id, status, by_operator, lease, bytes, expires_at)
     values ($1, gen_random_uuid(), 'ready', $2, gen_random_uuid(), 1, now() + interval '1 day') returning id`,
    [owner.organizationId, byOperator],
  );
  return rows[0]?.id ?? '';
}
const byOperator = ({ operator }: Stage, send: Ready['send'], operation: Ready['operation']): Ready => ({
  send,
  actor: operator.userId,
  actorKind: 'operator',
  table: 'organization_exports',
  operation,
});

const document = (path: string, section: string, body: object): Call => {
  return async (stage) => owned(stage, (mark) => mark(stage.owner.api).patch(path, body), 'settings_documents', 'insert', { after: { section } });
};

/** A tenant of the operator's, not provisioned. */
const tenant = ({ operator, server }: Stage): Promise<{ id: string; name: string }> =>
  done(operator.api.post('/tenants', { name: 'Before', slug: server.world.unique('tenant'), email: server.world.email(), provision: false }));

/** A call of the operator on a tenant. */
function operated(
  prepare: ((stage: Stage, id: string) => Promise<unknown>) | undefined,
  send: (api: Client, path: string) => Promise<Answer>,
  change: Pick<Ready, 'table' | 'operation' | 'before' | 'after'>,
): Call {
  return async (stage) => {
    const { id } = await tenant(stage);
    await prepare?.(stage, id);
    return {
      send: (mark) => send(mark(stage.operator.api), `/tenants/${id}`),
      actor: stage.operator.userId,
      actorKind: 'operator',
      organizationId: id,
      ...change,
    };
  };
}

/** A separate owner, so that the purchase does not affect other tests. */
function paid(
  prepare: ((owner: Person) => Promise<unknown>) | undefined,
  send: (api: Client, home: string) => Promise<Answer>,
  change: Pick<Ready, 'table' | 'operation' | 'before' | 'after'>,
): Call {
  return async ({ server }) => {
    const owner = await server.world.owner();
    await prepare?.(owner);
    return { send: (mark) => send(mark(owner.api), owner.home), actor: owner.userId, organizationId: owner.organizationId, ...change };
  };
}
const buyPro = ({ api, home }: Person): Promise<Answer['body']> => done(api.patch(`${home}/subscription`, { plan: 'pro' }));
/** A purchase that waits, of a catalog in which none does. */
const waitForApproval = async ({ database }: Stage, id: string): Promise<unknown> =>
  database.query(`insert into pending_purchases (organization_id, plan, interval, currency, requested_at) values ($1, 'pro', 'month', 'USD', now())`, [id]);
/** Somebody who is led to a page of Stripe's for the first time, and so becomes a customer. */
async function paying({ server, paid }: Stage, send: (api: Client, home: string) => Promise<Answer>): Promise<Ready> {
  const { home, userId, organizationId, accessToken } = await server.world.owner();
  return {
    send: (mark) => send(mark(paid.api.as(accessToken)), home),
    actor: userId,
    table: 'subscriptions',
    operation: 'update',
    before: { provider_customer_id: null },
    organizationId,
  };
}

/** By the name of the handler, and, after a space, what is special. A mutating route that is missing here fails the test. */
export const calls: Readonly<Record<string, Call>> = {
  ...resourceCalls,
  signUp: async ({ server }) => {
    const email = server.world.email();
    const body = { email, password: goodPassword, name: 'New', organization: { name: server.world.unique('org') } };
    const send: Ready['send'] = (mark) => mark(server.api).post('/auth/signup', body);
    return { send, actor: anybody, table: 'users', operation: 'insert', after: { email }, organizationId: 'any' };
  },
  logIn: async ({ server }) => {
    const person = await server.world.owner();
    const send: Ready['send'] = (mark) => mark(server.api).post('/auth/login', { email: person.email, password: goodPassword });
    return { send, actor: person.userId, table: 'sessions', operation: 'insert', after: { user_id: person.userId }, organizationId: person.organizationId };
  },
  completeMailSignIn: async ({ server }) => {
    const { email, userId, organizationId } = await server.world.owner({ verified: true });
    await done(server.api.post('/auth/mail/start', { email }));
    const { token } = await server.mailbox.waitFor(email, 'Sign in');
    const send: Ready['send'] = (mark) => mark(server.api).post('/auth/mail/complete', { token });
    return { send, actor: userId, table: 'sessions', operation: 'insert', after: { user_id: userId }, organizationId };
  },
  completeProviderSignIn: async (stage) => {
    const { server, provider } = stage;
    const { person, claims } = await linked(stage);
    const body = await visitProvider(server.api, provider, claims, '/auth/providers/acme/start');
    const send: Ready['send'] = (mark) => mark(server.api).post('/auth/providers/acme/complete', body);
    return { send, actor: person.userId, table: 'sessions', operation: 'insert', after: { user_id: person.userId }, organizationId: person.organizationId };
  },
  completeProviderLink: async ({ server, provider }) => {
    const { api, userId, organizationId } = await server.world.owner();
    const body = await visitProvider(api, provider, { sub: server.world.unique('sub') }, '/auth/providers/acme/link');
    const send: Ready['send'] = (mark) => mark(api).post('/auth/providers/acme/link/complete', body);
    return { send, actor: userId, table: 'external_identities', operation: 'insert', after: { user_id: userId, provider: 'acme' }, organizationId };
  },
  unlinkIdentity: async (stage) => {
    const { person, id } = await linked(stage);
    const { api, userId, organizationId } = person;
    return {
      send: (mark) => mark(api).delete(`/auth/identities/${id}`),
      actor: userId,
      table: 'external_identities',
      operation: 'delete',
      before: { user_id: userId },
      organizationId,
    };
  },
  completeSsoLink: async (stage) => {
    const { organizationId, person, path } = await colleague(stage);
    const body = await visitProvider(person.api, stage.provider, { sub: stage.server.world.unique('sub') }, path);
    const send: Ready['send'] = (mark) => mark(person.api).post(`${path}/complete`, body);
    return { send, actor: person.userId, table: 'sso_identities', operation: 'insert', after: { user_id: person.userId }, organizationId };
  },
  unlinkSso: async (stage) => {
    const { organizationId, person, path } = await colleague(stage);
    const body = await visitProvider(person.api, stage.provider, { sub: stage.server.world.unique('sub') }, path);
    await done(person.api.post(`${path}/complete`, body));
    return {
      send: (mark) => mark(person.api).delete(path),
      actor: person.userId,
      table: 'sso_identities',
      operation: 'delete',
      before: { user_id: person.userId },
      organizationId,
    };
  },
  createSsoConnection: async (stage) => {
    const body = { name: 'Acme', issuer: 'https://login.acme.example', clientId: 'tenantry', clientSecret: 'a secret' };
    return owned(stage, (mark) => mark(stage.owner.api).post('/tenant/sso-connections', body), 'sso_connections', 'insert', {
      after: { name: 'Acme', client_secret: '[redacted]' },
    });
  },
  createSamlConnection: async (stage) => {
    const body = await samlSettings();
    return owned(stage, (mark) => mark(stage.owner.api).post('/tenant/sso-connections/saml', body), 'sso_connections', 'insert', {
      after: { protocol: 'saml', client_secret: '[redacted]' },
    });
  },
  updateSamlConnection: async (stage) => {
    const id = await samlConnection(stage);
    return owned(stage, (mark) => mark(stage.owner.api).patch(`/tenant/sso-connections/${id}/saml`, { idpInitiated: true }), 'sso_connections', 'update', {
      before: { idp_initiated: false },
      after: { idp_initiated: true },
    });
  },
  updateSsoConnection: async (stage) => {
    const id = await connection(stage);
    return owned(stage, (mark) => mark(stage.owner.api).patch(`/tenant/sso-connections/${id}`, { enabled: false }), 'sso_connections', 'update', {
      before: { enabled: true },
      after: { enabled: false },
    });
  },
  deleteSsoConnection: async (stage) => {
    const id = await connection(stage);
    return owned(stage, (mark) => mark(stage.owner.api).delete(`/tenant/sso-connections/${id}`), 'sso_connections', 'delete', { before: { name: 'Acme' } });
  },
  completeSsoTest: async (stage) => {
    const { owner, provider, server } = stage;
    const path = `/tenant/sso-connections/${await connection(stage)}/test`;
    const body = await visitProvider(owner.api, provider, { sub: server.world.unique('sub') }, path);
    return owned(stage, (mark) => mark(owner.api).post(`${path}/complete`, body), 'sso_connections', 'update', {});
  },
  createSsoSetupLink: async (stage) => {
    await setup(stage);
    return owned(stage, (mark) => mark(stage.owner.api).post('/tenant/sso-setup-links', { name: 'Kim' }), 'sso_setup_links', 'insert', {
      after: { name: 'Kim', token_hash: '[redacted]' },
    });
  },
  revokeSsoSetupLink: async (stage) => {
    const { linkId } = await setup(stage);
    return owned(stage, (mark) => mark(stage.owner.api).delete(`/tenant/sso-setup-links/${linkId}`), 'sso_setup_links', 'delete', { before: { name: 'Pat' } });
  },
  setUpSsoConnection: async (stage) => {
    const { linkId, api, body } = await setup(stage);
    const send: Ready['send'] = (mark) => mark(api).post('/sso-setup/connections', body);
    return { send, actor: linkId, actorKind: 'key', table: 'sso_connections', operation: 'insert', after: { name: 'Acme', client_secret: '[redacted]' } };
  },
  setUpSamlConnection: async (stage) => {
    const [{ linkId, api }, body] = await Promise.all([setup(stage), samlSettings()]);
    const send: Ready['send'] = (mark) => mark(api).post('/sso-setup/connections/saml', body);
    return { send, actor: linkId, actorKind: 'key', table: 'sso_connections', operation: 'insert', after: { protocol: 'saml', client_secret: '[redacted]' } };
  },
  updateSetUpSamlConnection: async (stage) => {
    const [{ linkId, api }, body] = await Promise.all([setup(stage), samlSettings()]);
    const { id } = await done(api.post('/sso-setup/connections/saml', body));
    const send: Ready['send'] = (mark) => mark(api).patch(`/sso-setup/connections/${id}/saml`, { signRequests: true });
    return { send, actor: linkId, actorKind: 'key', table: 'sso_connections', operation: 'update', before: { sign_requests: false }, after: { sign_requests: true } };
  },
  updateSetUpSsoConnection: async (stage) => {
    const { linkId, api, path } = await setup(stage);
    await stage.database.query('update sso_connections set tested_at = now() where id = $1', [path.split('/').pop()]);
    const send: Ready['send'] = (mark) => mark(api).patch(path, { enabled: true });
    return { send, actor: linkId, actorKind: 'key', table: 'sso_connections', operation: 'update', before: { enabled: false }, after: { enabled: true } };
  },
  completeSetUpSsoTest: async (stage) => {
    const { linkId, api, path } = await setup(stage);
    const body = await visitProvider(api, stage.provider, { sub: stage.server.world.unique('sub') }, `${path}/test`);
    return { send: (mark) => mark(api).post(`${path}/test/complete`, body), actor: linkId, actorKind: 'key', table: 'sso_connections', operation: 'update' };
  },
  completeSso: async (stage) => {
    const { owner, provider, server, database } = stage;
    const id = await connection(stage);
    const sub = server.world.unique('sub');
    await database.query(`insert into sso_identities (organization_id, id, connection_id, user_id, issuer, subject) values ($1, gen_random_uuid(), $2, $3, $4, $5)`, [
      owner.organizationId,
      id,
      owner.userId,
      provider.issuer,
      sub,
    ]);
    const body = await visitProvider(server.api, provider, { sub }, `/auth/sso/${id}/start`);
    const send: Ready['send'] = (mark) => mark(server.api).post(`/auth/sso/${id}/complete`, body);
    return { send, actor: owner.userId, table: 'sessions', operation: 'insert', after: { user_id: owner.userId, sso_connection_id: id }, organizationId: owner.organizationId };
  },
  refresh: async ({ server }) => {
    const { refreshToken } = await server.world.owner();
    return { send: (mark) => mark(server.api).post('/auth/refresh', { refreshToken }), actor: 'anonymous', table: 'sessions', operation: 'update', organizationId: null };
  },
  logOut: async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner();
    return { send: (mark) => mark(api).post('/auth/logout'), actor: userId, table: 'sessions', operation: 'update', before: { revoked_at: null }, organizationId };
  },
  logOutOfSso: async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner();
    return { send: (mark) => mark(api).post('/auth/sso/logout', {}), actor: userId, table: 'sessions', operation: 'update', before: { revoked_at: null }, organizationId };
  },
  switchOrganization: async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner();
    const send: Ready['send'] = (mark) => mark(api).post('/auth/switch-organization', { organizationId: null });
    return {
      send,
      actor: userId,
      table: 'sessions',
      operation: 'update',
      before: { active_organization_id: organizationId },
      after: { active_organization_id: null },
      organizationId,
    };
  },
  verifyEmail: async ({ server }) => {
    const { email } = await server.world.signUp();
    const { token } = await server.mailbox.waitFor(email, 'Confirm');
    const send: Ready['send'] = (mark) => mark(server.api).post('/auth/email/verify', { token, password: goodPassword });
    return { send, actor: 'anonymous', table: 'users', operation: 'update', before: { email_verified_at: null }, organizationId: null };
  },
  undoEmailChange: async ({ server }) => {
    const { api, email } = await server.world.owner({ verified: true });
    await done(api.patch('/users/me', { email: server.world.email(), currentPassword: goodPassword }));
    const { token } = await server.mailbox.waitFor(email, 'being changed');
    const send: Ready['send'] = (mark) => mark(server.api).post('/auth/email/undo', { token });
    return { send, actor: 'anonymous', table: 'credentials', operation: 'delete', before: { password_hash: '[redacted]' }, organizationId: null };
  },
  updateProfile: async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner();
    const send: Ready['send'] = (mark) => mark(api).patch('/users/me', { name: 'Another Name' });
    return { send, actor: userId, table: 'users', operation: 'update', before: { name: 'Olive Owner' }, after: { name: 'Another Name' }, organizationId };
  },
  deleteAccount: async ({ server }) => {
    const owner = await server.world.owner();
    const { api, userId } = await server.world.member(owner);
    const send: Ready['send'] = (mark) => mark(api).request('DELETE', '/users/me', { currentPassword: goodPassword });
    return { send, actor: userId, table: 'users', operation: 'delete', before: { name: 'Mel Member' }, organizationId: owner.organizationId };
  },
  resendVerification: async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner();
    return { send: (mark) => mark(api).post('/auth/email/resend'), actor: userId, table: 'user_tokens', operation: 'insert', after: { purpose: 'verify_email' }, organizationId };
  },
  reauthenticate: async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner();
    const send: Ready['send'] = (mark) => mark(api).post('/auth/reauthenticate', { password: goodPassword });
    return { send, actor: userId, table: 'sessions', operation: 'update', organizationId };
  },
  changePassword: async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner();
    const send: Ready['send'] = (mark) => mark(api).post('/auth/password/change', { currentPassword: goodPassword, newPassword: 'another long passphrase' });
    const shown = '[redacted]';
    return { send, actor: userId, table: 'credentials', operation: 'update', before: { password_hash: shown }, after: { password_hash: shown }, organizationId };
  },
  forgotPassword: async ({ server }) => {
    const { email } = await server.world.owner({ verified: true });
    const send: Ready['send'] = (mark) => mark(server.api).post('/auth/password/forgot', { email });
    return { send, actor: 'anonymous', table: 'user_tokens', operation: 'insert', after: { purpose: 'reset_password', token_hash: '[redacted]' }, organizationId: null };
  },
  resetPassword: async ({ server }) => {
    const { email } = await server.world.owner({ verified: true });
    await done(server.api.post('/auth/password/forgot', { email }));
    const { token } = await server.mailbox.waitFor(email, 'password');
    const send: Ready['send'] = (mark) => mark(server.api).post('/auth/password/reset', { token, newPassword: 'another long passphrase' });
    return { send, actor: 'anonymous', table: 'credentials', operation: 'update', before: { password_hash: '[redacted]' }, organizationId: null };
  },
  enrolTotp: async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner();
    return { send: (mark) => mark(api).post('/auth/mfa/totp'), actor: userId, table: 'second_factors', operation: 'insert', after: { secret: '[redacted]' }, organizationId };
  },
  confirmTotp: async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner();
    const { secret } = await done(api.post('/auth/mfa/totp'));
    const send: Ready['send'] = (mark) => mark(api).post('/auth/mfa/totp/confirm', { code: codeOf(secret) });
    return { send, actor: userId, table: 'second_factors', operation: 'update', before: { confirmed_at: null }, organizationId };
  },
  undoTotp: async ({ server }) => {
    const { api, email } = await server.world.owner({ verified: true });
    const { secret } = await done(api.post('/auth/mfa/totp'));
    await done(api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) }));
    const { token } = await server.mailbox.waitFor(email, 'authenticator app');
    const send: Ready['send'] = (mark) => mark(server.api).post('/auth/mfa/totp/undo', { token });
    return { send, actor: 'anonymous', table: 'second_factors', operation: 'delete', before: { secret: '[redacted]' }, organizationId: null };
  },
  addPasskey: async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner({ verified: true });
    const { options } = await done(api.post('/auth/passkeys/options'));
    const send: Ready['send'] = (mark) => mark(api).post('/auth/passkeys', { name: 'Phone', credential: new SoftwareAuthenticator(appUrl).create(options) });
    return { send, actor: userId, table: 'passkeys', operation: 'insert', after: { user_id: userId }, organizationId };
  },
  renamePasskey: async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner({ verified: true });
    const { id } = await addPhone(api, 'Before');
    const send: Ready['send'] = (mark) => mark(api).patch(`/auth/passkeys/${id}`, { name: 'After' });
    return { send, actor: userId, table: 'passkeys', operation: 'update', before: { name: 'Before' }, organizationId };
  },
  removePasskey: async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner({ verified: true });
    const { id } = await addPhone(api);
    const send: Ready['send'] = (mark) => mark(api).delete(`/auth/passkeys/${id}`);
    return { send, actor: userId, table: 'passkeys', operation: 'delete', before: { user_id: userId }, organizationId };
  },
  logInWithPasskey: async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner({ verified: true });
    const credential = await answerOf(server.api, (await addPhone(api)).device);
    const send: Ready['send'] = (mark) => mark(server.api).post('/auth/passkeys/login', { credential });
    return { send, actor: userId, table: 'sessions', operation: 'insert', after: { user_id: userId }, organizationId };
  },
  'reauthenticate by a passkey': async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner({ verified: true });
    const passkey = await answerOf(api, (await addPhone(api)).device);
    const send: Ready['send'] = (mark) => mark(api).post('/auth/reauthenticate', { passkey });
    return { send, actor: userId, table: 'sessions', operation: 'update', before: { second_factor_at: null }, organizationId };
  },
  undoPasskey: async ({ server }) => {
    const { api, userId, email } = await server.world.owner({ verified: true });
    await addPhone(api);
    const { token } = await server.mailbox.waitFor(email, 'A passkey was added');
    const send: Ready['send'] = (mark) => mark(server.api).post('/auth/passkeys/undo', { token });
    return { send, actor: 'anonymous', table: 'passkeys', operation: 'delete', before: { user_id: userId }, organizationId: null };
  },
  verifyMfa: async (stage) => {
    const { person, secret } = await factor(stage);
    const { mfaToken } = await done(stage.server.api.post('/auth/login', { email: person.email, password: goodPassword }));
    const send: Ready['send'] = (mark) => mark(stage.server.api).post('/auth/mfa/verify', { mfaToken, code: codeOf(secret, 1) });
    return { send, actor: person.userId, table: 'sessions', operation: 'insert', after: { user_id: person.userId }, organizationId: person.organizationId };
  },
  'verifyMfa by a recovery code': async (stage) => {
    const { person, recoveryCode } = await factor(stage);
    const { mfaToken } = await done(stage.server.api.post('/auth/login', { email: person.email, password: goodPassword }));
    const send: Ready['send'] = (mark) => mark(stage.server.api).post('/auth/mfa/verify', { mfaToken, code: recoveryCode });
    return { send, actor: person.userId, table: 'recovery_codes', operation: 'update', before: { used_at: null }, organizationId: person.organizationId };
  },
  'renewRecoveryCodes by one of them': async (stage) => {
    const { person, recoveryCode } = await factor(stage);
    const send: Ready['send'] = (mark) => mark(person.api).post('/auth/mfa/recovery-codes', { code: recoveryCode });
    return { send, actor: person.userId, table: 'recovery_codes', operation: 'insert', after: { used_at: null }, organizationId: person.organizationId };
  },
  'removeTotp by a recovery code': async (stage) => {
    const { person, recoveryCode } = await factor(stage);
    const send: Ready['send'] = (mark) => mark(person.api).request('DELETE', '/auth/mfa/totp', { code: recoveryCode });
    return { send, actor: person.userId, table: 'second_factors', operation: 'delete', before: { user_id: person.userId }, organizationId: person.organizationId };
  },
  'verifyMfa on a device that is trusted': async (stage) => {
    const { person, recoveryCode } = await factor(stage);
    const { mfaToken } = await done(stage.server.api.post('/auth/login', { email: person.email, password: goodPassword }));
    const send: Ready['send'] = (mark) => mark(stage.server.api).post('/auth/mfa/verify', { mfaToken, code: recoveryCode, trustDevice: true });
    return { send, actor: person.userId, table: 'trusted_devices', operation: 'insert', after: { token_hash: '[redacted]' }, organizationId: person.organizationId };
  },
  forgetTrustedDevice: async (stage) => {
    const person = await trusting(stage);
    const { data } = await done(person.api.get('/auth/trusted-devices'));
    const send: Ready['send'] = (mark) => mark(person.api).delete(`/auth/trusted-devices/${data[0].id}`);
    return { send, actor: person.userId, table: 'trusted_devices', operation: 'delete', before: { user_id: person.userId }, organizationId: person.organizationId };
  },
  forgetTrustedDevices: async (stage) => {
    const person = await trusting(stage);
    const send: Ready['send'] = (mark) => mark(person.api).delete('/auth/trusted-devices');
    return { send, actor: person.userId, table: 'trusted_devices', operation: 'delete', before: { user_id: person.userId }, organizationId: person.organizationId };
  },
  renewRecoveryCodes: async (stage) => {
    const { person, secret } = await factor(stage);
    const send: Ready['send'] = (mark) => mark(person.api).post('/auth/mfa/recovery-codes', { code: codeOf(secret, 1) });
    return { send, actor: person.userId, table: 'recovery_codes', operation: 'insert', after: { code_hash: '[redacted]' }, organizationId: person.organizationId };
  },
  removeTotp: async (stage) => {
    const { person, secret } = await factor(stage);
    const send: Ready['send'] = (mark) => mark(person.api).request('DELETE', '/auth/mfa/totp', { code: codeOf(secret, 1) });
    return {
      send,
      actor: person.userId,
      table: 'second_factors',
      operation: 'delete',
      before: { user_id: person.userId, secret: '[redacted]' },
      organizationId: person.organizationId,
    };
  },
  revokeSession: async ({ server }) => {
    const { api, userId, email, organizationId } = await server.world.owner();
    await done(server.api.post('/auth/login', { email, password: goodPassword }));
    const { data } = await done(api.get('/auth/sessions'));
    const other = (data as { id: string; current: boolean }[]).find(({ current }) => !current);
    const send: Ready['send'] = (mark) => mark(api).delete(`/auth/sessions/${other?.id}`);
    return { send, actor: userId, table: 'sessions', operation: 'update', before: { revoked_reason: null }, after: { revoked_reason: 'revoked' }, organizationId };
  },
  revokeOtherSessions: async ({ server }) => {
    const { api, userId, email, organizationId } = await server.world.owner();
    await done(server.api.post('/auth/login', { email, password: goodPassword }));
    return { send: (mark) => mark(api).delete('/auth/sessions'), actor: userId, table: 'sessions', operation: 'update', after: { revoked_reason: 'revoked' }, organizationId };
  },
  acceptInvitation: async ({ server, owner }) => {
    const email = server.world.email();
    const token = await server.world.invitationToken(owner, email);
    const send: Ready['send'] = (mark) => mark(server.api).post('/invitations/accept', { token, name: 'New', password: goodPassword });
    return { send, actor: anybody, table: 'invitations', operation: 'update', before: { status: 'pending' }, after: { status: 'accepted' } };
  },
  declineInvitation: async ({ server, owner }) => {
    const token = await server.world.invitationToken(owner, server.world.email());
    const send: Ready['send'] = (mark) => mark(server.api).post('/invitations/decline', { token });
    return { send, actor: 'anonymous', table: 'invitations', operation: 'update', before: { status: 'pending' }, after: { status: 'declined' } };
  },
  requestConsent: async (stage) => {
    const member = await pupil(stage);
    const send: Ready['send'] = (mark) => mark(member.api).post(`${member.home}/consent/request`, { guardianEmail: stage.server.world.email() });
    return { send, actor: member.userId, table: 'guardian_links', operation: 'insert', after: { user_id: member.userId, purpose: 'consent', token_hash: '[redacted]' } };
  },
  stateAge: async (stage) => {
    const member = await pupil(stage);
    const send: Ready['send'] = (mark) => mark(member.api).post(`${member.home}/consent/age`, { birthMonth: '2000-01' });
    return { send, actor: member.userId, table: 'memberships', operation: 'update', before: { adult_from: null } };
  },
  requestConsentFor: async (stage) => {
    const path = consentsOf(await pupil(stage));
    return owned(stage, (mark) => mark(stage.owner.api).post(`${path}/request`, { guardianEmail: stage.server.world.email() }), 'guardian_links', 'insert');
  },
  recordConsent: async (stage) => {
    const path = consentsOf(await pupil(stage));
    const send: Ready['send'] = (mark) => mark(stage.owner.api).post(path, { ...guardian, textVersion: 'form' });
    return owned(stage, send, 'consents', 'insert', { after: { action: 'given', method: 'paper' } });
  },
  withdrawConsent: async (stage) => {
    const path = consentsOf(await pupil(stage));
    await done(stage.owner.api.post(path, { ...guardian, textVersion: 'form' }));
    return owned(stage, (mark) => mark(stage.owner.api).post(`${path}/withdraw`, guardian), 'consents', 'insert', { after: { action: 'withdrawn', method: 'paper' } });
  },
  giveConsent: async (stage) => {
    const { token } = await guardianLink(stage);
    const send: Ready['send'] = (mark) => mark(stage.server.api).post('/consent/give', { token, ...guardian, textVersion: 'tenantry-1' });
    return { send, actor: 'anonymous', table: 'consents', operation: 'insert', after: { action: 'given', method: 'link' } };
  },
  withdrawConsentByLink: async (stage) => {
    const { token, email } = await guardianLink(stage);
    await done(stage.server.api.post('/consent/give', { token, ...guardian, textVersion: 'tenantry-1' }));
    const withdrawal = (await stage.server.mailbox.waitFor(email, 'You consented')).token;
    const send: Ready['send'] = (mark) => mark(stage.server.api).post('/consent/withdraw', { token: withdrawal });
    return { send, actor: 'anonymous', table: 'consents', operation: 'insert', after: { action: 'withdrawn', method: 'link' } };
  },
  createOrganization: async ({ server, owner }) => {
    const name = server.world.unique('org');
    const send: Ready['send'] = (mark) => mark(owner.api).post('/organizations', { name });
    return { send, actor: owner.userId, table: 'organizations', operation: 'insert', after: { name }, organizationId: 'any' };
  },
  updateOrganization: async (stage) =>
    owned(stage, (mark) => mark(stage.owner.api).patch(stage.owner.home, { description: 'Better' }), 'organizations', 'update', {
      before: { description: null },
      after: { description: 'Better' },
    }),
  deleteOrganization: async ({ server }) => {
    const { api, home, userId, organizationId } = await server.world.owner();
    return { send: (mark) => mark(api).delete(home), actor: userId, table: 'organizations', operation: 'update', before: { deleted_at: null }, organizationId };
  },
  restoreOrganization: async ({ server }) => {
    const { api, home, userId, organizationId } = await server.world.owner();
    await done(api.delete(home));
    return { send: (mark) => mark(api).post(`${home}/restore`), actor: userId, table: 'organizations', operation: 'update', after: { deleted_at: null }, organizationId };
  },
  leaveOrganization: async ({ server, owner }) => {
    const member = await server.world.member(owner);
    const send: Ready['send'] = (mark) => mark(member.api).post(`${owner.home}/leave`);
    return { send, actor: member.userId, table: 'memberships', operation: 'delete', before: { user_id: member.userId, role: 'member' } };
  },
  transferOwnership: async ({ server }) => {
    const person = await server.world.owner();
    const heir = await server.world.member(person);
    const send: Ready['send'] = (mark) => mark(person.api).post(`${person.home}/transfer-ownership`, { userId: heir.userId });
    const { organizationId, userId: actor } = person;
    return { send, actor, table: 'memberships', operation: 'update', before: { role: 'member' }, after: { role: 'owner' }, organizationId };
  },
  addMember: async (stage) => {
    const email = stage.server.world.email();
    return owned(stage, (mark) => mark(stage.owner.api).post(`${stage.owner.home}/members`, { email, role: 'member' }), 'invitations', 'insert', {
      after: { email, role: 'member' },
    });
  },
  updateMember: async (stage) => {
    const { userId } = await stage.server.world.member(stage.owner);
    return owned(stage, (mark) => mark(stage.owner.api).patch(`${stage.owner.home}/members/${userId}`, { role: 'admin' }), 'memberships', 'update', {
      before: { role: 'member' },
      after: { role: 'admin' },
    });
  },
  removeMember: async (stage) => {
    const { userId } = await stage.server.world.member(stage.owner);
    return owned(stage, (mark) => mark(stage.owner.api).delete(`${stage.owner.home}/members/${userId}`), 'memberships', 'delete', { before: { user_id: userId } });
  },
  createManagedAccount: async (stage) => {
    const body = { userName: stage.server.world.unique('ada'), name: 'Ada', role: 'member', password: goodPassword };
    return owned(stage, (mark) => mark(stage.owner.api).post(`${stage.owner.home}/managed-accounts`, body), 'memberships', 'insert', { after: { role: 'member' } });
  },
  setManagedPassword: async (stage) => {
    const body = { userName: stage.server.world.unique('ada'), name: 'Ada', role: 'member', password: goodPassword };
    const { userId } = await done(stage.owner.api.post(`${stage.owner.home}/managed-accounts`, body));
    const send = (mark: Mark): Promise<Answer> => mark(stage.owner.api).post(`${stage.owner.home}/managed-accounts/${userId}/password`, { newPassword: 'seven green lamps sing' });
    return owned(stage, send, 'credentials', 'update', { before: { password_hash: '[redacted]' } });
  },
  removeManagedSecondFactor: async (stage) => {
    const body = { userName: stage.server.world.unique('ada'), name: 'Ada', role: 'member', password: goodPassword };
    const { userId } = await done(stage.owner.api.post(`${stage.owner.home}/managed-accounts`, body));
    const { accessToken } = await done(stage.server.api.post('/auth/login', { userName: body.userName, organization: stage.owner.slug, password: goodPassword }));
    const api = stage.server.api.as(accessToken);
    const { secret } = await done(api.post('/auth/mfa/totp'));
    await done(api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) }));
    const send = (mark: Mark): Promise<Answer> => mark(stage.owner.api).delete(`${stage.owner.home}/managed-accounts/${userId}/second-factor`);
    return owned(stage, send, 'second_factors', 'delete', { before: { user_id: userId, secret: '[redacted]' } });
  },
  createInvitations: async (stage) => {
    const email = stage.server.world.email();
    const body = { email, role: 'member', delivery: 'mail' };
    return owned(stage, (mark) => mark(stage.owner.api).post(`${stage.owner.home}/invitations`, body), 'invitations', 'insert', { after: { email, token_hash: '[redacted]' } });
  },
  resendInvitation: async (stage) => {
    const path = await invitation(stage);
    return owned(stage, (mark) => mark(stage.owner.api).post(`${path}/resend`), 'invitations', 'update', { after: { token_hash: '[redacted]' } });
  },
  revokeInvitation: async (stage) => {
    const path = await invitation(stage);
    return owned(stage, (mark) => mark(stage.owner.api).delete(path), 'invitations', 'update', { before: { status: 'pending' }, after: { status: 'revoked' } });
  },
  askToJoin: async (stage) => {
    const asker = await stage.server.world.owner({ email: `${stage.server.world.unique('ann')}@${await openDomain(stage)}`, verified: true });
    const send: Ready['send'] = (mark) => mark(asker.api).post(`${stage.owner.home}/join-requests`);
    return { send, actor: asker.userId, table: 'join_requests', operation: 'insert', after: { user_id: asker.userId, status: 'pending' } };
  },
  approveJoinRequest: async (stage) => {
    const path = await joinRequest(stage);
    return owned(stage, (mark) => mark(stage.owner.api).post(`${path}/approve`), 'join_requests', 'update', { before: { status: 'pending' }, after: { status: 'approved' } });
  },
  declineJoinRequest: async (stage) => {
    const path = await joinRequest(stage);
    return owned(stage, (mark) => mark(stage.owner.api).post(`${path}/decline`), 'join_requests', 'update', { before: { status: 'pending' }, after: { status: 'declined' } });
  },
  createApiKey: async (stage) => {
    const body = { name: 'Key', permissions: ['teams:read'] };
    return owned(stage, (mark) => mark(stage.owner.api).post(`${stage.owner.home}/api-keys`, body), 'api_keys', 'insert', { after: { name: 'Key', token_hash: '[redacted]' } });
  },
  updateApiKey: async (stage) => {
    const path = await key(stage);
    return owned(stage, (mark) => mark(stage.owner.api).patch(path, { name: 'After' }), 'api_keys', 'update', { before: { name: 'Before' }, after: { name: 'After' } });
  },
  rotateApiKey: async (stage) => {
    const path = await key(stage);
    return owned(stage, (mark) => mark(stage.owner.api).post(`${path}/rotate`, {}), 'api_keys', 'update', {
      before: { token_hash: '[redacted]' },
      after: { token_hash: '[redacted]' },
    });
  },
  revokeToken: async (stage) => {
    const client = await oauthClient(stage);
    const token = (await postForm(stage.server.api, '//oauth/token', { ...client, grant_type: 'client_credentials' })).body.access_token;
    const send = (mark: Mark): Promise<Answer> => postForm(mark(stage.server.api), '//oauth/revoke', { ...client, token });
    return { send, actor: client.client_id, actorKind: 'key', table: 'api_keys', operation: 'update' };
  },
  revokeApiKey: async (stage) => {
    const path = await key(stage);
    return owned(stage, (mark) => mark(stage.owner.api).delete(path), 'api_keys', 'delete', { before: { name: 'Before' } });
  },
  createDirectory: async (stage) => {
    const name = stage.server.world.unique('directory');
    return owned(stage, (mark) => mark(stage.owner.api).post(`${stage.owner.home}/directories`, { name }), 'directories', 'insert', { after: { name } });
  },
  updateDirectory: async (stage) => {
    const { path } = await directory(stage);
    return owned(stage, (mark) => mark(stage.owner.api).patch(path, { enabled: false }), 'directories', 'update', { before: { enabled: true }, after: { enabled: false } });
  },
  deleteDirectory: async (stage) => {
    const { path } = await directory(stage);
    return owned(stage, (mark) => mark(stage.owner.api).delete(path), 'directories', 'delete');
  },
  createDirectoryToken: async (stage) => {
    const { path } = await directory(stage);
    return owned(stage, (mark) => mark(stage.owner.api).post(`${path}/tokens`, {}), 'directory_tokens', 'insert', { after: { token_hash: '[redacted]' } });
  },
  revokeDirectoryToken: async (stage) => {
    const { path, tokenId } = await directory(stage);
    return owned(stage, (mark) => mark(stage.owner.api).delete(`${path}/tokens/${tokenId}`), 'directory_tokens', 'delete', { before: { id: tokenId } });
  },
  mapDirectoryGroup: async (stage) => {
    const { path, api } = await directory(stage);
    const { id } = await done(api.post('//scim/v2/Groups', scimGroup(stage)));
    return owned(stage, (mark) => mark(stage.owner.api).put(`${path}/groups/${id}/mapping`, { role: 'admin' }), 'directory_mappings', 'insert', { after: { role: 'admin' } });
  },
  retryDirectoryUser: async (stage) => {
    const { path, api } = await directory(stage);
    const { id, domain: name, dnsRecord } = await domain(stage);
    const user = await done(api.post('//scim/v2/Users', { ...scimUser(stage), userName: `ann@${name}` }));
    stage.dns.set(dnsRecord.name, dnsRecord.value);
    await done(stage.owner.api.post(`/tenant/domains/${id}/verify`));
    return owned(stage, (mark) => mark(stage.owner.api).post(`${path}/users/${user.id}/retry`), 'directory_users', 'update', {
      before: { pending_reason: 'domain_not_proved' },
      after: { pending_reason: null },
    });
  },
  createScimUser: ofDirectory('Users', (api, path, body) => api.post(path, body), 'insert'),
  replaceScimUser: ofDirectory('Users', (api, path, body) => api.put(path, { ...body, title: 'After' }), 'update'),
  patchScimUser: ofDirectory('Users', (api, path) => api.patch(path, scimPatch('title')), 'update'),
  deleteScimUser: ofDirectory('Users', (api, path) => api.delete(path), 'delete'),
  createScimGroup: ofDirectory('Groups', (api, path, body) => api.post(path, body), 'insert'),
  replaceScimGroup: ofDirectory('Groups', (api, path, body) => api.put(path, { ...body, displayName: path }), 'update'),
  patchScimGroup: ofDirectory('Groups', (api, path) => api.patch(path, scimPatch('displayName')), 'update'),
  deleteScimGroup: ofDirectory('Groups', (api, path) => api.delete(path), 'delete'),
  createRole: async (stage) => {
    const body = { key: stage.server.world.unique('role').replace('-', '_'), name: 'Role', permissions: ['teams:read'] };
    return owned(stage, (mark) => mark(stage.owner.api).post(`${stage.owner.home}/roles`, body), 'custom_roles', 'insert', {
      after: { name: 'Role', permissions: ['teams:read'] },
    });
  },
  updateRole: async (stage) => {
    const path = await role(stage);
    return owned(stage, (mark) => mark(stage.owner.api).patch(path, { name: 'After' }), 'custom_roles', 'update', { before: { name: 'Before' }, after: { name: 'After' } });
  },
  deleteRole: async (stage) => {
    const path = await role(stage);
    return owned(stage, (mark) => mark(stage.owner.api).delete(path), 'custom_roles', 'delete', { before: { name: 'Before' } });
  },
  createOrganizationExport: async (stage) => {
    await stage.database.query('delete from organization_exports where organization_id = $1', [stage.owner.organizationId]);
    return owned(stage, (mark) => mark(stage.owner.api).post(`${stage.owner.home}/exports`), 'organization_exports', 'insert', { after: { by_operator: false } });
  },
  cancelOrganizationExport: async (stage) => {
    const path = `${stage.owner.home}/exports/${await readyExport(stage, false)}/cancel`;
    return owned(stage, (mark) => mark(stage.owner.api).post(path), 'organization_exports', 'update', { before: { status: 'ready' }, after: { status: 'canceled' } });
  },
  createOrganizationExportLink: async (stage) => {
    const path = `${stage.owner.home}/exports/${await readyExport(stage, false)}/link`;
    return owned(stage, (mark) => mark(stage.owner.api).post(path), 'organization_exports', 'update', { before: { linked_at: null } });
  },
  createTenantExport: async (stage) => {
    await stage.database.query('delete from organization_exports where organization_id = $1', [stage.owner.organizationId]);
    return byOperator(stage, (mark) => mark(stage.operator.api).post(`/tenants/${stage.owner.organizationId}/exports`), 'insert');
  },
  cancelTenantExport: async (stage) => {
    const path = `/tenants/${stage.owner.organizationId}/exports/${await readyExport(stage, true)}/cancel`;
    return byOperator(stage, (mark) => mark(stage.operator.api).post(path), 'update');
  },
  createTenantExportLink: async (stage) => {
    const path = `/tenants/${stage.owner.organizationId}/exports/${await readyExport(stage, true)}/link`;
    return byOperator(stage, (mark) => mark(stage.operator.api).post(path), 'update');
  },
  createOrganizationImport: async ({ operator }) => ({
    send: (mark) => mark(operator.api).post('/platform/organization-imports', { backup: 'latest', organization: 'acme' }),
    actor: operator.userId,
    actorKind: 'operator',
    table: 'organization_imports',
    operation: 'insert',
    after: { source: 'acme' },
    organizationId: null,
  }),
  createWebhook: async (stage) => {
    await stage.database.query('delete from webhooks where organization_id = $1', [stage.owner.organizationId]);
    const body = { url: 'https://example.com/webhooks', eventTypes: ['team.*'] };
    return owned(stage, (mark) => mark(stage.owner.api).post(`${stage.owner.home}/webhooks`, body), 'webhooks', 'insert', { after: { url: body.url, secret: '[redacted]' } });
  },
  updateWebhook: async (stage) => {
    const path = await webhook(stage, stage.owner);
    return owned(stage, (mark) => mark(stage.owner.api).patch(path, { url: 'https://example.com/after' }), 'webhooks', 'update', {
      before: { url: 'https://example.com/before' },
      after: { url: 'https://example.com/after' },
    });
  },
  deleteWebhook: async (stage) => {
    const path = await webhook(stage, stage.owner);
    return owned(stage, (mark) => mark(stage.owner.api).delete(path), 'webhooks', 'delete', { before: { url: 'https://example.com/before' } });
  },
  rotateWebhookSecret: async (stage) => {
    const path = await webhook(stage, stage.owner);
    return owned(stage, (mark) => mark(stage.owner.api).post(`${path}/rotate-secret`), 'webhooks', 'update', { after: { secret: '[redacted]' } });
  },
  createTeam: async (stage) => {
    const name = stage.server.world.unique('team');
    return owned(stage, (mark) => mark(stage.owner.api).post(`${stage.owner.home}/teams`, { name }), 'teams', 'insert', { after: { name } });
  },
  updateTeam: async (stage) => {
    const path = await team(stage);
    return owned(stage, (mark) => mark(stage.owner.api).patch(path, { description: 'After' }), 'teams', 'update', {
      before: { description: null },
      after: { description: 'After' },
    });
  },
  deleteTeam: async (stage) => {
    const path = await team(stage);
    return owned(stage, (mark) => mark(stage.owner.api).delete(path), 'teams', 'delete', { before: { description: null } });
  },
  addTeamMember: async (stage) => {
    const path = await team(stage);
    const { userId } = stage.owner;
    return owned(stage, (mark) => mark(stage.owner.api).put(`${path}/members/${userId}`), 'team_members', 'insert', { after: { user_id: userId } });
  },
  removeTeamMember: async (stage) => {
    const path = await team(stage);
    const { userId } = stage.owner;
    await done(stage.owner.api.put(`${path}/members/${userId}`));
    return owned(stage, (mark) => mark(stage.owner.api).delete(`${path}/members/${userId}`), 'team_members', 'delete', { before: { user_id: userId } });
  },
  updateSettings: document('/tenant/settings', 'settings', { weekly_reports: true }),
  // In another organization than updateBranding, which needs the feature.
  toggleFeature: async ({ server, operator }) => {
    const { api, userId, organizationId } = await server.world.owner();
    await done(operator.api.patch(`/tenants/${organizationId}`, { plan: 'enterprise' }));
    const send: Ready['send'] = (mark) => mark(api).patch('/tenant/features', { feature: 'custom_branding', enabled: false });
    return { send, actor: userId, table: 'settings_documents', operation: 'insert', after: { section: 'features' }, organizationId };
  },
  updateCustomSettings: document('/tenant/custom-settings', 'custom', { theme: 'dark' }),
  updateBranding: document('/tenant/branding', 'branding', { displayName: 'Acme' }),
  updateCompliance: document('/tenant/compliance', 'compliance', { ferpa: true }),
  updateSecurity: document('/tenant/security', 'security', { allowedEmailDomains: [] }),
  requestBreakGlass: async ({ server }) => {
    const { api, userId, organizationId } = await server.world.owner({ verified: true });
    const send: Ready['send'] = (mark) => mark(api).post('/tenant/security/break-glass');
    return { send, actor: userId, table: 'break_glass_links', operation: 'insert', after: { user_id: userId, token_hash: '[redacted]' }, organizationId };
  },
  useBreakGlass: async ({ server }) => {
    const { api, userId, email, organizationId } = await server.world.owner({ verified: true });
    await done(api.post('/tenant/security/break-glass'));
    const { token } = await server.mailbox.waitFor(email, 'Regain access');
    const send: Ready['send'] = (mark) => mark(api).post('/tenant/security/break-glass/use', { token });
    return { send, actor: userId, table: 'break_glass_links', operation: 'delete', before: { user_id: userId }, organizationId };
  },
  updateIntegrations: async (stage) => {
    const body = { slack: { config: { channel: '#general' }, secrets: { token: 'xoxb-very-secret' } } };
    return owned(stage, (mark) => mark(stage.owner.api).patch('/tenant/integrations', body), 'integration_secrets', 'insert', { after: { name: 'token', sealed: '[redacted]' } });
  },
  createDomain: async (stage) => {
    const name = `${stage.server.world.unique('school')}.example`;
    return owned(stage, (mark) => mark(stage.owner.api).post('/tenant/domains', { kind: 'email', domain: name }), 'domains', 'insert', {
      after: { name, dns_token: '[redacted]' },
    });
  },
  verifyDomain: async (stage) => {
    const { id, dnsRecord } = await domain(stage);
    stage.dns.set(dnsRecord.name, dnsRecord.value);
    return owned(stage, (mark) => mark(stage.owner.api).post(`/tenant/domains/${id}/verify`), 'domains', 'update', { before: { grade: null }, after: { grade: 'ownership' } });
  },
  updateDomain: async (stage) => {
    const { id, dnsRecord } = await domain(stage);
    stage.dns.set(dnsRecord.name, dnsRecord.value);
    await done(stage.owner.api.post(`/tenant/domains/${id}/verify`));
    return owned(stage, (mark) => mark(stage.owner.api).patch(`/tenant/domains/${id}`, { joinPolicy: 'request' }), 'domains', 'update', { after: { join_policy: 'request' } });
  },
  createTenant: async ({ operator, server }) => {
    const body = { name: 'New', slug: server.world.unique('tenant'), email: server.world.email() };
    return {
      send: (mark) => mark(operator.api).post('/tenants', body),
      actor: operator.userId,
      actorKind: 'operator',
      table: 'organizations',
      operation: 'insert',
      after: { slug: body.slug, status: 'pending' },
      organizationId: 'any',
    };
  },
  updateTenant: operated(undefined, (api, path) => api.patch(path, { name: 'After' }), {
    table: 'organizations',
    operation: 'update',
    before: { name: 'Before' },
    after: { name: 'After' },
  }),
  deleteTenant: operated(undefined, (api, path) => api.delete(path), { table: 'organizations', operation: 'update', before: { deleted_at: null } }),
  restoreTenant: operated(
    ({ operator }, id) => done(operator.api.delete(`/tenants/${id}`)),
    (api, path) => api.post(`${path}/restore`),
    { table: 'organizations', operation: 'update', after: { deleted_at: null } },
  ),
  deprovisionTenant: operated(undefined, (api, path) => api.post(`${path}/deprovision`, {}), {
    table: 'organizations',
    operation: 'update',
    before: { deleted_at: null },
    after: { status: 'cancelled' },
  }),
  provisionTenant: operated(undefined, (api, path) => api.post(`${path}/provision`, {}), { table: 'memberships', operation: 'insert', after: { role: 'owner' } }),
  overrideTenantLimits: operated(undefined, (api, path) => api.patch(`${path}/limits`, { limits: { seats: 7 } }), {
    table: 'entitlement_overrides',
    operation: 'insert',
    after: { key: 'seats', units: 7 },
  }),
  createTenantSsoSetupLink: async (stage) => {
    await setup(stage);
    return {
      send: (mark) => mark(stage.operator.api).post(`/tenants/${stage.owner.organizationId}/sso-setup-links`, { name: 'Kim', reason: 'Ticket 42' }),
      actor: stage.operator.userId,
      actorKind: 'operator',
      organizationId: stage.owner.organizationId,
      table: 'sso_setup_links',
      operation: 'insert',
      after: { name: 'Kim', operator_reason: 'Ticket 42', token_hash: '[redacted]' },
    };
  },
  resetTenantSecurity: operated(undefined, (api, path) => api.post(`${path}/security/reset`, { reason: 'moved' }), {
    table: 'settings_documents',
    operation: 'insert',
    after: { section: 'security' },
  }),
  releaseTenantDomain: async (stage) => {
    const { domain: name } = await domain(stage);
    return {
      send: (mark) => mark(stage.operator.api).post(`/tenants/${stage.owner.organizationId}/domains/${name}/release`, { reason: 'sold' }),
      actor: stage.operator.userId,
      actorKind: 'operator',
      organizationId: stage.owner.organizationId,
      table: 'domains',
      operation: 'update',
      after: { ended_reason: 'released', ended_note: 'sold' },
    };
  },
  suspendTenant: operated(undefined, (api, path) => api.post(`${path}/suspend`, { reason: 'unpaid' }), {
    table: 'organizations',
    operation: 'update',
    before: { status: 'pending' },
    after: { status: 'suspended', suspended_reason: 'unpaid' },
  }),
  activateTenant: operated(
    ({ operator }, id) => done(operator.api.post(`/tenants/${id}/suspend`, {})),
    (api, path) => api.post(`${path}/activate`),
    { table: 'organizations', operation: 'update', before: { status: 'suspended' } },
  ),
  setTenantMaintenance: operated(undefined, (api, path) => api.post(`${path}/maintenance`, { enabled: true }), {
    table: 'organizations',
    operation: 'update',
    before: { maintenance_mode: false },
    after: { maintenance_mode: true },
  }),
  impersonateMember: operated(
    ({ operator }, id) => done(operator.api.post(`/tenants/${id}/provision`, { sendWelcomeEmail: false })),
    (api, path) => api.post(`${path}/impersonate`, { reason: 'Ticket 4711' }),
    { table: 'sessions', operation: 'insert', after: { impersonation_reason: 'Ticket 4711' } },
  ),
  addOperator: async ({ server, operator }) => {
    const { userId, organizationId: alsoIn } = await server.world.owner({ verified: true });
    const change = { table: 'platform_admins', operation: 'insert', after: { user_id: userId }, organizationId: null, alsoIn } as const;
    return { send: (mark) => mark(operator.api).post('/platform/admins', { userId }), actor: operator.userId, actorKind: 'operator', ...change };
  },
  removeOperator: async ({ server, operator }) => {
    const { userId, organizationId: alsoIn } = await server.world.owner({ verified: true });
    await done(operator.api.post('/platform/admins', { userId }));
    const change = { table: 'platform_admins', operation: 'delete', before: { user_id: userId }, organizationId: null, alsoIn } as const;
    return { send: (mark) => mark(operator.api).delete(`/platform/admins/${userId}`), actor: operator.userId, actorKind: 'operator', ...change };
  },
  createServiceKey: async ({ operator }) => {
    const change = { table: 'service_keys', operation: 'insert', after: { name: 'Backend' }, organizationId: null } as const;
    const body = { name: 'Backend', scopes: ['usage:report'] };
    return { send: (mark) => mark(operator.api).post('/platform/service-keys', body), actor: operator.userId, actorKind: 'operator', ...change };
  },
  updateServiceKey: async (stage) => {
    const { operator } = stage;
    const change = { table: 'service_keys', operation: 'update', after: { name: 'Other' }, organizationId: null } as const;
    const path = `/platform/service-keys/${(await serviceKey(stage)).id}`;
    return { send: (mark) => mark(operator.api).patch(path, { name: 'Other' }), actor: operator.userId, actorKind: 'operator', ...change };
  },
  rotateServiceKey: async (stage) => {
    const { operator } = stage;
    const change = { table: 'service_keys', operation: 'update', organizationId: null } as const;
    const path = `/platform/service-keys/${(await serviceKey(stage)).id}/rotate`;
    return { send: (mark) => mark(operator.api).post(path, {}), actor: operator.userId, actorKind: 'operator', ...change };
  },
  revokeServiceKey: async (stage) => {
    const { operator } = stage;
    const change = { table: 'service_keys', operation: 'delete', before: { name: 'Backend' }, organizationId: null } as const;
    const path = `/platform/service-keys/${(await serviceKey(stage)).id}`;
    return { send: (mark) => mark(operator.api).delete(path), actor: operator.userId, actorKind: 'operator', ...change };
  },
  runJob: async ({ server, operator, database }) => {
    const { userId } = await server.world.owner();
    await database.query(`update sessions set expires_at = now() - interval '40 days' where user_id = $1`, [userId]);
    const change = { table: 'sessions', operation: 'delete', before: { user_id: userId }, organizationId: null } as const;
    return { send: (mark) => mark(operator.api).post('/tenants/jobs/purge-sessions/run', { force: true }), actor: operator.userId, actorKind: 'operator', ...change };
  },
  createEventEndpoint: async ({ database, operator }) => {
    await database.query('delete from platform_webhooks');
    const body = { url: 'https://example.com/webhooks', eventTypes: ['team.*'] };
    const change = { table: 'platform_webhooks', operation: 'insert', after: { url: body.url, secret: '[redacted]' }, organizationId: null } as const;
    return { send: (mark) => mark(operator.api).post('/platform/event-endpoints', body), actor: operator.userId, actorKind: 'operator', ...change };
  },
  updateEventEndpoint: async (stage) => {
    const { operator } = stage;
    const path = await platformWebhook(stage);
    const change = { table: 'platform_webhooks', operation: 'update', after: { url: 'https://example.com/after' }, organizationId: null } as const;
    return { send: (mark) => mark(operator.api).patch(path, { url: 'https://example.com/after' }), actor: operator.userId, actorKind: 'operator', ...change };
  },
  deleteEventEndpoint: async (stage) => {
    const { operator } = stage;
    const path = await platformWebhook(stage);
    const change = { table: 'platform_webhooks', operation: 'delete', before: { url: 'https://example.com/before' }, organizationId: null } as const;
    return { send: (mark) => mark(operator.api).delete(path), actor: operator.userId, actorKind: 'operator', ...change };
  },
  rotateEventEndpointSecret: async (stage) => {
    const { operator } = stage;
    const path = await platformWebhook(stage);
    const change = { table: 'platform_webhooks', operation: 'update', after: { secret: '[redacted]' }, organizationId: null } as const;
    return { send: (mark) => mark(operator.api).post(`${path}/rotate-secret`, {}), actor: operator.userId, actorKind: 'operator', ...change };
  },
  resendMail: async (stage) => {
    const { operator } = stage;
    const change = { table: 'mail_messages', operation: 'update', before: { status: 'failed' }, after: { status: 'queued' } } as const;
    const id = await failedMail(stage);
    return { send: (mark) => mark(operator.api).post(`/platform/mails/${id}/resend`), actor: operator.userId, actorKind: 'operator', ...change };
  },
  dropMail: async (stage) => {
    const { operator } = stage;
    const change = { table: 'mail_messages', operation: 'update', before: { status: 'failed' }, after: { status: 'dropped' } } as const;
    const id = await failedMail(stage);
    return { send: (mark) => mark(operator.api).post(`/platform/mails/${id}/drop`), actor: operator.userId, actorKind: 'operator', ...change };
  },
  reportMailBounce: async (stage) => {
    const { operator, database } = stage;
    const change = { table: 'mail_messages', operation: 'update', before: { status: 'sent' }, after: { status: 'failed' } } as const;
    const id = await failedMail(stage);
    await database.query(`update mail_messages set status = 'sent', failure = null, content = null, sent_at = now() where id = $1`, [id]);
    return { send: (mark) => mark(operator.api).post(`/platform/mails/${id}/bounce`, { status: '5.1.1' }), actor: operator.userId, actorKind: 'operator', ...change };
  },
  disableUser: async ({ server, operator }) => {
    const { userId, organizationId: alsoIn } = await server.world.owner();
    const change = { table: 'users', operation: 'update', before: { disabled_at: null }, organizationId: null, alsoIn } as const;
    return { send: (mark) => mark(operator.api).post(`/platform/users/${userId}/disable`), actor: operator.userId, actorKind: 'operator', ...change };
  },
  removeUserSecondFactor: async (stage) => {
    const { person } = await factor(stage);
    const { operator } = stage;
    const reason = 'Called back at the number in the contract';
    const change = { table: 'users', operation: 'update', after: { second_factor: false, reason }, organizationId: null, alsoIn: person.organizationId } as const;
    return {
      send: (mark) => mark(operator.api).post(`/platform/users/${person.userId}/remove-second-factor`, { reason }),
      actor: operator.userId,
      actorKind: 'operator',
      ...change,
    };
  },
  enableUser: async ({ server, operator }) => {
    const { userId, organizationId: alsoIn } = await server.world.owner();
    await done(operator.api.post(`/platform/users/${userId}/disable`));
    const change = { table: 'users', operation: 'update', after: { disabled_at: null }, organizationId: null, alsoIn } as const;
    return { send: (mark) => mark(operator.api).post(`/platform/users/${userId}/enable`), actor: operator.userId, actorKind: 'operator', ...change };
  },
  createLegalHold: async ({ server, operator }) => {
    const { userId } = await server.world.owner();
    const change = { table: 'legal_holds', operation: 'insert', after: { subject_id: userId, reason: 'Case 4711' }, organizationId: null } as const;
    return {
      send: (mark) => mark(operator.api).post('/platform/legal-holds', { kind: 'user', subjectId: userId, reason: 'Case 4711' }),
      actor: operator.userId,
      actorKind: 'operator',
      ...change,
    };
  },
  deleteLegalHold: async ({ server, operator }) => {
    const { userId: subjectId } = await server.world.owner();
    const { id } = await done(operator.api.post('/platform/legal-holds', { kind: 'user', subjectId, reason: 'Case 4712' }));
    const change = { table: 'legal_holds', operation: 'delete', before: { subject_id: subjectId }, organizationId: null } as const;
    return { send: (mark) => mark(operator.api).delete(`/platform/legal-holds/${id}`), actor: operator.userId, actorKind: 'operator', ...change };
  },
  eraseUser: async ({ server, operator }) => {
    const host = await server.world.owner();
    const { userId } = await server.world.member(host, 'student');
    const change = { table: 'memberships', operation: 'delete', before: { user_id: userId }, organizationId: host.organizationId } as const;
    return {
      send: (mark) => mark(operator.api).post(`/platform/users/${userId}/erase`, { reason: 'Letter of the person' }),
      actor: operator.userId,
      actorKind: 'operator',
      ...change,
    };
  },
  createGrant: operated(
    undefined,
    (api, path) => api.post(`${path.replace('/tenants/', '/organizations/')}/grants`, { meter: 'storage_gb', amount: 5, source: 'given', reason: 'Thanks' }),
    {
      table: 'usage_grants',
      operation: 'insert',
      after: { meter: 'storage_gb', amount: 5, source: 'given' },
    },
  ),
  revokeGrant: async (stage) => {
    const { id } = await tenant(stage);
    const home = `/organizations/${id}/grants`;
    const grant = await done(stage.operator.api.post(home, { meter: 'storage_gb', amount: 5, source: 'given', reason: 'Thanks' }));
    return {
      send: (mark) => mark(stage.operator.api).delete(`${home}/${grant.id}`),
      actor: stage.operator.userId,
      actorKind: 'operator',
      organizationId: id,
      table: 'usage_grants',
      operation: 'update',
      before: { revoked_at: null },
    };
  },
  changeSubscription: paid(undefined, (api, home) => api.patch(`${home}/subscription`, { plan: 'pro' }), {
    table: 'subscriptions',
    operation: 'update',
    before: { plan: 'free' },
    after: { plan: 'pro' },
  }),
  cancelSubscription: paid(buyPro, (api, home) => api.post(`${home}/subscription/cancel`, {}), {
    table: 'subscriptions',
    operation: 'update',
    after: { cancel_at_period_end: true },
  }),
  resumeSubscription: paid(
    async (owner) => {
      await buyPro(owner);
      await done(owner.api.post(`${owner.home}/subscription/cancel`, {}));
    },
    (api, home) => api.post(`${home}/subscription/resume`),
    { table: 'subscriptions', operation: 'update', before: { cancel_at_period_end: true }, after: { cancel_at_period_end: false } },
  ),
  updateBillingProfile: paid(undefined, (api, home) => api.patch(`${home}/billing/profile`, { taxId: 'DE123456789' }), {
    table: 'organizations',
    operation: 'update',
    before: { tax_id: null },
    after: { tax_id: '[redacted]' },
  }),
  setTrial: operated(undefined, (api, path) => api.post(`${path}/trial`, { endsAt: '2099-01-01T00:00:00Z' }), {
    table: 'subscriptions',
    operation: 'update',
    after: { status: 'trialing' },
  }),
  pauseSubscription: operated(undefined, (api, path) => api.post(`${path}/subscription/pause`), {
    table: 'subscriptions',
    operation: 'update',
    before: { status: 'active' },
    after: { status: 'paused' },
  }),
  approvePurchase: operated(waitForApproval, (api, path) => api.post(`${path}/subscription/approve`), { table: 'subscriptions', operation: 'update', after: { plan: 'pro' } }),
  declinePurchase: operated(waitForApproval, (api, path) => api.post(`${path}/subscription/decline`), { table: 'pending_purchases', operation: 'delete' }),
  createCreditNote: async ({ operator, server }) => {
    const owner = await server.world.owner();
    await buyPro(owner);
    const [invoice] = (await done(owner.api.get(`${owner.home}/invoices`))).data;
    return {
      send: (mark) => mark(operator.api).post(`/tenants/${owner.organizationId}/invoices/${invoice.id}/credit-notes`, {}),
      actor: operator.userId,
      actorKind: 'operator',
      organizationId: owner.organizationId,
      table: 'credit_notes',
      operation: 'insert',
      after: { reason: 'operator' },
    };
  },
  settleBalance: async ({ operator, server }) => {
    const owner = await server.world.owner();
    await buyPro(owner);
    const [invoice] = (await done(owner.api.get(`${owner.home}/invoices`))).data;
    await done(operator.api.post(`/tenants/${owner.organizationId}/invoices/${invoice.id}/close`, { status: 'paid' }));
    await done(operator.api.post(`/tenants/${owner.organizationId}/invoices/${invoice.id}/credit-notes`, {}));
    return {
      send: (mark) => mark(operator.api).post(`/tenants/${owner.organizationId}/balance-settlements`, { currency: invoice.currency, method: 'paid_out', reason: 'They left' }),
      actor: operator.userId,
      actorKind: 'operator',
      organizationId: owner.organizationId,
      table: 'balance_settlements',
      operation: 'insert',
      after: { method: 'paid_out', reason: 'They left' },
    };
  },
  closeInvoice: async ({ operator, server }) => {
    const owner = await server.world.owner();
    await buyPro(owner);
    const [invoice] = (await done(owner.api.get(`${owner.home}/invoices`))).data;
    return {
      send: (mark) => mark(operator.api).post(`/tenants/${owner.organizationId}/invoices/${invoice.id}/close`, { status: 'paid' }),
      actor: operator.userId,
      actorKind: 'operator',
      organizationId: owner.organizationId,
      table: 'invoices',
      operation: 'update',
      before: { status: 'open' },
      after: { status: 'paid' },
    };
  },
  deleteDomain: async (stage) => {
    const { id, domain: name } = await domain(stage);
    return owned(stage, (mark) => mark(stage.owner.api).delete(`/tenant/domains/${id}`), 'domains', 'delete', { before: { name } });
  },
  createCheckout: async (stage) => {
    stage.stripe.ledger.price({ currency: 'usd', unit_amount: 2900, lookup_key: 'tenantry:pro:month:usd' });
    stage.stripe.ledger.price({ currency: 'usd', unit_amount: 900, lookup_key: 'tenantry:addon:extra_storage:month:usd' });
    return paying(stage, (api, home) => api.post(`${home}/billing/checkout`, { plan: 'pro' }));
  },
  createPortalSession: (stage) => paying(stage, (api, home) => api.post(`${home}/billing/portal`, {})),
};

/** Units that are set aside. */
const reservation = async ({ metered }: Stage): Promise<string> =>
  `/usage/reservations/${(await done(metered.api.post('/usage/reservations', { meter: 'tokens', quantity: 1, ttlSeconds: 60 }))).id}`;
const lease = async ({ metered }: Stage): Promise<string> => `/usage/leases/${(await done(metered.api.post('/usage/leases', { meter: 'sessions' }))).id}`;

const inTheLedger = 'What was used is in the ledger (usage_events), which is only added to, and tells who reported it when: a second record would say the same.';
const setAside = 'Units that are set aside for a while; what is used of them is in the ledger (usage_events).';
const sent = 'Deliveries to webhooks record what was sent and when.';

const visits = 'Visits to identity providers (provider_visits): the new session or identity is recorded.';
const challenges = 'Challenges (passkey_challenges) live for minutes; what their answers change is recorded.';
const newPageOf = () => ({ challenge: newPage().challenge });

/** Routes that change something and leave no event, each with the reason, and a call. */
export const unrecorded: Readonly<Record<string, { readonly reason: string; readonly call: (stage: Stage, mark: Mark) => Promise<Answer> }>> = {
  reportUsage: { reason: inTheLedger, call: ({ metered }, mark) => mark(metered.api).post('/usage/events', { events: [{ id: 'one', meter: 'tokens' }] }) },
  reportRequests: {
    reason: 'The request log (request_log) is itself a record of requests.',
    call: ({ metered }, mark) =>
      mark(metered.api).post('/usage/requests', {
        requests: [{ id: 'one', occurredAt: new Date().toISOString(), method: 'GET', endpoint: '/quizzes', status: 200, durationMs: 1.5 }],
      }),
  },
  consumeUsage: { reason: inTheLedger, call: ({ metered }, mark) => mark(metered.api).post('/usage/consume', { meter: 'tokens', quantity: 1 }) },
  releaseUsage: {
    reason: inTheLedger,
    call: async ({ metered }, mark) => {
      await done(metered.api.post('/usage/consume', { meter: 'disk', quantity: 1 }));
      return mark(metered.api).post('/usage/release', { meter: 'disk', quantity: 1 });
    },
  },
  reserveUsage: { reason: setAside, call: ({ metered }, mark) => mark(metered.api).post('/usage/reservations', { meter: 'tokens', quantity: 1, ttlSeconds: 60 }) },
  commitReservation: { reason: inTheLedger, call: async (stage, mark) => mark(stage.metered.api).post(`${await reservation(stage)}/commit`, { quantity: 1 }) },
  releaseReservation: { reason: setAside, call: async (stage, mark) => mark(stage.metered.api).delete(await reservation(stage)) },
  acquireLease: { reason: setAside, call: ({ metered }, mark) => mark(metered.api).post('/usage/leases', { meter: 'sessions' }) },
  prolongLease: { reason: setAside, call: async (stage, mark) => mark(stage.metered.api).patch(await lease(stage), {}) },
  beginMailSignIn: {
    reason: 'Sign-ins by mail (mail_sign_ins) live for minutes: the new session is recorded.',
    call: ({ server }, mark) => mark(server.api).post('/auth/mail/start', { email: server.world.email() }),
  },
  beginProviderSignIn: { reason: visits, call: ({ server }, mark) => mark(server.api).post('/auth/providers/acme/start', newPageOf()) },
  beginProviderLink: { reason: visits, call: ({ owner }, mark) => mark(owner.api).post('/auth/providers/acme/link', newPageOf()) },
  // A token of nobody: that of a user would need their sign-in. The session that ends is recorded.
  endSsoSessions: {
    reason: 'The end of a session is recorded; this token ends none.',
    call: async (stage, mark) => {
      const { provider, server } = stage;
      const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
      const token = await provider.sign({ iss: provider.issuer, aud: 'tenantry', sub: 'nobody', iat: Math.floor(Date.now() / 1000), jti: 'one', events });
      return mark(server.api).post(`/auth/sso/${await connection(stage)}/backchannel-logout`, { logout_token: token });
    },
  },
  getPasskeyOptions: {
    reason: challenges,
    call: async ({ server }, mark) => mark((await server.world.owner({ verified: true })).api).post('/auth/passkeys/options'),
  },
  challengePasskey: { reason: challenges, call: ({ server }, mark) => mark(server.api).post('/auth/passkeys/challenge') },
  receiveSamlResponse: {
    reason: visits,
    call: async (stage, mark) => {
      const path = `/auth/sso/${await samlConnection(stage)}`;
      const { url } = await done(stage.server.api.post(`${path}/start`, newPageOf()));
      const RelayState = new URL(url as string).searchParams.get('RelayState') ?? '';
      return mark(stage.server.api).post(`${path}/acs`, { SAMLResponse: 'PHg+', RelayState });
    },
  },
  beginSsoLink: {
    reason: visits,
    call: async (stage, mark) => {
      const { person, path } = await colleague(stage);
      return mark(person.api).post(path, newPageOf());
    },
  },
  beginSso: { reason: visits, call: async (stage, mark) => mark(stage.server.api).post(`/auth/sso/${await connection(stage)}/start`, newPageOf()) },
  testWebhook: { reason: sent, call: async (stage, mark) => mark(stage.metered.api).post(`${await webhook(stage, stage.metered)}/test`) },
  replayWebhook: { reason: sent, call: async (stage, mark) => mark(stage.metered.api).post(`${await webhook(stage, stage.metered)}/replay`, { after: 0 }) },
  replayWebhookDelivery: {
    reason: sent,
    call: async (stage, mark) => {
      const path = await webhook(stage, stage.metered);
      const { id } = await done(stage.metered.api.post(`${path}/test`));
      return mark(stage.metered.api).post(`${path}/deliveries/${id}/replay`);
    },
  },
  testEventEndpoint: {
    reason: sent,
    call: async (stage, mark) => mark(stage.operator.api).post(`${await platformWebhook(stage)}/test`, { organizationId: stage.owner.organizationId }),
  },
  replayEventEndpoint: {
    reason: sent,
    call: async (stage, mark) => mark(stage.operator.api).post(`${await platformWebhook(stage)}/replay`, { organizationId: stage.owner.organizationId, after: 0 }),
  },
  replayEventEndpointDelivery: {
    reason: sent,
    call: async (stage, mark) => {
      const path = await platformWebhook(stage);
      const { id } = await done(stage.operator.api.post(`${path}/test`, { organizationId: stage.owner.organizationId }));
      return mark(stage.operator.api).post(`${path}/deliveries/${id}/replay`);
    },
  },
  releaseLease: { reason: setAside, call: async (stage, mark) => mark(stage.metered.api).delete(await lease(stage)) },
};

/** Routes that are no GET and change nothing, each with the reason, and a call. */
export const harmless: Readonly<Record<string, (stage: Stage, mark: Mark) => Promise<Answer>>> = {
  // It answers a question that is too long for a query string.
  checkAccess: ({ owner }, mark) => mark(owner.api).with({ 'x-tenant-id': owner.organizationId }).post('/access/check', { permission: 'teams:read' }),
  checkMemberAccess: async (stage, mark) => {
    const { server, owner } = stage;
    const { key } = await serviceKey(stage, ['access:check']);
    const headers = { 'x-api-key': key as string, 'x-tenant-id': owner.organizationId };
    return mark(server.api.with(headers)).post('/access/checks', { checks: [{ userId: owner.userId, permission: 'teams:read' }] });
  },
  // It issues a token that expires by itself.
  issueClientToken: async (stage, mark) => postForm(mark(stage.server.api), '//oauth/token', { ...(await oauthClient(stage)), grant_type: 'client_credentials' }),
  introspectToken: async (stage, mark) => postForm(mark(stage.server.api), '//oauth/introspect', { ...(await oauthClient(stage)), token: 'unknown' }),
  // It reads what the installation knows of the caller.
  exportPerson: ({ owner }, mark) => mark(owner.api).post('/users/me/export'),
  // It asks how an address signs in.
  discoverSignIn: ({ server, owner }, mark) => mark(server.api).post('/auth/discover', { email: owner.email }),
  // It asks for the page of the provider. Only the return changes something.
  beginSsoTest: async (stage, mark) => mark(stage.owner.api).post(`/tenant/sso-connections/${await connection(stage)}/test`, newPageOf()),
  beginSetUpSsoTest: async (stage, mark) => {
    const { api, path } = await setup(stage);
    return mark(api).post(`${path}/test`, newPageOf());
  },
  // A query that is too long for a query string.
  searchScimUsers: async (stage, mark) => mark((await directory(stage)).api).post('//scim/v2/Users/.search', { filter: 'userName pr' }),
  searchScimGroups: async (stage, mark) => mark((await directory(stage)).api).post('//scim/v2/Groups/.search', { filter: 'displayName pr' }),
  // It says what a purchase would cost.
  previewSubscription: ({ owner }, mark) => mark(owner.api).post(`${owner.home}/subscription/preview`, { plan: 'pro' }),
  // It says what a change would do.
  previewSecurity: ({ owner }, mark) => mark(owner.api).post('/tenant/security/preview', { mfaRequired: false }),
  // It asks whether there is room.
  checkUsage: ({ metered }, mark) => mark(metered.api).post('/usage/check', { meter: 'tokens' }),
  // The event is stored in an inbox; the queue is the actor of its effects.
  receiveStripeEvent: ({ paid, stripe }, mark) => stripe.deliver(mark(paid.api), stripe.event('customer.subscription.updated', { id: 'sub_1' })),
  // The token is in the body, so that it is in no log.
  previewConsent: async (stage, mark) => mark(stage.server.api).post('/consent/preview', { token: (await guardianLink(stage)).token }),
  previewInvitation: async ({ server, owner }, mark) => mark(server.api).post('/invitations/preview', { token: await server.world.invitationToken(owner, server.world.email()) }),
};
