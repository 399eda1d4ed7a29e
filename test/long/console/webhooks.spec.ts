import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeConsole, expectAccessible, expectText, twoLooks, press } from '../../support/console.js';
import { startTestServer, type TestServer } from '../../support/http.js';
import { scratchDatabase } from '../../support/scratch-database.js';
import { answerWith, WebhookSink } from '../../support/webhook-sink.js';
import type { Person } from '../../support/world.js';

let sink: WebhookSink;
beforeAll(async () => {
  sink = await WebhookSink.open();
});
afterAll(() => sink.close());

/** Starts a server that delivers events, also to this machine. Its catalog gives every organization webhooks. */
async function start(): Promise<TestServer> {
  const database = await scratchDatabase();
  const server = await startTestServer({ CATALOG: 'quizmarker', JOBS_ENABLED: 'true', WEBHOOKS_ALLOW_LOOPBACK: 'true' }, database);
  const close = async (): Promise<void> => {
    await server.close();
    await database.drop();
  };
  return { ...server, close };
}

const pathOf = ({ organizationId }: Person): string => `/organizations/${organizationId}/webhooks`;

describeConsole('webhooks in the console', start, (used) => {
  it('an operator sends the events of all tenants to a webhook of the platform, tests it and deletes it', async () => {
    const { world, control } = used().server;
    const owner = await world.owner();
    const path = sink.path();
    const page = await used().openAs(await control.createOperator(world.email('operator')), '/operator/webhooks');
    await press(page, 'Create a webhook');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address').fill(sink.urlOf(path));
    await dialog.getByRole('button', { name: 'Create a webhook' }).click();
    expect(await dialog.getByLabel('Secret', { exact: true }).inputValue()).toMatch(/^whsec_/);
    await press(page, 'I have kept it');
    await page.getByRole('link', { name: sink.urlOf(path) }).click();
    await page.getByLabel('ID of the tenant').fill(owner.organizationId);
    await press(page, 'Send a test event');
    await dialog
      .getByText(/^Accepted/)
      .first()
      .waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await press(page, 'Delete');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('link', { name: sink.urlOf(path) }).waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('a webhook is created, tested, rotated, replayed and deleted', async () => {
    const owner = await used().server.world.owner();
    const path = sink.path();
    const page = await used().openAs(owner, pathOf(owner));
    await expectText(page, 'There are no webhooks.');
    await press(page, 'Create a webhook');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address').fill(sink.urlOf(path));
    await dialog.getByLabel('Description').fill('CRM');
    await dialog.getByRole('button', { name: 'Create a webhook' }).click();
    expect(await dialog.getByLabel('Secret', { exact: true }).inputValue()).toMatch(/^whsec_/);
    await press(page, 'I have kept it');
    await page.getByRole('link', { name: sink.urlOf(path) }).click();
    await press(page, 'Send a test event');
    await dialog.getByText('Accepted (204)').first().waitFor();
    await dialog.getByText(/webhook-signature: /).waitFor();
    expect(sink.at(path).map(({ event }) => event.type)).toEqual(['webhook.test']);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await press(page, 'Rotate the secret');
    await dialog.getByRole('button', { name: 'Rotate the secret' }).click();
    expect(await dialog.getByLabel('Secret', { exact: true }).inputValue()).toMatch(/^whsec_/);
    await press(page, 'I have kept it');
    await expectText(page, /^Requests are also signed with the previous secret until /);
    await press(page, 'Send a range again');
    await expectText(page, /deliveries are sent now/);
    await press(page, 'Delete');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expectText(page, 'There are no webhooks.');
    await page.context().close();
  });

  it('shows why a delivery has failed, sends it again, and edits the webhook', async () => {
    const owner = await used().server.world.owner();
    const path = sink.path(answerWith(500, 'out of paper'));
    const { body: webhook } = await owner.api.post(`${owner.home}/webhooks`, { url: sink.urlOf(path), signature: 'ed25519', eventTypes: ['member.*'] });
    const page = await used().openAs(owner, `${pathOf(owner)}/${webhook.id}`);
    expect(await page.getByLabel('Public key', { exact: true }).inputValue()).toMatch(/^whpk_/);
    await press(page, 'Send a test event');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('out of paper').waitFor();
    sink.change(path);
    await dialog.getByRole('button', { name: 'Send again' }).click();
    await dialog.getByText('Delivered').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await press(page, 'Edit');
    await dialog.getByLabel('Enabled').uncheck({ force: true });
    await dialog.getByRole('button', { name: 'Edit' }).click();
    await expectText(page, 'Disabled');
    await page.context().close();
  });

  it.each(twoLooks)('has no finding of axe-core %s', async (_, options) => {
    const owner = await used().server.world.owner();
    const { body: webhook } = await owner.api.post(`${owner.home}/webhooks`, { url: sink.urlOf(sink.path()), description: 'CRM' });
    const german = options.locale === 'de-DE';
    const page = await used().openAs(owner, pathOf(owner), options);
    await page.getByRole('table').waitFor();
    await expectAccessible(page);
    await press(page, german ? 'Webhook anlegen' : 'Create a webhook');
    await page.getByRole('dialog').getByRole('textbox').first().waitFor();
    await expectAccessible(page);
    await used().visit(page, `${pathOf(owner)}/${webhook.id}`);
    await press(page, german ? 'Testereignis senden' : 'Send a test event');
    await page
      .getByRole('dialog')
      .getByText(/\(204\)/)
      .first()
      .waitFor();
    await expectAccessible(page);
    await page.context().close();
  });
});
