import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { describeConsole } from '../../support/console.js';
import { startTestServer } from '../../support/http.js';

/** The areas that the router knows. One with a parameter needs an entry, and has a test of its own. */
const areas = [...readFileSync('console/src/router.tsx', 'utf8').matchAll(/^ +area\('(\/[^'$]*)'/gm)].map(([, path = '']) => (path === '/' ? '' : path));

describeConsole(
  'the pages of the console of an organization',
  () => startTestServer(),
  (used) => {
    it.each(['owner', 'admin', 'member'])('can all be opened by the address as %s, and offer in the navigation what can be read', async (role) => {
      expect(areas.length).toBeGreaterThan(10);
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const person = role === 'owner' ? owner : await used().server.world.member(owner, role);
      const home = `/organizations/${owner.organizationId}`;
      const page = await used().openAs(person, home);
      const offered = await page
        .getByRole('navigation')
        .getByRole('link')
        .evaluateAll((links) => links.map((link) => String(link.getAttribute('href'))));
      expect(offered).toContain(home);
      for (const area of areas) {
        await used().visit(page, `${home}${area}`);
        await page.locator('.mantine-Loader-root').first().waitFor({ state: 'detached' });
        // Whoever may not see an area is told so. Nothing else fails.
        const isRefused = (await page.getByText('You may not see this').count()) > 0;
        expect([area, isRefused, await page.getByRole('main').getByRole('alert').allTextContents()]).toEqual([area, !offered.includes(`${home}${area}`), []]);
      }
      await page.context().close();
    });
  },
);
