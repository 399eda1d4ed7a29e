import { afterAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeConsole, expectAccessible, expectText, press, twoLooks } from '../../support/console.js';
import { TestDns } from '../../support/dns.js';
import { eventually } from '../../support/eventually.js';
import { startTestServer } from '../../support/http.js';
import { IdentityProvider, visitProvider } from '../../support/identity-provider.js';
import { newSamlKey, SamlIdentityProvider } from '../../support/saml-identity-provider.js';
import { goodPassword } from '../../support/world.js';

const provider = await IdentityProvider.open('acme');
const dns = await TestDns.open();
afterAll(() => Promise.all([provider.close(), dns.close()]));

/** Signs the person in at the identity provider, which sends the browser back to the page of the redirect URI. */
async function signInThere(page: Page, origin: string, redirectUri: string, email = 'ada@acme.example'): Promise<void> {
  await page.route(`${provider.issuer}/**`, async (route) => {
    const { state, code, iss } = await provider.visit(route.request().url(), { sub: email, email, email_verified: true, name: email.startsWith('grace') ? 'Grace' : 'Ada' });
    const back = `${origin}${new URL(redirectUri).pathname}?${new URLSearchParams({ state, code, iss }).toString()}`;
    await route.fulfill({ contentType: 'text/html', body: `<meta http-equiv="refresh" content="0;url=${back.replaceAll('&', '&amp;')}">` });
  });
}

describeConsole(
  'single sign-on in the console of an organization',
  () => startTestServer({ DNS_SERVERS: dns.address, SSO_ALLOW_LOOPBACK: 'true', AUTH_PROVIDERS: 'acme', ...provider.env('acme') }),
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
      await signInThere(page, used().origin, redirectUri);
      await press(page, 'Test: Acme login');
      await expectText(page, 'The identity provider has signed you in.');
      await expectText(page, 'Address: ada@acme.example');
      await expectAccessible(page);
      await page.getByRole('link', { name: 'Back to single sign-on' }).click();
      await press(page, 'Enable: Acme login');
      await page.getByRole('button', { name: 'Disable: Acme login' }).waitFor();
      await press(page, 'Roles: Acme login');
      await press(page, 'Add a value');
      await dialog.getByLabel(/^Value of the claim/).fill('everybody');
      await press(page, 'Add a value');
      await dialog
        .getByLabel(/^Value of the claim/)
        .last()
        .fill('admins');
      await dialog.getByLabel('Role', { exact: true }).last().selectOption('admin');
      await press(page, 'Move up: Value 2');
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
      expect((await owner.api.get('/tenant/sso-connections')).body.data).toMatchObject([
        {
          roleClaim: 'groups',
          roleMappings: [
            { value: 'admins', role: 'admin' },
            { value: 'everybody', role: 'member' },
          ],
        },
      ]);
      await press(page, 'Disable: Acme login');
      await dialog.getByRole('button', { name: 'Disable' }).click();
      await press(page, 'Delete: Acme login');
      await dialog.getByRole('button', { name: 'Delete' }).click();
      await expectText(page, 'No connections yet.');
      await page.context().close();
    });

    it('an owner replaces the certificate of a SAML identity provider and the key of the connection', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      await used().enterprise(owner);
      const saml = await SamlIdentityProvider.open();
      const created = await owner.api.post('/tenant/sso-connections/saml', { name: 'Acme SAML', metadata: saml.metadata() });
      const now = async (): Promise<any> => (await owner.api.get(`/tenant/sso-connections/${created.body.id}`)).body.saml;
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/sso`);
      await press(page, 'Settings of SAML: Acme SAML');
      const settings = page.getByRole('dialog', { name: 'Settings of SAML: Acme SAML' });
      const next = await newSamlKey();
      await settings.getByLabel(/^The next certificate/).fill(next.certificate);
      await settings.getByRole('button', { name: 'Add the certificate' }).click();
      await settings
        .getByRole('button', { name: /^Remove: / })
        .first()
        .click();
      await page.getByRole('dialog', { name: 'Remove the certificate?' }).getByRole('button', { name: 'Remove' }).click();
      await settings.getByRole('button', { name: 'Add the certificate' }).waitFor();
      expect((await now()).certificates).toMatchObject([{ pem: `${next.certificate}\n` }]);
      await settings.getByLabel('Sign requests with the key of this connection').click();
      await settings.getByRole('button', { name: 'Replace the key' }).click();
      const certificate = await settings.getByLabel('Next certificate of this connection', { exact: true }).inputValue();
      await expectAccessible(page);
      await settings.getByRole('button', { name: 'Finish' }).click();
      await page.getByRole('dialog', { name: 'Finish' }).getByRole('button', { name: 'Finish' }).click();
      await settings.getByRole('button', { name: 'Replace the key' }).waitFor();
      const after = await now();
      expect(after).toMatchObject({ signRequests: true, idpInitiated: false, nextCertificate: null });
      expect(after.certificate.replaceAll('\n', '')).toBe(certificate.replaceAll('\n', ''));
      await settings.getByLabel(/^Or the metadata itself/).fill(saml.metadata());
      await settings.getByRole('button', { name: 'Read the metadata again' }).click();
      await eventually(now, ({ certificates: [{ pem }] }) => pem === `${saml.key.certificate}\n`);
      await page.context().close();
      await saml.close();
    });

    it('people sign in with a connection, also from the identity provider, and a member with an address elsewhere links it', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      await used().enterprise(owner);
      const connections = '/tenant/sso-connections';
      const connection = { name: 'Acme login', issuer: provider.issuer, clientId: 'tenantry', clientSecret: provider.clientSecret };
      const { id: connectionId, redirectUri } = (await owner.api.post(connections, connection)).body as { id: string; redirectUri: string };
      const tested = await visitProvider(owner.api, provider, { sub: 'ada', email: 'ada@acme.example' }, `${connections}/${connectionId}/test`);
      expect((await owner.api.post(`${connections}/${connectionId}/test/complete`, tested)).status).toBe(200);
      expect((await owner.api.patch(`${connections}/${connectionId}`, { enabled: true })).status).toBe(200);
      const domain = `${used().server.world.unique()}.example`;
      const { dnsRecord, id } = (await owner.api.post('/tenant/domains', { kind: 'email', domain })).body;
      dns.set(dnsRecord.name, dnsRecord.value);
      expect((await owner.api.post(`/tenant/domains/${id}/verify`)).status).toBe(200);
      const guest = await used().open('/sign-in');
      await signInThere(guest, used().origin, redirectUri, `grace@${domain}`);
      await press(guest, 'Single sign-on of your organization');
      await guest.getByLabel(/^Email address/).fill(`grace@${domain}`);
      await press(guest, 'Continue');
      await guest.waitForURL(`${used().origin}/organizations/${owner.organizationId}`);
      // Who begins at the identity provider is sent there once more, and comes back signed in.
      await guest.goto(`${used().origin}${new URL(redirectUri).pathname}`);
      await expectText(guest, 'You are signed in already.');
      await expectAccessible(guest);
      await used().visit(guest, `/organizations/${owner.organizationId}`);
      await press(guest, 'Grace');
      await guest.getByRole('menuitem', { name: 'Sign out' }).click();
      await guest.waitForURL(/\/sign-in/);
      await guest.goto(`${used().origin}${new URL(redirectUri).pathname}`);
      await guest.waitForURL(`${used().origin}/organizations/${owner.organizationId}`);
      await guest.context().close();
      // A member with an address elsewhere links the account at the identity provider after another sign-in.
      const contractor = await used().server.world.member(owner);
      const other = await used().open('/sign-in');
      await signInThere(other, used().origin, redirectUri, 'contractor@elsewhere.example');
      await other.goto(`${used().origin}${new URL(redirectUri).pathname}`);
      await other.getByRole('link', { name: /^I have an account here/ }).click();
      await other.getByRole('heading', { name: /^Sign in/ }).waitFor();
      await other.getByLabel(/^Email address/).fill(contractor.email);
      await other.getByLabel(/^Password/).fill(goodPassword);
      await press(other, 'Sign in');
      await press(other, 'Link the single sign-on of your organization');
      await other.getByRole('button', { name: 'Remove: Acme login · Acme' }).waitFor();
      await other.context().close();
    });

    it('somebody without an account sets up a connection with a link, tests it, and enables it, which ends the link', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      await used().enterprise(owner);
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/sso`);
      await page.getByRole('tab', { name: 'Set-up links' }).click();
      await press(page, 'New link');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^For whom/).fill('Pat, IT of Acme');
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'New link' }).click();
      const link = new URL(await dialog.getByLabel('Link', { exact: true }).inputValue());
      await press(page, 'I have kept it');
      const guest = await used().open(`${link.pathname}${link.hash}`, await used().newContext({ viewport: { width: 360, height: 640 }, colorScheme: 'dark' }));
      await expectText(guest, 'Set up single sign-on for Acme');
      await guest.getByLabel(/^Name/).fill('Acme login');
      await guest.getByLabel(/^Issuer/).fill(provider.issuer);
      await guest.getByLabel(/^Client id/).fill('tenantry');
      await guest.getByLabel(/^Client secret/).fill('wrong-secret');
      expect(await guest.getByLabel('Role of new members').count()).toBe(0);
      await expectAccessible(guest);
      await press(guest, 'Add a connection');
      const card = guest.getByRole('region', { name: 'Acme login' });
      await signInThere(guest, used().origin, await card.getByLabel('Redirect URI', { exact: true }).inputValue());
      // The identity provider refuses the secret: the attempt says why.
      await press(guest, 'Test: Acme login');
      await guest.getByRole('alert').waitFor();
      await guest.getByRole('link', { name: 'Back to the set-up' }).click();
      await card.getByRole('cell', { name: 'invalid_client' }).waitFor();
      expect(await card.getByRole('button', { name: 'Enable and finish: Acme login' }).isDisabled()).toBe(true);
      await press(guest, 'Change the secret: Acme login');
      const question = guest.getByRole('dialog');
      await question.getByLabel(/^Client secret/).fill(provider.clientSecret);
      await question.getByRole('button', { name: 'Save' }).click();
      await press(guest, 'Test: Acme login');
      await expectText(guest, 'Address: ada@acme.example');
      await expectAccessible(guest);
      await guest.getByRole('link', { name: 'Back to the set-up' }).click();
      await card.getByText(/^Tested /).waitFor();
      await expectAccessible(guest);
      await press(guest, 'Enable and finish: Acme login');
      await question.getByRole('button', { name: 'Enable and finish' }).click();
      await expectText(guest, /^Acme login is enabled/);
      await guest.reload();
      await expectText(guest, 'This link does not work any more');
      await expectAccessible(guest);
      await guest.context().close();
      await page.reload();
      await page.getByRole('region', { name: 'Acme login' }).getByText('Enabled', { exact: true }).waitFor();
      await page.context().close();
    });

    it('a person signs in with an identity provider of the installation, links it to another account, and removes the link', async () => {
      const owner = await used().server.world.owner({ verified: true });
      const page = await used().openAs(owner, '/account');
      const accounts = page.getByRole('region', { name: 'Accounts at identity providers' });
      await signInThere(page, used().origin, 'https://app.tenantry.test/sign-in/acme');
      await press(page, 'Link Acme');
      await page.waitForURL(`${used().origin}/account`);
      await accounts.getByText('Acme · ada@acme.example').waitFor();
      expect(await accounts.getByRole('button', { name: 'Link Acme' }).count()).toBe(0);
      await expectAccessible(page);
      await press(page, 'Sign out');
      await page.waitForURL(/\/sign-in/);
      await press(page, 'Sign in with Acme');
      await page.waitForURL(`${used().origin}/organizations/${owner.organizationId}`);
      await used().visit(page, '/account');
      await press(page, 'Remove: Acme · ada@acme.example');
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await expectText(page, 'You sign in without an identity provider.');
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
      await page.getByRole('tab').nth(2).click();
      await page.getByRole('region', { name: 'Entra' }).waitFor();
      await expectAccessible(page);
      await page.context().close();
    });
  },
);
