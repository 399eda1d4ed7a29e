import { expect, it } from '@jest/globals';
import { changes, describeConsole, expectAccessible, expectText, twoLooks, press } from '../../support/console.js';
import { startTestServer } from '../../support/http.js';
import { codeOf } from '../../support/totp.js';

describeConsole(
  'the members in the console of an organization',
  () => startTestServer(),
  (used) => {
    it('an owner finds a member, gives another role, takes it back when it is refused, and removes the member', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const [ada, grace] = [await used().server.world.member(owner), await used().server.world.member(owner)];
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/members`);
      await expectText(page, ada.email);
      await page.getByRole('searchbox').fill(grace.email);
      await page.getByText(ada.email).waitFor({ state: 'detached' });
      await page.getByRole('searchbox').fill('nobody-has-this-name');
      await expectText(page, 'Nothing matches the filters.');
      await page.getByRole('searchbox').fill('');
      const rowOf = (email: string) => page.getByRole('row').filter({ hasText: email });
      const role = rowOf(ada.email).getByRole('combobox');
      await changes(page, () => role.selectOption('admin'));
      expect((await owner.api.get(`${owner.home}/members/${ada.userId}`)).body).toMatchObject({ role: 'admin' });
      // The organization keeps its last owner.
      await rowOf(owner.email).getByRole('combobox').selectOption('member');
      await page.getByRole('alert').waitFor();
      expect(await rowOf(owner.email).getByRole('combobox').inputValue()).toBe('owner');
      await rowOf(grace.email)
        .getByRole('button', { name: /^Remove/ })
        .click();
      await expectAccessible(page);
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await rowOf(grace.email).waitFor({ state: 'detached' });
      expect((await owner.api.get(`${owner.home}/members/${grace.userId}`)).status).toBe(404);
      await page.context().close();
    });

    it('an owner invites people from a pasted list, sends one again, passes a link on, and revokes', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme', verified: true });
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/members`);
      await press(page, 'Invite');
      const [first, second, third] = [used().server.world.email(), used().server.world.email(), used().server.world.email()];
      await page.getByLabel(/^Email addresses/).fill(`Ada Lovelace <${first}>; ${second},${first.toUpperCase()}`);
      await expectText(page, '2 addresses');
      await page.getByLabel(/^Message/).fill('Welcome aboard');
      await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
      await expectText(page, '2 invitations are on their way.');
      await press(page, 'Done');
      await page.getByRole('tab', { name: 'Invitations' }).click();
      await press(page, `Send again: ${first}`);
      await expectText(page, `The mail to ${first} is on its way.`);
      await press(page, `Revoke: ${second}`);
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('row').filter({ hasText: second }).waitFor({ state: 'detached' });
      await press(page, 'Invite');
      await page.getByLabel(/^Email addresses/).fill(third);
      await page.getByText('I pass it on').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
      const link = await page.getByLabel(`Link for ${third}`).first().inputValue();
      expect((await owner.api.post('/invitations/preview', { token: new URL(link).searchParams.get('token') })).body).toMatchObject({ email: third });
      await page.context().close();
    });

    it('an owner makes an account with a user name, and gives it another password', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/members`);
      const dialog = page.getByRole('dialog');
      const signIn = async () => {
        const shown = async (label: string): Promise<string> => dialog.getByLabel(label, { exact: true }).inputValue();
        const [organization, userName, password] = [await shown('Organization'), await shown('User name'), await shown('Password')];
        const { status, body } = await used().server.api.post('/auth/login', { organization, userName, password });
        return { status, token: String(body.accessToken), password };
      };
      await press(page, 'Account without an address');
      await dialog.getByLabel(/^Name/).fill('Ada Lovelace');
      await dialog.getByLabel(/^User name/).fill('Ada Lovelace');
      await press(page, 'Make the account');
      await dialog.getByText(/userName must/).waitFor();
      await dialog.getByLabel(/^User name/).fill('ada.l');
      await expectAccessible(page);
      await press(page, 'Make the account');
      await dialog.getByText(/^Hand this to the person/).waitFor();
      await expectAccessible(page);
      const first = await signIn();
      expect(first.status).toBe(200);
      await press(page, 'I have kept it');
      const ada = used().server.api.as(first.token);
      const { secret } = (await ada.post('/auth/mfa/totp')).body as { secret: string };
      expect((await ada.post('/auth/mfa/totp/confirm', { code: codeOf(secret) })).status).toBe(200);
      await press(page, 'Sign-in: Ada Lovelace');
      await press(page, 'Remove the second factor');
      await dialog.getByText('The account has no second factor now.').waitFor();
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'New password' }).click();
      await dialog.getByText(/^Hand this to the person/).waitFor();
      const second = await signIn();
      // Without a second factor, the password is enough.
      expect([second.status, (await used().server.api.as(second.token).get('/auth/me')).body.twoFactorEnabled]).toEqual([200, false]);
      expect((await used().server.api.post('/auth/login', { organization: owner.slug, userName: 'ada.l', password: first.password })).status).toBe(401);
      await press(page, 'I have kept it');
      expect(await page.getByRole('button', { name: /^Sign-in: / }).count()).toBe(1);
      await page.context().close();
    });

    it('shows each address that the API refuses, and keeps what was typed', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/members`);
      await press(page, 'Invite');
      await page.getByLabel(/^Email addresses/).fill(owner.email);
      await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
      await page.getByRole('dialog').getByRole('alert').waitFor();
      expect(await page.getByLabel(/^Email addresses/).inputValue()).toBe(owner.email);
      await page.context().close();
    });

    it('offers members nothing that they may not do', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const member = await used().server.world.member(owner);
      const page = await used().openAs(member, `/organizations/${owner.organizationId}/members`);
      await expectText(page, owner.email);
      expect(await page.getByRole('button', { name: /Remove|Invite|Custom roles|Account|Sign-in/ }).count()).toBe(0);
      expect(await page.getByRole('row').getByRole('combobox').count()).toBe(0);
      await press(page, 'Leave');
      await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
      await page.waitForURL(/\/organizations$/);
      await page.context().close();
    });

    it('says what went wrong while the API fails, and reads again', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}`);
      await page.route('**/members?**', (route) =>
        route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"title":"Internal error","status":500,"code":"internal_error"}' }),
      );
      await page.getByRole('link', { name: 'Members' }).click();
      await page.getByRole('alert').waitFor();
      await expectAccessible(page);
      await page.unroute('**/members?**');
      await press(page, 'Try again');
      await expectText(page, owner.email);
      await page.context().close();
    });

    it.each(twoLooks)('has no finding of axe-core %s', async (_, options) => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      await owner.api.post(`${owner.home}/invitations`, { email: used().server.world.email(), role: 'member' });
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/members`, options);
      await page.getByRole('row').nth(1).waitFor();
      await expectAccessible(page);
      await page.getByRole('tab').nth(1).click();
      await page.getByRole('row').nth(1).waitFor();
      await expectAccessible(page);
      await page.getByRole('tab').nth(2).click();
      await page.getByRole('tabpanel').getByRole('status').waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: /^(Invite|Einladen)$/ }).click();
      await page.getByRole('dialog').getByRole('textbox').first().waitFor();
      await expectAccessible(page);
      await page.context().close();
    });
  },
);
