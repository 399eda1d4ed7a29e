import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describeConsole, expectAccessible, expectText, twoLooks, press } from '../../support/console.js';
import { startTestServer } from '../../support/http.js';

const pathOf = ({ organizationId }: { readonly organizationId: string }): string => `/organizations/${organizationId}/billing`;

/** Presses a button of the open dialog. */
const confirm = (page: Page, name: string): Promise<void> => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

describeConsole(
  'plan and invoices in the console',
  () => startTestServer(),
  (used) => {
    it('an owner sees what a plan costs, orders it, downloads the invoice, cancels and takes that back', async () => {
      const owner = await used().server.world.owner();
      const page = await used().openAs(owner, pathOf(owner));
      await expectText(page, 'Choose another plan, other seats or add-ons to see what they cost.');
      await page.getByRole('radio', { name: 'Pro' }).check();
      await page.getByLabel('Extra storage').fill('2');
      const costs = page.getByRole('table', { name: 'What this costs' });
      await costs.getByRole('row', { name: 'Due now $47.00' }).waitFor();
      await costs.getByRole('row', { name: 'Then each month $47.00' }).waitFor();
      await expectText(page, /^You get: .*Webhooks/);
      await press(page, 'Order with obligation to pay');
      await expectText(page, 'Order for $47.00?');
      await confirm(page, 'Order with obligation to pay');
      await expectText(page, '$47.00 a month');
      await expectText(page, '2 × Extra storage');
      const invoices = page.getByRole('table', { name: 'Invoices' });
      await invoices.getByText(/^\$47.00 until /).waitFor();
      const [download] = await Promise.all([page.waitForEvent('download'), invoices.getByRole('button', { name: /^PDF of / }).click()]);
      expect(download.suggestedFilename()).toMatch(/\.pdf$/);
      expect(readFileSync(await download.path(), 'latin1')).toMatch(/^%PDF-/);
      await press(page, 'Cancel the plan');
      await confirm(page, 'Cancel the plan');
      await expectText(page, /^Canceled. The plan ends on /);
      await press(page, 'Withdraw what is scheduled or waits');
      await expectText(page, /^The period ends on /);
      await page.context().close();
    });

    it('an owner saves the recipient of invoices, and sees what is wrong with an address', async () => {
      const owner = await used().server.world.owner();
      const page = await used().openAs(owner, pathOf(owner));
      await page.getByLabel('Country').selectOption({ label: 'Germany' });
      await page.getByLabel('Street and number').fill('Main Street 1');
      await page.getByLabel('Postal code').fill('1');
      await page.getByLabel('City').fill('Berlin');
      await press(page, 'Save');
      await page.getByRole('alert').waitFor();
      await page.getByLabel('Postal code').fill('10115');
      await press(page, 'Save');
      await expectText(page, 'Saved.');
      const { body } = await owner.api.get(`${owner.home}/billing/profile`);
      expect(body.billingAddress).toEqual({ line1: 'Main Street 1', postalCode: '10115', city: 'Berlin', country: 'DE' });
      await page.context().close();
    });

    it('a member without the permission is not offered the page, and sees nothing at its address', async () => {
      const owner = await used().server.world.owner();
      const page = await used().openAs(await used().server.world.member(owner), pathOf(owner));
      await expectText(page, 'You may not see this');
      expect(await page.getByRole('link', { name: 'Plan and invoices' }).count()).toBe(0);
      await page.context().close();
    });

    it.each(twoLooks)('has no finding of axe-core %s', async (_, options) => {
      const owner = await used().server.world.owner();
      await owner.api.patch(`${owner.home}/subscription`, { plan: 'pro' });
      const page = await used().openAs(owner, pathOf(owner), options);
      await page.getByRole('radio', { name: 'Enterprise' }).check();
      await page.getByRole('table', { name: options.locale === 'de-DE' ? 'Was das kostet' : 'What this costs' }).waitFor();
      await page.getByRole('button', { name: /^PDF/ }).waitFor();
      await expectAccessible(page);
      await page.context().close();
    });
  },
);
