import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { describeConsole, expectAccessible, expectText, twoLooks, press } from '../../support/console.js';
import { startTestServer } from '../../support/http.js';
import type { Person } from '../../support/world.js';

const pathOf = ({ organizationId }: Person): string => `/organizations/${organizationId}/audit`;

describeConsole(
  'the audit log in the console',
  () => startTestServer(),
  (used) => {
    /** Somebody whose organization got another name, and whose member was refused something. */
    async function renamer(): Promise<Person> {
      const { world, control } = used().server;
      const owner = await world.owner({ organization: 'Acme' });
      const member = await world.member(owner);
      await owner.api.patch(owner.home, { name: 'Acme Tools' });
      await member.api.delete(owner.home);
      await control.flush();
      return owner;
    }

    it('shows changes with the values before and after, filters them, and exports them', async () => {
      const owner = await renamer();
      const page = await used().openAs(owner, pathOf(owner));
      const events = page.getByRole('table', { name: 'Audit log' });
      await events.getByText('Delete an organization').waitFor();
      await page.getByLabel('Outcome').selectOption('done');
      await events.getByText('Delete an organization').waitFor({ state: 'detached' });
      // Sign-ins name the person, as all of their other changes do.
      expect(
        await events
          .getByRole('row', { name: /Sign in/ })
          .first()
          .getByText(`Olive Owner <${owner.email}>`)
          .count(),
      ).toBe(1);
      await page.getByRole('combobox', { name: 'Action' }).fill('profile of an org');
      await page.getByRole('option', { name: 'Update the profile of an organization updateOrganization' }).click();
      await press(page, /^Details: Update the profile of an organization/);
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('row', { name: 'Name in the API updateOrganization' }).waitFor();
      await dialog.getByRole('heading', { name: 'Changed: Organization' }).waitFor();
      await dialog.getByRole('row', { name: 'name Acme Acme Tools' }).waitFor();
      await dialog.getByRole('button', { name: 'Only events of this actor' }).click();
      await page.getByRole('button', { name: /^Remove the filter: By Olive Owner/ }).waitFor();
      const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Download')]);
      const lines = readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\n');
      expect(lines).toHaveLength(2);
      expect(lines[1]).toContain('updateOrganization');
      await page.getByRole('combobox', { name: 'Action' }).fill('createTeam');
      await expectText(page, 'Nothing matches the filters.');
      await page.getByRole('tab', { name: 'Reads' }).click();
      await expectText(page, /^No reads are recorded/);
      await page.context().close();
    });

    it.each(twoLooks)('has no finding of axe-core %s', async (_, options) => {
      const owner = await renamer();
      const page = await used().openAs(owner, pathOf(owner), options);
      await page.getByRole('table').waitFor();
      await expectAccessible(page);
      await page
        .getByRole('button', { name: /Update the profile of an organization|Profil der Organisation ändern/ })
        .first()
        .click();
      await page.getByRole('dialog').getByRole('table').last().waitFor();
      await expectAccessible(page);
      await page.context().close();
    });
  },
);
