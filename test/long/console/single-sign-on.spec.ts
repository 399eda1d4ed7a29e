import { afterAll, expect, it } from '@jest/globals';
import { describeConsole, expectAccessible, expectText, press, twoLooks } from '../../support/console.js';
import { startTestServer } from '../../support/http.js';
import { IdentityProvider } from '../../support/identity-provider.js';

const provider = await IdentityProvider.open('acme');
afterAll(() => provider.close());

describeConsole(
  'single sign-on in the console of an organization',
  () => startTestServer({ SSO_ALLOW_LOOPBACK: 'true' }),
  (used) => {
    it('an owner sets up a connection, tests it at the identity provider, enables and disables it', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      await used().enterprise(owner);
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/sso`);
      await press(page, 'Add a connection');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^Name/).fill('Acme login');
      await dialog.getByLabel(/^Issuer/).fill(provider.issuer);
      await dialog.getByLabel(/^Client id/).fill('tenantry');
      await dialog.getByLabel(/^Client secret/).fill(provider.clientSecret);
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Add a connection' }).click();
      const card = page.getByRole('region', { name: 'Acme login' });
      const redirectUri = await card.getByLabel('Redirect URI', { exact: true }).inputValue();
      expect(await card.getByRole('button', { name: 'Enable: Acme login' }).isDisabled()).toBe(true);
      // The provider signs the person in, and sends the browser back to the page of the redirect URI.
      await page.route(`${provider.issuer}/**`, async (route) => {
        const { state, code, iss } = await provider.visit(route.request().url(), { sub: 'ada', email: 'ada@acme.example', email_verified: true, name: 'Ada' });
        const back = `${used().origin}${new URL(redirectUri).pathname}?${new URLSearchParams({ state, code, iss }).toString()}`;
        await route.fulfill({ contentType: 'text/html', body: `<meta http-equiv="refresh" content="0;url=${back.replaceAll('&', '&amp;')}">` });
      });
      await press(page, 'Test: Acme login');
      await expectText(page, 'The identity provider has signed you in.');
      await expectText(page, 'Address: ada@acme.example');
      await expectAccessible(page);
      await page.getByRole('link', { name: 'Back to single sign-on' }).click();
      await press(page, 'Enable: Acme login');
      await press(page, 'Disable: Acme login');
      await dialog.getByRole('button', { name: 'Disable' }).click();
      await press(page, 'Delete: Acme login');
      await dialog.getByRole('button', { name: 'Delete' }).click();
      await expectText(page, 'No connections yet.');
      await page.context().close();
    });

    it('an owner gives a directory a token, which is shown once, and revokes it', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      await used().enterprise(owner);
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/sso`);
      await page.getByRole('tab', { name: 'Directory sync' }).click();
      await press(page, 'Add a directory');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^Name/).fill('Entra');
      await dialog.getByRole('button', { name: 'Add a directory' }).click();
      const scimUrl = new URL(await page.getByLabel('SCIM address to enter in the directory', { exact: true }).inputValue());
      await press(page, 'New token: Entra');
      const token = await dialog.getByLabel('Token', { exact: true }).inputValue();
      await expectAccessible(page);
      const users = `${used().server.url}${scimUrl.pathname}/Users`;
      const answer = await fetch(users, { headers: { authorization: `Bearer ${token}` } });
      expect(answer.status).toBe(200);
      await page.keyboard.press('Escape');
      await press(page, 'People: Entra');
      await dialog.getByText('The directory has sent nobody yet.').waitFor();
      await page.keyboard.press('Escape');
      await press(page, /^Revoke: /);
      await dialog.getByRole('button', { name: 'Revoke' }).click();
      await expectText(page, 'No tokens yet.');
      expect((await fetch(users, { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
      expect(await page.getByText(token).count()).toBe(0);
      await page.context().close();
    });

    it('offers nothing to set up while the plan does not include it', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/sso`);
      await expectText(page, 'The plan does not include this.');
      await expectText(page, 'No connections yet.');
      expect(await page.getByRole('button', { name: 'Add a connection' }).count()).toBe(0);
      await page.context().close();
    });

    it.each(twoLooks)('has no finding of axe-core %s', async (_, options) => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      await used().enterprise(owner);
      await owner.api.post('/tenant/sso-connections', { name: 'Keys', issuer: provider.issuer, clientId: 'tenantry' });
      const { body } = await owner.api.post(`${owner.home}/directories`, { name: 'Entra' });
      await owner.api.post(`${owner.home}/directories/${body.id}/tokens`, {});
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/sso`, options);
      await page.getByRole('region', { name: 'Keys' }).waitFor();
      await expectAccessible(page);
      await page.getByRole('tab').nth(1).click();
      await page.getByRole('region', { name: 'Entra' }).waitFor();
      await expectAccessible(page);
      await page.context().close();
    });
  },
);
