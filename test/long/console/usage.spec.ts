import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { describeConsole, expectAccessible, expectText, twoLooks, press } from '../../support/console.js';
import { startTestServer } from '../../support/http.js';
import type { Person } from '../../support/world.js';

const pathOf = ({ organizationId }: Person): string => `/organizations/${organizationId}/usage`;

describeConsole(
  'usage in the console',
  () => startTestServer(),
  (used) => {
    /** Somebody whose organization has used something, by a session and by a key. */
    async function user(): Promise<Person> {
      const { world, control, api } = used().server;
      const owner = await world.owner();
      const { body } = await owner.api.post(`${owner.home}/api-keys`, { name: 'Importer', permissions: ['members:read'] });
      await api.as(body.key).get(`${owner.home}/members`);
      await owner.api.get(`${owner.home}/teams`);
      await control.flush();
      return owner;
    }

    it('shows limits and the usage by day, endpoint, user and key, and exports it', async () => {
      const owner = await user();
      const page = await used().openAs(owner, pathOf(owner));
      await page.getByRole('progressbar', { name: 'Seats, share of the limit' }).waitFor();
      await page.getByRole('img', { name: 'Requests by Day' }).locator('.recharts-bar-rectangle path').first().waitFor();
      const choose = (group: string): Promise<void> => page.getByRole('radiogroup', { name: 'By' }).getByText(group, { exact: true }).click();
      await choose('Endpoint');
      await page
        .getByRole('table', { name: 'Requests by Endpoint' })
        .getByRole('row', { name: /^GET .*\/members/ })
        .waitFor();
      await choose('User');
      await page
        .getByRole('table', { name: 'Requests by User' })
        .getByRole('row', { name: /^Olive Owner/ })
        .waitFor();
      await choose('Key');
      await page
        .getByRole('table', { name: 'Requests by Key' })
        .getByRole('row', { name: /^Importer 1/ })
        .waitFor();
      await page.getByLabel('Shown').selectOption({ label: 'API calls' });
      await page.getByRole('table', { name: 'API calls by Key' }).waitFor();
      await page.getByLabel('Data').selectOption('requests');
      const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Download')]);
      expect(download.suggestedFilename()).toMatch(/\.csv$/);
      expect(readFileSync(await download.path(), 'utf8')).toContain('/members');
      await page.context().close();
    });

    it('shows days without usage, and why a range is refused', async () => {
      const owner = await user();
      const page = await used().openAs(owner, pathOf(owner));
      await page.getByLabel('From').fill('2020-01-01');
      await page.getByLabel('Until').fill('2020-01-31');
      await expectText(page, 'Nothing was used in this time.');
      await page.getByLabel('Until').fill('2026-01-31');
      await page.getByRole('alert').first().waitFor();
      await page.context().close();
    });

    it.each(twoLooks)('has no finding of axe-core %s', async (_, options) => {
      const owner = await user();
      const page = await used().openAs(owner, pathOf(owner), options);
      await page.locator('.recharts-bar-rectangle path').first().waitFor();
      await expectAccessible(page);
      await page.context().close();
    });
  },
);
