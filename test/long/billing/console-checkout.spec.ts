import { it } from '@jest/globals';
import { describeConsole, expectText, press } from '../../support/console.js';
import { TestControl, type TestServer } from '../../support/http.js';
import { StripeWorld } from '../../support/stripe-world.js';

let world: StripeWorld;

/** Starts a server whose money the stand-in of Stripe collects. */
async function start(): Promise<TestServer> {
  world = await StripeWorld.open();
  const { url, api, mailbox, world: people } = world.server;
  return { url, api, mailbox, world: people, control: new TestControl(url), close: () => world.close() };
}

describeConsole('payment by Stripe in the console', start, (used) => {
  it('an owner buys a plan on the checkout page, and opens the portal', async () => {
    const owner = await used().server.world.owner();
    const page = await used().openAs(owner, `/organizations/${owner.organizationId}/billing`);
    await page.context().route(/^https:\/\/[a-z]+\.stripe\.test\//, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Stripe</h1>' }));
    await page.getByRole('radio', { name: 'Team' }).check();
    await page.getByLabel('Seats').fill('4');
    await expectText(page, 'You pay on the page of the payment provider.');
    await press(page, 'Go to the payment page');
    await page.getByRole('dialog').getByRole('button', { name: 'Go to the payment page' }).click();
    await page.waitForURL(/^https:\/\/checkout\.stripe\.test\/cs_/);
    const { ledger } = world.stripe;
    const session = ledger.find(ledger.sessions, page.url().split('/').at(-1) ?? '');
    ledger.complete(session);
    await world.tell('checkout.session.completed', session);
    await used().visit(page, `/organizations/${owner.organizationId}/billing`);
    await expectText(page, '€40.00 a month');
    await press(page, 'Open the page of the payment provider');
    await page.getByRole('heading', { name: 'Stripe' }).waitFor();
    await page.context().close();
  });
});
