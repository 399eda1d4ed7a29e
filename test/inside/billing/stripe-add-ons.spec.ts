import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseCatalog } from '../../../src/config/catalog/catalog-file.js';
import { StripeCatalogService } from '../../../src/modules/billing/stripe/sync/stripe-catalog.service.js';
import { addOnKeyOf, baseItem, knownAddOn, knownPrice, lookupKeyOf } from '../../../src/modules/billing/stripe/prices/stripe-price.policy.js';
import { StripeComparisonService } from '../../../src/modules/billing/stripe/subscriptions/stripe-comparison.service.js';
import { goodCatalog } from '../../support/bad-catalogs.js';
import { StripeWorld } from '../../support/stripe-world.js';
import { tagOf } from '../../support/versions.js';

type Values = Record<string, any>;

let world: StripeWorld;
beforeAll(async () => {
  world = await StripeWorld.open(1, undefined, { CATALOG: 'test/catalogs/add-ons.yaml' });
});
afterAll(() => world.close());

const ledger = () => world.stripe.ledger;
/** The items of a subscription in Stripe: how many of what. */
const itemsOf = (theirs: Values): Record<string, number> => Object.fromEntries(theirs['items'].data.map(({ price, quantity }: Values) => [price.lookup_key, quantity]));
const keys = { pro: 'tenantry:pro:month:eur', disk: 'tenantry:addon:extra_disk:month:eur', sso: 'tenantry:addon:single_sign_on:month:eur', team: 'tenantry:team:month:eur' };
const disk = async (owner: { api: { get: (path: string) => Promise<{ body: any }> } }): Promise<number> =>
  (await owner.api.get('/tenant/entitlements')).body.limits.find(({ meter }: Values) => meter === 'disk').limit;

describe('an add-on in Stripe', () => {
  it('an add-on is a Stripe product with its own prices', async () => {
    expect(await world.server.app.get(StripeCatalogService).syncCatalog({ dryRun: true })).toEqual({ created: [], different: [], matching: 8 });
    expect(ledger().products.get('tenantry-addon-extra_disk')).toMatchObject({ name: 'Extra disk' });
    expect(ledger().pricesBy('tenantry:addon:extra_disk:year:eur')).toMatchObject([{ unit_amount: 5000, product: 'tenantry-addon-extra_disk' }]);
  });

  it('an add-on is not taken for a plan with the same key', () => {
    const text = goodCatalog.replace(
      '  free:\n',
      '  addon:\n    prices: [{ interval: month, currency: USD, amount: 1 }]\n    seats: 1\n    limits: { users: 1, calls: 1, jobs: 1 }\n    rateLimit: { requests: 1, seconds: 1 }\n  free:\n',
    );
    const { plans, addOns } = parseCatalog(text, 'catalog.yaml');
    const price = { interval: 'month', currency: 'USD' } as const;
    const of = (lookup_key: string): { lookup_key: string; metadata: Record<string, string> } => ({ lookup_key, metadata: {} });
    expect(knownPrice(of(lookupKeyOf('addon', price)), plans)?.plan.key).toBe('addon');
    expect(knownAddOn(of(lookupKeyOf('addon', price)), addOns)).toBeUndefined();
    expect(knownAddOn(of(addOnKeyOf('more_calls', price)), addOns)?.key).toBe('more_calls');
    expect(knownPrice(of(addOnKeyOf('more_calls', price)), plans)).toBeUndefined();
    // A price that lost its key to a newer one is still known.
    expect(knownAddOn({ lookup_key: null, metadata: { tenantryPrice: addOnKeyOf('calling', price) } }, addOns)?.key).toBe('calling');
    const items = [lookupKeyOf('pro', price), addOnKeyOf('more_calls', price), addOnKeyOf('calling', price), 'metered'].map((key, index) => ({
      price: of(key),
      quantity: index + 1,
    }));
    expect(baseItem({ items: { data: items } } as unknown as Parameters<typeof baseItem>[0], { plans, addOns })).toMatchObject({
      plan: { key: 'pro' },
      addOns: [
        { key: 'calling', quantity: 3 },
        { key: 'more_calls', quantity: 2 },
      ],
    });
  });

  it('an add-on is bought with the plan at checkout, and takes effect on the next request', async () => {
    const owner = await world.customer({ plan: 'pro', addOns: { extra_disk: 2 } });
    expect(itemsOf(owner.theirs)).toEqual({ [keys.pro]: 1, [keys.disk]: 2 });
    expect(await world.subscriptionOf(owner)).toMatchObject({ plan: 'pro', addOns: { extra_disk: 2 }, amount: 4000 });
    expect(await disk(owner)).toBe(20);
  });

  it('an add-on is added and increased immediately, and metered prices stay', async () => {
    const owner = await world.customer({ plan: 'pro' });
    const metered = ledger().price({ currency: 'eur', unit_amount: '1', recurring: { interval: 'month' }, lookup_key: 'metered' });
    ledger().change(owner.theirs, { items: [{ price: metered['id'] }] });
    expect((await owner.api.patch(`${owner.home}/subscription`, { addOns: { extra_disk: 1, single_sign_on: 1 } })).body).toMatchObject({
      addOns: { extra_disk: 1, single_sign_on: 1 },
      next: null,
    });
    expect((await owner.api.patch(`${owner.home}/subscription`, { addOns: { extra_disk: 3 } })).body).toMatchObject({ addOns: { extra_disk: 3, single_sign_on: 1 } });
    expect(itemsOf(owner.theirs)).toEqual({ [keys.pro]: 1, metered: 1, [keys.disk]: 3, [keys.sso]: 1 });
    expect(await disk(owner)).toBe(25);
    // A plan that costs more, and has single sign-on itself.
    expect((await owner.api.patch(`${owner.home}/subscription`, { plan: 'team', seats: 9 })).body).toMatchObject({ plan: 'team', addOns: { extra_disk: 3 } });
    expect(itemsOf(owner.theirs)).toEqual({ [keys.team]: 9, metered: 1, [keys.disk]: 3 });
  });

  it('a concurrent purchase is not undone by an unrelated change, and a change with an outdated ETag is refused', async () => {
    const owner = await world.customer({ plan: 'pro' });
    // In the portal; the event is late.
    ledger().change(owner.theirs, { items: [{ price: world.price('addon:extra_disk:month:eur'), quantity: 2 }] });
    expect((await owner.api.patch(`${owner.home}/subscription`, { addOns: { single_sign_on: 1 } })).body).toMatchObject({ addOns: { extra_disk: 2, single_sign_on: 1 } });
    expect(itemsOf(owner.theirs)).toEqual({ [keys.pro]: 1, [keys.disk]: 2, [keys.sso]: 1 });
    const disks = owner.theirs['items'].data.find(({ price }: Values) => price.lookup_key === keys.disk);
    ledger().change(owner.theirs, { items: [{ id: disks.id, quantity: 3 }] });
    const headers = { 'if-match': tagOf((await world.row(owner))['version'], owner) };
    expect((await owner.api.patch(`${owner.home}/subscription`, { addOns: { single_sign_on: 0 } }, { headers })).body).toMatchObject({ code: 'precondition_failed' });
    expect(owner.theirs['schedule']).toBeNull();
    expect(await world.subscriptionOf(owner)).toMatchObject({ addOns: { extra_disk: 3, single_sign_on: 1 }, next: null });
  });

  it('a removed add-on ends with the period by a Stripe schedule, and can be kept until then', async () => {
    const owner = await world.customer({ plan: 'pro', addOns: { extra_disk: 2, single_sign_on: 1 } });
    const give = (addOns: object): Promise<{ body: any }> => owner.api.patch(`${owner.home}/subscription`, { addOns });
    expect((await give({ extra_disk: 1 })).body).toMatchObject({
      addOns: { extra_disk: 2, single_sign_on: 1 },
      next: { plan: 'pro', addOns: { extra_disk: 1, single_sign_on: 1 } },
    });
    expect((await owner.api.post(`${owner.home}/subscription/resume`)).body).toMatchObject({ addOns: { extra_disk: 2, single_sign_on: 1 }, next: null });
    await give({ extra_disk: 1 });
    expect((await give({ single_sign_on: 0 })).body).toMatchObject({ next: { addOns: { extra_disk: 1 } } });
    expect(itemsOf(owner.theirs)).toEqual({ [keys.pro]: 1, [keys.disk]: 2, [keys.sso]: 1 });
    expect(await disk(owner)).toBe(20);
    ledger().renew(owner.theirs);
    expect(itemsOf(owner.theirs)).toEqual({ [keys.pro]: 1, [keys.disk]: 1 });
    await world.tell('customer.subscription.updated', owner.theirs);
    expect(await world.subscriptionOf(owner)).toMatchObject({ addOns: { extra_disk: 1 }, next: null });
    expect(await disk(owner)).toBe(15);
  });

  it('an add-on that was changed in Stripe is adopted by an event or at night, and ends with the subscription', async () => {
    const owner = await world.customer({ plan: 'pro', addOns: { extra_disk: 1 } });
    const [, item] = owner.theirs['items'].data;
    ledger().change(owner.theirs, { items: [{ id: item.id, quantity: '2' }] });
    await world.tell('customer.subscription.updated', owner.theirs);
    expect(await world.subscriptionOf(owner)).toMatchObject({ addOns: { extra_disk: 2 } });
    ledger().change(owner.theirs, { items: [{ id: item.id, quantity: '10000000' }] });
    await world.tell('customer.subscription.updated', owner.theirs);
    expect(await world.subscriptionOf(owner)).toMatchObject({ addOns: { extra_disk: 1_000_000 } });
    expect(await disk(owner)).toBe(5_000_010);
    ledger().change(owner.theirs, { items: [{ id: item.id, deleted: 'true' }, { price: world.price('addon:single_sign_on:month:eur') }] });
    expect(await world.server.app.get(StripeComparisonService).compareAll()).toMatchObject({ repaired: 1 });
    expect(await world.subscriptionOf(owner)).toMatchObject({ plan: 'pro', addOns: { single_sign_on: 1 } });
    expect(await world.server.app.get(StripeComparisonService).compareAll()).toMatchObject({ repaired: 0 });
    await world.tell('customer.subscription.deleted', ledger().cancel(owner.theirs));
    expect(await world.subscriptionOf(owner)).toMatchObject({ status: 'canceled', addOns: {} });
    expect(await disk(owner)).toBe(1);
  });
});
