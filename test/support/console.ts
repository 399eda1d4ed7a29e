import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import pg from 'pg';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { isChromiumInstalled, startChromium } from './browser.js';
import { testDatabase } from './database.js';
import { eventually } from './eventually.js';
import type { TestServer } from './http.js';
import { goodPassword } from './world.js';

// The functions of `evaluate` run in the page.
declare const axe: {
  run(options: {
    readonly resultTypes: readonly string[];
  }): Promise<{ readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[] }[] }>;
};
declare const document: { readonly documentElement: { readonly scrollWidth: number; readonly clientWidth: number } };

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** How people look at a page, besides English on a desktop in the light. */
export const looks: readonly (readonly [string, BrowserContextOptions])[] = [
  ['on a phone', { viewport: { width: 360, height: 640 } }],
  ['in the dark', { colorScheme: 'dark' }],
  ['in German', { locale: 'de-DE', viewport: { width: 360, height: 640 } }],
];

/** Two of them that have each size, color scheme and language, for pages with many parts. */
export const twoLooks: readonly (readonly [string, BrowserContextOptions])[] = [
  ['on a phone in the dark', { viewport: { width: 360, height: 640 }, colorScheme: 'dark' }],
  ['in German on a desktop', { locale: 'de-DE' }],
];

/** The console of a server in Chromium, as people use it. */
export class ConsoleInBrowser {
  /** What the pages have done that they must not: failed in a script, or broken the policy of their content. */
  readonly faults: string[] = [];

  constructor(
    readonly server: TestServer,
    readonly browser: Browser,
  ) {}

  /** The address of the console. Browsers keep secure cookies for `localhost` without HTTPS. */
  get origin(): string {
    return this.server.url.replace('127.0.0.1', 'localhost');
  }

  /** Makes a profile of the browser. Without motion, a page has its colors at once: axe-core would measure the contrast of a dialog that fades in. */
  newContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    return this.browser.newContext({ locale: 'en-US', reducedMotion: 'reduce', ...options });
  }

  /** Opens a page in a profile, or in a new one. */
  async open(path: string, context?: BrowserContext): Promise<Page> {
    const page = this.#watch(await (context ?? (await this.newContext())).newPage());
    await this.visit(page, path);
    return page;
  }

  /** Goes to a page, and waits until it has its title. */
  async visit(page: Page, path: string): Promise<void> {
    await page.goto(`${this.origin}${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  }

  /** Signs in. The page that follows is that of `returnTo`, or the one at which a person begins. */
  async signIn(page: Page, email: string, { password = goodPassword, returnTo = '/account' }: { readonly password?: string; readonly returnTo?: string } = {}): Promise<void> {
    await page.goto(`${this.origin}/sign-in?return_to=${encodeURIComponent(returnTo)}`);
    await page
      .getByLabel(/^(Email address|E-Mail-Adresse)/)
      .first()
      .fill(email);
    await page.getByLabel(/^(Password|Passwort)/).fill(password);
    await page.getByRole('button', { name: /^(Sign in|Anmelden)$/ }).click();
  }

  /** Opens a page as somebody, in a new profile that has a session already (docs/console.md#sessions). */
  async openAs(person: { readonly email: string }, path: string, options?: BrowserContextOptions): Promise<Page> {
    const mark = [{ origin: this.origin, localStorage: [{ name: 'tenantry.session', value: '1' }] }];
    return this.open(path, await this.newContext({ ...options, storageState: { cookies: [await this.#sessionCookie(person)], origins: mark } }));
  }

  /** Loads a page as somebody else, in a profile that has a session. It has the scripts of the console already. */
  async visitAs(page: Page, person: { readonly email: string }, path: string): Promise<void> {
    await page.context().addCookies([await this.#sessionCookie(person)]);
    await this.visit(page, path);
  }

  async #sessionCookie({ email }: { readonly email: string }) {
    const { status, body, text } = await this.server.api.post('/auth/login', { email, password: goodPassword });
    if (status !== 200) throw new Error(`login answered ${status}: ${text}`);
    const cookie = { name: '__Host-tenantry-session', value: String(body.refreshToken), domain: 'localhost', path: '/' };
    return { ...cookie, expires: -1, httpOnly: true, secure: true, sameSite: 'Strict' } as const;
  }

  /** The token in the newest mail to an address whose text has a path. */
  async tokenFor(email: string, path: string): Promise<string> {
    const find = async (): Promise<string | undefined> =>
      this.server.mailbox
        .to(email)
        .map(({ mail }) => new RegExp(`${path}\\?(?:organization=[\\w-]+&)?token=([\\w-]+)`).exec(mail.text ?? '')?.[1])
        .findLast((token) => token !== undefined);
    const token = await eventually(find, (found) => found !== undefined, 20_000);
    if (token === undefined) throw new Error(`no mail to ${email} links to ${path}`);
    return token;
  }

  /** Gives an organization the largest plan, with all features. */
  async enterprise({ organizationId }: { readonly organizationId: string }): Promise<void> {
    const database = new pg.Client({ connectionString: testDatabase().platform });
    await database.connect();
    await database.query(`update organizations set plan = 'enterprise' where id = $1`, [organizationId]);
    await database.end();
  }

  #watch(page: Page): Page {
    page.on('pageerror', (error) => this.faults.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (/content security policy|refused to/i.test(message.text())) this.faults.push(`${page.url()}: ${message.text()}`);
    });
    return page;
  }
}

/** Presses the first button with a name. */
export const press = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('button', { name, exact: true }).first().click();
export const expectText = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor({ timeout: 10_000 });

/** Does something, and waits until the API has applied the change that it sends. */
export async function changes(page: Page, act: () => Promise<unknown>): Promise<void> {
  await Promise.all([page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.ok()), act()]);
}

/** What axe-core finds on a page. It is evaluated as a function of the debugger, which the policy does not stop. It describes what it finds, but not what is as it should be: that takes three times as long. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => axe.run({ resultTypes: ['violations'] }));
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${page.url()} ${id}: ${html} ${failureSummary ?? ''}`));
}

/** Expects that axe-core finds nothing on a page, and that it has no horizontal scroll bar. */
export async function expectAccessible(page: Page): Promise<void> {
  // A page that has read nothing yet shows little that could be wrong.
  await page.locator('.mantine-Loader-root').first().waitFor({ state: 'detached' });
  expect(await violationsOf(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
}

/** Words that nearly every English sentence has one of, and no German one. Names that the catalog gives have none. */
const english = /\b(?:the|your|you|with|this|that|are|which|from|none|requires|remaining)\b/i;

/** Returns the lines of a page that are in English. */
export const englishOn = async (page: Page): Promise<string[]> => (await page.locator('body').innerText()).split('\n').filter((line) => english.test(line));

/** Describes how people use the console of one server. A machine without Chromium skips it. A page that fails in a script or breaks the policy of its content fails the test. */
export function describeConsole(subject: string, start: () => Promise<TestServer>, tests: (used: () => ConsoleInBrowser) => void): void {
  (isChromiumInstalled ? describe : describe.skip)(`${subject}${isChromiumInstalled ? '' : ' (skipped: Chromium is not installed)'}`, () => {
    let used: ConsoleInBrowser;
    beforeAll(async () => {
      used = new ConsoleInBrowser(await start(), await startChromium());
    }, 60_000);
    afterAll(async () => {
      await used.browser.close();
      await used.server.close();
    });
    afterEach(() => {
      expect(used.faults.splice(0)).toEqual([]);
    });
    tests(() => used);
  });
}
