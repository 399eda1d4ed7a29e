import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { ConnectionError, createClient, isTenantryError, memoryStore, type TenantryClient, type Tokens } from '@tenantry/sdk';
import { decodeJwt, importJWK, SignJWT } from 'jose';
import pg from 'pg';
import { testDatabase } from '../support/database.js';
import { FaultyProxy } from '../support/faulty-proxy.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
let proxy: FaultyProxy;
beforeAll(async () => {
  server = await startTestServer();
  proxy = await FaultyProxy.start(server.url);
});
afterEach(() => proxy.reset());
afterAll(async () => {
  await proxy.close();
  await server.close();
});

/** A client with the session of a person of the test. */
function clientOf({ accessToken, refreshToken }: Pick<Person, 'accessToken' | 'refreshToken'>, onSignedOut = (): void => undefined): TenantryClient {
  return createClient({ url: proxy.url, store: memoryStore({ accessToken, refreshToken, expiresAt: Date.now() + 900_000 }), onSignedOut });
}

/** Something that others wait for. */
function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give };
}

async function signUp(): Promise<{ client: TenantryClient; organizationId: string }> {
  const client = createClient({ url: proxy.url });
  const { organization } = await client.signUp({ body: { email: server.world.email(), password: goodPassword, name: 'Ada', organization: { name: 'Acme' } } });
  return { client, organizationId: organization.id };
}

test('a session of the SDK signs up, invites, accepts, changes settings, reads usage and plans, and signs out', async () => {
  const { client, organizationId } = await signUp();
  const acme = client.forOrganization(organizationId);
  const email = server.world.email('grace');
  const { data } = await acme.createInvitations({ body: { email, role: 'member', delivery: 'link' } });
  const grace = createClient({ url: proxy.url });
  const accepted = await grace.acceptInvitation({ body: { token: new URL(data[0]?.link ?? '').searchParams.get('token') ?? '', name: 'Grace', password: goodPassword } });
  expect(accepted.organization.id).toBe(organizationId);
  expect((await grace.getMe()).user.email).toBe(email);

  const { data: settings, headers } = await acme.send('getSettings');
  const changed = await acme.send('updateSettings', { header: { 'If-Match': headers.get('etag') ?? '' }, body: { weekly_reports: true } });
  expect(settings).not.toEqual(changed.data);
  expect(await acme.send('getSettings', { header: { 'If-None-Match': changed.headers.get('etag') ?? '' } })).toMatchObject({ status: 304, data: undefined });

  expect(await acme.getUsage()).toHaveProperty('meters');
  expect((await client.listPlans()).data.length).toBeGreaterThan(0);
  expect((await acme.getSubscription()).plan).toBeDefined();
  const csv = await acme.exportAuditLogs({ query: { format: 'csv' } });
  expect(await csv.text()).toContain('createInvitations');

  await client.logOut();
  expect(await client.tokens()).toBeUndefined();
});

test('pages of a list are read as they are needed', async () => {
  const owner = await server.world.owner();
  const acme = clientOf(owner).forOrganization(owner.organizationId);
  for (let number = 0; number < 5; number += 1) await acme.createTeam({ body: { name: `Team ${number}` } });
  proxy.reset();
  const names: string[] = [];
  for await (const { name } of acme.paginate('listTeams', { query: { limit: 2, sort: 'createdAt' } })) names.push(name);
  expect(names).toEqual(['Team 0', 'Team 1', 'Team 2', 'Team 3', 'Team 4']);
  expect(proxy.count('GET /api/v1/organizations')).toBe(3);
});

test('a refusal is an error with its code, its document and the id of its request', async () => {
  const owner = await server.world.owner();
  const error: unknown = await clientOf(owner)
    .getTeam({ path: { organizationId: owner.organizationId, teamId: owner.userId } })
    .catch((caught: unknown) => caught);
  expect(isTenantryError(error, 'not_found') && [error.status, error.requestId === error.problem.requestId]).toEqual([404, true]);
  expect(isTenantryError(error, 'quota_exceeded')).toBe(false);
});

test('a change that needs a recent login is refused without a refresh, with the longest age of the login, and works after it', async () => {
  const owner = await server.world.owner();
  let signedOut = 0;
  const acme = clientOf(owner, () => void (signedOut += 1)).forOrganization(owner.organizationId);
  const database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
  await database.query(`update sessions set authenticated_at = now() - interval '31 minutes' where user_id = $1`, [owner.userId]);
  await database.end();
  proxy.reset();
  const error: unknown = await acme.createTeam({ body: { name: 'Night shift' } }).catch((caught: unknown) => caught);
  expect(isTenantryError(error, 'recent_login_required') && [error.status, error.problem.maxAge]).toEqual([401, 1800]);
  expect([proxy.count('POST /api/v1/auth/refresh'), proxy.count('POST /api/v1/organizations'), signedOut]).toEqual([0, 1, 0]);
  await acme.reauthenticate({ body: { password: goodPassword } });
  expect((await acme.createTeam({ body: { name: 'Night shift' } })).name).toBe('Night shift');
});

/** An access token like the given one that has expired. */
async function expired(accessToken: string): Promise<string> {
  const { kid, jwk } = await server.control.signingKey();
  const now = Math.floor(Date.now() / 1000);
  const claims = { ...decodeJwt(accessToken), iat: now - 901, exp: now - 1 };
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid }).sign(await importJWK(jwk, 'ES256'));
}

test('calls that find the access token expired at the same time share one refresh', async () => {
  const { accessToken, refreshToken } = await server.world.owner();
  const client = clientOf({ accessToken: await expired(accessToken), refreshToken });
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.getMe()));
  expect([answers.length, proxy.count('GET'), proxy.count('POST /api/v1/auth/refresh')]).toEqual([20, 40, 1]);
  expect((await client.tokens())?.refreshToken).not.toBe(refreshToken);
});

test('a refresh whose answer is lost does not end the session, also when the page is gone with it', async () => {
  const { accessToken, refreshToken } = await server.world.owner();
  const stale = { accessToken: await expired(accessToken), refreshToken };
  proxy.harm('lost-answer', 2, 'POST /api/v1/auth/refresh');
  const answers = await Promise.all([clientOf(stale).getMe(), clientOf(stale).getMe()]);
  expect(answers).toHaveLength(2);
  expect((await clientOf(stale).getMe()).activeOrganization).not.toBeNull();
});

test('a change of the organization during a refresh has the last word about the access token', async () => {
  const owner = await server.world.owner();
  const { body: second } = await owner.api.post('/organizations', { name: 'Second' });
  const kept = memoryStore({ accessToken: owner.accessToken, refreshToken: owner.refreshToken, expiresAt: Date.now() - 1 });
  // The switch is answered after the server has refreshed the tokens, and before their answer arrives.
  const switched: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    if (!new Request(input).url.endsWith('/auth/refresh')) return answer;
    const { body } = await owner.api.post('/auth/switch-organization', { organizationId: second.id });
    await kept.set({ accessToken: body.accessToken, refreshToken: owner.refreshToken, expiresAt: Date.now() + 900_000 });
    return answer;
  };
  const client = createClient({ url: server.url, store: kept, fetch: switched });
  expect((await client.getMe()).activeOrganization?.id).toBe(second.id);
  expect((await kept.get())?.refreshToken).not.toBe(owner.refreshToken);
  await kept.set({ ...((await kept.get()) as Tokens), expiresAt: Date.now() - 1 });
  expect((await client.getMe()).activeOrganization?.id).toBe(second.id);
});

test('a change of the organization whose answer arrives during a refresh keeps the new refresh token', async () => {
  const owner = await server.world.owner();
  const { body: second } = await owner.api.post('/organizations', { name: 'Second' });
  const kept = memoryStore({ accessToken: owner.accessToken, refreshToken: owner.refreshToken, expiresAt: Date.now() + 900_000 });
  const [sent, refreshed, switched] = [signal(), signal(), signal()];
  const delayed: typeof fetch = async (input, init) => {
    const { pathname } = new URL(new Request(input).url);
    const [refreshes, switches] = [pathname.endsWith('/auth/refresh'), pathname.endsWith('/auth/switch-organization')];
    if (switches) sent.give();
    const answer = await fetch(input, init);
    // The answer to the switch arrives while the refresh runs, which is answered next.
    if (refreshes) refreshed.give();
    if (switches) {
      await refreshed.given;
      switched.give();
    }
    if (refreshes) await switched.given;
    return answer;
  };
  const client = createClient({ url: server.url, store: kept, fetch: delayed });
  const switching = client.switchOrganization({ body: { organizationId: second.id } });
  await sent.given;
  await kept.set({ ...((await kept.get()) as Tokens), expiresAt: 0 });
  await Promise.all([switching, client.getMe()]);
  const tokens = (await kept.get()) as Tokens;
  expect([tokens.refreshToken === owner.refreshToken, decodeJwt(tokens.accessToken)['org']]).toEqual([false, second.id]);
});

test('clients that share a store, as the tabs of a browser do, use each refresh token once', async () => {
  const { accessToken, refreshToken } = await server.world.owner();
  let queue: Promise<unknown> = Promise.resolve();
  const exclusively = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };
  const store = { ...memoryStore({ accessToken, refreshToken, expiresAt: Date.now() - 1 }), exclusively };
  const tabs = Array.from({ length: 5 }, () => createClient({ url: proxy.url, store }));
  await Promise.all(tabs.flatMap((tab) => [tab.getMe(), tab.getMe()]));
  expect(proxy.count('POST /api/v1/auth/refresh')).toBe(1);
});

test('the session is forgotten once when the server has ended it, and another call says that nobody is signed in', async () => {
  const owner = await server.world.owner();
  let signedOut = 0;
  const client = clientOf(owner, () => (signedOut += 1));
  await owner.api.post('/auth/logout');
  const errors = await Promise.all(Array.from({ length: 5 }, () => client.getMe().catch((error: unknown) => isTenantryError(error, 'session_ended'))));
  expect(errors).toEqual([true, true, true, true, true]);
  expect([signedOut, await client.tokens()]).toEqual([1, undefined]);
  await expect(client.getMe()).rejects.toMatchObject({ code: 'authentication_required' });
});

test('a write whose answer is lost is sent again with its key, and happens once', async () => {
  const owner = await server.world.owner();
  const acme = clientOf(owner).forOrganization(owner.organizationId);
  proxy.harm('lost-answer', 2, 'POST /api/v1/organizations');
  const created = await acme.send('createTeam', { body: { name: 'Once' } });
  expect([proxy.count('POST'), created.status, created.headers.get('idempotency-replayed')]).toEqual([3, 201, 'true']);
  expect((await acme.listTeams()).data.map(({ id }) => id)).toEqual([created.data.id]);
});

test('a read and a keyed write are sent again when a gateway has no server, a deletion is not', async () => {
  const owner = await server.world.owner();
  const acme = clientOf(owner).forOrganization(owner.organizationId);
  proxy.harm('unavailable', 2, 'POST');
  const { id } = await acme.createTeam({ body: { name: 'Patience' } });
  proxy.harm('unavailable', 2, 'GET');
  expect((await acme.getTeam({ path: { teamId: id } })).name).toBe('Patience');
  proxy.harm('unavailable', 2, 'DELETE');
  await expect(acme.deleteTeam({ path: { teamId: id } })).rejects.toMatchObject({ status: 503, code: 'unexpected_answer' });
  expect([proxy.count('POST'), proxy.count('GET'), proxy.count('DELETE')]).toEqual([3, 3, 1]);
});

test('the wait is at least the one that the server names, and a longer one than the client allows ends the call', async () => {
  const client = clientOf(await server.world.owner());
  proxy.harm('unavailable', 1, 'GET', 1);
  const started = performance.now();
  await client.getMe();
  expect(performance.now() - started).toBeGreaterThanOrEqual(1000);
  proxy.reset();
  proxy.harm('unavailable', 9, 'GET', 60);
  await expect(client.getMe()).rejects.toMatchObject({ status: 503, retryAfter: 60 });
  expect(proxy.count('GET')).toBe(1);
});

test('a call ends with its signal, and an attempt with its time', async () => {
  const owner = await server.world.owner();
  const client = clientOf(owner);
  await expect(client.getMe({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  const signal = AbortSignal.timeout(50);
  proxy.harm('unavailable', Infinity, 'GET');
  const patient = createClient({ url: proxy.url, store: memoryStore({ ...owner, expiresAt: Date.now() + 900_000 }), retries: 1000 });
  await expect(patient.getMe({ signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  proxy.harm('silence', 1, 'GET');
  const impatient = createClient({ url: proxy.url, timeout: 50, retries: 0 });
  await expect(impatient.listPlans()).rejects.toBeInstanceOf(ConnectionError);
});

test('an API key works in its organization without a session', async () => {
  const owner = await server.world.owner();
  const { key } = await clientOf(owner)
    .forOrganization(owner.organizationId)
    .createApiKey({ body: { name: 'Import', permissions: ['settings:write', 'teams:read'] } });
  const acme = createClient({ url: proxy.url, apiKey: key }).forOrganization(owner.organizationId);
  expect(await acme.updateCustomSettings({ body: { imported: true } })).toEqual({ imported: true });
  expect(await acme.tokens()).toBeUndefined();
});
