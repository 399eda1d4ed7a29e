import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { MailKind } from '../../../src/modules/mail/mail.templates.js';
import { OutboxService } from '../../../src/modules/mail/outbox.service.js';
import { MailRendererService } from '../../../src/modules/mail/rendering/mail-renderer.service.js';
import { runJob, SetClock } from '../../support/jobs.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import type { Person } from '../../support/world.js';
import { chained } from '../../support/audit.js';

const clock = new SetClock(new Date('2026-11-18T12:00:00Z'));
let database: ScratchDatabase;
let server: TestServer;
let other: TestServer;
let look: pg.Client;
let owner: Person;
beforeAll(async () => {
  database = await scratchDatabase();
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
  const env = { CATALOG: 'test/catalogs/usage.yaml', JOBS_ENABLED: 'false' };
  [server, other] = [await startTestServer(env, database, { clock }), await startTestServer(env, database, { clock })];
});
beforeEach(async () => {
  clock.time = new Date('2026-11-18T12:00:00Z');
  owner = await server.world.owner({ organization: 'Acme' });
});
afterAll(async () => {
  await Promise.all([server.close(), other.close()]);
  await look.end();
  await database.drop();
});

const consume = (quantity: number): Promise<{ status: number }> => owner.api.post('/usage/consume', { meter: 'visits', quantity });
const mails = async (template: string, who = owner): Promise<{ to: string; subject: string; text: string }[]> => {
  const { rows } = await look.query('select recipient, content from mail_messages where template = $1 and organization_id = $2 order by created_at, id', [
    template,
    who.organizationId,
  ]);
  return Promise.all(
    rows.map(async ({ recipient, content }) => {
      const { data } = server.app.get(OutboxService).openContent(content);
      const mail = { kind: template as MailKind, data, recipient, organizationId: who.organizationId };
      return { to: recipient, ...(await server.app.get(MailRendererService).renderMail(mail)) };
    }),
  );
};
const reached = async (): Promise<string[]> =>
  (
    await look.query(`select data from domain_events where organization_id = $1 and type = 'usage.threshold_reached' order by occurred_at, (data ->> 'percent')::int`, [
      owner.organizationId,
    ])
  ).rows.map(({ data }) => `${data.meter} ${data.percent} ${data.used}/${data.limit} ${data.periodStart.slice(0, 10)}`);
const audited = async (): Promise<number> =>
  (
    await (
      await chained(look)
    ).query(
      `select c from audit.events e cross join jsonb_array_elements(e.details) c
        where e.organization_id = $1 and c ->> 'table' = 'usage_thresholds' and c ->> 'operation' = 'insert'`,
      [owner.organizationId],
    )
  ).rows.length;
let minute = new Date('2026-11-18T12:00:00Z').getTime();
/** In a minute of its own, on both replicas at once. */
const alert = async (): Promise<void> => {
  minute += 60_000;
  await Promise.all([server, other].map(({ app }) => runJob(app, 'usage-alerts', new Date(minute))));
};

describe('80 and 100 % of a limit', () => {
  it('each threshold is reported once in the audit log, by mail and as a domain event', async () => {
    await consume(79);
    await alert();
    expect([await audited(), await reached(), await mails('usage-threshold')]).toEqual([0, [], []]);
    await consume(1);
    await alert();
    await alert();
    expect([await audited(), await reached()]).toEqual([1, ['visits 80 80/100 2026-11-01']]);
    const [warning, ...more] = await mails('usage-threshold');
    expect(more).toEqual([]);
    expect(warning).toMatchObject({ to: owner.email, subject: 'Acme has used 80% of its limit for Visits' });
    expect(warning?.text).toContain('has used 80 of 100 for Visits');
    expect(warning?.text).toContain('This limit resets on December 1, 2026');
    expect(warning?.text).toContain('https://app.tenantry.test');
    await Promise.all(Array.from({ length: 30 }, () => consume(1)));
    await alert();
    expect([await audited(), await reached()]).toEqual([2, ['visits 80 80/100 2026-11-01', 'visits 100 100/100 2026-11-01']]);
    expect((await mails('usage-threshold')).map(({ subject }) => subject)).toEqual(['Acme has used 80% of its limit for Visits', 'Acme has used 100% of its limit for Visits']);
  });

  it('thresholds are reported again in the next period', async () => {
    await consume(100);
    await alert();
    expect(await mails('usage-threshold')).toHaveLength(2);
    clock.time = new Date('2026-12-01T00:00:00Z');
    await consume(85);
    await alert();
    expect(await reached()).toEqual(['visits 80 100/100 2026-11-01', 'visits 100 100/100 2026-11-01', 'visits 80 85/100 2026-12-01']);
    expect(await mails('usage-threshold')).toHaveLength(3);
    expect(await audited()).toBe(3);
  });

  it('thresholds are mailed to owners unless the organization has disabled it', async () => {
    await server.world.member(owner);
    const second = await server.world.member(owner, 'owner');
    await consume(80);
    await alert();
    expect((await mails('usage-threshold')).map(({ to }) => to).sort()).toEqual([owner.email, second.email].sort());
    await owner.api.patch('/tenant/settings', { email_notifications: false });
    await consume(20);
    await alert();
    expect(await mails('usage-threshold')).toHaveLength(2);
    expect(await reached()).toHaveLength(2);
  });

  it('thresholds of seats are reported once a month', async () => {
    for (let member = 0; member < 7; member += 1) await server.world.member(owner);
    await runJob(server.app, 'usage-members', new Date('2026-11-19T00:12:00Z'));
    await runJob(server.app, 'usage-members', new Date('2026-11-20T00:12:00Z'));
    expect(await reached()).toEqual(['users 80 8/10 2026-11-01']);
    await alert();
    expect((await mails('usage-threshold')).map(({ text }) => text)).toEqual([expect.stringContaining('does not reset automatically')]);
    await runJob(server.app, 'usage-members', new Date('2026-12-01T00:12:00Z'));
    expect(await reached()).toHaveLength(2);
  });
});

describe('the mail of the week', () => {
  it('the weekly mail goes to owners who want it, with the usage of the previous week', async () => {
    const quiet = await server.world.owner();
    await owner.api.patch('/tenant/settings', { weekly_reports: true });
    await server.world.member(owner);
    await consume(40);
    await owner.api.post('/usage/events', { events: [{ id: randomUUID(), meter: 'tokens', quantity: 123_456 }] });
    await look.query(
      `insert into request_days (organization_id, day, method, endpoint, caller, requests) values ($1, '2026-11-22', 'GET', '/a', '', 1200), ($1, '2026-11-23', 'GET', '/a', '', 7)`,
      [owner.organizationId],
    );
    clock.time = new Date('2026-11-23T00:30:00Z');
    await consume(3);
    const outcomes = await Promise.all([server, other].map(({ app }) => runJob(app, 'weekly-usage-mail', new Date('2026-11-23T07:00:00Z'))));
    expect(outcomes.filter(({ outcome }) => outcome === 'done')).toMatchObject([{ result: { organizations: 1, mails: 1 } }]);
    const [mail, ...more] = await mails('weekly-usage');
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ to: owner.email, subject: 'Weekly usage of Acme: November 16, 2026 to November 22, 2026' });
    for (const line of ['Visits: 40 (current period: 43 of 100)', 'Tokens: 123,456 (current period: 123,456, unlimited)', 'Users: 2 of 10']) expect(mail?.text).toContain(line);
    // In addition to the written ones, the requests of this test, if today is in that week and they are counted already.
    for (const line of [/^Calls: 1,20\d\b/m, /^Requests: 1,20\d\b/m]) expect(mail?.text).toMatch(line);
    expect(await mails('weekly-usage', quiet)).toEqual([]);
    expect((await runJob(server.app, 'weekly-usage-mail', new Date('2026-11-23T08:00:00Z'))).outcome).toBe('already_done');
    expect(await runJob(server.app, 'weekly-usage-mail', new Date('2026-11-30T07:00:00Z'))).toMatchObject({ outcome: 'done', result: { mails: 1 } });
  });
});
