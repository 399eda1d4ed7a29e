import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadEnv } from '../../../src/config/env.js';
import { PlatformAdminsService } from '../../../src/modules/auth/platform/platform-admins.service.js';
import { StripeWorld } from '../../support/stripe-world.js';
import { tagOf } from '../../support/versions.js';

type Values = Record<string, any>;

let world: StripeWorld;
beforeAll(async () => {
  world = await StripeWorld.open();
});
afterAll(() => world.close());

const ledger = () => world.stripe.ledger;

describe('buying', () => {
  it('a purchase uses a Stripe checkout page, and takes effect when the page is completed', async () => {
    const owner = await world.server.world.owner();
    const wanted = { plan: 'team', seats: 4, successUrl: 'https://app.tenantry.test/thanks' };
    const { status, body } = await owner.api.post(`${owner.home}/billing/checkout`, wanted);
    expect({ status, url: body.url }).toEqual({ status: 200, url: expect.stringMatching(/^https:\/\/checkout\.stripe\.test\/cs_/) });
    expect(await world.planOf(owner)).toBe('free');
    const session = ledger().find(ledger().sessions, body.url.split('/').at(-1));
    const { organizationId } = owner;
    expect(session).toMatchObject({
      client_reference_id: organizationId,
      metadata: { organizationId },
      subscription_data: { metadata: { organizationId } },
      success_url: wanted.successUrl,
      line_items: [{ price: world.price('team:month:eur'), quantity: '4' }, { price: world.price('meter:quizzes:month:eur') }, { price: world.price('meter:pages:month:eur') }],
    });
    ledger().complete(session);
    await world.tell('checkout.session.completed', session);
    expect(await world.subscriptionOf(owner)).toMatchObject({ plan: 'team', status: 'active', seats: 4, provider: 'stripe', currency: 'EUR' });
    expect(await world.planOf(owner)).toBe('team');
  });

  it('a change requires a checkout until a payment method is known', async () => {
    const owner = await world.server.world.owner();
    const { status, body } = await owner.api.patch(`${owner.home}/subscription`, { plan: 'pro' });
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'checkout_required' });
    expect(body.detail).toContain(`${owner.home}/billing/checkout`);
  });

  it('concurrent requests for the payment portal create one customer', async () => {
    const owner = await world.server.world.owner();
    const before = ledger().customers.size;
    const answers = await Promise.all(Array.from({ length: 6 }, () => owner.api.post(`${owner.home}/billing/portal`, {})));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(ledger().customers.size).toBe(before + 1);
    expect((await world.row(owner))['provider_customer_id']).toMatch(/^cus_/);
  });

  it('a member of two organizations pays for the one in which they buy', async () => {
    const owner = await world.customer({ plan: 'pro' });
    const second = (await owner.api.post('/organizations', { name: world.server.world.unique('second') })).body;
    const { accessToken } = (await owner.api.post('/auth/switch-organization', { organizationId: second.id })).body;
    const { body } = await world.server.api.as(accessToken).post(`/organizations/${second.id}/billing/checkout`, { plan: 'pro' });
    const session = ledger().find(ledger().sessions, body.url.split('/').at(-1));
    expect(session['customer']).not.toBe((await world.row(owner))['provider_customer_id']);
    expect(session['metadata']).toEqual({ organizationId: second.id });
  });

  it('a new checkout closes the previous page to prevent a double payment', async () => {
    const owner = await world.server.world.owner();
    const first = (await owner.api.post(`${owner.home}/billing/checkout`, { plan: 'pro' })).body.url.split('/').at(-1);
    await owner.api.post(`${owner.home}/billing/checkout`, { plan: 'pro', interval: 'year' });
    expect(ledger().find(ledger().sessions, first)['status']).toBe('expired');
  });

  it('a checkout transfers the trial to Stripe', async () => {
    const owner = await world.server.world.owner();
    const endsAt = new Date(Date.now() + 10 * 24 * 3600 * 1000);
    await world.look.query(`update subscriptions set status = 'trialing', plan = 'pro', trial_ends_at = $2 where organization_id = $1`, [owner.organizationId, endsAt]);
    const { body } = await owner.api.post(`${owner.home}/billing/checkout`, { plan: 'team', seats: 2 });
    const session = ledger().find(ledger().sessions, body.url.split('/').at(-1));
    expect(session['subscription_data'].trial_end).toBe(String(Math.floor(endsAt.getTime() / 1000)));
    await world.tell('customer.subscription.created', ledger().complete(session));
    expect(await world.subscriptionOf(owner)).toMatchObject({ plan: 'team', status: 'trialing' });
  });

  it('an organization that has just paid gets no second checkout, even before the event arrives', async () => {
    const owner = await world.server.world.owner();
    const { body } = await owner.api.post(`${owner.home}/billing/checkout`, { plan: 'pro' });
    ledger().complete(ledger().find(ledger().sessions, body.url.split('/').at(-1)));
    expect((await owner.api.post(`${owner.home}/billing/checkout`, { plan: 'pro' })).body.code).toBe('already_subscribed');
    expect(await world.subscriptionOf(owner)).toMatchObject({ plan: 'pro', status: 'active', provider: 'stripe' });
  });

  it('a refused checkout has the code of its reason', async () => {
    const owner = await world.customer({ plan: 'pro' });
    const other = await world.server.world.owner();
    const codeOf = async (who: typeof other, body: object): Promise<string> => (await who.api.post(`${who.home}/billing/checkout`, body)).body.code;
    expect(await codeOf(owner, { plan: 'team', seats: 2 })).toBe('already_subscribed');
    expect(await codeOf(other, { plan: 'free' })).toBe('not_sold');
    expect(await codeOf(other, { plan: 'nothing' })).toBe('unknown_plan');
    expect(await codeOf(other, { plan: 'pro', successUrl: 'https://evil.example/' })).toBe('foreign_address');
    expect(await codeOf(other, { plan: 'pro', cancelUrl: 'https://app.tenantry.test.evil.example/' })).toBe('foreign_address');
  });
});

describe('a change of a subscription', () => {
  it('an upgrade is made in Stripe immediately, with proration', async () => {
    const owner = await world.customer({ plan: 'team', seats: 2 });
    const { body } = await owner.api.patch(`${owner.home}/subscription`, { seats: 5 });
    expect(body).toMatchObject({ plan: 'team', seats: 5, next: null });
    expect(owner.theirs['items'].data[0]).toMatchObject({ quantity: 5 });
    expect((await owner.api.patch(`${owner.home}/subscription`, { plan: 'team', seats: 6 })).body.seats).toBe(6);
  });

  it('a downgrade begins with the next period by a Stripe schedule, and can be withdrawn', async () => {
    const owner = await world.customer({ plan: 'team', seats: 5 });
    expect((await owner.api.patch(`${owner.home}/subscription`, { plan: 'pro' })).body).toMatchObject({ plan: 'team', seats: 5, next: { plan: 'pro' } });
    expect((await owner.api.post(`${owner.home}/subscription/resume`)).body).toMatchObject({ plan: 'team', next: null });
    await owner.api.patch(`${owner.home}/subscription`, { plan: 'pro' });
    expect(await world.planOf(owner)).toBe('team');
    ledger().renew(owner.theirs);
    await world.tell('customer.subscription.updated', owner.theirs);
    expect(await world.subscriptionOf(owner)).toMatchObject({ plan: 'pro', seats: null, next: null });
    expect(await world.planOf(owner)).toBe('pro');
  });

  it('a downgrade that Stripe has accepted is adopted when its answer was lost', async () => {
    const owner = await world.customer({ plan: 'team', seats: 5 });
    await owner.api.patch(`${owner.home}/subscription`, { seats: 3 });
    const { next } = await world.subscriptionOf(owner);
    expect(next).toMatchObject({ plan: 'team', seats: 3 });
    const forget = `update subscriptions set next_plan = null, next_interval = null, next_seats = null, version = version + 1 where organization_id = $1`;
    await world.look.query(forget, [owner.organizationId]);
    await world.tell('customer.subscription.updated', owner.theirs);
    expect((await world.subscriptionOf(owner)).next).toEqual(next);
    await owner.api.post(`${owner.home}/subscription/resume`);
    await world.tell('customer.subscription.updated', owner.theirs);
    expect((await world.subscriptionOf(owner)).next).toBeNull();
  });

  it('a change with If-Match is refused if the scheduled change was replaced in Stripe', async () => {
    const owner = await world.customer({ plan: 'team', seats: 5 });
    const { headers } = await owner.api.patch(`${owner.home}/subscription`, { seats: 3 });
    const asks = () => owner.api.patch(`${owner.home}/subscription`, { seats: 4 }, { headers: { 'if-match': headers.get('etag') ?? '' } });
    ledger().find(ledger().schedules, owner.theirs['schedule'])['phases'][1].items[0].quantity = '2';
    expect((await asks()).body).toMatchObject({ status: 412 });
    expect(await world.subscriptionOf(owner)).toMatchObject({ seats: 5, next: { seats: 2 } });
    // Without it, the change is checked again.
    expect((await owner.api.patch(`${owner.home}/subscription`, { seats: 4 })).body).toMatchObject({ seats: 5, next: { seats: 4 } });
  });

  it('a change with If-Match is refused after a scheduled change has begun, even if its terms were changed back', async () => {
    const owner = await world.customer({ plan: 'team', seats: 5 });
    const { headers } = await owner.api.patch(`${owner.home}/subscription`, { seats: 3 });
    ledger().renew(owner.theirs);
    ledger().change(owner.theirs, { items: [{ id: owner.theirs['items'].data[0].id, quantity: '5' }] });
    const { body } = await owner.api.patch(`${owner.home}/subscription`, { seats: 4 }, { headers: { 'if-match': headers.get('etag') ?? '' } });
    expect(body).toMatchObject({ status: 412 });
    expect(await world.subscriptionOf(owner)).toMatchObject({ seats: 5, next: null });
  });

  it('a change keeps the metered prices, in the interval of the plan, and items that were added in the dashboard', async () => {
    const owner = await world.customer({ plan: 'team', seats: 2 });
    const items = (): Values => owner.theirs['items'].data.map(({ price: { lookup_key: key }, quantity }: Values) => [key, quantity]);
    const monthly = [
      ['tenantry:meter:quizzes:month:eur', undefined],
      ['tenantry:meter:pages:month:eur', undefined],
    ];
    expect(items()).toEqual([['tenantry:team:month:eur', 2], ...monthly]);
    await owner.api.patch(`${owner.home}/subscription`, { plan: 'pro' });
    expect(items()).toEqual([['tenantry:pro:month:eur', 1], ...monthly]);
    // Pages have no price by the year.
    await owner.api.patch(`${owner.home}/subscription`, { interval: 'year' });
    const yearly = [
      ['tenantry:pro:year:eur', 1],
      ['tenantry:meter:quizzes:year:eur', undefined],
    ];
    expect(items()).toEqual(yearly);
    expect((await owner.api.patch(`${owner.home}/subscription`, { interval: 'month' })).body).toMatchObject({ interval: 'year', next: { interval: 'month' } });
    expect(items()).toEqual(yearly);
    // Items that were added in the dashboard are kept.
    const extra = ledger().price({ currency: 'eur', unit_amount: 500, recurring: { interval: 'month' } });
    ledger().renew(owner.theirs);
    expect(items()).toEqual([['tenantry:pro:month:eur', 1], ...monthly]);
    await world.tell('customer.subscription.updated', owner.theirs);
    expect(await world.subscriptionOf(owner)).toMatchObject({ plan: 'pro', interval: 'month', next: null });
    ledger().change(owner.theirs, { items: [{ price: extra['id'] }] });
    await owner.api.patch(`${owner.home}/subscription`, { plan: 'team', seats: 5 });
    expect(items()).toEqual([['tenantry:team:month:eur', 5], ...monthly, [null, 1]]);
  });

  it('a change adds new metered prices, and is refused while one is missing in Stripe', async () => {
    const owner = await world.customer({ plan: 'team', seats: 2 });
    const { id } = owner.theirs['items'].data[2];
    ledger().change(owner.theirs, { items: [{ id, deleted: 'true' }] });
    const price = ledger().find(ledger().prices, world.price('meter:pages:month:eur'));
    price['lookup_key'] = 'gone';
    expect((await owner.api.patch(`${owner.home}/subscription`, { seats: 3 })).body).toMatchObject({
      code: 'price_missing',
      detail: expect.stringContaining('tenantry:meter:pages:month:eur'),
    });
    price['lookup_key'] = 'tenantry:meter:pages:month:eur';
    expect((await owner.api.patch(`${owner.home}/subscription`, { seats: 3 })).body).toMatchObject({ seats: 3 });
    expect(owner.theirs['items'].data.map(({ price: { lookup_key: key } }: Values) => key)).toContain('tenantry:meter:pages:month:eur');
  });

  it('a change whose payment is declined leaves the subscription unchanged', async () => {
    const owner = await world.customer({ plan: 'team', seats: 2 });
    ledger().cardIsGood = false;
    const { status, body } = await owner.api.patch(`${owner.home}/subscription`, { seats: 9 });
    ledger().cardIsGood = true;
    expect({ status, ...body }).toMatchObject({ status: 402, code: 'payment_refused', reason: 'insufficient_funds' });
    expect(await world.subscriptionOf(owner)).toMatchObject({ seats: 2 });
    // With a better card the same is asked for again.
    expect((await owner.api.patch(`${owner.home}/subscription`, { seats: 9 })).body.seats).toBe(9);
  });

  it('a change whose payment is declined keeps a scheduled change', async () => {
    const owner = await world.customer({ plan: 'team', seats: 5 });
    await owner.api.patch(`${owner.home}/subscription`, { seats: 3 });
    ledger().cardIsGood = false;
    expect((await owner.api.patch(`${owner.home}/subscription`, { seats: 9 })).status).toBe(402);
    ledger().cardIsGood = true;
    await world.tell('customer.subscription.updated', owner.theirs);
    expect(await world.subscriptionOf(owner)).toMatchObject({ seats: 5, next: { seats: 3 } });
  });

  it('a change to a free plan ends the Stripe subscription with the period', async () => {
    const owner = await world.customer({ plan: 'pro' });
    expect((await owner.api.patch(`${owner.home}/subscription`, { plan: 'free' })).body).toMatchObject({ plan: 'pro', cancelAtPeriodEnd: true, next: { plan: 'free' } });
    expect(owner.theirs['cancel_at_period_end']).toBe(true);
    await world.tell('customer.subscription.deleted', ledger().cancel(owner.theirs));
    expect(await world.subscriptionOf(owner)).toMatchObject({ plan: 'free', status: 'canceled', next: null });
  });

  it('the operator cannot assign a plan that Stripe collects, and a pause or trial of the operator is made in Stripe', async () => {
    const owner = await world.customer({ plan: 'pro' });
    await world.server.app.get(PlatformAdminsService).createFirstPlatformAdmin('operator@example.com', 'a long operator passphrase');
    const { accessToken } = (await world.server.api.post('/auth/login', { email: 'operator@example.com', password: 'a long operator passphrase' })).body;
    const operator = world.server.api.as(accessToken);
    expect((await operator.patch(`/tenants/${owner.organizationId}`, { plan: 'team' })).body.code).toBe('collected_elsewhere');
    expect((await operator.post(`/tenants/${owner.organizationId}/subscription/pause`)).body.status).toBe('paused');
    expect(owner.theirs['pause_collection']).toEqual({ behavior: 'void' });
    const endsAt = new Date(Date.now() + 9 * 24 * 3600 * 1000).toISOString();
    await operator.post(`/tenants/${owner.organizationId}/trial`, { endsAt });
    expect(owner.theirs['trial_end']).toBe(Math.floor(Date.parse(endsAt) / 1000));
  });

  it('a change that fails in Stripe has no partial effect and can be repeated', async () => {
    const owner = await world.customer({ plan: 'team', seats: 2 });
    world.stripe.failures.push('error', 'error');
    const refused = await owner.api.patch(`${owner.home}/subscription`, { seats: 3 });
    expect({ status: refused.status, code: refused.body.code, retry: refused.headers.get('retry-after') }).toEqual({ status: 503, code: 'provider_unavailable', retry: '10' });
    expect(await world.subscriptionOf(owner)).toMatchObject({ seats: 2 });
    expect((await owner.api.patch(`${owner.home}/subscription`, { seats: 3 })).body.seats).toBe(3);
  });

  it('of three concurrent changes of the same version, one succeeds', async () => {
    for (let round = 0; round < 5; round += 1) {
      const owner = await world.customer({ plan: 'team', seats: 2 });
      const headers = { 'if-match': tagOf((await world.row(owner))['version'], owner) };
      const answers = await Promise.all([3, 4, 5].map((seats) => owner.api.patch(`${owner.home}/subscription`, { seats }, { headers })));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
      const made = answers.find(({ status }) => status === 200)?.body.seats;
      expect(owner.theirs['items'].data[0]).toMatchObject({ quantity: made });
      expect(await world.subscriptionOf(owner)).toMatchObject({ seats: made });
    }
  });

  it('a change whose response was lost is adopted from the event of Stripe', async () => {
    const owner = await world.customer({ plan: 'team', seats: 2 });
    world.stripe.afterwards = async (call) => {
      if (!call.startsWith('POST')) return;
      world.stripe.afterwards = undefined;
      world.stripe.failures.push('error', 'error');
    };
    expect((await owner.api.patch(`${owner.home}/subscription`, { seats: 3 })).status).toBe(503);
    // The application does not know it yet; the event of Stripe reports it.
    expect(await world.subscriptionOf(owner)).toMatchObject({ seats: 2 });
    await world.tell('customer.subscription.updated', owner.theirs);
    expect(await world.subscriptionOf(owner)).toMatchObject({ seats: 3 });
  });
});

describe('an end', () => {
  it('a cancellation at the end of the period is accepted although the event of the new period is late', async () => {
    const owner = await world.customer({ plan: 'pro' });
    await world.look.query(`update subscriptions set period_start = now() - interval '31 days', period_end = now() - interval '1 second' where organization_id = $1`, [
      owner.organizationId,
    ]);
    expect((await owner.api.post(`${owner.home}/subscription/cancel`, {})).body).toMatchObject({ status: 'active', cancelAtPeriodEnd: true });
    expect(owner.theirs).toMatchObject({ status: 'active', cancel_at_period_end: true });
  });

  it('a cancellation at the end of the period is sent to Stripe, and can be withdrawn', async () => {
    const owner = await world.customer({ plan: 'pro' });
    expect((await owner.api.post(`${owner.home}/subscription/cancel`, {})).body).toMatchObject({ status: 'active', cancelAtPeriodEnd: true });
    expect(owner.theirs['cancel_at_period_end']).toBe(true);
    expect((await owner.api.post(`${owner.home}/subscription/resume`)).body).toMatchObject({ cancelAtPeriodEnd: false });
    expect(owner.theirs['cancel_at_period_end']).toBe(false);
  });

  it('an immediate cancellation falls back to the free plan, and a plan can be bought again', async () => {
    const owner = await world.customer({ plan: 'pro' });
    expect((await owner.api.post(`${owner.home}/subscription/cancel`, { immediately: true })).body).toMatchObject({ status: 'canceled' });
    expect(await world.planOf(owner)).toBe('free');
    const { body } = await owner.api.post(`${owner.home}/billing/checkout`, { plan: 'team', seats: 2 });
    const session = ledger().find(ledger().sessions, body.url.split('/').at(-1));
    expect(session['customer']).toBe(owner.theirs['customer']);
    ledger().complete(session);
    await world.tell('checkout.session.completed', session);
    expect(await world.subscriptionOf(owner)).toMatchObject({ plan: 'team', status: 'active', seats: 2 });
  });
});

describe('the environment', () => {
  it('the environment must have both Stripe secrets and a safe Stripe URL', () => {
    const good = { BILLING_PROVIDER: 'stripe', STRIPE_SECRET_KEY: 'sk_test_12345678', STRIPE_WEBHOOK_SECRET: 'whsec_12345678, whsec_abcdefgh' };
    expect(loadEnv(good).BILLING_PROVIDER).toBe('stripe');
    expect(loadEnv({}).BILLING_PROVIDER).toBe('manual');
    expect(() => loadEnv({ BILLING_PROVIDER: 'stripe' })).toThrow(/STRIPE_SECRET_KEY must .*\n.*STRIPE_WEBHOOK_SECRET must /);
    expect(() => loadEnv({ ...good, STRIPE_SECRET_KEY: 'pk_test_12345678' })).toThrow('STRIPE_SECRET_KEY');
    expect(() => loadEnv({ ...good, STRIPE_API_URL: 'http://stripe.example' })).toThrow('STRIPE_API_URL');
    expect(loadEnv({ ...good, STRIPE_API_URL: 'http://127.0.0.1:1' }).STRIPE_API_URL).toBe('http://127.0.0.1:1');
  });
});
