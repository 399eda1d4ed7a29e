import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { frontEndPages } from '../../../src/config/front-end-pages.js';
import { describeConsole, expectText, press } from '../../support/console.js';
import { startTestServer } from '../../support/http.js';
import { goodPassword } from '../../support/world.js';

// The day of a sales team on the preset mercura, which is sold by seats, with the pages alone.

describeConsole(
  'a day of a sales team',
  () => startTestServer({ CATALOG: 'mercura' }),
  (used) => {
    it('goes from the mailed link over an invitation and an order to the invoice and the audit log', async () => {
      const { world } = used().server;
      const [owner, rep] = [world.email('owner'), world.email('rep')];
      const page = await used().open('/sign-up');
      await page.getByLabel(/^Your name/).fill('Ada Lovelace');
      await page.getByLabel(/^Email address/).fill(owner);
      await page.getByLabel(/^Name of your organization/).fill('Quotes & Sons');
      await page.getByLabel(/^Password/).fill(goodPassword);
      await press(page, 'Create an account');
      await expectText(page, `We mailed a link to ${owner}`);
      await used().visit(page, `${frontEndPages.verifyEmail.path}?token=${await used().tokenFor(owner, frontEndPages.verifyEmail.path)}`);
      await press(page, 'Verify');
      await expectText(page, 'Your email address is verified.');

      await used().visit(page, '/');
      const navigate = async (area: string): Promise<void> => {
        await page.getByRole('navigation').getByRole('link', { name: area, exact: true }).click();
        await page.getByRole('heading', { level: 1, name: area }).waitFor();
      };
      await navigate('Members');
      await press(page, 'Invite');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^Email addresses/).fill(rep);
      await dialog.getByLabel('Role').selectOption({ label: 'Sales representative' });
      await dialog.getByRole('button', { name: 'Invite' }).click();
      await expectText(page, 'The invitation is on its way.');
      await press(page, 'Done');

      // The invited person has a browser of their own.
      const other = await used().open(`${frontEndPages.acceptInvitation.path}?token=${await used().tokenFor(rep, frontEndPages.acceptInvitation.path)}`);
      await other.getByLabel(/^Your name/).fill('Rae Rep');
      await other.getByLabel(/^Password/).fill(goodPassword);
      await press(other, 'Create an account and accept');
      await expectText(other, /You are a member of Quotes & Sons now/);
      await used().visit(other, '/');
      await other.getByRole('link', { name: 'Overview' }).waitFor();
      expect(await other.getByRole('link', { name: 'Plan and invoices' }).count()).toBe(0);

      await navigate('Plan and invoices');
      await expectText(page, /^The trial ends on /);
      await page.getByRole('radio', { name: 'Team' }).check();
      await page.getByLabel('Seats').fill('3');
      await page
        .getByRole('table', { name: 'What this costs' })
        .getByRole('row', { name: /^Due now €75\.00/ })
        .waitFor();
      await press(page, 'Order with obligation to pay');
      await dialog.getByRole('button', { name: 'Order with obligation to pay' }).click();
      await expectText(page, '€75.00 a month');
      await expectText(page, '2 of 3 seats in use');
      const [download] = await Promise.all([page.waitForEvent('download'), press(page, /^PDF of /)]);
      expect(readFileSync(await download.path(), 'latin1')).toMatch(/^%PDF-/);

      await navigate('Usage');
      await expectText(page, '2 of 3 (seat)');

      await navigate('Audit log');
      await press(page, /^Details: changeSubscription/);
      await dialog.getByRole('row', { name: 'plan trial team' }).first().waitFor();
      await dialog.getByRole('button', { name: 'Close' }).click();
      await page.getByRole('table', { name: 'Audit log' }).getByText('acceptInvitation').waitFor();
      await Promise.all([page.context().close(), other.context().close()]);
    });
  },
);
