import { afterAll, expect, it } from '@jest/globals';
import { changes, describeConsole, expectAccessible, expectText, press, twoLooks } from '../../support/console.js';
import { TestDns } from '../../support/dns.js';
import { startTestServer } from '../../support/http.js';

// The functions of `evaluate` run in the page.
declare const getComputedStyle: (element: object) => { readonly backgroundColor: string };
declare const dispatchEvent: (event: Event) => boolean;

/** Makes the page a minute older, and gives it its connection to the network again. */
function reconnectInAMinute(): void {
  const now = Date.now.bind(Date);
  Date.now = () => now() + 60_000;
  for (const event of ['offline', 'online']) dispatchEvent(new Event(event));
}

const dns = await TestDns.open();
afterAll(() => dns.close());

describeConsole(
  'the administration in the console of an organization',
  () => startTestServer({ DNS_SERVERS: dns.address, APP_DOMAIN: 'localhost', TRUSTED_PROXIES: '1' }),
  (used) => {
    it('an owner changes the profile, a setting and a feature, and hands the organization over', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const member = await used().server.world.member(owner);
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/settings`);
      await page.getByLabel(/^Name \*?$/).fill('Acme Works');
      await page.getByLabel('Country').selectOption('DE');
      await page.getByLabel('Postal code').fill('1234567');
      await press(page, 'Save');
      await page.getByRole('alert').waitFor();
      await page.getByLabel('Postal code').fill('10115');
      await press(page, 'Save');
      await expectText(page, 'Saved.');
      await page.getByRole('banner').getByText('Acme Works').waitFor();
      expect((await owner.api.get(owner.home)).body).toMatchObject({ name: 'Acme Works', address: { country: 'DE', postalCode: '10115' } });
      await page.getByRole('tab', { name: 'Settings' }).click();
      await page.getByLabel('Weekly reports').check();
      await page.getByLabel('Max login attempts').fill('5');
      await press(page, 'Save');
      await expectText(page, 'Saved.');
      expect((await owner.api.get('/tenant/settings')).body).toMatchObject({ weekly_reports: true, max_login_attempts: 5 });
      await page.getByRole('tab', { name: 'Features' }).click();
      const available = (await owner.api.get('/tenant/features')).body.data.find((each: { available: boolean }) => each.available) as { key: string; name: string };
      // The switch shows the answer of the API.
      await changes(page, () => page.getByRole('switch', { name: available.name }).click());
      await page.getByRole('tab', { name: 'Transfer the ownership' }).click();
      await page.getByRole('combobox', { name: 'New owner' }).fill(member.email);
      await page.getByRole('option', { name: new RegExp(member.email) }).click();
      await press(page, 'Transfer the ownership');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^Type/).fill('Acme Works');
      await dialog.getByRole('button', { name: 'Transfer the ownership' }).click();
      await dialog.waitFor({ state: 'detached' });
      expect((await member.api.get('/auth/me')).body.role).toBe('owner');
      await page.context().close();
    });

    it('does not overwrite what somebody else has changed in the meantime', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/settings`);
      await page.getByLabel(/^Description/).fill('Ours');
      await owner.api.patch(owner.home, { description: 'Theirs' });
      await press(page, 'Save');
      await page.getByRole('alert').waitFor();
      expect((await owner.api.get(owner.home)).body.description).toBe('Theirs');
      // The form opens with what there is now, and not with what was read before.
      await page.getByRole('link', { name: 'Members', exact: true }).click();
      await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor();
      await page.getByRole('link', { name: 'Settings', exact: true }).click();
      await expect(page.getByLabel(/^Description/).inputValue()).resolves.toBe('Theirs');
      // A minute later, the connection to the network is back, and the page reads again what it shows.
      await owner.api.patch(owner.home, { description: 'Theirs again' });
      const [read] = await Promise.all([page.waitForResponse((answer) => answer.url().endsWith(owner.home)), page.evaluate(reconnectInAMinute)]);
      await read.finished();
      await page.getByLabel(/^Description/).fill('Ours');
      await press(page, 'Save');
      await page.getByRole('alert').waitFor();
      expect((await owner.api.get(owner.home)).body.description).toBe('Theirs again');
      await page.context().close();
    });

    it('takes no empty field for a 0', async () => {
      const owner = await used().server.world.owner();
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/settings`);
      await page.getByRole('tab', { name: 'Settings' }).click();
      const before = (await owner.api.get('/tenant/settings')).body;
      await page.getByLabel('Session timeout minutes').fill('');
      await page.getByLabel('Weekly reports').check();
      await press(page, 'Save');
      await expectText(page, 'Fill in this field');
      expect((await owner.api.get('/tenant/settings')).body).toEqual(before);
      await page.context().close();
    });

    it('shows the branding while it is typed, and removes unsafe CSS', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      await used().enterprise(owner);
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/branding`);
      await page.getByLabel(/^Name for other people/).fill('Acme Learning');
      const preview = page.getByRole('region', { name: 'Preview' });
      await preview.getByText('Acme Learning').waitFor();
      await page.getByLabel(/^Primary color/).fill('#7a1fa2');
      await page.getByLabel(/^Background color/).fill('#101010');
      await expectAccessible(page);
      await page.getByLabel('CSS rules of pages').fill('h1 { color: red } body { background: url(https://evil.example/) }');
      await press(page, 'Save');
      await expectText(page, 'These parts of the CSS are not safe and were removed:');
      expect(await page.getByLabel('CSS rules of pages').inputValue()).not.toContain('evil');
      expect((await owner.api.get('/tenant/branding')).body).toMatchObject({ displayName: 'Acme Learning', primaryColor: '#7a1fa2' });
      await page.context().close();
    });

    it('shows the sign-in at the host of an organization in its color, which can be read whatever it is', async () => {
      const owner = await used().server.world.owner();
      await used().enterprise(owner);
      const { slug } = (await owner.api.get(owner.home)).body as { slug: string };
      await owner.api.patch('/tenant/branding', { displayName: 'Acme Learning' });
      const page = await (await used().newContext()).newPage();
      for (const primaryColor of ['#0b7285', '#ffe066', '#000000']) {
        await owner.api.patch('/tenant/branding', { primaryColor });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.goto(`${used().origin.replace('localhost', `${slug}.localhost`)}/sign-in`);
          await page.getByRole('heading', { level: 1, name: 'Sign in to Acme Learning' }).waitFor();
          const button = page.getByRole('button', { name: 'Sign in', exact: true });
          const color = await button.evaluate((element) => getComputedStyle(element as object).backgroundColor);
          const parts = [1, 3, 5].map((at) => Number.parseInt(primaryColor.slice(at, at + 2), 16));
          expect([colorScheme, color]).toEqual([colorScheme, `rgb(${parts.join(', ')})`]);
          await expectAccessible(page);
        }
      }
      await page.context().close();
    });

    it('previews whom a change of the policy affects before it is applied', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const member = await used().server.world.member(owner);
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/security`);
      const domains = page.getByRole('combobox', { name: /^Email domains of new members/ });
      await domains.fill('acme.example');
      await domains.press('Enter');
      await press(page, 'Check who is affected');
      const dialog = page.getByRole('dialog');
      await dialog.getByText(member.email).waitFor();
      await expectAccessible(page);
      expect((await owner.api.get('/tenant/security')).body.allowedEmailDomains).toEqual([]);
      await dialog.getByRole('button', { name: 'Apply' }).click();
      await expectText(page, 'Saved.');
      expect((await owner.api.get('/tenant/security')).body.allowedEmailDomains).toEqual(['acme.example']);
      // The owner has no second factor, so this would lock them out.
      await page.getByLabel('All members need a second factor').check();
      await press(page, 'Check who is affected');
      await dialog.getByText('The change would be refused').waitFor();
      expect(await dialog.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
      await page.context().close();
    });

    it('verifies a domain by the record that it shows, and people with an address at it join by themselves', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/domains`);
      const domain = `${used().server.world.unique()}.example`;
      await press(page, 'Add a domain');
      await page
        .getByRole('dialog')
        .getByLabel(/^Domain/)
        .fill(domain);
      await page.getByRole('dialog').getByRole('button', { name: 'Add a domain' }).click();
      const card = page.getByRole('region', { name: domain });
      await card.getByRole('button', { name: /^Check the record/ }).click();
      await card.getByRole('alert').waitFor();
      dns.set(await card.getByLabel('Name of the record', { exact: true }).inputValue(), await card.getByLabel('Value of the record', { exact: true }).inputValue());
      await card.getByRole('button', { name: /^Check the record/ }).click();
      await card.getByText('The domain is verified.').waitFor();
      await changes(page, () => card.getByLabel('Who has an address at the domain').selectOption('join'));
      const newcomer = await used().server.world.owner({ email: `ada@${domain}`, organization: 'Elsewhere', verified: true });
      const other = await used().openAs(newcomer, '/organizations');
      await press(other, 'Join: Acme');
      await other.getByRole('button', { name: /^Acme/ }).first().waitFor();
      await other.getByRole('button', { name: 'Join: Acme' }).waitFor({ state: 'detached' });
      await expectAccessible(other);
      await press(other, /^Acme/);
      await other.waitForURL(`${used().origin}/organizations/${owner.organizationId}`);
      await other.context().close();
      await press(page, `Remove: ${domain}`);
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await expectText(page, 'No domains yet.');
      await page.context().close();
    });

    it('an owner whom the policy refuses gets access again by the mailed link', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme', verified: true });
      await used().enterprise(owner);
      const [inside, elsewhere] = ['192.0.2.1', '192.0.2.2'];
      const allowed = await owner.api.with({ 'x-forwarded-for': inside }).patch('/tenant/security', { ipAllowList: [inside] });
      expect(allowed.status).toBe(200);
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}`, { extraHTTPHeaders: { 'x-forwarded-for': elsewhere } });
      await page.getByRole('alert').waitFor();
      await expectAccessible(page);
      await press(page, 'Mail me a link');
      await expectText(page, 'The link is on its way.');
      const token = await used().tokenFor(owner.email, '/break-glass');
      await used().visit(page, `/break-glass?organization=${owner.organizationId}&token=${token}`);
      await press(page, 'Get access');
      await expectText(page, 'You have access again.');
      await page.getByRole('link', { name: 'Open the security settings' }).click();
      await page.getByRole('heading', { level: 1, name: 'Security' }).waitFor();
      expect((await owner.api.with({ 'x-forwarded-for': elsewhere }).get('/tenant/security')).body.ipAllowList).toEqual([inside, elsewhere]);
      await page.context().close();
    });

    it.each(twoLooks)('has no finding of axe-core %s', async (_, options) => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      await owner.api.post('/tenant/domains', { kind: 'email', domain: `${used().server.world.unique()}.example` });
      const home = `/organizations/${owner.organizationId}`;
      const page = await used().openAs(owner, `${home}/settings`, options);
      for (const tab of [1, 2, 3]) {
        await expectAccessible(page);
        await page.getByRole('tab').nth(tab).click();
      }
      for (const area of ['branding', 'security', 'domains']) {
        await used().visit(page, `${home}/${area}`);
        await page.getByRole('main').locator('input').first().waitFor();
        await expectAccessible(page);
      }
      await page.context().close();
    });
  },
);
