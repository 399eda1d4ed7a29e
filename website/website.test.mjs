// Tests the built website in Chromium: each page of the sidebar opens without an error, and the search finds what readers look for.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { chromium } from 'playwright-core';
import { serve } from './serve.mjs';

const binary = ['chromium', 'chromium-browser', 'google-chrome'].find((name) => spawnSync(name, ['--version']).status === 0);
/** What a reader types, and a page that must be among the first five results. */
const searches = {
  invitation: '/reference/invitations.html',
  'sign up': '/docs/front-end.html',
  quota: '/docs/usage.html',
  deploy: '/docs/deploy.html',
  DATABASE_URL: '/docs/database.html',
  tenant_mismatch: '/reference/errors.html',
  createApiKey: '/reference/api-keys.html',
  'add:resource': '/docs/your-own-resource.html',
};

void describe('the website', { skip: binary === undefined && 'Chromium is not installed' }, () => {
  let site;
  let browser;
  let page;
  const errors = [];

  before(async () => {
    site = await serve(0);
    const executablePath = execFileSync('which', [binary], { encoding: 'utf8' }).trim();
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage();
    page.on('pageerror', ({ message }) => errors.push(message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('response', (response) => response.status() >= 400 && errors.push(`${response.status()} ${response.url()}`));
  });
  after(async () => {
    await browser?.close();
    site?.server.close();
    site?.server.closeAllConnections();
  });

  void it('opens each page of the sidebar without an error', async () => {
    await page.goto(`${site.url}/quickstart`);
    const links = await page.locator('.VPSidebar a').evaluateAll((found) => found.map(({ href }) => href));
    for (const link of new Set(links)) {
      await page.goto(link);
      assert.equal(await page.locator('main h1').count(), 1, link);
    }
    assert.deepEqual(errors, []);
  });

  for (const [words, expected] of Object.entries(searches))
    void it(`finds ${expected} by "${words}"`, async () => {
      await page.goto(`${site.url}/docs/`);
      await page.locator('.VPNavBarSearchButton, .DocSearch-Button').first().click();
      await page.locator('.VPLocalSearchBox input').fill(words);
      const results = page.locator('.VPLocalSearchBox .result');
      await results.first().waitFor();
      const found = await results.evaluateAll((all) => all.slice(0, 5).map(({ href }) => href));
      const result = found.find((href) => new URL(href).pathname === expected);
      assert.ok(result, `found ${found.join(' ')}`);
      await results.and(page.locator(`[href="${result.replace(site.url, '')}"]`)).click();
      await page.waitForURL(result);
      await page.locator('main h1').waitFor();
      assert.deepEqual(errors, []);
    });
});
