import { afterAll, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Page } from 'playwright-core';
import { isChromiumInstalled } from '../../support/browser.js';
import { describeConsole, expectAccessible, expectText, press, violationsOf, type ConsoleInBrowser } from '../../support/console.js';
import { startTestServer } from '../../support/http.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { codeOf } from '../../support/totp.js';
import { goodPassword } from '../../support/world.js';

const areas = ['', '/tenants', '/users', '/usage', '/invoices', '/jobs', '/mail', '/webhooks', '/service-keys', '/audit', '/privacy', '/backups', '/health'] as const;
const tabs = ['overview', 'members', 'plan', 'usage', 'billing', 'data', 'audit'] as const;
let database: ScratchDatabase;
// There is none without Chromium.
afterAll(() => (isChromiumInstalled ? database.drop() : undefined));

/** Starts a server with a database of its own: it has no other tenants than those of this test. */
async function start() {
  database = await scratchDatabase();
  // No server listens at the port of the sink.
  return startTestServer({ EVENT_SINK_URL: 'http://127.0.0.1:9/' }, database);
}

async function sql(text: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: database.platform });
  await client.connect();
  await client.query(text, values);
  await client.end();
}

/** Makes an operator. */
async function operatorOf({ server }: ConsoleInBrowser): Promise<{ readonly email: string; readonly userId: string }> {
  const email = server.world.email('operator');
  return { email, userId: (await server.control.createOperator(email)).userId };
}

let operator: Awaited<ReturnType<typeof operatorOf>>;
let tab: Page | undefined;

/** Opens a page in the tab of the operator whom the tests have in common. A new profile for each test would load all scripts again. */
async function atDesk(console: ConsoleInBrowser, path: string): Promise<Page> {
  if (tab === undefined) {
    operator = await operatorOf(console);
    tab = await console.openAs(operator, path);
  } else await console.visit(tab, path);
  return tab;
}

const dialogOf = (page: Page) => page.getByRole('dialog');
const confirm = (page: Page, name: string): Promise<void> => dialogOf(page).getByRole('button', { name, exact: true }).click();
const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });

describeConsole('the console of operators', start, (used) => {
  it('is closed to people who are not operators, and leads those without a session to the sign-in', async () => {
    const page = await used().openAs(await used().server.world.owner(), '/operator/tenants');
    await expectText(page, 'You may not see this');
    expect(await page.getByRole('link', { name: 'Jobs' }).count()).toBe(0);
    await page.context().close();
    const visitor = await used().open('/operator/jobs');
    expect(new URL(visitor.url()).pathname).toBe('/sign-in');
    await visitor.context().close();
  });

  it('is the page at which an operator without organizations begins', async () => {
    const { email } = await operatorOf(used());
    const page = await used().open('/sign-in');
    await page.getByLabel(/^Email address/).fill(email);
    await page.getByLabel(/^Password/).fill('correct horse battery staple');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${used().origin}/operator`);
    await expectText(page, 'Tenants by plan');
    await page.context().close();
  });

  it('lists tenants page by page, in any order, and filters them; the address keeps the filters', async () => {
    await sql(
      `insert into organizations (id, name, slug, plan, created_at) select gen_random_uuid(), 'Page ' || lpad(n::text, 2, '0'), 'page-' || n, 'free', now() - n * interval '1 day' from generate_series(1, 45) n`,
    );
    const page = await atDesk(used(), '/operator/tenants?search=Page');
    await expectText(page, '45 in total');
    await rowOf(page, 'Page 01').waitFor();
    await expectAccessible(page);
    await press(page, 'Next');
    await rowOf(page, 'Page 21').waitFor();
    await press(page, 'Next');
    await rowOf(page, 'Page 45').waitFor();
    expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: /^Name/ }).click();
    await rowOf(page, 'Page 20').waitFor();
    await page.getByRole('button', { name: /^Name/ }).click();
    await rowOf(page, 'Page 45').waitFor();
    await page.getByLabel('Search names, slugs and addresses').fill('page-7');
    await rowOf(page, 'Page 07').waitFor();
    await page.waitForURL(/search=page-7$/);
    await page.getByLabel('Status').selectOption('Suspended');
    await expectText(page, 'Nothing matches');
    await page.getByLabel('Status').selectOption('All');
    await page.getByRole('link', { name: 'Page 07' }).click();
    await page.getByRole('heading', { level: 1, name: 'Page 07' }).waitFor();
    await page.goBack();
    await rowOf(page, 'Page 07').waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
  });

  it('creates a tenant, shows the steps of its provisioning and the password once, and runs the missing steps later', async () => {
    const page = await atDesk(used(), '/operator/tenants');
    await press(page, 'New tenant');
    const dialog = dialogOf(page);
    await dialog.getByLabel(/^Name/).fill('Globex');
    await dialog.getByLabel(/^Contact address/).fill(used().server.world.email());
    await dialog.getByLabel('Send the welcome mail').uncheck();
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/api/v1/tenants', async (route) => {
      await held;
      await route.continue();
    });
    await press(page, 'Create and provision');
    await expectText(page, 'Globex is being created.');
    // The steps that run now, of which none is said to be done.
    expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual(expect.arrayContaining(['Make the first owner']));
    expect(await dialog.getByText(/^(?:Done|Not done|Send the welcome mail)$/).count()).toBe(0);
    expect(await violationsOf(page)).toEqual([]);
    answer();
    await expectText(page, 'All steps are done.');
    await page.unroute('**/api/v1/tenants');
    expect((await dialog.getByRole('textbox', { name: 'Password of the first owner' }).inputValue()).length).toBeGreaterThan(10);
    await expectAccessible(page);
    await dialog.getByRole('link', { name: 'Open the tenant' }).click();
    await page.getByRole('heading', { level: 1, name: 'Globex' }).waitFor();
    const steps = page.getByRole('region', { name: 'Provisioning' });
    expect(await steps.getByText('Not done', { exact: true }).count()).toBe(1);
    await steps.getByRole('button', { name: 'Run the missing steps' }).click();
    await steps.getByText('All steps are done.').waitFor();
    await steps.getByText('Not done').waitFor({ state: 'detached' });
  });

  it('suspends a tenant for a reason, and activates it; its members feel both; the audit log shows it', async () => {
    const owner = await used().server.world.owner({ organization: 'Initech' });
    const page = await atDesk(used(), `/operator/tenants/${owner.organizationId}`);
    await sql(`update sessions set authenticated_at = now() - interval '31 minutes' where user_id = $1`, [operator.userId]);
    await press(page, 'Suspend');
    await dialogOf(page).getByLabel('Reason').fill('Unpaid since May');
    await expectAccessible(page);
    await confirm(page, 'Suspend');
    // The sign-in was long ago.
    await page.getByLabel(/^Password/).fill('correct horse battery staple');
    await press(page, 'Confirm');
    await expectText(page, 'Unpaid since May');
    expect((await owner.api.post(`${owner.home}/teams`, { name: 'One' })).body.code).toBe('organization_suspended');
    await press(page, 'Activate');
    await confirm(page, 'Activate');
    await page.getByRole('button', { name: 'Suspend' }).waitFor();
    expect((await owner.api.post(`${owner.home}/teams`, { name: 'One' })).status).toBe(201);
    await page.getByRole('tab', { name: 'Audit log' }).click();
    await page.getByRole('button', { name: /^Details: Suspend a tenant/ }).click();
    await dialogOf(page).getByText('Unpaid since May').waitFor();
    await press(page, 'Close');
    await page.getByLabel('Action').fill('activateTenant');
    await rowOf(page, 'Suspend a tenant').waitFor({ state: 'detached' });
    await rowOf(page, 'Activate a tenant').waitFor();
  });

  it('changes the plan, a limit and a feature of a tenant, and gives them back to the plan', async () => {
    const owner = await used().server.world.owner();
    const page = await atDesk(used(), `/operator/tenants/${owner.organizationId}?tab=plan`);
    await page.getByRole('button', { name: 'Change: seats' }).click();
    await dialogOf(page).getByLabel('Unlimited').uncheck({ force: true });
    await dialogOf(page).getByLabel('Units').fill('');
    await confirm(page, 'Save');
    await dialogOf(page).getByText('Fill in this field.').waitFor();
    await dialogOf(page).getByLabel('Units').fill('77');
    await confirm(page, 'Save');
    await rowOf(page, 'seats').getByText('77').waitFor();
    await press(page, 'Turn on: sso');
    await confirm(page, 'Turn on');
    await page.getByRole('button', { name: 'Turn off: sso' }).waitFor();
    expect((await owner.api.get('/tenant/features')).body.available).toContain('sso');
    await press(page, 'Back to the plan: seats');
    await confirm(page, 'Back to the plan');
    await page.getByRole('button', { name: 'Back to the plan: seats' }).waitFor({ state: 'detached' });
    await page.getByLabel('Plan', { exact: true }).selectOption('enterprise');
    const [change] = await Promise.all([
      page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.url().endsWith(`/tenants/${owner.organizationId}`)),
      press(page, 'Save'),
    ]);
    expect([change.status(), ((await change.json()) as { plan: string }).plan]).toEqual([200, 'enterprise']);
    await page.getByRole('tab', { name: 'Billing' }).click();
    await page.getByRole('table', { name: 'Subscription' }).getByText('enterprise').waitFor();
  });

  it('gives a tenant units in addition to its plan, and revokes them', async () => {
    const owner = await used().server.world.owner();
    const page = await atDesk(used(), `/operator/tenants/${owner.organizationId}?tab=usage`);
    await press(page, 'Give units');
    const dialog = dialogOf(page);
    await dialog.getByLabel('Meter').selectOption('Storage');
    await dialog.getByLabel(/^Units/).fill('12');
    await dialog.getByLabel(/^Reason/).fill('An outage in May');
    await expectAccessible(page);
    // Both parts of a double click come before the page has changed.
    await dialog.getByRole('button', { name: 'Give units' }).evaluate((button: { click(): void }) => [button.click(), button.click()]);
    await dialog.waitFor({ state: 'detached' });
    await rowOf(page, 'An outage in May').getByText('12', { exact: true }).waitFor();
    await press(page, 'Revoke: 12 storage_gb');
    await confirm(page, 'Revoke');
    await rowOf(page, 'An outage in May')
      .getByText(/^Revoked/)
      .waitFor();
    const { data } = (await owner.api.get(`${owner.home}/grants`)).body;
    expect(data).toEqual([expect.objectContaining({ amount: 12, reason: 'An outage in May', revokedAt: expect.any(String) })]);
  });

  it('resets the security of a tenant for a reason, and makes a link that sets up its single sign-on', async () => {
    const owner = await used().server.world.owner();
    await sql(`update organizations set plan = 'enterprise' where id = $1`, [owner.organizationId]);
    const page = await atDesk(used(), `/operator/tenants/${owner.organizationId}`);
    await press(page, 'Reset the security policy');
    expect(await dialogOf(page).getByRole('button', { name: 'Reset the security policy' }).isDisabled()).toBe(true);
    await dialogOf(page)
      .getByLabel(/^Reason/)
      .fill('They have locked themselves out');
    const [reset] = await Promise.all([page.waitForResponse((answer) => answer.url().endsWith('/security/reset')), confirm(page, 'Reset the security policy')]);
    expect(reset.status()).toBe(204);
    await dialogOf(page).waitFor({ state: 'hidden' });
    await press(page, 'Link to set up single sign-on');
    await dialogOf(page)
      .getByLabel(/^Whom the link is for/)
      .fill('IT of the tenant');
    await dialogOf(page)
      .getByLabel(/^Reason/)
      .fill('Ticket 4713');
    await confirm(page, 'Make the link');
    const link = await dialogOf(page).getByRole('textbox', { name: 'Link to set up single sign-on' }).inputValue();
    expect(new URL(link).protocol).toMatch(/^https?:$/);
    await press(page, 'I have kept it');
  });

  it('holds the data of a tenant and releases it, and erases a user for a reason', async () => {
    const owner = await used().server.world.owner({ organization: 'Pied Piper' });
    const member = await used().server.world.member(owner);
    const page = await atDesk(used(), `/operator/tenants/${owner.organizationId}?tab=data`);
    await press(page, 'Place a legal hold');
    await dialogOf(page)
      .getByLabel(/^Reason/)
      .fill('Case 12/26');
    await confirm(page, 'Place a legal hold');
    await page.getByText(/^Since .*: Case 12\/26$/).waitFor();
    expect(await page.getByRole('button', { name: 'Place a legal hold' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Legal holds that are in force' }).click();
    await rowOf(page, 'Case 12/26').getByText('Tenant').waitFor();
    await press(page, `Release: ${owner.organizationId}`);
    await confirm(page, 'Release');
    await rowOf(page, 'Case 12/26').waitFor({ state: 'detached' });
    // Two operators release one: the page of the second one shows that it is gone.
    const another = used().server.api.as((await used().server.api.post('/auth/login', { email: operator.email, password: goodPassword })).body.accessToken);
    const placed = await another.post('/platform/legal-holds', { kind: 'organization', subjectId: owner.organizationId, reason: 'Case 13/26' });
    await used().visit(page, '/operator/privacy');
    await press(page, `Release: ${owner.organizationId}`);
    expect((await another.delete(`/platform/legal-holds/${placed.body.id}`)).status).toBe(204);
    await confirm(page, 'Release');
    await rowOf(page, 'Case 13/26').waitFor({ state: 'detached' });
    await used().visit(page, `/operator/users?search=${member.email}`);
    await press(page, 'Place a legal hold');
    await dialogOf(page)
      .getByLabel(/^Reason/)
      .fill('Case 13/26');
    await confirm(page, 'Place a legal hold');
    await page.getByText(/^Since .*: Case 13\/26$/).waitFor();
    await page.getByRole('button', { name: /^Release: / }).click();
    await confirm(page, 'Release');
    await page.getByRole('button', { name: 'Place a legal hold' }).waitFor();
    await press(page, 'Erase');
    await dialogOf(page)
      .getByLabel(/^Reason/)
      .fill('Request 8');
    await dialogOf(page).getByLabel(/^Type/).fill(member.email);
    await confirm(page, 'Erase');
    await expectText(page, 'Nobody has this address.');
    expect((await member.api.get('/auth/me')).status).toBe(401);
    await page.getByRole('link', { name: 'Holds and erasures' }).click();
    await rowOf(page, 'Request 8').getByText(member.userId).waitFor();
    await expectAccessible(page);
  });

  it('credits an invoice, pays the balance out, and finds the invoice among those of all tenants', async () => {
    const owner = await used().server.world.owner({ organization: 'Dunder Mifflin' });
    expect((await owner.api.patch(`${owner.home}/subscription`, { plan: 'pro' })).status).toBe(200);
    const page = await atDesk(used(), '/operator/invoices');
    await rowOf(page, 'Dunder Mifflin').getByText('Open', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Dunder Mifflin' }).click();
    await press(page, /^Paid: /);
    await confirm(page, 'Paid');
    await press(page, /^Credit: /);
    await dialogOf(page).getByLabel('Line').selectOption({ index: 1 });
    await dialogOf(page).getByLabel('Amount in USD').fill('9.5');
    await dialogOf(page).getByLabel('Note').fill('Sorry');
    await expectAccessible(page);
    await confirm(page, 'Credit');
    await rowOf(page, 'Sorry').getByText('$9.50').waitFor();
    await press(page, 'Settle the balance');
    await dialogOf(page)
      .getByLabel(/^Reason/)
      .fill('They left');
    await confirm(page, 'Settle the balance');
    await rowOf(page, 'They left').getByText('$9.50').waitFor();
    await page.getByRole('button', { name: 'Settle the balance' }).waitFor({ state: 'detached' });
  });

  it('makes a service key, whose secret works and is shown once, and revokes it', async () => {
    const owner = await used().server.world.owner();
    const page = await atDesk(used(), '/operator/service-keys');
    await press(page, 'Create a service key');
    await dialogOf(page).getByLabel(/^Name/).fill('Importer');
    await dialogOf(page).getByLabel('members:read').check();
    await confirm(page, 'Create a service key');
    const secret = await dialogOf(page).getByRole('textbox', { name: 'Service key' }).inputValue();
    await press(page, 'I have kept it');
    const withKey = (): Promise<Response> => fetch(`${used().server.url}/api/v1${owner.home}/members`, { headers: { 'x-api-key': secret } });
    expect((await withKey()).status).toBe(200);
    await press(page, 'Edit: Importer');
    await dialogOf(page).getByLabel(/^Name/).fill('Exporter');
    await confirm(page, 'Save');
    await press(page, 'Revoke: Exporter');
    await confirm(page, 'Revoke');
    await rowOf(page, 'Exporter').waitFor({ state: 'detached' });
    expect((await withKey()).status).toBe(401);
  });

  it('acts as a member within a red frame, for a reason, until the operator ends it', async () => {
    const owner = await used().server.world.owner({ organization: 'Umbrella' });
    const page = await atDesk(used(), `/operator/tenants/${owner.organizationId}?tab=members`);
    await page.getByRole('button', { name: /^Act as a member: / }).click();
    const dialog = dialogOf(page);
    await dialog.getByLabel(/^Reason/).fill('no');
    await press(page, 'Begin');
    await dialog.getByText('Give a reason of five letters or more.').waitFor();
    await dialog.getByLabel(/^Reason/).fill('Ticket 4711');
    await press(page, 'Begin');
    await page.waitForURL(`${used().origin}/organizations/${owner.organizationId}`);
    const frame = page.getByRole('region', { name: 'You act as a member' });
    await frame.getByText(/Reason: Ticket 4711\..*You can only read\./).waitFor();
    await page.getByRole('region', { name: 'People' }).waitFor();
    await expectAccessible(page);
    // Another tab is that of the operator.
    const other = await used().open('/operator', page.context());
    await expectText(other, 'Tenants by plan');
    expect(await other.getByRole('region', { name: 'You act as a member' }).count()).toBe(0);
    await other.close();
    const sessionsOf = async (): Promise<unknown[]> =>
      (await owner.api.get('/auth/sessions')).body.data.filter((session: { impersonatedBy: unknown }) => session.impersonatedBy !== null);
    expect(await sessionsOf()).toHaveLength(1);
    await frame.getByRole('button', { name: 'End' }).click();
    await page.waitForURL(new RegExp(`/operator/tenants/${owner.organizationId}`));
    await page.getByRole('heading', { level: 1, name: 'Umbrella' }).waitFor();
    expect(await frame.count()).toBe(0);
    // The operator's own session goes on, also in a page that has no other tab to ask.
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Umbrella' }).waitFor();
    expect(await sessionsOf()).toHaveLength(0);
  });

  it('an impersonation that the member ends leaves the operator signed in', async () => {
    const owner = await used().server.world.owner({ organization: 'Hooli' });
    const page = await atDesk(used(), `/operator/tenants/${owner.organizationId}`);
    await press(page, 'Act as a member');
    await dialogOf(page)
      .getByLabel(/^Reason/)
      .fill('Ticket 4712');
    await press(page, 'Begin');
    await page.getByRole('region', { name: 'You act as a member' }).waitFor();
    await page.getByRole('region', { name: 'People' }).waitFor();
    const { data } = (await owner.api.get('/auth/sessions')).body;
    await owner.api.delete(`/auth/sessions/${data.find((session: { impersonatedBy: unknown }) => session.impersonatedBy !== null).id}`);
    await page.getByRole('link', { name: 'Usage' }).click();
    await page.getByRole('heading', { level: 1, name: 'Hooli' }).waitFor();
    expect(await page.getByRole('region', { name: 'You act as a member' }).count()).toBe(0);
  });

  it('runs a job, and tries it without effect', async () => {
    const page = await atDesk(used(), '/operator/jobs');
    await press(page, 'Run now: purge-job-runs');
    await dialogOf(page).getByLabel('Try it, and undo everything').check();
    await confirm(page, 'Run now');
    await expectText(page, 'Everything was undone.');
    await dialogOf(page).getByLabel('Try it, and undo everything').uncheck();
    await dialogOf(page).getByLabel('Run it again if it is done').check();
    await confirm(page, 'Run now');
    await expectText(page, 'The job is done.');
    await expectAccessible(page);
  });

  it('shows what needs doing: a mail that failed, which it resends, a webhook that fails, and a sink that does not receive everything', async () => {
    const owner = await used().server.world.owner({ organization: 'Vandelay' });
    const email = used().server.world.email('unhappy');
    await sql(
      `insert into mail_messages (id, organization_id, template, recipient, status, failure, last_answer) values (gen_random_uuid(), $1, 'invitation', $2, 'failed', 'recipient_refused', '550 no such user')`,
      [owner.organizationId, email],
    );
    await sql(
      `insert into webhooks (organization_id, id, url, event_types, signature, secret) values ($1, gen_random_uuid(), 'https://hooks.example.com/', '{}', 'symmetric', '\\x00')`,
      [owner.organizationId],
    );
    await sql(
      `insert into webhook_queues (organization_id, id, failing_since) select organization_id, id, now() from webhooks where organization_id = $1 on conflict (organization_id, id) do update set failing_since = now()`,
      [owner.organizationId],
    );
    const page = await atDesk(used(), '/operator');
    await page.getByRole('link', { name: /^Webhooks that fail/ }).click();
    await rowOf(page, 'hooks.example.com').getByText('Failing').waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: 'Sinks that do not receive everything: 1' }).click();
    const sink = rowOf(page, 'EVENT_SINK_URL');
    await sink.getByText('Failing').waitFor();
    await sink.getByText(/^fetch failed/).waitFor();
    await sink.getByText(/^Failed attempts: \d+\./).waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: /^Mails that have failed/ }).click();
    await rowOf(page, email).getByText('The recipient was refused').waitFor();
    await expectAccessible(page);
    await press(page, `Drop: ${email}`);
    await confirm(page, 'Drop');
    await rowOf(page, email).waitFor({ state: 'detached' });
    const accepted = used().server.world.email('accepted');
    await sql(`insert into mail_messages (id, template, recipient, status) values (gen_random_uuid(), 'invitation', $1, 'sent')`, [accepted]);
    await used().visit(page, `/operator/mail?recipient=${accepted}`);
    await press(page, `It bounced: ${accepted}`);
    await dialogOf(page)
      .getByLabel(/^Status code/)
      .fill('5.1.1');
    await confirm(page, 'It bounced');
    await rowOf(page, accepted).getByText('It bounced', { exact: true }).waitFor();
  });

  it('finds a user by the address, disables and enables them, and removes a second factor that they have lost', async () => {
    const owner = await used().server.world.owner({ organization: 'Soylent' });
    const { secret } = (await owner.api.post('/auth/mfa/totp')).body as { secret: string };
    expect((await owner.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) })).status).toBe(200);
    const page = await atDesk(used(), '/operator/users');
    await page
      .getByRole('region', { name: 'Find a user' })
      .getByLabel(/^Email address/)
      .fill(owner.email);
    await press(page, 'Find');
    await page.getByRole('link', { name: 'Soylent' }).waitFor();
    await press(page, 'Disable');
    await confirm(page, 'Disable');
    // The buttons of the dialog have the names of those of the page.
    await dialogOf(page).waitFor({ state: 'hidden' });
    await page.getByRole('region', { name: 'Find a user' }).getByRole('button', { name: 'Enable' }).waitFor();
    expect((await owner.api.get('/auth/me')).status).toBe(401);
    await press(page, 'Enable');
    await confirm(page, 'Enable');
    await dialogOf(page).waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Disable' }).waitFor();
    await press(page, 'Remove the second factor');
    await dialogOf(page)
      .getByLabel(/^Reason/)
      .fill('Called back');
    await confirm(page, 'Remove the second factor');
    await dialogOf(page).waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Remove the second factor' }).waitFor({ state: 'detached' });
    expect((await used().server.api.post('/auth/login', { email: owner.email, password: goodPassword })).body.accessToken).toEqual(expect.any(String));
  });

  it('shows what the doctor finds', async () => {
    const page = await atDesk(used(), '/operator/health');
    await expectText(page, 'The database isolates tenants: there are no findings.');
    await database.alter('alter table teams no force row level security');
    await press(page, 'Inspect again');
    await expectText(page, 'The database does not isolate tenants.');
    await expectAccessible(page);
    await database.alter('alter table teams force row level security');
    await press(page, 'Inspect again');
    await expectText(page, 'The database isolates tenants: there are no findings.');
  });

  // The tests above look at pages in the light, on a desktop and in English.
  it('has no finding of axe-core on any page in the dark, on a phone, and in German', async () => {
    const owner = await used().server.world.owner({ organization: 'Acme' });
    const page = await atDesk(used(), '/operator');
    await page.setViewportSize({ width: 360, height: 640 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch');
    await page.getByRole('heading', { level: 1, name: 'Überblick' }).waitFor();
    const tenant = `/operator/tenants/${owner.organizationId}`;
    for (const path of [...areas.map((area) => `/operator${area}`), `/operator/users?search=${owner.email}`, ...tabs.map((tab) => `${tenant}?tab=${tab}`)]) {
      await used().visit(page, path);
      await expectAccessible(page);
    }
  });
});
