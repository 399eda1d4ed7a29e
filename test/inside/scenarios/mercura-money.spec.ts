import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { PlatformAdminsService } from '../../../src/modules/auth/platform/platform-admins.service.js';
import { OutboxService } from '../../../src/modules/mail/outbox.service.js';
import { MailRendererService } from '../../../src/modules/mail/rendering/mail-renderer.service.js';
import type { Answer, Client } from '../../support/client.js';
import { runJob, SetClock } from '../../support/jobs.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import type { Person } from '../../support/world.js';

// From the trial of a sales team to its last day, on the mercura preset. Each test continues where the last one ended.

const day = 24 * 3600 * 1000;
let server: TestServer;
let database: ScratchDatabase;
let clock: SetClock;
let operator: Client;
let boss: Person;
let look: pg.Client;
beforeAll(async () => {
  database = await scratchDatabase();
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
  clock = new SetClock(new Date());
  server = await startTestServer({ CATALOG: 'mercura', JOBS_ENABLED: 'false' }, database, { clock });
  await server.app.get(PlatformAdminsService).createFirstPlatformAdmin('operator@example.com', 'a long operator passphrase');
  operator = server.api.as((await server.api.post('/auth/login', { email: 'operator@example.com', password: 'a long operator passphrase' })).body.accessToken);
  boss = await server.world.owner();
});
afterAll(async () => {
  await server.close();
  await look.end();
  await database.drop();
});

const subscription = async (): Promise<any> => (await boss.api.get(`${boss.home}/subscription`)).body;
const change = (body: object): Promise<Answer> => boss.api.patch(`${boss.home}/subscription`, body);
const invite = (): Promise<Answer> => boss.api.post(`${boss.home}/invitations`, { email: server.world.email(), role: 'sales_rep', delivery: 'link' });
/** The subjects of the billing mails, in order. */
async function written(): Promise<string[]> {
  const { rows } = await look.query(`select content, recipient, organization_id as "organizationId" from mail_messages where template = 'billing' order by id`);
  const mails = rows.map(({ content, ...row }) =>
    server.app.get(MailRendererService).renderMail({ ...row, kind: 'billing', data: server.app.get(OutboxService).openContent(content).data }),
  );
  return (await Promise.all(mails)).map(({ subject }) => subject);
}
async function pass(days: number): Promise<void> {
  clock.forward(days * day);
  expect((await runJob(server.app, 'advance-subscriptions', clock.now())).outcome).toBe('done');
}

describe('a sales team', () => {
  it('a sales team begins with a trial of two weeks and five seats', async () => {
    expect(await subscription()).toMatchObject({ plan: 'trial', status: 'trialing', seats: null, seatsInUse: 1, amount: 0 });
    expect((await boss.api.post(`${boss.home}/teams`, { name: 'The first quote' })).status).toBe(201);
  });

  it('a sales team is reminded once each seven, three and one days before the trial ends', async () => {
    for (const days of [6, 1.5, 0.1, 3.5, 0.1, 2, 0.1]) await pass(days);
    expect(await written()).toEqual(['Your trial ends in 7 days', 'Your trial ends in 3 days', 'Your trial ends in 1 day']);
  });

  it('after the trial the team can neither keep a plan without a price nor continue without paying', async () => {
    await pass(2);
    expect(await subscription()).toMatchObject({ plan: 'trial', status: 'paused' });
    expect(await boss.api.post(`${boss.home}/teams`, { name: 'Too late' })).toMatchObject({ status: 403, body: { code: 'organization_suspended' } });
    expect((await boss.api.get(`${boss.home}/teams`)).body.data).toHaveLength(1);
    expect(await boss.api.post(`${boss.home}/subscription/resume`)).toMatchObject({ status: 402, body: { code: 'plan_needed' } });
    for (const body of [{ plan: 'trial' }, { interval: 'year' }, {}]) expect((await change(body)).body).toMatchObject({ status: 'paused' });
  });

  it('a sales team that buys three seats can work again immediately', async () => {
    expect((await change({ plan: 'team', seats: 3 })).body).toMatchObject({ plan: 'team', status: 'active', seats: 3, amount: 7500, currency: 'EUR' });
    expect((await boss.api.post(`${boss.home}/teams`, { name: 'The second quote' })).status).toBe(201);
    expect((await boss.api.get(`${boss.home}/invoices`)).body.data).toMatchObject([{ status: 'open', total: 7500, lines: [{ quantity: 3, amount: 7500 }] }]);
  });

  it('a sales team invites up to its seats, and buys more for further members', async () => {
    const answers = [await invite(), await invite(), await invite()];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 402]);
    expect((await boss.api.get('/tenant/entitlements')).body.seats).toEqual({ limit: 3, source: 'subscription' });
    expect((await change({ seats: 4 })).body).toMatchObject({ seats: 4, amount: 10_000 });
    expect((await boss.api.get('/tenant/entitlements')).body.seats).toEqual({ limit: 4, source: 'subscription' });
    expect((await invite()).status).toBe(201);
    expect((await change({ seats: 3 })).body.code).toBe('too_few_seats');
  });

  it('a sales team that has paid and cancels keeps access until the end of the period', async () => {
    // The invoice over three seats was given back as a whole with the purchase of the fourth seat.
    for (const { id } of (await boss.api.get(`${boss.home}/invoices?status=open`)).body.data)
      expect((await operator.post(`/tenants/${boss.organizationId}/invoices/${id}/close`, { status: 'paid' })).status).toBe(200);
    expect((await boss.api.post(`${boss.home}/subscription/cancel`, {})).body).toMatchObject({ status: 'active', cancelAtPeriodEnd: true });
    await pass(20);
    expect((await boss.api.post(`${boss.home}/teams`, { name: 'The last quote' })).status).toBe(201);
  });

  it('after the trial the team can read its data, and choosing a plan opens the organization again', async () => {
    await pass(12);
    expect(await subscription()).toMatchObject({ status: 'canceled', amount: 0, seats: null });
    expect((await boss.api.post(`${boss.home}/teams`, { name: 'No more' })).body.code).toBe('organization_cancelled');
    expect((await boss.api.get(`${boss.home}/teams`)).body.data).toHaveLength(3);
    await pass(400);
    expect((await boss.api.get(`${boss.home}/invoices?status=open`)).body.data).toEqual([]);
    expect((await change({ plan: 'team' })).body).toMatchObject({ status: 'active', plan: 'team' });
    expect((await boss.api.post(`${boss.home}/teams`, { name: 'Back again' })).status).toBe(201);
  });
});
