import { expect, it } from '@jest/globals';
import { describeConsole, englishOn, expectAccessible, expectText, press, twoLooks } from '../../support/console.js';
import { startTestServer } from '../../support/http.js';

describeConsole(
  'the roles and teams in the console of an organization',
  () => startTestServer(),
  (used) => {
    it('an owner makes a role and a team with it, adds a member, and sees why the member may', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const member = await used().server.world.member(owner);
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/roles`);
      await press(page, 'Create a role');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^Name/).fill('Auditor');
      await dialog.getByLabel('audit:read').check();
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Create a role' }).click();
      await page.getByRole('button', { name: 'Edit: Auditor' }).waitFor();
      await page.getByRole('columnheader', { name: 'Auditor' }).waitFor();
      await page.getByRole('tab', { name: 'Teams' }).click();
      await press(page, 'Create a team');
      await dialog.getByLabel(/^Name/).fill('Controllers');
      await dialog.getByLabel('Auditor').check();
      await dialog.getByRole('button', { name: 'Create a team' }).click();
      await press(page, 'Members: Controllers');
      await dialog.getByRole('combobox', { name: 'Add a member' }).fill(member.email);
      await page.getByRole('option', { name: new RegExp(member.email) }).click();
      await dialog.getByRole('button', { name: 'Add', exact: true }).click();
      await dialog.getByRole('row').filter({ hasText: member.email }).waitFor();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await page.getByRole('tab', { name: 'Why may they?' }).click();
      await page.getByRole('combobox', { name: 'Member' }).fill(member.email);
      await page.getByRole('option', { name: new RegExp(member.email) }).click();
      await page.getByLabel('Permission', { exact: true }).selectOption('audit:read');
      await press(page, 'Check');
      await page.getByRole('cell', { name: 'Team Controllers (role Auditor)' }).last().waitFor();
      expect(await page.getByRole('status').filter({ hasText: 'Allowed' }).count()).toBe(1);
      await expectAccessible(page);
      await page.getByRole('tab', { name: 'Roles' }).click();
      await press(page, 'Delete: Auditor');
      await dialog.getByRole('button', { name: 'Delete' }).click();
      // A team has the role, so another one must replace it.
      await dialog.getByRole('alert').waitFor();
      await page.context().close();
    });

    it('a member sees the steps of the decision of the server about them', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const member = await used().server.world.member(owner);
      const page = await used().openAs(member, `/organizations/${owner.organizationId}/roles`);
      await page.getByRole('tab', { name: 'Why may they?' }).click();
      const own = page.getByRole('combobox', { name: 'Member' });
      await own.fill(member.email);
      await page.getByRole('option', { name: new RegExp(member.email) }).click();
      await page.getByLabel('Permission', { exact: true }).selectOption('organization:delete');
      await press(page, 'Check');
      await expectText(page, 'Refused');
      const steps = page.getByRole('table', { name: 'Steps of the decision' });
      expect(await steps.textContent()).toContain('PermissionFailed');
      expect(await page.getByRole('button', { name: /Create|Delete/ }).count()).toBe(0);
      await page.context().close();
    });

    it.each(twoLooks)('has no finding of axe-core %s', async (_, options) => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      await owner.api.post(`${owner.home}/teams`, { name: 'Controllers' });
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}/roles`, options);
      await page.getByRole('row').nth(1).waitFor();
      await expectAccessible(page);
      await page.getByRole('tab').nth(1).click();
      await page.getByRole('row').nth(1).waitFor();
      await expectAccessible(page);
      await page.getByRole('tab').nth(2).click();
      const own = page.getByRole('tabpanel').getByRole('combobox').first();
      await own.fill(owner.email);
      await page.getByRole('option', { name: new RegExp(owner.email) }).click();
      await page.getByRole('button', { name: /^(Check|Prüfen)$/ }).click();
      await page.getByRole('table').waitFor();
      expect(options.locale === 'de-DE' ? await englishOn(page) : []).toEqual([]);
      await expectAccessible(page);
      await page.context().close();
    });
  },
);
