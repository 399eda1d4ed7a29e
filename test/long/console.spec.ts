import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { frontEndPages } from '../../src/config/front-end-pages.js';
import { describeConsole, expectAccessible, expectText, looks, press, violationsOf } from '../support/console.js';
import { testDatabase } from '../support/database.js';
import { startTestServer } from '../support/http.js';
import { codeOf } from '../support/totp.js';
import { goodPassword } from '../support/world.js';

// People use the pages of the console in Chromium. The functions of `evaluate` run in the page.

declare const document: { readonly documentElement: { readonly lang: string } };
declare const localStorage: object;
declare const sessionStorage: object;
declare const indexedDB: { databases(): Promise<readonly unknown[]> };

const otherPassword = 'a quiet harbour with nine lanterns';

describe('the build of the console', () => {
  interface Chunk {
    readonly file: string;
    readonly imports?: readonly string[];
  }
  const manifest = JSON.parse(readFileSync('console/dist/.vite/manifest.json', 'utf8')) as Readonly<Record<string, Chunk>>;

  /** The scripts that a page loads before it can be used. */
  function scriptsOf(...keys: readonly string[]): ReadonlySet<string> {
    const found = new Set<string>();
    const add = (key: string): void => {
      const chunk = manifest[key];
      if (chunk === undefined || found.has(chunk.file)) return;
      found.add(chunk.file);
      chunk.imports?.forEach(add);
    };
    keys.forEach(add);
    return found;
  }

  it('loads less than 200 kB of compressed scripts for the sign-in page', () => {
    const scripts = [...scriptsOf('index.html', 'src/pages/sign-in/sign-in.tsx')];
    const size = scripts.reduce((sum, file) => sum + gzipSync(readFileSync(`console/dist/${file}`)).length, 0);
    expect(scripts.length).toBeGreaterThan(2);
    expect(size).toBeGreaterThan(50_000);
    expect(size).toBeLessThan(200_000);
  });
});

describeConsole(
  'the console in Chromium',
  () => startTestServer(),
  (used) => {
    it('a newcomer signs up, verifies the address by the mail, and stays signed in when the page is loaded again', async () => {
      const context = await used().newContext();
      const page = await used().open('/', context);
      await page.getByRole('link', { name: 'Create an account' }).click();
      const email = used().server.world.email();
      await page.getByLabel(/^Your name/).fill('Ada Lovelace');
      await page.getByLabel(/^Email address/).fill(email);
      await page.getByLabel(/^Name of your organization/).fill('Analytical Engines');
      await page.getByLabel(/^Password/).fill('short');
      await press(page, 'Create an account');
      await expectText(page, 'password must have at least 10 characters');
      await page.getByLabel(/^Password/).fill(goodPassword);
      await press(page, 'Create an account');
      await expectText(page, `We mailed a link to ${email}`);
      await page.goto(`${used().origin}${frontEndPages.verifyEmail.path}?token=${await used().tokenFor(email, frontEndPages.verifyEmail.path)}`);
      await press(page, 'Verify');
      await expectText(page, 'Your email address is verified.');
      await page.getByRole('link', { name: 'Your account' }).click();
      await expectText(page, 'This device');
      await page.reload();
      await expectText(page, 'This device');
      expect(await page.getByText('This address is not verified').count()).toBe(0);
      const [cookie] = await context.cookies();
      expect(cookie).toMatchObject({ name: '__Host-tenantry-session', httpOnly: true, secure: true, sameSite: 'Strict' });
      const stored = await page.evaluate(async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, await indexedDB.databases()]));
      expect(stored).toBe('[{"tenantry.session":"1"},{},[]]');
      await context.close();
    });

    it('signs in with the keyboard alone, and back to the page that was asked for', async () => {
      const { email } = await used().server.world.owner();
      const page = await used().open('/account');
      expect(new URL(page.url()).pathname).toBe('/sign-in');
      await page.keyboard.press('Tab');
      await page.keyboard.type(email);
      await page.keyboard.press('Tab');
      await page.keyboard.type(goodPassword);
      await page.keyboard.press('Enter');
      await expectText(page, 'This device');
      expect(new URL(page.url()).pathname).toBe('/account');
      await page.context().close();
    });

    it.each([
      ['a foreign origin', 'https://evil.example/', '/organizations/'],
      ['a script', 'javascript:alert(1)', '/organizations/'],
      ['a host without a scheme', '//evil.example/', '/organizations/'],
      ['an own page', '/account', '/account'],
    ])('follows return_to with %s only to allowed origins', async (_, wanted, arrival) => {
      const { email, organizationId } = await used().server.world.owner();
      const page = await used().open(`/sign-in?return_to=${encodeURIComponent(wanted)}`);
      await page.getByLabel(/^Email address/).fill(email);
      await page.getByLabel(/^Password/).fill(goodPassword);
      await press(page, 'Sign in');
      await page.waitForURL(`${used().origin}${arrival}${arrival === '/account' ? '' : organizationId}`);
      expect(new URL(page.url()).search).toBe('');
      await page.context().close();
    });

    it('signs in a managed account with the organization and the user name', async () => {
      const owner = await used().server.world.owner();
      const account = { userName: 'ada.l', name: 'Ada Lovelace', role: 'member', password: otherPassword };
      expect((await owner.api.post(`${owner.home}/managed-accounts`, account)).status).toBe(201);
      const page = await used().open('/sign-in');
      await press(page, 'Sign in with a user name');
      expect(await violationsOf(page)).toEqual([]);
      await page.getByLabel(/^Organization/).fill(owner.slug);
      await page.getByLabel(/^User name/).fill('ada.l');
      await page.getByLabel(/^Password/).fill(otherPassword);
      await press(page, 'Sign in');
      await page.waitForURL(`${used().origin}/organizations/${owner.organizationId}`);
      await expectText(page, 'Ada Lovelace');
      await page.context().close();
    });

    it('shows the detail of a refusal', async () => {
      const { email } = await used().server.world.owner();
      const page = await used().open('/sign-in');
      await used().signIn(page, email, { password: 'wrong horse battery staple' });
      expect(await page.getByRole('alert').textContent()).toContain('password');
      await page.context().close();
      const german = await used().open('/sign-in', await used().newContext({ locale: 'de-DE' }));
      await used().signIn(german, email, { password: 'wrong horse battery staple' });
      expect(await german.getByRole('alert').textContent()).toBe('Nicht angemeldetDie Adresse, der Name oder das Passwort ist falsch.');
      await german.context().close();
    });

    it('sets a new password by the mailed link', async () => {
      const { email } = await used().server.world.owner({ verified: true });
      const page = await used().open(`/forgot-password?email=${email}`);
      await press(page, 'Send the link');
      await expectText(page, /a mail with a link is on its way/);
      await page.goto(`${used().origin}/reset-password?token=${await used().tokenFor(email, '/reset-password')}`);
      await page.getByLabel(/^New password/).fill(otherPassword);
      await press(page, 'Set the password');
      await expectText(page, 'Your password is set');
      await used().signIn(page, email, { password: otherPassword });
      await expectText(page, 'This device');
      await page.context().close();
    });

    it('a new user accepts an invitation by the mailed link', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme', verified: true });
      const email = used().server.world.email();
      await owner.api.post(`${owner.home}/invitations`, { email, role: 'member', message: 'Welcome aboard' });
      const page = await used().open(`/invitations/accept?token=${await used().tokenFor(email, '/invitations/accept')}`);
      await expectText(page, 'Welcome aboard');
      expect(await violationsOf(page)).toEqual([]);
      await page.getByLabel(/^Your name/).fill('Grace Hopper');
      await page.getByLabel(/^Password/).fill(goodPassword);
      await press(page, 'Create an account and accept');
      await expectText(page, /You are a member of Acme now/);
      await page.context().close();
    });

    it('an existing user signs in and accepts an invitation; another one declines', async () => {
      const [owner, guest] = [await used().server.world.owner({ organization: 'Acme' }), await used().server.world.owner({ verified: true })];
      const page = await used().open(`/invitations/accept?token=${await used().server.world.invitationToken(owner, guest.email)}`);
      await press(page, 'I have an account');
      // The page of the invitation, which has a password too, is shown until that of the sign-in is loaded.
      await page.getByRole('heading', { name: /^Sign in/ }).waitFor();
      await page.getByLabel(/^Password/).fill(goodPassword);
      await press(page, 'Sign in');
      await press(page, 'Accept');
      await expectText(page, 'You are a member of Acme now.');
      await page.goto(`${used().origin}/organizations`);
      await page.getByRole('button', { name: /^Acme/ }).click();
      await page.waitForURL(`${used().origin}/organizations/${owner.organizationId}`);
      await page.goto(`${used().origin}/invitations/accept?token=${await used().server.world.invitationToken(owner, used().server.world.email())}`);
      await press(page, 'Decline');
      await expectText(page, 'You declined the invitation.');
      await page.context().close();
    });

    it('a user sets up an authenticator app, signs in with its code, and the mailed link removes it', async () => {
      const { email } = await used().server.world.owner({ verified: true });
      const page = await used().open('/sign-in');
      await used().signIn(page, email);
      await press(page, 'Set up');
      const secret = (await page.locator('code').textContent()) ?? '';
      const code = (): string => codeOf(secret);
      await page.getByRole('region', { name: 'Authenticator app' }).getByLabel(/^Code/).fill(code());
      await press(page, 'Confirm');
      await expectText(page, 'Recovery codes');
      const recovery = (await page.locator('pre').textContent())?.split('\n') ?? [];
      await press(page, 'I have kept them');
      await press(page, 'Sign out');
      await page.waitForURL(/sign-in/);
      await used().signIn(page, email);
      await page.getByLabel(/^Code/).fill(recovery[0] ?? '');
      await page.getByLabel(/Do not ask/).check();
      await press(page, 'Sign in');
      await expectText(page, 'This device');
      await press(page, 'Sign out');
      await page.waitForURL(/sign-in/);
      // The device is trusted now.
      await used().signIn(page, email);
      await expectText(page, 'This device');
      await press(page, 'New recovery codes');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^Code/).fill(recovery[1] ?? '');
      await dialog.getByRole('button', { name: 'New recovery codes' }).click();
      await page.locator('pre').waitFor();
      expect((await page.locator('pre').textContent())?.split('\n')).toHaveLength(10);
      await press(page, 'I have kept them');
      // New codes end the trust.
      await expectText(page, 'Each device is asked for a code.');
      await page.goto(`${used().origin}/undo-second-factor?token=${await used().tokenFor(email, '/undo-second-factor')}`);
      await press(page, 'Undo');
      await expectText(page, 'The second factor is removed.');
      await page.context().close();
    });

    it('a user adds a passkey, signs in with it, and removes it', async () => {
      const { email } = await used().server.world.owner({ verified: true });
      const page = await used().open('/sign-in');
      const devices = await page.context().newCDPSession(page);
      await devices.send('WebAuthn.enable');
      const options = {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      } as const;
      await devices.send('WebAuthn.addVirtualAuthenticator', { options });
      await used().signIn(page, email);
      await page.getByLabel(/^Name of the passkey/).fill('Laptop');
      await press(page, 'Add a passkey');
      await page.getByRole('button', { name: 'Remove: Laptop' }).waitFor();
      await press(page, 'Sign out');
      await press(page, 'Sign in with a passkey');
      await page.waitForURL(/\/organizations\//);
      await used().visit(page, '/account');
      await press(page, 'Remove: Laptop');
      await expectText(page, 'You have no passkeys.');
      await page.context().close();
    });

    it('a user changes the name, the password and the address, and the former address undoes that', async () => {
      const { email } = await used().server.world.owner({ verified: true });
      const page = await used().open('/sign-in');
      await used().signIn(page, email);
      await page
        .getByLabel(/^Name \*?/)
        .first()
        .fill('Ada King');
      await press(page, 'Save');
      await expectText(page, 'Saved.');
      const password = page.getByRole('region', { name: 'Change the password' });
      await password.getByLabel(/^Current password/).fill(goodPassword);
      await password.getByLabel(/^New password/).fill(otherPassword);
      await press(page, 'Change the password');
      await expectText(page, 'Your password is changed.');
      const address = page.getByRole('region', { name: 'Email address' });
      const next = used().server.world.email();
      await address.getByLabel(/^New email address/).fill(next);
      await address.getByLabel(/^Current password/).fill(otherPassword);
      await press(page, 'Change the email address');
      await expectText(page, `Open the link that we mailed to ${next}`);
      await page.goto(`${used().origin}/verify-email?token=${await used().tokenFor(next, '/verify-email')}`);
      await press(page, 'Verify');
      await expectText(page, 'Your email address is verified.');
      await page.goto(`${used().origin}/undo-email-change?token=${await used().tokenFor(email, '/undo-email-change')}`);
      await press(page, 'Undo');
      await expectText(page, 'Your former address is restored.');
      await page.context().close();
    });

    it('asks again who the person is when the sign-in was long ago', async () => {
      const { email, userId } = await used().server.world.owner({ verified: true });
      const page = await used().open('/sign-in');
      await used().signIn(page, email);
      await expectText(page, 'This device');
      const database = new pg.Client({ connectionString: testDatabase().platform });
      await database.connect();
      await database.query(`update sessions set authenticated_at = now() - interval '31 minutes' where user_id = $1`, [userId]);
      await database.end();
      await press(page, 'Set up');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^Password/).fill(goodPassword);
      expect(await violationsOf(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Confirm' }).click();
      await page.locator('code').waitFor();
      await page.context().close();
    });

    it('tabs renew the session once, and a sign-out ends it in all of them', async () => {
      const { email } = await used().server.world.owner();
      const context = await used().newContext();
      const first = await used().open('/sign-in', context);
      await used().signIn(first, email);
      await expectText(first, 'This device');
      await first.goto(`${used().origin}/organizations`);
      await first.getByRole('button', { name: /Owner$/ }).waitFor();
      let renewals = 0;
      context.on('request', (request) => (renewals += Number(request.url().endsWith('/auth/refresh'))));
      // The first tab knows an access token, which it tells the others.
      const others = await Promise.all([used().open('/account', context), used().open('/account', context), used().open('/account', context)]);
      await Promise.all(others.map((tab) => expectText(tab, 'This device')));
      expect(renewals).toBe(0);
      await press(others[0] ?? first, 'Sign out');
      await Promise.all([first, ...others].map((tab) => tab.waitForURL(/\/sign-in/)));
      expect((await context.cookies()).map(({ name }) => name)).toEqual([]);
      await context.close();
    });

    it('a user deletes the account', async () => {
      const owner = await used().server.world.owner();
      const { email } = await used().server.world.member(owner);
      const page = await used().open('/sign-in');
      await used().signIn(page, email);
      await page
        .getByRole('region', { name: 'Delete the account' })
        .getByLabel(/^Current password/)
        .fill(goodPassword);
      await press(page, 'Delete my account');
      await page.waitForURL(/\/sign-in/);
      await used().signIn(page, email);
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').count()).toBe(1);
      await page.context().close();
    });

    const ownPages = ['/sign-in', '/sign-up', '/forgot-password', ...Object.values(frontEndPages).map(({ path }) => path)];
    it.each(looks)('has pages without a finding of axe-core and without a horizontal scroll bar %s', async (look, options) => {
      const context = await used().newContext(options);
      const { email } = await used().server.world.owner();
      const visitor = await used().open('/sign-in', context);
      for (const path of [...ownPages.map((each) => `${each}?token=wrong-token`), ...ownPages.slice(3)]) {
        await visitor.goto(`${used().origin}${path}`);
        await visitor.getByRole('heading', { level: 1 }).waitFor();
        await expectAccessible(visitor);
      }
      const german = look === 'in German';
      await visitor.goto(`${used().origin}/sign-in`);
      expect(await visitor.evaluate(() => document.documentElement.lang)).toBe(german ? 'de' : 'en');
      await visitor.getByLabel(german ? /^E-Mail-Adresse/ : /^Email address/).fill(email);
      await visitor.getByLabel(german ? /^Passwort/ : /^Password/).fill(goodPassword);
      await visitor.keyboard.press('Enter');
      await visitor.waitForURL(/\/organizations\//);
      for (const path of ['/account', '/organizations', '/break-glass', '/confirm-second-factor?token=wrong-token']) {
        await visitor.goto(`${used().origin}${path}`);
        await visitor.getByRole('heading', { level: 1 }).waitFor();
        await expectAccessible(visitor);
      }
      await context.close();
    });

    it('leaves other paths to the API, and caches scripts forever', async () => {
      for (const path of ['/api/v1/nothing', '/nothing', '/account/nothing', '/assets/nothing.js']) {
        const answer = await fetch(`${used().server.url}${path}`);
        expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8']);
      }
      const document = await fetch(`${used().server.url}/sign-in`);
      const policy = document.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-");
      expect(policy).not.toContain('unsafe');
      expect([document.headers.get('cache-control'), document.headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer']);
      const script = /src="(\/assets\/[^"]+)"/.exec(await document.text())?.[1] ?? '';
      const answer = await fetch(`${used().server.url}${script}`, { headers: { 'accept-encoding': 'br' } });
      expect([answer.headers.get('cache-control'), answer.headers.get('content-encoding')]).toEqual(['public, max-age=31536000, immutable', 'br']);
      const unchanged = await fetch(`${used().server.url}${script}`, { headers: { 'accept-encoding': 'br', 'if-none-match': answer.headers.get('etag') ?? '' } });
      expect(unchanged.status).toBe(304);
    });
  },
);
