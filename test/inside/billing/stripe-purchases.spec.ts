import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { AppError } from '../../../src/common/errors/app-error.js';
import { PlatformDb } from '../../../src/database/platform-db.js';
import { CheckoutService } from '../../../src/modules/billing/checkout/checkout.service.js';
import { PlatformBillingService } from '../../../src/modules/billing/operator/platform-billing.service.js';
import { StripeEventsWorker } from '../../../src/modules/billing/stripe/inbox/stripe-events.worker.js';
import { StripeReconciliationService } from '../../../src/modules/billing/stripe/subscriptions/stripe-reconciliation.service.js';
import { SubscriptionPreviewService } from '../../../src/modules/billing/subscriptions/subscription-preview.service.js';
import { SubscriptionsService } from '../../../src/modules/billing/subscriptions/subscriptions.service.js';
import type { Answer } from '../../support/client.js';
import { catalogFile } from '../../support/catalogs.js';
import { SetClock } from '../../support/jobs.js';
import { itInBothRuns, rounds, some } from '../../support/rounds.js';
import { StripeTime } from '../../support/stripe-time.js';
import { StripeWorld } from '../../support/stripe-world.js';
import type { Person } from '../../support/world.js';

// Purchases and changes with Stripe, on a clock of their own: what is previewed is what is charged, and concurrent requests are answered.

type Values = Record<string, any>;
type Wanted = Parameters<CheckoutService['createCheckout']>[1];
const day = 24 * 3600 * 1000;
const clock = new SetClock(new Date(Math.floor(Date.now() / 1000) * 1000));
const start = clock.now();
let world: StripeWorld;
let boss: Person;
beforeAll(async () => {
  const text = await readFile('test/catalogs/add-ons.yaml', 'utf8');
  const priced = text.replace(
    /quizzes: \{ kind.*\}/,
    'quizzes: { kind: counter, unit: quiz, period: month, billed: true, prices: [{ interval: month, currency: EUR, amount: 50, per: 10 }] }',
  );
  const taxes = 'seller: { name: Seller, address: { line1: Road 1, postalCode: "10115", city: Berlin, country: DE } }\ntaxes: { rates: { DE: { name: VAT, percent: 19 } } }\n';
  world = await StripeWorld.open(2, clock, { CATALOG: await catalogFile(priced + taxes), JOBS_ENABLED: 'false' });
  boss = await world.server.world.owner();
});
afterAll(() => world.close());

const ledger = () => world.stripe.ledger;
const service = <Service>(kind: abstract new (...needs: any[]) => Service): Service => world.server.app.get(kind);
const organization = async (): Promise<string> => (await boss.api.post('/organizations', { name: world.server.world.unique('org') })).body.id;
const sessionAt = (url: string): Values => ledger().find(ledger().sessions, url.split('/').at(-1) ?? '');
const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** Pays on the page of a checkout, and delivers the event. */
async function buy(organizationId: string, wanted: Wanted): Promise<Values> {
  const session = sessionAt(await service(CheckoutService).createCheckout(organizationId, wanted));
  const theirs = ledger().complete(session);
  const event = world.stripe.event('checkout.session.completed', session);
  expect((await world.stripe.deliver(world.server.api, event)).status).toBe(200);
  await service(StripeEventsWorker).handleStripeEvent(event['id']);
  return theirs;
}

/** An organization that has paid tenantry's invoice for a plan. */
async function payer(wanted: Omit<Wanted, 'successUrl' | 'cancelUrl'>, organizationId?: string, mode: 'invoice' | null = null): Promise<string> {
  const id = organizationId ?? (await organization());
  const bill = (by: 'invoice' | null): Promise<void> => service(PlatformDb).$transaction((tx) => service(PlatformBillingService).setBillingMode(tx, id, by));
  await bill('invoice');
  await service(SubscriptionsService).changeSubscription(id, wanted);
  for (const invoice of await service(PlatformDb).invoice.findMany({ where: { organizationId: id } })) await service(PlatformBillingService).closeInvoice(id, invoice.id, 'paid');
  await bill(mode);
  return id;
}

describe('the preview of a purchase', () => {
  /** The ways to come to a purchase. */
  const from: Readonly<Record<string, () => Promise<string>>> = {
    'the free plan': organization,
    'an address with taxes': async () => {
      const id = await organization();
      await service(PlatformDb).organization.update({ where: { id }, data: { billingAddress: { line1: 'Road 1', postalCode: '10115', city: 'Berlin', country: 'DE' } } });
      return id;
    },
    'a trial of a plan with a price': async () => {
      const id = await organization();
      await service(PlatformDb).$transaction((tx) => service(PlatformBillingService).assignPlan(tx, id, { plan: 'pro' }));
      await service(SubscriptionsService).setTrialEnd(id, new Date(clock.now().getTime() + 10 * day));
      return id;
    },
    'a trial of a plan without a price': async () => {
      const id = await organization();
      await service(SubscriptionsService).setTrialEnd(id, new Date(clock.now().getTime() + 10 * day));
      return id;
    },
    'the last day of a trial': async () => {
      const id = await organization();
      await service(SubscriptionsService).setTrialEnd(id, new Date(clock.now().getTime() + day));
      return id;
    },
    'an ended subscription': async () => {
      const id = await organization();
      await buy(id, { plan: 'team', seats: 3 });
      await service(SubscriptionsService).cancelSubscription(id, { atPeriodEnd: false });
      return id;
    },
    'a plan that the operator gave': async () => {
      const id = await organization();
      await service(PlatformDb).$transaction((tx) => service(PlatformBillingService).assignPlan(tx, id, { plan: 'pro' }));
      return id;
    },
    'a month that was paid by invoice': async () => {
      const id = await payer({ plan: 'pro', addOns: { extra_disk: 1 } });
      clock.forward(10 * day + 12_345);
      return id;
    },
    'a month that was paid by invoice, and canceled': async () => {
      const id = await payer({ plan: 'team', seats: 2 });
      clock.forward(20 * day);
      await service(SubscriptionsService).cancelSubscription(id, { atPeriodEnd: true });
      return id;
    },
    'a year that was paid by invoice, and is nearly over': async () => {
      const id = await payer({ plan: 'pro', interval: 'year', addOns: { single_sign_on: 1 } });
      clock.forward(350 * day);
      return id;
    },
  };
  const purchases: readonly Wanted[] = [
    { plan: 'pro', interval: 'month', addOns: { extra_disk: 3, single_sign_on: 1 } },
    { plan: 'pro', interval: 'year', addOns: { extra_disk: 2 } },
    { plan: 'pro' },
    { plan: 'team', seats: 7, addOns: { extra_disk: null } },
  ];

  itInBothRuns.each(Object.keys(from))('after %s has the charges and the credit of the checkout page, and is possible if there is a page', async (way) => {
    clock.time = new Date(start);
    const id = (await from[way]?.()) ?? '';
    for (const wanted of some(purchases, 2)) {
      const { plan, interval, seats, addOns } = wanted;
      const preview = await service(SubscriptionPreviewService).previewSubscriptionChange(id, { plan, interval, seats, addOns });
      const page = await service(CheckoutService)
        .createCheckout(id, wanted)
        .then(sessionAt, (error: unknown) => (error instanceof AppError ? error.code : Promise.reject(error as Error)));
      expect({ way, wanted, possible: preview.possible, waitsFor: preview.waitsFor }).toEqual({ way, wanted, possible: typeof page !== 'string', waitsFor: 'checkout' });
      if (typeof page === 'string') {
        expect({ way, page }).toEqual({ way, page: 'prepaid_exceeds' });
        continue;
      }
      const { line_items: items, amount_subtotal: subtotal, amount_total: dueNow, total_details: details, subscription_data: data } = page;
      const charged: number[] = items.map((item: Values) => ledger().amountOf(item)).filter((amount: number) => amount > 0);
      expect({ way, wanted, amountPerPeriod: preview.amountPerPeriod }).toEqual({ way, wanted, amountPerPeriod: sum(charged) });
      const lines = data.trial_end === undefined ? charged : [];
      const off = sum(preview.credits.map(({ total }) => total));
      const shown = { subtotal: preview.subtotal, tax: preview.tax, total: preview.total, dueNow: preview.dueNow, off, balanceApplied: preview.balanceApplied };
      expect({ way, wanted, ...shown }).toEqual({ way, wanted, subtotal, tax: 0, total: subtotal, dueNow, off: details.amount_discount, balanceApplied: 0 });
      expect(preview.lines.map(({ amount }) => amount)).toEqual(lines);
      expect(preview.effectiveAt).toEqual(clock.now());
      expect(preview.cancelAtPeriodEnd).toBe(false);
    }
  });

  it('what was previewed is what the organization has and has paid for after the payment', async () => {
    clock.time = new Date(start);
    const id = await payer({ plan: 'pro' });
    clock.forward(7 * day);
    const wanted = { plan: 'team', seats: 5, addOns: { extra_disk: 1 } };
    const preview = await service(SubscriptionPreviewService).previewSubscriptionChange(id, wanted);
    expect(preview.credits[0]).toMatchObject({ invoice: null, reducesDue: preview.credits[0]?.total, addsToBalance: 0 });
    await buy(id, wanted);
    const { plan, seats, addOns, currency, cancelAtPeriodEnd } = preview;
    const row = await service(SubscriptionsService).getSubscription(id);
    expect(await service(SubscriptionsService).describeSubscription(row)).toMatchObject({ plan, seats, addOns, currency, cancelAtPeriodEnd, amount: preview.amountPerPeriod });
  });

  it('while an invoice is open says that no purchase is possible', async () => {
    const id = await payer({ plan: 'pro' });
    await service(PlatformDb).invoice.updateMany({ where: { organizationId: id }, data: { status: 'open', paidAt: null } });
    expect(await service(SubscriptionPreviewService).previewSubscriptionChange(id, { plan: 'team', seats: 9 })).toMatchObject({ possible: false });
    await expect(service(CheckoutService).createCheckout(id, { plan: 'team', seats: 9 })).rejects.toMatchObject({ code: 'invoices_open' });
  });
});

describe('a price in Stripe', () => {
  it('with another amount than the catalog is not sold', async () => {
    const [price] = ledger().pricesBy('tenantry:addon:extra_disk:month:eur');
    const id = await organization();
    const other = await organization();
    await buy(other, { plan: 'pro' });
    Object.assign(price ?? {}, { unit_amount: 501 });
    const refusal = { code: 'price_differs', message: expect.stringContaining('5.00 EUR') };
    await expect(service(CheckoutService).createCheckout(id, { plan: 'pro', addOns: { extra_disk: 1 } })).rejects.toMatchObject(refusal);
    await expect(service(SubscriptionsService).changeSubscription(other, { addOns: { extra_disk: 1 } })).rejects.toMatchObject(refusal);
    Object.assign(price ?? {}, { unit_amount: 500 });
    expect((await service(SubscriptionsService).changeSubscription(other, { addOns: { extra_disk: 1 } })).addOns).toEqual([{ key: 'extra_disk', quantity: 1 }]);
  });

  it('that a newer one has taken the place of stays with a change of something else', async () => {
    const id = await organization();
    const theirs = await buy(id, { plan: 'team', seats: 2 });
    const [old] = ledger().pricesBy('tenantry:team:month:eur');
    const agreed = ledger().keep(ledger().prices, 'price', { ...old, id: 'price_agreed', unit_amount: 900, lookup_key: null });
    theirs['items'].data[0].price = agreed;
    await service(SubscriptionsService).changeSubscription(id, { addOns: { extra_disk: 1 } });
    expect(theirs['items'].data[0]).toMatchObject({ price: { unit_amount: 900 }, quantity: 2 });
    await service(SubscriptionsService).changeSubscription(id, { seats: 3 });
    expect(theirs['items'].data[0]).toMatchObject({ price: { unit_amount: 1000 }, quantity: 3 });
  });
});

describe('a pause that outlasts its period', () => {
  const subscriptions = () => service(SubscriptionsService);
  const invoicesOf = (theirs: Values): Values[] => [...ledger().invoices.values()].filter(({ customer }) => customer === theirs['customer']);
  const written = (theirs: Values): unknown[] => invoicesOf(theirs).map(({ status, total }) => [status, total]);
  const periodOf = (theirs: Values): unknown => [theirs['items'].data[0].current_period_start, theirs['items'].data[0].current_period_end].map((time) => time - ledger().now);

  /** A subscription whose running period has a void invoice. */
  async function paused(wanted: Wanted): Promise<{ readonly id: string; readonly theirs: Values }> {
    const id = await organization();
    const theirs = await buy(id, wanted);
    await subscriptions().pauseSubscription(id);
    clock.forward(40 * day);
    new StripeTime(ledger()).pass(theirs);
    return { id, theirs };
  }

  it('begins a period that is invoiced when it ends; if the payment is declined, the pause stays', async () => {
    const { id, theirs } = await paused({ plan: 'team', seats: 2 });
    expect(written(theirs)).toEqual([['void', 2000]]);
    ledger().cardIsGood = false;
    await expect(subscriptions().resumeSubscription(id)).rejects.toMatchObject({ code: 'payment_refused' });
    ledger().cardIsGood = true;
    expect(theirs['pause_collection']).not.toBeNull();
    expect(await subscriptions().resumeSubscription(id)).toMatchObject({ status: 'active', periodStart: clock.now() });
    expect([written(theirs), periodOf(theirs)]).toEqual([
      [
        ['void', 2000],
        ['paid', 2000],
      ],
      [0, 30 * 24 * 3600],
    ]);
    clock.forward(15 * day);
    await subscriptions().changeSubscription(id, { seats: 4 });
    expect(
      ledger()
        .pending.get(theirs['id'])
        ?.map(({ amount }) => amount),
    ).toEqual([-1000, 2000]);
  });

  it('lets a cancellation stay for the end of the new period, and a scheduled change begin with the one after it', async () => {
    const ending = await paused({ plan: 'pro' });
    ending.theirs['cancel_at'] = ending.theirs['items'].data[0].current_period_end;
    expect(await subscriptions().resumeSubscription(ending.id)).toMatchObject({ status: 'active', cancelAtPeriodEnd: true });
    expect(ending.theirs['cancel_at']).toBe(ledger().now + 30 * 24 * 3600);
    const { id, theirs } = await paused({ plan: 'team', seats: 9 });
    await subscriptions().changeSubscription(id, { seats: 3 });
    expect(await subscriptions().resumeSubscription(id)).toMatchObject({ seats: 9, nextSeats: 3 });
    const [now] = ledger().find(ledger().schedules, theirs['schedule'])['phases'];
    expect(Number(now.end_date)).toBe(theirs['items'].data[0].current_period_end);
    clock.forward(31 * day);
    new StripeTime(ledger()).pass(theirs);
    expect(written(theirs)).toEqual([
      ['void', 9000],
      ['paid', 9000],
      ['paid', 3000],
    ]);
  });

  it('gives nothing back with a change, during the pause or after it was ended in the dashboard', async () => {
    const { id, theirs } = await paused({ plan: 'team', seats: 2 });
    await subscriptions().changeSubscription(id, { seats: 3 });
    expect([ledger().pending.get(theirs['id']) ?? [], written(theirs)]).toEqual([[], [['void', 2000]]]);
    theirs['pause_collection'] = null;
    await service(StripeReconciliationService).reconcileSubscription(theirs['id']);
    expect(await subscriptions().changeSubscription(id, { seats: 5 })).toMatchObject({ seats: 5, periodStart: clock.now() });
    expect([ledger().pending.get(theirs['id']) ?? [], written(theirs)]).toEqual([
      [],
      [
        ['void', 2000],
        ['paid', 5000],
      ],
    ]);
  });
});

describe('concurrent requests', () => {
  interface Scene {
    readonly before: (who: Person) => Promise<unknown>;
    readonly request: (who: Person) => Promise<Answer>;
    /** The part of the subscription that the request changes, as it must be afterwards. */
    readonly after: object;
  }
  const patch = (who: Person, body: object): Promise<Answer> => who.api.patch(`${who.home}/subscription`, body);
  const scenes: Readonly<Record<string, Scene>> = {
    'cancel with the period': {
      before: async () => undefined,
      request: (who) => who.api.post(`${who.home}/subscription/cancel`, {}),
      after: { cancelAtPeriodEnd: true, status: 'active' },
    },
    'cancel with the period, with a change that is scheduled': {
      before: (who) => patch(who, { addOns: { extra_disk: 0 } }),
      request: (who) => who.api.post(`${who.home}/subscription/cancel`, {}),
      after: { cancelAtPeriodEnd: true },
    },
    'cancel at once': { before: async () => undefined, request: (who) => who.api.post(`${who.home}/subscription/cancel`, { immediately: true }), after: { status: 'canceled' } },
    'withdraw a cancellation': {
      before: (who) => who.api.post(`${who.home}/subscription/cancel`, {}),
      request: (who) => who.api.post(`${who.home}/subscription/resume`),
      after: { cancelAtPeriodEnd: false },
    },
    'withdraw a scheduled change': {
      before: (who) => patch(who, { addOns: { extra_disk: 0 } }),
      request: (who) => who.api.post(`${who.home}/subscription/resume`),
      after: { next: null, addOns: { extra_disk: 1 } },
    },
    'change the plan': { before: async () => undefined, request: (who) => patch(who, { plan: 'team', seats: 6 }), after: { plan: 'team', seats: 6, next: null } },
    'begin a year': { before: async () => undefined, request: (who) => patch(who, { interval: 'year' }), after: { interval: 'year', next: null } },
    'buy a first add-on': {
      before: async () => undefined,
      request: (who) => patch(who, { addOns: { single_sign_on: 1 } }),
      after: { addOns: { extra_disk: 1, single_sign_on: 1 } },
    },
    'schedule a change': { before: async () => undefined, request: (who) => patch(who, { addOns: { extra_disk: 0 } }), after: { next: { plan: 'pro', addOns: {} } } },
  };
  const codes = ['change_in_progress', 'already_canceled', 'nothing_to_resume'];
  const callers = rounds(4, 12);

  /** Makes the same request by several callers, over both servers. */
  async function together(who: Person, { request, after }: Scene): Promise<void> {
    const both = world.servers.map((server) => ({ ...who, api: server.api.as(who.accessToken) }));
    const answers = await Promise.all(Array.from({ length: callers }, (_, index) => request(both[index % both.length] ?? who)));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.filter(({ status, body }) => status !== 409 || !codes.includes(body.code)).map(({ text }) => text)).toEqual([]);
    expect(refused.length).toBeLessThan(callers);
    expect(await world.subscriptionOf(who)).toMatchObject(after);
    // Nothing is left behind: the next request is carried out.
    const { status } = await who.api.patch(`${who.home}/subscription`, { addOns: {} });
    expect(status).toBe(200);
    expect((await world.row(who))['changing_until']).toBeNull();
  }

  beforeAll(() => void (clock.time = new Date(start)));

  itInBothRuns.each(some(Object.keys(scenes), 3))('of members with Stripe that %s are carried out once, and the others are told', async (title) => {
    const scene = scenes[title] as Scene;
    const who = await world.server.world.owner();
    const theirs = await buy(who.organizationId, { plan: 'pro', addOns: { extra_disk: 1 } });
    await scene.before(who);
    await together(who, scene);
    const prices: string[] = theirs['items'].data.map(({ price }: Values) => price.id);
    expect(prices).toEqual([...new Set(prices)]);
    const { next } = scene.after as Values;
    const schedules = [...ledger().schedules.values()].filter(({ subscription, status }) => subscription === theirs['id'] && status === 'active');
    expect(schedules).toHaveLength(next == null ? 0 : 1);
  });

  itInBothRuns.each(some(Object.keys(scenes), 1))('of members with invoices that %s are carried out once, and the others are told', async (title) => {
    const scene = scenes[title] as Scene;
    const who = await world.server.world.owner();
    await payer({ plan: 'pro', addOns: { extra_disk: 1 } }, who.organizationId, 'invoice');
    await scene.before(who);
    await together(who, scene);
    const lines = await service(PlatformDb).invoiceLine.findMany({ where: { organizationId: who.organizationId } });
    const charged = lines.map(({ kind, key, quantity, amount }) => [kind, key, quantity, amount].join(' '));
    expect(charged).toEqual([...new Set(charged)]);
  });

  it('for a checkout leave one page open', async () => {
    const who = await world.server.world.owner();
    const both = world.servers.map((server) => server.api.as(who.accessToken));
    const open = (index: number): Promise<Answer> => (both[index % both.length] ?? who.api).post(`${who.home}/billing/checkout`, { plan: 'pro' });
    const answers = await Promise.all(Array.from({ length: callers }, (_, index) => open(index)));
    for (const { status, body } of answers) expect(status === 200 || body.code === 'change_in_progress').toBe(true);
    const customer = (await world.row(who))['provider_customer_id'];
    expect([...ledger().sessions.values()].filter((session) => session['customer'] === customer && session['status'] === 'open')).toHaveLength(1);
  });

  it('after a change whose process has died begin again a minute later', async () => {
    const who = await world.server.world.owner();
    await buy(who.organizationId, { plan: 'pro' });
    const claim = (seconds: number): Promise<unknown> =>
      service(PlatformDb).subscription.updateMany({ where: { organizationId: who.organizationId }, data: { changingUntil: new Date(clock.now().getTime() + 1000 * seconds) } });
    await claim(1);
    expect(await patch(who, { addOns: { extra_disk: 1 } })).toMatchObject({ status: 409, body: { code: 'change_in_progress' } });
    await claim(0);
    expect((await patch(who, { addOns: { extra_disk: 1 } })).body).toMatchObject({ addOns: { extra_disk: 1 } });
  });
});
