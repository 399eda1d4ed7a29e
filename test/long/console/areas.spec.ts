import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeConsole } from '../../support/console.js';
import { eventually } from '../../support/eventually.js';
import { startTestServer } from '../../support/http.js';

// The functions of `evaluate` run in the page.
declare const history: { pushState(data: object, unused: string, url: string): void };

// What holds for every area of the console of an organization, also for new ones: the navigation of an owner lists them.

interface Area {
  readonly name: string;
  readonly path: string;
}

/** Returns the areas that the navigation offers. */
async function offeredTo(page: Page): Promise<readonly Area[]> {
  const links = page.getByRole('navigation').getByRole('link');
  await links.first().waitFor();
  const found = await links.evaluateAll((all) =>
    all.map((link) => {
      const { textContent, pathname } = link as unknown as { readonly textContent: string; readonly pathname: string };
      return { name: textContent, path: pathname };
    }),
  );
  return found.filter(({ path }) => path.includes('/organizations/'));
}

/** Goes to an area as its link does, also if the navigation offers none, and waits until it has ended to load. The page is not loaded again. */
async function goTo(page: Page, { name, path }: Area): Promise<void> {
  await page.evaluate((to) => history.pushState({}, '', to), path);
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  await loaded(page);
}

/** Waits until a page has ended to load. */
async function loaded(page: Page): Promise<void> {
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
      const page = await used().openAs(owner, home);
      const all = await offeredTo(page);
      expect(all.length).toBeGreaterThan(6);
      const { body } = await owner.api.get(`${owner.home}/roles`);
      const roles = (body.data as { readonly key: string }[]).map(({ key }) => key);
      expect(roles.length).toBeGreaterThan(1);
      for (const role of roles) {
        if (role !== 'owner') await used().visitAs(page, await world.member(owner, role), home);
        const offered = await offeredTo(page);
        for (const area of all) {
          await goTo(page, area);
          // What is not offered is refused; nothing fails otherwise.
          const isRefused = (await page.getByText('You may not see this').count()) > 0;
          expect([role, area.name, isRefused, await page.getByRole('alert').count()]).toEqual([role, area.name, !offered.some(({ path }) => path === area.path), 0]);
        }
      }
      await page.context().close();
    });

    it('each area says that the API fails, and reads it again', async () => {
      const owner = await used().server.world.owner();
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}`);
      const problem = { type: 'about:blank', title: 'Out of order', status: 500, detail: 'The server has failed.', code: 'internal_error', requestId: 'none' };
      const all = await offeredTo(page);
      for (const area of all) {
        await page.route(/\/api\/v1\/(?!auth\/(?:me|refresh)$)/, (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }));
        // The page has read the first area. The others it reads when they are opened.
        if (area === all[0]) await page.reload();
        await goTo(page, area);
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
        expect([area.name, await eventually(pressed, (count) => count === 0, 20_000)]).toEqual([area.name, 0]);
      }
      await page.context().close();
    });
  },
);
