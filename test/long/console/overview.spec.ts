import { expect, it } from '@jest/globals';
import { describeConsole, expectAccessible, expectText, twoLooks } from '../../support/console.js';
import { startTestServer } from '../../support/http.js';

describeConsole(
  'the console of an organization',
  () => startTestServer(),
  (used) => {
    it('begins after the sign-in with what needs doing, the people, the plan and the use of limits', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      await used().server.world.member(owner);
      const page = await used().open('/sign-in');
      await page.getByLabel(/^Email address/).fill(owner.email);
      await page.getByLabel(/^Password/).fill('correct horse battery staple');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${used().origin}/organizations/${owner.organizationId}`);
      await expectText(page, 'Verify your email address: some actions need it.');
      const people = page.getByRole('region', { name: 'People' });
      expect(await people.textContent()).toContain('2Members');
      expect(await page.getByRole('region', { name: 'Plan' }).textContent()).toMatch(/Active|In a trial/);
      expect(await page.getByRole('progressbar').count()).toBeGreaterThan(0);
      await page.goto(`${used().origin}/`);
      await page.waitForURL(`${used().origin}/organizations/${owner.organizationId}`);
      await page.context().close();
    });

    it('shows members what their permissions allow, and strangers nothing', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const [member, stranger] = [await used().server.world.member(owner), await used().server.world.owner()];
      const path = `/organizations/${owner.organizationId}`;
      const page = await used().openAs(member, path);
      await expectText(page, 'Plan');
      expect(await page.getByText('In a trial').count()).toBe(0);
      expect(await page.getByText('Open invitations').count()).toBe(0);
      await page.context().close();
      const other = await used().openAs(stranger, path);
      await expectText(other, 'You are not a member of this organization');
      await other.context().close();
    });

    it('shows several organizations in the tabs of one browser', async () => {
      const owner = await used().server.world.owner({ organization: 'First' });
      const guest = await used().server.world.member(owner);
      const { body: second } = await guest.api.post('/organizations', { name: 'Second' });
      const first = await used().openAs(guest, `/organizations/${owner.organizationId}`);
      await expectText(first, 'First');
      const other = await used().open(`/organizations/${second.id}`, first.context());
      await expectText(other, 'Second');
      await other.getByRole('region', { name: 'Plan' }).waitFor();
      await first.reload();
      await first.getByRole('region', { name: 'Plan' }).waitFor();
      await first.context().close();
    });

    it('can be used with the keyboard, and its navigation on a phone opens and closes', async () => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}`, { viewport: { width: 360, height: 640 } });
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(new URL(page.url()).hash).toBe('#content');
      await page.getByRole('button', { name: 'Navigation' }).click();
      await page.getByRole('link', { name: 'Overview' }).waitFor();
      await expectAccessible(page);
      await page.context().close();
    });

    it.each(twoLooks)('has no finding of axe-core %s', async (_, options) => {
      const owner = await used().server.world.owner({ organization: 'Acme' });
      const page = await used().openAs(owner, `/organizations/${owner.organizationId}`, options);
      await page.getByRole('progressbar').first().waitFor();
      await expectAccessible(page);
      await page.context().close();
    });
  },
);
