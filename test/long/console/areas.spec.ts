import { expect, it } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describeConsole, englishOn, press, violationsOf, type ConsoleInBrowser } from '../../support/console.js';
import { eventually } from '../../support/eventually.js';
import { startTestServer } from '../../support/http.js';
import { goodPassword } from '../../support/world.js';

// The functions of `evaluate` run in the page.
declare const history: { pushState(data: object, unused: string, url: string): void };
declare const document: { readonly documentElement: { dir: string; readonly scrollWidth: number; readonly clientWidth: number } };
interface LayoutShift {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node: { readonly outerHTML?: string } | null }[];
}
declare const PerformanceObserver: new (see: (list: { getEntries(): readonly LayoutShift[] }) => void) => { observe(options: object): void };
declare const window: { shifts: { value: number; nodes: string[] }[] };

// What holds for every area of both consoles, also for new ones: the navigation of an owner, and that of an operator, list them.

/** Keeps how far the parts of a page have moved without an action of the person (https://web.dev/articles/cls). */
function watchShifts(): void {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput) window.shifts.push({ value, nodes: sources.map(({ node }) => node?.outerHTML?.slice(0, 150) ?? '') });
  }).observe({ type: 'layout-shift', buffered: true });
}

/** Gives a page a direction, as a language does. @returns by how many pixels it is wider than the window */
function overflow(dir: string): number {
  document.documentElement.dir = dir;
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}

const consoles = ['of an organization', 'of operators'] as const;

/** Opens a console as somebody who may see all of its areas. */
async function openConsole(used: ConsoleInBrowser, of: (typeof consoles)[number], options?: BrowserContextOptions): Promise<Page> {
  if (of === 'of operators') {
    const email = used.server.world.email('operator');
    await used.server.control.createOperator(email);
    return used.openAs({ email }, '/operator', options);
  }
  const owner = await used.server.world.owner();
  await used.enterprise(owner);
  return used.openAs(owner, `/organizations/${owner.organizationId}`, options);
}

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
  return found.filter(({ path }) => /^\/(organizations\/|operator)/.test(path));
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

    it.each(consoles)(
      'no area jumps while the API is slow, and each fits into a phone, a window that is zoomed to 200 %, and pages from right to left: the console %s',
      async (of) => {
        const windows = [
          [320, 640, 'ltr'],
          [640, 512, 'rtl'],
        ] as const;
        const page = await openConsole(used(), of);
        const areas = await offeredTo(page);
        await page.addInitScript(watchShifts);
        await page.route(/\/api\/v1\//, async (route) => {
          await new Promise((resolve) => setTimeout(resolve, 60));
          await route.continue();
        });
        for (const [index, { path }] of areas.entries()) {
          await page.setViewportSize({ width: 1280, height: 800 });
          await used().visit(page, path);
          await loaded(page);
          const shifts = await page.evaluate(() => window.shifts);
          // Browsers call a page good up to 0.1.
          expect([path, shifts.filter(({ value }) => value > 0.05)]).toEqual([path, []]);
          for (const [width, height, dir] of windows) {
            await page.setViewportSize({ width, height });
            // Charts have their new width a frame later.
            const tooWide = await eventually(
              () => page.evaluate(overflow, dir),
              (found) => found === 0,
              5_000,
            );
            expect([path, width, dir, tooWide]).toEqual([path, width, dir, 0]);
          }
          // The frame of all areas, and a list.
          const violations = index < 2 ? await violationsOf(page) : [];
          expect(violations).toEqual([]);
        }
        await page.context().close();
      },
    );

    it.each(consoles)('each area says that the API fails in any way, and reads it again: the console %s', async (of) => {
      const failures = [
        [500, { code: 'internal_error', detail: 'The server has failed.' }],
        [503, { code: 'unavailable', detail: 'The server is busy.' }],
        [429, { code: 'too_many_requests', detail: 'There were too many requests.' }],
      ] as const;
      const page = await openConsole(used(), of);
      for (const [index, { path }] of (await offeredTo(page)).entries()) {
        // The client gives up at once if it had to wait for half a minute, and tries a broken connection again: one area is enough for that.
        const [status, problem] = failures[index % failures.length] ?? failures[0];
        const isConnected = index > 0;
        const answer = {
          status,
          contentType: 'application/problem+json',
          headers: { 'retry-after': '30' },
          body: JSON.stringify({ type: 'about:blank', title: 'Out of order', status, ...problem }),
        };
        let fail = (): void => undefined;
        const isSeen = new Promise<void>((resolve) => (fail = resolve));
        await page.route(/\/api\/v1\/(?!auth\/(?:me|refresh)$)/, async (route) => {
          await isSeen;
          return isConnected ? route.fulfill(answer) : route.abort();
        });
        // The overview of operators has read what other areas show. A page that is loaded again has read nothing.
        if (index === 0 || of === 'of operators') await page.goto(`${used().origin}${path}`);
        else await page.evaluate((to) => history.pushState({}, '', to), path);
        await page.getByRole('img', { name: 'Loading' }).first().waitFor();
        fail();
        const alerts = page.getByRole('alert');
        await alerts
          .filter({ hasText: isConnected ? problem.detail : 'The server does not answer' })
          .first()
          .waitFor();
        await loaded(page);
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

    it.each(consoles)('no area has English sentences on German pages: the console %s', async (of) => {
      const page = await openConsole(used(), of, { locale: 'de-DE' });
      for (const area of await offeredTo(page)) {
        await goTo(page, area);
        const tabs = page.getByRole('tab');
        for (let index = 0; index < Math.max(1, await tabs.count()); index += 1) {
          if (index > 0) await tabs.nth(index).click();
          await loaded(page);
          expect([area.path, index, await englishOn(page)]).toEqual([area.path, index, []]);
        }
      }
      await page.context().close();
    });

    it('a session that has ended leads to the sign-in, and back to the page', async () => {
      const owner = await used().server.world.owner();
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}`);
      const other = await used().open(`/organizations/${owner.organizationId}/usage`, page.context());
      await loaded(other);
      // Somebody ends all sessions but the own one, such as after a loss of the device.
      expect((await owner.api.delete('/auth/sessions')).status).toBe(204);
      await page.getByRole('navigation').getByRole('link', { name: 'Members' }).click();
      await Promise.all([page, other].map((tab) => tab.waitForURL(/\/sign-in\?/)));
      expect(new URL(other.url()).searchParams.get('return_to')).toMatch(/\/usage$/);
      await page.getByLabel(/^Email address/).fill(owner.email);
      await page.getByLabel(/^Password/).fill(goodPassword);
      await press(page, 'Sign in');
      await page.waitForURL(/\/members$/);
      await page.getByRole('table', { name: 'Members' }).waitFor();
      await page.context().close();
    });
  },
);
