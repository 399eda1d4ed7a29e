import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeConsole } from '../../support/console.js';
import { eventually } from '../../support/eventually.js';
import { startTestServer } from '../../support/http.js';

// What holds for every area of the console of an organization, also for new ones: the navigation of an owner lists them.

/** Returns the paths of the areas that the navigation offers. */
async function offeredTo(page: Page): Promise<readonly string[]> {
  const links = page.getByRole('navigation').getByRole('link');
  await links.first().waitFor();
  const paths = await links.evaluateAll((found) => found.map((link) => (link as unknown as { readonly pathname: string }).pathname));
  return paths.filter((path) => path.includes('/organizations/'));
}

/** Waits until a page has ended to load. */
async function loaded(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('.mantine-Loader-root').first().waitFor({ state: 'detached' });
}

describeConsole(
  'the areas of the console',
  () => startTestServer(),
  (used) => {
    it('each role can use what the navigation offers it, and sees nothing of the other areas', async () => {
      const { world } = used().server;
      const owner = await world.owner();
      const home = `/organizations/${owner.organizationId}`;
      const ownersPage = await used().openAs(owner, home);
      const all = await offeredTo(ownersPage);
      expect(all.length).toBeGreaterThan(6);
      const { body } = await owner.api.get(`${owner.home}/roles`);
      const roles = (body.data as { readonly key: string }[]).map(({ key }) => key);
      expect(roles.length).toBeGreaterThan(1);
      for (const role of roles) {
        const page = role === 'owner' ? ownersPage : await used().openAs(await world.member(owner, role), home);
        const offered = await offeredTo(page);
        for (const path of all) {
          await used().visit(page, path);
          await loaded(page);
          // What is not offered is refused; nothing fails otherwise.
          const isRefused = (await page.getByText('You may not see this').count()) > 0;
          expect([role, path, isRefused, await page.getByRole('alert').count()]).toEqual([role, path, !offered.includes(path), 0]);
        }
        await page.context().close();
      }
    });

    it('each area says that the API fails, and reads it again', async () => {
      const owner = await used().server.world.owner();
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}`);
      const problem = { type: 'about:blank', title: 'Out of order', status: 500, detail: 'The server has failed.', code: 'internal_error', requestId: 'none' };
      for (const path of await offeredTo(page)) {
        await used().visit(page, path);
        await loaded(page);
        await page.route(/\/api\/v1\/(?!auth\/(?:me|refresh)$)/, (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }));
        await page.reload();
        await loaded(page);
        const alerts = page.getByRole('alert');
        await alerts.filter({ hasText: problem.detail }).first().waitFor();
        await page.unrouteAll();
        // One answer can bring several parts of a page back, and their buttons disappear: those are pressed that there are.
        const retries = page.getByRole('button', { name: 'Try again' });
        const pressed = async (): Promise<number> => {
          await retries.evaluateAll((buttons) => buttons.forEach((button) => (button as unknown as { click(): void }).click()));
          await loaded(page);
          return alerts.count();
        };
        expect([path, await eventually(pressed, (count) => count === 0, 20_000)]).toEqual([path, 0]);
      }
      await page.context().close();
    });
  },
);
