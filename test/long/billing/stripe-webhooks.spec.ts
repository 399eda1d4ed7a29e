import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { StripeWorld } from '../../support/stripe-world.js';
import type { Person } from '../../support/world.js';

type Values = Record<string, any>;

let world: StripeWorld;
beforeAll(async () => {
  world = await StripeWorld.open(2);
});
afterAll(() => world.close());
afterEach(() => {
  world.stripe.afterwards = undefined;
  world.stripe.failures.length = 0;
});

const ledger = () => world.stripe.ledger;
const eventsOf = async (id: string): Promise<number> => (await world.look.query('select from provider_events where id = $1', [id])).rowCount ?? 0;
const announced = async (who: Person, type: string): Promise<Values[]> =>
  (await world.look.query('select data from domain_events where organization_id = $1 and type = $2', [who.organizationId, type])).rows;
const problemOf = (row: Values): string => row['result'].problem;

describe('an event', () => {
  it('an event with a missing, wrong or old signature is refused and not stored', async () => {
    const { theirs } = await world.customer({ plan: 'pro' });
    const event = world.stripe.event('customer.subscription.updated', theirs);
    const { api } = world.server;
    const answers = [
      await api.post('/billing/webhooks/stripe', event),
      await world.stripe.deliver(api, event, { secret: 'whsec_of_somebody_else' }),
      await world.stripe.deliver(api, event, { at: Date.now() - 301_000 }),
      await api.post('/billing/webhooks/stripe', undefined, { raw: '', headers: { 'stripe-signature': 't=1,v1=00' } }),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(answers.map(() => [400, 'invalid_signature']));
    expect(await eventsOf(event['id'])).toBe(0);
  });

  it('an event that is signed with the previous secret is accepted, also with unusual JSON', async () => {
    const event: Values = { ...world.stripe.event('balance.available', { id: 'balance' }), deep: JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`), constructor: 'fine' };
    expect((await world.stripe.deliver(world.server.api, event, { secret: 'whsec_that_came_before' })).status).toBe(200);
    expect(await world.handled(event['id'])).toMatchObject({ attempts: 0, object_id: 'balance' });
  });

  it('a thin event is stored and answered, and a rejected meter event is logged', async () => {
    const thin = (type: string, more: Values = {}): Values => ({ id: `evt_${type}`, object: 'v2.core.event', type, created: '2026-11-21T09:30:00.000Z', livemode: false, ...more });
    const report = thin('v1.billing.meter.error_report_triggered', { related_object: { id: 'mtr_1', type: 'billing.meter', url: '/v1/billing/meters/mtr_1' } });
    for (const [event, objectId] of [
      [report, 'mtr_1'],
      [thin('v2.core.event_destination.ping', { related_object: null }), null],
      [thin('v1.billing.meter.no_meter_found'), null],
    ] as const) {
      expect((await world.stripe.deliver(world.server.api, event)).status).toBe(200);
      expect(await world.handled(event['id'])).toMatchObject({ attempts: 0, object_id: objectId });
    }
    expect((await world.stripe.deliver(world.server.api, report, { secret: 'whsec_of_somebody_else' })).body.code).toBe('invalid_signature');
  });

  it('an event that is larger than the limit is refused', async () => {
    const event = world.stripe.event('balance.available', { id: 'balance', filler: 'x'.repeat(1024 * 1024) });
    expect((await world.stripe.deliver(world.server.api, event)).status).toBe(413);
  });

  it('an event is processed once, even if several replicas receive it repeatedly', async () => {
    const owner = await world.customer({ plan: 'team', seats: 2 });
    ledger().change(owner.theirs, { items: [{ id: owner.theirs['items'].data[0].id, quantity: 7 }] });
    const event = world.stripe.event('customer.subscription.updated', owner.theirs);
    const apis = [...world.servers, ...world.servers, ...world.servers].map(({ api }) => api);
    expect((await Promise.all(apis.map((api) => world.stripe.deliver(api, event)))).map(({ status }) => status)).toEqual(apis.map(() => 200));
    expect(await world.handled(event['id'])).toMatchObject({ attempts: 1, result: { outcome: 'changed' } });
    expect((await world.stripe.deliver(world.server.api, event)).status).toBe(200);
    expect(await eventsOf(event['id'])).toBe(1);
    const told = await announced(owner, 'subscription.changed');
    expect(told.filter(({ data }) => data.seats === 7)).toHaveLength(1);
    expect((await world.subscriptionOf(owner))['seats']).toBe(7);
  });

  it('a late or out-of-order event applies the current state in Stripe, not its own content', async () => {
    const owner = await world.customer({ plan: 'team', seats: 2 });
    const item = owner.theirs['items'].data[0].id;
    const events = [3, 4, 5].map((quantity) => {
      ledger().change(owner.theirs, { items: [{ id: item, quantity }] });
      return world.stripe.event('customer.subscription.updated', owner.theirs);
    });
    for (const event of events.toReversed()) await world.stripe.deliver(world.server.api, event);
    for (const { id } of events) await world.handled(id);
    expect((await world.subscriptionOf(owner))['seats']).toBe(5);
  });

  it('an event with an older object does not overwrite a newer one', async () => {
    const owner = await world.customer({ plan: 'team', seats: 2 });
    const item = owner.theirs['items'].data[0].id;
    let told: Promise<Values> | undefined;
    world.stripe.afterwards = async (call) => {
      if (told !== undefined || !call.startsWith('GET /v1/subscriptions/')) return;
      // The answer with 3 seats is on its way; meanwhile another server writes 4.
      ledger().change(owner.theirs, { items: [{ id: item, quantity: 4 }] });
      told = world.tell('customer.subscription.updated', owner.theirs, world.servers[1]);
      await told;
    };
    ledger().change(owner.theirs, { items: [{ id: item, quantity: 3 }] });
    await world.tell('customer.subscription.updated', owner.theirs);
    expect((await world.subscriptionOf(owner))['seats']).toBe(4);
  });

  it('a failed event is retried by the queue and has no partial effect', async () => {
    const owner = await world.customer({ plan: 'team', seats: 2 });
    ledger().change(owner.theirs, { items: [{ id: owner.theirs['items'].data[0].id, quantity: 3 }] });
    world.stripe.failures.push('error', 'broken_before');
    const event = world.stripe.event('customer.subscription.updated', owner.theirs);
    await world.stripe.deliver(world.server.api, event);
    const read = async (): Promise<Values> => (await world.look.query('select * from provider_events where id = $1', [event['id']])).rows[0];
    expect(await eventually(read, ({ attempts }) => attempts === 1, 15_000)).toMatchObject({ handled_at: null, last_error: expect.stringContaining('connection') });
    expect((await world.subscriptionOf(owner))['seats']).toBe(2);
    await world.look.query(`update pgboss.job set start_after = now() where name = 'provider_events' and state = 'retry'`);
    expect(await world.handled(event['id'])).toMatchObject({ attempts: 2, last_error: null });
    expect((await world.subscriptionOf(owner))['seats']).toBe(3);
  });
});

describe('the status', () => {
  const statuses = ['trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceled'] as const;
  const standing = { trialing: 'trial', active: 'active', past_due: 'active', unpaid: 'suspended', paused: 'suspended', canceled: 'active' } as const;
  const edges = statuses.flatMap((from) => statuses.filter((to) => to !== from && from !== 'canceled').map((to) => [from, to] as const));
  const put = (theirs: Values, status: string): Values =>
    Object.assign(theirs, { status, trial_end: Math.floor(Date.now() / 1000) + 99_999, ended_at: status === 'canceled' ? 1 : null });

  it.each(edges)('a status change from %s to %s is adopted', async (from, to) => {
    const owner = await world.customer({ plan: 'pro' });
    if (from !== 'active') await world.tell('customer.subscription.updated', put(owner.theirs, from));
    await world.tell('customer.subscription.updated', put(owner.theirs, to));
    expect(await world.row(owner)).toMatchObject({ status: to, plan: 'pro', provider: 'stripe' });
    const { rows } = await world.look.query('select status, plan from organizations where id = $1', [owner.organizationId]);
    expect(rows).toEqual([{ status: standing[to], plan: to === 'canceled' ? 'free' : 'pro' }]);
  });

  it('an incomplete subscription starts nothing, and an expired one ends nothing', async () => {
    const owner = await world.server.world.owner();
    const customer = ledger().customer({ metadata: { organizationId: owner.organizationId } })['id'];
    const theirs = Object.assign(ledger().subscription({ customer, items: [{ price: world.price('pro:month:eur') }] }), { status: 'incomplete' });
    expect((await world.tell('customer.subscription.created', theirs))['result']).toEqual({ outcome: 'ignored' });
    expect((await world.tell('customer.subscription.updated', Object.assign(theirs, { status: 'incomplete_expired' })))['result']).toEqual({ outcome: 'ignored' });
    expect(await world.row(owner)).toMatchObject({ plan: 'free', status: 'active', provider: 'manual', provider_subscription_id: null });
  });

  it('a subscription is paused while its collection is paused in Stripe', async () => {
    const owner = await world.customer({ plan: 'pro' });
    await world.tell('customer.subscription.updated', Object.assign(owner.theirs, { pause_collection: { behavior: 'void' } }));
    expect((await world.row(owner))['status']).toBe('paused');
    expect((await owner.api.post(`${owner.home}/subscription/resume`)).body.status).toBe('active');
    expect(owner.theirs['pause_collection']).toBeNull();
  });

  it('a subscription that begins paused owes nothing', async () => {
    const owner = await world.customer({ plan: 'pro' });
    await owner.api.post(`${owner.home}/subscription/cancel`, { immediately: true });
    const items = [{ price: world.price('pro:month:eur') }];
    await world.tell('customer.subscription.created', ledger().subscription({ customer: owner.theirs['customer'], items, pause_collection: { behavior: 'void' } }));
    expect(await world.row(owner)).toMatchObject({ status: 'paused', past_due_since: null });
  });
});

describe('whose a subscription is', () => {
  const made = (customer: string, values: Values = {}): Values => ledger().subscription({ customer, items: [{ price: world.price('pro:month:eur') }], ...values });

  it('a subscription that was created in the dashboard is adopted by its customer', async () => {
    const owner = await world.server.world.owner();
    await owner.api.post(`${owner.home}/billing/portal`, {});
    await world.tell('customer.subscription.created', made((await world.row(owner))['provider_customer_id']));
    expect(await world.subscriptionOf(owner)).toMatchObject({ plan: 'pro', status: 'active', provider: 'stripe' });
    expect(await world.planOf(owner)).toBe('pro');
  });

  it('a subscription of an unknown customer is reported and not assigned by email address', async () => {
    const owner = await world.server.world.owner();
    const row = await world.tell('customer.subscription.created', made(ledger().customer({ email: owner.email })['id']));
    expect(problemOf(row)).toBe('unknown_customer');
    expect((await world.row(owner))['provider']).toBe('manual');
  });

  it('a subscription is not assigned when customer and metadata name different organizations', async () => {
    const [mine, theirs] = [await world.customer({ plan: 'team', seats: 3 }), await world.server.world.owner()];
    const { customer } = mine.theirs;
    const stranger = ledger().customer()['id'];
    const wrong = [
      made(customer, { metadata: { organizationId: theirs.organizationId } }),
      made(customer, { metadata: { organizationId: '0193b8a0-4d3c-7a10-9b5e-2f6f0d1c7e55' } }),
      made(stranger, { metadata: { organizationId: mine.organizationId } }),
      made(ledger().customer({ metadata: { organizationId: theirs.organizationId } })['id'], { metadata: { organizationId: mine.organizationId } }),
    ];
    for (const each of wrong) expect(problemOf(await world.tell('customer.subscription.updated', each))).toBe('conflicting_owners');
    expect(await world.row(mine)).toMatchObject({ plan: 'team', seats: 3, provider_subscription_id: mine.theirs['id'] });
    expect(await world.row(theirs)).toMatchObject({ plan: 'free', provider: 'manual', provider_customer_id: null });
    const told = await announced(mine, 'billing.conflict');
    expect(told).toHaveLength(4);
    expect(JSON.stringify(told)).not.toContain(theirs.organizationId);
  });

  it('if a customer has two subscriptions, the newest active one applies and the other is reported', async () => {
    const owner = await world.customer({ plan: 'pro' });
    const newer = made(owner.theirs['customer'], { created: owner.theirs['created'] + 60, items: [{ price: world.price('team:month:eur'), quantity: 3 }] });
    await world.tell('customer.subscription.created', newer);
    expect(await world.row(owner)).toMatchObject({ plan: 'team', provider_subscription_id: newer['id'] });
    expect(problemOf(await world.tell('customer.subscription.updated', owner.theirs))).toBe('second_subscription');
    expect(await announced(owner, 'billing.conflict')).not.toHaveLength(0);
    await world.tell('customer.subscription.deleted', ledger().cancel(owner.theirs));
    expect(await world.row(owner)).toMatchObject({ plan: 'team', status: 'active' });
  });

  it('a subscription with a price that is not in the catalog is reported', async () => {
    const owner = await world.customer({ plan: 'pro' });
    const other = ledger().price({ currency: 'eur', unit_amount: 1, recurring: { interval: 'month' } })['id'];
    ledger().change(owner.theirs, { items: [{ id: owner.theirs['items'].data[0].id, price: other }] });
    expect(problemOf(await world.tell('customer.subscription.updated', Object.assign(owner.theirs, { status: 'past_due' })))).toBe('unknown_price');
    // The known items are adopted nevertheless.
    expect(await world.row(owner)).toMatchObject({ plan: 'pro', status: 'past_due' });
  });
});

describe('an invoice', () => {
  it('an invoice is copied when it is final, and never reopened', async () => {
    const owner = await world.customer({ plan: 'pro' });
    const { customer } = owner.theirs;
    const line = { id: 'il_1', object: 'line_item', description: 'Pro', quantity: 1, amount: 3000, period: { start: 1_700_000_000, end: 1_702_592_000 } };
    const invoice = ledger().invoice({ customer, status: 'draft', total: 3000, lines: [line] });
    const read = async (): Promise<Values[]> => (await owner.api.get(`${owner.home}/invoices`)).body.data;
    await world.tell('invoice.created', invoice);
    expect(await read()).toEqual([]);
    await world.tell('invoice.finalized', Object.assign(invoice, { status: 'open' }));
    expect(await read()).toMatchObject([
      { status: 'open', total: 3000, currency: 'EUR', number: invoice['number'], url: invoice['hosted_invoice_url'], lines: [{ amount: 3000 }] },
    ]);
    invoice['status_transitions'].paid_at = 1_700_000_500;
    await world.tell('invoice.paid', Object.assign(invoice, { status: 'paid' }));
    await world.tell('invoice.updated', Object.assign(invoice, { status: 'open' }));
    expect(await read()).toMatchObject([{ status: 'paid', paidAt: '2023-11-14T22:21:40.000Z' }]);
  });

  it('an invoice of an unknown customer is reported', async () => {
    const row = await world.tell('invoice.paid', ledger().invoice({ customer: ledger().customer()['id'], status: 'paid' }));
    expect(problemOf(row)).toBe('unknown_customer');
  });
});
