import { expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeConsole, expectAccessible, expectText, twoLooks, press } from '../../support/console.js';
import { eventually } from '../../support/eventually.js';
import { startTestServer, type TestServer } from '../../support/http.js';
import { scratchDatabase } from '../../support/scratch-database.js';
import type { Person } from '../../support/world.js';

/** Starts a server that writes exports into a folder of its own. */
async function start(): Promise<TestServer> {
  const database = await scratchDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-exports-'));
  const server = await startTestServer({ JOBS_ENABLED: 'true', STORAGE_URL: pathToFileURL(folder).href }, database);
  const close = async (): Promise<void> => {
    await server.close();
    await database.drop();
    await rm(folder, { recursive: true });
  };
  return { ...server, close };
}

const pathOf = ({ organizationId }: Person): string => `/organizations/${organizationId}/data`;

describeConsole('the data of an organization in the console', start, (used) => {
  it('an owner exports everything, downloads it, shares a link, and deletes the file', async () => {
    const owner = await used().server.world.owner({ verified: true });
    const page = await used().openAs(owner, pathOf(owner));
    await expectText(page, 'There are no exports.');
    await press(page, 'Export everything');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Export everything' }).click();
    // It becomes ready on the open page.
    await page.getByRole('button', { name: /^Download: export of/ }).waitFor();
    await press(page, /^Link: export of/);
    const { pathname, search } = new URL(await dialog.getByLabel('Link', { exact: true }).inputValue());
    const link = `${used().origin}${pathname}${search}`;
    expect((await fetch(link)).status).toBe(200);
    await dialog.getByRole('button', { name: 'Close' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, /^Download: export of/)]);
    expect((await readFile(await download.path())).subarray(0, 2).toString()).toBe('PK');
    await press(page, /^Delete the file: export of/);
    await dialog.getByRole('button', { name: 'Delete the file' }).click();
    await expectText(page, 'Canceled');
    expect((await fetch(link)).status).not.toBe(200);
    await page.context().close();
  });

  it('an operator exports a tenant, and restores a copy next to it from the file', async () => {
    const { world, control } = used().server;
    const owner = await world.owner({ organization: 'Globex', verified: true });
    const operator = await control.createOperator(world.email('operator'));
    // The archive of the owner has no credentials, and cannot be restored.
    expect((await owner.api.post(`${owner.home}/exports`)).body.byOperator).toBe(false);
    const isReady = async (): Promise<boolean> => (await owner.api.get(`${owner.home}/exports?status=ready`)).body.data.length === 1;
    await eventually(isReady, (ready) => ready);
    const page = await used().openAs(operator, `/operator/tenants/${owner.organizationId}?tab=data`);
    await press(page, 'Export everything');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Export everything' }).click();
    await page
      .getByRole('row')
      .filter({ hasText: 'By an operator' })
      .getByRole('link', { name: /^Restore a copy: export of/ })
      .waitFor();
    expect(await page.getByRole('button', { name: /^Download: export of/ }).count()).toBe(2);
    await page.getByRole('link', { name: /^Restore a copy: export of/ }).click();
    const slug = world.unique('copy');
    await dialog.getByLabel('New slug').fill(slug);
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Restore a tenant' }).click();
    await page.getByRole('link', { name: 'Open the tenant' }).click();
    await page.getByRole('heading', { level: 1, name: 'Globex' }).waitFor();
    await expectText(page, slug);
    await page.context().close();
  });

  it('an owner deletes the organization after typing its name, and restores it; a member is not offered that', async () => {
    const owner = await used().server.world.owner({ organization: 'Acme', verified: true });
    const member = await used().openAs(await used().server.world.member(owner), pathOf(owner));
    await expectText(member, 'You may not see this');
    expect(await member.getByRole('button', { name: 'Delete the organization' }).count()).toBe(0);
    await member.context().close();
    const page = await used().openAs(owner, pathOf(owner));
    await press(page, 'Delete the organization');
    const dialog = page.getByRole('dialog');
    const button = dialog.getByRole('button', { name: 'Delete the organization' });
    expect(await button.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('Acme');
    await button.click();
    await page.waitForURL(`${used().origin}/organizations`);
    expect((await owner.api.get(`${owner.home}/members`)).status).toBe(403);
    await press(page, 'Restore: Acme');
    await page.getByRole('button', { name: 'Restore: Acme' }).waitFor({ state: 'detached' });
    await press(page, /^Acme/);
    await page.waitForURL(`${used().origin}/organizations/${owner.organizationId}`);
    await expectText(page, 'Overview');
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.context().close();
  });

  it.each(twoLooks)('has no finding of axe-core %s', async (_, options) => {
    const owner = await used().server.world.owner({ verified: true });
    await owner.api.post(`${owner.home}/exports`);
    const page = await used().openAs(owner, pathOf(owner), options);
    await page.getByRole('table').waitFor();
    await expectAccessible(page);
    await page.context().close();
  });
});
