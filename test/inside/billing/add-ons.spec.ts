import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalogOf } from '../../../src/config/catalog/catalog-file.js';
import { Catalog } from '../../../src/config/catalog/catalog.js';
import type { CatalogSource } from '../../../src/config/catalog/catalog-source.js';
import { PlatformDb } from '../../../src/database/platform-db.js';
import { describeCatalogChanges } from '../../../src/modules/tenants/catalog/catalog-differences.js';
import { CatalogChangesService } from '../../../src/modules/tenants/catalog/catalog-changes.service.js';
import { runJob } from '../../support/jobs.js';
import type { Person } from '../../support/world.js';
import { BilledServer } from '../../support/billing/billed-server.js';
import { tagOf } from '../../support/versions.js';

const day = 24 * 3600 * 1000;
let billed: BilledServer;
beforeAll(async () => {
  billed = await BilledServer.open('test/catalogs/add-ons.yaml');
});
afterAll(() => billed.close());

const platform = (): PlatformDb => billed.server.app.get(PlatformDb);
/** The value and source of a limit, a feature or the seats of an organization. */
async function entitled(who: Person): Promise<{ of: (meter: string) => unknown; feature: (key: string) => any; seats: unknown; plan: string }> {
  const { limits, features, seats, plan } = (await who.api.get('/tenant/entitlements')).body;
  const of = (meter: string): unknown => {
    const { limit, source } = limits.find((each: { meter: string }) => each.meter === meter);
    return { limit, source };
  };
  return { of, feature: (key) => features.find((each: { key: string }) => each.key === key), seats, plan };
}
const use = async (who: Person, quantity: number, meter = 'disk'): Promise<{ status: number; body: any }> => who.api.post('/usage/consume', { meter, quantity });
const linesOf = async (who: Person): Promise<unknown[]> =>
  ((await billed.invoicesOf(who))[0]?.lines ?? []).map(({ description, quantity, amount }: any) => [description, quantity, amount]);

describe('add-ons', () => {
  it('add-ons are listed publicly with the plans', async () => {
    const { addOns } = (await billed.server.api.get('/billing/plans')).body;
    expect(addOns.map(({ key }: { key: string }) => key)).toEqual(['extra_disk', 'extra_seats', 'single_sign_on']);
    expect(addOns[0]).toEqual({
      key: 'extra_disk',
      name: 'Extra disk',
      description: null,
      plans: ['pro', 'team'],
      prices: [
        { interval: 'month', currency: 'EUR', amount: 500 },
        { interval: 'year', currency: 'EUR', amount: 5000 },
      ],
      max: 4,
      limits: [
        { meter: 'disk', name: 'Disk', units: 5 },
        { meter: 'quizzes', name: 'Quizzes', units: 20 },
      ],
      seats: 0,
      features: [],
    });
  });

  it('add-ons are bought with a plan, one invoice line each, and take effect on the next request', async () => {
    const owner = await billed.server.world.owner();
    expect(await billed.preview(owner, { plan: 'pro', addOns: { extra_disk: 2 } })).toMatchObject({
      dueNow: 4000,
      amountPerPeriod: 4000,
      addOns: { extra_disk: 2 },
      addOnsLost: [],
    });
    expect((await billed.change(owner, { plan: 'pro', addOns: { extra_disk: 2, extra_seats: 1, single_sign_on: 1 } })).body).toMatchObject({
      plan: 'pro',
      addOns: { extra_disk: 2, extra_seats: 1, single_sign_on: 1 },
      amount: 5600,
    });
    expect(await linesOf(owner)).toEqual([
      ['Pro', 1, 3000],
      ['Extra disk', 2, 1000],
      ['Extra seats', 1, 700],
      ['Single sign on', 1, 900],
    ]);
    const has = await entitled(owner);
    expect([has.of('disk'), has.of('quizzes'), has.of('users'), has.seats]).toEqual([
      { limit: 20, source: 'add_on' },
      { limit: 140, source: 'add_on' },
      { limit: 4, source: 'add_on' },
      { limit: 4, source: 'add_on' },
    ]);
    expect([has.feature('sso'), has.feature('api_access').source]).toEqual([{ key: 'sso', available: true, enabled: true, source: 'add_on' }, 'plan']);
    expect((await use(owner, 20)).status).toBe(200);
    expect((await use(owner, 6)).body).toMatchObject({
      code: 'quota_exceeded',
      limit: 20,
      upgrade: { plan: 'team', limit: 100 },
      addOn: { addOn: 'extra_disk', quantity: 2, limit: 30 },
    });
    expect((await use(owner, 11)).body).toMatchObject({ code: 'quota_exceeded', limit: 20, addOn: null });
  });

  it('add-ons that are bought within a period are charged for the rest of it, without lines for unchanged items', async () => {
    const owner = await billed.pro({ single_sign_on: 1 });
    const { periodStart, periodEnd } = await billed.subscriptionOf(owner);
    await billed.pass((Date.parse(periodEnd) - Date.parse(periodStart)) / day / 4);
    expect(await billed.preview(owner, { addOns: { extra_disk: 2 } })).toMatchObject({ dueNow: 750, amountPerPeriod: 4900 });
    await billed.change(owner, { addOns: { extra_disk: 2 } });
    expect(await linesOf(owner)).toEqual([['Remaining time on Extra disk', 2, 750]]);
    await billed.pay(owner);
    await billed.change(owner, { addOns: { extra_disk: 4 } });
    expect(await linesOf(owner)).toEqual([
      // Three quarters of the period: 4 × 5.00 of 20.00.
      ['Remaining time on Extra disk', 4, 1500],
    ]);
    // What was invoiced for the first two of them is given back: 7.50, which the balance pays of the 15.00.
    expect(await billed.creditNotesOf(owner)).toMatchObject([{ total: 750, addsToBalance: 750, lines: [{ description: 'Unused time on Extra disk', amount: 750 }] }]);
    expect((await billed.invoicesOf(owner))[0]).toMatchObject({ total: 1500, balanceApplied: 750, amountDue: 750 });
    expect(await billed.subscriptionOf(owner)).toMatchObject({ addOns: { extra_disk: 4, single_sign_on: 1 }, amount: 5900, periodEnd });
  });

  it('removed add-ons end with the period, and can be kept until then', async () => {
    const owner = await billed.pro({ extra_disk: 2, single_sign_on: 1 });
    expect((await billed.change(owner, { addOns: { extra_disk: 1 } })).body).toMatchObject({
      addOns: { extra_disk: 2, single_sign_on: 1 },
      next: { plan: 'pro', addOns: { extra_disk: 1, single_sign_on: 1 } },
    });
    expect((await billed.change(owner, { addOns: { single_sign_on: null } })).body).toMatchObject({ next: { addOns: { extra_disk: 1 } } });
    expect((await owner.api.post(`${owner.home}/subscription/resume`)).body).toMatchObject({ addOns: { extra_disk: 2, single_sign_on: 1 }, next: null });
    await billed.change(owner, { addOns: { extra_disk: 1, single_sign_on: 0 } });
    expect((await entitled(owner)).of('disk')).toEqual({ limit: 20, source: 'add_on' });
    await billed.pass(32);
    expect(await billed.subscriptionOf(owner)).toMatchObject({ addOns: { extra_disk: 1 }, amount: 3500, next: null });
    expect(await linesOf(owner)).toEqual([
      ['Pro', 1, 3000],
      ['Extra disk', 1, 500],
    ]);
    const has = await entitled(owner);
    expect([has.of('disk'), has.feature('sso').available]).toEqual([{ limit: 15, source: 'add_on' }, false]);
  });

  it('an add-on can be removed while its units are in use if a grant leaves room for them', async () => {
    const owner = await billed.pro({ extra_disk: 2 });
    await use(owner, 14);
    const grant = { meter: 'disk', amount: 3, source: 'given', reason: 'test', expiresAt: null };
    expect((await billed.operator.post(`${owner.home}/grants`, grant)).status).toBe(201);
    const lost = { addOns: { extra_disk: 0 } };
    expect(await billed.preview(owner, lost)).toMatchObject({ overLimits: [{ meter: 'disk', used: 14, limit: 13 }], possible: false });
    expect((await billed.operator.post(`${owner.home}/grants`, { ...grant, amount: 1 })).status).toBe(201);
    expect(await billed.preview(owner, lost)).toMatchObject({ overLimits: [], possible: true });
    expect((await billed.change(owner, lost)).status).toBe(200);
  });

  it('an add-on cannot be removed while its units are in use', async () => {
    const owner = await billed.pro({ extra_disk: 2, extra_seats: 1 });
    await use(owner, 14);
    const over = [{ meter: 'disk', used: 14, limit: 10 }];
    expect(await billed.preview(owner, { addOns: { extra_disk: 0 } })).toMatchObject({ overLimits: over, possible: false, addOnsLost: ['extra_disk'] });
    expect(await billed.change(owner, { addOns: { extra_disk: 0 } })).toMatchObject({ status: 409, body: { code: 'usage_over_limits', over } });
    const invitations = Array.from({ length: 3 }, () => ({ email: billed.server.world.email(), role: 'member' }));
    expect((await owner.api.post(`${owner.home}/invitations`, { invitations })).status).toBe(201);
    expect((await owner.api.post(`${owner.home}/invitations`, { email: billed.server.world.email(), role: 'member' })).body).toMatchObject({ code: 'no_seat_left', seats: 4 });
    expect((await billed.change(owner, { addOns: { extra_seats: 0 } })).body).toMatchObject({ code: 'usage_over_limits', over: [{ meter: 'seats', used: 4, limit: 2 }] });
    // A change that removes nothing does not conflict with it.
    expect((await billed.change(owner, { addOns: { extra_disk: 1 } })).body).toMatchObject({ next: { addOns: { extra_disk: 1, extra_seats: 1 } } });
    await use(owner, 3);
    await billed.pass(32);
    // By now more is in use than was to be: everything stays as it is.
    expect(await billed.subscriptionOf(owner)).toMatchObject({ addOns: { extra_disk: 2, extra_seats: 1 }, next: null });
  });

  it('add-ons that are not sold with the new plan or interval end with the change', async () => {
    const owner = await billed.pro({ extra_disk: 1, extra_seats: 1, single_sign_on: 1 });
    expect(await billed.preview(owner, { plan: 'team', seats: 8 })).toMatchObject({ addOns: { extra_disk: 1 }, addOnsLost: ['extra_seats', 'single_sign_on'], featuresLost: [] });
    expect((await billed.change(owner, { interval: 'year' })).body).toMatchObject({ interval: 'month', next: { interval: 'year', addOns: { extra_disk: 1, single_sign_on: 1 } } });
    expect((await billed.change(owner, { plan: 'team', seats: 8 })).body).toMatchObject({ plan: 'team', addOns: { extra_disk: 1 }, amount: 8500, next: null });
    const has = await entitled(owner);
    expect([has.of('disk'), has.of('quizzes'), has.seats, has.feature('sso').source]).toEqual([
      { limit: 105, source: 'add_on' },
      { limit: null, source: 'plan' },
      { limit: 8, source: 'subscription' },
      'plan',
    ]);
    const yearly = await billed.pro({ single_sign_on: 1 });
    await billed.change(yearly, { interval: 'year' });
    expect(await linesOf(yearly)).toEqual([
      ['Pro', 1, 30000],
      ['Single sign on', 1, 9000],
    ]);
    // The month has just begun: all of its 39.00 are given back.
    expect(await billed.creditNotesOf(yearly)).toMatchObject([{ total: 3900, lines: [{ amount: 3000 }, { amount: 900 }] }]);
    expect((await billed.invoicesOf(yearly))[0]).toMatchObject({ total: 39000, balanceApplied: 3900, amountDue: 35100 });
  });

  it('removing add-ons in a trial does not apply an earlier scheduled change', async () => {
    const owner = await billed.server.world.owner();
    await billed.change(owner, { plan: 'team', seats: 9, addOns: { extra_disk: 2 } });
    await billed.pay(owner);
    expect((await billed.change(owner, { plan: 'pro' })).body).toMatchObject({ plan: 'team', next: { plan: 'pro' } });
    const endsAt = new Date(billed.clock.now().getTime() + 9 * day).toISOString();
    expect((await billed.operator.post(`/tenants/${owner.organizationId}/trial`, { endsAt })).body).toMatchObject({ status: 'trialing' });
    expect((await billed.change(owner, { addOns: { extra_disk: 1 } })).body).toMatchObject({ plan: 'team', seats: 9, addOns: { extra_disk: 1 } });
  });

  it('removing add-ons that the operator assigned charges nothing', async () => {
    const owner = await billed.server.world.owner();
    await billed.operator.patch(`/tenants/${owner.organizationId}`, { plan: 'team' });
    await platform().subscription.updateMany({ where: { organizationId: owner.organizationId }, data: { addOns: [{ key: 'extra_disk', quantity: 2 }] } });
    expect((await billed.change(owner, { addOns: { extra_disk: 1 } })).body).toMatchObject({ plan: 'team', seats: null, addOns: { extra_disk: 1 }, periodEnd: null });
    expect(await billed.invoicesOf(owner)).toEqual([]);
  });

  it('add-ons are free in a trial, and are charged with the plan when it ends', async () => {
    const owner = await billed.server.world.owner();
    const endsAt = new Date(billed.clock.time.getTime() + 10 * day).toISOString();
    await billed.operator.patch(`/tenants/${owner.organizationId}`, { plan: 'pro', trialEndsAt: endsAt });
    expect((await billed.change(owner, { addOns: { extra_disk: 3 } })).body).toMatchObject({ status: 'trialing', addOns: { extra_disk: 3 } });
    expect((await entitled(owner)).of('disk')).toEqual({ limit: 25, source: 'add_on' });
    expect(await billed.invoicesOf(owner)).toEqual([]);
    await billed.pass(11);
    expect(await linesOf(owner)).toEqual([
      ['Pro', 1, 3000],
      ['Extra disk', 3, 1500],
    ]);
  });

  it('add-ons end with the subscription', async () => {
    const owner = await billed.pro({ extra_disk: 2, single_sign_on: 1 });
    await owner.api.post(`${owner.home}/subscription/cancel`, {});
    expect((await entitled(owner)).of('disk')).toEqual({ limit: 20, source: 'add_on' });
    await billed.pass(32);
    expect(await billed.subscriptionOf(owner)).toMatchObject({ status: 'canceled', addOns: {}, amount: 0 });
    const has = await entitled(owner);
    expect([has.plan, has.of('disk'), has.feature('sso').available]).toEqual(['free', { limit: 1, source: 'plan' }, false]);
    expect((await billed.change(owner, { plan: 'pro' })).body).toMatchObject({ status: 'active', addOns: {}, amount: 3000 });
  });

  it('a refused add-on is answered with the reason', async () => {
    const owner = await billed.pro({ extra_disk: 1 });
    const free = await billed.server.world.owner();
    const refusal = async (who: Person, body: object): Promise<unknown> => {
      const answer = await billed.change(who, body);
      return [answer.status, answer.body.code, answer.body.errors?.[0].pointer];
    };
    expect(await refusal(owner, { addOns: { nothing: 1 } })).toEqual([422, 'unknown_add_on', '/addOns/nothing']);
    expect(await refusal(owner, { addOns: { extra_disk: 5 } })).toEqual([422, 'too_many_add_ons', '/addOns/extra_disk']);
    expect(await refusal(owner, { addOns: { single_sign_on: 2 } })).toEqual([422, 'too_many_add_ons', '/addOns/single_sign_on']);
    expect(await refusal(owner, { plan: 'team', seats: 2, addOns: { extra_seats: 1 } })).toEqual([422, 'add_on_not_sold', '/addOns/extra_seats']);
    expect(await refusal(free, { addOns: { extra_disk: 1 } })).toEqual([422, 'add_on_not_sold', '/addOns/extra_disk']);
    for (const addOns of [{ extra_disk: -1 }, { extra_disk: 1.5 }, { extra_disk: '1' }, { extra_disk: 1001 }, { 'Extra disk': 1 }, [], 3])
      expect([addOns, ...((await refusal(owner, { addOns })) as unknown[])]).toEqual([addOns, 400, 'validation_failed', expect.stringMatching(/^\/addOns/)]);
    expect((await owner.api.patch(`${owner.home}/subscription`, { addOns: { extra_disk: 2 } }, { headers: { 'if-match': tagOf(77, owner) } })).status).toBe(412);
    const { status, headers } = await owner.api.patch(`${owner.home}/subscription`, { addOns: {} });
    expect([status, headers.get('etag')]).toEqual([200, (await owner.api.get(`${owner.home}/subscription`)).headers.get('etag')]);
    expect(await billed.subscriptionOf(owner)).toMatchObject({ addOns: { extra_disk: 1 }, next: null });
  });
});

describe('a catalog that takes a price away', () => {
  type Key = 'plans' | 'addOns';
  /** The conflicts of a catalog whose prices changed. */
  const orphans = (kind: Key, key: string, prices: object[]): Promise<string[]> => {
    const source = structuredClone(billed.server.app.get(Catalog).source) as unknown as Record<Key, Record<string, object>>;
    source[kind][key] = { ...source[kind][key], prices };
    const bare = kind === 'plans' ? { ...source, addOns: {} } : source;
    return billed.server.app.get(CatalogChangesService).findOrphans(catalogOf(bare as unknown as CatalogSource));
  };
  const [monthly, yearly] = [
    { interval: 'month', currency: 'EUR', amount: 500 },
    { interval: 'year', currency: 'EUR', amount: 5000 },
  ];

  it('a catalog without a price is refused while a subscription uses the price or is scheduled to', async () => {
    await platform().organization.deleteMany();
    const owner = await billed.pro({ single_sign_on: 1 });
    const named = (list: string[]): string[] => list.filter((each) => each.startsWith('price'));
    const text = (price: string, what: string): string[] => [`price "${price}" of ${what} (1)`];
    const [plan, addOn] = ['subscriptions to a plan', 'subscriptions to an add-on'];
    expect(named(await orphans('plans', 'pro', [yearly]))).toEqual(text('pro month EUR', plan));
    expect(named(await orphans('plans', 'pro', [{ ...monthly, currency: 'USD' }, yearly]))).toEqual(text('pro month EUR', plan));
    expect(named(await orphans('plans', 'pro', [monthly]))).toEqual([]);
    await platform().subscription.updateMany({ where: { organizationId: owner.organizationId }, data: { currency: 'USD' } });
    expect(named(await orphans('addOns', 'single_sign_on', [monthly, yearly]))).toEqual([...text('pro month USD', plan), ...text('single_sign_on month USD', addOn)]);
    await platform().subscription.updateMany({ where: { organizationId: owner.organizationId }, data: { currency: null } });
    expect(named(await orphans('addOns', 'single_sign_on', [monthly, yearly]))).toEqual([]);
    await platform().subscription.updateMany({ where: { organizationId: owner.organizationId }, data: { currency: 'EUR' } });
    await billed.change(owner, { addOns: { single_sign_on: 0, extra_disk: 1 } });
    await owner.api.post(`${owner.home}/subscription/cancel`, { immediately: true });
    expect(named(await orphans('plans', 'pro', [yearly]))).toEqual([]);
  });
});

describe('the operator and add-ons', () => {
  it('overrides of the operator take precedence over add-ons', async () => {
    const owner = await billed.pro({ extra_disk: 2, extra_seats: 1, single_sign_on: 1 });
    await billed.operator.patch(`/tenants/${owner.organizationId}/limits`, { limits: { disk: 7, seats: 5 }, features: { sso: false } });
    const has = await entitled(owner);
    expect([has.of('disk'), has.of('quizzes'), has.seats, has.feature('sso')]).toEqual([
      { limit: 7, source: 'override' },
      { limit: 140, source: 'add_on' },
      { limit: 5, source: 'override' },
      { key: 'sso', available: false, enabled: false, source: 'override' },
    ]);
  });

  it('when the operator assigns a plan, add-ons that are sold with it are kept', async () => {
    const owner = await billed.pro({ extra_disk: 2, single_sign_on: 1 });
    await billed.operator.patch(`/tenants/${owner.organizationId}`, { plan: 'team' });
    expect(await billed.subscriptionOf(owner)).toMatchObject({ plan: 'team', addOns: { extra_disk: 2 } });
    await billed.operator.patch(`/tenants/${owner.organizationId}`, { plan: 'free' });
    expect(await billed.subscriptionOf(owner)).toMatchObject({ plan: 'free', addOns: {} });
  });

  it('the operator sees the same limits for all tenants as each tenant sees', async () => {
    const [extended, seated] = [await billed.pro({ extra_disk: 2, extra_seats: 3 }), await billed.server.world.owner()];
    await billed.change(seated, { plan: 'team', seats: 4 });
    for (const owner of [extended, seated]) {
      const { data } = (await owner.api.get('/tenant/limits')).body;
      for (const { meter, limit } of data) {
        const listed = (await billed.operator.get(`/tenants/usage?meter=${meter}&limit=100`)).body.data;
        expect([meter, listed.find(({ tenantId }: { tenantId: string }) => tenantId === owner.organizationId)?.limit]).toEqual([meter, limit]);
      }
    }
  });

  it('the operator finds tenants that have used all bought or added seats', async () => {
    const [extended, seated] = [await billed.pro({ extra_seats: 1 }), await billed.server.world.owner()];
    await billed.change(seated, { plan: 'team', seats: 2 });
    await billed.server.world.member(seated);
    for (let count = 0; count < 3; count += 1) await billed.server.world.member(extended);
    expect(await runJob(billed.server.app, 'usage-members', billed.clock.now())).toMatchObject({ outcome: 'done' });
    const reached = await platform().usageThreshold.findMany({ where: { organizationId: { in: [extended.organizationId, seated.organizationId] } }, orderBy: { percent: 'asc' } });
    expect(reached.map(({ organizationId, percent, used, allowance }) => [organizationId, percent, used, allowance]).sort()).toEqual(
      [
        [extended.organizationId, 80, 4n, 4n],
        [extended.organizationId, 100, 4n, 4n],
        [seated.organizationId, 80, 2n, 2n],
        [seated.organizationId, 100, 2n, 2n],
      ].sort(),
    );
  });

  it('the operator finds the allowance of a closed period, including add-ons', async () => {
    const owner = await billed.pro({ extra_disk: 2 });
    await use(owner, 5, 'quizzes');
    billed.clock.forward(32 * day);
    expect(await runJob(billed.server.app, 'usage-close', billed.clock.now())).toMatchObject({ outcome: 'done' });
    const [total] = await platform().meterTotal.findMany({ where: { organizationId: owner.organizationId, meter: 'quizzes', closedAt: { not: null } } });
    expect(total).toMatchObject({ used: 5n, allowance: 140n });
  });

  it('the operator can work although one organization has too many of an add-on', async () => {
    const owner = await billed.pro({ extra_disk: 1 });
    const perUnit = JSON.stringify({ extra_disk: { disk: 1e12 } });
    const added = async (quantity: number): Promise<unknown> =>
      platform().$queryRaw`select usage.add_on_units(${JSON.stringify([{ key: 'extra_disk', quantity }])}::jsonb, ${perUnit}::jsonb, 'disk') as units`;
    expect(await added(2)).toEqual([{ units: 2_000_000_000_000n }]);
    expect(await added(10_000_000)).toEqual([{ units: BigInt(Number.MAX_SAFE_INTEGER) }]);
    for (const column of ['addOns', 'nextAddOns'] as const)
      await expect(
        platform().subscription.updateMany({ where: { organizationId: owner.organizationId }, data: { [column]: [{ key: 'extra_disk', quantity: 1_000_001 }] } }),
      ).rejects.toThrow('add_ons_check');
  });

  it('a catalog without an add-on is refused while an organization has it', async () => {
    const owner = await billed.pro({ single_sign_on: 1 });
    const changes = billed.server.app.get(CatalogChangesService);
    const { source } = billed.server.app.get(Catalog);
    const { addOns, ...rest } = source as unknown as CatalogSource;
    const { single_sign_on: _, ...others } = addOns ?? {};
    const orphans = (): Promise<string[]> => changes.findOrphans(catalogOf({ ...rest, addOns: others }));
    expect(await orphans()).toContainEqual(expect.stringMatching(/^add-on "single_sign_on" of subscriptions \(\d+\)$/));
    expect(
      describeCatalogChanges(catalogOf({ ...rest, addOns: addOns ?? {} }), catalogOf({ ...rest, addOns: { ...others, extra_seats: { ...others['extra_seats']!, seats: 3 } } })),
    ).toEqual(['add-on "single_sign_on" was removed', 'add-on "extra_seats": seats changed from 2 to 3']);
    await platform().organization.deleteMany({ where: { id: { not: owner.organizationId } } });
    await owner.api.post(`${owner.home}/subscription/cancel`, { immediately: true });
    expect(await orphans()).toEqual([]);
  });
});
