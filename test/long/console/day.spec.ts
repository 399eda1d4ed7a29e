import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { frontEndPages } from '../../../src/config/front-end-pages.js';
import { describeConsole, expectText, press, type ConsoleInBrowser } from '../../support/console.js';
import { eventually } from '../../support/eventually.js';
import { startTestServer } from '../../support/http.js';
import { pdfText } from '../../support/pdf-text.js';
import { goodPassword } from '../../support/world.js';

// A day on each preset as people live it, with the pages alone: from the mailed link to the invoice and the audit log.

interface Day {
  readonly catalog: 'mercura' | 'toolboxai' | 'quizmarker' | 'knowton';
  readonly organization: string;
  /** The role of the invited person, as the pages name it. */
  readonly role: string;
  /** What is ordered. */
  readonly plan: string;
  readonly seats?: string;
  /** What is due, in cents. The price of the time that remains after a paid plan falls with each minute. */
  readonly due: number;
  readonly currency: string;
  /** The paid plan of the sign-up, whose unused time is credited. */
  readonly credited?: string;
  /** A limit with its use at the end of the day. */
  readonly used: string;
  /** Whether a guardian must consent before the invited person has access. */
  readonly isMinor?: boolean;
}

const days: readonly Day[] = [
  { catalog: 'mercura', organization: 'Quotes & Sons', role: 'Sales representative', plan: 'Team', seats: '3', due: 7500, currency: 'EUR', used: '2 of 3 seats' },
  { catalog: 'toolboxai', organization: 'Lincoln School', role: 'Student', plan: 'Education', due: 4900, currency: 'USD', used: '2 of 500 users', isMinor: true },
  { catalog: 'quizmarker', organization: 'Quiz Club', role: 'Member', plan: 'Pro', due: 1900, currency: 'USD', used: '0 of 100 quizzes' },
  { catalog: 'knowton', organization: 'Northwind', role: 'Member', plan: 'Pro', due: 49_900, currency: 'USD', credited: 'Basic', used: '2 of 100 users' },
];

const withToken = async (used: ConsoleInBrowser, page: keyof typeof frontEndPages, email: string): Promise<string> => {
  const { path } = frontEndPages[page];
  return `${path}?token=${await used.tokenFor(email, path)}`;
};

async function signUp(used: ConsoleInBrowser, email: string, organization: string): Promise<Page> {
  const page = await used.open('/sign-up');
  await page.getByLabel(/^Your name/).fill('Ada Lovelace');
  await page.getByLabel(/^Email address/).fill(email);
  await page.getByLabel(/^Name of your organization/).fill(organization);
  await page.getByLabel(/^Password/).fill(goodPassword);
  await press(page, 'Create an account');
  await expectText(page, `We mailed a link to ${email}`);
  await used.visit(page, await withToken(used, 'verifyEmail', email));
  await press(page, 'Verify');
  await expectText(page, 'Your email address is verified.');
  await page.getByRole('link', { name: 'Go to the start' }).click();
  return page;
}

/** The invited person has a browser of their own. */
async function accept(used: ConsoleInBrowser, email: string, organization: string): Promise<Page> {
  const page = await used.open(await withToken(used, 'acceptInvitation', email));
  await page.getByLabel(/^Your name/).fill('Rae Rep');
  await page.getByLabel(/^Password/).fill(goodPassword);
  await press(page, 'Create an account and accept');
  await expectText(page, new RegExp(`You are a member of ${organization} now`));
  await used.visit(page, '/');
  return page;
}

/** A minor asks a guardian for consent, who gives it in a browser of their own. */
async function getConsent(used: ConsoleInBrowser, page: Page): Promise<void> {
  const guardian = used.server.world.email('guardian');
  await expectText(page, 'A guardian must consent before you have access.');
  await page.getByLabel(/^Email address of your guardian/).fill(guardian);
  await press(page, 'Ask for consent');
  await expectText(page, 'We mailed a link to your guardian.');
  const other = await used.open(await withToken(used, 'giveConsent', guardian));
  await other.getByLabel(/^Your name/).fill('Mary Hopper');
  await other.getByLabel(/^Your relation/).fill('Mother');
  await press(other, 'I consent');
  await expectText(other, 'Your consent is recorded.');
  await other.context().close();
  await page.reload();
}

/** Reads the first amount of money of a row, in cents. */
async function amountOf(row: Locator): Promise<number> {
  const [, units = '', cents = ''] = /[€$]([\d,]+)\.(\d\d)/.exec((await row.textContent()) ?? '') ?? [];
  return Number(units.replaceAll(',', '')) * 100 + Number(cents);
}

const servers = new Map(days.map((day) => [day, () => startTestServer({ CATALOG: day.catalog })]));

for (const [day, start] of servers)
  describeConsole(`a day on the preset ${day.catalog}`, start, (used) => {
    const { organization, role, plan, seats, due, currency, credited, used: usage, isMinor = false } = day;

    /** Whether an amount in cents is what is due, or for an upgrade what is left of it after some minutes of the month. */
    const leastOf = (price: number): number => (credited === undefined ? price : Math.floor(price * 0.999));
    const expectDue = (amount: number, price = due): void => {
      expect(amount).toBeLessThanOrEqual(price);
      expect(amount).toBeGreaterThanOrEqual(leastOf(price));
    };

    it('goes from the mailed link over an invitation and an order to the invoice and the audit log', async () => {
      const { world } = used().server;
      const [owner, invited] = [world.email('owner'), world.email('invited')];
      const page = await signUp(used(), owner, organization);
      const dialog = page.getByRole('dialog');
      const navigate = async (area: string): Promise<void> => {
        await page.getByRole('navigation').getByRole('link', { name: area, exact: true }).click();
        await page.getByRole('heading', { level: 1, name: area }).waitFor();
      };
      await navigate('Members');
      await press(page, 'Invite');
      await dialog.getByLabel(/^Email addresses/).fill(invited);
      await dialog.getByLabel('Role').selectOption({ label: role });
      await dialog.getByRole('button', { name: 'Invite' }).click();
      await expectText(page, 'The invitation is on its way.');
      await press(page, 'Done');

      const other = await accept(used(), invited, organization);
      await (isMinor ? getConsent(used(), other) : undefined);
      await other
        .getByText('People', { exact: true })
        .or(other.getByText('Plan', { exact: true }))
        .first()
        .waitFor();
      expect(await other.getByRole('link', { name: 'Plan and invoices' }).count()).toBe(0);

      await navigate('Plan and invoices');
      await page.getByRole('radio', { name: plan }).check();
      await (seats === undefined ? undefined : page.getByLabel('Seats').fill(seats));
      const preview = page.getByRole('table', { name: 'What this costs' });
      // The price of the seats before is shown until the new one is known.
      const dueNow = await eventually(
        () => amountOf(preview.getByRole('row', { name: /^Due now/ })),
        (amount) => amount >= leastOf(due) && amount <= due,
      );
      expectDue(dueNow);
      expectDue(await amountOf(preview.getByRole('row', { name: credited === undefined ? new RegExp(`^${plan}`) : `Remaining time on ${plan}` })));
      await press(page, 'Order with obligation to pay');
      await dialog.getByRole('button', { name: 'Order with obligation to pay' }).click();
      await dialog.waitFor({ state: 'detached' });
      const invoices = page
        .getByRole('table', { name: 'Invoices' })
        .getByRole('row')
        .filter({ has: page.getByRole('button', { name: /^PDF of / }) });
      await eventually(
        () => invoices.count(),
        (count) => count === (credited === undefined ? 1 : 2),
      );
      const newest = invoices.first();
      const total = await amountOf(newest);
      expectDue(total);
      const number = await newest.getByRole('cell').first().textContent();
      const [download] = await Promise.all([page.waitForEvent('download'), newest.getByRole('button', { name: `PDF of ${number}` }).click()]);
      const document = await pdfText(new Uint8Array(readFileSync(await download.path())));
      for (const part of [String(number), organization, plan, `${(total / 100).toFixed(2)} ${currency}`]) expect(document).toContain(part);
      if (credited !== undefined) expectDue(await amountOf(page.getByRole('table', { name: 'Credit notes' }).getByRole('row').nth(1)), 9900);

      await navigate('Usage');
      await expectText(page, usage);

      await navigate('Audit log');
      await press(page, /^Details: Change the subscription/);
      await dialog
        .getByRole('row', { name: /^plan \w+ \w+$/ })
        .first()
        .waitFor();
      await dialog.getByRole('button', { name: 'Close' }).click();
      await page.getByRole('table', { name: 'Audit log' }).getByText('Accept an invitation').waitFor();
      await Promise.all([page.context().close(), other.context().close()]);
    });
  });
