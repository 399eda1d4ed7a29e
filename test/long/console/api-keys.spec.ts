import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeConsole, expectAccessible, expectText, twoLooks, press } from '../../support/console.js';
import { startTestServer } from '../../support/http.js';
import type { Person } from '../../support/world.js';

const pathOf = ({ organizationId }: Person): string => `/organizations/${organizationId}/api-keys`;

/** Reads the secret that the dialog shows once, and closes it. */
async function secretIn(page: Page): Promise<string> {
  const secret = await page.getByLabel('Secret', { exact: true }).inputValue();
  await press(page, 'I have kept it');
  return secret;
}

describeConsole(
  'API keys in the console',
  () => startTestServer(),
  (used) => {
    it('a key is created, used, edited, rotated, disabled and revoked', async () => {
      const { world, api } = used().server;
      const owner = await world.owner();
      const answerTo = async (key: string): Promise<number> => (await api.as(key).get(`${owner.home}/members`)).status;
      const page = await used().openAs(owner, pathOf(owner));
      await expectText(page, 'There are no API keys.');
      await press(page, 'Create a key');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('Importer');
      await dialog.getByRole('checkbox', { name: /^members:read/ }).check();
      expect(await dialog.getByRole('checkbox', { name: /^billing:manage/ }).count()).toBe(0);
      await dialog.getByRole('button', { name: 'Create a key' }).click();
      const first = await secretIn(page);
      expect(await answerTo(first)).toBe(200);
      const [{ id }] = (await owner.api.get(`${owner.home}/api-keys`)).body.data as [{ id: string }];
      const own = `${owner.home}/api-keys/${id}`;
      const before = await owner.api.get(own);
      expect((await owner.api.patch(own, { allowedIps: ['127.0.0.1'] })).status).toBe(200);
      await press(page, 'Edit: Importer');
      await dialog.getByLabel('Name').fill('Nightly importer');
      await dialog.getByLabel('Expires on').fill('2099-12-31');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await expectText(page, 'Until Dec 31, 2099');
      // What somebody else has changed since the list was read stays.
      expect((await owner.api.get(own)).body).toMatchObject({ name: 'Nightly importer', enabled: true, allowedIps: ['127.0.0.1'] });
      await press(page, 'Edit: Nightly importer');
      await dialog.getByLabel('Name').fill('Importer of the night');
      // So does what somebody else has changed since the form was opened.
      expect((await owner.api.patch(own, { enabled: false })).status).toBe(200);
      for (const attempt of [1, 2]) {
        const [answer] = await Promise.all([page.waitForResponse((each) => each.request().method() === 'PATCH'), dialog.getByRole('button', { name: 'Save' }).click()]);
        expect([attempt, answer.status()]).toEqual([attempt, 412]);
        await dialog.getByRole('alert').waitFor();
      }
      expect((await owner.api.get(own)).body).toMatchObject({ name: 'Nightly importer', enabled: false });
      expect((await owner.api.patch(own, { enabled: true, allowedIps: before.body.allowedIps })).status).toBe(200);
      await page.reload();
      await press(page, 'Rotate: Nightly importer');
      await dialog.getByLabel('The present secret still works for').selectOption('0');
      await dialog.getByRole('button', { name: 'Rotate' }).click();
      const second = await secretIn(page);
      expect([await answerTo(first), await answerTo(second)]).toEqual([401, 200]);
      await press(page, 'Disable: Nightly importer');
      await dialog.getByRole('button', { name: 'Disable' }).click();
      await page.getByRole('button', { name: 'Disable: Nightly importer' }).waitFor({ state: 'detached' });
      expect(await answerTo(second)).toBe(401);
      await press(page, 'Revoke: Nightly importer');
      await dialog.getByRole('button', { name: 'Revoke' }).click();
      await expectText(page, 'There are no API keys.');
      await page.context().close();
    });

    it('a member creates a personal key only, and does not change the keys of the organization', async () => {
      const { world } = used().server;
      const owner = await world.owner();
      await owner.api.post(`${owner.home}/api-keys`, { name: 'Of all', permissions: ['members:read'] });
      const member = await world.member(owner);
      const page = await used().openAs(member, pathOf(member));
      await press(page, 'Create a key');
      const dialog = page.getByRole('dialog');
      expect(await dialog.getByRole('radio').count()).toBe(0);
      await dialog.getByLabel('Name').fill('Mine');
      await dialog.getByRole('checkbox').first().check();
      await dialog.getByRole('button', { name: 'Create a key' }).click();
      await secretIn(page);
      await page.getByRole('button', { name: 'Revoke: Mine' }).waitFor();
      expect(await page.getByRole('button', { name: 'Revoke: Of all' }).count()).toBe(0);
      await page.context().close();
    });

    it.each(twoLooks)('has no finding of axe-core %s', async (_, options) => {
      const owner = await used().server.world.owner();
      await owner.api.post(`${owner.home}/api-keys`, { name: 'Importer', permissions: ['members:read'] });
      const page = await used().openAs(owner, pathOf(owner), options);
      await page.getByRole('table').waitFor();
      await expectAccessible(page);
      await press(page, options.locale === 'de-DE' ? 'Schlüssel anlegen' : 'Create a key');
      await page.getByRole('dialog').getByRole('checkbox').first().waitFor();
      await expectAccessible(page);
      await page.context().close();
    });
  },
);
