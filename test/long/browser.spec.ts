import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type * as Sdk from '@tenantry/sdk';
import pg from 'pg';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { FrontEnd, isChromiumInstalled, startChromium } from '../support/browser.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { FaultyProxy } from '../support/faulty-proxy.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword, type Person } from '../support/world.js';

// Pages in Chromium call the API from other origins, with the SDK. The functions of `evaluate` run in the page.

declare const sdk: typeof Sdk;
declare const PublicKeyCredential: Record<'parseCreationOptionsFromJSON' | 'parseRequestOptionsFromJSON', (options: unknown) => unknown>;
declare const navigator: { readonly credentials: Record<'create' | 'get', (options: { readonly publicKey: unknown }) => Promise<{ toJSON(): Record<string, unknown> }>> };
declare const location: { readonly hostname: string };
declare const indexedDB: { deleteDatabase(name: string): { onsuccess: unknown } };
const withChromium = isChromiumInstalled ? describe : describe.skip;

withChromium(`pages in Chromium${isChromiumInstalled ? '' : ' (skipped: Chromium is not installed)'}`, () => {
  let frontEnd: FrontEnd;
  let server: TestServer;
  let proxy: FaultyProxy;
  let browser: Browser;
  let origins: Readonly<Record<'installation' | 'tenant' | 'stranger' | 'local', string>>;

  beforeAll(async () => {
    frontEnd = await FrontEnd.start();
    origins = { installation: frontEnd.at('app.example'), tenant: 'https://portal.example', stranger: frontEnd.at('evil.example'), local: frontEnd.at('localhost') };
    server = await startTestServer({ CORS_ORIGINS: `${origins.installation},${origins.local}`, RATE_LIMITS_ENABLED: 'true' });
    proxy = await FaultyProxy.start(server.url);
    browser = await startChromium();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await proxy.close();
    await server.close();
    await frontEnd.close();
  });

  async function pageAt(origin: string, context?: BrowserContext): Promise<Page> {
    const page = await (context ?? browser).newPage();
    // Only the server of the front end has no TLS.
    if (origin.startsWith('https:'))
      await page.route(`${origin}/**`, async (route) => route.fulfill({ response: await route.fetch({ url: route.request().url().replace(origin, origins.local) }) }));
    await page.goto(origin);
    await page.waitForFunction('globalThis.sdk !== undefined', undefined, { timeout: 10_000 });
    // While requests are routed, Playwright answers preflight requests itself.
    await page.unrouteAll();
    return page;
  }

  /** The outcome of a call in the page of an origin, with the session of a person. */
  async function callAs({ accessToken }: Person, organizationId: string, page: Page): Promise<string> {
    return page.evaluate(
      async ([url, token, id]) => {
        const store = sdk.memoryStore({ accessToken: token, expiresAt: Date.now() + 900_000 });
        const client = sdk.createClient({ url, store, retries: 0 }).forOrganization(id);
        try {
          return (await client.createTeam({ body: { name: `From ${location.hostname}` } })).name;
        } catch (error) {
          return sdk.isTenantryError(error) ? error.code : (error as Error).name;
        }
      },
      [server.url, accessToken, organizationId] as const,
    );
  }

  /** Gives an organization a verified custom domain. */
  async function withCustomDomain(organizationId: string, host: string): Promise<void> {
    const database = new pg.Client({ connectionString: testDatabase().platform });
    await database.connect();
    await database.query(`update organizations set plan = 'enterprise' where id = $1`, [organizationId]);
    const columns = 'organization_id, id, kind, name, dns_token, grade, verified_at';
    await database.query(`insert into domains (${columns}) values ($1, gen_random_uuid(), 'host', $2, 'x', 'ownership', now())`, [organizationId, host]);
    await database.end();
  }

  const teamsOf = async ({ api, home }: Person): Promise<string[]> => (await api.get(`${home}/teams`)).body.data.map(({ name }: { name: string }) => name);

  it('a page of CORS_ORIGINS signs up, works, reads the exposed header fields and the pages of a list, and signs out', async () => {
    const page = await pageAt(origins.installation);
    const email = server.world.email();
    const seen = await page.evaluate(
      async ([url, address, password]) => {
        const client = sdk.createClient({ url, store: sdk.browserStore() });
        const { organization } = await client.signUp({ body: { email: address, password, name: 'Ada', organization: { name: 'Acme' } } });
        const acme = client.forOrganization(organization.id);
        const { status, headers } = await acme.send('createTeam', { body: { name: 'Website' } });
        await acme.createTeam({ body: { name: 'Shop' } });
        const names: string[] = [];
        for await (const { name } of acme.paginate('listTeams', { query: { limit: 1, sort: 'name' } })) names.push(name);
        const read = await acme.send('getSettings');
        const unchanged = await acme.send('getSettings', { header: { 'If-None-Match': read.headers.get('etag') ?? '' } });
        await acme.updateSettings({ header: { 'If-Match': read.headers.get('etag') ?? '' }, body: { weekly_reports: true } });
        const stale = await acme.updateSettings({ header: { 'If-Match': read.headers.get('etag') ?? '' }, body: { weekly_reports: false } }).catch((error: unknown) => error);
        const csv = await (await acme.exportAuditLogs({ query: { format: 'csv' } })).text();
        const kept = (await sdk.browserStore().get())?.expiresAt !== undefined;
        await client.logOut();
        return {
          status,
          readable: ['location', 'x-request-id', 'ratelimit', 'ratelimit-policy'].filter((name) => headers.get(name) !== null),
          names,
          unchanged: unchanged.status,
          stale: sdk.isTenantryError(stale, 'version_conflict'),
          exported: csv.includes('createTeam'),
          kept,
          left: await sdk.browserStore().get(),
        };
      },
      [server.url, email, goodPassword] as const,
    );
    expect(seen).toEqual({
      status: 201,
      readable: ['location', 'x-request-id', 'ratelimit', 'ratelimit-policy'],
      names: ['Shop', 'Website'],
      unchanged: 304,
      stale: true,
      exported: true,
      kept: true,
      left: undefined,
    });
  });

  it('pages of another origin can neither read nor write', async () => {
    const owner = await server.world.owner();
    const page = await pageAt(origins.stranger);
    const messages: string[] = [];
    page.on('console', (message) => messages.push(message.text()));
    expect(await callAs(owner, owner.organizationId, page)).toBe('ConnectionError');
    const read = await page.evaluate((url) => fetch(`${url}/api/v1/billing/plans`).then(String, String), server.url);
    expect(read).toBe('TypeError: Failed to fetch');
    expect(messages.filter((text) => text.includes("No 'Access-Control-Allow-Origin' header"))).toHaveLength(2);
    expect(await teamsOf(owner)).toEqual([]);
  });

  it('pages of webOrigins may call the API for that organization alone, until the origin is removed', async () => {
    const [acme, other] = [await server.world.owner(), await server.world.owner()];
    const page = await pageAt(origins.tenant);
    expect(await callAs(acme, acme.organizationId, page)).toBe('ConnectionError');
    expect((await acme.api.patch('/tenant/security', { webOrigins: [origins.tenant] })).status).toBe(200);
    expect(await callAs(acme, acme.organizationId, page)).toBe('From portal.example');
    expect(await teamsOf(acme)).toEqual(['From portal.example']);
    expect(await callAs(other, other.organizationId, page)).toBe('origin_not_allowed');
    expect(await acme.api.patch('/tenant/security', { webOrigins: [] })).toMatchObject({ status: 200, body: { webOrigins: [] } });
    // At once for the organization, and when the replica has heard of it for the browser.
    expect(['ConnectionError', 'origin_not_allowed']).toContain(await callAs(acme, acme.organizationId, page));
    const outcome = await eventually(
      () => callAs(acme, acme.organizationId, page),
      (code) => code === 'ConnectionError',
    );
    expect(outcome).toBe('ConnectionError');
    expect(await teamsOf(other)).toEqual([]);
  });

  it('tabs share one session: they refresh it once, also when it expires in all of them at the same time, and see the sign-out', async () => {
    const { accessToken, refreshToken } = await server.world.owner();
    const context = await browser.newContext();
    const tabs = await Promise.all(Array.from({ length: 4 }, () => pageAt(origins.local, context)));
    await tabs[0]?.evaluate(async (tokens) => sdk.browserStore().set({ ...tokens, expiresAt: Date.now() }), { accessToken, refreshToken });
    const call = (tab: Page): Promise<string[]> =>
      tab.evaluate(async (url) => {
        const client = sdk.createClient({ url, store: sdk.browserStore() });
        const people = await Promise.all(Array.from({ length: 5 }, () => client.getMe().then(({ user }) => user.id)));
        return [...new Set(people)];
      }, proxy.url);
    const seen = await Promise.all(tabs.map(call));
    expect([new Set(seen.flat()).size, proxy.count('POST /api/v1/auth/refresh')]).toEqual([1, 1]);
    await tabs[1]?.evaluate((url) => sdk.createClient({ url, store: sdk.browserStore() }).logOut(), proxy.url);
    const after = tabs[2]?.evaluate(
      (url) =>
        sdk
          .createClient({ url, store: sdk.browserStore() })
          .getMe()
          .catch((error: unknown) => (sdk.isTenantryError(error) ? error.code : String(error))),
      proxy.url,
    );
    expect(await after).toBe('authentication_required');
    await context.close();
  });

  it.each([
    ['of CORS_ORIGINS', 'local', 'localhost'],
    ['of a verified custom domain', 'tenant', 'portal.example'],
  ] as const)('a page %s adds a passkey, signs in with it, and proves its user again', async (_, at, rpId) => {
    const owner = await server.world.owner({ verified: true });
    const context = await browser.newContext();
    if (at === 'tenant') await withCustomDomain(owner.organizationId, rpId);
    const page = await pageAt(origins[at], context);
    const devices = await context.newCDPSession(page);
    await devices.send('WebAuthn.enable');
    const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } as const;
    const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', { options });
    const seen = await page.evaluate(
      async ([url, accessToken]) => {
        const owner = sdk.createClient({ url, store: sdk.memoryStore({ accessToken, expiresAt: Date.now() + 900_000 }) });
        const creation = PublicKeyCredential.parseCreationOptionsFromJSON((await owner.getPasskeyOptions()).options);
        const created = await navigator.credentials.create({ publicKey: creation });
        const { rpId } = await owner.addPasskey({ body: { name: 'Laptop', credential: created.toJSON() } });
        const again = await navigator.credentials
          .create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON((await owner.getPasskeyOptions()).options) })
          .catch((error: unknown) => (error as Error).name);
        const visitor = sdk.createClient({ url, store: sdk.memoryStore() });
        const answerFor = async (client: typeof visitor): Promise<Record<string, unknown>> => {
          const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON((await client.challengePasskey()).options);
          return (await navigator.credentials.get({ publicKey })).toJSON();
        };
        await visitor.logInWithPasskey({ body: { credential: await answerFor(visitor) } });
        await visitor.reauthenticate({ body: { passkey: await answerFor(visitor) } });
        return { rpId, again, user: (await visitor.getMe()).user.id };
      },
      [server.url, owner.accessToken] as const,
    );
    expect(seen).toEqual({ rpId, again: 'InvalidStateError', user: owner.userId });
    const { credentials } = await devices.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials).toMatchObject([{ rpId, isResidentCredential: true, signCount: 3 }]);
    await context.close();
  });

  it.each(['another tab', 'the browser'])('a tab goes on after %s has deleted its data', async (who) => {
    const context = await browser.newContext();
    const [tab, other] = [await pageAt(origins.local, context), await pageAt(origins.local, context)];
    // The store of a page that stays open.
    const store = await tab.evaluateHandle(() => sdk.browserStore());
    const tokens = { accessToken: 'a', refreshToken: 'r', expiresAt: 1 };
    await store.evaluate((kept, given) => kept.set(given), tokens);
    if (who === 'another tab') await other.evaluate(() => new Promise((resolve) => (indexedDB.deleteDatabase('tenantry').onsuccess = resolve)));
    else await (await context.newCDPSession(other)).send('Storage.clearDataForOrigin', { origin: new URL(other.url()).origin, storageTypes: 'indexeddb' });
    // The tab hears of it a moment later.
    const left = await eventually(
      () => store.evaluate((kept) => Promise.resolve(kept.get()).catch(String)),
      (found) => typeof found !== 'string',
    );
    expect(left).toBeUndefined();
    await store.evaluate((kept, given) => kept.set(given), tokens);
    expect(await store.evaluate((kept) => kept.get())).toEqual(tokens);
    await context.close();
  });

  it('the API reference begins with sign-up, is collapsed, finds operations, and sends an example that works', async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}/docs`);
    const names = () => page.$$eval('.opblock-tag', (tags) => tags.map((tag) => (tag as { getAttribute(name: string): string | null }).getAttribute('data-tag')));
    await page.waitForSelector('.opblock-tag');
    expect((await names()).slice(0, 3)).toEqual(['auth', 'users', 'organizations']);
    expect(await page.$$('.opblock-tag-section .opblock')).toEqual([]);
    await page.fill('.operation-filter-input', 'consumeusage');
    await page.waitForSelector('#operations-tag-auth', { state: 'detached' });
    expect(await names()).toEqual(['usage']);
    await page.fill('.operation-filter-input', 'auth');
    await page.click('#operations-tag-auth');
    await page.click('#operations-auth-signUp .opblock-summary');
    const signUp = page.locator('#operations-auth-signUp');
    await signUp.locator('.try-out__btn').click();
    const body = JSON.parse(await signUp.locator('textarea.body-param__text').inputValue()) as { email: string; organization: { slug?: string } };
    await signUp
      .locator('textarea.body-param__text')
      .fill(JSON.stringify({ ...body, email: server.world.email(), organization: { ...body.organization, slug: server.world.unique('acme') } }));
    await signUp.locator('.execute').click();
    expect((await signUp.locator('.live-responses-table tbody .response-col_status').first().textContent())?.trim()).toMatch(/^201/);
  });
});
