import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { AppError } from '../../../src/common/errors/app-error.js';
import { PlatformDb } from '../../../src/database/platform-db.js';
import { CheckoutService } from '../../../src/modules/billing/checkout/checkout.service.js';
import { PlatformBillingService } from '../../../src/modules/billing/operator/platform-billing.service.js';
import { StripeEventsWorker } from '../../../src/modules/billing/stripe/inbox/stripe-events.worker.js';
import { SubscriptionPreviewService } from '../../../src/modules/billing/subscriptions/subscription-preview.service.js';
import { SubscriptionsService } from '../../../src/modules/billing/subscriptions/subscriptions.service.js';
import { catalogFile } from '../../support/catalogs.js';
import { SetClock } from '../../support/jobs.js';
import { itInBothRuns, some } from '../../support/rounds.js';
import { StripeWorld } from '../../support/stripe-world.js';
import type { Person } from '../../support/world.js';

// Purchases and changes with Stripe, on a clock of their own: what is previewed is what is charged, and concurrent requests are answered.

type Values = Record<string, any>;
type Wanted = Parameters<CheckoutService['createCheckout']>[1];
const day = 24 * 3600 * 1000;
const clock = new SetClock(new Date(Math.floor(Date.now() / 1000) * 1000));
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
async function payer(wanted: Omit<Wanted, 'successUrl' | 'cancelUrl'>): Promise<string> {
  const id = await organization();
  const bill = (mode: 'invoice' | null): Promise<void> => service(PlatformDb).$transaction((tx) => service(PlatformBillingService).setBillingMode(tx, id, mode));
  await bill('invoice');
  await service(SubscriptionsService).changeSubscription(id, wanted);
  for (const invoice of await service(PlatformDb).invoice.findMany({ where: { organizationId: id } })) await service(PlatformBillingService).closeInvoice(id, invoice.id, 'paid');
  await bill(null);
  return id;
}

describe('the preview of a purchase', () => {
  const start = clock.now();

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
