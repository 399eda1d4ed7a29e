import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { eventually } from '../../support/eventually.js';
import { PlatformAdminsService } from '../../../src/modules/auth/platform/platform-admins.service.js';
import { CheckoutService } from '../../../src/modules/billing/checkout/checkout.service.js';
import { StripeErasureService } from '../../../src/modules/billing/stripe/subscriptions/stripe-erasure.service.js';
import { StripeComparisonService } from '../../../src/modules/billing/stripe/subscriptions/stripe-comparison.service.js';
import { SubscriptionsService } from '../../../src/modules/billing/subscriptions/subscriptions.service.js';
import { TenantLifecycleService } from '../../../src/modules/tenants/lifecycle/tenant-lifecycle.service.js';
import { TenantExportService } from '../../../src/modules/tenants/archive/tenant-export.service.js';
import { TenantImportService } from '../../../src/modules/tenants/archive/tenant-import.service.js';
import type { Client } from '../../support/client.js';
import { runJob } from '../../support/jobs.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { StripeWorld } from '../../support/stripe-world.js';
import type { Person } from '../../support/world.js';

// The effect on subscriptions when an organization is erased or moved, and when the provider changes.

type Values = Record<string, any>;
const day = 24 * 3600 * 1000;
let world: StripeWorld;
/** Another installation, with the same account at Stripe. */
let target: TestServer;
let targetDatabase: ScratchDatabase;
let targetLook: pg.Client;
/** The same installation as the first, as it was, or will be, without Stripe. */
let byHand: TestServer;
let operator: Client;
let folder: string;
beforeAll(async () => {
  world = await StripeWorld.open();
  targetDatabase = await scratchDatabase();
  target = await startTestServer({ CATALOG: 'test/catalogs/billing.yaml', ...world.stripe.env }, targetDatabase);
  targetLook = new pg.Client({ connectionString: targetDatabase.platform });
  await targetLook.connect();
  byHand = await startTestServer({ CATALOG: 'test/catalogs/billing.yaml', JOBS_ENABLED: 'false' }, world.database);
  await world.server.app.get(PlatformAdminsService).createFirstPlatformAdmin('operator@example.com', 'a long operator passphrase');
  const { accessToken } = (await world.server.api.post('/auth/login', { email: 'operator@example.com', password: 'a long operator passphrase' })).body;
  operator = world.server.api.as(accessToken);
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-moves-'));
}, 120_000);
afterAll(async () => {
  await targetLook.end();
  await target.close();
  await byHand.close();
  await world.close();
  await targetDatabase.drop();
  await rm(folder, { recursive: true, force: true });
});

const ledger = () => world.stripe.ledger;

describe('what an erased organization pays', () => {
  it('erasing an organization immediately ends its Stripe subscription and open checkout pages', async () => {
    const owner = await world.customer({ plan: 'pro' });
    const customer = owner.theirs['customer'];
    const session = ledger().keep(ledger().sessions, 'cs', { object: 'checkout.session', status: 'open', customer });
    expect((await operator.delete(`/tenants/${owner.organizationId}?hard=true`)).status).toBe(204);
    expect((await world.handled(`erased:${customer}`))['result']).toEqual({ outcome: 'ended', subscriptions: 1, sessions: 1 });
    expect([owner.theirs['status'], session['status']]).toEqual(['canceled', 'expired']);
  });

  it('the Stripe subscription of a deleted organization ends after its grace period, even without an event', async () => {
    const owner = await world.customer({ plan: 'pro' });
    const second = ledger().subscription({ customer: owner.theirs['customer'], items: [{ price: world.price('pro:month:eur') }] });
    await owner.api.delete(owner.home);
    await world.look.query(`update organizations set erase_after = now() - interval '1 minute' where id = $1`, [owner.organizationId]);
    expect(await runJob(world.server.app, 'erase-deleted-organizations', new Date(Date.now() + 5 * 3600 * 1000))).toMatchObject({ result: { erased: 1 } });
    expect((await world.handled(`erased:${owner.theirs['customer']}`))['result']).toMatchObject({ subscriptions: 2 });
    expect([owner.theirs['status'], second['status']]).toEqual(['canceled', 'canceled']);
  });

  it('the Stripe subscription of an erased organization is ended later if Stripe is unreachable', async () => {
    const owner = await world.customer({ plan: 'pro' });
    const id = `erased:${owner.theirs['customer']}`;
    await world.look.query(`insert into provider_events (provider, id, type, object_id, received_at) values ('stripe', $1, 'tenantry.erased', $2, now() - interval '1 day')`, [
      id,
      owner.theirs['customer'],
    ]);
    // It is still there: nothing is ended.
    await runJob(world.server.app, 'reconcile-stripe', new Date(Date.now() + day));
    expect((await world.handled(id))['result']).toMatchObject({ outcome: 'ignored' });
    await world.server.app.get(TenantLifecycleService).eraseTenant(owner.organizationId, { moved: true });
    world.stripe.failures.push('error', 'error');
    await expect(world.server.app.get(StripeErasureService).endCustomer(owner.theirs['customer'])).rejects.toThrow('Something went wrong');
    expect(owner.theirs['status']).toBe('active');
    await world.look.query('update provider_events set handled_at = null where id = $1', [id]);
    await runJob(world.server.app, 'reconcile-stripe', new Date(Date.now() + 2 * day));
    expect((await world.handled(id))['result']).toMatchObject({ outcome: 'ended', subscriptions: 1 });
    expect(owner.theirs['status']).toBe('canceled');
  });

  it('erasing an organization succeeds if one of its subscriptions disappears meanwhile', async () => {
    const owner = await world.customer({ plan: 'pro' });
    const { customer } = owner.theirs;
    const others = [1, 2].map(() => ledger().subscription({ customer, items: [{ price: world.price('pro:month:eur') }] }));
    // It is listed, and removed before its turn comes.
    world.stripe.afterwards = async (call) => {
      if (call === 'GET /v1/subscriptions') ledger().subscriptions.delete(others[0]?.['id']);
    };
    await world.server.app.get(TenantLifecycleService).eraseTenant(owner.organizationId, { moved: true });
    const erasure = await world.server.app.get(StripeErasureService).endCustomer(customer);
    world.stripe.afterwards = undefined;
    expect(erasure).toEqual({ outcome: 'ended', sessions: 0, subscriptions: 2 });
    expect([owner.theirs['status'], others[1]?.['status']]).toEqual(['canceled', 'canceled']);
  });

  it('erasing an organization also queues the end of a customer that is created meanwhile', async () => {
    const owner = await world.server.world.owner();
    const buyer = new pg.Client({ connectionString: world.database.platform });
    await buyer.connect();
    try {
      await buyer.query('begin');
      await buyer.query('select from organizations where id = $1 for no key update', [owner.organizationId]);
      await buyer.query(`update subscriptions set provider_customer_id = 'cus_0123' where organization_id = $1`, [owner.organizationId]);
      const erased = world.server.app.get(TenantLifecycleService).eraseTenant(owner.organizationId);
      const waiting = async (): Promise<number> =>
        (await world.look.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).rowCount ?? 0;
      expect(await eventually(waiting, (count) => count > 0)).toBeGreaterThan(0);
      await buyer.query('commit');
      await erased;
    } finally {
      await buyer.end();
    }
    expect((await world.look.query(`select from provider_events where id = 'erased:cus_0123'`)).rowCount).toBe(1);
  });

  it('erasing the original of a moved organization does not end its subscription', async () => {
    const owner = await world.customer({ plan: 'pro' });
    await world.server.app.get(TenantLifecycleService).eraseTenant(owner.organizationId, { moved: true });
    expect((await world.look.query('select from provider_events where id = $1', [`erased:${owner.theirs['customer']}`])).rowCount).toBe(0);
    expect(owner.theirs['status']).toBe('active');
  });
});

describe('an archive', () => {
  const rowOf = async ({ organizationId }: Person): Promise<Values> => (await targetLook.query('select * from subscriptions where organization_id = $1', [organizationId])).rows[0];
  async function restored(owner: Person, moved = false): Promise<Values> {
    const file = path.join(folder, `${owner.slug}.zip`);
    await world.server.app.get(TenantExportService).exportTenant(owner.slug, file);
    expect(await target.app.get(TenantImportService).importTenant(file, { moved })).toMatchObject({ organization: { id: owner.organizationId } });
    return rowOf(owner);
  }

  it('an archive that is restored as a copy leaves the customer to the original, whatever events arrive', async () => {
    const owner = await world.customer({ plan: 'team', seats: 3 });
    const { customer } = owner.theirs;
    for (const status of ['open', 'paid']) await world.tell('invoice.finalized', ledger().invoice({ customer, status, total: 3000 }));
    const row = await restored(owner);
    expect(row).toMatchObject({ plan: 'team', seats: 3, status: 'active', provider: 'manual', provider_customer_id: null, provider_subscription_id: null });
    const { rows } = await targetLook.query('select status from invoices where organization_id = $1 order by status', [owner.organizationId]);
    expect(rows).toEqual([{ status: 'paid' }, { status: 'void' }]);
    ledger().change(owner.theirs, { items: [{ id: owner.theirs['items'].data[0].id, quantity: 9 }] });
    const event = world.stripe.event('customer.subscription.updated', owner.theirs);
    expect((await world.stripe.deliver(target.api, event)).status).toBe(200);
    await target.app.get(StripeComparisonService).compareAll();
    expect(await rowOf(owner)).toEqual(row);
    // It does not end there with this one either.
    await target.app.get(TenantLifecycleService).eraseTenant(owner.organizationId);
    expect(owner.theirs['status']).toBe('active');
  });

  it('an archive from before a purchase neither adopts nor ends the subscription of the original', async () => {
    const owner = await world.server.world.owner();
    await world.look.query(`update subscriptions set usage_reported_since = current_date where organization_id = $1`, [owner.organizationId]);
    await world.look.query(
      `insert into usage_reports (organization_id, id, meter, day, number, quantity, tried_at, sent_at)
       select $1, gen_random_uuid(), 'quizzes', current_date, n, 5, now(), case n when 1 then now() end from generate_series(1, 2) n`,
      [owner.organizationId],
    );
    const row = await restored(owner);
    expect(row).toMatchObject({ provider_detached: true, usage_reported_since: null });
    // Usage that was not reported yet is reported by the original.
    expect((await targetLook.query('select number from usage_reports where organization_id = $1', [owner.organizationId])).rows).toEqual([{ number: 1 }]);
    const { body } = await owner.api.post(`${owner.home}/billing/checkout`, { plan: 'pro' });
    const theirs = ledger().complete(ledger().find(ledger().sessions, body.url.split('/').at(-1)));
    await world.tell('customer.subscription.created', theirs);
    await target.app.get(StripeComparisonService).compareAll();
    expect(await rowOf(owner)).toEqual(row);
    await target.app.get(TenantLifecycleService).eraseTenant(owner.organizationId);
    expect((await targetLook.query('select from provider_events where id = $1', [`erased:${theirs['customer']}`])).rowCount).toBe(0);
    expect(theirs['status']).toBe('active');
  });

  it('an archive that is restored as a copy can buy as another customer', async () => {
    const owner = await world.customer({ plan: 'pro' });
    await restored(owner);
    // Not over HTTP: several applications of one process share the strategy that reads tokens.
    const url = await target.app.get(CheckoutService).createCheckout(owner.organizationId, { plan: 'team', seats: 2 });
    const session = ledger().find(ledger().sessions, url.split('/').at(-1) ?? '');
    expect(session['customer']).not.toBe(owner.theirs['customer']);
    // The payments belong to the original.
    expect([session['discounts'], session['subscription_data'].trial_end]).toEqual([undefined, undefined]);
    const bought = ledger().complete(session);
    await world.stripe.deliver(target.api, world.stripe.event('customer.subscription.created', bought));
    await target.app.get(StripeComparisonService).compareAll();
    expect(await rowOf(owner)).toMatchObject({ plan: 'team', provider: 'stripe', provider_subscription_id: bought['id'] });
    await world.server.app.get(StripeComparisonService).compareAll();
    expect(await world.row(owner)).toMatchObject({ plan: 'pro', provider_subscription_id: owner.theirs['id'] });
  });

  it('an imported organization that had not paid owes nothing, and stays suspended until it is resumed', async () => {
    const owner = await world.customer({ plan: 'pro' });
    await world.tell('customer.subscription.updated', Object.assign(owner.theirs, { status: 'unpaid' }));
    const row = await restored(owner);
    expect(row).toMatchObject({ status: 'paused', past_due_since: null });
    expect(row['period_end'].getTime()).toBeLessThanOrEqual(Date.now());
    expect((await targetLook.query('select status, plan from organizations where id = $1', [owner.organizationId])).rows).toEqual([{ status: 'suspended', plan: 'pro' }]);
    expect(await target.app.get(SubscriptionsService).resumeSubscription(owner.organizationId)).toMatchObject({ status: 'active', provider: 'manual' });
    expect((await targetLook.query('select status, provider from invoices where organization_id = $1', [owner.organizationId])).rows).toEqual([
      { status: 'open', provider: 'manual' },
    ]);
  });

  it('an archive that is moved keeps its customer', async () => {
    const owner = await world.customer({ plan: 'pro' });
    expect(await restored(owner, true)).toMatchObject({ provider: 'stripe', provider_customer_id: owner.theirs['customer'], provider_subscription_id: owner.theirs['id'] });
    await world.server.app.get(TenantLifecycleService).eraseTenant(owner.organizationId, { moved: true });
    ledger().change(owner.theirs, { pause_collection: { behavior: 'void' } });
    await target.app.get(StripeComparisonService).compareAll();
    expect(await rowOf(owner)).toMatchObject({ status: 'paused' });
  });

  it('an archive from before there were subscriptions gets a subscription on import', async () => {
    const owner = await world.server.world.owner();
    await world.look.query('delete from subscriptions where organization_id = $1', [owner.organizationId]);
    expect(await restored(owner)).toMatchObject({ plan: 'free', status: 'active', provider: 'manual', period_end: null });
  });
});

describe('another provider', () => {
  /** Bought and paid by invoice, before Stripe was. */
  async function payer(body: Values, paid = true): Promise<Person> {
    const owner = await world.server.world.owner();
    const { status, text } = await byHand.api.as(owner.accessToken).patch(`${owner.home}/subscription`, body);
    if (status !== 200) throw new Error(text);
    const { rows } = await world.look.query('select id from invoices where organization_id = $1', [owner.organizationId]);
    if (paid) await operator.post(`/tenants/${owner.organizationId}/invoices/${rows[0].id}/close`, { status: 'paid' });
    return owner;
  }
  const half = async (owner: Person): Promise<void> => {
    const middle = (table: string): string =>
      `update ${table} set period_start = date_trunc('second', now() - interval '15 days'), period_end = date_trunc('second', now() + interval '15 days') where organization_id = $1`;
    for (const table of ['invoice_lines', 'subscriptions']) await world.look.query(middle(table), [owner.organizationId]);
  };
  const checkout = async (owner: Person, body: object): Promise<Values> => {
    const answer = (await owner.api.post(`${owner.home}/billing/checkout`, body)).body;
    return answer.url === undefined ? answer : ledger().find(ledger().sessions, answer.url.split('/').at(-1));
  };

  it('changing the provider deducts the unused paid period from the first invoice', async () => {
    const owner = await payer({ plan: 'pro' });
    await half(owner);
    const session = await checkout(owner, { plan: 'team', seats: 5 });
    const coupon = ledger().find(ledger().coupons, session['discounts'][0].coupon);
    expect(coupon).toMatchObject({ amount_off: '1500', currency: 'eur', duration: 'once', max_redemptions: '1' });
    expect(session['subscription_data'].trial_end).toBeUndefined();
    await world.tell('customer.subscription.created', ledger().complete(session));
    expect(await world.subscriptionOf(owner)).toMatchObject({ plan: 'team', seats: 5, provider: 'stripe', status: 'active' });
  });

  it('changing the provider deducts nothing for an unpaid period', async () => {
    const owner = await payer({ plan: 'pro' }, false);
    await world.look.query(`update invoices set status = 'void' where organization_id = $1`, [owner.organizationId]);
    expect((await checkout(owner, { plan: 'pro' }))['discounts']).toBeUndefined();
  });

  it('changing the provider credits the paid amount, without gifts and earlier credits', async () => {
    const owner = await payer({ plan: 'pro' });
    await half(owner);
    expect((await operator.patch(`/tenants/${owner.organizationId}`, { plan: 'team' })).status).toBe(200);
    const off = async (body: object): Promise<string> => ledger().find(ledger().coupons, (await checkout(owner, body))['discounts'][0].coupon)['amount_off'];
    expect(await off({ plan: 'team', seats: 9 })).toBe('1500');
    const { rows } = await world.look.query<{ invoice: string; line: string }>('select invoice_id as invoice, id as line from invoice_lines where organization_id = $1', [
      owner.organizationId,
    ]);
    const body = { lines: [{ lineId: rows[0]?.line, amount: 1000 }] };
    expect((await operator.post(`/tenants/${owner.organizationId}/invoices/${rows[0]?.invoice}/credit-notes`, body)).status).toBe(201);
    // Of the 15.00 for the rest of the period, 10.00 were given back before.
    expect(await off({ plan: 'team', seats: 9 })).toBe('500');
    // The balance of 10.00 is for invoices of tenantry: the checkout does not use it, and neither does the preview.
    const { body: preview } = await owner.api.post(`${owner.home}/subscription/preview`, { plan: 'team', seats: 9 });
    expect(preview).toMatchObject({ waitsFor: 'checkout', subtotal: 9000, balanceApplied: 0, dueNow: 8500, credits: [{ total: 500, reducesDue: 500, addsToBalance: 0 }] });
  });

  it('after changing the provider, terms below the prepaid value are refused', async () => {
    const owner = await payer({ plan: 'pro', interval: 'year' });
    const sessions = ledger().sessions.size;
    const refused = await checkout(owner, { plan: 'pro', interval: 'month' });
    const until = (await world.row(owner))['period_end'].toISOString();
    expect(refused).toMatchObject({ status: 409, code: 'prepaid_exceeds', until, worth: expect.any(Number), amount: 3000 });
    expect(ledger().sessions.size).toBe(sessions);
    const session = await checkout(owner, { plan: 'pro', interval: 'year' });
    expect(session['subscription_data'].trial_end).toBeUndefined();
  });

  it('a checkout page expires at the end of the period that is invoiced otherwise', async () => {
    const owner = await payer({ plan: 'pro' });
    const opens = async (left: string): Promise<number> => {
      for (const table of ['invoice_lines', 'subscriptions'])
        await world.look.query(`update ${table} set period_end = now() + $2::interval where organization_id = $1`, [owner.organizationId, left]);
      return (Number((await checkout(owner, { plan: 'team', seats: 9 }))['expires_at']) * 1000 - Date.now()) / 60_000;
    };
    expect(await opens('2 days')).toBeCloseTo(24 * 60, -1);
    expect(await opens('2 hours')).toBeCloseTo(120, -1);
    // Stripe has none that is open for less than half an hour.
    expect(await opens('1 minute')).toBeGreaterThan(30);
  });

  it('checkout is refused while a manual invoice is unpaid, and the operator can close it', async () => {
    const owner = await payer({ plan: 'pro' }, false);
    expect(await checkout(owner, { plan: 'pro' })).toMatchObject({ code: 'invoices_open', invoices: [expect.stringMatching(/^INV-\d{6}$/)] });
    const { rows } = await world.look.query('select id from invoices where organization_id = $1', [owner.organizationId]);
    // The dashboard asks nobody.
    await owner.api.post(`${owner.home}/billing/portal`, {});
    const theirs = ledger().subscription({ customer: (await world.row(owner))['provider_customer_id'], items: [{ price: world.price('pro:month:eur') }] });
    await world.tell('customer.subscription.created', theirs);
    await world.look.query(`update invoices set due_at = now() - interval '40 days' where id = $1`, [rows[0].id]);
    const later = new Date(Date.now() + 5 * day);
    for (const hours of [0, 1]) await runJob(world.server.app, 'advance-subscriptions', new Date(later.getTime() + hours * 3600 * 1000));
    expect(await world.subscriptionOf(owner)).toMatchObject({ status: 'active', provider: 'stripe' });
    expect((await operator.post(`/tenants/${owner.organizationId}/invoices/${rows[0].id}/close`, { status: 'void' })).body).toMatchObject({ status: 'void' });
    expect(await world.subscriptionOf(owner)).toMatchObject({ status: 'active', provider: 'stripe' });
  });

  it('changing back to invoices does not touch subscriptions that Stripe still collects', async () => {
    const owner = await world.customer({ plan: 'pro' });
    const before = await world.row(owner);
    const api = byHand.api.as(owner.accessToken);
    const answers = [
      await api.patch(`${owner.home}/subscription`, { plan: 'team', seats: 2 }),
      await api.post(`${owner.home}/subscription/cancel`, { immediately: true }),
      await byHand.api.as(operator.token).post(`/tenants/${owner.organizationId}/subscription/pause`),
      await byHand.api.as(operator.token).patch(`/tenants/${owner.organizationId}`, { plan: 'team' }),
    ];
    expect(answers.map(({ body }) => body.code)).toEqual(answers.map(() => 'collected_elsewhere'));
    expect(await world.row(owner)).toEqual(before);
  });

  it('an organization that is erased after changing back leaves a task to cancel its Stripe subscription', async () => {
    const owner = await world.customer({ plan: 'pro' });
    const id = `erased:${owner.theirs['customer']}`;
    await byHand.app.get(TenantLifecycleService).eraseTenant(owner.organizationId);
    expect(owner.theirs['status']).toBe('active');
    await world.look.query(`update provider_events set received_at = now() - interval '1 day' where id = $1`, [id]);
    await runJob(world.server.app, 'reconcile-stripe', new Date(Date.now() + 3 * day));
    expect((await world.handled(id))['result']).toMatchObject({ outcome: 'ended', subscriptions: 1 });
    expect(owner.theirs['status']).toBe('canceled');
  });

  it('a subscription that Stripe has ended no longer follows Stripe, and the operator can assign a plan', async () => {
    const owner = await world.customer({ plan: 'pro' });
    await world.tell('customer.subscription.deleted', ledger().cancel(owner.theirs));
    await world.server.app.get(SubscriptionsService).setTrialEnd(owner.organizationId, new Date(Date.now() + 9 * day));
    expect(await world.row(owner)).toMatchObject({ status: 'trialing', provider: 'manual', provider_subscription_id: null });
    await world.tell('customer.subscription.updated', owner.theirs);
    await world.server.app.get(StripeComparisonService).compareAll();
    expect(await world.subscriptionOf(owner)).toMatchObject({ status: 'trialing', plan: 'pro' });
    expect(await checkout(owner, { plan: 'pro' })).toMatchObject({ customer: owner.theirs['customer'], status: 'open' });
  });
});
