import { expect, it } from '@jest/globals';
import { describeConsole, expectAccessible, expectText, press } from '../../support/console.js';
import { startTestServer } from '../../support/http.js';

describeConsole(
  'the consent of a guardian in the console',
  () => startTestServer({ CATALOG: 'toolboxai' }),
  (used) => {
    it('a pupil asks a guardian, who consents by the mailed link and withdraws the consent by the next one', async () => {
      const { world } = used().server;
      const school = await world.owner({ organization: 'Lincoln School', verified: true });
      const pupil = await world.member(await world.member(school, 'admin'), 'student');
      const guardian = world.email('guardian');
      const page = await used().openAs(pupil, `/organizations/${school.organizationId}`);
      await page.getByLabel(/^Email address of your guardian/).fill(guardian);
      await expectAccessible(page);
      await press(page, 'Ask for consent');
      await expectText(page, 'We mailed a link to your guardian.');
      const other = await used().open(`/consent?token=${await used().tokenFor(guardian, '/consent')}`);
      await expectText(other, 'Mel Member wants to be a member of Lincoln School.');
      await other.getByLabel(/^Your name/).fill('Mary Hopper');
      await other.getByLabel(/^Your relation/).fill('mother');
      await expectAccessible(other);
      await press(other, 'I consent');
      await expectText(other, 'Your consent is recorded.');
      await page.reload();
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
      expect((await pupil.api.get('/auth/me')).body.status).toBe('active');
      await used().visit(other, `/consent/withdraw?token=${await used().tokenFor(guardian, '/consent/withdraw')}`);
      await press(other, 'Withdraw');
      await expectText(other, 'Your consent is withdrawn.');
      expect((await school.api.get(`${school.home}/members/${pupil.userId}`)).status).toBe(404);
      await Promise.all([page.context().close(), other.context().close()]);
    });
  },
);
