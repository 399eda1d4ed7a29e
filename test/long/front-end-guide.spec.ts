import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transform } from '@swc/core';
import { readFile } from 'node:fs/promises';
import type * as Sdk from '@tenantry/sdk';
import type { Browser, Page } from 'playwright-core';
import { FrontEnd, isChromiumInstalled, startChromium } from '../support/browser.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { codeOf } from '../support/totp.js';
import { goodPassword } from '../support/world.js';

// The code of docs/front-end.md, as it is written there, is the module of a front end in Chromium. The functions of `evaluate` run in the page.

/** The exports of the code of the guide. test/long/sdk-package.spec.ts compiles it. */
interface Guide {
  readonly api: Sdk.TenantryClient;
  signUp(email: string, password: string, name: string, company: string): Promise<string>;
  signIn(email: string, password: string, askCode: () => Promise<string>): Promise<void>;
  verifyEmail(): Promise<void>;
  organizationOf(slug: string): Promise<Sdk.TenantryClient<true>>;
  showInvitation(): Promise<Sdk.Data<'previewInvitation'>>;
  accept(account?: { name: string; password: string }): Promise<Sdk.TenantryClient<true>>;
  invite(acme: Sdk.TenantryClient<true>, email: string): Promise<string | undefined>;
  whatToShow(acme: Sdk.TenantryClient<true>): Promise<Readonly<Record<string, boolean>>>;
  explain<Result>(call: Promise<Result>): Promise<Result | string>;
}

declare const sdk: typeof Sdk;
declare const guide: Guide;
declare const document: { readonly body: { textContent: string } };
declare const askCode: () => Promise<string>;
const withChromium = isChromiumInstalled ? describe : describe.skip;

withChromium(`the guide for front ends in Chromium${isChromiumInstalled ? '' : ' (skipped: Chromium is not installed)'}`, () => {
  let server: TestServer;
  let frontEnd: FrontEnd;
  let browser: Browser;

  beforeAll(async () => {
    server = await startTestServer();
    const blocks = [...(await readFile('docs/front-end.md', 'utf8')).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = '']) => text);
    const text = blocks.join('\n').replace("'http://localhost:3000'", `'${server.url}'`);
    if (!text.includes(server.url)) throw new Error('The guide names no server at http://localhost:3000.');
    frontEnd = await FrontEnd.start();
    frontEnd.modules.set('/guide.js', (await transform(text, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } })).code);
    browser = await startChromium();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await frontEnd.close();
    await server.close();
  });

  /** Opens a page of the front end, in a browser of its own or beside another page. */
  async function open(path: string, beside?: Page): Promise<Page> {
    const page = await (beside?.context() ?? (await browser.newContext())).newPage();
    await page.goto(`${frontEnd.at('localhost')}${path}`);
    await page.evaluate("import('/guide.js').then((module) => { globalThis.guide = module; })");
    return page;
  }

  /** Signs a new person up on the page. @returns the address, and the slug of the organization */
  async function signUp(page: Page) {
    const [email, company] = [server.world.email(), server.world.unique('acme')];
    const id = await page.evaluate(([address, password, name]) => guide.signUp(address, password, 'Ada', name), [email, goodPassword, company] as const);
    return { email, slug: company, id };
  }

  const membersOf = (page: Page, slug: string): Promise<string[]> =>
    page.evaluate(async (name) => {
      const emails: string[] = [];
      for await (const { email } of (await guide.organizationOf(name)).paginate('listMembers')) emails.push(email ?? '');
      return emails.sort();
    }, slug);

  it('a person signs up and verifies the address, invites another by a link, who accepts it, and both see the members', async () => {
    const owners = await open('/signup');
    const { email, slug, id } = await signUp(owners);
    const { token } = await server.mailbox.waitFor(email, 'Confirm');
    const verifying = await open(`/verify-email?token=${token}`, owners);
    expect(await verifying.evaluate(async () => (await guide.api.getMe()).user.emailVerified)).toBe(false);
    await verifying.evaluate(() => guide.verifyEmail());
    expect(await owners.evaluate(async () => (await guide.api.getMe()).user.emailVerified)).toBe(true);

    const guest = server.world.email('guest');
    const link = await owners.evaluate(async ([name, address]) => guide.invite(await guide.organizationOf(name), address), [slug, guest] as const);
    const { pathname, search } = new URL(link ?? '');
    const guests = await open(`${pathname}${search}`);
    expect(await guests.evaluate(() => guide.showInvitation())).toMatchObject({ email: guest, organization: { id }, role: 'member' });
    const joined = await guests.evaluate(async (password) => (await (await guide.accept({ name: 'Grace', password })).getCurrentOrganization()).id, goodPassword);
    expect(joined).toBe(id);
    for (const page of [owners, guests]) expect(await membersOf(page, slug)).toEqual([email, guest].toSorted());

    const shown = (page: Page) => page.evaluate(async (name) => guide.whatToShow(await guide.organizationOf(name)), slug);
    expect(await shown(owners)).toEqual({ audit: true, branding: false, invitations: true });
    expect(await shown(guests)).toEqual({ audit: false, branding: false, invitations: false });
  });

  it('a person of two organizations signs in with a second factor, and works in both in the same session', async () => {
    const owner = await server.world.owner();
    const { secret } = (await owner.api.post('/auth/mfa/totp')).body;
    expect((await owner.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) })).status).toBe(200);
    const page = await open('/login');
    await page.exposeFunction('askCode', () => codeOf(secret, 1));
    await page.evaluate(([email, password]) => guide.signIn(email, password, askCode), [owner.email, goodPassword] as const);
    const other = server.world.unique('second');
    await page.evaluate((name) => guide.api.createOrganization({ body: { name } }), other);
    const tab = await open(`/${other}`, page);
    for (const [at, slug] of [
      [page, owner.slug],
      [tab, other],
      [page, owner.slug],
    ] as const) {
      const seen = await at.evaluate(async (name) => {
        const client = await guide.organizationOf(name);
        return { slug: (await client.getCurrentTenant()).slug, shown: await guide.whatToShow(client) };
      }, slug);
      expect(seen).toEqual({ slug, shown: { audit: true, branding: false, invitations: true } });
    }
  });

  it('an expired access token is renewed once for all calls', async () => {
    const page = await open('/signup');
    await signUp(page);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
    const renewed = await page.evaluate(async () => {
      const store = sdk.browserStore();
      const before = await store.get();
      if (before === undefined) return 'signed out';
      await store.set({ ...before, expiresAt: Date.now() - 1000 });
      await Promise.all([guide.api.getMe(), guide.api.getMe(), guide.api.listMyOrganizations()]);
      return (await store.get())?.refreshToken !== before.refreshToken;
    });
    expect([renewed, requests.filter((request) => request === 'POST /api/v1/auth/refresh').length]).toEqual([true, 1]);
  });

  it('a refused action shows its problem', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner);
    const page = await open('/login');
    await page.evaluate(([email, password]) => guide.signIn(email, password, () => Promise.resolve('')), [member.email, goodPassword] as const);
    await page.evaluate(async (slug) => {
      document.body.textContent = String(await guide.explain(guide.invite(await guide.organizationOf(slug), 'guest@example.com')));
    }, owner.slug);
    expect(await page.textContent('body')).toBe('This requires the permission invitations:write.');
    expect(await page.evaluate((password) => guide.explain(guide.signUp('no address', password, 'Ada', 'Acme')), goodPassword)).toMatch(/^\/email: \S+/);

    const owners = await open('/login');
    await owners.evaluate(([email, password]) => guide.signIn(email, password, () => Promise.resolve('')), [owner.email, goodPassword] as const);
    const consume = () =>
      owners.evaluate(async (slug) => guide.explain((await guide.organizationOf(slug)).consumeUsage({ body: { meter: 'storage_gb', quantity: 2 } })), owner.slug);
    expect(await consume()).toBe('The plan allows 1.');
  });

  it('a sign-out in one tab leads all tabs to the sign-in page', async () => {
    const page = await open('/account');
    await signUp(page);
    const other = await open('/account', page);
    await page.evaluate(() => void guide.api.logOut());
    await page.waitForURL('**/login');
    await other.evaluate(() => void guide.api.getMe());
    await other.waitForURL('**/login');
    expect([page, other].map((tab) => new URL(tab.url()).pathname)).toEqual(['/login', '/login']);
  });
});
